/** Gives a key another secret. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { ApiProblem } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Key } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Select } from '../../../components/text-field.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import type { MadeSecret } from './secret-dialog.tsx';

/** Hours that both secrets work. */
const OVERLAPS = [
  { value: '0', label: 'Not at all: it ends now' },
  { value: '1', label: '1 hour' },
  { value: '24', label: '24 hours' },
  { value: '72', label: '3 days' },
  { value: '168', label: '7 days' },
] as const;

type Overlap = (typeof OVERLAPS)[number]['value'];

const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

const explain = (hours: number): string =>
  hours === 0
    ? 'The secret that you use now stops working at once. Choose this when somebody else may have it.'
    : `Both secrets work until about ${WHEN.format(Date.now() + hours * 3_600_000)}. Put the new one in place by then.`;

interface RotateFormProps {
  readonly shown: Key;
  readonly onMade: (made: MadeSecret) => void;
}

const RotateForm = ({ shown, onMade }: RotateFormProps): ReactElement => {
  const { id: company } = useCompany();
  const [overlap, setOverlap] = useState<Overlap>(shown.exposed_at === null ? '24' : '0');
  const action = useAction(async () => {
    const body = {
      overlap_hours: Number(overlap),
      // Of two people, or two clicks, one rotates: the other would end the secret that is in use.
      expected_previous_secret_expires_at: shown.previous_secret_expires_at,
    };
    try {
      onMade(await call('keys.rotate', { params: { company, key: shown.id }, body }));
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 409) await refresh('keys.list');
      throw error;
    }
    await refresh('keys.list', 'audit.list');
  });
  return (
    <Form action={action} label="Rotate the key">
      {shown.previous_secret_expires_at !== null && (
        <Notice tone="warn">
          <p>This key is being rotated already. Its oldest secret ends as soon as you rotate it again.</p>
        </Notice>
      )}
      <Select
        label="How long the present secret goes on working"
        hint={explain(Number(overlap))}
        value={overlap}
        onChange={setOverlap}
        choices={OVERLAPS}
      />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Make new secret
        </Button>
      </Actions>
    </Form>
  );
};

interface RotateDialogProps {
  /** Which key; closed where there is none. */
  readonly shown: Key | undefined;
  readonly onClose: () => void;
  readonly onMade: (made: MadeSecret) => void;
}

/** Asks for the overlap. */
export const RotateDialog = ({ shown, onClose, onMade }: RotateDialogProps): ReactElement => (
  <Dialog
    open={shown !== undefined}
    onOpenChange={(isOpen) => !isOpen && onClose()}
    title="Rotate the key"
    description={
      <>
        {shown !== undefined && <strong className="text-ink">{shown.name}</strong>} gets a new secret, shown
        once. Name, public key, limits and counters stay. Owners are told by mail.
      </>
    }
  >
    {shown !== undefined && <RotateForm key={shown.id} shown={shown} onMade={onMade} />}
  </Dialog>
);
