/** Reads and checks one index file in a thread of its own: sums over gigabytes would keep the main thread from its work. */
import { parentPort, workerData } from 'node:worker_threads';
import { openIndexFile } from './kinds.ts';
import { IndexFaultError } from '../services/geocoding/index-format.ts';
import type { IndexKind } from './index-set.ts';

const { path, kind } = workerData as { readonly path: string; readonly kind: IndexKind };

try {
  const buffer = await openIndexFile(kind, path);
  parentPort?.postMessage({ buffer });
} catch (error) {
  const code =
    error instanceof IndexFaultError
      ? error.fault
      : ((error as NodeJS.ErrnoException).code ?? 'cannot be opened');
  parentPort?.postMessage({ fault: code });
}
