/** Makes a webhook, or changes one. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Webhook } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { WEBHOOK_FIELDS, WebhookFields, type WebhookValues } from './webhook-fields.tsx';
import type { MadeWebhookSecret } from './webhook-secret.tsx';
import { ALL_EVENTS, knownEvents } from './webhook-words.ts';

const NewForm = ({ onMade }: { readonly onMade: (made: MadeWebhookSecret) => void }): ReactElement => {
  const { id: company } = useCompany();
  const [value, setValue] = useState<WebhookValues>({ url: '', description: '', events: ALL_EVENTS });
  const action = useAction(async () => {
    const body = {
      url: value.url.trim(),
      description: value.description.trim(),
      events: [...value.events],
    };
    onMade(await call('webhooks.create', { params: { company }, body }));
    await refresh('webhooks.list', 'audit.list');
  });
  return (
    <Form action={action} fields={WEBHOOK_FIELDS} label="New webhook">
      <WebhookFields value={value} onChange={setValue} problem={action.problem} />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Make webhook
        </Button>
      </Actions>
    </Form>
  );
};

interface NewWebhookDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onMade: (made: MadeWebhookSecret) => void;
}

/** The form for a new one in a dialog. */
export const NewWebhookDialog = ({ isOpen, onOpenChange, onMade }: NewWebhookDialogProps): ReactElement => (
  <Dialog
    open={isOpen}
    onOpenChange={onOpenChange}
    title="New webhook"
    description="Your program is told within seconds, by a signed message."
  >
    <NewForm onMade={onMade} />
  </Dialog>
);

const ChangeForm = ({
  shown,
  onDone,
}: {
  readonly shown: Webhook;
  readonly onDone: () => void;
}): ReactElement => {
  const { id: company } = useCompany();
  const { url, description } = shown;
  const [value, setValue] = useState<WebhookValues>({ url, description, events: knownEvents(shown) });
  const action = useAction(async () => {
    const typed = value.url.trim();
    const body = {
      // Another address asks for a fresh proof; the same one should not.
      ...(typed === url ? {} : { url: typed }),
      description: value.description.trim(),
      events: [...value.events],
    };
    await call('webhooks.change', { params: { company, webhook: shown.id }, body });
    await refresh('webhooks.list', 'audit.list');
    onDone();
    toast('The webhook is changed.');
  });
  return (
    <Form action={action} fields={WEBHOOK_FIELDS} label="Change the webhook">
      <WebhookFields value={value} onChange={setValue} problem={action.problem} />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Save
        </Button>
      </Actions>
    </Form>
  );
};

interface ChangeWebhookDialogProps {
  /** Which one; closed where there is none. */
  readonly shown: Webhook | undefined;
  readonly onClose: () => void;
}

/** The form for one that there is. */
export const ChangeWebhookDialog = ({ shown, onClose }: ChangeWebhookDialogProps): ReactElement => (
  <Dialog
    open={shown !== undefined}
    onOpenChange={(isOpen) => !isOpen && onClose()}
    title="Change the webhook"
  >
    {shown !== undefined && <ChangeForm key={shown.id} shown={shown} onDone={onClose} />}
  </Dialog>
);
