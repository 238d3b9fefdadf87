/** Deals with what a killed predecessor left behind: a server that still runs, or the mark of one that does not. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from '../cannot-start.ts';
import { isPostmasterOf } from './process-identity.ts';

const POLL_MS = 20;

/** Fast shutdown, immediate shutdown, the end (postgres(1)); each with the time it gets. */
const STEPS = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5000],
  ['SIGKILL', 5000],
] as const;

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Stops a server process, gently first, and returns when it is gone. */
export const stopPostmaster = async (pid: number, isGone: () => boolean): Promise<void> => {
  for (const [name, patience] of STEPS) {
    signal(pid, name);
    for (let waited = 0; waited < patience; waited += POLL_MS) {
      if (isGone()) return;
      await sleep(POLL_MS);
    }
  }
  throw new CannotStart(`PostgreSQL (process ${pid}) could not be stopped; end it by hand and start again.`);
};

/** The process id in the mark that a PostgreSQL server leaves in its data directory; undefined without one. */
export const markedPostmaster = (dataDirectory: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Makes the data directory free for a new server. Call with the lock held: then a running server has lost its master.
 * PostgreSQL takes any process of the same account that has the mark's id for a server, be it a stranger or a zombie
 * that nobody has buried yet. Hence a mark without a server gets our own process id, which PostgreSQL ignores as its
 * parent's, so that its further check, whether old processes still use the shared memory, stays in force.
 */
export const clearTheWay = async (
  dataDirectory: string,
): Promise<'free' | 'orphan-stopped' | 'mark-corrected'> => {
  const pid = markedPostmaster(dataDirectory);
  if (pid === undefined) return 'free';
  if (isPostmasterOf(pid, dataDirectory)) {
    await stopPostmaster(pid, () => !isPostmasterOf(pid, dataDirectory));
    return 'orphan-stopped';
  }
  const mark = join(dataDirectory, 'postmaster.pid');
  writeFileSync(mark, readFileSync(mark, 'utf8').replace(/^\d+/, String(process.pid)));
  return 'mark-corrected';
};
