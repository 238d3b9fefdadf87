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
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { OverlapChoice, usualOverlap, type Overlap } from './overlap-choice.tsx';
import type { MadeSecret } from './secret-dialog.tsx';

interface RotateFormProps {
  readonly shown: Key;
  readonly onMade: (made: MadeSecret) => void;
}

const RotateForm = ({ shown, onMade }: RotateFormProps): ReactElement => {
  const { id: company } = useCompany();
  const [overlap, setOverlap] = useState<Overlap>(usualOverlap(shown));
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
      <OverlapChoice value={overlap} onChange={setOverlap} />
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
