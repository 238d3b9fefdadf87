import type { ImportedArea, ImportedFeature } from './feature.ts';
import { ImportError } from './import-error.ts';
import type { SkipCounter } from './import-skips.ts';
import { NODES, WAYS, type Member } from './osm-block.ts';
import type { Tags } from './osm-strings.ts';
import type { Coordinates } from './osm-coordinates.ts';
import { areaFeature, isPointFeature, pointFeatures } from './osm-features.ts';
import { groupRings, joinWays, measureRing } from './osm-rings.ts';

/** Collects the relations that matter, and makes areas of them once their ways are known. */

/** Over all relations; a country has some hundred thousand. */
const MOST_MEMBERS = 2_000_000;
const MOST_SHAPES = 500_000;
/** Over all ways of borders: 192 MB. */
const MOST_REFS = 24_000_000;
const MOST_HOUSES = 1_000_000;
/** One relation with more ways than this is no border. */
const MOST_WAYS = 20_000;

/** Keys that relations are told by. */
export const RELATION_KEYS: ReadonlySet<string> = new Set(['name', 'addr:housenumber', 'postal_code']);

interface Shape {
  readonly id: number;
  readonly tags: Tags;
  readonly outers: Float64Array;
  readonly inners: Float64Array;
}

/** The relations of one file. */
export interface Relations {
  /** Keeps a relation if it matters. */
  add(id: number, tags: Tags, members: () => Member[]): void;
  /** Whether the nodes of a way are needed, because a relation has it. */
  needsWay(id: number): boolean;
  /** Keeps the nodes of a way that is needed. */
  keepWay(id: number, refs: Float64Array): void;
  /** The street that a relation says a house (a node or way) is in. */
  streetOf(kind: number, id: number): string | undefined;
  /** The areas and things with an outline, one relation at a time; those whose outline is not whole are skipped. */
  features(coordinates: Coordinates): Generator<ImportedFeature[], void, void>;
}

const isInner = ({ role }: Member): boolean => role === 'inner' || role === 'enclave';
const isOuter = ({ role }: Member): boolean => role === 'outer' || role === '' || role === 'exclave';

const STREET_TYPES: ReadonlySet<string> = new Set(['associatedStreet', 'street']);

const tooLarge = (file: string, what: string): ImportError =>
  new ImportError({ file, what, todo: 'import an extract of a smaller area' });

/** No relations yet; `file` is for messages. */
export const createRelations = (file: string, skips: SkipCounter): Relations => {
  const shapes: Shape[] = [];
  const needed = new Set<number>();
  const ways = new Map<number, Float64Array>();
  const streetOfNode = new Map<number, string>();
  const streetOfWay = new Map<number, string>();
  let refsKept = 0;

  const addStreet = (name: string, members: readonly Member[]): void => {
    for (const { kind, id, role } of members) {
      if (role !== 'house' && role !== 'address') continue;
      if (kind === NODES) streetOfNode.set(id, name);
      else if (kind === WAYS) streetOfWay.set(id, name);
    }
    if (streetOfNode.size + streetOfWay.size > MOST_HOUSES)
      throw tooLarge(file, `relations of streets have more than ${MOST_HOUSES} houses`);
  };

  const addShape = (id: number, tags: Tags, members: readonly Member[]): void => {
    const parts = members.filter(({ kind }) => kind === WAYS);
    if (parts.length > MOST_WAYS) {
      skips.skip('a border has too many ways', `${file}, relation ${id}`);
      return;
    }
    for (const part of parts) if (isInner(part) || isOuter(part)) needed.add(part.id);
    if (needed.size > MOST_MEMBERS) throw tooLarge(file, `its borders have more than ${MOST_MEMBERS} ways`);
    if (shapes.length === MOST_SHAPES) throw tooLarge(file, `it has more than ${MOST_SHAPES} borders`);
    shapes.push({
      id,
      tags,
      outers: Float64Array.from(parts.filter(isOuter), (part) => part.id),
      inners: Float64Array.from(parts.filter(isInner), (part) => part.id),
    });
  };

  const ringsOf = (
    ids: Float64Array,
    coordinates: Coordinates,
  ): { rings: Int32Array[]; whole: boolean; missing: boolean } => {
    const parts: Float64Array[] = [];
    for (const id of new Set(ids)) {
      const refs = ways.get(id);
      if (refs !== undefined) parts.push(refs);
    }
    const { rings, open } = joinWays(parts);
    const placed: Int32Array[] = [];
    let lost = 0;
    for (const ring of rings) {
      const line = placeNodes(ring, coordinates);
      if (line.length === 2 * ring.length && ring.length >= 4) placed.push(line);
      else lost += 1;
    }
    const missing = parts.length < new Set(ids).size;
    return { rings: placed, whole: open === 0 && lost === 0 && !missing && placed.length > 0, missing };
  };

  const shapeFeatures = (shape: Shape, coordinates: Coordinates): ImportedFeature[] => {
    const { tags, id } = shape;
    const outer = ringsOf(shape.outers, coordinates);
    if (!outer.whole) {
      const why = outer.missing ? 'a border leaves the file' : 'a border is not closed';
      skips.skip(why, `${file}, relation ${id}`);
      return [];
    }
    const area = areaFeature(tags);
    if (area !== undefined) {
      const inner = ringsOf(shape.inners, coordinates);
      if (shape.inners.length > 0 && !inner.whole)
        skips.skip('a hole in a border is not closed', `${file}, relation ${id}`);
      const whole: ImportedArea = { ...area, rings: groupRings(outer.rings, inner.rings) };
      return [whole];
    }
    const largest = outer.rings
      .map(measureRing)
      .reduce((best, one) => (one.area > best.area ? one : best), { area: -1, lat: 0, lng: 0 });
    return pointFeatures(tags, largest.lat, largest.lng);
  };

  return {
    add(id, tags, members) {
      const type = tags.get('type') ?? '';
      const name = tags.get('name');
      if (STREET_TYPES.has(type)) {
        if (name !== undefined) addStreet(name, members());
      } else if (type === 'boundary' || type === 'multipolygon') {
        if (areaFeature(tags) !== undefined || isPointFeature(tags)) addShape(id, tags, members());
      }
    },
    needsWay: (id) => needed.has(id),
    keepWay(id, refs) {
      refsKept += refs.length;
      if (refsKept > MOST_REFS) throw tooLarge(file, `its borders have more than ${MOST_REFS} nodes`);
      ways.set(id, refs.slice());
    },
    streetOf: (kind, id) => (kind === NODES ? streetOfNode : streetOfWay).get(id),
    *features(coordinates) {
      for (const shape of shapes) {
        const features = shapeFeatures(shape, coordinates);
        if (features.length > 0) yield features;
      }
    },
  };
};

/** Latitudes and longitudes of the nodes that are there. */
export const placeNodes = (refs: Float64Array, coordinates: Coordinates): Int32Array => {
  const line = new Int32Array(2 * refs.length);
  let end = 0;
  for (const ref of refs) if (coordinates.find(ref, line, end)) end += 2;
  return end === line.length ? line : line.slice(0, end);
};
