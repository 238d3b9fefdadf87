import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Report } from '../gazetteer/build-gazetteer.ts';
import { ensureGazetteer } from '../gazetteer/ensure-gazetteer.ts';

/** Where the compact index of an installation lies. */
export const gazetteerPath = (dataDir: string): string => join(dataDir, 'gazetteer', 'places.idx');

/** @param onProgress what is being done, and how much of the whole is done, 0 to 1. */
export const buildGazetteerFile = (path: string, onProgress: Report): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../gazetteer/thread.ts', import.meta.url), { workerData: { path } });
    worker.on('message', (step: { readonly message: string; readonly fraction: number }) =>
      onProgress(step.message, step.fraction),
    );
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error('the gazetteer could not be built')),
    );
  });

/** Opens the index in shared memory; builds it first where it is missing, damaged, of another format or other data. */
export const openGazetteerFile = (path: string, onProgress: Report): Promise<SharedArrayBuffer> =>
  ensureGazetteer(path, { report: onProgress, write: (to, { report }) => buildGazetteerFile(to, report) });
