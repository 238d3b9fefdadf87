/** The ground that the bench stands on: a folder of its own, a real PostgreSQL in it, fresh databases. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Connection } from '../src/store/connection.ts';
import { openCluster } from '../src/store/embedded/cluster.ts';
import { migrate } from '../src/store/migrate.ts';

/** One fresh database with the house's schema. */
export interface BenchDatabase {
  /** As the server connects. */
  readonly app: Connection;
  /** For filling tables past the house's rules. */
  readonly superuser: Connection;
}

export interface Ground {
  /** Removed at the end. */
  readonly folder: string;
  createDatabase(): Promise<BenchDatabase>;
  close(): Promise<void>;
}

/** Starts the embedded PostgreSQL as the server does, with the same settings. */
export const openGround = async (): Promise<Ground> => {
  const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const cluster = await openCluster({ dataDir: folder, mode: 'serve' });
  let count = 0;

  const createDatabase = async (): Promise<BenchDatabase> => {
    count += 1;
    const database = `bench_${count}`;
    const client = await connect(cluster.superuser, { name: 'bench' });
    try {
      await client.query(`create database ${database} owner vouchsafe_owner template template1`);
    } finally {
      await client.end();
    }
    await migrate({ connection: { ...cluster.owner, database } });
    return { app: { ...cluster.app, database }, superuser: { ...cluster.superuser, database } };
  };

  return {
    folder,
    createDatabase,
    close: async () => {
      await cluster.stop();
      remove();
      process.off('exit', remove);
    },
  };
};
