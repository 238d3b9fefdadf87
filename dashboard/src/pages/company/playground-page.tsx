/** Trying the services without a program: of one project, or of whichever is chosen. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { read } from '../../api/query.ts';
import type { Project } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { PageHeader } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { Select } from '../../components/text-field.tsx';
import { useCompany } from '../../shell/company.ts';
import { ApiProblem } from '../../api/problem.ts';
import { NewProjectDialog } from './parts/new-project.tsx';
import { WhoMay } from './parts/who-may.tsx';
import { Playground } from './playground/playground.tsx';

const NO_SUCH_PROJECT = new ApiProblem(404, { code: 'project_not_found', title: 'No such project' });

const NoProject = (): ReactElement => {
  const { may } = useCompany();
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      <EmptyState
        title="No project yet"
        next="Questions are asked for a project, and count against its limits. Make one first."
        action={
          may('projects.change') && (
            <Button look="primary" onClick={() => setMaking(true)}>
              New project
            </Button>
          )
        }
      />
      <NewProjectDialog isOpen={isMaking} onOpenChange={setMaking} />
    </>
  );
};

interface ChoiceProps {
  readonly projects: readonly Project[];
  /** As it stands in the address; undefined where none does. */
  readonly named: string | undefined;
}

const Choice = ({ projects, named }: ChoiceProps): ReactElement => {
  const { id: company } = useCompany();
  const [wanted, setWanted] = useState(named);
  const chosen = projects.find(({ id }) => id === wanted) ?? (named === undefined ? projects[0] : undefined);
  if (projects.length === 0) return <NoProject />;
  if (chosen === undefined) return <ErrorPanel problem={NO_SUCH_PROJECT} />;
  return (
    <>
      {projects.length > 1 && (
        <div className="mb-4 max-w-xs">
          <Select
            label="Project"
            value={chosen.id}
            onChange={setWanted}
            choices={projects.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </div>
      )}
      <Playground key={chosen.id} company={company} project={chosen.id} />
    </>
  );
};

/** The page. */
export const PlaygroundPage = (): ReactElement => {
  const { id: company, name, may } = useCompany();
  const { project } = useParams({ strict: false });
  const projects = useQuery(read('projects.list', { params: { company } }));
  return (
    <>
      {project !== undefined && (
        <p className="mb-2 text-sm">
          <Link
            className="link wrap-anywhere"
            to="/companies/$company/projects/$project"
            params={{ company, project }}
          >
            {projects.data?.items.find(({ id }) => id === project)?.name ?? 'Project'}
          </Link>
        </p>
      )}
      <PageHeader
        title="Playground"
        tab={`Playground of ${name}`}
        lead="Ask the geocoder as your program would, without a key. Each answer, and each list of suggestions, counts as one request of the project. What you ask is written down nowhere, not even in its request log."
      />
      {may('projects.try') && (
        <QueryView query={projects} lines={8}>
          {({ items }) => <Choice key={project} projects={items} named={project} />}
        </QueryView>
      )}
      <WhoMay permission="projects.try" deed="ask at a project's expense" />
    </>
  );
};
