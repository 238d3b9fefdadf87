/** What a company used: by day or month, operation and key, and what was unusual about it. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { LIVE, read, readLive } from '../../api/query.ts';
import type { Project, Usage } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { download } from '../../components/download.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { toast } from '../../components/toast.tsx';
import { useAction } from '../../components/use-action.ts';
import { useCompany } from '../../shell/company.ts';
import { CertificateHint } from './parts/curl-call.tsx';
import { curlLine } from './parts/curl-line.ts';
import { RangeFigures } from './parts/figures.tsx';
import { KeyUseTable } from './parts/key-use-table.tsx';
import { OperationTable } from './parts/operation-table.tsx';
import { total } from './parts/outcomes.ts';
import { UnusualSection } from './parts/unusual.tsx';
import { UsageFilters, type Chosen } from './parts/usage-filters.tsx';
import { barsOf, queryOf, RANGES } from './parts/usage-range.ts';
import { UseChart } from './parts/use-chart.tsx';

/** A year is much to add up: milliseconds between two looks at it. */
const LIVE_YEAR = 12 * LIVE;

const Nothing = (): ReactElement => (
  <div className="mb-10 grid gap-2">
    <EmptyState
      title="No requests in this range"
      next="Choose another range, project or key, or make a call. It shows here as soon as it arrives."
      curl={curlLine(location)}
    />
    <CertificateHint />
  </div>
);

interface UseProps {
  readonly usage: Usage;
  readonly projects: readonly Project[];
  readonly title: string;
  readonly onChoose: (key: string) => void;
}

const Use = ({ usage, projects, title, onChoose }: UseProps): ReactElement => (
  <>
    <Section
      title="Requests"
      lead="Refused: over a limit, or not a valid request. Failed: our fault. How long they took is estimated from counts, without the refused ones; the small figure is certain."
    >
      <RangeFigures title={title} usage={usage} />
      {usage.from !== usage.to && <UseChart days={barsOf(usage)} by={usage.interval} />}
    </Section>
    <Section title="Operations" lead="Which calls these were.">
      <OperationTable operations={usage.operations} />
    </Section>
    <Section title="Keys" lead="Whose calls these were. Pages that give the id of a project have no key.">
      <KeyUseTable keys={usage.keys} projects={projects} onChoose={onChoose} />
    </Section>
  </>
);

/** The page. */
export const UsagePage = (): ReactElement => {
  const { id: company, name } = useCompany();
  const [chosen, setChosen] = useState<Chosen>({ project: '', key: '', range: 'days' });
  const { range, project, key } = chosen;
  const params = { company };
  const projects = useQuery(read('projects.list', { params })).data?.items ?? [];
  // The server says which day it is.
  const recent = useQuery(readLive('usage.show', { params }));
  const today = recent.data?.to;
  const filter = { ...(project === '' ? {} : { project }), ...(key === '' ? {} : { key }) };
  const usage = useQuery({
    ...read('usage.show', { params, query: { ...filter, ...queryOf(range, today) } }),
    refetchInterval: range === 'months' ? LIVE_YEAR : LIVE,
    enabled: range !== 'today' || today !== undefined,
  });
  const save = useAction(async () => {
    if (usage.data === undefined) return;
    const { from, to } = usage.data;
    const file = await call('usage.export', { params, query: { ...filter, from, to } });
    download(file, `vouchsafe-usage-${from}-${to}.csv`);
    toast('The counts are being saved.');
  });
  return (
    <>
      <PageHeader
        title="Usage"
        tab={`Usage of ${name}`}
        lead="Requests counted by day, key and operation, with how long they took; no single request is in the counts. They are kept for 13 months."
        actions={
          <Button pending={save.pending} disabled={usage.data === undefined} onClick={() => void save.run()}>
            Export as CSV
          </Button>
        }
      />
      {save.problem !== undefined && <ErrorPanel problem={save.problem} />}
      <UsageFilters projects={projects} chosen={chosen} onChange={setChosen} />
      <QueryView query={usage} lines={8}>
        {(data) =>
          total(data.total) === 0 ? (
            <Nothing />
          ) : (
            <Use
              usage={data}
              projects={projects}
              title={RANGES.find(({ value }) => value === range)?.label ?? ''}
              onChoose={(one) => setChosen({ ...chosen, key: one })}
            />
          )
        }
      </QueryView>
      <UnusualSection project={project === '' ? undefined : project} />
    </>
  );
};
