/** Webhooks as a table, and what is done with one. */
import { DotsHorizontalIcon } from '@radix-ui/react-icons';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { ApiProblem } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Webhook } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Menu, MenuItem } from '../../../components/menu.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { ChangeWebhookDialog } from './webhook-new.tsx';
import type { MadeWebhookSecret } from './webhook-secret.tsx';
import { hostOf } from './webhook-words.ts';

const State = ({ shown }: { readonly shown: Webhook }): ReactElement => {
  const { is_enabled: isOn, disabled_because: because, failing_since: since } = shown;
  return (
    <span className="grid justify-items-end gap-1 sm:justify-items-start">
      {!isOn ? (
        <Badge tone={because === null ? 'plain' : 'bad'}>Off</Badge>
      ) : since === null ? (
        <Badge tone="good">On</Badge>
      ) : (
        <Badge tone="warn">Failing</Badge>
      )}
      <span className="text-right text-sm wrap-normal text-quiet sm:text-left">
        {because === 'gone' && 'its receiver said that it is gone (410)'}
        {because === 'failing' && 'nothing arrived for five days'}
        {isOn && since !== null && (
          <>
            since <DateTime at={since} />
          </>
        )}
      </span>
    </span>
  );
};

const rotate = async (company: string, shown: Webhook): Promise<MadeWebhookSecret> => {
  // Of two people, or two clicks, one rotates: the other would end the secret that is in use.
  const body = { expected_previous_secret_expires_at: shown.previous_secret_expires_at };
  try {
    return await call('webhooks.rotate', { params: { company, webhook: shown.id }, body });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 409) await refresh('webhooks.list');
    throw error;
  }
};

interface WebhookTableProps {
  readonly webhooks: readonly Webhook[];
  readonly onMade: (made: MadeWebhookSecret) => void;
  /** A test was sent to the webhook of this id. */
  readonly onTested: (id: string) => void;
}

interface Open {
  readonly what: 'change' | 'rotate' | 'remove';
  readonly id: string;
}

/** The table with its dialogs. */
export const WebhookTable = ({ webhooks, onMade, onTested }: WebhookTableProps): ReactElement => {
  const { id: company, may } = useCompany();
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const chosen = webhooks.find(({ id }) => id === open?.id);
  const close = (): void => setOpen(undefined);
  const turn = useAction(async ({ id, is_enabled: isOn }: Webhook) => {
    await call('webhooks.change', { params: { company, webhook: id }, body: { is_enabled: !isOn } });
    await refresh('webhooks.list', 'audit.list');
    toast(isOn ? 'The webhook is off.' : 'The webhook is on.');
  });
  const test = useAction(async ({ id }: Webhook) => {
    await call('webhooks.test', { params: { company, webhook: id } });
    onTested(id);
    await refresh('deliveries.list', 'audit.list');
    toast('A test is on its way. What became of it stands below in a moment.');
  });
  const columns: readonly Column<Webhook>[] = [
    {
      header: 'Address',
      cell: ({ url, description }) => (
        <span className="grid gap-0.5">
          <span className="font-mono text-sm">{url}</span>
          {description !== '' && <span className="text-sm font-normal text-quiet">{description}</span>}
        </span>
      ),
    },
    {
      header: 'Told of',
      cell: ({ events }) => (
        <span className="grid justify-items-end gap-0.5 font-mono text-sm sm:justify-items-start sm:whitespace-nowrap">
          {events.map((event) => (
            <span key={event}>{event}</span>
          ))}
        </span>
      ),
    },
    { header: 'State', cell: (webhook) => <State shown={webhook} /> },
    ...(may('webhooks.change')
      ? [
          {
            header: 'Actions',
            actions: true,
            cell: (webhook: Webhook) => (
              <Menu
                align="end"
                label={`Actions for ${hostOf(webhook)}`}
                trigger={
                  <>
                    <span className="sm:hidden">Actions</span>
                    <DotsHorizontalIcon aria-hidden />
                  </>
                }
              >
                <MenuItem onSelect={() => void test.run(webhook)}>Send a test</MenuItem>
                <MenuItem onSelect={() => setOpen({ what: 'change', id: webhook.id })}>Change…</MenuItem>
                <MenuItem onSelect={() => void turn.run(webhook)}>
                  {webhook.is_enabled ? 'Switch off' : 'Switch on'}
                </MenuItem>
                <MenuItem onSelect={() => setOpen({ what: 'rotate', id: webhook.id })}>
                  Rotate the secret…
                </MenuItem>
                <MenuItem onSelect={() => setOpen({ what: 'remove', id: webhook.id })}>Remove…</MenuItem>
              </Menu>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      {turn.problem !== undefined && <ErrorPanel problem={turn.problem} />}
      {test.problem !== undefined && <ErrorPanel problem={test.problem} />}
      <Table caption="Webhooks" rows={webhooks} rowKey={({ id }) => id} columns={columns} />
      <ChangeWebhookDialog shown={open?.what === 'change' ? chosen : undefined} onClose={close} />
      <AlertDialog
        open={open?.what === 'rotate' && chosen !== undefined}
        onOpenChange={(isOpen) => !isOpen && close()}
        title="Make a new secret?"
        confirm="Make new secret"
        look="primary"
        onConfirm={async () => {
          if (chosen === undefined) return;
          const made = await rotate(company, chosen);
          await refresh('webhooks.list', 'audit.list');
          onMade(made);
        }}
      >
        <p>
          It is shown once. For 24 hours messages to{' '}
          <strong className="wrap-anywhere">{chosen === undefined ? '' : hostOf(chosen)}</strong> are signed
          with the present secret as well, so that your program may have either.
        </p>
        {chosen?.previous_secret_expires_at != null && (
          <p>It was rotated less than a day ago: the secret before that ends now.</p>
        )}
      </AlertDialog>
      <AlertDialog
        open={open?.what === 'remove' && chosen !== undefined}
        onOpenChange={(isOpen) => !isOpen && close()}
        title="Remove the webhook?"
        confirm="Remove webhook"
        onConfirm={async () => {
          if (chosen === undefined) return;
          await call('webhooks.remove', { params: { company, webhook: chosen.id } });
          await refresh('webhooks.list', 'audit.list');
          toast('The webhook is removed.');
        }}
      >
        <p>
          Nothing is sent to <strong className="wrap-anywhere">{chosen?.url}</strong> any more. Messages that
          wait for it are given up, and the list of its deliveries is erased.
        </p>
      </AlertDialog>
    </>
  );
};
