/** Lists that come in pages: the next one on demand, those that are there again when something changed. */
import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { call, type Reply } from '../../../api/client.ts';
import { LIVE } from '../../../api/query.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';

type Paged = 'audit.list' | 'keys.list' | 'logs.list' | 'deliveries.list';
type Item<Op extends Paged> = Reply<Op>['items'][number];

interface PageInput {
  readonly params: { readonly company: string; readonly project?: string; readonly webhook?: string };
  readonly query?: Readonly<Record<string, string>>;
}

/** Milliseconds between two looks at a list of several pages, each of which is asked for again. */
const LOOK_AGAIN = 15_000;

export type Pages<Row> = UseInfiniteQueryResult<readonly Row[]>;

/** Reads a list by keyset; `refresh(op)` finds it. */
export const usePages = <Op extends Paged>(op: Op, input: PageInput): Pages<Item<Op>> => {
  interface Page {
    readonly items: readonly Item<Op>[];
    readonly next: string | null;
  }
  return useInfiniteQuery({
    queryKey: [op, input, 'pages'],
    queryFn: ({ pageParam }): Promise<Page> => {
      const query = { ...input.query, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return (call as (op: Op, input: unknown) => Promise<Page>)(op, { ...input, query });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }: InfiniteData<Page>): readonly Item<Op>[] => pages.flatMap(({ items }) => items),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? LOOK_AGAIN : LIVE),
  });
};

interface PagesViewProps<Row> {
  readonly pages: Pages<Row>;
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** Bars, what went wrong, or the rows with a button for more. */
export const PagesView = <Row,>({ pages, children }: PagesViewProps<Row>): ReactElement => (
  <>
    {pages.error !== null && <ErrorPanel problem={pages.error} onRetry={() => void pages.refetch()} />}
    {pages.data !== undefined && children(pages.data)}
    {pages.data === undefined && pages.error === null && <Skeleton lines={5} />}
    {pages.hasNextPage && (
      <div className="flex justify-center">
        <Button pending={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Load more
        </Button>
      </div>
    )}
  </>
);
