/** Name, words and visibility of a dataset, whose it is, and its end. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldError } from '../../../api/problem.ts';
import { read, refresh } from '../../../api/query.ts';
import { Button } from '../../../components/button.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { Card, Section } from '../../../components/page.tsx';
import { Select, TextArea, TextField } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useCompany } from '../../../shell/company.ts';
import { memberName } from '../parts/role-choice.tsx';
import { LONGEST_NAME, NAME_HINT } from './names.ts';
import { DatasetPart } from './parts/dataset-head.tsx';
import { Managed } from './parts/managed.tsx';
import { useSharingAction } from './people/use-sharing-action.ts';
import type { Dataset } from './shapes.ts';

export const VISIBILITIES = [
  { value: 'company', label: 'Whole company: all members, by their role' },
  { value: 'private', label: 'Private: its owner, the company’s owners, and whom it is shared with' },
] as const;

const TOPICS = ['datasets.show', 'datasets.list', 'datasets.people', 'datasets.activity'] as const;

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

const EditForm = ({ dataset }: { readonly dataset: Dataset }): ReactElement => {
  const { id: company } = useCompany();
  const members = useQuery(read('members.list', { params: { company } })).data?.items ?? [];
  const [name, setName] = useState(dataset.name);
  const [title, setTitle] = useState(dataset.title ?? '');
  const [description, setDescription] = useState(dataset.description ?? '');
  const [visibility, setVisibility] = useState(dataset.visibility);
  const [owner, setOwner] = useState(dataset.owner?.user ?? '');
  const body = {
    ...(name === dataset.name ? {} : { name }),
    ...(orNull(title) === dataset.title ? {} : { title: orNull(title) }),
    ...(orNull(description) === dataset.description ? {} : { description: orNull(description) }),
    ...(visibility === dataset.visibility ? {} : { visibility }),
    ...(owner === '' || owner === dataset.owner?.user ? {} : { owner }),
  };
  const action = useSharingAction(async () => {
    await call('datasets.change', { params: { company, dataset: dataset.id }, body });
    await refresh(...TOPICS);
    toast('The dataset is changed.');
  });
  const isKnown = members.some(({ user }) => user === owner);
  return (
    <Form action={action} fields={['name', 'title', 'description', 'visibility', 'owner']} label="Dataset">
      <TextField
        label="Name"
        hint={NAME_HINT}
        value={name}
        onChange={setName}
        maxLength={LONGEST_NAME}
        autoCapitalize="none"
        spellCheck={false}
        error={fieldError(action.problem, 'name')}
      />
      <TextField
        label="Title"
        hint="As people call it. May stay empty."
        value={title}
        onChange={setTitle}
        maxLength={200}
        error={fieldError(action.problem, 'title')}
      />
      <TextArea
        label="Description"
        value={description}
        onChange={setDescription}
        maxLength={10_000}
        error={fieldError(action.problem, 'description')}
      />
      <Select
        label="Who sees it"
        value={visibility}
        onChange={setVisibility}
        choices={VISIBILITIES}
        error={fieldError(action.problem, 'visibility')}
      />
      <Select
        label="Owner"
        hint="Manages it, whatever their role but viewer."
        value={owner}
        onChange={setOwner}
        choices={[
          ...(isKnown ? [] : [{ value: owner, label: dataset.owner?.name ?? 'Nobody' }]),
          ...members.map((member) => ({ value: member.user, label: memberName(member) })),
        ]}
        error={fieldError(action.problem, 'owner')}
      />
      <div>
        <Button
          type="submit"
          look="primary"
          pending={action.pending}
          disabled={Object.keys(body).length === 0}
        >
          Save
        </Button>
      </div>
    </Form>
  );
};

const Delete = ({ dataset }: { readonly dataset: Dataset }): ReactElement => {
  const { id: company } = useCompany();
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const remove = async (): Promise<void> => {
    await call('datasets.delete', { params: { company, dataset: dataset.id } });
    await navigate({ to: '/companies/$company/datasets', params: { company } });
    await refresh('datasets.list');
    toast(`${dataset.name} is deleted.`);
  };
  return (
    <>
      <div>
        <Button look="danger" onClick={() => setOpen(true)}>
          Delete the dataset
        </Button>
      </div>
      <AlertDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Delete ${dataset.name}?`}
        confirm="Delete dataset"
        typeToConfirm={dataset.name}
        onConfirm={remove}
      >
        <p>All versions go, and everybody loses access with their next request. There is no way back.</p>
      </AlertDialog>
    </>
  );
};

/** The page. */
export const DatasetSettingsPage = (): ReactElement => (
  <DatasetPart part="Settings">
    {(dataset) => (
      <Managed dataset={dataset} title="Settings" what="its settings">
        <Section title="Dataset">
          <Card>
            <EditForm
              key={JSON.stringify([dataset.name, dataset.title, dataset.visibility, dataset.owner])}
              dataset={dataset}
            />
          </Card>
        </Section>
        <Section title="Delete the dataset">
          <Delete dataset={dataset} />
        </Section>
      </Managed>
    )}
  </DatasetPart>
);
