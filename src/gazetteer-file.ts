import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import { loadGazetteerFile } from './services/geocoding/gazetteer.ts';
import { installedSources } from '../gazetteer/sources.ts';
import { IndexFaultError, readSources } from './services/geocoding/index-format.ts';

/** Where the compact index of an installation lies. */
export const gazetteerPath = (dataDir: string): string => join(dataDir, 'gazetteer', 'places.idx');

/** @param onProgress what is being done, and how much of the whole is done, 0 to 1. */
export const buildGazetteerFile = (
  path: string,
  onProgress: (message: string, fraction: number) => void,
): Promise<void> =>
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

/** The index, if it is whole and made from the data packages that are installed now. */
const loadCurrent = async (path: string): Promise<SharedArrayBuffer | undefined> => {
  try {
    const buffer = await loadGazetteerFile(path);
    return isDeepStrictEqual(readSources(buffer), installedSources()) ? buffer : undefined;
  } catch (error) {
    if (error instanceof IndexFaultError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined;
    throw error;
  }
};

/** Opens the index in shared memory; builds it first where it is missing, damaged, of another format or other data. */
export const openGazetteerFile = async (
  path: string,
  onProgress: (message: string, fraction: number) => void,
): Promise<SharedArrayBuffer> => {
  const current = await loadCurrent(path);
  if (current !== undefined) return current;
  await buildGazetteerFile(path, onProgress);
  return loadGazetteerFile(path);
};
