/** The kinds of index: how each is read from its file, and how a thread opens a whole set of the gazetteer's. */
import type { GazetteerSet } from './index-set.ts';
import type { IndexKind } from './load-index.ts';
import type { Atlas } from '../services/geocoding/atlas.ts';
import { loadExtractFile, openExtract, type Extract } from '../services/geocoding/extract/extract.ts';
import { loadLayerFile } from '../services/visitor/addresses/layer-file.ts';
import { loadGazetteerFile, openGazetteer, type Gazetteer } from '../services/geocoding/gazetteer.ts';
import { openResultMemory, type ResultMemory } from '../services/geocoding/result-memory.ts';

/**
 * Reads a file into shared memory, checks it and opens it once, so that what a thread gets can be opened.
 * @throws {IndexFaultError}, {LayerFaultError} and errors of the file system.
 */
export const openIndexFile = async (kind: IndexKind, path: string): Promise<SharedArrayBuffer> => {
  if (kind === 'extract') {
    const extract = await loadExtractFile(path);
    openExtract(extract);
    return extract;
  }
  if (kind !== 'base') return loadLayerFile(kind, path);
  const buffer = await loadGazetteerFile(path);
  openGazetteer(buffer);
  return buffer;
};

/**
 * Opens sets one after the other in one thread; what two of them have in common is opened once.
 * @param thread its number among those that share results (`openResultMemory`); left out by one that answers nothing.
 */
export const createAtlasOpener = (thread?: number): ((set: GazetteerSet) => Atlas) => {
  let base:
    | { readonly id: number; readonly opened: Gazetteer; readonly results: ResultMemory | undefined }
    | undefined;
  let extracts = new Map<number, Extract>();
  return (set) => {
    if (base?.id !== set.base.id) {
      const results = thread === undefined ? undefined : openResultMemory(set.base.results, thread);
      base = { id: set.base.id, opened: openGazetteer(set.base.buffer), results };
    }
    extracts = new Map(
      set.extracts.map(({ id, buffer }) => [id, extracts.get(id) ?? openExtract(buffer)] as const),
    );
    const { opened, results } = base;
    return { base: opened, extracts: [...extracts.values()], ...(results === undefined ? {} : { results }) };
  };
};
