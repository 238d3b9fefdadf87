/** Makes a key and shows its secret. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldError } from '../../../api/problem.ts';
import { read, refresh } from '../../../api/query.ts';
import type { Project } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { Select, TextField } from '../../../components/text-field.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { FIRST_SCOPES, endFrom, limitFrom, networksFrom, type KeySettings } from './key-settings.ts';
import { KeySettingsFields, SETTINGS_FIELDS } from './key-settings-fields.tsx';
import { SecretDialog, type MadeSecret } from './secret-dialog.tsx';

/** Characters that a key's name may have. */
export const LONGEST_KEY_NAME = 80;

interface NewKeyFormProps {
  readonly projects: readonly Project[];
  readonly initial: string | undefined;
  readonly onMade: (made: MadeSecret) => void;
}

const NewKeyForm = ({ projects, initial, onMade }: NewKeyFormProps): ReactElement => {
  const { id: company } = useCompany();
  const [name, setName] = useState('');
  const [project, setProject] = useState(initial ?? projects[0]?.id ?? '');
  const [settings, setSettings] = useState<KeySettings>({
    networks: '',
    ends: '',
    scopes: FIRST_SCOPES,
    perSecond: '',
    perDay: '',
  });
  const action = useAction(async () => {
    const body = {
      name: name.trim(),
      scopes: [...settings.scopes],
      networks: networksFrom(settings.networks),
      expires_at: endFrom(settings.ends),
      per_second: limitFrom(settings.perSecond),
      per_day: limitFrom(settings.perDay),
    };
    onMade(await call('keys.create', { params: { company, project }, body }));
    await refresh('keys.list', 'projects.list', 'projects.show', 'audit.list');
  });
  return (
    <Form action={action} fields={['name', 'project', ...SETTINGS_FIELDS]} label="New key">
      <TextField
        label="Name"
        hint="Where it will be used, so that you know it again: “Website”, “CI of the map team”."
        name="name"
        maxLength={LONGEST_KEY_NAME}
        value={name}
        onChange={setName}
        error={fieldError(action.problem, 'name')}
      />
      <Select
        label="Project"
        hint="Its limits hold for all of its keys together."
        value={project}
        onChange={setProject}
        choices={projects.map((one) => ({ value: one.id, label: one.name }))}
        error={fieldError(action.problem, 'project')}
      />
      <KeySettingsFields value={settings} onChange={setSettings} problem={action.problem} />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Make key
        </Button>
      </Actions>
    </Form>
  );
};

interface NewKeyDialogsProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Chosen at first. */
  readonly project?: string | undefined;
}

/** The form, then the secret. Stands at the page's end, not inside of what a new key makes go away. */
export const NewKeyDialogs = ({ isOpen, onOpenChange, project }: NewKeyDialogsProps): ReactElement => {
  const { id: company } = useCompany();
  const [made, setMade] = useState<MadeSecret | undefined>(undefined);
  const projects = useQuery({ ...read('projects.list', { params: { company } }), enabled: isOpen });
  return (
    <>
      <Dialog open={isOpen} onOpenChange={onOpenChange} title="New key">
        <QueryView query={projects}>
          {({ items }) =>
            items.length === 0 ? (
              <p>There is no project yet, and every key belongs to one. Make a project first.</p>
            ) : (
              <NewKeyForm
                projects={items}
                initial={project}
                onMade={(reply) => {
                  onOpenChange(false);
                  setMade(reply);
                }}
              />
            )
          }
        </QueryView>
      </Dialog>
      <SecretDialog made={made} title="Your new key" onStored={() => setMade(undefined)} />
    </>
  );
};
