/** The address data in use, loaded: at the start, and again whenever the manifest lists others. */
import { join } from 'node:path';
import type { Log } from '../../foundation/log.ts';
import { makeLayer } from '../../../gazetteer/visitor/addresses/write-layer.ts';
import {
  openAddressData,
  type AddressData,
  type LayerSummary,
} from '../../services/visitor/addresses/address-data.ts';
import { layerPieces, LAYERS, type LayerName } from '../../services/visitor/addresses/layer-format.ts';
import { createFileLoader, type Loaded } from '../file-loader.ts';
import { stateOf, type LoadedIndex } from '../load-index.ts';
import { manifestPath } from '../manifest-file.ts';
import { importedFolder, NOTHING_IMPORTED, readAddressManifest, type AddressManifest } from './manifest.ts';

/** Everything that answers at one time; plain data and shared memory only, so that it can go to any thread. */
export type AddressSet = Readonly<Record<LayerName, LoadedIndex>>;

/** Opens a set in this thread. @throws {LayerFaultError} */
export const openAddressSet = ({ place, network, kinds }: AddressSet): AddressData =>
  openAddressData({ place: place.buffer, network: network.buffer, kinds: kinds.buffer });

/** The loaded address data of one installation. */
export interface AddressStock {
  /**
   * Loads what there is at the start. What cannot be used is logged, and the shipped data stands in for it; without
   * those too nothing is known of addresses, and everything else is served.
   */
  first(): Promise<AddressSet>;
  /** What was loaded last. @throws before `first`. */
  current(): AddressSet;
  /** What the layers that were loaded last say of themselves. */
  summaries(): readonly LayerSummary[];
  /**
   * Looks whether the manifest or a file of it has changed, and loads what is new.
   * @returns the new set; undefined where nothing changed, or where a part of it cannot be used: then all of the old
   * set goes on, and the log says so once.
   */
  refresh(): Promise<AddressSet | undefined>;
  /** How often new files could not be used since the start. */
  failures(): number;
}

export interface AddressStockOptions {
  /** From `visitorFolder`. */
  readonly folder: string;
  readonly log: Log;
  /** Opens a layer as it is shipped, and unpacks it first where that is needed. */
  readonly openShipped: (layer: LayerName) => Promise<SharedArrayBuffer>;
}

/** The day of data that there are none of: as old as can be said. */
const NEVER = '1970-01-01';

const emptyLayer = async (layer: LayerName): Promise<SharedArrayBuffer> => {
  const made = await makeLayer(layer, [], { builtAt: NEVER, origin: 'none', attribution: [] });
  const bytes = Buffer.concat(layerPieces(made));
  const buffer = new SharedArrayBuffer(bytes.length);
  bytes.copy(Buffer.from(buffer));
  return buffer;
};

/** All layers, each as `pick` finds it. */
const gather = async (pick: (layer: LayerName) => Promise<LoadedIndex>): Promise<AddressSet> => ({
  place: await pick('place'),
  network: await pick('network'),
  kinds: await pick('kinds'),
});

/** Nothing is read before `first`. */
export const createAddressStock = ({ folder, log, openShipped }: AddressStockOptions): AddressStock => {
  let set: AddressSet | undefined;
  let about: readonly LayerSummary[] = [];
  /** Only those that are in use: what an import has replaced would stay in memory beside it. */
  const shipped = new Map<LayerName, LoadedIndex>();
  const loader = createFileLoader(folder, log, {
    what: 'address data',
    file: 'a file of address data',
    manifestCode: 'visitor_manifest',
    fileCode: 'visitor_data',
  });
  const { complain } = loader;

  const asShipped = async (layer: LayerName): Promise<LoadedIndex> => {
    const known = shipped.get(layer);
    if (known !== undefined) return known;
    const opened = loader.adopt(await openShipped(layer));
    shipped.set(layer, opened);
    return opened;
  };

  const look = async (manifest: AddressManifest | undefined): Promise<string> => {
    const states = [await stateOf(manifestPath(folder))];
    for (const layer of LAYERS) {
      const file = manifest?.[layer]?.file;
      states.push(file === undefined ? 'shipped' : await stateOf(join(importedFolder(folder), file)));
    }
    return states.join('\n');
  };

  const load = (layer: LayerName, file: string, into: Loaded): Promise<LoadedIndex> =>
    loader.load(layer, join(importedFolder(folder), file), file, into);

  const take = (next: AddressSet, into: Loaded): void => {
    // Only for what the layers say of themselves; nothing of it is kept that leads to their memory.
    about = openAddressSet(next).layers;
    set = next;
    loader.keep(into);
    for (const [layer, index] of shipped) if (next[layer] !== index) shipped.delete(layer);
  };

  const firstManifest = async (): Promise<AddressManifest> => {
    try {
      return await readAddressManifest(folder);
    } catch (error) {
      complain(error, 'the shipped data answers');
      return NOTHING_IMPORTED;
    }
  };

  return {
    first: async () => {
      const manifest = await firstManifest();
      // Before anything is loaded, so that what changes meanwhile is noticed at the next look.
      loader.begin(await look(manifest));
      const into: Loaded = new Map();
      const next = await gather(async (layer) => {
        const file = manifest[layer]?.file;
        if (file !== undefined) {
          try {
            return await load(layer, file, into);
          } catch (error) {
            complain(error, 'the shipped data answers');
          }
        }
        try {
          return await asShipped(layer);
        } catch (error) {
          complain(error, `nothing is known of the ${layer} of addresses`);
          return loader.adopt(await emptyLayer(layer));
        }
      });
      take(next, into);
      return next;
    },
    current: () => {
      if (set === undefined) throw new Error('nothing is loaded yet');
      return set;
    },
    summaries: () => about,
    refresh: async () => {
      let manifest: AddressManifest | undefined;
      let fault: unknown;
      try {
        manifest = await readAddressManifest(folder);
      } catch (error) {
        fault = error;
      }
      if (!loader.isDue(await look(manifest))) return undefined;
      try {
        if (manifest === undefined) throw fault;
        const listed = manifest;
        const into: Loaded = new Map();
        const next = await gather((layer) => {
          const file = listed[layer]?.file;
          return file === undefined ? asShipped(layer) : load(layer, file, into);
        });
        const isSame = LAYERS.every((layer) => next[layer].id === set?.[layer].id);
        take(next, into);
        return isSame ? undefined : next;
      } catch (error) {
        complain(error, 'the old data goes on answering');
        return undefined;
      }
    },
    failures: loader.failures,
  };
};
