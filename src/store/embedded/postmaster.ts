/** One running PostgreSQL server: started, waited for, stopped. */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from '../cannot-start.ts';
import { connect, type Connection } from '../connection.ts';
import type { Programs } from './initialise.ts';
import { stopPostmaster } from './orphan.ts';
import { settingArguments } from './settings.ts';

export interface PostmasterOptions extends Programs {
  readonly dataDirectory: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Each line of the server's log; by the settings, none holds a value of a row. */
  readonly onLog: (line: string) => void;
}

export interface Postmaster {
  readonly pid: number;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** The last lines of the log. */
  lastLines(): readonly string[];
  /** Ends the sessions, writes everything down, and returns when the process is gone. */
  stop(): Promise<void>;
}

const KEPT_LINES = 20;

/**
 * Spawns the server in a session of its own, so that a Ctrl-C meant for us does not stop it before our requests are
 * drained. Should this process end without `stop()`, it asks the server to stop on its way out.
 */
export const spawnPostmaster = (options: PostmasterOptions): Postmaster => {
  const { binaries, launcher, dataDirectory, settings, onLog } = options;
  const words = [...launcher.prefix, binaries.postgres, '-D', dataDirectory, ...settingArguments(settings)];
  const [file = binaries.postgres, ...rest] = words;
  const child = spawn(file, rest, {
    cwd: '/',
    detached: true,
    env: binaries.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(launcher.prefix.length === 0 ? launcher.account : undefined),
  });
  const lines: string[] = [];
  let unfinished = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const parts = (unfinished + text).split('\n');
    unfinished = (parts.pop() ?? '').slice(-1000);
    for (const line of parts) {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      onLog(line);
    }
  });
  // A caller that forgets to stop it must not hang for it: the exit handler below does the rest.
  child.unref();
  (child.stderr as unknown as Socket).unref();
  let isOver = false;
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  const askToStop = (): void => {
    child.kill('SIGINT');
  };
  const finish = (): void => {
    isOver = true;
    process.off('exit', askToStop);
    resolve(undefined);
  };
  child.once('exit', finish);
  child.once('error', (error) => {
    lines.push(error.message);
    finish();
  });
  process.once('exit', askToStop);
  return {
    pid: child.pid ?? 0,
    ended: ended.then(() => undefined),
    hasEnded: () => isOver,
    lastLines: () => lines,
    stop: async () => {
      if (!isOver && child.pid !== undefined) await stopPostmaster(child.pid, () => isOver);
      await ended;
    },
  };
};

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/** Whether the database takes this connection now. */
export const isReady = async (connection: Connection): Promise<boolean> => {
  try {
    const client = await connect(connection, { name: 'vouchsafe start' });
    await client.end();
    return true;
  } catch {
    return false;
  }
};

/**
 * Waits until the server takes connections; crash recovery may take its time, a server that has ended does not.
 * @param patienceMs how long at most.
 */
export const waitUntilReady = async (
  postmaster: Postmaster,
  connection: Connection,
  patienceMs: number,
): Promise<void> => {
  let pause = FIRST_PAUSE_MS;
  for (let waited = 0; waited < patienceMs; waited += pause) {
    if (await isReady(connection)) return;
    if (postmaster.hasEnded()) break;
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
    await Promise.race([sleep(pause), postmaster.ended]);
  }
  const lines = postmaster.lastLines().join(' · ');
  await postmaster.stop();
  throw new CannotStart(`PostgreSQL did not become ready; its last words were: ${lines}`);
};
