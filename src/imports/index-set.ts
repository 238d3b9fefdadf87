/** The index files that are in use, loaded: read at the start, and again whenever the manifest lists others. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Log } from '../foundation/log.ts';
import type { LayerName } from '../services/visitor/addresses/layer-format.ts';
import {
  extractsFolder,
  ManifestError,
  manifestPath,
  NO_MANIFEST,
  PACKAGES_FILE,
  readManifest,
  type Manifest,
  type ManifestExtract,
} from './manifest.ts';
import { createTries } from './tries.ts';

/** Places of the world, the streets of one extract, or a layer of what is known of addresses. */
export type IndexKind = 'base' | 'extract' | LayerName;

/** One index in memory that all threads share. */
export interface LoadedIndex {
  /** Of this load; a thread knows by it what it has open already. */
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
}

/** An extract, and whose data it is. */
export interface LoadedExtract extends LoadedIndex {
  readonly about: Pick<ManifestExtract, 'name' | 'source' | 'attribution' | 'importedAt' | 'rows'>;
}

/** Everything that answers at one time; plain data and shared memory only, so that it can go to any thread. */
export interface GazetteerSet {
  readonly base: LoadedIndex & { readonly origin: Manifest['base']['origin'] };
  readonly extracts: readonly LoadedExtract[];
}

/** Why a file cannot be used, in a word or two: a fault of its format, or the code of the file system. */
export class UnusableIndex extends Error {
  override readonly name = 'UnusableIndex';
  readonly file: string;
  readonly fault: string;
  /** Whether it goes on until the file is another; without memory, open files or threads another try may do. */
  readonly isLasting: boolean;

  constructor(file: string, fault: string, isLasting: boolean) {
    super(`${file} cannot be used: ${fault}`);
    this.file = file;
    this.fault = fault;
    this.isLasting = isLasting;
  }
}

/** What the thread says of a file: its bytes, or why not and whether that is the file's own fault. */
export type LoadReply =
  | { readonly buffer: SharedArrayBuffer }
  | { readonly fault: string; readonly isLasting: boolean };

/** Reads and checks a file in a thread that ends afterwards. @throws {UnusableIndex} */
export const loadInThread = (kind: IndexKind, path: string, file: string): Promise<SharedArrayBuffer> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL('load-thread.ts', import.meta.url), {
      workerData: { kind, path },
      env: {},
    });
    thread.once('message', (reply: LoadReply) => {
      if ('buffer' in reply) resolve(reply.buffer);
      else reject(new UnusableIndex(file, reply.fault, reply.isLasting));
    });
    thread.once('error', () => reject(new UnusableIndex(file, 'cannot be opened', false)));
    thread.once('exit', () => reject(new UnusableIndex(file, 'cannot be opened', false)));
  });

/** Tells one state of a file from another; `absent` where there is none. A link is no file: it may lead anywhere. */
export const stateOf = async (path: string): Promise<string> => {
  try {
    const facts = await lstat(path);
    return facts.isFile() ? `${facts.ino} ${facts.size} ${facts.mtimeMs}` : 'no file';
  } catch {
    return 'absent';
  }
};

const describe = ({ base, extracts }: GazetteerSet): string =>
  JSON.stringify([base.id, base.origin, extracts.map(({ id, about }) => [id, about])]);

/** The loaded files of one installation. */
export interface GazetteerStock {
  /** Loads what there is at the start. What cannot be used is left out and logged, so that a server always starts. */
  first(): Promise<GazetteerSet>;
  /** What was loaded last. @throws before `first`. */
  current(): GazetteerSet;
  /**
   * Looks whether the manifest or a file of it has changed, and loads what is new. What failed for want of memory, open
   * files or threads is tried again at later looks, ever more seldom.
   * @returns the new set; undefined where nothing changed, or where one part of it cannot be used: then all of the
   * old set goes on, and the log says so once.
   */
  refresh(): Promise<GazetteerSet | undefined>;
  /** How often new files could not be used since the start. */
  failures(): number;
}

export interface StockOptions {
  readonly folder: string;
  readonly log: Log;
  /** Opens the index of the installed packages, and builds it first where that is needed. */
  readonly openPackages: () => Promise<SharedArrayBuffer>;
}

/** Nothing is read before `first`. */
export const createGazetteerStock = ({ folder, log, openPackages }: StockOptions): GazetteerStock => {
  let set: GazetteerSet | undefined;
  let loaded = new Map<string, LoadedIndex>();
  const tries = createTries();
  let lastId = 0;
  let failed = 0;

  const pathOf = (kind: IndexKind, file: string): string =>
    join(kind === 'base' ? folder : extractsFolder(folder), file);

  const complain = (error: unknown, consequence: string): void => {
    failed += 1;
    const isLasting = error instanceof ManifestError || (error instanceof UnusableIndex && error.isLasting);
    const fault = error instanceof UnusableIndex ? `${error.file} ${error.fault}` : String(error);
    if (!tries.note(fault, isLasting)) return;
    if (error instanceof ManifestError)
      log.error(`the manifest of the gazetteer cannot be used; ${consequence}; import again`, {
        code: 'gazetteer_manifest',
        where: manifestPath(folder),
      });
    else if (error instanceof UnusableIndex)
      log.error(
        `an index file cannot be used (${error.fault}); ${consequence}; ${error.isLasting ? 'import it again' : 'it is tried again now and then'}`,
        { code: 'gazetteer_index', where: error.file },
      );
    else log.error(`the gazetteer's folder cannot be read; ${consequence}`, { where: folder, error });
  };

  /** The state of everything that a manifest leads to, for telling whether there is something to do. */
  const look = async (manifest: Manifest | undefined): Promise<string> => {
    const states = [await stateOf(manifestPath(folder))];
    if (manifest !== undefined) {
      states.push(await stateOf(pathOf('base', manifest.base.file)));
      for (const { file } of manifest.extracts) states.push(await stateOf(pathOf('extract', file)));
    }
    return states.join('\n');
  };

  const load = async (
    kind: IndexKind,
    file: string,
    into: Map<string, LoadedIndex>,
  ): Promise<LoadedIndex> => {
    const path = pathOf(kind, file);
    const state = await stateOf(path);
    if (state === 'absent' || state === 'no file') throw new UnusableIndex(file, state, true);
    const key = `${kind} ${file} ${state}`;
    const known = loaded.get(key);
    const index = known ?? { id: ++lastId, buffer: await loadInThread(kind, path, file) };
    // Copied over while it was read: neither the one nor the other.
    if (known === undefined && (await stateOf(path)) !== state)
      throw new UnusableIndex(file, 'changing', false);
    into.set(key, index);
    return index;
  };

  const loadExtract = async (
    entry: ManifestExtract,
    into: Map<string, LoadedIndex>,
  ): Promise<LoadedExtract> => {
    const { name, source, attribution, importedAt, rows } = entry;
    return {
      ...(await load('extract', entry.file, into)),
      about: { name, source, attribution, importedAt, rows },
    };
  };

  const firstManifest = async (): Promise<Manifest> => {
    try {
      return await readManifest(folder);
    } catch (error) {
      complain(error, 'the data of the installed packages answers');
      return NO_MANIFEST;
    }
  };

  const firstBase = async (
    { base: { file, origin } }: Manifest,
    into: Map<string, LoadedIndex>,
  ): Promise<GazetteerSet['base']> => {
    if (origin === 'geonames') {
      try {
        return { ...(await load('base', file, into)), origin };
      } catch (error) {
        complain(error, 'the data of the installed packages answers');
      }
    }
    const buffer = await openPackages();
    const index: LoadedIndex = { id: ++lastId, buffer };
    into.set(`base ${PACKAGES_FILE} ${await stateOf(pathOf('base', PACKAGES_FILE))}`, index);
    return { ...index, origin: 'packages' };
  };

  return {
    first: async () => {
      const manifest = await firstManifest();
      // Before anything is loaded, so that what changes meanwhile is noticed at the next look.
      tries.begin(await look(manifest));
      const into = new Map<string, LoadedIndex>();
      const base = await firstBase(manifest, into);
      const extracts: LoadedExtract[] = [];
      for (const entry of manifest.extracts) {
        try {
          extracts.push(await loadExtract(entry, into));
        } catch (error) {
          complain(error, 'the server starts without it');
        }
      }
      loaded = into;
      set = { base, extracts };
      return set;
    },
    current: () => {
      if (set === undefined) throw new Error('nothing is loaded yet');
      return set;
    },
    refresh: async () => {
      let manifest: Manifest | undefined;
      let fault: unknown;
      try {
        manifest = await readManifest(folder);
      } catch (error) {
        fault = error;
      }
      if (!tries.isDue(await look(manifest))) return undefined;
      try {
        if (manifest === undefined) throw fault;
        const into = new Map<string, LoadedIndex>();
        const { file, origin } = manifest.base;
        const base = { ...(await load('base', file, into)), origin };
        const extracts: LoadedExtract[] = [];
        for (const entry of manifest.extracts) extracts.push(await loadExtract(entry, into));
        loaded = into;
        const before = set;
        set = { base, extracts };
        return before !== undefined && describe(before) === describe(set) ? undefined : set;
      } catch (error) {
        complain(error, 'the old data goes on answering');
        return undefined;
      }
    },
    failures: () => failed,
  };
};
