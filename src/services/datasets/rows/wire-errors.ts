/** Every problem in the form of PostgREST's wire: `{code, details, hint, message}`. */
import type { Problem } from '../../../foundation/problem.ts';
import { problemJson } from '../../../http/problem-json.ts';
import type { ErrorForm } from '../../../http/route.ts';
import { StoreError } from '../../../store/errors.ts';
import { CONTENT_ERRORS } from '../access/content.ts';
import { problemOfSqlState } from '../query/database-problems.ts';
import { QueryProblem, refuseTable, type QueryProblemBody } from '../query/problems.ts';
import { isTimeout, refuseSlow } from '../query/took-too-long.ts';

/** The house's codes for which PostgREST has one (its documentation, "Errors"); others stay as they are. */
const CODES: Readonly<Record<string, string>> = {
  missing_key: 'PGRST302',
  invalid_key: 'PGRST301',
  sign_in_required: 'PGRST302',
  session_ended: 'PGRST301',
  forbidden: '42501',
  not_found: 'PGRST125',
  method_not_allowed: 'PGRST117',
  internal: 'XX000',
};

const bodyOf = (problem: Problem): QueryProblemBody => {
  if (problem instanceof QueryProblem) return problem.body;
  const { code, detail, title } = problem;
  return { code: CODES[code] ?? code, details: null, hint: detail ?? null, message: title };
};

const HEADERS = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' } as const;

/** For keys. */
export const wireErrors: ErrorForm = (problem) => ({
  status: problem.status,
  headers: { ...HEADERS, ...problem.headers },
  body: JSON.stringify(bodyOf(problem)),
});

/** For members: what PostgREST knows in its form, and what the house refuses as everywhere in our own API. */
export const memberErrors: ErrorForm = (problem, context) =>
  problem instanceof QueryProblem ? wireErrors(problem, context) : problemJson(problem, context);

/** 403: the dataset may be read, and not changed. */
export const refuseChange = (): QueryProblem =>
  new QueryProblem(403, '42501', 'permission denied for the dataset', {
    hint: 'It may be read here, and not be changed.',
  });

/** 404: it has a name and no columns yet. */
export const refuseEmpty = (): QueryProblem =>
  new QueryProblem(404, 'PGRST205', 'Could not find the dataset in the schema cache', {
    hint: 'The dataset has no content yet; upload some first.',
  });

/** 405: a version is what it was. */
export const refusePast = (): QueryProblem =>
  new QueryProblem(405, '25006', 'A version cannot be changed', {
    hint: 'Leave @ and the number out to change the dataset; that makes a new version.',
  });

/** 412 `version_moved_on`: `If-Match` named another version than the present one. */
export const refuseVersion = (version: number): QueryProblem =>
  new QueryProblem(412, 'version_moved_on', 'Somebody else has changed the dataset meanwhile', {
    details: `Its version is ${version}`,
    hint: 'Read it again, then repeat the change.',
  });

/** SQLSTATEs that functions of datasets raise (migration 0017), as the wire says them. */
const RAISED: Readonly<Record<string, () => QueryProblem>> = {
  [CONTENT_ERRORS.notAllowed]: refuseChange,
  [CONTENT_ERRORS.noContent]: refuseEmpty,
  [CONTENT_ERRORS.generation]: refuseTable,
};

/** What the database refused in the wire's words; anything else as it is. */
export const wireProblemOf = (error: unknown): unknown => {
  const cause = error instanceof StoreError ? error : (error as { readonly cause?: unknown } | null)?.cause;
  if (!(cause instanceof StoreError) || !/^[0-9A-Z]{5}$/.test(cause.code)) return error;
  // A lost or overloaded database is a 503 for whatever was asked; a query that takes too long is its own fault.
  if (isTimeout(error)) return refuseSlow();
  if (cause !== error) return error;
  const raised = RAISED[cause.code];
  return raised === undefined ? problemOfSqlState(cause.code) : raised();
};
