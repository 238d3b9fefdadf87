/** Datasets of a company, and those that others share with this person in it. */
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { Badge } from '../../../components/badge.tsx';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { PageHeader, Section } from '../../../components/page.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { useCompany } from '../../../shell/company.ts';
import { PagesView } from '../parts/pages.tsx';
import { WhoMay } from '../parts/who-may.tsx';
import { useDatasets } from './calls.ts';
import { AskDialog } from './people/ask-dialog.tsx';
import type { ListedDataset } from './shapes.ts';
import { OpenUploads } from './upload/open-uploads.tsx';
import { sayCount, sayRight, sayVisibility } from './words.ts';

const Name = ({ dataset }: { readonly dataset: ListedDataset }): ReactElement => {
  const { id: company } = useCompany();
  return (
    <span className="grid">
      <Link
        className="link"
        to="/companies/$company/datasets/$dataset"
        params={{ company, dataset: dataset.id }}
      >
        {dataset.title ?? dataset.name}
      </Link>
      {dataset.title !== null && <span className="font-mono text-sm text-quiet">{dataset.name}</span>}
    </span>
  );
};

const COLUMNS: readonly Column<ListedDataset>[] = [
  { header: 'Name', cell: (dataset) => <Name dataset={dataset} /> },
  {
    header: 'Rows',
    numeric: true,
    cell: ({ rows, version }) =>
      version === 0 ? <span className="whitespace-nowrap text-quiet">No content yet</span> : sayCount(rows),
  },
  { header: 'Right', cell: ({ right }) => <span className="whitespace-nowrap">{sayRight(right)}</span> },
  {
    header: 'Changed',
    cell: ({ changed_at }) => (
      <span className="whitespace-nowrap">
        <DateTime at={changed_at} />
      </span>
    ),
  },
];

const VISIBILITY: Column<ListedDataset> = {
  header: 'For',
  cell: ({ visibility }) => (
    <Badge tone={visibility === 'private' ? 'warn' : 'plain'}>{sayVisibility(visibility)}</Badge>
  ),
};

const OWNER: Column<ListedDataset> = { header: 'Of', cell: ({ company }) => company?.name ?? 'This company' };

const List = ({ items }: { readonly items: readonly ListedDataset[] }): ReactElement => {
  const { id: company, may } = useCompany();
  const own = items.filter((one) => one.company === null);
  const shared = items.filter((one) => one.company !== null);
  return (
    <>
      <Section title="Of this company">
        {own.length === 0 ? (
          <EmptyState
            title="No dataset yet"
            next="Upload a table (CSV, JSON, Parquet or Excel), and look at it, filter it, share it and call it as an API."
            action={
              may('datasets.make') && (
                <ButtonLink look="primary" to="/companies/$company/datasets/new" params={{ company }}>
                  Upload a file
                </ButtonLink>
              )
            }
          />
        ) : (
          <Table
            caption="Datasets of this company"
            rows={own}
            rowKey={({ id }) => id}
            columns={COLUMNS.toSpliced(2, 0, VISIBILITY)}
          />
        )}
      </Section>
      <Section
        title="Shared with you"
        lead="Datasets of other companies that somebody shared with you, as a member of this one."
      >
        {shared.length === 0 ? (
          <p className="text-quiet">
            None yet. Ask for one above with its id, or follow the link of an invitation.
          </p>
        ) : (
          <Table
            caption="Datasets shared with you"
            rows={shared}
            rowKey={({ id }) => id}
            columns={COLUMNS.toSpliced(1, 0, OWNER)}
          />
        )}
      </Section>
    </>
  );
};

/** The page. */
export const DatasetsPage = (): ReactElement => {
  const { id: company, name, may } = useCompany();
  const [isAsking, setAsking] = useState(false);
  const datasets = useDatasets(company);
  return (
    <>
      <PageHeader
        title="Datasets"
        tab={`Datasets of ${name}`}
        lead="Tables of the company: each with an API of its own, numbered versions, and a list of who may see it."
        actions={
          <>
            <Button onClick={() => setAsking(true)}>Ask for access</Button>
            {may('datasets.make') && (
              <ButtonLink look="primary" to="/companies/$company/datasets/new" params={{ company }}>
                New dataset
              </ButtonLink>
            )}
          </>
        }
      />
      {may('datasets.make') && <OpenUploads />}
      <PagesView pages={datasets}>{(items) => <List items={items} />}</PagesView>
      <WhoMay permission="datasets.make" deed="make datasets" />
      <AskDialog isOpen={isAsking} onOpenChange={setAsking} />
    </>
  );
};
