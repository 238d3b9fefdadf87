/** Reads a file as a thread of the server does, in a process of its own, so that what it needs of memory can be told. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadAlone } from './read-file-alone.ts';

const READ_ALONE = fileURLToPath(new URL('read-file-alone.ts', import.meta.url));
/** The heap that a thread has which looks and loads (src/datasets/uploads/work-thread.ts). */
const HEAP = ['--max-old-space-size=192', '--max-semi-space-size=8'];
const PATIENCE_MS = 120_000;

/** @throws where it needs more memory or time than it may have. */
export const readAlone = (bytes: Uint8Array): ReadAlone => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-alone-'));
  try {
    const path = join(folder, 'file');
    writeFileSync(path, bytes);
    return JSON.parse(
      execFileSync(process.execPath, [...HEAP, READ_ALONE, path], { encoding: 'utf8', timeout: PATIENCE_MS }),
    ) as ReadAlone;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
