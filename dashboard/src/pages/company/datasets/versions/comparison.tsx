/** What is different between two versions: at once where both are small, else counted by the server while one goes on. */
import { useInfiniteQuery, useQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call } from '../../../../api/client.ts';
import { ApiProblem } from '../../../../api/problem.ts';
import { read } from '../../../../api/query.ts';
import { Button } from '../../../../components/button.tsx';
import { ErrorPanel } from '../../../../components/error-panel.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { QueryView } from '../../../../components/query-view.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useCompany } from '../../../../shell/company.ts';
import type { Compared, Comparison as Job } from '../shapes.ts';
import { Progress } from '../upload/progress.tsx';
import { sayCount, sayRows } from '../words.ts';
import { DifferenceTable } from './difference-table.tsx';

const LOOK_AGAIN_MS = 1500;

/** Differences that the server lists; all of them are counted. */
const MOST_LISTED = 100_000;

/** Pages of differences. Versions stay as they are, so that no page is asked for twice. */
const useDifferences = (
  key: readonly string[],
  ask: (after: string | undefined) => Promise<Compared>,
): UseInfiniteQueryResult<Compared> =>
  useInfiniteQuery({
    queryKey: ['datasets.compare', ...key],
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }): Compared => ({
      added: pages[0]?.added ?? 0,
      changed: pages[0]?.changed ?? 0,
      removed: pages[0]?.removed ?? 0,
      items: pages.flatMap(({ items }) => items),
      next: pages.at(-1)?.next ?? null,
    }),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });

const Pages = ({ compared }: { readonly compared: UseInfiniteQueryResult<Compared> }): ReactElement => (
  <QueryView query={compared} lines={4}>
    {({ added, changed, removed, items, next }) => (
      <div className="grid gap-3">
        <p role="status">
          {added + changed + removed === 0
            ? 'Both hold the same rows.'
            : `${sayCount(added)} added, ${sayCount(changed)} changed, ${sayCount(removed)} removed.`}
        </p>
        {items.length > 0 && <DifferenceTable items={items} />}
        {next !== null && (
          <div className="flex justify-center">
            <Button pending={compared.isFetchingNextPage} onClick={() => void compared.fetchNextPage()}>
              Load more
            </Button>
          </div>
        )}
        {next === null && items.length >= MOST_LISTED && (
          <p className="text-sm text-quiet">
            The first {sayCount(MOST_LISTED)} differences are listed, and all are counted.
          </p>
        )}
      </div>
    )}
  </QueryView>
);

interface JobProps {
  readonly dataset: string;
  /** Its id. */
  readonly comparison: string;
}

const Result = ({ dataset, comparison }: JobProps): ReactElement => {
  const { id: company } = useCompany();
  const compared = useDifferences([company, dataset, comparison], (after) =>
    call('datasets.comparedRows', {
      params: { company, dataset, comparison },
      query: after === undefined ? {} : { after },
    }),
  );
  return <Pages compared={compared} />;
};

const FAILURES: Readonly<Record<NonNullable<Job['failure']>, string>> = {
  right_lost: 'You may not read this dataset any more.',
  took_too_long: 'It took too long. Compare versions that are closer together, or download both.',
  disk_full: 'The server has no room left. Tell whoever runs it.',
  internal_error: 'Something went wrong on the server. Try again later.',
};

const isOver = (job: Job | undefined): boolean => job?.phase === 'compared' || job?.phase === 'failed';

const sayProgress = ({ phase, rows, rows_done: done }: Job): string => {
  if (phase === 'waiting') return 'It waits for its turn. You can leave this page and ask again later.';
  return done < rows
    ? `${sayCount(done)} of ${sayRows(rows)} are read. You can leave this page and ask again later.`
    : 'All rows are read and put side by side.';
};

const Running = ({
  dataset,
  comparison,
  onAgain,
}: JobProps & { readonly onAgain: () => void }): ReactElement => {
  const { id: company } = useCompany();
  const job = useQuery({
    ...read('datasets.comparison', { params: { company, dataset, comparison } }),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : LOOK_AGAIN_MS),
  });
  return (
    <QueryView query={job} lines={2}>
      {(data) => {
        if (data.phase === 'compared') return <Result dataset={dataset} comparison={comparison} />;
        if (data.phase === 'failed')
          return (
            <Notice tone="bad" title="They were not compared">
              <p role="alert">{FAILURES[data.failure ?? 'internal_error']}</p>
              <p>
                <Button small onClick={onAgain}>
                  Try again
                </Button>
              </p>
            </Notice>
          );
        return (
          <div aria-live="polite">
            <Progress
              label={`Comparing version ${data.a} with version ${data.b}`}
              done={data.rows_done}
              whole={data.phase === 'waiting' || data.rows_done >= data.rows ? 0 : data.rows}
            >
              {sayProgress(data)}
            </Progress>
          </div>
        );
      }}
    </QueryView>
  );
};

interface ComparisonProps {
  readonly dataset: string;
  readonly from: number;
  readonly to: number;
}

/** What is asked for again while it is under way, or done, is answered with the one that there is. */
const Large = ({ dataset, from, to }: ComparisonProps): ReactElement => {
  const { id: company } = useCompany();
  const [begun, setBegun] = useState<string | undefined>(undefined);
  const begin = useAction(async () => {
    const { id } = await call('datasets.beginComparison', {
      params: { company, dataset, a: String(from), b: String(to) },
    });
    setBegun(id);
  });
  if (begun !== undefined)
    return <Running dataset={dataset} comparison={begun} onAgain={() => setBegun(undefined)} />;
  return (
    <Notice title="Both together are large">
      <p>Comparing them row by row takes a while. It goes on without this page.</p>
      {begin.problem !== undefined && <ErrorPanel problem={begin.problem} />}
      <p>
        <Button pending={begin.pending} onClick={() => void begin.run()}>
          Compare version {from} with version {to}
        </Button>
      </p>
    </Notice>
  );
};

/** Give it another `key` for another pair. */
export const Comparison = ({ dataset, from, to }: ComparisonProps): ReactElement => {
  const { id: company } = useCompany();
  const compared = useDifferences([company, dataset, String(from), String(to)], (after) =>
    call('datasets.compare', {
      params: { company, dataset, a: String(from), b: String(to) },
      query: after === undefined ? {} : { after },
    }),
  );
  if (compared.error instanceof ApiProblem && compared.error.code === 'too_large_to_compare')
    return <Large dataset={dataset} from={from} to={to} />;
  return <Pages compared={compared} />;
};
