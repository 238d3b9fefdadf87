import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../gazetteer/build-gazetteer.ts';
import type { BuildLine } from '../../gazetteer/build-process.ts';
import { ensureGazetteer } from '../../gazetteer/ensure-gazetteer.ts';
import { gazetteerFolder, NO_MANIFEST, PACKAGES_FILE, readManifest } from './manifest.ts';
import { loadInThread } from './load-index.ts';

/** Where the index of the installed packages lies. */
export const gazetteerPath = (dataDir: string): string => join(gazetteerFolder(dataDir), PACKAGES_FILE);

const BUILDER = fileURLToPath(new URL('../../gazetteer/build-process.ts', import.meta.url));

/** A young generation of V8 that suits one pass over much: a sixth less memory for a tenth more time. */
const BUILDER_FLAGS = ['--max-semi-space-size=4'];

/**
 * Builds the index of the installed packages in a process that ends with it: a server keeps none of the half gigabyte that it takes.
 * @param onProgress what is being done, and how much of the whole is done, 0 to 1. @throws what the file system says.
 */
export const buildGazetteerFile = async (path: string, onProgress: Report): Promise<void> => {
  const builder = spawn(process.execPath, [...BUILDER_FLAGS, BUILDER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {},
  });
  const ended = once(builder, 'close');
  let failure: Error | undefined;
  createInterface(builder.stdout).on('line', (text) => {
    const line = JSON.parse(text) as BuildLine;
    if ('error' in line) failure = Object.assign(new Error(line.error), { code: line.code });
    else onProgress(line.message, line.fraction);
  });
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  if (code === 0) return;
  throw (
    failure ??
    new Error(
      signal === 'SIGKILL'
        ? 'the process that builds the gazetteer was killed, most likely for want of memory: it needs 600 MB'
        : 'the gazetteer could not be built',
    )
  );
};

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
