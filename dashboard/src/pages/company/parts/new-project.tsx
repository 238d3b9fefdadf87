/** Makes a project. */
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldError } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';

/** Characters that the name of a project or company may have. */
export const LONGEST_NAME = 200;

const NewProjectForm = ({ onDone }: { readonly onDone: () => void }): ReactElement => {
  const { id: company } = useCompany();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const action = useAction(async () => {
    const project = await call('projects.create', { params: { company }, body: { name: name.trim() } });
    await refresh('projects.list', 'audit.list');
    onDone();
    toast(`${project.name} is created.`);
    await navigate({ to: '/companies/$company/projects/$project', params: { company, project: project.id } });
  });
  return (
    <Form action={action} fields={['name']} label="New project">
      <TextField
        label="Name"
        hint="What you build with it: “Shop”, “Shop (staging)”."
        name="name"
        maxLength={LONGEST_NAME}
        value={name}
        onChange={setName}
        error={fieldError(action.problem, 'name')}
      />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Create project
        </Button>
      </Actions>
    </Form>
  );
};

interface NewProjectDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** The form in a dialog; leads to the new project. */
export const NewProjectDialog = ({ isOpen, onOpenChange }: NewProjectDialogProps): ReactElement => (
  <Dialog
    open={isOpen}
    onOpenChange={onOpenChange}
    title="New project"
    description="A project has keys, limits and figures of its own."
  >
    <NewProjectForm onDone={() => onOpenChange(false)} />
  </Dialog>
);
