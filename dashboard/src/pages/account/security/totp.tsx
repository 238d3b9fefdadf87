/** The authenticator app. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldError } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Factors } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { Actions, AlertDialog, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { Card, Section } from '../../../components/page.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';

const QrCode = lazy(() => import('../../../components/qr-code.tsx').then((it) => ({ default: it.QrCode })));

interface EnrolProps {
  readonly onCodes: (codes: readonly string[] | null) => void;
  readonly onDone: () => void;
}

const grouped = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

const Enrol = ({ onCodes, onDone }: EnrolProps): ReactElement => {
  const [code, setCode] = useState('');
  // Each opening of the dialog starts a new secret; it is nowhere else, and is forgotten with the dialog.
  const start = useQuery({
    queryKey: ['totp.start'],
    queryFn: () => call('totp.start', { body: {} }),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const action = useAction(async () => {
    const reply = await call('totp.confirm', { body: { code: code.replaceAll(/\s/g, '') } });
    await refresh('factors.show', 'session.show', 'members.list');
    onDone();
    onCodes(reply.recovery_codes);
    toast('The authenticator app is set up.');
  });
  return (
    <QueryView query={start} lines={5}>
      {({ secret, uri }) => (
        <Form action={action} fields={['code']} label="Set up an authenticator app">
          <div className="flex flex-wrap items-start gap-5">
            <Suspense fallback={<div className="size-48" />}>
              <QrCode text={uri} label="QR code with the secret for your authenticator app" />
            </Suspense>
            <div className="grid min-w-0 flex-1 basis-48 gap-2">
              <p>Scan this with your app. Or type the secret into it:</p>
              <p className="font-mono text-sm wrap-anywhere">{grouped(secret)}</p>
              <div>
                <CopyButton text={secret} what="secret" />
              </div>
            </div>
          </div>
          <TextField
            label="Code that the app shows now"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={9}
            value={code}
            onChange={setCode}
            error={fieldError(action.problem, 'code')}
          />
          <Actions>
            <Button type="submit" look="primary" pending={action.pending}>
              Turn on
            </Button>
          </Actions>
        </Form>
      )}
    </QueryView>
  );
};

interface TotpSectionProps {
  readonly totp: Factors['totp'];
  readonly onCodes: (codes: readonly string[] | null) => void;
}

const remove = async (): Promise<void> => {
  await call('totp.remove');
  await refresh('factors.show', 'session.show', 'members.list');
  toast('The authenticator app is removed.');
};

/** Set up or remove the authenticator app. */
export const TotpSection = ({ totp, onCodes }: TotpSectionProps): ReactElement => {
  const [dialog, setDialog] = useState<'enrol' | 'remove' | undefined>(undefined);
  const setOpen = (isOpen: boolean): void => {
    if (!isOpen) setDialog(undefined);
  };
  return (
    <Section title="Authenticator app">
      <Card>
        <div className="flex flex-wrap items-center justify-between gap-4">
          {totp === null ? (
            <p className="min-w-0 flex-1 basis-60">
              A code from an app on your phone, asked for after your password.
            </p>
          ) : (
            <p className="flex min-w-0 flex-1 basis-60 flex-wrap items-center gap-3">
              <Badge tone="good">On</Badge>
              <span>
                Set up <DateTime at={totp.since} />
              </span>
            </p>
          )}
          {totp === null ? (
            <Button onClick={() => setDialog('enrol')}>Set up authenticator app</Button>
          ) : (
            <Button onClick={() => setDialog('remove')}>Remove authenticator app</Button>
          )}
        </div>
      </Card>
      <Dialog open={dialog === 'enrol'} onOpenChange={setOpen} title="Set up an authenticator app">
        <Enrol onCodes={onCodes} onDone={() => setDialog(undefined)} />
      </Dialog>
      <AlertDialog
        open={dialog === 'remove'}
        onOpenChange={setOpen}
        title="Remove the authenticator app?"
        confirm="Remove"
        onConfirm={remove}
      >
        <p>Codes from your app will no longer be asked for, or work. We mail you that it was removed.</p>
      </AlertDialog>
    </Section>
  );
};
