/** What was sent to one webhook, newest first, and what became of it. */
import { type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Delivery, Webhook } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { PagesView, usePages } from './pages.tsx';
import { sayAnswer } from './webhook-words.ts';

const STATES = {
  waiting: { tone: 'warn', label: 'Waiting' },
  delivered: { tone: 'good', label: 'Arrived' },
  failed: { tone: 'bad', label: 'Given up' },
} as const;

const Moment = ({ at }: { readonly at: string | null }): ReactElement => (
  <span className="font-normal wrap-normal">
    <DateTime at={at} />
  </span>
);

/** The table, or what to do first. */
export const WebhookDeliveries = ({ webhook }: { readonly webhook: Webhook }): ReactElement => {
  const { id: company, may } = useCompany();
  const params = { company, webhook: webhook.id };
  const pages = usePages('deliveries.list', { params });
  const resend = useAction(async ({ id }: Delivery) => {
    await call('deliveries.resend', { params: { ...params, delivery: id } });
    await refresh('deliveries.list', 'audit.list');
    toast('The message is on its way.');
  });
  const columns: readonly Column<Delivery>[] = [
    { header: 'When', cell: ({ created_at: at }) => <Moment at={at} /> },
    { header: 'Type', cell: ({ type }) => <span className="font-mono text-sm">{type}</span> },
    {
      header: 'State',
      cell: ({ state }) => <Badge tone={STATES[state].tone}>{STATES[state].label}</Badge>,
    },
    { header: 'Last answer', cell: sayAnswer },
    { header: 'Attempts', numeric: true, cell: ({ attempts }) => attempts },
    {
      header: 'Next try',
      cell: ({ next_at: at }) =>
        at === null ? <span className="text-quiet">None</span> : <Moment at={at} />,
    },
    ...(may('webhooks.change')
      ? [
          {
            header: 'Actions',
            actions: true,
            cell: (delivery: Delivery) =>
              delivery.can_resend &&
              (webhook.is_enabled || delivery.type === 'test') && (
                <Button
                  small
                  aria-label={`Send now: ${delivery.type} of ${delivery.created_at}`}
                  onClick={() => void resend.run(delivery)}
                >
                  Send now
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <div className="grid gap-4">
      {resend.problem !== undefined && <ErrorPanel problem={resend.problem} />}
      <PagesView pages={pages}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState
              title="Nothing was sent yet"
              next={
                may('webhooks.change')
                  ? 'Send a test, from the actions of the webhook above.'
                  : 'As soon as something happens, it stands here.'
              }
            />
          ) : (
            <Table caption="Deliveries, newest first" rows={rows} rowKey={({ id }) => id} columns={columns} />
          )
        }
      </PagesView>
    </div>
  );
};
