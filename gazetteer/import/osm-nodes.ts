import { join } from 'node:path';
import type { ImportedFeature } from './feature.ts';
import { ImportError } from './import-error.ts';
import { damagedAt } from './osm-blobs.ts';
import { NODES, RELATIONS, WAYS, type Visitor } from './osm-block.ts';
import { writeCoordinates } from './osm-coordinates.ts';
import { FEATURE_KEYS, pointFeatures } from './osm-features.ts';
import { readNumbers, sortNumbers } from './osm-ids.ts';
import { BATCH, drain, readKinds, STAGES, type Run } from './osm-pass.ts';
import { RELATION_KEYS, type Relations } from './osm-relations.ts';
import { coordinatesFile, saveState, type OsmState } from './osm-state.ts';
import { isWanted } from './osm-ways.ts';

/** The first passes over an extract, after which it is known where the nodes of streets and borders are. */

const MOST_LAT = 900_000_000;
const MOST_LNG = 1_800_000_000;

const idsFile = (work: string): string => join(work, 'ids.bin');

/** Finds out what each blob holds; reads all of them, and keeps the relations. */
export const findKinds = async (run: Run, relations: Relations): Promise<number[]> => {
  const kinds: number[] = [];
  const visitor: Visitor = { keys: RELATION_KEYS, relation: (...args) => relations.add(...args) };
  const stage = { name: 'looking what the file holds', from: 0, to: STAGES.index };
  for await (const block of readKinds(run, undefined, 0, visitor, stage)) kinds[block.number] = block.kinds;
  const all = kinds.reduce((sum, kind) => sum | kind, 0);
  if ((all & NODES) === 0 || (all & WAYS) === 0)
    throw new ImportError({
      file: run.file.path,
      byte: run.file.size,
      what: `it holds no ${(all & NODES) === 0 ? 'nodes' : 'ways'}: it is cut off, or no map of streets`,
      todo: 'compare its size and checksum with where it is from',
    });
  if ((all & RELATIONS) === 0)
    run.skips.skip('it holds no relations, thus no areas: it may be cut off', run.file.path);
  return kinds;
};

/** Reads the relations alone, where it is known which blobs hold them. */
export const findRelations = async (
  run: Run,
  kinds: readonly number[],
  relations: Relations,
): Promise<void> => {
  const visitor: Visitor = { keys: RELATION_KEYS, relation: (...args) => relations.add(...args) };
  await drain(
    readKinds(run, kinds, RELATIONS, visitor, { name: 'reading relations', from: 0, to: STAGES.ways }),
  );
};

/** Collects the nodes that ways need into a sorted file. */
export const findNodes = async (run: Run, kinds: number[], relations: Relations): Promise<void> => {
  const { work, interpolate = false } = run.options;
  const ids = sortNumbers(idsFile(work));
  const visitor: Visitor = {
    keys: FEATURE_KEYS,
    way(id, refs, tags) {
      if (!relations.needsWay(id) && (tags === undefined || !isWanted(tags, interpolate))) return;
      for (const ref of refs) ids.add(ref);
    },
  };
  const stage = { name: 'finding the nodes of streets and borders', from: STAGES.index, to: STAGES.ways };
  try {
    await drain(readKinds(run, kinds, WAYS, visitor, stage));
    ids.finish();
  } finally {
    ids.discard();
  }
};

type Place = (id: number, lat: number, lng: number) => void;

/** Yields what nodes are by themselves; `place` is told where each of them is. */
export async function* readNodes(
  run: Run,
  kinds: readonly number[],
  relations: Relations,
  place: Place | undefined,
): AsyncGenerator<ImportedFeature[], void, void> {
  const { file, skips } = run;
  let batch: ImportedFeature[] = [];
  let last = -Infinity;
  let number = 0;
  const visitor: Visitor = {
    keys: FEATURE_KEYS,
    node(id, lat, lng, tags) {
      if (id <= last)
        throw new ImportError({
          file: file.path,
          what: `its nodes are not sorted (${id} follows ${last})`,
          todo: 'sort it with: osmium sort',
        });
      last = id;
      number += 1;
      if (!(Math.abs(lat) <= MOST_LAT && Math.abs(lng) <= MOST_LNG)) {
        skips.skip('a node has impossible coordinates', `${file.path}, node ${id}`);
        return;
      }
      place?.(id, lat, lng);
      if (tags === undefined) return;
      for (const feature of pointFeatures(tags, lat, lng, relations.streetOf(NODES, id))) batch.push(feature);
    },
  };
  const stage = { name: 'reading nodes', from: STAGES.ways, to: STAGES.nodes };
  for await (const block of readKinds(run, kinds, NODES, visitor, stage)) {
    void block;
    if (batch.length >= BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (number === 0) throw damagedAt(file.path, file.size, 'it holds no nodes');
  if (batch.length > 0) yield batch;
}

/** Yields what nodes are, and writes where the needed ones are; both are known afterwards. */
export async function* placeNodes(
  run: Run,
  kinds: number[],
  relations: Relations,
): AsyncGenerator<ImportedFeature[], OsmState, void> {
  const { work, interpolate = false } = run.options;
  const needed = readNumbers(idsFile(work));
  const writer = writeCoordinates(coordinatesFile(work));
  let isDone = false;
  try {
    let next = needed.next();
    yield* readNodes(run, kinds, relations, (id, lat, lng) => {
      while (next < id) next = needed.next();
      if (next === id) writer.add(id, lat, lng);
    });
    isDone = true;
    const state = { kinds, ...writer.finish() };
    const { mtimeMs } = await run.file.handle.stat();
    saveState(work, { size: run.file.size, mtimeMs, interpolate }, state);
    return state;
  } finally {
    needed.close();
    if (!isDone) writer.close();
  }
}
