/**
 * Files of tables that a crash left: what a transaction that was killed had made is in no catalogue, and PostgreSQL never removes
 * it (its source, src/backend/catalog/storage.c: files are removed by the backend that made them, at its transaction's end).
 */
import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Connection } from '../connection.ts';

/** Files of one relation: its number, forks and segments of a gigabyte (PostgreSQL manual §66.1). */
const FILE = /^(\d+)(?:_(?:fsm|vm|init))?(?:\.\d+)?$/;

/** The first number that is not PostgreSQL's own (FirstNormalObjectId). */
const FIRST_OWN = 16_384;

/** How often it is asked whether everybody is idle for a moment, and the pause between. */
const TRIES = 5;
const PAUSE_MS = 200;

/**
 * Whether a transaction is under way that may have made a file; one that has not is in the catalogue, or is over. One that is
 * prepared belongs to no session. In recovery it is another server's transactions that make files, and none is seen here.
 */
const STATE = `select exists (select from pg_stat_activity
                               where backend_xid is not null and pid <> pg_backend_pid())
                       or exists (select from pg_prepared_xacts) as busy,
                     pg_is_in_recovery() as recovering,
                     extract(epoch from pg_postmaster_start_time()) * 1000 as started,
                     (select oid::text from pg_database where datname = current_database()) as folder`;

const OWNED =
  'select pg_relation_filenode(oid)::text as node from pg_class where pg_relation_filenode(oid) is not null';

interface Found {
  readonly name: string;
  readonly node: string;
  readonly size: number;
}

/** Those that were last written before the server was started. */
const oldFilesIn = (folder: string, startedMs: number): readonly Found[] =>
  readdirSync(folder).flatMap((name) => {
    const node = FILE.exec(name)?.[1];
    if (node === undefined || Number(node) < FIRST_OWN) return [];
    // Whoever dropped a table may remove its file meanwhile.
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    // Empty ones are PostgreSQL's own marks for numbers that must not be taken again yet (storage/smgr/md.c).
    return found !== undefined && found.mtimeMs < startedMs && found.size > 0
      ? [{ name, node, size: found.size }]
      : [];
  });

/** Removes a file; gives whether it was still there. */
const isRemoved = (path: string): boolean => {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
};

interface State {
  readonly busy: boolean;
  readonly recovering: boolean;
  readonly startedMs: number;
  readonly folder: string;
}

/**
 * Removes them from the database of this connection; gives the bytes. A file goes only where no table, index or other relation
 * that is committed has its number, it was last written before this server was started, and no transaction is under way
 * that could have made it; none in a server that is in recovery. Rejects where the database cannot be asked, or a file
 * cannot be removed.
 * @param superuser sees all of the catalogue. @param dataDirectory of the cluster, on this machine.
 */
export const removeFilesOfNobody = async (superuser: Connection, dataDirectory: string): Promise<number> => {
  const client = await connect(superuser, { name: 'vouchsafe files', statementTimeoutMs: 30_000 });
  try {
    const ask = async (): Promise<State> => {
      const { rows } = await client.query<{
        busy: boolean;
        recovering: boolean;
        started: string;
        folder: string;
      }>(STATE);
      const [row] = rows;
      if (row === undefined) throw new Error('the state of the database is not known');
      return { ...row, startedMs: Number(row.started) };
    };
    const { recovering, startedMs, folder } = await ask();
    if (recovering) return 0;
    const path = join(dataDirectory, 'base', folder);
    const files = oldFilesIn(path, startedMs);
    if (files.length === 0) return 0;
    for (let tries = 1; (await ask()).busy; tries += 1) {
      // The next start finds them.
      if (tries === TRIES) return 0;
      await sleep(PAUSE_MS);
    }
    // Asked last: whatever made one of these files has been committed by now, or never will be.
    const { rows } = await client.query<{ node: string }>(OWNED);
    const owned = new Set(rows.map(({ node }) => node));
    let bytes = 0;
    for (const { name, node, size } of files) {
      if (!owned.has(node) && isRemoved(join(path, name))) bytes += size;
    }
    return bytes;
  } finally {
    await client.end();
  }
};
