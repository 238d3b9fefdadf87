/** Which keys were used, and how it went. */
import type { ReactElement } from 'react';
import type { Project, Usage } from '../../../api/shapes.ts';
import { Table } from '../../../components/table.tsx';
import { durationColumns } from './duration.tsx';
import { OUTCOMES, sayNumber, total } from './outcomes.ts';

type Row = Usage['keys'][number];

interface KeyUseProps {
  readonly keys: Usage['keys'];
  /** For their names; left out where there is only one. */
  readonly projects: readonly Project[];
  /** Shows this key alone; `none` is what came without one. */
  readonly onChoose: (key: string) => void;
}

const nameOf = ({ key, name }: Row): string => (key === null ? 'Without a key' : (name ?? 'A key'));

/** The most used first. */
export const KeyUseTable = ({ keys, projects, onChoose }: KeyUseProps): ReactElement => {
  const projectOf = (id: string): string => projects.find((one) => one.id === id)?.name ?? '…';
  return (
    <Table
      caption="Requests by key"
      rows={keys.toSorted((a, b) => total(b) - total(a))}
      rowKey={({ project, key }) => `${project} ${key}`}
      columns={[
        {
          header: 'Key',
          cell: (row) => (
            <span className="grid justify-items-start">
              <button
                type="button"
                className="link text-left wrap-anywhere"
                onClick={() => onChoose(row.key ?? 'none')}
              >
                {nameOf(row)}
              </button>
              {projects.length > 1 && (
                <span className="text-sm font-normal text-quiet">{projectOf(row.project)}</span>
              )}
            </span>
          ),
        },
        ...OUTCOMES.map(({ id, label }) => ({
          header: label,
          numeric: true,
          cell: (row: Row) => sayNumber(row[id]),
        })),
        ...durationColumns<Row>(),
      ]}
    />
  );
};
