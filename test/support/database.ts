/** A real PostgreSQL for tests: one server a test process, one fresh, migrated database a call. */
import { rmSync } from 'node:fs';
import { after } from 'node:test';
import { connect, type Connection } from '../../src/store/connection.ts';
import { createDatabase, type Database } from '../../src/store/database.ts';
import { openCluster, type Cluster } from '../../src/store/embedded/cluster.ts';
import { copyPreparedServer, TEMPLATE } from './prepared-server.ts';

type Row = Record<string, unknown>;

/** Raw SQL past the house's rules, for setting scenes and for looking behind them. */
export type RawSql = (text: string, values?: readonly unknown[]) => Promise<Row[]>;

export interface TestDatabase {
  /** What the server would have: the role vouchsafe_app. */
  readonly database: Database;
  /** SQL as vouchsafe_owner, on whom row-level security is forced. */
  readonly owner: RawSql;
  /** SQL as the superuser, who sees everything. */
  readonly superuser: RawSql;
  /** SQL as vouchsafe_app, without any company set. */
  readonly app: RawSql;
  readonly connections: {
    readonly superuser: Connection;
    readonly owner: Connection;
    readonly app: Connection;
  };
  /** For a second pool on the same database; closed with the rest. */
  createDatabase(options?: Omit<Parameters<typeof createDatabase>[0], 'connection'>): Database;
}

interface Server {
  readonly cluster: Cluster;
  readonly home: string;
}

let server: Promise<Server> | undefined;
let counter = 0;
const cleanups: (() => Promise<void>)[] = [];

const run = async (connection: Connection, text: string, values: readonly unknown[] = []): Promise<Row[]> => {
  const client = await connect(connection, { name: 'test' });
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
};

const startServer = async (): Promise<Server> => {
  // The runner ends a test file that takes too long with a signal; a server must not outlive it.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));
  const home = await copyPreparedServer();
  // Also where nobody waits any more for the server to end.
  process.once('exit', () => {
    try {
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // Its last processes are still writing; another test file removes it later.
    }
  });
  try {
    return { cluster: await openCluster({ dataDir: home, mode: 'serve', durable: false }), home };
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
};

/** The server of this test process, for tests that make databases of their own. */
export const testCluster = async (): Promise<Cluster> => (await (server ??= startServer())).cluster;

/** A fresh database; `migrated: false` gives an empty one. Everything is closed and removed after the tests. */
export const testDatabase = async (options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> => {
  const cluster = await testCluster();
  counter += 1;
  const database = `t_${counter}`;
  const template = options.migrated === false ? 'template1' : TEMPLATE;
  await run(cluster.superuser, `create database ${database} owner vouchsafe_owner template ${template}`);
  const connections = {
    superuser: { ...cluster.superuser, database },
    owner: { ...cluster.owner, database },
    app: { ...cluster.app, database },
  };
  const open: TestDatabase['createDatabase'] = (more = {}) => {
    const opened = createDatabase({ ...more, connection: connections.app });
    cleanups.push(() => opened.close());
    return opened;
  };
  return {
    database: open(),
    owner: (text, values) => run(connections.owner, text, values),
    superuser: (text, values) => run(connections.superuser, text, values),
    app: (text, values) => run(connections.app, text, values),
    connections,
    createDatabase: open,
  };
};

/** Adds a step that needs the server; steps run in reverse before it is stopped. */
export const beforeServerStops = (step: () => Promise<void>): void => {
  cleanups.push(step);
};

after(async () => {
  const started = await server?.catch(() => undefined);
  for (const cleanup of cleanups.reverse()) await cleanup();
  await started?.cluster.stop();
  if (started !== undefined) rmSync(started.home, { recursive: true, force: true });
});
