/** Authorised domains of a company's projects: whose pages may call without a secret. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { read } from '../../api/query.ts';
import type { Project } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { PageHeader } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { Select } from '../../components/text-field.tsx';
import { useCompany } from '../../shell/company.ts';
import { DomainList } from './parts/domain-list.tsx';
import { NewDomainDialog } from './parts/domain-new.tsx';
import { DomainSnippet } from './parts/domain-snippet.tsx';
import { DomainSwitch } from './parts/domain-switch.tsx';
import { NewProjectDialog } from './parts/new-project.tsx';
import { WhoMay } from './parts/who-may.tsx';

interface OfProjectProps {
  readonly projects: readonly Project[];
  readonly project: Project;
  readonly onChoose: (project: string) => void;
  readonly onNew: () => void;
}

const OfProject = ({ projects, project, onChoose, onNew }: OfProjectProps): ReactElement => (
  <>
    <div className="mb-10 grid gap-4">
      {projects.length > 1 && (
        <div className="max-w-xs">
          <Select
            label="Project"
            value={project.id}
            onChange={onChoose}
            choices={projects.map((one) => ({ value: one.id, label: one.name }))}
          />
        </div>
      )}
      <h2 className="sr-only">Authorised domains</h2>
      <DomainList key={project.id} project={project.id} onNew={onNew} />
      <WhoMay permission="domains.change" deed="add and remove domains" />
    </div>
    <DomainSnippet key={`snippet ${project.id}`} project={project.id} />
    <DomainSwitch key={`switch ${project.id}`} project={project.id} />
  </>
);

/** The page. */
export const DomainsPage = (): ReactElement => {
  const { id: company, name, may } = useCompany();
  const [isAdding, setAdding] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const [project, setProject] = useState('');
  const projects = useQuery(read('projects.list', { params: { company } }));
  const items = projects.data?.items ?? [];
  const chosen = items.find(({ id }) => id === project) ?? items[0];
  return (
    <>
      <PageHeader
        title="Domains"
        tab={`Domains of ${name}`}
        lead="Pages of these domains may call a project from the browser with its public key and no secret. Calls are counted by day; no visitor and no page is recorded."
        actions={
          may('domains.change') &&
          chosen !== undefined && (
            <Button look="primary" onClick={() => setAdding(true)}>
              Add domain
            </Button>
          )
        }
      />
      <QueryView query={projects} lines={6}>
        {() =>
          chosen === undefined ? (
            <EmptyState
              title="No project yet"
              next="A domain is authorised for one project. Make the project first."
              action={
                may('projects.change') && (
                  <Button look="primary" onClick={() => setMaking(true)}>
                    New project
                  </Button>
                )
              }
            />
          ) : (
            <OfProject
              projects={items}
              project={chosen}
              onChoose={setProject}
              onNew={() => setAdding(true)}
            />
          )
        }
      </QueryView>
      {chosen !== undefined && (
        <NewDomainDialog isOpen={isAdding} onOpenChange={setAdding} project={chosen} />
      )}
      <NewProjectDialog isOpen={isMaking} onOpenChange={setMaking} />
    </>
  );
};
