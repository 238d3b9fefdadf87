/** A question that ran into its limit of time: told apart and told to its caller in one way, wherever it was asked. */
import { StoreError } from '../../../store/errors.ts';
import { QueryProblem } from './problems.ts';

/** SQLSTATE query_canceled (PostgreSQL manual, appendix A): of our statements, that `statement_timeout` was over. */
export const STATEMENT_TIMEOUT = '57014';

/** Whether PostgreSQL ended a statement because of its time; the store tells it as 503, with that as its cause. */
export const isTimeout = (error: unknown): boolean => {
  const cause = error instanceof StoreError ? error : (error as { readonly cause?: unknown } | null)?.cause;
  return cause instanceof StoreError && cause.code === STATEMENT_TIMEOUT;
};

/**
 * 504 `57014`, in PostgREST's words, and what helps. PostgREST itself says 500, by which nobody can tell a slow question from a
 * fault of the server.
 */
export const refuseSlow = (): QueryProblem =>
  new QueryProblem(504, STATEMENT_TIMEOUT, 'canceling statement due to statement timeout', {
    details: 'Finding the answer took longer than one question may take.',
    hint: 'Narrow it down with a filter on a column that has an index, ask for fewer columns or rows, or ask whoever manages the dataset for an index.',
  });
