/** What a company uses, as it is used. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { read, readLive } from '../../api/query.ts';
import type { Usage } from '../../api/shapes.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { useCompany } from '../../shell/company.ts';
import { CurlCall } from './parts/curl-call.tsx';
import { Figures } from './parts/figures.tsx';
import { NewKeyDialogs } from './parts/new-key.tsx';
import { OperationTable } from './parts/operation-table.tsx';
import { sumOf, total } from './parts/outcomes.ts';
import { UnusualNow } from './parts/unusual.tsx';
import { UseChart } from './parts/use-chart.tsx';
import { WhoMay } from './parts/who-may.tsx';

/** Whether there is nothing to draw. */
const isUnused = ({ days, month }: Usage): boolean => total(sumOf(days)) + total(month) === 0;

const FirstSteps = ({ onNew }: { readonly onNew: () => void }): ReactElement => {
  const { id: company, may } = useCompany();
  const projects = useQuery(read('projects.list', { params: { company } }));
  const keys = projects.data?.items.reduce((sum, project) => sum + project.keys, 0) ?? 0;
  return (
    <div className="grid gap-6 rounded-card border border-dashed border-edge p-5 sm:p-8">
      <div className="grid gap-1.5">
        <h2 className="text-xl">No calls in the last 30 days</h2>
        <p className="text-quiet">Two steps to the first one. This page shows it as soon as it arrives.</p>
      </div>
      <ol className="grid list-decimal gap-6 pl-5 marker:text-quiet">
        <li>
          <div className="grid gap-3">
            {keys === 0 ? (
              <p>Make a key. Its secret is shown once; your program sends it along with each call.</p>
            ) : (
              <p>
                Take the secret of a key: there {keys === 1 ? 'is one that works' : `are ${keys} that work`}.
                If nobody has it any more, make another.
              </p>
            )}
            <div className="flex flex-wrap gap-2">
              {may('keys.change') && (
                <Button look={keys === 0 ? 'primary' : 'secondary'} onClick={onNew}>
                  Make a key
                </Button>
              )}
              {keys > 0 && (
                <ButtonLink to="/companies/$company/keys" params={{ company }}>
                  Your keys
                </ButtonLink>
              )}
            </div>
            <WhoMay permission="keys.change" deed="make keys" />
          </div>
        </li>
        <li>
          <div className="grid gap-3">
            <p>Call the API with it.</p>
            <CurlCall />
            <p className="text-sm text-quiet">
              Everything else stands in the{' '}
              <a className="link" href="/docs">
                API reference
              </a>
              .
            </p>
          </div>
        </li>
      </ol>
    </div>
  );
};

const Use = ({ usage }: { readonly usage: Usage }): ReactElement => (
  <>
    <UnusualNow today={usage.to} />
    <Section
      title="Requests"
      lead="Refused: over a limit, or not a valid request. Failed: our fault. These are counts; no single request is in them."
    >
      <Figures usage={usage} />
    </Section>
    <Section title="Last 30 days" lead="Requests by UTC day.">
      <UseChart days={usage.days} />
    </Section>
    <Section title="Operations" lead="Which calls these were, in the same 30 days.">
      <OperationTable operations={usage.operations} />
    </Section>
  </>
);

/** The page. */
export const OverviewPage = (): ReactElement => {
  const { id: company, name } = useCompany();
  const [isMaking, setMaking] = useState(false);
  const usage = useQuery(readLive('usage.show', { params: { company } }));
  return (
    <>
      <PageHeader title="Overview" tab={`Overview of ${name}`} lead={`What ${name} uses, kept up to date.`} />
      <QueryView query={usage} lines={8}>
        {(data) => (isUnused(data) ? <FirstSteps onNew={() => setMaking(true)} /> : <Use usage={data} />)}
      </QueryView>
      <NewKeyDialogs isOpen={isMaking} onOpenChange={setMaking} />
    </>
  );
};
