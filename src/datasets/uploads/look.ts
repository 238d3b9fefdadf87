/** Looks at one file from its first to its last byte: what it is, and of which types its columns are. */
import { lookInto, type FilePlan } from './reading.ts';
import type { Upload } from './service.ts';
import type { StoredFile } from './stored-file.ts';
import type { Progress } from './work.ts';

export interface LookWork {
  readonly file: StoredFile;
  readonly found: Upload;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Throws a LoadFailure where nothing can be found in it. */
export const lookAt = ({ file, found, progress, signal }: LookWork): Promise<FilePlan> =>
  lookInto(file, found, {
    signal,
    onProgress: (bytes, rows) => {
      progress.bytes = bytes;
      progress.rows = rows;
    },
  });
