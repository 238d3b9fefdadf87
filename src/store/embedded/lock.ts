/** One owner per data directory, known by process id and start time, so that a lock left by a crash binds nobody. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { processToken } from './process-identity.ts';
import { randomSecretBytes } from '../../foundation/secret.ts';

export type LockPurpose = 'serve' | 'command';

export interface LockHolder {
  readonly pid: number;
  /** From `processToken`. */
  readonly token: string;
  readonly purpose: LockPurpose;
}

export type LockAttempt =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly holder: LockHolder };

const errorCode = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const holderOf = (text: string): LockHolder | undefined => {
  try {
    const holder = JSON.parse(text) as LockHolder;
    return processToken(holder.pid) === holder.token ? holder : undefined;
  } catch {
    return undefined;
  }
};

/** Who holds the lock now; undefined when it is free or its holder is dead. */
export const lockHolder = (path: string): LockHolder | undefined => {
  const text = readText(path);
  return text === undefined ? undefined : holderOf(text);
};

const moveStale = (path: string, aside: string): void => {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if (lockHolder(aside) !== undefined) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  rmSync(aside, { force: true });
};

/**
 * Takes the lock or tells who has it. The file appears complete (link of a finished file), and a dead holder's file
 * is moved away by rename, which only one taker can win; if the moved file turns out to be a live one that somebody
 * put there in between, it is put back.
 */
export const takeLock = (path: string, purpose: LockPurpose): LockAttempt => {
  const mine = JSON.stringify({ pid: process.pid, token: processToken(process.pid) ?? '', purpose });
  const unique = `${path}.${process.pid}.${randomSecretBytes(6).toString('hex')}`;
  writeFileSync(unique, mine, { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(unique, path);
        return {
          ok: true,
          release: () => {
            if (readText(path) === mine) rmSync(path, { force: true });
          },
        };
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
      const text = readText(path);
      if (text === undefined) continue;
      const holder = holderOf(text);
      if (holder !== undefined) return { ok: false, holder };
      moveStale(path, `${unique}.stale`);
    }
  } finally {
    rmSync(unique, { force: true });
  }
};
