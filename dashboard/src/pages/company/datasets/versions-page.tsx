/** Versions of a dataset: who made them, what is different, and the way back to each. */
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Section } from '../../../components/page.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { Select } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useCompany } from '../../../shell/company.ts';
import { PagesView } from '../parts/pages.tsx';
import { refreshContent, useVersions } from './calls.ts';
import { DatasetPart } from './parts/dataset-head.tsx';
import type { Dataset, Version } from './shapes.ts';
import { Comparison } from './versions/comparison.tsx';
import { RestoringNotice } from './versions/restoring-notice.tsx';
import { sayCount } from './words.ts';

const KINDS: Readonly<Record<string, string>> = {
  create: 'Made',
  upload: 'Uploaded',
  append: 'Rows appended',
  edit: 'Edited',
  restore: 'Restored',
};

const countOf = (count: number | null): string => (count === null ? 'not counted' : sayCount(count));

const Change = ({ version }: { readonly version: Version }): ReactElement => (
  <span className="wrap-normal">
    {countOf(version.added)} added, {countOf(version.changed)} changed, {countOf(version.removed)} removed
  </span>
);

const makerOf = ({ made_by: maker }: Version): string => {
  if (maker === null) return 'Somebody else';
  return maker.key === null ? maker.name : `Key ${maker.name}`;
};

interface ListProps {
  readonly dataset: Dataset;
  readonly versions: readonly Version[];
  readonly onRestore: (version: number) => void;
}

const List = ({ dataset, versions, onRestore }: ListProps): ReactElement => {
  const { id: company } = useCompany();
  const columns: readonly Column<Version>[] = [
    {
      header: 'Version',
      cell: ({ number, kind }) => (
        <span className="flex flex-wrap items-center gap-2">
          <Link
            className="link"
            to="/companies/$company/datasets/$dataset"
            params={{ company, dataset: dataset.id }}
            search={number === dataset.version ? {} : { version: number }}
          >
            Version {number}
          </Link>
          {number === dataset.version && <Badge tone="good">Newest</Badge>}
          <span className="w-full text-sm font-normal text-quiet">{KINDS[kind] ?? kind}</span>
        </span>
      ),
    },
    { header: 'Rows', numeric: true, cell: ({ rows }) => sayCount(rows) },
    { header: 'Change', cell: (version) => <Change version={version} /> },
    {
      header: 'By',
      cell: (version) => (
        <span className="grid">
          <span className="wrap-break-word">{makerOf(version)}</span>
          <span className="text-sm text-quiet">
            <DateTime at={version.made_at} />
          </span>
        </span>
      ),
    },
    ...(dataset.right === 'read'
      ? []
      : [
          {
            header: 'Actions',
            actions: true,
            cell: ({ number }: Version) =>
              number === dataset.version ? null : (
                <Button small aria-label={`Restore version ${number}`} onClick={() => onRestore(number)}>
                  Restore
                </Button>
              ),
          },
        ]),
  ];
  return (
    <Table
      caption="Versions, newest first"
      rows={versions}
      rowKey={({ number }) => String(number)}
      columns={columns}
    />
  );
};

interface CompareProps {
  readonly dataset: string;
  readonly versions: readonly Version[];
}

const Compare = ({ dataset, versions }: CompareProps): ReactElement => {
  const numbers = versions.map(({ number }) => String(number));
  const [from, setFrom] = useState(numbers[1] ?? '');
  const [to, setTo] = useState(numbers[0] ?? '');
  const choices = numbers.map((value) => ({ value, label: `Version ${value}` }));
  return (
    <Section title="Compare">
      <div className="grid max-w-lg gap-4 sm:grid-cols-2">
        <Select label="From" value={from} onChange={setFrom} choices={choices} />
        <Select label="To" value={to} onChange={setTo} choices={choices} />
      </div>
      {from === to ? (
        <p className="text-quiet">Choose two versions.</p>
      ) : (
        <Comparison key={`${from} ${to}`} dataset={dataset} from={Number(from)} to={Number(to)} />
      )}
    </Section>
  );
};

const Versions = ({ dataset }: { readonly dataset: Dataset }): ReactElement => {
  const { id: company } = useCompany();
  const [restored, setRestored] = useState<number | undefined>(undefined);
  const [underWay, setUnderWay] = useState<string | undefined>(undefined);
  const versions = useVersions(company, dataset.id);
  const restore = async (number: number): Promise<void> => {
    const answer = await call('datasets.restore', {
      params: { company, dataset: dataset.id, number: String(number) },
      body: { expected_version: dataset.version },
    });
    if ('phase' in answer) {
      setUnderWay(answer.id);
      return;
    }
    await refreshContent();
    toast(`Version ${number} is the newest again.`);
  };
  return (
    <>
      <Section
        title="Versions"
        lead="Nothing is overwritten: every upload and every edit is a version of its own."
      >
        {underWay !== undefined && <RestoringNotice dataset={dataset.id} restoration={underWay} />}
        <PagesView pages={versions}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title="No version yet" next="Upload a file, and it becomes the first." />
            ) : (
              <List dataset={dataset} versions={rows} onRestore={setRestored} />
            )
          }
        </PagesView>
      </Section>
      {(versions.data?.length ?? 0) > 1 && (
        <Compare key={dataset.version} dataset={dataset.id} versions={versions.data ?? []} />
      )}
      <AlertDialog
        open={restored !== undefined}
        onOpenChange={(isOpen) => {
          if (!isOpen) setRestored(undefined);
        }}
        title={`Restore version ${restored ?? ''}?`}
        confirm="Restore"
        look="primary"
        onConfirm={() => restore(restored ?? 0)}
      >
        <p>
          Its rows become a new version. What is the newest now stays in the list and can be restored too.
        </p>
      </AlertDialog>
    </>
  );
};

/** The page. */
export const VersionsPage = (): ReactElement => (
  <DatasetPart part="Versions">{(dataset) => <Versions dataset={dataset} />}</DatasetPart>
);
