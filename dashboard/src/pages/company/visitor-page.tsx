/** Visitor lookup of a project: what to paste, who may call, what the server says, and that nothing is kept. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { read, readLive } from '../../api/query.ts';
import type { Project } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { Select } from '../../components/text-field.tsx';
import { useCompany } from '../../shell/company.ts';
import { DomainList } from './parts/domain-list.tsx';
import { NewDomainDialog } from './parts/domain-new.tsx';
import { DomainSwitch } from './parts/domain-switch.tsx';
import { NewProjectDialog } from './parts/new-project.tsx';
import { WhoMay } from './parts/who-may.tsx';
import { Examples } from './visitor/examples.tsx';
import { FromVisitorApi, Snippets } from './visitor/in-your-page.tsx';
import { TryOut } from './visitor/try-out.tsx';

const NO_SUCH_PROJECT = new ApiProblem(404, { code: 'project_not_found', title: 'No such project' });

interface RefusedProps {
  readonly project: string;
  readonly onAdd: () => void;
}

/** The one thing that stands between a new project and its first visitor. */
const RefusedYet = ({ project, onAdd }: RefusedProps): ReactElement | null => {
  const { id: company, may } = useCompany();
  const domains = useQuery(readLive('domains.list', { params: { company, project } })).data;
  if (domains === undefined || domains.items.length > 0) return null;
  return (
    <Notice tone="warn" title="No domain yet: pages are refused">
      <p>
        {domains.allow_localhost
          ? 'Only pages of localhost may call. Add the domain of your website before you publish it.'
          : 'Until the domain of your website is added, every call from a page is answered with “Error: no domain is allowed”.'}
      </p>
      {may('domains.change') && (
        <p>
          <Button small onClick={onAdd}>
            Add your domain
          </Button>
        </p>
      )}
    </Notice>
  );
};

const NothingStored = (): ReactElement => (
  <Section title="What is stored: nothing">
    <div className="grid max-w-2xl gap-2">
      <p>
        The address and the user agent of a visitor are read, answered with, and forgotten. They are in no
        table, log, file or metric; calls are counted by day for your limits, without anything of the visitor.
        A copy may linger in memory until the memory is used again.
      </p>
      <p>
        What is promised of it, and how that is checked, stands under{' '}
        <a className="link" href="/security">
          security
        </a>
        . Every field, parameter and error stands in the{' '}
        <a className="link" href="/docs">
          API reference
        </a>
        .
      </p>
    </div>
  </Section>
);

const OfProject = ({ project }: { readonly project: Project }): ReactElement => {
  const { id: company, may } = useCompany();
  const [isAdding, setAdding] = useState(false);
  const target = { origin: location.origin, project: project.id };
  const add = (): void => setAdding(true);
  return (
    <>
      <Section title="In your page" lead="Paste it as it is: the address and the project’s id are in it.">
        <RefusedYet project={project.id} onAdd={add} />
        <Snippets target={target} />
        <FromVisitorApi target={target} />
      </Section>
      <Section
        title="Try it"
        lead="What the server says of you, now, or of any address. Each answer counts as one request of the project."
      >
        {may('projects.try') && <TryOut company={company} project={project.id} />}
        <WhoMay permission="projects.try" deed="ask at a project's expense" />
      </Section>
      <Section
        title="Your domains"
        lead="Pages of these domains may call, and no others."
        actions={may('domains.change') && <Button onClick={add}>Add domain</Button>}
      >
        <DomainList project={project.id} onNew={add} />
        <WhoMay permission="domains.change" deed="add and remove domains" />
      </Section>
      <DomainSwitch project={project.id} />
      <Section title="Worked examples" lead="Whole pages that run once their domain is added.">
        <Examples target={target} />
      </Section>
      <NothingStored />
      <NewDomainDialog isOpen={isAdding} onOpenChange={setAdding} project={project} />
    </>
  );
};

interface ChoiceProps {
  readonly projects: readonly Project[];
  /** As it stands in the address; undefined where none does. */
  readonly named: string | undefined;
}

const Choice = ({ projects, named }: ChoiceProps): ReactElement => {
  const { may } = useCompany();
  const [isMaking, setMaking] = useState(false);
  const [wanted, setWanted] = useState(named);
  const chosen = projects.find(({ id }) => id === wanted) ?? (named === undefined ? projects[0] : undefined);
  if (projects.length === 0) {
    return (
      <>
        <EmptyState
          title="No project yet"
          next="Pages call for a project, and count against its limits. Make one first."
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
  }
  if (chosen === undefined) return <ErrorPanel problem={NO_SUCH_PROJECT} />;
  return (
    <>
      {projects.length > 1 && (
        <div className="mb-6 max-w-xs">
          <Select
            label="Project"
            value={chosen.id}
            onChange={setWanted}
            choices={projects.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </div>
      )}
      <OfProject key={chosen.id} project={chosen} />
    </>
  );
};

/** The page. */
export const VisitorPage = (): ReactElement => {
  const { id: company, name } = useCompany();
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
        title="Visitor lookup"
        tab={`Visitor lookup of ${name}`}
        lead="One call from your page tells it country, currency, language and device of its visitor. No cookie is set, and nothing of the visitor is kept."
      />
      <QueryView query={projects} lines={8}>
        {({ items }) => <Choice key={project} projects={items} named={project} />}
      </QueryView>
    </>
  );
};
