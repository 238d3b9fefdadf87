import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Report } from '../../gazetteer/build-gazetteer.ts';
import { ensureGazetteer } from '../../gazetteer/ensure-gazetteer.ts';
import { gazetteerFolder, NO_MANIFEST, PACKAGES_FILE, readManifest } from './manifest.ts';
import { loadInThread } from './load-index.ts';

/** Where the index of the installed packages lies. */
export const gazetteerPath = (dataDir: string): string => join(gazetteerFolder(dataDir), PACKAGES_FILE);

/** @param onProgress what is being done, and how much of the whole is done, 0 to 1. */
export const buildGazetteerFile = (path: string, onProgress: Report): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../../gazetteer/thread.ts', import.meta.url), {
      workerData: { path },
    });
    worker.on('message', (step: { readonly message: string; readonly fraction: number }) =>
      onProgress(step.message, step.fraction),
    );
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error('the gazetteer could not be built')),
    );
  });

/**
 * Where a base index lies that can be opened: the one in use, else that of the installed packages, which is built where
 * it is missing.
 */
export const usableBase = async (dataDir: string, onProgress: Report): Promise<string> => {
  const folder = gazetteerFolder(dataDir);
  const { base } = await readManifest(folder).catch(() => NO_MANIFEST);
  if (base.origin === 'geonames') {
    const path = join(folder, base.file);
    const isUsable = await loadInThread('base', path, base.file).then(
      () => true,
      () => false,
    );
    if (isUsable) return path;
  }
  await openGazetteerFile(gazetteerPath(dataDir), onProgress);
  return gazetteerPath(dataDir);
};

/** Opens the index in shared memory; builds it first where it is missing, damaged, of another format or other data. */
export const openGazetteerFile = (path: string, onProgress: Report): Promise<SharedArrayBuffer> =>
  ensureGazetteer(path, { report: onProgress, write: (to, { report }) => buildGazetteerFile(to, report) });
