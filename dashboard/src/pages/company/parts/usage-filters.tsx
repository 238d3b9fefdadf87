/** Of which project and key, and of which days. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { read } from '../../../api/query.ts';
import type { Project } from '../../../api/shapes.ts';
import { Select } from '../../../components/text-field.tsx';
import { useCompany } from '../../../shell/company.ts';
import { RANGES, type Range } from './usage-range.ts';

/** What is chosen; empty texts for all. */
export interface Chosen {
  readonly project: string;
  readonly key: string;
  readonly range: Range;
}

interface UsageFiltersProps {
  readonly projects: readonly Project[];
  readonly chosen: Chosen;
  readonly onChange: (chosen: Chosen) => void;
}

/** Three choices in a row. */
export const UsageFilters = ({ projects, chosen, onChange }: UsageFiltersProps): ReactElement => {
  const { id: company } = useCompany();
  const query = chosen.project === '' ? {} : { project: chosen.project };
  const keys = useQuery(read('keys.list', { params: { company }, query })).data?.items ?? [];
  const isListed = ['', 'none'].includes(chosen.key) || keys.some(({ id }) => id === chosen.key);
  return (
    <div className="mb-8 grid gap-4 sm:grid-cols-3">
      <Select
        label="Range"
        value={chosen.range}
        onChange={(range) => onChange({ ...chosen, range })}
        choices={RANGES}
      />
      <Select
        label="Project"
        value={chosen.project}
        onChange={(project) => onChange({ ...chosen, project, key: '' })}
        choices={[
          { value: '', label: 'All projects' },
          ...projects.map((one) => ({ value: one.id, label: one.name })),
        ]}
      />
      <Select
        label="Key"
        value={chosen.key}
        onChange={(key) => onChange({ ...chosen, key })}
        choices={[
          { value: '', label: 'All keys' },
          ...keys.map((one) => ({ value: one.id, label: one.name })),
          ...(isListed ? [] : [{ value: chosen.key, label: 'The chosen key' }]),
          { value: 'none', label: 'Without a key' },
        ]}
      />
    </div>
  );
};
