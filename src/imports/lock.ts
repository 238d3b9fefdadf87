/** One change of an installation's data at a time, and how one ends that did not come about. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gazetteerFolder } from './manifest.ts';
import { takeLock } from '../store/embedded/lock.ts';

/** An import or removal did not do what it was asked for; the message is for the operator. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped';
  /** 1 failed, 2 the words are wrong, 3 another is at it, 4 the input is damaged, 5 not to be taken, 130 interrupted. */
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs something alone among what changes a folder. A lock whose process is dead binds nobody.
 * @throws {ImportStopped} 3 where another is at it.
 */
export const withFolderLock = async <Value>(folder: string, work: () => Promise<Value>): Promise<Value> => {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'import.lock');
  const lock = takeLock(path, 'command');
  if (!lock.ok) {
    const { pid } = lock.holder;
    const since = await stat(path).then(
      ({ mtime }) => `since ${mtime.toISOString()}`,
      () => 'for a moment',
    );
    throw new ImportStopped(
      3,
      `Another import is at it (process ${pid}, ${since}); wait for its end, or stop it with: kill ${pid}`,
    );
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
};

/** Runs imports, removals and builds of the gazetteer alone. @throws {ImportStopped} 3 where another is at it. */
export const withImportLock = <Value>(dataDir: string, work: () => Promise<Value>): Promise<Value> =>
  withFolderLock(gazetteerFolder(dataDir), work);
