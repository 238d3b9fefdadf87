/** In which areas a coordinate lies: the outlines of an import, held in memory and asked once for each feature. */
import type { ImportedArea } from './feature.ts';

/** Vertices of one outline and of all: beyond them every second, third … is kept, so that no input fills the memory. */
const MOST_OF_ONE = 40_000;
const MOST_OF_ALL = 8_000_000;
const FEW = 200;
/** Edges of a band: a coordinate is only compared with those at its latitude. */
const EDGES_A_BAND = 12;
const MOST_BANDS = 2_048;
/** Cells of the look-up in a degree. */
const CELLS = 8;
/** An outline over more cells than this is asked for every coordinate. */
const MOST_CELLS = 20_000;

/** An outline, ready to be asked. */
export interface HeldArea {
  readonly feature: Omit<ImportedArea, 'rings'>;
  /** Ten-millionths of a degree. */
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  contains(lat: number, lng: number): boolean;
}

const thin = (ring: Int32Array, step: number): Int32Array => {
  const points = ring.length / 2;
  const kept: number[] = [];
  for (let at = 0; at < points; at += step) kept.push(ring[at * 2] as number, ring[at * 2 + 1] as number);
  return Int32Array.from(kept);
};

/** @param most vertices that are kept. */
const holdArea = ({ rings, ...feature }: ImportedArea, most: number): HeldArea => {
  const all = rings.flat();
  const vertices = all.reduce((sum, ring) => sum + ring.length / 2, 0);
  const step = Math.ceil(vertices / most);
  const kept = step > 1 ? all.map((ring) => (ring.length > 16 * step ? thin(ring, step) : ring)) : all;
  const box = { south: Infinity, west: Infinity, north: -Infinity, east: -Infinity };
  let edges = 0;
  for (const ring of kept) {
    edges += ring.length / 2;
    for (let at = 0; at < ring.length; at += 2) {
      box.south = Math.min(box.south, ring[at] as number);
      box.north = Math.max(box.north, ring[at] as number);
      box.west = Math.min(box.west, ring[at + 1] as number);
      box.east = Math.max(box.east, ring[at + 1] as number);
    }
  }
  const bands = Math.max(1, Math.min(MOST_BANDS, Math.ceil(edges / EDGES_A_BAND)));
  const height = Math.max(1, (box.north - box.south + 1) / bands);
  const bandOf = (lat: number): number => Math.min(bands - 1, Math.floor((lat - box.south) / height));
  const start = new Uint32Array(bands + 1);
  const eachEdge = (visit: (band: number, a: number, b: number, c: number, d: number) => void): void => {
    for (const ring of kept) {
      let previous = ring.length - 2;
      for (let at = 0; at < ring.length; at += 2) {
        const latA = ring[previous] as number;
        const latB = ring[at] as number;
        const last = bandOf(Math.max(latA, latB));
        for (let band = bandOf(Math.min(latA, latB)); band <= last; band++)
          visit(band, latA, ring[previous + 1] as number, latB, ring[at + 1] as number);
        previous = at;
      }
    }
  };
  eachEdge((band) => {
    start[band + 1] = (start[band + 1] as number) + 1;
  });
  for (let band = 0; band < bands; band++)
    start[band + 1] = (start[band + 1] as number) + (start[band] as number);
  const edgesOf = new Int32Array(4 * (start[bands] as number));
  const next = start.slice();
  eachEdge((band, a, b, c, d) => {
    const at = 4 * (next[band] as number);
    next[band] = (next[band] as number) + 1;
    edgesOf.set([a, b, c, d], at);
  });
  return {
    feature,
    ...box,
    contains(lat, lng) {
      if (lat < box.south || lat > box.north || lng < box.west || lng > box.east) return false;
      const band = bandOf(lat);
      let inside = false;
      for (let at = 4 * (start[band] as number); at < 4 * (start[band + 1] as number); at += 4) {
        const latA = edgesOf[at] as number;
        const latB = edgesOf[at + 2] as number;
        if (latA > lat === latB > lat) continue;
        const lngA = edgesOf[at + 1] as number;
        const lngB = edgesOf[at + 3] as number;
        if (lng < ((lngA - lngB) * (lat - latB)) / (latA - latB) + lngB) inside = !inside;
      }
      return inside;
    },
  };
};

/** The areas of an import. */
export interface HeldAreas {
  add(area: ImportedArea): void;
  readonly all: readonly HeldArea[];
  /** Areas that a coordinate in ten-millionths of a degree lies in, the smallest first. */
  at(lat: number, lng: number): readonly HeldArea[];
}

const sizeOf = ({ south, west, north, east }: HeldArea): number => (north - south) * (east - west);

const cellOf = (units: number): number => Math.floor((units / 10_000_000) * CELLS);

/** Holds areas; the look-up is made when it is first asked. */
export const createHeldAreas = (): HeldAreas => {
  const all: HeldArea[] = [];
  let vertices = 0;
  let cells: Map<number, HeldArea[]> | undefined;
  let wide: HeldArea[] = [];
  const build = (): Map<number, HeldArea[]> => {
    const made = new Map<number, HeldArea[]>();
    wide = [];
    // In the order of size, so that each cell's list is in it too.
    for (const area of all.toSorted((a, b) => sizeOf(a) - sizeOf(b))) {
      const rows = cellOf(area.north) - cellOf(area.south) + 1;
      const columns = cellOf(area.east) - cellOf(area.west) + 1;
      if (rows * columns > MOST_CELLS) {
        wide.push(area);
        continue;
      }
      for (let row = cellOf(area.south); row <= cellOf(area.north); row++)
        for (let column = cellOf(area.west); column <= cellOf(area.east); column++) {
          const cell = row * 10_000 + column;
          const list = made.get(cell);
          if (list === undefined) made.set(cell, [area]);
          else list.push(area);
        }
    }
    return made;
  };
  return {
    all,
    add(area) {
      const held = holdArea(area, vertices > MOST_OF_ALL ? FEW : MOST_OF_ONE);
      if (!Number.isFinite(held.south)) return;
      for (const ring of area.rings.flat()) vertices += Math.min(ring.length / 2, MOST_OF_ONE);
      all.push(held);
      cells = undefined;
    },
    at(lat, lng) {
      cells ??= build();
      const found = (cells.get(cellOf(lat) * 10_000 + cellOf(lng)) ?? []).filter((area) =>
        area.contains(lat, lng),
      );
      for (const area of wide) if (area.contains(lat, lng)) found.push(area);
      return found;
    },
  };
};
