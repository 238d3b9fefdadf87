/** The PostgreSQL that Vouchsafe brings along: one per data directory, started by the server, shared with its commands. */
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from '../cannot-start.ts';
import type { Connection } from '../connection.ts';
import { chooseLauncher } from './account.ts';
import { findBinaries } from './binaries.ts';
import { DATABASE_NAME, initialiseCluster, isInitialised, resetPasswords } from './initialise.ts';
import { removeFilesOfNobody } from './files-of-nobody.ts';
import { lockHolder, takeLock, type LockPurpose } from './lock.ts';
import { clearTheWay } from './orphan.ts';
import { makePasswords, readPasswords, type EmbeddedRole, type Passwords } from './passwords.ts';
import {
  isReady,
  spawnPostmaster,
  waitUntilReady,
  type Postmaster,
  type PostmasterOptions,
} from './postmaster.ts';
import { serverSettings } from './settings.ts';
import { prepareSocketDirectory, SOCKET_PORT, socketDirectoryOf } from './socket-directory.ts';

export interface ClusterOptions {
  /** The installation's DATA_DIR; made where it is missing. */
  readonly dataDir: string;
  /** `serve` wants the data directory for itself; `attach-or-start` uses a running server where there is one. */
  readonly mode: 'serve' | 'attach-or-start';
  /** False only in tests. */
  readonly durable?: boolean;
  /** How many connections the server takes at the most; 50 where left out. */
  readonly connections?: number;
  /** One line at a time: steps of ours and the log of PostgreSQL. */
  readonly onLog?: (line: string) => void;
}

export interface Cluster {
  readonly superuser: Connection;
  readonly owner: Connection;
  readonly app: Connection;
  readonly socketDirectory: string;
  /** True where another process runs the server; `stop` then leaves it running. */
  readonly attached: boolean;
  /** Process id of the server; undefined when attached. Changes when a crashed server is started anew. */
  pid(): number | undefined;
  /** Stops what was started here and returns when it is gone. May be called twice. */
  stop(): Promise<void>;
}

const POLL_MS = 50;
const LOCK_PATIENCE_MS = 20_000;
const READY_PATIENCE_MS = 300_000;

const connectionsOf = (
  socketDirectory: string,
  passwords: Passwords,
): { superuser: Connection; owner: Connection; app: Connection } => {
  const as = (user: EmbeddedRole): Connection => ({
    host: socketDirectory,
    port: SOCKET_PORT,
    user,
    password: passwords[user],
    database: DATABASE_NAME,
    role: undefined,
    tls: false,
  });
  return { superuser: as('vouchsafe_superuser'), owner: as('vouchsafe_owner'), app: as('vouchsafe_app') };
};

const attach = async (home: string): Promise<Cluster | undefined> => {
  const passwords = readPasswords(home);
  if (passwords === undefined) return undefined;
  const socketDirectory = socketDirectoryOf(home);
  const connections = connectionsOf(socketDirectory, passwords);
  if (!(await isReady(connections.app))) return undefined;
  return {
    ...connections,
    socketDirectory,
    attached: true,
    pid: () => undefined,
    stop: async () => undefined,
  };
};

/**
 * Takes the lock, or attaches to the server that has it. A command's server lives only as long as the command, hence
 * others wait for it to end; and a server that is only just starting is waited for.
 */
const lockOrAttach = async (home: string, mode: ClusterOptions['mode']): Promise<Cluster | (() => void)> => {
  const path = join(home, 'server.lock');
  const purpose: LockPurpose = mode === 'serve' ? 'serve' : 'command';
  for (let waited = 0; waited < LOCK_PATIENCE_MS; waited += POLL_MS) {
    const attempt = takeLock(path, purpose);
    if (attempt.ok) return attempt.release;
    if (attempt.holder.purpose === 'serve') {
      if (mode === 'serve') break;
      const cluster = await attach(home);
      if (cluster !== undefined) return cluster;
    }
    await sleep(POLL_MS);
  }
  const pid = lockHolder(path)?.pid ?? 'unknown';
  throw new CannotStart(
    `Another Vouchsafe (process ${pid}) is using the data directory ${home}; stop it first or set another DATA_DIR, as in DATA_DIR=./data-two.`,
  );
};

const makeHome = (dataDir: string): string => {
  // Entered, not read, by PostgreSQL's account where we are root; what is secret lies one level deeper.
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  return realpathSync(dataDir);
};

/** Restarts a server that ended on its own, at growing intervals, until told to stop. */
const keepRunning = (
  start: () => Promise<Postmaster>,
  first: Postmaster,
  log: (line: string) => void,
): { current: () => Postmaster; stop: () => Promise<void> } => {
  let postmaster = first;
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    let pause = 100;
    while (!stopping.signal.aborted) {
      await postmaster.ended;
      if (stopping.signal.aborted) return;
      log(`PostgreSQL ended unexpectedly; starting it again in ${pause} ms.`);
      try {
        await sleep(pause, undefined, { signal: stopping.signal });
        postmaster = await start();
        pause = 100;
      } catch (error) {
        if (!stopping.signal.aborted)
          log(error instanceof Error ? error.message : 'PostgreSQL did not start.');
        pause = Math.min(pause * 2, 5000);
      }
    }
  };
  const watching = watch();
  return {
    current: () => postmaster,
    stop: async () => {
      stopping.abort();
      await postmaster.stop();
      await watching;
      // A restart may have been under way when the first stop was asked.
      await postmaster.stop();
    },
  };
};

const startServer = async (
  home: string,
  options: ClusterOptions,
  log: (line: string) => void,
): Promise<Omit<Cluster, 'attached'>> => {
  const durable = options.durable ?? true;
  const binaries = findBinaries(join(home, 'lib'));
  const launcher = chooseLauncher(home, binaries);
  const programs = { binaries, launcher };
  const dataDirectory = join(home, 'postgres');
  const known = readPasswords(home);
  const passwords = known ?? makePasswords(home);
  if (isInitialised(dataDirectory)) {
    await clearTheWay(dataDirectory);
    if (known === undefined) await resetPasswords(programs, dataDirectory, passwords);
  } else {
    log('Creating the database.');
    await initialiseCluster(programs, dataDirectory, passwords, durable);
  }
  const socketDirectory = socketDirectoryOf(home);
  const connections = connectionsOf(socketDirectory, passwords);
  const settings = serverSettings({ socketDirectory, durable, connections: options.connections ?? 50 });
  const spawning: PostmasterOptions = { ...programs, dataDirectory, settings, onLog: log };
  const start = async (): Promise<Postmaster> => {
    await clearTheWay(dataDirectory);
    prepareSocketDirectory(socketDirectory, launcher);
    const postmaster = spawnPostmaster(spawning);
    await waitUntilReady(postmaster, connections.app, READY_PATIENCE_MS);
    try {
      const bytes = await removeFilesOfNobody(connections.superuser, dataDirectory);
      if (bytes > 0) log(`Removed ${Math.ceil(bytes / 1_000_000)} MB that a crash had left.`);
    } catch {
      log('What a crash may have left could not be looked for; the next start tries again.');
    }
    return postmaster;
  };
  const running = keepRunning(start, await start(), log);
  return { ...connections, socketDirectory, pid: () => running.current().pid, stop: running.stop };
};

/**
 * Opens the embedded database of a data directory: makes it on first use, recovers what a crash left, starts it.
 * Throws `CannotStart` with a sentence for the operator.
 */
export const openCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const home = makeHome(options.dataDir);
  const log = options.onLog ?? ((): void => undefined);
  const got = await lockOrAttach(home, options.mode);
  if (typeof got !== 'function') return got;
  try {
    const server = await startServer(home, options, log);
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await server.stop();
      got();
    };
    return { ...server, attached: false, stop: () => (stopped ??= stop()) };
  } catch (error) {
    got();
    throw error;
  }
};
