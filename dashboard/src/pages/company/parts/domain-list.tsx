/** Authorised domains of one project: when their pages last called, how often, and which to remove. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { readLive, refresh } from '../../../api/query.ts';
import type { Domain } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Notice } from '../../../components/notice.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { toast } from '../../../components/toast.tsx';
import { useCompany } from '../../../shell/company.ts';
import { sayNumber } from './outcomes.ts';

interface DomainListProps {
  readonly project: string;
  readonly onNew: () => void;
}

const LastCall = ({ domain }: { readonly domain: Domain }): ReactElement =>
  domain.last_called_at === null ? (
    domain.is_unused ? (
      <Badge tone="warn">Not in 90 days</Badge>
    ) : (
      <span className="wrap-normal text-quiet">Not yet</span>
    )
  ) : (
    <span className="wrap-normal">
      <DateTime at={domain.last_called_at} />
    </span>
  );

const DomainTable = ({
  project,
  domains,
}: {
  readonly project: string;
  readonly domains: readonly Domain[];
}): ReactElement => {
  const { id: company, may } = useCompany();
  const [chosen, setChosen] = useState<Domain | undefined>(undefined);
  const remove = async ({ id, origin }: Domain): Promise<void> => {
    await call('domains.remove', { params: { company, project, domain: id } });
    await refresh('domains.list', 'audit.list');
    toast(`${origin} is removed.`);
  };
  const columns: readonly Column<Domain>[] = [
    {
      header: 'Domain',
      cell: ({ origin }) => <span className="font-mono text-sm">{origin}</span>,
    },
    { header: 'Last called', cell: (domain) => <LastCall domain={domain} /> },
    { header: 'Calls in 30 days', numeric: true, cell: ({ calls }) => sayNumber(calls) },
    {
      header: 'Added',
      cell: ({ created_at }) => (
        <span className="wrap-normal">
          <DateTime at={created_at} />
        </span>
      ),
    },
    ...(may('domains.change')
      ? [
          {
            header: 'Actions',
            actions: true,
            cell: (domain: Domain) => (
              <Button small aria-label={`Remove ${domain.origin}`} onClick={() => setChosen(domain)}>
                Remove
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <Table caption="Authorised domains" rows={domains} rowKey={({ id }) => id} columns={columns} />
      <AlertDialog
        open={chosen !== undefined}
        onOpenChange={(isOpen) => !isOpen && setChosen(undefined)}
        title="Remove the domain?"
        confirm="Remove domain"
        onConfirm={() => (chosen === undefined ? Promise.resolve() : remove(chosen))}
      >
        {chosen !== undefined && (
          <p>
            Pages of <strong className="wrap-anywhere">{chosen.origin}</strong> are refused within a second.{' '}
            {chosen.calls === 0
              ? 'They did not call in the last 30 days.'
              : `They called ${sayNumber(chosen.calls)} times in the last 30 days.`}
          </p>
        )}
      </AlertDialog>
    </>
  );
};

/** The list, or what to do first. */
export const DomainList = ({ project, onNew }: DomainListProps): ReactElement => {
  const { id: company, may } = useCompany();
  const domains = useQuery(readLive('domains.list', { params: { company, project } }));
  return (
    <QueryView query={domains} lines={5}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState
            title="No domain yet"
            next={
              may('domains.change')
                ? 'Add the domain of your website; its pages can call a moment later.'
                : 'Ask a colleague to add the domain of your website.'
            }
            action={
              may('domains.change') && (
                <Button look="primary" onClick={onNew}>
                  Add a domain
                </Button>
              )
            }
          />
        ) : (
          <div className="grid gap-4">
            {items.some(({ is_unused }) => is_unused) && (
              <Notice tone="warn" title="Some domains are not in use">
                <p>
                  Their pages have not called for 90 days. Remove what you no longer need: whoever gets hold
                  of such a domain could use up your quota.
                </p>
              </Notice>
            )}
            <DomainTable project={project} domains={items} />
          </div>
        )
      }
    </QueryView>
  );
};
