/**
 * A connection that builds and drops indexes of datasets and does nothing else. It takes the role that owns their tables, since
 * CREATE INDEX CONCURRENTLY can run in no transaction and so in no function that would look at the right.
 */
import type pg from 'pg';
import { connect, type Connection, streamOf } from './connection.ts';
import { StoreError, toStoreError } from './errors.ts';
import { isRendered, type RenderedStatement } from './rendered.ts';

export interface Building {
  /** Whether nobody else is at work under this name; true holds until the connection ends. */
  claim(name: string): Promise<boolean>;
  /** Runs one statement that builds, drops or analyses, for as long as it takes. Rejects with a StoreError. */
  run(statement: RenderedStatement): Promise<void>;
  /** How much of the statement that runs is done, in hundredths; undefined where PostgreSQL does not say. */
  progress(): Promise<number | undefined>;
  /** Ends both connections at once; PostgreSQL may still finish what it has begun. */
  cut(): void;
  close(): Promise<void>;
}

/** Longer than what reads and downloads take; an upload that lasts longer is waited for at the next try. */
const LOCK_TIMEOUT_MS = 120_000;

const BUILDS = /^(?:(?:create|drop) index concurrently|analyze) /;

/** Blocks while it reads the table, tuples while it sorts and writes (PostgreSQL manual §27.4.2). */
const PROGRESS = `select case when blocks_total > 0 then 100 * blocks_done / blocks_total
                              when tuples_total > 0 then 100 * tuples_done / tuples_total end::int4 as done
                    from pg_catalog.pg_stat_progress_create_index where pid = $1`;

/** Opens both connections: one that works, and one that looks how far it is. @param connection as the role `vouchsafe_system`. */
export const openBuilding = async (connection: Connection): Promise<Building> => {
  let worker: pg.Client | undefined;
  let watcher: pg.Client;
  let pid: number | undefined;
  try {
    worker = await connect(connection, { name: 'vouchsafe build', lockTimeoutMs: LOCK_TIMEOUT_MS });
    // PostgreSQL shows progress to whoever logged in, not to the role that was taken.
    watcher = await connect(
      { ...connection, role: undefined },
      { name: 'vouchsafe build progress', statementTimeoutMs: 5000, readOnly: true },
    );
    pid = (await worker.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid')).rows[0]?.pid;
  } catch (error) {
    await worker?.end().catch(() => undefined);
    throw toStoreError(error, 'building.open');
  }
  const builder = worker;
  let isCut = false;
  return {
    claim: async (name) => {
      try {
        const { rows } = await builder.query<{ claimed: boolean }>(
          'select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 41)) as claimed',
          [name],
        );
        return rows[0]?.claimed === true;
      } catch (error) {
        throw toStoreError(error, 'building.claim');
      }
    },
    run: async (statement) => {
      if (!isRendered(statement) || !BUILDS.test(statement.text))
        throw new StoreError('building.run', 'undeclared');
      try {
        await builder.query(statement.text);
      } catch (error) {
        throw toStoreError(error, 'building.run');
      }
    },
    progress: async () => {
      const { rows } = await watcher.query<{ done: number | null }>(PROGRESS, [pid]);
      return rows[0]?.done ?? undefined;
    },
    cut: () => {
      isCut = true;
      for (const client of [builder, watcher]) streamOf(client).destroy();
    },
    close: async () => {
      if (!isCut) await Promise.all([builder, watcher].map((client) => client.end().catch(() => undefined)));
    },
  };
};
