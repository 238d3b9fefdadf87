/** What PostgreSQL refuses while a statement runs, in PostgREST's form. Its own messages quote rows and are not shown. */
import { QueryProblem } from './problems.ts';
import { refuseSlow, STATEMENT_TIMEOUT } from './took-too-long.ts';
import { refuseSpace, SPACE_EXCEEDED } from './too-much-space.ts';

const MESSAGES: Readonly<Record<string, string>> = {
  '21000': 'the same row is written twice by one request',
  '22001': 'value too long for its column',
  '22003': 'value out of range',
  '22007': 'invalid input syntax for a date or time',
  '22008': 'date or time field value out of range',
  '22012': 'division by zero',
  '22021': 'invalid byte sequence for encoding "UTF8"',
  '22023': 'invalid parameter value',
  '22P02': 'invalid input syntax for the type of its column',
  '22P03': 'invalid binary representation',
  '22P05': 'unsupported Unicode escape sequence',
  '2201B': 'invalid regular expression',
  '2201W': 'invalid row count in limit',
  '2201X': 'invalid row count in offset',
  '2202E': 'wrong number of array subscripts',
  '22025': 'LIKE pattern must not end with escape character',
  '22026': 'string length does not match its column',
  '23502': 'null value violates not-null constraint',
  '23503': 'violates foreign key constraint',
  '23505': 'duplicate key value violates unique constraint',
  '23514': 'new row violates check constraint',
  '42601': 'syntax error in text search query',
  '42704': 'text search configuration does not exist',
  '54000': 'the request is too large for the database',
  '54001': 'the request is nested too deeply',
};

/** PostgREST's table of statuses (its `Error.hs`), first match from the top; what is not named is the caller's: 400. */
const STATUSES: readonly (readonly [RegExp, number])[] = [
  [/^08/, 503],
  [/^(?:09|25|2D|38|39|3B|40|55|58|F0|HV|P0|XX)/, 500],
  [/^(?:0L|0P|28)/, 403],
  [/^(?:23503|23505)$/, 409],
  [/^25006$/, 405],
  [/^53/, 503],
  [/^57/, 503],
  [/^54/, 400],
  [/^(?:42883|42P01)$/, 404],
  [/^42P17$/, 500],
  [/^42501$/, 403],
];

/** @param sqlState five characters (PostgreSQL manual, appendix A); anything else gives an opaque 500. */
export const problemOfSqlState = (sqlState: string): QueryProblem => {
  if (sqlState === STATEMENT_TIMEOUT) return refuseSlow();
  if (sqlState === SPACE_EXCEEDED) return refuseSpace();
  if (!/^[0-9A-Z]{5}$/.test(sqlState)) return new QueryProblem(500, 'XX000', 'internal error');
  const status = STATUSES.find(([pattern]) => pattern.test(sqlState))?.[1] ?? 400;
  const message =
    MESSAGES[sqlState] ?? (status < 500 ? 'the database refused the request' : 'internal error');
  return new QueryProblem(status, sqlState, message);
};
