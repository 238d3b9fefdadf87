/** Changes or takes away what was shared with one person. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../../api/client.ts';
import { fieldError } from '../../../../api/problem.ts';
import { refresh } from '../../../../api/query.ts';
import { Button } from '../../../../components/button.tsx';
import { Actions, Dialog } from '../../../../components/dialog.tsx';
import { ErrorPanel } from '../../../../components/error-panel.tsx';
import { Form } from '../../../../components/form.tsx';
import { Select } from '../../../../components/text-field.tsx';
import { toast } from '../../../../components/toast.tsx';
import { useCompany } from '../../../../shell/company.ts';
import type { Grant } from '../shapes.ts';
import { RIGHTS } from './share-dialog.tsx';
import { dayOf, endOf, UntilField } from './until-field.tsx';
import { useSharingAction } from './use-sharing-action.ts';

const nameOf = ({ name, email }: Grant): string => name ?? email ?? 'This person';

const TOPICS = ['datasets.people', 'datasets.grants', 'datasets.activity'] as const;

interface GrantFormProps {
  readonly dataset: string;
  readonly grant: Grant;
  readonly onDone: () => void;
}

const GrantForm = ({ dataset, grant, onDone }: GrantFormProps): ReactElement => {
  const { id: company } = useCompany();
  const [right, setRight] = useState(grant.right);
  const [until, setUntil] = useState(dayOf(grant.until));
  const params = { company, dataset, grant: grant.id };
  const save = useSharingAction(async () => {
    const body = {
      ...(right === grant.right ? {} : { right }),
      ...(until === dayOf(grant.until) ? {} : { until: endOf(until) ?? null }),
    };
    await call('datasets.change-grant', { params, body });
    await refresh(...TOPICS);
    onDone();
    toast('It is changed.');
  });
  const remove = useSharingAction(async () => {
    await call('datasets.unshare', { params });
    await refresh(...TOPICS);
    onDone();
    toast(`${nameOf(grant)} has it no more.`);
  });
  const isSame = right === grant.right && until === dayOf(grant.until);
  return (
    <Form action={save} fields={['right', 'until']} label="Change what is shared">
      <Select
        label="Right"
        value={right}
        onChange={setRight}
        choices={RIGHTS}
        error={fieldError(save.problem, 'right')}
      />
      <UntilField value={until} onChange={setUntil} error={fieldError(save.problem, 'until')} />
      {remove.problem !== undefined && <ErrorPanel problem={remove.problem} />}
      <Actions>
        <Button look="danger" pending={remove.pending} onClick={() => void remove.run()}>
          Stop sharing
        </Button>
        <Button type="submit" look="primary" pending={save.pending} disabled={isSame}>
          Save
        </Button>
      </Actions>
    </Form>
  );
};

interface GrantDialogProps {
  readonly dataset: string;
  readonly grant: Grant | undefined;
  readonly onClose: () => void;
}

/** The dialog; open while there is a grant. */
export const GrantDialog = ({ dataset, grant, onClose }: GrantDialogProps): ReactElement => (
  <Dialog
    open={grant !== undefined}
    onOpenChange={(isOpen) => {
      if (!isOpen) onClose();
    }}
    title={grant === undefined ? '' : `Shared with ${nameOf(grant)}`}
    description="A change counts from the next request on."
  >
    {grant !== undefined && <GrantForm key={grant.id} dataset={dataset} grant={grant} onDone={onClose} />}
  </Dialog>
);
