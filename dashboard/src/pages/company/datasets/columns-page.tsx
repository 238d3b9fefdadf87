/** What is in each column of a dataset: how much of it, from where to where, what most often. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Badge } from '../../../components/badge.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Section } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useCompany } from '../../../shell/company.ts';
import { useStatistics } from './calls.ts';
import { Histogram } from './columns/histogram.tsx';
import { DatasetPart } from './parts/dataset-head.tsx';
import type { ColumnStatistics, Dataset } from './shapes.ts';
import { CellText } from './table/cell.tsx';
import type { Column } from './table/question.ts';
import { sayCount } from './words.ts';

/** Pixels before a column comes into view at which its numbers are asked for. */
const AHEAD = '200px';
const MOST_VALUES = 5;

const Fact = ({
  word,
  children,
}: {
  readonly word: string;
  readonly children: ReactElement | string;
}): ReactElement => (
  <div className="flex min-w-0 justify-between gap-3">
    <dt className="text-quiet">{word}</dt>
    <dd className="min-w-0 truncate tabular-nums">{children}</dd>
  </div>
);

const Facts = ({ statistics }: { readonly statistics: ColumnStatistics }): ReactElement => {
  const { seen, nulls, empty, distinct, distinct_is_estimate: isEstimate, min, max, mean } = statistics;
  return (
    <dl className="grid gap-1 text-sm">
      {seen !== null && nulls !== null && (
        <>
          <Fact word="Filled">{`${sayCount(seen - nulls)} of ${sayCount(seen)}`}</Fact>
          <Fact word="Null">{sayCount(nulls)}</Fact>
        </>
      )}
      {empty !== null && <Fact word="Empty text">{sayCount(empty)}</Fact>}
      {distinct !== null && (
        <Fact word="Different values">{`${isEstimate ? 'about ' : ''}${sayCount(distinct)}`}</Fact>
      )}
      {min !== null && (
        <Fact word="Least">
          <CellText value={min} />
        </Fact>
      )}
      {max !== null && (
        <Fact word="Most">
          <CellText value={max} />
        </Fact>
      )}
      {mean !== null && <Fact word="Mean">{mean}</Fact>}
    </dl>
  );
};

const Common = ({ statistics }: { readonly statistics: ColumnStatistics }): ReactElement | null => {
  const values = (statistics.most_common ?? []).slice(0, MOST_VALUES);
  // Where every value is there once, none is frequent.
  if ((values[0]?.count ?? 0) < 2) return null;
  const highest = values[0]?.count ?? 1;
  return (
    <ul aria-label="Most frequent values" className="grid gap-1 text-sm">
      {values.map(({ value, count }) => (
        <li key={value} className="relative flex min-w-0 justify-between gap-3 px-2 py-0.5">
          <span
            aria-hidden
            className="absolute inset-y-0 left-0 rounded-control bg-sunken"
            style={{ width: `${(count / highest) * 100}%` }}
          />
          <span className="relative min-w-0 truncate">
            <CellText value={value} />
          </span>
          <span className="relative flex-none tabular-nums">{sayCount(count)}</span>
        </li>
      ))}
    </ul>
  );
};

const Numbers = ({
  dataset,
  column,
}: {
  readonly dataset: Dataset;
  readonly column: Column;
}): ReactElement => {
  const { id: company } = useCompany();
  const { data, error, refetch } = useStatistics(company, dataset.id, column.name);
  if (error !== null) return <ErrorPanel problem={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={4} />;
  const found = data.items.find((one) => one.column === column.name);
  if (found === undefined || !found.is_complete)
    return <p className="text-quiet">It takes too long to count.</p>;
  return (
    <>
      {found.histogram !== null && found.histogram.length > 0 && (
        <Histogram bars={found.histogram} column={column.name} />
      )}
      <Facts statistics={found} />
      <Common statistics={found} />
      {data.is_sampled && (
        <p className="text-sm text-quiet">
          {sayCount(found.seen ?? 0)} of {sayCount(data.rows)} rows were looked at.
        </p>
      )}
    </>
  );
};

/** Its numbers are asked for when it comes into view: there may be a thousand columns. */
const ColumnCard = ({
  dataset,
  column,
}: {
  readonly dataset: Dataset;
  readonly column: Column;
}): ReactElement => {
  const place = useRef<HTMLLIElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null || isSeen) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isSeen]);
  return (
    <li
      ref={place}
      className="grid min-h-48 min-w-0 content-start gap-3 rounded-card border border-line bg-raised p-4"
    >
      <h3 className="flex min-w-0 flex-wrap items-center gap-2 font-sans text-base">
        <bdi className="min-w-0 truncate">{column.name}</bdi>
        <Badge>{column.type}</Badge>
        {dataset.key.includes(column.name) && <Badge tone="good">Key</Badge>}
      </h3>
      {isSeen ? <Numbers dataset={dataset} column={column} /> : <Skeleton lines={4} />}
    </li>
  );
};

/** The page. */
export const ColumnsPage = (): ReactElement => (
  <DatasetPart part="Columns">
    {(dataset) => (
      <Section
        title="Columns"
        lead="Of the newest version. Numbers of large datasets are made from a sample."
      >
        {dataset.columns.length === 0 ? (
          <EmptyState title="No columns yet" next="Upload a file; its first version brings the columns." />
        ) : (
          <ul className="grid gap-4 sm:grid-cols-2">
            {dataset.columns.map((column) => (
              <ColumnCard key={`${dataset.version} ${column.name}`} dataset={dataset} column={column} />
            ))}
          </ul>
        )}
      </Section>
    )}
  </DatasetPart>
);
