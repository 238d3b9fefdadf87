/** One percentile: what it is about, and what it certainly does not exceed. */
import type { ReactElement } from 'react';
import type { Column } from '../../../components/table.tsx';
import { PERCENTILES, sayEstimate, type Durations, type Estimate } from './durations.ts';

/** "3.2 ms ≤ 5 ms"; a dash where nothing was measured. */
export const Duration = ({ estimate }: { readonly estimate: Estimate | undefined }): ReactElement => {
  if (estimate === undefined) return <span className="text-quiet">–</span>;
  const { about, certain } = sayEstimate(estimate);
  return (
    <span className="inline-grid whitespace-nowrap">
      <span>{about}</span>
      {certain !== '' && <span className="text-sm text-quiet">{certain}</span>}
    </span>
  );
};

/** A column for each percentile. */
export const durationColumns = <Row extends { readonly durations: Durations | null }>(): Column<Row>[] =>
  PERCENTILES.map(({ id, label }) => ({
    header: label,
    numeric: true,
    cell: ({ durations }) => <Duration estimate={durations?.[id]} />,
  }));
