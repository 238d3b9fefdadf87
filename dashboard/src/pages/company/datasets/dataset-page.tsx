/** The rows of one dataset, in its newest version or another. */
import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense, type ReactElement } from 'react';
import { ButtonLink } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useCompany } from '../../../shell/company.ts';
import { DatasetPart } from './parts/dataset-head.tsx';
import type { Dataset } from './shapes.ts';
import { DownloadMenu } from './table/download-menu.tsx';
import { useVersion } from './calls.ts';

/** The table comes while the dataset is asked for, and is no part of what has to be there before. */
const table = import('./table/rows-view.tsx');
table.catch(() => undefined);
const RowsView = lazy(() => table.then((it) => ({ default: it.RowsView })));

const OfVersion = ({
  dataset,
  number,
}: {
  readonly dataset: Dataset;
  readonly number: number;
}): ReactElement => {
  const { id: company } = useCompany();
  const { data, error, refetch } = useVersion(company, dataset.id, number);
  return (
    <div className="grid gap-4">
      <Notice tone="warn" title={`Version ${number}`}>
        <p>You look at the dataset as it was then. It cannot be changed; it can be restored.</p>
        <p>
          <ButtonLink
            small
            to="/companies/$company/datasets/$dataset"
            params={{ company, dataset: dataset.id }}
          >
            To the newest version
          </ButtonLink>
        </p>
      </Notice>
      {error !== null && <ErrorPanel problem={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton lines={6} />}
      {data !== undefined && (
        <Suspense fallback={<Skeleton lines={6} />}>
          <RowsView
            key={number}
            company={company}
            dataset={dataset}
            version={{ number, rows: data.rows, columns: data.columns }}
          />
        </Suspense>
      )}
    </div>
  );
};

/** There is nothing to be asked for before the first version. */
const NoContent = ({ dataset }: { readonly dataset: Dataset }): ReactElement => {
  const { id: company } = useCompany();
  const canUpload = dataset.right !== 'read' && dataset.company === null;
  return (
    <EmptyState
      title="No content yet"
      next={
        canUpload
          ? 'Upload a file; it brings the columns and becomes the first version.'
          : 'Whoever may modify this dataset can upload a file into it.'
      }
      action={
        canUpload && (
          <ButtonLink
            look="primary"
            to="/companies/$company/datasets/new"
            params={{ company }}
            search={{ into: dataset.id }}
          >
            Upload a file
          </ButtonLink>
        )
      }
    />
  );
};

/** The page. */
export const DatasetPage = (): ReactElement => {
  const { id: company } = useCompany();
  const { version } = useSearch({ strict: false });
  return (
    <DatasetPart
      part="Rows"
      actions={({ id, right, company: owner, version: newest }) => (
        <>
          {right !== 'read' && owner === null && (
            <ButtonLink to="/companies/$company/datasets/new" params={{ company }} search={{ into: id }}>
              Upload
            </ButtonLink>
          )}
          {newest > 0 && <DownloadMenu company={company} dataset={id} version={version} />}
        </>
      )}
    >
      {(dataset) =>
        dataset.version === 0 ? (
          <NoContent dataset={dataset} />
        ) : version === undefined || version === dataset.version ? (
          <Suspense fallback={<Skeleton lines={6} />}>
            <RowsView key={dataset.id} company={company} dataset={dataset} version={undefined} />
          </Suspense>
        ) : (
          <OfVersion dataset={dataset} number={version} />
        )
      }
    </DatasetPart>
  );
};
