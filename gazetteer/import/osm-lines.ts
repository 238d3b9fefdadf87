import type { ImportedFeature } from './feature.ts';
import { NODES, WAYS, type Visitor } from './osm-block.ts';
import type { Tags } from './osm-strings.ts';
import type { Coordinates } from './osm-coordinates.ts';
import { FEATURE_KEYS } from './osm-features.ts';
import { interpolate as interpolateHouses, type LinePoint } from './osm-interpolation.ts';
import { BATCH, drain, readKinds, STAGES, type Run } from './osm-pass.ts';
import type { Relations } from './osm-relations.ts';
import { wayFeatures } from './osm-ways.ts';

/** The passes over an extract that make features of its ways, once it is known where their nodes are. */

/** A line of house numbers between known ones. */
export interface Line {
  readonly tags: Tags;
  readonly refs: Float64Array;
}

/** More lines of made-up house numbers than the planet has. */
const MOST_LINES = 1_000_000;

/** Yields what ways are, keeps those of borders, and returns the lines of house numbers where they are wanted. */
export async function* readWays(
  run: Run,
  kinds: readonly number[],
  relations: Relations,
  coordinates: Coordinates,
): AsyncGenerator<ImportedFeature[], Line[], void> {
  const { file, skips } = run;
  const { interpolate = false } = run.options;
  const lines: Line[] = [];
  let batch: ImportedFeature[] = [];
  const visitor: Visitor = {
    keys: FEATURE_KEYS,
    way(id, refs, tags) {
      if (relations.needsWay(id)) relations.keepWay(id, refs);
      if (tags === undefined) return;
      const street = relations.streetOf(WAYS, id);
      for (const feature of wayFeatures({ id, refs, tags, street }, coordinates, file.path, skips))
        batch.push(feature);
      if (interpolate && tags.has('addr:interpolation') && lines.length < MOST_LINES)
        lines.push({ tags, refs: refs.slice() });
    },
  };
  const stage = { name: 'reading ways', from: STAGES.nodes, to: STAGES.features };
  for await (const block of readKinds(run, kinds, WAYS, visitor, stage)) {
    void block;
    if (batch.length >= BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
  return lines;
}

/** Yields the houses between known ones; the tags of the nodes on the lines are read for it once more. */
export async function* readLines(
  run: Run,
  kinds: readonly number[],
  lines: readonly Line[],
  coordinates: Coordinates,
): AsyncGenerator<ImportedFeature[], void, void> {
  const ids = new Set(lines.flatMap(({ refs }) => [...refs]));
  const tagsOf = new Map<number, Tags>();
  const visitor: Visitor = {
    keys: new Set(['addr:housenumber']),
    node(id, _lat, _lng, tags) {
      if (tags !== undefined && ids.has(id)) tagsOf.set(id, tags);
    },
  };
  const stage = { name: 'placing house numbers on lines', from: STAGES.features, to: STAGES.features };
  await drain(readKinds(run, kinds, NODES, visitor, stage));
  const at = new Int32Array(2);
  for (const { tags, refs } of lines) {
    const points: LinePoint[] = [];
    for (const ref of refs)
      if (coordinates.find(ref, at, 0))
        points.push({ lat: at[0] ?? 0, lng: at[1] ?? 0, tags: tagsOf.get(ref) });
    const houses = interpolateHouses(tags, points);
    if (houses.length > 0) yield houses;
  }
}
