/** A question that would have put more on the disk than one may, to sort or join: told to its caller, who can ask for less. */
import { QueryProblem } from './problems.ts';

/** SQLSTATE configuration_limit_exceeded (PostgreSQL manual, appendix A): of our statements, that of `temp_file_limit`. */
export const SPACE_EXCEEDED = '53400';

/** 422 `53400`, in PostgreSQL's words, and what helps. By PostgREST's 503 nobody could tell that asking again is of no use. */
export const refuseSpace = (): QueryProblem =>
  new QueryProblem(422, SPACE_EXCEEDED, 'temporary file size exceeds temp_file_limit', {
    details: 'Sorting or grouping the rows takes more space than one question may have.',
    hint: 'Narrow it down with a filter, ask for fewer columns, or leave the order out and sort what you get.',
  });
