/** Makes a company, with its first project. */
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../api/client.ts';
import { fieldError } from '../api/problem.ts';
import { refresh } from '../api/query.ts';
import { Button } from '../components/button.tsx';
import { Actions, Dialog } from '../components/dialog.tsx';
import { Form } from '../components/form.tsx';
import { TextField } from '../components/text-field.tsx';
import { toast } from '../components/toast.tsx';
import { useAction } from '../components/use-action.ts';

/** The form alone; leads to the new company. */
export const NewCompanyForm = ({ onDone }: { readonly onDone?: () => void }): ReactElement => {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const action = useAction(async () => {
    const company = await call('companies.create', { body: { name } });
    await refresh('session.show');
    onDone?.();
    await navigate({ to: '/companies/$company/overview', params: { company: company.id } });
    toast(`${company.name} is created.`);
  });
  return (
    <Form action={action} fields={['name']} label="New company">
      <TextField
        label="Name of the company"
        hint="You can change it later. Members and mails show it."
        name="name"
        value={name}
        onChange={setName}
        maxLength={200}
        autoComplete="organization"
        error={fieldError(action.problem, 'name')}
      />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Create company
        </Button>
      </Actions>
    </Form>
  );
};

interface NewCompanyDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** The form in a dialog. */
export const NewCompanyDialog = ({ open, onOpenChange }: NewCompanyDialogProps): ReactElement => (
  <Dialog open={open} onOpenChange={onOpenChange} title="New company" description="You will be its owner.">
    <NewCompanyForm onDone={() => onOpenChange(false)} />
  </Dialog>
);
