/** The index files that are in use, loaded: read at the start, and again whenever the manifest lists others. */
import { join } from 'node:path';
import type { Log } from '../foundation/log.ts';
import { createResultBuffer } from '../services/geocoding/result-memory.ts';
import { createFileLoader, type Loaded } from './file-loader.ts';
import { stateOf, type IndexKind, type LoadedIndex } from './load-index.ts';
import {
  extractsFolder,
  NO_MANIFEST,
  PACKAGES_FILE,
  readManifest,
  type Manifest,
  type ManifestExtract,
} from './manifest.ts';
import { manifestPath } from './manifest-file.ts';

/** An extract, and whose data it is. */
export interface LoadedExtract extends LoadedIndex {
  readonly about: Pick<ManifestExtract, 'name' | 'source' | 'attribution' | 'importedAt' | 'rows'>;
}

/** Everything that answers at one time; plain data and shared memory only, so that it can go to any thread. */
export interface GazetteerSet {
  readonly base: LoadedIndex & {
    readonly origin: Manifest['base']['origin'];
    /** Where all threads remember results of it (`createResultBuffer`). */
    readonly results: SharedArrayBuffer;
  };
  readonly extracts: readonly LoadedExtract[];
}

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
  const loader = createFileLoader(folder, log, {
    what: 'the gazetteer',
    file: 'an index file',
    manifestCode: 'gazetteer_manifest',
    fileCode: 'gazetteer_index',
  });
  const { complain } = loader;

  const pathOf = (kind: IndexKind, file: string): string =>
    join(kind === 'base' ? folder : extractsFolder(folder), file);

  /** The state of everything that a manifest leads to, for telling whether there is something to do. */
  const look = async (manifest: Manifest | undefined): Promise<string> => {
    const states = [await stateOf(manifestPath(folder))];
    if (manifest !== undefined) {
      states.push(await stateOf(pathOf('base', manifest.base.file)));
      for (const { file } of manifest.extracts) states.push(await stateOf(pathOf('extract', file)));
    }
    return states.join('\n');
  };

  const load = (kind: IndexKind, file: string, into: Loaded): Promise<LoadedIndex> =>
    loader.load(kind, pathOf(kind, file), file, into);

  const loadExtract = async (entry: ManifestExtract, into: Loaded): Promise<LoadedExtract> => {
    const { name, source, attribution, importedAt, rows } = entry;
    return {
      ...(await load('extract', entry.file, into)),
      about: { name, source, attribution, importedAt, rows },
    };
  };

  const baseOf = (index: LoadedIndex, origin: Manifest['base']['origin']): GazetteerSet['base'] =>
    set?.base.id === index.id ? { ...set.base, origin } : { ...index, origin, results: createResultBuffer() };

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
    into: Loaded,
  ): Promise<GazetteerSet['base']> => {
    if (origin === 'geonames') {
      try {
        return baseOf(await load('base', file, into), origin);
      } catch (error) {
        complain(error, 'the data of the installed packages answers');
      }
    }
    const buffer = await openPackages();
    const index = loader.adopt(buffer);
    into.set(`base ${PACKAGES_FILE} ${await stateOf(pathOf('base', PACKAGES_FILE))}`, index);
    return baseOf(index, 'packages');
  };

  return {
    first: async () => {
      const manifest = await firstManifest();
      // Before anything is loaded, so that what changes meanwhile is noticed at the next look.
      loader.begin(await look(manifest));
      const into: Loaded = new Map();
      const base = await firstBase(manifest, into);
      const extracts: LoadedExtract[] = [];
      for (const entry of manifest.extracts) {
        try {
          extracts.push(await loadExtract(entry, into));
        } catch (error) {
          complain(error, 'the server starts without it');
        }
      }
      loader.keep(into);
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
      if (!loader.isDue(await look(manifest))) return undefined;
      try {
        if (manifest === undefined) throw fault;
        const into: Loaded = new Map();
        const { file, origin } = manifest.base;
        const base = baseOf(await load('base', file, into), origin);
        const extracts: LoadedExtract[] = [];
        for (const entry of manifest.extracts) extracts.push(await loadExtract(entry, into));
        loader.keep(into);
        const before = set;
        set = { base, extracts };
        return before !== undefined && describe(before) === describe(set) ? undefined : set;
      } catch (error) {
        complain(error, 'the old data goes on answering');
        return undefined;
      }
    },
    failures: loader.failures,
  };
};
