/** Who changed what in a company, and when. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { read, refresh } from '../../api/query.ts';
import type { AuditEvent } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { DateTime } from '../../components/date-time.tsx';
import { download } from '../../components/download.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { PageHeader } from '../../components/page.tsx';
import { Table } from '../../components/table.tsx';
import { toast } from '../../components/toast.tsx';
import { useAction } from '../../components/use-action.ts';
import { useCompany } from '../../shell/company.ts';
import { actorOf, sentenceOf, type NameOf } from './parts/audit-sentences.ts';
import { PagesView, usePages } from './parts/pages.tsx';
import { memberName } from './parts/role-choice.tsx';
import { WhoMay } from './parts/who-may.tsx';

const EventTable = ({
  events,
  nameOf,
}: {
  readonly events: readonly AuditEvent[];
  readonly nameOf: NameOf;
}): ReactElement => (
  <Table
    caption="Changes, newest first"
    rows={events}
    rowKey={({ id }) => id}
    columns={[
      {
        header: 'What happened',
        cell: (event) => (
          <span className="font-normal">
            <strong className="font-semibold">{actorOf(event, nameOf)}</strong> {sentenceOf(event, nameOf)}
          </span>
        ),
      },
      {
        header: 'When',
        cell: ({ at }) => (
          <span className="whitespace-nowrap">
            <DateTime at={at} exact />
          </span>
        ),
      },
      {
        header: 'Target',
        cell: ({ target }) =>
          target === null ? (
            <span className="text-quiet">None, or erased</span>
          ) : (
            <code className="block font-mono text-xs text-quiet sm:min-w-44">{target}</code>
          ),
      },
    ]}
  />
);

const Log = (): ReactElement => {
  const { id: company } = useCompany();
  const events = usePages('audit.list', { params: { company } });
  const members = useQuery(read('members.list', { params: { company } })).data?.items ?? [];
  const nameOf: NameOf = (user) => {
    const found = members.find((member) => member.user === user);
    return found === undefined ? undefined : memberName(found);
  };
  return (
    <PagesView pages={events}>
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState
            title="Nothing has changed yet"
            next="Changes of projects, keys and members appear here."
          />
        ) : (
          <EventTable events={rows} nameOf={nameOf} />
        )
      }
    </PagesView>
  );
};

/** The page. */
export const AuditPage = (): ReactElement => {
  const { id: company, name, may } = useCompany();
  const save = useAction(async () => {
    const file = await call('audit.export', { params: { company }, body: {} });
    download(file, 'vouchsafe-audit.csv');
    await refresh('audit.list');
    toast('The log is being saved.');
  });
  return (
    <>
      <PageHeader
        title="Audit log"
        tab={`Audit log of ${name}`}
        lead="Every change in this company, written in the same step as the change itself. No network address is kept."
        actions={
          may('audit.read') && (
            <Button pending={save.pending} onClick={() => void save.run()}>
              Export as CSV
            </Button>
          )
        }
      />
      <div className="grid gap-4">
        <h2 className="sr-only">List</h2>
        {save.problem !== undefined && <ErrorPanel problem={save.problem} />}
        {may('audit.read') && <Log />}
        <WhoMay permission="audit.read" deed="see and export the audit log" />
      </div>
    </>
  );
};
