/** What every page of one dataset begins with: its name, what this person may do, and the way to its other pages. */
import { Link, useParams } from '@tanstack/react-router';
import { useState, type ReactElement, type ReactNode } from 'react';
import { ApiProblem } from '../../../../api/problem.ts';
import { Badge } from '../../../../components/badge.tsx';
import { Button, ButtonLink } from '../../../../components/button.tsx';
import { EmptyState } from '../../../../components/empty-state.tsx';
import { PageHeader } from '../../../../components/page.tsx';
import { QueryView } from '../../../../components/query-view.tsx';
import { useCompany } from '../../../../shell/company.ts';
import { NAV_LINK } from '../../../../shell/frame.tsx';
import { AskDialog } from '../people/ask-dialog.tsx';
import { useDataset } from '../calls.ts';
import type { Dataset } from '../shapes.ts';
import { sayRight, sayRows, sayVisibility } from '../words.ts';

interface PartsProps {
  readonly dataset: Dataset;
}

const Facts = ({ dataset }: PartsProps): ReactElement => (
  <span className="flex flex-wrap items-center gap-2">
    {dataset.description !== null && dataset.description !== '' && (
      <span className="w-full whitespace-pre-line">{dataset.description}</span>
    )}
    <Badge>{sayRows(dataset.rows)}</Badge>
    <Badge>Version {dataset.version}</Badge>
    {dataset.company === null ? (
      <Badge>{sayVisibility(dataset.visibility)}</Badge>
    ) : (
      <Badge tone="warn">Of {dataset.company.name}</Badge>
    )}
    <Badge tone={dataset.right === 'read' ? 'plain' : 'good'}>{sayRight(dataset.right)}</Badge>
  </span>
);

const Tabs = ({ dataset }: PartsProps): ReactElement => {
  const { id: company } = useCompany();
  const params = { company, dataset: dataset.id };
  const isOwn = dataset.company === null;
  return (
    <nav aria-label="Dataset" className="mb-6 flex flex-wrap gap-1 border-b border-line pb-2">
      <Link
        to="/companies/$company/datasets/$dataset"
        params={params}
        activeOptions={{ exact: true, includeSearch: false }}
        className={NAV_LINK}
      >
        Rows
      </Link>
      <Link to="/companies/$company/datasets/$dataset/columns" params={params} className={NAV_LINK}>
        Columns
      </Link>
      <Link to="/companies/$company/datasets/$dataset/versions" params={params} className={NAV_LINK}>
        Versions
      </Link>
      {isOwn && (
        <>
          <Link to="/companies/$company/datasets/$dataset/people" params={params} className={NAV_LINK}>
            People
          </Link>
          {dataset.right === 'manage' && (
            <>
              <Link to="/companies/$company/datasets/$dataset/indexes" params={params} className={NAV_LINK}>
                Indexes
              </Link>
              <Link to="/companies/$company/datasets/$dataset/activity" params={params} className={NAV_LINK}>
                Activity
              </Link>
              <Link to="/companies/$company/datasets/$dataset/settings" params={params} className={NAV_LINK}>
                Settings
              </Link>
            </>
          )}
        </>
      )}
    </nav>
  );
};

const NotThere = ({ id }: { readonly id: string }): ReactElement => {
  const { id: company } = useCompany();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <EmptyState
        title="There is no such dataset, or it is not shared with you"
        next="Whoever manages it can share it with you in this company. You can ask for that; the answer comes by mail."
        action={
          <span className="flex flex-wrap justify-center gap-2">
            <Button look="primary" onClick={() => setAsking(true)}>
              Ask for access
            </Button>
            <ButtonLink to="/companies/$company/datasets" params={{ company }}>
              All datasets
            </ButtonLink>
          </span>
        }
      />
      <AskDialog isOpen={isAsking} onOpenChange={setAsking} dataset={id} />
    </>
  );
};

interface DatasetPartProps {
  /** Of the page: "Rows". */
  readonly part: string;
  readonly actions?: (dataset: Dataset) => ReactNode;
  readonly children: (dataset: Dataset) => ReactNode;
}

/** A page of `/companies/:company/datasets/:dataset/*`. */
export const DatasetPart = ({ part, actions, children }: DatasetPartProps): ReactElement => {
  const { id: company } = useCompany();
  const { dataset: id = '' } = useParams({ strict: false });
  const dataset = useDataset(company, id);
  const found = dataset.data;
  // Also where it was seen before: what was taken away is not shown from memory.
  if (dataset.error instanceof ApiProblem && dataset.error.status === 404) {
    return (
      <>
        <PageHeader title="Dataset" />
        <NotThere id={id} />
      </>
    );
  }
  const title = found === undefined ? 'Dataset' : (found.title ?? found.name);
  return (
    <>
      <PageHeader
        key={id}
        title={title}
        tab={`${part} of ${title}`}
        {...(found === undefined ? {} : { lead: <Facts dataset={found} />, actions: actions?.(found) })}
      />
      {found !== undefined && <Tabs dataset={found} />}
      <QueryView query={dataset} lines={8}>
        {(data) => children(data)}
      </QueryView>
    </>
  );
};
