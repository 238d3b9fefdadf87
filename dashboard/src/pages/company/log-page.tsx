/** The request log of a project: whether it is on, what is in it, and the end of it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { read, readLive, refresh } from '../../api/query.ts';
import { Button } from '../../components/button.tsx';
import { AlertDialog } from '../../components/dialog.tsx';
import { download } from '../../components/download.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { toast } from '../../components/toast.tsx';
import { useAction } from '../../components/use-action.ts';
import { useCompany } from '../../shell/company.ts';
import { LogSettings } from './parts/log-settings.tsx';
import { LogTable } from './parts/log-table.tsx';
import { sayNumber } from './parts/outcomes.ts';
import { WhoMay } from './parts/who-may.tsx';

const Empty = ({ project }: { readonly project: string }): ReactElement => {
  const { id: company } = useCompany();
  const [isAsking, setAsking] = useState(false);
  const empty = async (): Promise<void> => {
    const { deleted } = await call('logs.delete', { params: { company, project } });
    await refresh('logs.list', 'audit.list');
    toast(`${deleted === 1 ? 'One request is' : `${sayNumber(deleted)} requests are`} deleted.`);
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>Delete all</Button>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Delete all logged requests?"
        confirm="Delete all"
        onConfirm={empty}
      >
        <p>Everything that was logged of this project is deleted at once. Whether the log is on stays.</p>
      </AlertDialog>
    </>
  );
};

const Log = ({ project }: { readonly project: string }): ReactElement => {
  const { id: company, may } = useCompany();
  const log = useQuery(readLive('logs.list', { params: { company, project }, query: { limit: 1 } }));
  const save = useAction(async () => {
    const file = await call('logs.export', { params: { company, project }, body: {} });
    download(file, 'vouchsafe-requests.csv');
    await refresh('audit.list');
    toast('The log is being saved.');
  });
  return (
    <QueryView query={log} lines={8}>
      {({ logging, items }) => (
        <>
          <Section title="Settings">
            <LogSettings project={project} logging={logging} />
            <WhoMay permission="logs.change" deed="turn the log on and off" />
          </Section>
          <Section
            title="Requests"
            actions={
              items.length > 0 && (
                <>
                  <Button pending={save.pending} onClick={() => void save.run()}>
                    Export as CSV
                  </Button>
                  {may('logs.change') && <Empty project={project} />}
                </>
              )
            }
          >
            {save.problem !== undefined && <ErrorPanel problem={save.problem} />}
            <LogTable project={project} isOn={logging.days !== null} />
          </Section>
        </>
      )}
    </QueryView>
  );
};

/** The page. */
export const LogPage = (): ReactElement => {
  const { id: company, may } = useCompany();
  const { project: id = '' } = useParams({ strict: false });
  const project = useQuery(read('projects.show', { params: { company, project: id } }));
  const name = project.data?.name ?? 'the project';
  return (
    <>
      <p className="mb-2 text-sm">
        <Link
          className="link wrap-anywhere"
          to="/companies/$company/projects/$project"
          params={{ company, project: id }}
        >
          {project.data?.name ?? 'Project'}
        </Link>
      </p>
      <PageHeader
        title="Request log"
        tab={`Request log of ${name}`}
        lead="For finding out what your program sends: single requests, for as long as you choose. It is off unless somebody turns it on."
      />
      {may('logs.read') && <Log project={id} />}
      <WhoMay permission="logs.read" deed="see logged requests" />
    </>
  );
};
