/** Who can see a dataset, and why; and what waits for an answer. */
import { useState, type ReactElement } from 'react';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { Section } from '../../../components/page.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { useCompany } from '../../../shell/company.ts';
import { PagesView } from '../parts/pages.tsx';
import { useGrants, usePeople } from './calls.ts';
import { DatasetPart } from './parts/dataset-head.tsx';
import { Managed } from './parts/managed.tsx';
import { GrantDialog } from './people/grant-dialog.tsx';
import { Outside } from './people/outside.tsx';
import { OpenInvitations, OpenRequests } from './people/pending.tsx';
import { ShareDialog } from './people/share-dialog.tsx';
import type { Dataset, Grant, PersonWhoMay } from './shapes.ts';
import { sayRight } from './words.ts';

const Who = ({ person }: { readonly person: PersonWhoMay }): ReactElement => {
  const { id: company } = useCompany();
  return (
    <span className="grid gap-0.5 sm:min-w-52">
      <span className="flex flex-wrap items-center gap-2">
        {person.name ?? person.email ?? 'Somebody'}
        {person.you && <Badge>You</Badge>}
      </span>
      {person.name !== null && person.email !== null && (
        <span className="text-sm font-normal text-quiet">{person.email}</span>
      )}
      {person.company.id !== company && (
        <span>
          <Badge tone="warn">Of {person.company.name}</Badge>
        </span>
      )}
    </span>
  );
};

interface PeopleProps {
  readonly dataset: Dataset;
  readonly grants: readonly Grant[];
  readonly onChange: (grant: Grant) => void;
}

const People = ({ dataset, grants, onChange }: PeopleProps): ReactElement => {
  const { id: company } = useCompany();
  const people = usePeople(company, dataset.id);
  const columns: readonly Column<PersonWhoMay>[] = [
    { header: 'Who', cell: (person) => <Who person={person} /> },
    { header: 'Right', cell: ({ right }) => <span className="whitespace-nowrap">{sayRight(right)}</span> },
    {
      header: 'Why',
      cell: ({ why, until }) => (
        <span className="grid">
          <span className="wrap-break-word">{why}</span>
          {until !== null && (
            <span className="text-sm text-quiet">
              Until <DateTime at={until} exact />
            </span>
          )}
        </span>
      ),
    },
    {
      header: 'Actions',
      actions: true,
      cell: (person) => {
        const grant = grants.find(({ id }) => id === person.grant);
        return grant === undefined ? null : (
          <Button
            small
            aria-label={`Change what ${person.name ?? person.email ?? 'this person'} may do`}
            onClick={() => onChange(grant)}
          >
            Change
          </Button>
        );
      },
    },
  ];
  return (
    <PagesView pages={people}>
      {(rows) => (
        <Table
          caption="Who can see this dataset, and why"
          rows={rows}
          rowKey={({ user, company: acting }) => `${user} ${acting.id}`}
          columns={columns}
        />
      )}
    </PagesView>
  );
};

const Sharing = ({ dataset }: { readonly dataset: Dataset }): ReactElement => {
  const { id: company } = useCompany();
  const [changed, setChanged] = useState<Grant | undefined>(undefined);
  const grants = useGrants(company, dataset.id).data?.items ?? [];
  const paused = grants.filter(({ counts }) => !counts);
  return (
    <>
      <OpenRequests dataset={dataset.id} />
      <Section
        title="Who can see this, and why"
        lead="Everybody whom the rules let in now, by name. What is decided here counts from the next request on."
      >
        <People dataset={dataset} grants={grants} onChange={setChanged} />
      </Section>
      {paused.length > 0 && (
        <Section title="Shared, but not in force">
          <Table
            caption="Shared, but not in force"
            rows={paused}
            rowKey={({ id }) => id}
            columns={[
              { header: 'Who', cell: ({ name, email }) => name ?? email ?? 'Somebody' },
              { header: 'Right', cell: ({ right }) => sayRight(right) },
              { header: 'Until', cell: ({ until }) => <DateTime at={until} never="No end" /> },
              {
                header: 'Actions',
                actions: true,
                cell: (grant) => (
                  <Button small onClick={() => setChanged(grant)}>
                    Change
                  </Button>
                ),
              },
            ]}
          />
        </Section>
      )}
      <OpenInvitations dataset={dataset.id} />
      <Outside dataset={dataset.id} />
      <GrantDialog dataset={dataset.id} grant={changed} onClose={() => setChanged(undefined)} />
    </>
  );
};

/** The page. */
export const PeoplePage = (): ReactElement => {
  const [isSharing, setSharing] = useState(false);
  return (
    <DatasetPart
      part="People"
      actions={({ right }) =>
        right === 'manage' && (
          <Button look="primary" onClick={() => setSharing(true)}>
            Share
          </Button>
        )
      }
    >
      {(dataset) => (
        <>
          <Managed dataset={dataset} title="Who can see this, and why" what="the list of people">
            <Sharing dataset={dataset} />
          </Managed>
          <ShareDialog isOpen={isSharing} onOpenChange={setSharing} dataset={dataset.id} />
        </>
      )}
    </DatasetPart>
  );
};
