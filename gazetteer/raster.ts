import {
  CELL_BORDER,
  CELL_EMPTY,
  CELLS_PER_DEGREE,
  RASTER_COLUMNS,
  RASTER_ROWS,
} from '../src/services/geocoding/entity.ts';
import type { Sections } from '../src/services/geocoding/index-format.ts';
import type { BorderPolygon } from './borders.ts';

type RasterSections = Pick<
  Sections,
  | 'rasterCells'
  | 'rasterStart'
  | 'rasterPolygons'
  | 'polygonCountry'
  | 'polygonRings'
  | 'ringStart'
  | 'polygonBoxes'
  | 'vertices'
>;

const column = (lng: number): number =>
  Math.min(RASTER_COLUMNS - 1, Math.max(0, Math.floor((lng + 180) * CELLS_PER_DEGREE)));
const row = (lat: number): number =>
  Math.min(RASTER_ROWS - 1, Math.max(0, Math.floor((lat + 90) * CELLS_PER_DEGREE)));

/** So far beyond a cell's edge a border still counts as crossing it, in degrees; rounding must never hide one. */
const MARGIN = 1e-9;

/** Calls `visit` with every cell that a segment touches, and perhaps some beside them. */
export const cellsOfSegment = (
  a: readonly [number, number],
  b: readonly [number, number],
  visit: (cell: number) => void,
): void => {
  const [south, north] = a[1] <= b[1] ? [a, b] : [b, a];
  const firstRow = row(south[1] - MARGIN);
  const lastRow = row(north[1] + MARGIN);
  for (let y = firstRow; y <= lastRow; y++) {
    const low = Math.max(south[1], y / CELLS_PER_DEGREE - 90);
    const high = Math.min(north[1], (y + 1) / CELLS_PER_DEGREE - 90);
    const rise = north[1] - south[1];
    const at = (lat: number): number =>
      rise === 0 ? south[0] : south[0] + ((north[0] - south[0]) * (lat - south[1])) / rise;
    const ends =
      rise < 1e-12 ? [south[0], north[0]] : [at(Math.min(low, north[1])), at(Math.max(high, south[1]))];
    const first = column(Math.min(...ends) - MARGIN);
    const last = column(Math.max(...ends) + MARGIN);
    for (let x = first; x <= last; x++) visit(y * RASTER_COLUMNS + x);
  }
};

/** Calls `fill` with runs of cells whose centres lie in the polygon, row by row (even-odd, as the reader decides). */
const cellsInside = (polygon: BorderPolygon, fill: (from: number, to: number) => void): void => {
  const lats = (polygon.rings[0] ?? []).map(([, lat]) => lat);
  const first = row(Math.min(...lats));
  const last = row(Math.max(...lats));
  for (let y = first; y <= last; y++) {
    const lat = (y + 0.5) / CELLS_PER_DEGREE - 90;
    const crossings: number[] = [];
    for (const ring of polygon.rings) {
      for (let at = 1; at < ring.length; at++) {
        const [p, q] = [ring[at - 1], ring[at]];
        if (p === undefined || q === undefined || p[1] > lat === q[1] > lat) continue;
        crossings.push(((q[0] - p[0]) * (lat - p[1])) / (q[1] - p[1]) + p[0]);
      }
    }
    crossings.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = Math.ceil(((crossings[pair] ?? 0) + 180) * CELLS_PER_DEGREE - 0.5);
      const to = Math.ceil(((crossings[pair + 1] ?? 0) + 180) * CELLS_PER_DEGREE - 0.5);
      fill(y * RASTER_COLUMNS + Math.max(0, from), y * RASTER_COLUMNS + Math.min(RASTER_COLUMNS, to));
    }
  }
};

/**
 * Turns borders into a raster of quarter degrees: a cell wholly in one country names it, a cell that a border
 * crosses lists the polygons to ask.
 */
export const buildRaster = (
  polygons: readonly BorderPolygon[],
  countryIndex: ReadonlyMap<string, number>,
): RasterSections => {
  const cells = new Uint32Array(RASTER_COLUMNS * RASTER_ROWS).fill(CELL_EMPTY);
  const crossed = new Map<number, Set<number>>();
  polygons.forEach((polygon, index) => {
    for (const ring of polygon.rings) {
      for (let at = 1; at < ring.length; at++) {
        const [a, b] = [ring[at - 1], ring[at]];
        if (a === undefined || b === undefined) continue;
        cellsOfSegment(a, b, (cell) => {
          const list = crossed.get(cell);
          if (list === undefined) crossed.set(cell, new Set([index]));
          else list.add(index);
        });
      }
    }
  });
  polygons.forEach((polygon, index) => {
    const country = countryIndex.get(polygon.country) ?? CELL_EMPTY;
    cellsInside(polygon, (from, to) => {
      for (let cell = from; cell < to; cell++) {
        const list = crossed.get(cell);
        if (list === undefined) cells[cell] = country;
        else list.add(index);
      }
    });
  });
  const lists = [...crossed.values()];
  const starts = new Uint32Array(lists.length + 1);
  [...crossed.keys()].forEach((cell, list) => {
    cells[cell] = (CELL_BORDER | list) >>> 0;
    starts[list + 1] = (starts[list] ?? 0) + (lists[list]?.size ?? 0);
  });
  return {
    rasterCells: cells,
    rasterStart: starts,
    rasterPolygons: Uint16Array.from(lists.flatMap((list) => Array.from(list))),
    ...layOutPolygons(polygons, countryIndex),
  };
};

const layOutPolygons = (
  polygons: readonly BorderPolygon[],
  countryIndex: ReadonlyMap<string, number>,
): Pick<RasterSections, 'polygonCountry' | 'polygonRings' | 'ringStart' | 'polygonBoxes' | 'vertices'> => {
  const rings = polygons.flatMap((polygon) => polygon.rings);
  const ringStart = new Uint32Array(rings.length + 1);
  rings.forEach((ring, index) => (ringStart[index + 1] = (ringStart[index] ?? 0) + ring.length));
  const polygonRings = new Uint32Array(polygons.length + 1);
  polygons.forEach(
    (polygon, index) => (polygonRings[index + 1] = (polygonRings[index] ?? 0) + polygon.rings.length),
  );
  const boxes = polygons.flatMap((polygon) => {
    const outer = polygon.rings[0] ?? [];
    const lngs = outer.map(([lng]) => lng);
    const lats = outer.map(([, lat]) => lat);
    return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)];
  });
  return {
    polygonCountry: Uint16Array.from(polygons, ({ country }) => countryIndex.get(country) ?? 0),
    polygonRings,
    ringStart,
    polygonBoxes: Float64Array.from(boxes),
    vertices: Float64Array.from(rings.flat(2)),
  };
};
