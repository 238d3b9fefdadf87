/** The secret of a webhook, this one time. */
import { useBlocker } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Reply } from '../../../api/client.ts';
import { Button } from '../../../components/button.tsx';
import { CodeBlock } from '../../../components/code-block.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';

export type MadeWebhookSecret = Reply<'webhooks.create'>;

interface WebhookSecretDialogProps {
  readonly made: MadeWebhookSecret | undefined;
  readonly onStored: () => void;
}

const Shown = ({
  made: { webhook, secret },
  onStored,
}: {
  readonly made: MadeWebhookSecret;
  readonly onStored: () => void;
}): ReactElement => {
  // It is shown nowhere else: neither Back nor a closed tab takes it away unasked.
  useBlocker({ shouldBlockFn: () => true, enableBeforeUnload: true });
  return (
    <div className="grid gap-5">
      <div className="grid gap-1.5">
        <p className="font-medium wrap-anywhere">Secret for {webhook.url}</p>
        <CodeBlock code={secret} what="secret" />
        {webhook.previous_secret_expires_at !== null && (
          <p className="text-sm text-quiet">
            Until <DateTime at={webhook.previous_secret_expires_at} exact /> messages are signed with the
            secret before as well.
          </p>
        )}
      </div>
      <Actions>
        <Button look="primary" onClick={onStored}>
          I have stored it
        </Button>
      </Actions>
    </div>
  );
};

/** Nothing but its own button closes it. */
export const WebhookSecretDialog = ({ made, onStored }: WebhookSecretDialogProps): ReactElement => (
  <Dialog
    open={made !== undefined}
    onOpenChange={(isOpen) => !isOpen && onStored()}
    sticky
    title="The secret of the webhook"
    description="Copy it to where your program finds it. With it your program sees that a message is from us and that nobody changed it. It is shown only now."
  >
    {made !== undefined && <Shown made={made} onStored={onStored} />}
  </Dialog>
);
