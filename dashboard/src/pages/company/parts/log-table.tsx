/** Logged requests, newest first. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { read } from '../../../api/query.ts';
import type { LoggedRequest } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { Select } from '../../../components/text-field.tsx';
import { useCompany } from '../../../shell/company.ts';
import { curlLine } from './curl-line.ts';
import { linesOf, sayDuration } from './log-words.ts';
import { LOGGED_OPERATIONS, operationName } from './operation-names.ts';
import { PagesView, usePages } from './pages.tsx';

interface LogTableProps {
  readonly project: string;
  /** Whether requests are logged now. */
  readonly isOn: boolean;
}

const STATUSES = [
  ['', 'Any status'],
  ['2xx', '2xx: answered'],
  ['4xx', '4xx: refused'],
  ['402', '402: quota used up'],
  ['429', '429: too fast'],
  ['5xx', '5xx: failed'],
] as const;

const toneOf = (status: number): 'good' | 'warn' | 'bad' =>
  status < 400 ? 'good' : status < 500 ? 'warn' : 'bad';

const Query = ({ query }: { readonly query: string | null }): ReactElement =>
  query === null ? (
    <span className="text-quiet">Not logged</span>
  ) : (
    <code className="block font-mono text-xs sm:min-w-44">
      {linesOf(query).map((line) => (
        <span key={line} className="block">
          {line}
        </span>
      ))}
    </code>
  );

const useColumns = (): readonly Column<LoggedRequest>[] => {
  const { id: company } = useCompany();
  const keys = useQuery(read('keys.list', { params: { company } })).data?.items ?? [];
  const keyName = (id: string): string => keys.find((key) => key.id === id)?.name ?? id;
  return [
    {
      header: 'When',
      cell: ({ at }) => (
        <span className="font-normal">
          <DateTime at={at} exact />
        </span>
      ),
    },
    { header: 'Status', cell: ({ status }) => <Badge tone={toneOf(status)}>{status}</Badge> },
    { header: 'Operation', cell: ({ operation }) => operationName(operation) ?? operation },
    { header: 'Took', numeric: true, cell: ({ duration_us: us }) => sayDuration(us) },
    {
      header: 'Key',
      cell: ({ key }) => (key === null ? <span className="text-quiet">Project id</span> : keyName(key)),
    },
    { header: 'Asked', cell: ({ query }) => <Query query={query} /> },
  ];
};

/** The table with its filters, or what to do first. */
export const LogTable = ({ project, isOn }: LogTableProps): ReactElement => {
  const { id: company } = useCompany();
  const [status, setStatus] = useState('');
  const [operation, setOperation] = useState('');
  const columns = useColumns();
  const isFiltered = status !== '' || operation !== '';
  const pages = usePages('logs.list', {
    params: { company, project },
    query: { ...(status === '' ? {} : { status }), ...(operation === '' ? {} : { operation }) },
  });
  return (
    <div className="grid gap-4">
      <div className="grid max-w-2xl gap-4 sm:grid-cols-2">
        <Select
          label="Status"
          value={status}
          onChange={setStatus}
          choices={STATUSES.map(([value, label]) => ({ value: value as string, label }))}
        />
        <Select
          label="Operation"
          value={operation}
          onChange={setOperation}
          choices={[
            { value: '', label: 'Any operation' },
            ...LOGGED_OPERATIONS.map((value) => ({ value, label: operationName(value) ?? value })),
          ]}
        />
      </div>
      <PagesView pages={pages}>
        {(rows) =>
          rows.length > 0 ? (
            <Table
              caption="Logged requests, newest first"
              rows={rows}
              rowKey={({ id }) => id}
              columns={columns}
            />
          ) : isFiltered ? (
            <EmptyState title="No such request" next="Nothing in the log is like this." />
          ) : isOn ? (
            <EmptyState
              title="No request yet"
              next="Make one, and it stands here a few seconds later."
              curl={curlLine(location)}
            />
          ) : (
            <EmptyState
              title="Nothing was logged"
              next="The log is off, as it is unless somebody turns it on. Then each call like this one stands here."
              curl={curlLine(location)}
            />
          )
        }
      </PagesView>
    </div>
  );
};
