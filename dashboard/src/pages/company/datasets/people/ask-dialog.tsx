/** Asks whoever manages a dataset for access to it. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../../api/client.ts';
import { fieldError } from '../../../../api/problem.ts';
import { refresh } from '../../../../api/query.ts';
import { Button } from '../../../../components/button.tsx';
import { Actions, Dialog } from '../../../../components/dialog.tsx';
import { Form } from '../../../../components/form.tsx';
import { Select, TextField } from '../../../../components/text-field.tsx';
import { toast } from '../../../../components/toast.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useCompany } from '../../../../shell/company.ts';

const RIGHTS = [
  { value: 'read', label: 'Read it' },
  { value: 'modify', label: 'Read and modify it' },
] as const;

interface AskFormProps {
  readonly dataset: string;
  readonly onDone: () => void;
}

const AskForm = ({ dataset, onDone }: AskFormProps): ReactElement => {
  const { id: company } = useCompany();
  const [id, setId] = useState(dataset);
  const [right, setRight] = useState<'read' | 'modify'>('read');
  const action = useAction(async () => {
    await call('datasets.ask', { params: { company }, body: { dataset: id.trim(), right } });
    await refresh('datasets.requests');
    onDone();
    toast('If there is such a dataset, those who manage it have your question now.');
  });
  return (
    <Form action={action} fields={['dataset', 'right']} label="Ask for access">
      <TextField
        label="Dataset"
        hint="Its id or address, as somebody gave it to you; it begins with dst_."
        value={id}
        onChange={(text) => setId(/dst_\w+/.exec(text)?.[0] ?? text)}
        autoCapitalize="none"
        spellCheck={false}
        error={fieldError(action.problem, 'dataset')}
      />
      <Select
        label="To"
        value={right}
        onChange={setRight}
        choices={RIGHTS}
        error={fieldError(action.problem, 'right')}
      />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending} disabled={id.trim() === ''}>
          Ask
        </Button>
      </Actions>
    </Form>
  );
};

interface AskDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Its id, where it is known. */
  readonly dataset?: string;
}

/** The form in a dialog. */
export const AskDialog = ({ isOpen, onOpenChange, dataset = '' }: AskDialogProps): ReactElement => (
  <Dialog
    open={isOpen}
    onOpenChange={onOpenChange}
    title="Ask for access"
    description="Those who manage the dataset get a mail with your name and address. The answer comes by mail as well."
  >
    <AskForm dataset={dataset} onDone={() => onOpenChange(false)} />
  </Dialog>
);
