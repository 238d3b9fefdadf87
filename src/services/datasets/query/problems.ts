/** Refusals in PostgREST's words and codes (PostgREST's documentation, "Errors"), without anything that was sent. */
import { Problem, type ProblemOptions } from '../../../foundation/problem.ts';

/** The four members of PostgREST's error body; the order is the wire's. */
export interface QueryProblemBody {
  readonly code: string;
  readonly details: string | null;
  readonly hint: string | null;
  readonly message: string;
}

/** A refusal that PostgREST knows. Its `code` is PostgREST's or PostgreSQL's SQLSTATE. */
export class QueryProblem extends Problem {
  readonly body: QueryProblemBody;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly details?: string; readonly hint?: string } & Pick<ProblemOptions, 'headers'> = {},
  ) {
    super(status, code, message, {
      ...(more.headers && { headers: more.headers }),
      // Where it goes out in the form of our own API.
      ...(more.hint !== undefined && { detail: more.hint }),
    });
    this.name = 'QueryProblem';
    this.body = { code, details: more.details ?? null, hint: more.hint ?? null, message };
  }
}

/**
 * A name as it may be shown: only what looks like a plain name of a column. Whatever else stands where a name should
 * is as likely a value in the wrong place, and values are never repeated.
 */
const shown = (name: string): string | undefined =>
  /^[\p{L}_][\p{L}\p{N}_]{0,62}$/u.test(name) ? name : undefined;

const quoted = (name: string): string => {
  const plain = shown(name);
  return plain === undefined ? 'requested' : `'${plain}'`;
};

/** The part of the query could not be read; `details` is in the form of Parsec, PostgREST's parser. */
export const refuseSyntax = (part: string, column: number, details: string): QueryProblem =>
  new QueryProblem(400, 'PGRST100', `"failed to parse ${part} (…)" (line 1, column ${column})`, { details });

export const refuseSize = (bound: string, most: number): QueryProblem =>
  new QueryProblem(400, 'PGRST100', 'The request is too large to be read', {
    details: `No more than ${most} (${bound}) are taken`,
  });

/** Text that PostgreSQL could not hold: broken UTF-8, a lone surrogate or U+0000. */
export const refuseEncoding = (): QueryProblem =>
  new QueryProblem(400, '22021', 'invalid byte sequence for encoding "UTF8"');

export const refuseBody = (message: string): QueryProblem => new QueryProblem(400, 'PGRST102', message);

const RANGE = 'Requested range not satisfiable';

export const refuseNegativeLimit = (): QueryProblem =>
  new QueryProblem(416, 'PGRST103', RANGE, { details: 'Limit should be greater than or equal to zero.' });

export const refuseReversedRange = (): QueryProblem =>
  new QueryProblem(416, 'PGRST103', RANGE, {
    details: 'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
  });

export const refuseOffset = (offset: number, total: number): QueryProblem =>
  new QueryProblem(416, 'PGRST103', RANGE, {
    details: `An offset of ${offset} was requested, but there are only ${total} rows.`,
    headers: { 'content-range': `*/${total}` },
  });

export const refusePutFilters = (): QueryProblem =>
  new QueryProblem(
    405,
    'PGRST105',
    "Filters must include all and only primary key columns with 'eq' operators",
  );

/** `offered` comes from the caller, so it is not repeated. */
export const refuseMedia = (): QueryProblem =>
  new QueryProblem(406, 'PGRST107', 'None of these media types are available', {
    hint: 'Ask for application/json, text/csv, application/vnd.pgrst.object+json or application/vnd.pgrst.array+json.',
  });

/** A table before a dot or a bracket. It is not named: whoever writes an address as a name would find it here. */
export const refuseEmbedded = (): QueryProblem =>
  new QueryProblem(400, 'PGRST108', 'The requested table is not an embedded resource in this request', {
    hint: 'Datasets have no relations to embed.',
  });

export const refusePutLimit = (): QueryProblem =>
  new QueryProblem(400, 'PGRST114', 'limit/offset querystring parameters are not allowed for PUT');

export const refusePutPayload = (): QueryProblem =>
  new QueryProblem(400, 'PGRST115', 'Payload values do not match URL in primary key column(s)');

export const refusePlural = (rows: number): QueryProblem =>
  new QueryProblem(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', {
    details: `The result contains ${rows} rows`,
  });

export const refusePreferences = (count: number): QueryProblem =>
  new QueryProblem(400, 'PGRST122', 'Invalid preferences given with handling=strict', {
    details: `Invalid preferences: ${count} of those given`,
  });

export const refuseAggregates = (): QueryProblem =>
  new QueryProblem(400, 'PGRST123', 'Use of aggregate functions is not allowed');

export const refuseAffected = (rows: number): QueryProblem =>
  new QueryProblem(400, 'PGRST124', 'Query result exceeds max-affected preference constraint', {
    details: `The query affects ${rows} rows`,
  });

/** Before anything of the rows has left the database; a change is taken back. */
export const refuseAnswerSize = (): QueryProblem =>
  new QueryProblem(413, 'answer_too_large', 'the rows are longer than one answer may be, 16 MiB', {
    hint: 'Ask for fewer rows with limit, for fewer columns with select, or download the dataset.',
  });

export const refuseUnimplemented = (details: string): QueryProblem =>
  new QueryProblem(400, 'PGRST127', 'Feature not implemented', { details });

export const refuseRelation = (table: string, name: string): QueryProblem =>
  new QueryProblem(
    400,
    'PGRST200',
    `Could not find a relationship between '${table}' and ${quoted(name)} in the schema cache`,
    { hint: 'Datasets have no relations to embed.' },
  );

/** A column of a body or of `columns` that the dataset has not. */
export const refuseTargetColumn = (table: string, name: string): QueryProblem =>
  new QueryProblem(
    400,
    'PGRST204',
    `Could not find the ${quoted(name)} column of '${table}' in the schema cache`,
  );

/** No such dataset for this caller: the same words whether it does not exist or is not theirs. */
export const refuseTable = (): QueryProblem =>
  new QueryProblem(404, 'PGRST205', 'Could not find the dataset in the schema cache');

/** A column of `select`, `order` or a filter that the dataset has not. */
export const refuseColumn = (table: string, name: string): QueryProblem => {
  const plain = shown(name);
  const which = plain === undefined ? 'requested column' : `column ${table}.${plain}`;
  return new QueryProblem(400, '42703', `${which} does not exist`);
};

export const refuseType = (): QueryProblem =>
  new QueryProblem(400, '42704', 'type does not exist', {
    hint: 'Cast to one of the types that columns of datasets have.',
  });

/** `what` is made of our own words and names of types: `operator does not exist: json = unknown`. */
export const refuseFunction = (what: string): QueryProblem =>
  new QueryProblem(404, '42883', what, {
    hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
  });

export const refuseMismatch = (what: string): QueryProblem => new QueryProblem(400, '42804', what);

export const refuseUngrouped = (): QueryProblem =>
  new QueryProblem(
    400,
    '42803',
    'an order term must appear in the select or be used in an aggregate function',
  );

export const refuseUnfiltered = (verb: 'UPDATE' | 'DELETE'): QueryProblem =>
  new QueryProblem(400, '21000', `${verb} requires a WHERE clause`);

export const refuseConflictTarget = (): QueryProblem =>
  new QueryProblem(
    400,
    '42P10',
    'there is no unique or exclusion constraint matching the ON CONFLICT specification',
  );
