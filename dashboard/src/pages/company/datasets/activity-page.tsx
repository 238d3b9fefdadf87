/** What happened to a dataset: who shared, changed, exported and, where the company wants it, read it. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { read } from '../../../api/query.ts';
import { DateTime } from '../../../components/date-time.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Section } from '../../../components/page.tsx';
import { Table } from '../../../components/table.tsx';
import { useCompany } from '../../../shell/company.ts';
import { actorOf, sentenceOf, type NameOf } from '../parts/audit-sentences.ts';
import { PagesView } from '../parts/pages.tsx';
import { memberName } from '../parts/role-choice.tsx';
import { useActivity } from './calls.ts';
import { DatasetPart } from './parts/dataset-head.tsx';
import { Managed } from './parts/managed.tsx';
import type { Activity, Dataset } from './shapes.ts';

const whoOf = (event: Activity, nameOf: NameOf): string =>
  event.actor?.name ?? event.actor?.email ?? actorOf({ ...event, target: null }, nameOf);

const Log = ({ dataset }: { readonly dataset: Dataset }): ReactElement => {
  const { id: company } = useCompany();
  const events = useActivity(company, dataset.id);
  const members = useQuery(read('members.list', { params: { company } })).data?.items ?? [];
  const nameOf: NameOf = (user) => {
    const found = members.find((member) => member.user === user);
    return found === undefined ? undefined : memberName(found);
  };
  return (
    <PagesView pages={events}>
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState title="Nothing has happened yet" next="Shares, changes and exports appear here." />
        ) : (
          <Table
            caption="Activity, newest first"
            rows={rows}
            rowKey={({ id }) => id}
            columns={[
              {
                header: 'What happened',
                cell: (event) => (
                  <span className="font-normal">
                    <strong className="font-semibold">{whoOf(event, nameOf)}</strong>{' '}
                    {sentenceOf({ ...event, target: null }, nameOf)}
                  </span>
                ),
              },
              { header: 'When', cell: ({ at }) => <DateTime at={at} exact /> },
            ]}
          />
        )
      }
    </PagesView>
  );
};

/** The page. */
export const ActivityPage = (): ReactElement => (
  <DatasetPart part="Activity">
    {(dataset) => (
      <Managed dataset={dataset} title="Activity" what="what happened to it">
        <Section
          title="Activity"
          lead="By person and time, never with content. Reads are listed only where the settings of the company say so."
        >
          <Log dataset={dataset} />
        </Section>
      </Managed>
    )}
  </DatasetPart>
);
