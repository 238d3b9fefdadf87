/** Webhooks of a company: where its programs are told of what happens. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { readLive } from '../../api/query.ts';
import type { Webhook } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { Select } from '../../components/text-field.tsx';
import { useCompany } from '../../shell/company.ts';
import { WebhookDeliveries } from './parts/webhook-deliveries.tsx';
import { RECEIVER } from './parts/webhook-example.ts';
import { NewWebhookDialog } from './parts/webhook-new.tsx';
import { WebhookSecretDialog, type MadeWebhookSecret } from './parts/webhook-secret.tsx';
import { WebhookTable } from './parts/webhook-table.tsx';
import { hostOf } from './parts/webhook-words.ts';
import { WhoMay } from './parts/who-may.tsx';

interface DeliveriesProps {
  readonly webhooks: readonly Webhook[];
  /** Id of the webhook whose they are; the first one's where there is no such one. */
  readonly shown: string;
  readonly onShow: (id: string) => void;
}

const Deliveries = ({ webhooks, shown, onShow }: DeliveriesProps): ReactElement => {
  const chosen = webhooks.find((one) => one.id === shown) ?? webhooks[0];
  return (
    <Section
      title="Deliveries"
      lead="Of the last 30 days. A message is tried ten times over three days; what it says is kept until it has arrived, and no longer."
    >
      {webhooks.length > 1 && (
        <div className="max-w-xl">
          <Select
            label="Webhook"
            value={chosen?.id ?? ''}
            onChange={onShow}
            choices={webhooks.map((one) => ({
              value: one.id,
              label: one.description === '' ? one.url : `${one.description} (${hostOf(one)})`,
            }))}
          />
        </div>
      )}
      {chosen !== undefined && <WebhookDeliveries key={chosen.id} webhook={chosen} />}
    </Section>
  );
};

const Receiver = (): ReactElement => (
  <Section
    title="Your receiver"
    lead={
      <>
        Messages are signed as Standard Webhooks has it; there are libraries for most languages. Put the
        secret into WEBHOOK_SECRET and answer with 2xx within 15 seconds. The same message may come more than
        once.
      </>
    }
  >
    <CodeBlock code={RECEIVER} what="Node program" />
  </Section>
);

/** The page. */
export const WebhooksPage = (): ReactElement => {
  const { id: company, name, may } = useCompany();
  const [isMaking, setMaking] = useState(false);
  const [shown, setShown] = useState('');
  const [made, setMade] = useState<MadeWebhookSecret | undefined>(undefined);
  const webhooks = useQuery({
    ...readLive('webhooks.list', { params: { company } }),
    enabled: may('webhooks.read'),
  });
  const mayChange = may('webhooks.change');
  return (
    <>
      <PageHeader
        title="Webhooks"
        tab={`Webhooks of ${name}`}
        lead="Programs of yours are told when something happens to your keys or their use: with counts, times and names, never with a secret or with where a request came from."
        actions={
          mayChange && (
            <Button look="primary" onClick={() => setMaking(true)}>
              New webhook
            </Button>
          )
        }
      />
      <WhoMay permission="webhooks.read" deed="see webhooks" />
      {may('webhooks.read') && (
        <QueryView query={webhooks} lines={5}>
          {({ items }) =>
            items.length === 0 ? (
              <>
                <div className="mb-10">
                  <EmptyState
                    title="No webhook yet"
                    next={
                      mayChange
                        ? 'Say where your program listens; a test shows whether it hears.'
                        : 'Ask an owner or an administrator to make one.'
                    }
                    action={
                      mayChange && (
                        <Button look="primary" onClick={() => setMaking(true)}>
                          Make a webhook
                        </Button>
                      )
                    }
                  />
                </div>
                <Receiver />
              </>
            ) : (
              <>
                <div className="mb-10 grid gap-4">
                  <h2 className="sr-only">List</h2>
                  <WebhookTable webhooks={items} onMade={setMade} onTested={setShown} />
                  <WhoMay permission="webhooks.change" deed="make, change and test webhooks" />
                </div>
                <Deliveries webhooks={items} shown={shown} onShow={setShown} />
                <Receiver />
              </>
            )
          }
        </QueryView>
      )}
      <NewWebhookDialog
        isOpen={isMaking}
        onOpenChange={setMaking}
        onMade={(reply) => {
          setMaking(false);
          setMade(reply);
        }}
      />
      <WebhookSecretDialog made={made} onStored={() => setMade(undefined)} />
    </>
  );
};
