/** Passkeys: add, name, remove. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { createPasskey, hasPasskeys } from '../../../api/passkey.ts';
import { fieldError } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Passkey } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { Actions, AlertDialog, Dialog } from '../../../components/dialog.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Form } from '../../../components/form.tsx';
import { Section } from '../../../components/page.tsx';
import { Table } from '../../../components/table.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';

interface NameFormProps {
  readonly initial: string;
  readonly deed: string;
  readonly save: (name: string) => Promise<void>;
}

const NameForm = ({ initial, deed, save }: NameFormProps): ReactElement => {
  const [name, setName] = useState(initial);
  const action = useAction(() => save(name.trim()));
  return (
    <Form action={action} fields={['name']} label={deed}>
      <TextField
        label="Name of the passkey"
        hint="So that you recognise it in the list: “Work laptop”, “Blue security key”."
        name="name"
        maxLength={100}
        value={name}
        onChange={setName}
        error={fieldError(action.problem, 'name')}
      />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          {deed}
        </Button>
      </Actions>
    </Form>
  );
};

interface PasskeySectionProps {
  readonly passkeys: readonly Passkey[];
  readonly onCodes: (codes: readonly string[] | null) => void;
}

type Open = { readonly what: 'add' } | { readonly what: 'rename' | 'remove'; readonly passkey: Passkey };

const remove = async (passkey: string): Promise<void> => {
  await call('passkeys.remove', { params: { passkey } });
  await refresh('factors.show', 'session.show', 'members.list');
  toast('The passkey is removed.');
};

/** The list of passkeys. */
export const PasskeySection = ({ passkeys, onCodes }: PasskeySectionProps): ReactElement => {
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const close = (isOpen: boolean): void => {
    if (!isOpen) setOpen(undefined);
  };
  const add = async (name: string): Promise<void> => {
    const { options } = await call('passkeys.options', { body: {} });
    const response = await createPasskey(options);
    const reply = await call('passkeys.create', { body: { name, response } });
    await refresh('factors.show', 'session.show', 'members.list');
    setOpen(undefined);
    onCodes(reply.recovery_codes);
    toast('The passkey is added.');
  };
  const rename = async (passkey: string, name: string): Promise<void> => {
    await call('passkeys.rename', { params: { passkey }, body: { name } });
    await refresh('factors.show');
    setOpen(undefined);
  };
  const addButton = hasPasskeys() && <Button onClick={() => setOpen({ what: 'add' })}>Add a passkey</Button>;
  return (
    <Section
      title="Passkeys"
      lead="Your fingerprint, face, device PIN or security key. They cannot be phished, and sign you in alone."
      actions={passkeys.length > 0 && addButton}
    >
      {passkeys.length === 0 ? (
        <EmptyState
          title="No passkeys yet"
          next={
            hasPasskeys()
              ? 'Add one to sign in without a password, or as your second factor.'
              : 'This browser does not know passkeys. Open this page in another one to add one.'
          }
          action={addButton}
        />
      ) : (
        <Table
          caption="Your passkeys"
          rows={passkeys}
          rowKey={({ id }) => id}
          columns={[
            {
              header: 'Name',
              cell: ({ name, synced }) => (
                <span className="flex flex-wrap items-center gap-2">
                  {name} {synced && <Badge>Synced</Badge>}
                </span>
              ),
            },
            { header: 'Added', cell: ({ created_at }) => <DateTime at={created_at} /> },
            {
              header: 'Last used',
              cell: ({ last_used_on }) => last_used_on ?? <span className="text-quiet">Never</span>,
            },
            {
              header: 'Actions',
              actions: true,
              cell: (passkey) => (
                <>
                  <Button
                    small
                    aria-label={`Rename ${passkey.name}`}
                    onClick={() => setOpen({ what: 'rename', passkey })}
                  >
                    Rename
                  </Button>
                  <Button
                    small
                    aria-label={`Remove ${passkey.name}`}
                    onClick={() => setOpen({ what: 'remove', passkey })}
                  >
                    Remove
                  </Button>
                </>
              ),
            },
          ]}
        />
      )}
      <Dialog open={open?.what === 'add'} onOpenChange={close} title="Add a passkey">
        <NameForm initial="My passkey" deed="Add passkey" save={add} />
      </Dialog>
      <Dialog open={open?.what === 'rename'} onOpenChange={close} title="Rename the passkey">
        {open?.what === 'rename' && (
          <NameForm
            initial={open.passkey.name}
            deed="Save name"
            save={(name) => rename(open.passkey.id, name)}
          />
        )}
      </Dialog>
      <AlertDialog
        open={open?.what === 'remove'}
        onOpenChange={close}
        title="Remove the passkey?"
        confirm="Remove passkey"
        onConfirm={() => (open?.what === 'remove' ? remove(open.passkey.id) : Promise.resolve())}
      >
        <p>
          {open?.what === 'remove' && <strong>{open.passkey.name}</strong>} will not sign you in any more.
          Your device may still show it; delete it there too.
        </p>
      </AlertDialog>
    </Section>
  );
};
