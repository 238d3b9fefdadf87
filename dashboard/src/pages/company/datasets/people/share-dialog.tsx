/** Shares a dataset with one person: a member of the company, or somebody of another by invitation. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call } from '../../../../api/client.ts';
import { ApiProblem, fieldError } from '../../../../api/problem.ts';
import { read, refresh } from '../../../../api/query.ts';
import { Button } from '../../../../components/button.tsx';
import { Actions, Dialog } from '../../../../components/dialog.tsx';
import { Form } from '../../../../components/form.tsx';
import { Select, TextField } from '../../../../components/text-field.tsx';
import { toast } from '../../../../components/toast.tsx';
import { useCompany } from '../../../../shell/company.ts';
import { memberName } from '../../parts/role-choice.tsx';
import { endOf, UntilField } from './until-field.tsx';
import { useSharingAction } from './use-sharing-action.ts';

export const RIGHTS = [
  { value: 'read', label: 'Read' },
  { value: 'modify', label: 'Read and modify' },
] as const;

interface FormProps {
  readonly dataset: string;
  readonly onDone: () => void;
}

const ShareForm = ({ dataset, onDone }: FormProps): ReactElement => {
  const { id: company } = useCompany();
  const members = useQuery(read('members.list', { params: { company } })).data?.items ?? [];
  const [email, setEmail] = useState('');
  const [right, setRight] = useState<'read' | 'modify'>('read');
  const [until, setUntil] = useState('');
  const address = email.trim();
  const member = members.find((one) => one.email.toLowerCase() === address.toLowerCase());
  const action = useSharingAction(async () => {
    if (address === '') {
      throw new ApiProblem(0, { title: 'Nobody is named.', field: 'email', detail: 'Enter an address.' });
    }
    const params = { company, dataset };
    const terms = { right, until: endOf(until) };
    if (member === undefined) {
      await call('datasets.invite', { params, body: { email: address, ...terms } });
      toast(`The invitation to ${address} is on its way.`);
    } else {
      await call('datasets.share', { params, body: { user: member.user, ...terms } });
      toast(`${memberName(member)} has it now.`);
    }
    await refresh('datasets.people', 'datasets.grants', 'datasets.invitations', 'datasets.activity');
    onDone();
  });
  return (
    <Form action={action} fields={['email', 'user', 'right', 'until']} label="Share">
      <TextField
        label="E-mail address"
        hint={
          member === undefined
            ? 'Members of this company have it at once; others get an invitation by mail, which they accept in a company of their own.'
            : `${memberName(member)} is a member of this company and has it at once.`
        }
        type="email"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        list="members-to-share-with"
        value={email}
        onChange={setEmail}
        error={fieldError(action.problem, 'email', 'user')}
      />
      <datalist id="members-to-share-with">
        {members.map((one) => (
          <option key={one.user} value={one.email}>
            {memberName(one)}
          </option>
        ))}
      </datalist>
      <Select
        label="Right"
        value={right}
        onChange={setRight}
        choices={RIGHTS}
        error={fieldError(action.problem, 'right')}
      />
      <UntilField value={until} onChange={setUntil} error={fieldError(action.problem, 'until')} />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Share
        </Button>
      </Actions>
    </Form>
  );
};

interface ShareDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly dataset: string;
}

/** The form in a dialog. */
export const ShareDialog = ({ isOpen, onOpenChange, dataset }: ShareDialogProps): ReactElement => (
  <Dialog
    open={isOpen}
    onOpenChange={onOpenChange}
    title="Share"
    description="With one person, for reading or modifying. It counts from their next request on."
  >
    <ShareForm dataset={dataset} onDone={() => onOpenChange(false)} />
  </Dialog>
);
