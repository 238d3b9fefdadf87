/** What PostgreSQL says when something fails, without what it says about values. */
import { Problem } from '../foundation/problem.ts';

/**
 * A statement that PostgreSQL refused. Messages and details of PostgreSQL quote rows and parameters, so that only the
 * names in our own schema and source are kept; the original error is dropped, not chained.
 */
export class StoreError extends Error {
  /** SQLSTATE (PostgreSQL manual, appendix A), such as `23505` for a unique violation; `unknown` where there is none. */
  readonly code: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly statement: string;

  constructor(statement: string, code: string, constraint?: string, table?: string) {
    super(`${statement} failed with ${code}${constraint === undefined ? '' : ` on ${constraint}`}`);
    this.name = 'StoreError';
    this.code = code;
    this.constraint = constraint;
    this.table = table;
    this.statement = statement;
  }
}

/**
 * SQLSTATE classes and codes after which the same request may well succeed later: connection exceptions,
 * insufficient resources, operator intervention, lock timeout, deadlock, serialization. Not a bound of ours (53400), which the
 * same request meets again.
 */
const PASSING = /^(?:08...|53[0-3]..|57...|55P03|40P01|40001)$/;

/** Codes of the operating system and messages of `pg` and `pg-pool` for a connection that is not or no longer there. */
const LOST = /^(?:E[A-Z]{5,}|EPIPE|ERR_STREAM_(?:DESTROYED|WRITE_AFTER_END|PREMATURE_CLOSE))$/;
const LOST_MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|The server does not support SSL|Connection ended|write after end|This socket has been ended)/i;

const isUnavailable = (code: string, message: string): boolean =>
  PASSING.test(code) || LOST.test(code) || LOST_MESSAGES.test(message);

/** What `pg-pool` says where every connection of ours stayed in use; the database itself may well be reached. */
const POOL_BUSY = 'timeout exceeded when trying to connect';

/** 503 `unavailable`: connections are there, and others use them all. @param cause left out where nothing was tried. */
export const tooManyWaiting = (cause?: StoreError): Problem =>
  new Problem(503, 'unavailable', 'Service unavailable', {
    detail: 'Too much waits for the database at the moment; try again in a few seconds.',
    headers: { 'retry-after': '2' },
    ...(cause !== undefined && { cause }),
  });

interface PostgresError {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly table?: unknown;
  readonly message?: unknown;
}

const textOr = <Other>(value: unknown, other: Other): string | Other =>
  typeof value === 'string' ? value : other;

/**
 * Turns anything that `pg` throws into a Problem 503 (`unavailable`) where the database is lost or overloaded, and
 * into a StoreError otherwise.
 * @param statement name of the statement, or what was being done.
 */
export const toStoreError = (error: unknown, statement: string): Problem | StoreError => {
  if (error instanceof Problem || error instanceof StoreError) return error;
  const { code, constraint, table, message } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as PostgresError;
  const known = textOr(code, 'unknown');
  const cause = new StoreError(statement, known, textOr(constraint, undefined), textOr(table, undefined));
  if (message === POOL_BUSY) return tooManyWaiting(cause);
  if (!isUnavailable(known, textOr(message, ''))) return cause;
  return new Problem(503, 'unavailable', 'Service unavailable', {
    detail: 'The service cannot reach its database at the moment; try again in a few seconds.',
    headers: { 'retry-after': '2' },
    cause,
  });
};
