/** The grid of an extract: cells of equal degrees, and what lies in a cell as one range of a sorted list. */
import { EARTH_METRES } from '../entity.ts';
import { FINE_DEGREE } from './extract-records.ts';

/** Cells in a degree, the finest first: some 110, 220 and 430 m high. */
const FINENESS = [1024, 512, 256] as const;
/** Cell numbers are 32 bits. */
const MOST_CELLS = 0xffff_ffff;

/** Which part of the Earth a grid covers; see `ExtractMeta`. */
export interface GridShape {
  readonly perDegree: number;
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly rows: number;
  readonly columns: number;
}

/** Metres in a degree of latitude. */
export const DEGREE_METRES = (EARTH_METRES * Math.PI) / 180;

/** A box in ten-millionths of a degree. */
export interface FineBox {
  south: number;
  west: number;
  north: number;
  east: number;
}

/** The finest grid of 32-bit cell numbers over a box. */
export const shapeGrid = ({ south, west, north, east }: FineBox): GridShape => {
  for (const perDegree of FINENESS) {
    const rowOf = (units: number): number => Math.floor((units / FINE_DEGREE + 90) * perDegree);
    const columnOf = (units: number): number => Math.floor((units / FINE_DEGREE + 180) * perDegree);
    const firstRow = rowOf(south);
    const firstColumn = columnOf(west);
    const rows = rowOf(north) - firstRow + 1;
    const columns = columnOf(east) - firstColumn + 1;
    if (rows * columns <= MOST_CELLS) return { perDegree, firstRow, firstColumn, rows, columns };
  }
  throw new RangeError('a grid of 256 cells a degree fits into 32 bits everywhere');
};

/** Row of a latitude in ten-millionths of a degree; outside the grid it is below 0 or at least `rows`. */
export const rowAt = (shape: GridShape, lat: number): number =>
  Math.floor((lat / FINE_DEGREE + 90) * shape.perDegree) - shape.firstRow;

/** Column of a longitude, likewise. */
export const columnAt = (shape: GridShape, lng: number): number =>
  Math.floor((lng / FINE_DEGREE + 180) * shape.perDegree) - shape.firstColumn;

/** The sorted lists of one kind of thing. */
export interface GridLists {
  readonly cells: Uint32Array;
  readonly start: Uint32Array;
  readonly items: Uint32Array;
}

/** The first of a sorted list's entries that is at least `value`; its length where there is none. */
export const lowerBound = (list: Uint32Array, value: number): number => {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((list[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
};

/**
 * Makes the function that hands each item in the cells within `metres` of a coordinate (ten-millionths of a degree) to
 * `visit`, the coordinate's own row first. `visit` returns how near the best is by now, in metres: rows beyond it are not read.
 */
export const createGridWalk = (
  shape: GridShape,
  { cells, start, items }: GridLists,
): ((lat: number, lng: number, metres: number, visit: (item: number) => number) => void) => {
  const { perDegree, firstRow, firstColumn, rows, columns } = shape;
  const rowMetres = DEGREE_METRES / perDegree;

  const walkRow = (row: number, from: number, to: number, visit: (item: number) => number): number => {
    const first = row * columns + Math.max(0, from);
    const last = row * columns + Math.min(columns - 1, to);
    let nearest = Infinity;
    for (let cell = lowerBound(cells, first); cell < cells.length; cell++) {
      if ((cells[cell] as number) > last) break;
      const end = start[cell + 1] as number;
      for (let at = start[cell] as number; at < end; at++) nearest = visit(items[at] as number);
    }
    return nearest;
  };

  return (lat, lng, metres, visit) => {
    const y = (lat / FINE_DEGREE + 90) * perDegree - firstRow;
    const x = (lng / FINE_DEGREE + 180) * perDegree - firstColumn;
    const shrink = Math.cos((lat / FINE_DEGREE) * (Math.PI / 180));
    const world = 360 * perDegree;
    let reach = metres;
    const row = Math.floor(y);
    const walk = (at: number): void => {
      if (at < 0 || at >= rows) return;
      // Around a pole all meridians are near.
      const width = shrink < 0.01 ? world : reach / (rowMetres * shrink);
      const from = Math.floor(x - width);
      const to = Math.floor(x + width);
      if (to >= 0 && from < columns) reach = Math.min(reach, walkRow(at, from, to, visit));
      // What lies on the other side of 180° is beside us too.
      if (to - world >= 0 && from - world < columns)
        reach = Math.min(reach, walkRow(at, from - world, to - world, visit));
      if (to + world >= 0 && from + world < columns)
        reach = Math.min(reach, walkRow(at, from + world, to + world, visit));
    };
    walk(row);
    for (let step = 1; ; step++) {
      const south = (y - (row - step + 1)) * rowMetres;
      const north = (row + step - y) * rowMetres;
      if (south > reach && north > reach) return;
      if (south <= reach) walk(row - step);
      if (north <= reach) walk(row + step);
    }
  };
};

/**
 * Metres from a coordinate to another on a plane that touches the Earth there: exact to a metre within some kilometres.
 * All in ten-millionths of a degree. @param shrink cosine of the latitude
 */
export const flatMetres = (
  lat: number,
  lng: number,
  shrink: number,
  otherLat: number,
  otherLng: number,
): number => {
  let east = otherLng - lng;
  if (east > 180 * FINE_DEGREE) east -= 360 * FINE_DEGREE;
  else if (east < -180 * FINE_DEGREE) east += 360 * FINE_DEGREE;
  const x = east * shrink;
  const y = otherLat - lat;
  return (Math.sqrt(x * x + y * y) / FINE_DEGREE) * DEGREE_METRES;
};
