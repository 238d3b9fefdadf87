/** The indexes that a dataset has, with what they cost and what they are used for. */
import type { ReactElement } from 'react';
import { Badge } from '../../../../components/badge.tsx';
import { Button } from '../../../../components/button.tsx';
import { Table } from '../../../../components/table.tsx';
import type { Index } from '../shapes.ts';
import { sayCount, saySize } from '../words.ts';
import { nameOf, sayIndexFailure } from './words.ts';

const State = ({ index }: { readonly index: Index }): ReactElement => {
  const { state, progress, failure } = index;
  if (state === 'ready') return <Badge tone="good">Ready</Badge>;
  if (state === 'failed')
    return (
      <span className="grid justify-items-start gap-1 max-sm:justify-items-end max-sm:text-right">
        <Badge tone="bad">Not built</Badge>
        <span className="text-sm">{sayIndexFailure(failure)}</span>
      </span>
    );
  if (state === 'waiting') return <Badge tone="warn">Waits to be built</Badge>;
  return (
    <span className="grid gap-1">
      <Badge tone="warn">{progress === null ? 'Being built' : `Being built, ${progress} %`}</Badge>
      <progress
        aria-label={`Building ${nameOf(index)}`}
        className="h-1.5 w-32 appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-act [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-act"
        {...(progress === null ? {} : { max: 100, value: progress })}
      />
    </span>
  );
};

interface IndexTableProps {
  readonly items: readonly Index[];
  readonly onDrop: (index: Index) => void;
}

/** The table. The key's own index stays as long as the key does. */
export const IndexTable = ({ items, onDrop }: IndexTableProps): ReactElement => (
  // Read out when one comes, and when a state changes by itself.
  <div aria-live="polite">
    <Table
      caption="Indexes of the dataset"
      rows={items}
      rowKey={({ index }) => String(index)}
      columns={[
        {
          header: 'Index',
          cell: (index) => (
            <span className="flex flex-wrap items-center gap-2">
              <bdi>{nameOf(index)}</bdi>
              {index.kind === 'key' && <Badge>Key</Badge>}
            </span>
          ),
        },
        { header: 'State', cell: (index) => <State index={index} /> },
        {
          header: 'Size',
          numeric: true,
          cell: ({ bytes }) =>
            bytes === null ? (
              <span className="text-quiet">–</span>
            ) : (
              <span className="whitespace-nowrap">{saySize(bytes)}</span>
            ),
        },
        { header: 'Reads in 30 days', numeric: true, cell: ({ reads }) => sayCount(reads) },
        {
          header: 'Actions',
          actions: true,
          cell: (index) =>
            index.index === null ? null : (
              <Button small aria-label={`Drop the index ${nameOf(index)}`} onClick={() => onDrop(index)}>
                Drop
              </Button>
            ),
        },
      ]}
    />
  </div>
);
