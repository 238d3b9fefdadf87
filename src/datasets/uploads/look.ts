/** Looks at one file from its first to its last byte: what it is, and of which types its columns are. */
import type { Corrections, FilePlan } from './formats/contract.ts';
import { lookAtFile } from './formats/look-at-file.ts';
import type { Upload } from './service.ts';
import type { StoredFile } from './stored-file.ts';
import type { Progress } from './work.ts';

export interface LookWork {
  readonly file: StoredFile;
  readonly found: Upload;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** PostgreSQL's JSON takes no NUL and no half of a pair, which samples of a file may hold. */
const storable = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\0', '␀').toWellFormed() : value;

/** Throws a FormatError where nothing can be found in it. */
export const lookAt = async ({ file, found, progress, signal }: LookWork): Promise<FilePlan> => {
  const plan = await lookAtFile(file, {
    filename: found.filename,
    corrections: found.corrections as Corrections,
    signal,
    onProgress: (bytes, rows) => {
      progress.bytes = bytes;
      progress.rows = rows;
    },
  });
  return JSON.parse(JSON.stringify(plan, storable)) as FilePlan;
};
