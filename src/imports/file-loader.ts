/** Loads files that a manifest names into shared memory, each once as long as it stays the same. */
import type { Log } from '../foundation/log.ts';
import { loadInThread, stateOf, UnusableIndex, type IndexKind, type LoadedIndex } from './load-index.ts';
import { ManifestError, manifestPath } from './manifest-file.ts';
import { createTries, type Tries } from './tries.ts';

/** What was loaded, by kind, name and state of the file. */
export type Loaded = Map<string, LoadedIndex>;

/** How the log speaks of what is loaded. */
export interface LoaderWords {
  /** `the gazetteer`. */
  readonly what: string;
  /** `an index file`. */
  readonly file: string;
  readonly manifestCode: string;
  readonly fileCode: string;
}

export interface FileLoader extends Pick<Tries, 'begin' | 'isDue'> {
  /** An index that came from elsewhere, with a number of its own. */
  adopt(buffer: SharedArrayBuffer): LoadedIndex;
  /** Loads a file, or takes what was loaded of it before, and notes it in `into`. @throws {UnusableIndex} */
  load(kind: IndexKind, path: string, file: string, into: Loaded): Promise<LoadedIndex>;
  /** From now on these are what was loaded before. */
  keep(loaded: Loaded): void;
  /** Tells the log once that something cannot be used, and what comes of it. */
  complain(error: unknown, consequence: string): void;
  /** How often something could not be used. */
  failures(): number;
}

/** @param folder where the manifest lies. */
export const createFileLoader = (folder: string, log: Log, words: LoaderWords): FileLoader => {
  const tries = createTries();
  let loaded: Loaded = new Map();
  let lastId = 0;
  let failed = 0;
  const adopt = (buffer: SharedArrayBuffer): LoadedIndex => ({ id: ++lastId, buffer });

  return {
    begin: tries.begin,
    isDue: tries.isDue,
    adopt,
    load: async (kind, path, file, into) => {
      const state = await stateOf(path);
      if (state === 'absent' || state === 'no file') throw new UnusableIndex(file, state, true);
      const key = `${kind} ${file} ${state}`;
      const known = loaded.get(key);
      const index = known ?? adopt(await loadInThread(kind, path, file));
      // Copied over while it was read: neither the one nor the other.
      if (known === undefined && (await stateOf(path)) !== state)
        throw new UnusableIndex(file, 'changing', false);
      into.set(key, index);
      return index;
    },
    keep: (next) => {
      loaded = next;
    },
    complain: (error, consequence) => {
      failed += 1;
      const isLasting = error instanceof ManifestError || (error instanceof UnusableIndex && error.isLasting);
      const fault = error instanceof UnusableIndex ? `${error.file} ${error.fault}` : String(error);
      if (!tries.note(fault, isLasting)) return;
      if (error instanceof ManifestError)
        log.error(`the manifest of ${words.what} cannot be used; ${consequence}; import again`, {
          code: words.manifestCode,
          where: manifestPath(folder),
        });
      else if (error instanceof UnusableIndex)
        log.error(
          `${words.file} cannot be used (${error.fault}); ${consequence}; ${error.isLasting ? 'import it again' : 'it is tried again now and then'}`,
          { code: words.fileCode, where: error.file },
        );
      else log.error(`the folder of ${words.what} cannot be read; ${consequence}`, { where: folder, error });
    },
    failures: () => failed,
  };
};
