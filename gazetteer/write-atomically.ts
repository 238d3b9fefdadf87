/** Files that are whole or not there. Apart from what builds them: servers write some, and need nothing of the builder. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes that are written at once; the system takes less than two gigabytes. */
const WRITTEN_AT_ONCE = 64 * 1024 * 1024;

/** Writes the pieces of a file beside the target, makes them durable, then renames: a reader sees the old file, or the whole new one. */
export const writeAtomically = async (path: string, pieces: readonly Uint8Array[]): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      for (const piece of pieces)
        for (let at = 0; at < piece.length; at += WRITTEN_AT_ONCE)
          await file.writeFile(piece.subarray(at, at + WRITTEN_AT_ONCE));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};
