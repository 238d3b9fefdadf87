/** Projects of a company. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { readLive } from '../../api/query.ts';
import { Button } from '../../components/button.tsx';
import { DateTime } from '../../components/date-time.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { PageHeader } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { Table } from '../../components/table.tsx';
import { useCompany } from '../../shell/company.ts';
import { NewProjectDialog } from './parts/new-project.tsx';
import { sayNumber } from './parts/outcomes.ts';
import { ProjectUse } from './parts/project-use.tsx';
import { WhoMay } from './parts/who-may.tsx';

/** The page. */
export const ProjectsPage = (): ReactElement => {
  const { id: company, name, may } = useCompany();
  const [isMaking, setMaking] = useState(false);
  const projects = useQuery(readLive('projects.list', { params: { company } }));
  const newButton = may('projects.change') && (
    <Button look="primary" onClick={() => setMaking(true)}>
      New project
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Projects"
        tab={`Projects of ${name}`}
        lead="Each has its own keys, limits and figures: one for every product or environment."
        actions={(projects.data?.items.length ?? 0) > 0 && newButton}
      />
      <div className="grid gap-4">
        <h2 className="sr-only">List</h2>
        <QueryView query={projects}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                title="No projects yet"
                next="Keys belong to projects. Make the first one, then a key for it."
                action={newButton}
              />
            ) : (
              <Table
                caption="Projects, oldest first"
                rows={items}
                rowKey={({ id }) => id}
                columns={[
                  {
                    header: 'Name',
                    cell: (project) => (
                      <Link
                        className="link"
                        to="/companies/$company/projects/$project"
                        params={{ company, project: project.id }}
                      >
                        {project.name}
                      </Link>
                    ),
                  },
                  { header: 'Keys that work', numeric: true, cell: ({ keys }) => sayNumber(keys) },
                  { header: 'Used today', cell: (project) => <ProjectUse project={project} /> },
                  { header: 'Created', cell: ({ created_at }) => <DateTime at={created_at} /> },
                ]}
              />
            )
          }
        </QueryView>
        <WhoMay permission="projects.change" deed="make and rename projects" />
      </div>
      <NewProjectDialog isOpen={isMaking} onOpenChange={setMaking} />
    </>
  );
};
