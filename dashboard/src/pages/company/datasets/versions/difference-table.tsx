/** What is different between two versions, row by row. */
import type { ReactElement } from 'react';
import { Badge } from '../../../../components/badge.tsx';
import { Table } from '../../../../components/table.tsx';
import type { Difference } from '../shapes.ts';
import { CellText } from '../table/cell.tsx';

const TONES = { added: 'good', changed: 'warn', removed: 'bad' } as const;
const WORDS = { added: 'Added', changed: 'Changed', removed: 'Removed' } as const;

type Value = string | null | undefined;

const Cell = ({ value }: { readonly value: Value }): ReactElement => <CellText value={value ?? null} />;

/** Of a changed row what changed; of any other its first cells. */
const MOST_SHOWN = 6;

const Cells = ({ difference }: { readonly difference: Difference }): ReactElement => {
  const { kind, before, after } = difference;
  const whole = after ?? before ?? {};
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => kind !== 'changed' || before?.[name] !== after?.[name],
  );
  return (
    <dl className="grid gap-1 text-left">
      {names.slice(0, MOST_SHOWN).map((name) => (
        <div key={name} className="flex flex-wrap gap-x-2">
          <dt className="text-quiet">
            <bdi>{name}</bdi>
          </dt>
          <dd className="flex min-w-0 flex-wrap gap-x-2">
            {kind === 'changed' ? (
              <>
                <del className="overflow-hidden text-broken">
                  <span className="sr-only">was </span>
                  <Cell value={before?.[name]} />
                </del>
                <ins className="overflow-hidden text-kept no-underline">
                  <span className="sr-only">is </span>
                  <Cell value={after?.[name]} />
                </ins>
              </>
            ) : (
              <span className="overflow-hidden">
                <Cell value={whole[name]} />
              </span>
            )}
          </dd>
        </div>
      ))}
      {names.length > MOST_SHOWN && (
        <div className="text-sm text-quiet">and {names.length - MOST_SHOWN} columns more</div>
      )}
    </dl>
  );
};

/** What happened to the row and, where its cells do not say it, which one it is. */
const Which = ({ difference: { kind, key } }: { readonly difference: Difference }): ReactElement => (
  <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
    <Badge tone={TONES[kind]}>{WORDS[kind]}</Badge>
    {kind === 'changed' &&
      Object.entries(key ?? {}).map(([name, value]) => (
        <span key={name} className="flex min-w-0 gap-2 font-normal">
          <bdi className="text-quiet">{name}</bdi>
          <span className="min-w-0 overflow-hidden">
            <Cell value={value} />
          </span>
        </span>
      ))}
  </span>
);

/** The table. */
export const DifferenceTable = ({ items }: { readonly items: readonly Difference[] }): ReactElement => (
  <Table
    caption="Rows that differ"
    rows={items.map((item, index) => ({ ...item, index }))}
    rowKey={({ index }) => String(index)}
    columns={[
      { header: 'Row', cell: (item) => <Which difference={item} /> },
      { header: 'Cells', cell: (item) => <Cells difference={item} /> },
    ]}
  />
);
