/** Statements on one connection between `begin` and `commit`. */
import type pg from 'pg';
import { StoreError, toStoreError } from './errors.ts';
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
}

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
  return {
    all,
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
  if (company !== '' || user !== '') opening.push(client.query({ ...SET_SCOPE, values: [company, user] }));
  const opened = Promise.all(opening);
  // Its failure is read below; without this, `work` failing first would make it an unhandled rejection.
  opened.catch(() => undefined);
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
