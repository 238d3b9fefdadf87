/** Changes what a key may do, from where, until when, and how much. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Key } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import {
  ALL_SCOPES,
  endFrom,
  lastDay,
  limitFrom,
  networksFrom,
  sayLimit,
  type KeySettings,
} from './key-settings.ts';
import { KeySettingsFields, SETTINGS_FIELDS } from './key-settings-fields.tsx';

interface ChangeFormProps {
  readonly shown: Key;
  readonly onDone: () => void;
}

const ChangeForm = ({ shown, onDone }: ChangeFormProps): ReactElement => {
  const { id: company } = useCompany();
  const before: KeySettings = {
    networks: shown.networks.join('\n'),
    ends: lastDay(shown.expires_at),
    scopes: ALL_SCOPES.filter((scope) => shown.scopes.includes(scope)),
    perSecond: sayLimit(shown.per_second),
    perDay: sayLimit(shown.per_day),
  };
  const [settings, setSettings] = useState(before);
  const action = useAction(async () => {
    const { networks, ends, scopes, perSecond, perDay } = settings;
    await call('keys.change', {
      params: { company, key: shown.id },
      body: {
        networks: networksFrom(networks),
        scopes: [...scopes],
        per_second: limitFrom(perSecond),
        per_day: limitFrom(perDay),
        // An end that came with an hour keeps it, unless another day is chosen.
        ...(ends === before.ends ? {} : { expires_at: endFrom(ends) }),
      },
    });
    await refresh('keys.list', 'audit.list');
    toast('The key is changed, effective within a second.');
    onDone();
  });
  return (
    <Form action={action} fields={SETTINGS_FIELDS} label="Settings of the key">
      <KeySettingsFields value={settings} onChange={setSettings} problem={action.problem} />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Save
        </Button>
      </Actions>
    </Form>
  );
};

interface ChangeKeyDialogProps {
  /** Which key; closed where there is none. */
  readonly shown: Key | undefined;
  readonly onClose: () => void;
}

/** The dialog. */
export const ChangeKeyDialog = ({ shown, onClose }: ChangeKeyDialogProps): ReactElement => (
  <Dialog
    open={shown !== undefined}
    onOpenChange={(isOpen) => !isOpen && onClose()}
    title="Settings of the key"
    description={
      shown !== undefined && (
        <>
          What the secret of <strong className="text-ink">{shown.name}</strong> may do, from where, until
          when, and how much.
        </>
      )
    }
  >
    {shown !== undefined && <ChangeForm key={shown.id} shown={shown} onDone={onClose} />}
  </Dialog>
);
