/** How replies are remembered: short, so that what another tab or person changed shows without a reload. */
import { QueryClient, type UseQueryOptions } from '@tanstack/react-query';
import { call, type Input, type Operation, type Reply } from './client.ts';
import { ApiProblem } from './problem.ts';

/** Milliseconds between two looks at numbers that change by themselves. */
export const LIVE = 5_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchOnWindowFocus: 'always',
      // A refusal stays a refusal; only what never arrived or broke on the way is tried again.
      retry: (count, error) =>
        count < 2 && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 502),
    },
  },
});

/** What `useQuery` takes; `queryKey` is always there. */
export type Read<Op extends Operation> = UseQueryOptions<Reply<Op>> & {
  readonly queryKey: readonly unknown[];
};

/** Query options for a reading operation; its key is `[operation, input]`, so that `refresh(operation)` finds it. */
export const read = <Op extends Operation>(op: Op, input?: Input<Op>): Read<Op> => ({
  queryKey: [op, input ?? {}],
  queryFn: () => (call as (op: Op, input?: Input<Op>) => Promise<Reply<Op>>)(op, input),
});

/** As `read`, looked at every five seconds while the page is visible. */
export const readLive = <Op extends Operation>(op: Op, input?: Input<Op>): Read<Op> => ({
  ...read(op, input),
  refetchInterval: LIVE,
});

/**
 * Marks what these operations gave as old, everywhere; resolves when what is on screen is new. What is under way was asked
 * before the change: a first reply would otherwise be taken for the new one.
 */
export const refresh = async (...ops: readonly Operation[]): Promise<void> => {
  await Promise.all(
    ops.map(async (op) => {
      await queryClient.cancelQueries({ queryKey: [op] });
      await queryClient.invalidateQueries({ queryKey: [op] });
    }),
  );
};
