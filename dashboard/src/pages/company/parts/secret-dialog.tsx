/** A secret, this one time. */
import { useBlocker } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Reply } from '../../../api/client.ts';
import { Button } from '../../../components/button.tsx';
import { CodeBlock } from '../../../components/code-block.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { CurlCall } from './curl-call.tsx';

export type MadeSecret = Reply<'keys.create'>;

interface SecretDialogProps {
  readonly made: MadeSecret | undefined;
  readonly title: string;
  readonly onStored: () => void;
}

const Shown = ({
  made,
  onStored,
}: {
  readonly made: MadeSecret;
  readonly onStored: () => void;
}): ReactElement => {
  // It is shown nowhere else: neither Back nor a closed tab takes it away unasked.
  useBlocker({ shouldBlockFn: () => true, enableBeforeUnload: true });
  const { key, secret } = made;
  return (
    <div className="grid gap-5">
      <div className="grid gap-1.5">
        <p className="font-medium">Secret key “{key.name}”</p>
        <CodeBlock code={secret} what="secret key" />
        {key.previous_secret_expires_at !== null && (
          <p className="text-sm text-quiet">
            The secret before works until <DateTime at={key.previous_secret_expires_at} exact />.
          </p>
        )}
      </div>
      <div className="grid gap-1.5">
        <p className="font-medium">Try it</p>
        <CurlCall secret={secret} />
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
export const SecretDialog = ({ made, title, onStored }: SecretDialogProps): ReactElement => (
  <Dialog
    open={made !== undefined}
    onOpenChange={(isOpen) => !isOpen && onStored()}
    sticky
    title={title}
    description="Copy it to where your program finds it, such as a secret store. It is shown only now: we keep a digest, not the secret."
  >
    {made !== undefined && <Shown made={made} onStored={onStored} />}
  </Dialog>
);
