/** The job queue's side of PostgreSQL: a small pool of its own for graphile-worker, and that library's migrations. */
import pg from 'pg';
import { clientConfig, type Connection } from './connection.ts';
import { toStoreError } from './errors.ts';
import type { Statement } from './statement.ts';
import { toQuery } from './transaction.ts';

/** One connection hears of new jobs, the other one does the rest, a statement at a time. */
const QUEUE_POOL_SIZE = 2;

/** For graphile-worker alone: its statements are its own, hence outside of `statement()`. */
export type QueuePool = pg.Pool;

/** Opens a pool as the role of the queue; connects when first used. Whoever makes it ends it. */
export const createQueuePool = (connection: Connection): QueuePool => {
  const pool = new pg.Pool({
    ...clientConfig(connection, {
      name: 'vouchsafe jobs',
      statementTimeoutMs: 30_000,
      lockTimeoutMs: 10_000,
      idleInTransactionTimeoutMs: 15_000,
    }),
    max: QUEUE_POOL_SIZE,
  });
  // Lost connections are found out by whoever uses them next; without listeners they would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

/** One statement of ours on a connection of the queue. Rejects as a Database does. */
export const runOnQueue = async <Row, Parameters extends readonly unknown[]>(
  pool: QueuePool,
  statement: Statement<Row, Parameters>,
  parameters: Parameters,
): Promise<readonly Row[]> => {
  try {
    return (await pool.query(toQuery(statement, parameters))).rows as never;
  } catch (error) {
    throw toStoreError(error, statement.name);
  }
};

/** Brings graphile-worker's own schema up to date; any number of processes may at once. */
export const migrateQueue = async (connection: Connection): Promise<void> => {
  // Loaded only here: worker threads never migrate, and the library looks for configuration files when it is loaded.
  const { Logger, runMigrations } = await import('graphile-worker');
  const pgPool = createQueuePool(connection);
  try {
    await runMigrations({ pgPool, logger: new Logger(() => () => undefined) });
  } finally {
    await pgPool.end();
  }
};
