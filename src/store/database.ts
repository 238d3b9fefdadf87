/** The only way of the server to PostgreSQL: a small pool, company-scoped transactions, and errors without values. */
import pg from 'pg';
import type { CompanyId, UserId } from '../foundation/ids.ts';
import { boundFiles, clientConfig, type Connection } from './connection.ts';
import { StoreError, tooManyWaiting, toStoreError } from './errors.ts';
import { listen, type Listener, type ListenerCallbacks } from './listen.ts';
import type { Statement } from './statement.ts';
import { toQuery, transact, type Scope, type Transaction } from './transaction.ts';

export interface DatabaseOptions {
  readonly connection: Connection;
  /** Connections at most; `POOL_SIZE` where left out. One pool a worker thread. */
  readonly poolSize?: number;
  /** Milliseconds that a statement may take; 10,000 where left out. */
  readonly statementTimeoutMs?: number;
  /** Milliseconds to wait for a free or new connection; 3000 where left out. */
  readonly connectTimeoutMs?: number;
  /** How many may wait for one at once; `MOST_WAITING` where left out. */
  readonly mostWaiting?: number;
  /** Mebibytes that one connection may put on the disk to sort and join; `TEMPORARY_MB` where left out. */
  readonly temporaryMb?: number;
}

export interface Database {
  /**
   * Runs statements in one transaction that sees only this company's rows.
   * `work` may run more than one statement at once; nothing of it may outlive its promise.
   */
  company<Value>(company: CompanyId, work: (tx: Transaction) => Promise<Value>): Promise<Value>;
  /** Runs statements in one transaction that sees only what belongs to this user. */
  user<Value>(user: UserId, work: (tx: Transaction) => Promise<Value>): Promise<Value>;
  /** Both at once: what a user does in a company. */
  as<Value>(
    scope: { readonly company: CompanyId; readonly user: UserId },
    work: (tx: Transaction) => Promise<Value>,
  ): Promise<Value>;
  /** Statements on tables that belong to no company, and calls of the narrow system functions, in one transaction. */
  system<Value>(work: (tx: Transaction) => Promise<Value>): Promise<Value>;
  /** One statement outside a transaction and without a company: system functions on hot paths. */
  run<Row, Parameters extends readonly unknown[]>(
    statement: Statement<Row, Parameters>,
    parameters: Parameters,
  ): Promise<readonly Row[]>;
  /** Hears `NOTIFY` on a connection of its own, opened anew whenever it is lost. Resolves when the first one listens. */
  listen(
    channel: string,
    onMessage: ListenerCallbacks['onMessage'],
    onState: ListenerCallbacks['onState'],
  ): Promise<Listener>;
  /** Ends listeners and connections, after the transactions under way. */
  close(): Promise<void>;
}

/** Connections of one pool: each worker answers most requests from memory. */
export const POOL_SIZE = 4;

/** Those of a worker for what may take long (downloads, statistics), and how many of them one company has at once. */
export const SLOW_POOL_SIZE = 4;
export const SLOW_OF_ONE = 2;

/**
 * What waits for a connection at once: with four of them and a millisecond or two for a statement, the last one waits for
 * less than a tenth of a second. More would only wait longer, and its clients with it.
 */
const MOST_WAITING = 128;

/** A million rows in an order of somebody's own, and statistics of half a million, fit. */
const TEMPORARY_MB = 1024;

const IDLE_MS = 60_000;

/**
 * Makes a Database; connects when first used. Every method rejects with `Problem(503, 'unavailable')` while the
 * database is lost, full or out of connections, or `mostWaiting` wait for one already, and with a StoreError when it refuses a statement.
 */
export const createDatabase = (options: DatabaseOptions): Database => {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  const connectTimeoutMs = options.connectTimeoutMs ?? 3000;
  const session = {
    name: 'vouchsafe',
    statementTimeoutMs,
    lockTimeoutMs: Math.min(5000, statementTimeoutMs),
    idleInTransactionTimeoutMs: 15_000,
    connectTimeoutMs,
  };
  const pool = new pg.Pool({
    ...clientConfig(options.connection, session),
    max: options.poolSize ?? POOL_SIZE,
    idleTimeoutMillis: IDLE_MS,
    // For a server that is gone without a word; the server's own limit ends a statement before.
    query_timeout: statementTimeoutMs + 2000,
    pipeline: true,
  });
  // An idle connection that breaks is dropped by the pool; the next request opens a new one.
  pool.on('error', () => undefined);
  // Goes out before whatever it was opened for; where it fails, so does that.
  pool.on('connect', (client) => {
    boundFiles(client, options.temporaryMb ?? TEMPORARY_MB).catch(() => undefined);
  });
  const mostWaiting = options.mostWaiting ?? MOST_WAITING;
  const refuseWhenFull = (): void => {
    if (pool.waitingCount >= mostWaiting) throw tooManyWaiting();
  };
  const listeners = new Set<Listener>();
  let closing: Promise<void> | undefined;

  const withClient = async <Value>(
    doing: string,
    work: (client: pg.PoolClient) => Promise<Value>,
  ): Promise<Value> => {
    let client: pg.PoolClient;
    refuseWhenFull();
    try {
      client = await pool.connect();
    } catch (error) {
      throw toStoreError(error, doing);
    }
    let isBroken = false;
    const noteLoss = (): void => {
      isBroken = true;
    };
    client.on('error', noteLoss);
    try {
      return await work(client);
    } finally {
      client.off('error', noteLoss);
      client.release(isBroken);
    }
  };

  const inTransaction = <Value>(scope: Scope, work: (tx: Transaction) => Promise<Value>): Promise<Value> =>
    withClient('begin', async (client) => {
      let failure: { readonly error: unknown } | undefined;
      try {
        return await transact(client, scope, async (tx) => {
          try {
            return await work(tx);
          } catch (error) {
            failure = { error };
            throw error;
          }
        });
      } catch (error) {
        // What the caller's own work threw goes through untouched; what `pg` threw loses its values.
        throw failure?.error === error ? error : toStoreError(error, 'transaction');
      }
    });

  const close = async (): Promise<void> => {
    await Promise.all([...listeners].map((listener) => listener.close()));
    await pool.end();
  };

  return {
    company: (company, work) => {
      if (company.length === 0) return Promise.reject(new StoreError('begin', 'no-company'));
      return inTransaction({ company }, work);
    },
    user: (user, work) => {
      if (user.length === 0) return Promise.reject(new StoreError('begin', 'no-user'));
      return inTransaction({ user }, work);
    },
    as: ({ company, user }, work) => {
      if (company.length === 0) return Promise.reject(new StoreError('begin', 'no-company'));
      if (user.length === 0) return Promise.reject(new StoreError('begin', 'no-user'));
      return inTransaction({ company, user }, work);
    },
    system: (work) => inTransaction({}, work),
    run: async (statement, parameters) => {
      refuseWhenFull();
      try {
        return (await pool.query(toQuery(statement, parameters))).rows as never;
      } catch (error) {
        throw toStoreError(error, statement.name);
      }
    },
    listen: async (channel, onMessage, onState) => {
      const listener = await listen({ ...options.connection }, channel, { onMessage, onState });
      listeners.add(listener);
      return {
        close: async () => {
          listeners.delete(listener);
          await listener.close();
        },
      };
    },
    close: () => (closing ??= close()),
  };
};
