/** Reads and checks one index file in a thread of its own: sums over gigabytes would keep the main thread from its work. */
import { parentPort, workerData } from 'node:worker_threads';
import { openIndexFile } from './kinds.ts';
import { IndexFaultError } from '../services/geocoding/index-format.ts';
import { LayerFaultError } from '../services/visitor/addresses/layer-format.ts';
import type { IndexKind, LoadReply } from './load-index.ts';

const { path, kind } = workerData as { readonly path: string; readonly kind: IndexKind };

const reply = async (): Promise<LoadReply> => {
  try {
    return { buffer: await openIndexFile(kind, path) };
  } catch (error) {
    if (error instanceof IndexFaultError || error instanceof LayerFaultError)
      return { fault: error.fault, isLasting: true };
    return { fault: (error as NodeJS.ErrnoException).code ?? 'cannot be opened', isLasting: false };
  }
};

parentPort?.postMessage(await reply());
