/** How a command that imports ends where it fails. */
import { ImportError } from '../../gazetteer/import/import-error.ts';
import { ImportStopped } from '../imports/lock.ts';

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Tells the operator, and gives the exit code; throws what is a bug. */
export const endOfImport = (error: unknown): number => {
  if (error instanceof ImportStopped) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof ImportError) {
    process.stderr.write(`${error.message} Nothing was changed.\n`);
    return 4;
  }
  if (FULL.has((error as NodeJS.ErrnoException).code)) {
    process.stderr.write('The disk is full; nothing was changed. Make room and try again.\n');
    return 1;
  }
  throw error;
};
