/** Where a file goes: into a new dataset, or into one that there is. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../../api/client.ts';
import { fieldError } from '../../../../api/problem.ts';
import { refresh } from '../../../../api/query.ts';
import { Button } from '../../../../components/button.tsx';
import { Form } from '../../../../components/form.tsx';
import { Checkbox, Select, TextField } from '../../../../components/text-field.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useCompany } from '../../../../shell/company.ts';
import { LONGEST_NAME, NAME_HINT, nameFrom } from '../names.ts';
import type { Dataset, Visibility } from '../shapes.ts';
import type { UploadState } from './shapes.ts';

const VISIBILITIES = [
  { value: 'company', label: 'Whole company, by role' },
  { value: 'private', label: 'Only me, until I share it' },
] as const;

const MODES = [
  { value: 'replace', label: 'Replace all rows' },
  { value: 'append', label: 'Append to the rows that are there' },
] as const;

interface LoadFormProps {
  readonly upload: UploadState;
  /** The dataset that it goes into; a new one where it is undefined. */
  readonly into: Dataset | undefined;
}

/** The form. What is loaded is one new version, whole or not at all. */
export const LoadForm = ({ upload, into }: LoadFormProps): ReactElement => {
  const { id: company } = useCompany();
  const [name, setName] = useState(() => nameFrom(upload.filename));
  const [visibility, setVisibility] = useState<Visibility>('private');
  const [mode, setMode] = useState<'replace' | 'append'>('replace');
  const [skips, setSkips] = useState(false);
  const action = useAction(async () => {
    const target =
      into === undefined
        ? { new: { name, visibility } }
        : { dataset: into.id, mode, expected_version: into.version };
    await call('dataset-uploads.load', {
      params: { company, upload: upload.id },
      body: { ...target, rejected: skips ? 'skip' : 'stop' },
    });
    await refresh('dataset-uploads.state', 'datasets.list');
  });
  return (
    <Form action={action} fields={['name', 'new.name', 'mode', 'dataset']} label="Load">
      {into === undefined ? (
        <>
          <TextField
            label="Name of the dataset"
            hint={NAME_HINT}
            value={name}
            onChange={setName}
            maxLength={LONGEST_NAME}
            autoCapitalize="none"
            spellCheck={false}
            error={fieldError(action.problem, 'name', 'new.name')}
          />
          <Select label="Who sees it" value={visibility} onChange={setVisibility} choices={VISIBILITIES} />
        </>
      ) : (
        <Select
          label={`Into ${into.name}`}
          hint="Either way it is a new version; the one before can be restored."
          value={mode}
          onChange={setMode}
          choices={into.version === 0 ? MODES.slice(0, 1) : MODES}
          error={fieldError(action.problem, 'mode', 'dataset')}
        />
      )}
      <Checkbox
        label="Leave out rows that do not fit"
        hint="They come back as a file with line, column and reason. Otherwise one such row stops it all."
        checked={skips}
        onChange={setSkips}
      />
      <div>
        <Button
          type="submit"
          look="primary"
          pending={action.pending}
          disabled={into === undefined && name === ''}
        >
          {into === undefined ? 'Make the dataset' : 'Load'}
        </Button>
      </div>
    </Form>
  );
};
