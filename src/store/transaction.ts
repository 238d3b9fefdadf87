/** Statements on one connection between `begin` and `commit`. */
import type pg from 'pg';
import { copyOut } from './copy-out.ts';
import { StoreError, toStoreError } from './errors.ts';
import { isRendered, type RenderedStatement } from './rendered.ts';
import { isDeclared, type Statement } from './statement.ts';

export interface Transaction {
  /** All rows of a statement. */
  all<Row, Parameters extends readonly unknown[]>(
    statement: Statement<Row, Parameters>,
    parameters: Parameters,
  ): Promise<readonly Row[]>;
  /** The first row of a statement, or undefined. */
  one<Row, Parameters extends readonly unknown[]>(
    statement: Statement<Row, Parameters>,
    parameters: Parameters,
  ): Promise<Row | undefined>;
  /**
   * All rows of a rendered statement, which is planned for this one run and may take `mostMs`, as may every statement
   * behind it in this transaction.
   */
  rendered<Row>(statement: RenderedStatement, mostMs?: number): Promise<readonly Row[]>;
  /** The rows of a statement that gives bytes alone, at a fifth of what they cost otherwise; what it asks of, settings of the transaction say. */
  bytes(statement: Statement<{ readonly bytes: Uint8Array }, readonly []>): Promise<readonly Uint8Array[]>;
}

/** Milliseconds that a rendered statement may take where nothing is said: less than ours, of which we know what they do. */
export const RENDERED_MS = 5000;

/**
 * What `pg` sends for a declared statement: a named prepared statement and its values, apart from each other.
 * Refuses anything that did not come out of `statement()`, whatever its type says.
 */
export const toQuery = <Row, Parameters extends readonly unknown[]>(
  statement: Statement<Row, Parameters>,
  parameters: Parameters,
): pg.QueryConfig => {
  const { name, text, params } = statement;
  if (!isDeclared(statement)) throw new StoreError('statement', 'undeclared');
  const values = parameters.map((value, index) =>
    // `pg` would turn an array into a PostgreSQL array and leave a text unquoted.
    params[index]?.startsWith('jsonb') === true && value !== null ? JSON.stringify(value) : value,
  );
  return { name, text, values };
};

const transactionOn = (client: pg.ClientBase): Transaction & { close: () => void } => {
  let isOpen = true;
  const all: Transaction['all'] = async (statement, parameters) => {
    // A statement started after the end would run in somebody else's transaction.
    if (!isOpen) throw new StoreError(statement.name, 'transaction-is-over');
    try {
      const { rows } = await client.query(toQuery(statement, parameters));
      return rows as never;
    } catch (error) {
      throw toStoreError(error, statement.name);
    }
  };
  const rendered: Transaction['rendered'] = async (statement, mostMs = RENDERED_MS) => {
    if (!isOpen) throw new StoreError('store.rendered', 'transaction-is-over');
    if (!isRendered(statement)) throw new StoreError('store.rendered', 'undeclared');
    try {
      const limited = client.query({ ...SET_LIMIT, values: [String(mostMs)] });
      const { text, values } = statement;
      const [, { rows }] = await Promise.all([limited, client.query(text, [...values])]);
      return rows as never;
    } catch (error) {
      throw toStoreError(error, 'store.rendered');
    }
  };
  const bytes: Transaction['bytes'] = async (statement) => {
    if (!isOpen) throw new StoreError(statement.name, 'transaction-is-over');
    try {
      return await copyOut(client, toQuery(statement, []).text);
    } catch (error) {
      throw toStoreError(error, statement.name);
    }
  };
  return {
    all,
    rendered,
    bytes,
    one: async (statement, parameters) => (await all(statement, parameters))[0],
    close: () => {
      isOpen = false;
    },
  };
};

/** On whose behalf a transaction runs; row-level security shows it what belongs to them. */
export interface Scope {
  readonly company?: string;
  readonly user?: string;
}

const SET_LIMIT = {
  name: 'store.set-limit',
  text: "select set_config('statement_timeout', $1, true)",
};

const SET_SCOPE = {
  name: 'store.set-scope',
  text: "select set_config('vouchsafe.company_id', $1, true), set_config('vouchsafe.user_id', $2, true)",
};

/**
 * Runs `work` in a transaction that sees only the rows of the scope's company and user, and of none where it is empty.
 * Commits when `work` resolves, rolls back when it rejects. On a pipelining client the opening costs no round trip.
 */
export const transact = async <Value>(
  client: pg.ClientBase,
  scope: Scope,
  work: (transaction: Transaction) => Promise<Value>,
): Promise<Value> => {
  const opening = [client.query('begin')];
  const { company = '', user = '' } = scope;
  const isPipelining = 'pipeline' in client && client.pipeline === true;
  if (!isPipelining) await opening[0];
  if (company !== '' || user !== '') opening.push(client.query({ ...SET_SCOPE, values: [company, user] }));
  const opened = Promise.all(opening);
  // Its failure is read below; without this, `work` failing first would make it an unhandled rejection.
  opened.catch(() => undefined);
  if (!isPipelining) await opened;
  const transaction = transactionOn(client);
  try {
    const value = await work(transaction);
    transaction.close();
    await opened;
    const { command } = await client.query('commit');
    // PostgreSQL answers a commit after a swallowed error with a rollback, and no error.
    if (command !== 'COMMIT') throw new StoreError('commit', 'rolled-back');
    return value;
  } catch (error) {
    transaction.close();
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};
