/** Invites somebody. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldError } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Role } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { Select, TextField } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { roleLabel, rolesToGive, useRoleTable } from './roles.ts';

const InviteForm = ({ onDone }: { readonly onDone: () => void }): ReactElement => {
  const { id: company, role: actor } = useCompany();
  const roles = rolesToGive(useRoleTable(), actor);
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('member');
  const action = useAction(async () => {
    const invitation = await call('invitations.create', {
      params: { company },
      body: { email: email.trim(), role },
    });
    await refresh('invitations.list', 'audit.list');
    onDone();
    toast(`The invitation to ${invitation.email} is on its way.`);
  });
  return (
    <Form action={action} fields={['email', 'role']} label="Invite a member">
      <TextField
        label="E-mail address"
        hint="The invitation is for this address alone."
        name="email"
        type="email"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        value={email}
        onChange={setEmail}
        error={fieldError(action.problem, 'email')}
      />
      <Select
        label="Role"
        hint="“Who may do what”, at the foot of this page, says what each role is for."
        value={role}
        onChange={setRole}
        choices={roles.map((value) => ({ value, label: roleLabel(value) }))}
        error={fieldError(action.problem, 'role')}
      />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Send invitation
        </Button>
      </Actions>
    </Form>
  );
};

interface InviteDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** The form in a dialog. */
export const InviteDialog = ({ isOpen, onOpenChange }: InviteDialogProps): ReactElement => (
  <Dialog
    open={isOpen}
    onOpenChange={onOpenChange}
    title="Invite a member"
    description="They get a link by mail that works once, for seven days."
  >
    <InviteForm onDone={() => onOpenChange(false)} />
  </Dialog>
);
