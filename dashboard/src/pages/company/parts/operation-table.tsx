/** Which operations were used. */
import type { ReactElement } from 'react';
import type { Usage } from '../../../api/shapes.ts';
import { Table } from '../../../components/table.tsx';
import { durationColumns } from './duration.tsx';
import { operationName } from './operation-names.ts';
import { OUTCOMES, sayNumber, total } from './outcomes.ts';

type Row = Usage['operations'][number];

const Name = ({ operation }: { readonly operation: string }): ReactElement => {
  const name = operationName(operation);
  const code = <code className="font-mono text-sm text-quiet">{operation}</code>;
  if (name === undefined) return code;
  return (
    <span className="grid">
      {name}
      {code}
    </span>
  );
};

/** The most used first. */
export const OperationTable = ({ operations }: { readonly operations: Usage['operations'] }): ReactElement =>
  operations.length === 0 ? (
    <p className="text-quiet">None in the last 30 days.</p>
  ) : (
    <Table
      caption="Requests by operation"
      rows={operations.toSorted((a, b) => total(b) - total(a))}
      rowKey={({ operation }) => operation}
      columns={[
        { header: 'Operation', cell: ({ operation }) => <Name operation={operation} /> },
        ...OUTCOMES.map(({ id, label }) => ({
          header: label,
          numeric: true,
          cell: (row: Row) => sayNumber(row[id]),
        })),
        ...durationColumns<Row>(),
      ]}
    />
  );
