/** Keys of a company. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { read } from '../../api/query.ts';
import { Button } from '../../components/button.tsx';
import { PageHeader } from '../../components/page.tsx';
import { Select } from '../../components/text-field.tsx';
import { useCompany } from '../../shell/company.ts';
import { KeyList } from './parts/key-list.tsx';
import { NewKeyDialogs } from './parts/new-key.tsx';
import { WhoMay } from './parts/who-may.tsx';

/** The page. */
export const KeysPage = (): ReactElement => {
  const { id: company, name, may } = useCompany();
  const [isMaking, setMaking] = useState(false);
  const [project, setProject] = useState('');
  const projects = useQuery(read('projects.list', { params: { company } })).data?.items ?? [];
  const chosen = project === '' ? undefined : project;
  return (
    <>
      <PageHeader
        title="Keys"
        tab={`Keys of ${name}`}
        lead="Programs use them to call the API. “Last used” is to the quarter of an hour."
        actions={
          may('keys.change') && (
            <Button look="primary" onClick={() => setMaking(true)}>
              New key
            </Button>
          )
        }
      />
      <div className="grid gap-4">
        {projects.length > 1 && (
          <div className="max-w-xs">
            <Select
              label="Project"
              value={project}
              onChange={setProject}
              choices={[
                { value: '', label: 'All projects' },
                ...projects.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
          </div>
        )}
        <h2 className="sr-only">List</h2>
        <KeyList key={project} project={chosen} projects={projects} onNew={() => setMaking(true)} />
        <WhoMay permission="keys.change" deed="make, rotate and revoke keys" />
      </div>
      <NewKeyDialogs isOpen={isMaking} onOpenChange={setMaking} project={chosen} />
    </>
  );
};
