import { isDeepStrictEqual } from 'node:util';
import { loadGazetteerFile } from '../src/services/geocoding/gazetteer-file.ts';
import { IndexFaultError, readSources } from '../src/services/geocoding/index-format.ts';
import type { Report } from './build-gazetteer.ts';
import { installedSources } from './sources.ts';

/** Reads the index if it is whole and made from what is installed; undefined where it has to be built. */
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

export interface EnsureOptions {
  readonly report: Report;
  /** Builds the index and puts it at a path: `writeGazetteer`, or a thread that calls it. */
  readonly write: (path: string, options: { report: Report }) => Promise<void>;
}

/**
 * Opens the index at `path`, or builds it first where it is missing, damaged, of another format or made from other
 * data. Several processes may do this at once. Other errors of the file system come through.
 */
export const ensureGazetteer = async (
  path: string,
  { report, write }: EnsureOptions,
): Promise<SharedArrayBuffer> => {
  const current = await loadCurrent(path);
  if (current !== undefined) return current;
  await write(path, { report });
  return loadGazetteerFile(path);
};
