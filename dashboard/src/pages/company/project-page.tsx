/** One project: its use, its keys, its limits, its end. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { readLive, refresh } from '../../api/query.ts';
import type { Project } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { AlertDialog } from '../../components/dialog.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Card, PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { toast } from '../../components/toast.tsx';
import { useCompany } from '../../shell/company.ts';
import { Figures } from './parts/figures.tsx';
import { InlineName } from './parts/inline-name.tsx';
import { KeyList } from './parts/key-list.tsx';
import { LogLink } from './parts/log-link.tsx';
import { NewKeyDialogs } from './parts/new-key.tsx';
import { LONGEST_NAME } from './parts/new-project.tsx';
import { sayNumber } from './parts/outcomes.ts';
import { PlaygroundLink } from './parts/playground-link.tsx';
import { limitFacts, LimitWords } from './parts/project-limits.tsx';
import { UseChart } from './parts/use-chart.tsx';
import { VisitorLink } from './parts/visitor-link.tsx';
import { WhoMay } from './parts/who-may.tsx';

const Settings = ({ project }: { readonly project: Project }): ReactElement => {
  const { id: company, may } = useCompany();
  const rename = async (name: string): Promise<void> => {
    await call('projects.change', { params: { company, project: project.id }, body: { name } });
    await refresh('projects.list', 'projects.show', 'audit.list');
    toast('The project has a new name.');
  };
  const facts: readonly (readonly [string, ReactElement | string])[] = [
    [
      'Name',
      <InlineName
        key="name"
        name={project.name}
        what="project"
        maxLength={LONGEST_NAME}
        mayRename={may('projects.change')}
        save={rename}
      >
        {project.name}
      </InlineName>,
    ],
    ...limitFacts(project),
    [
      'Id',
      <code key="id" className="font-mono text-sm wrap-anywhere">
        {project.id}
      </code>,
    ],
  ];
  return (
    <Card>
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-[12rem_minmax(0,1fr)]">
        {facts.map(([name, value]) => (
          <div key={name} className="grid gap-x-6 sm:col-span-2 sm:grid-cols-subgrid sm:items-center">
            <dt className="text-quiet">{name}</dt>
            <dd className="min-w-0">{value}</dd>
          </div>
        ))}
      </dl>
      <LimitWords project={project} />
    </Card>
  );
};

const DeleteProject = ({ project }: { readonly project: Project }): ReactElement => {
  const { id: company } = useCompany();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const erase = async (): Promise<void> => {
    await call('projects.delete', { params: { company, project: project.id } });
    await navigate({ to: '/companies/$company/projects', params: { company } });
    toast(`${project.name} is deleted.`);
    await refresh('projects.list', 'keys.list', 'usage.show', 'audit.list');
  };
  return (
    <Card>
      <div className="grid gap-4">
        <p>
          Its keys stop working within a second, and what was counted and logged for it is erased. This cannot
          be undone.
        </p>
        <div>
          <Button look="danger" onClick={() => setAsking(true)}>
            Delete project
          </Button>
        </div>
      </div>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Delete the project?"
        confirm="Delete project"
        typeToConfirm={project.name}
        onConfirm={erase}
      >
        <p>
          <strong>{project.name}</strong> goes with {project.keys === 1 ? 'its key' : 'its keys'} (
          {sayNumber(project.keys)} in use) and its figures. Programs that use them will be refused.
        </p>
      </AlertDialog>
    </Card>
  );
};

const Use = ({ project }: { readonly project: string }): ReactElement => {
  const { id: company } = useCompany();
  const usage = useQuery(readLive('usage.show', { params: { company }, query: { project } }));
  return (
    <QueryView query={usage} lines={6}>
      {(data) => (
        <div className="grid gap-4">
          <Figures usage={data} />
          <UseChart days={data.days} />
        </div>
      )}
    </QueryView>
  );
};

/** What stands in the address where it is of a project that there could be. */
const PROJECT_ID = /^prj_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
/** As the server says it of an id that there could be, and is not. */
const NO_SUCH_PROJECT = new ApiProblem(404, { code: 'project_not_found', title: 'No such project' });

/** The page. */
export const ProjectPage = (): ReactElement => {
  const { id: company, may } = useCompany();
  const { project: id = '' } = useParams({ strict: false });
  const [isMaking, setMaking] = useState(false);
  const isOne = PROJECT_ID.test(id);
  const project = useQuery({
    ...readLive('projects.show', { params: { company, project: id } }),
    enabled: isOne,
  });
  if (!isOne) {
    return (
      <>
        <PageHeader title="Project" />
        <ErrorPanel problem={NO_SUCH_PROJECT} />
      </>
    );
  }
  return (
    <>
      <p className="mb-2 text-sm">
        <Link className="link" to="/companies/$company/projects" params={{ company }}>
          Projects
        </Link>
      </p>
      <PageHeader
        title={project.data?.name ?? 'Project'}
        actions={
          <>
            <PlaygroundLink project={id} />
            <VisitorLink project={id} />
          </>
        }
      />
      <QueryView query={project} lines={8}>
        {(data) => (
          <>
            <Section title="Use" lead="Requests by UTC day, the last 30 days.">
              <Use project={id} />
            </Section>
            <Section
              title="Keys"
              actions={may('keys.change') && <Button onClick={() => setMaking(true)}>New key</Button>}
            >
              <KeyList project={id} onNew={() => setMaking(true)} />
              <WhoMay permission="keys.change" deed="make, rotate and revoke keys" />
            </Section>
            <Section title="Name and limits">
              <Settings project={data} />
              <WhoMay permission="projects.change" deed="rename projects" />
            </Section>
            <Section title="Request log">
              <LogLink project={id} />
            </Section>
            <Section title="Delete the project">
              {may('projects.delete') && <DeleteProject project={data} />}
              <WhoMay permission="projects.delete" deed="delete projects" />
            </Section>
          </>
        )}
      </QueryView>
      <NewKeyDialogs isOpen={isMaking} onOpenChange={setMaking} project={id} />
    </>
  );
};
