import type { AreaSections } from '../../src/services/geocoding/area-at.ts';
import {
  AREA_CENTRE_LAT,
  AREA_CENTRE_LNG,
  AREA_INSIDE,
  CELL_BORDER,
  CELL_EMPTY,
  CELLS_PER_DEGREE,
  DEGREE,
  RASTER_COLUMNS,
  RASTER_ROWS,
} from '../../src/services/geocoding/entity.ts';
import type { AreaFile } from './file.ts';
import type { Line } from './topology.ts';
import { cellsOfSegment } from '../raster.ts';

const CELL = DEGREE / CELLS_PER_DEGREE;

/** A stretch of an arc that touches a cell: the number of its first corner and how many edges follow. */
interface Run {
  readonly first: number;
  edges: number;
}

/** The cells that an arc touches, each with its stretches there. @param start number of the arc's first corner. */
const runsOfArc = (arc: Line, start: number): Map<number, Run[]> => {
  const cells = new Map<number, Run[]>();
  const degrees = (at: number): [number, number] => [(arc[at] ?? 0) / DEGREE, (arc[at + 1] ?? 0) / DEGREE];
  for (let at = 0; at + 3 < arc.length; at += 2) {
    const first = start + at / 2;
    cellsOfSegment(degrees(at), degrees(at + 2), (cell) => {
      const runs = cells.get(cell);
      const last = runs?.at(-1);
      if (last !== undefined && last.first + last.edges === first) last.edges++;
      else if (runs === undefined) cells.set(cell, [{ first, edges: 1 }]);
      else runs.push({ first, edges: 1 });
    });
  }
  return cells;
};

/** Calls `fill` with each cell whose centre lies between the arcs (even-odd, as the reader decides). */
const cellsBetween = (arcs: readonly Line[], fill: (cell: number) => void): void => {
  const rows = new Map<number, number[]>();
  for (const arc of arcs) {
    for (let at = 2; at < arc.length; at += 2) {
      const [ax = 0, ay = 0, bx = 0, by = 0] = [arc[at - 2], arc[at - 1], arc[at], arc[at + 1]];
      // No corner lies on the latitude of a centre, so it does not matter to which side a corner would count.
      const from = Math.ceil((Math.min(ay, by) - AREA_CENTRE_LAT) / CELL);
      const to = Math.floor((Math.max(ay, by) - AREA_CENTRE_LAT) / CELL);
      for (let row = from; row <= to; row++) {
        const crossing = ((bx - ax) * (row * CELL + AREA_CENTRE_LAT - ay)) / (by - ay) + ax;
        const crossings = rows.get(row);
        if (crossings === undefined) rows.set(row, [crossing]);
        else crossings.push(crossing);
      }
    }
  }
  for (const [row, crossings] of rows) {
    crossings.sort((a, b) => a - b);
    const before = (row + RASTER_ROWS / 2) * RASTER_COLUMNS + RASTER_COLUMNS / 2;
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = Math.ceil(((crossings[pair] ?? 0) - AREA_CENTRE_LNG) / CELL);
      const to = Math.ceil(((crossings[pair + 1] ?? 0) - AREA_CENTRE_LNG) / CELL);
      for (let column = from; column < to; column++) fill(before + column);
    }
  }
};

interface Entry {
  holdsCentre: boolean;
  readonly runs: Run[];
}

/**
 * Turns areas into a raster of quarter degrees: a cell wholly in one area names it; a cell that borders cross lists
 * the areas, whether each holds the cell's centre, and its borders there. Neighbours share the corners of their border.
 */
export const buildAreaRaster = ({ areas, arcs, rings }: AreaFile): AreaSections => {
  const cells = new Uint32Array(RASTER_COLUMNS * RASTER_ROWS).fill(CELL_EMPTY);
  const crossed = new Map<number, Map<number, Entry>>();
  let corners = 0;
  const runs = arcs.map((arc) => {
    const own = runsOfArc(arc, corners);
    corners += arc.length / 2;
    return own;
  });
  let ring = 0;
  const arcsOf = areas.map((area) => {
    const parts = rings.slice(ring, ring + area.rings).flat();
    ring += area.rings;
    return parts.map((part) => (part < 0 ? ~part : part));
  });
  arcsOf.forEach((own, area) => {
    for (const arc of own) {
      for (const [cell, stretches] of runs[arc] ?? []) {
        const list = crossed.get(cell) ?? new Map<number, Entry>();
        crossed.set(cell, list);
        const entry = list.get(area);
        if (entry === undefined) list.set(area, { holdsCentre: false, runs: [...stretches] });
        else entry.runs.push(...stretches);
      }
    }
  });
  arcsOf.forEach((own, area) => {
    cellsBetween(
      own.map((arc) => arcs[arc] ?? []),
      (cell) => {
        const list = crossed.get(cell);
        const entry = list?.get(area);
        if (list === undefined) cells[cell] = area;
        else if (entry === undefined) list.set(area, { holdsCentre: true, runs: [] });
        else entry.holdsCentre = true;
      },
    );
  });
  return { areaCells: cells, ...layOutLists(cells, crossed), areaCorners: Int32Array.from(arcs.flat()) };
};

const layOutLists = (
  cells: Uint32Array,
  crossed: ReadonlyMap<number, ReadonlyMap<number, Entry>>,
): Pick<AreaSections, 'areaLists' | 'areaEntries' | 'areaRunStart' | 'areaRuns'> => {
  const lists: number[] = [0];
  const entries: number[] = [];
  const runStart: number[] = [0];
  const runs: number[] = [];
  for (const [cell, list] of crossed) {
    cells[cell] = (CELL_BORDER | (lists.length - 1)) >>> 0;
    for (const [area, entry] of list) {
      entries.push(entry.holdsCentre ? area + AREA_INSIDE : area);
      for (const { first, edges } of entry.runs) runs.push(first, edges);
      runStart.push(runs.length / 2);
    }
    lists.push(entries.length);
  }
  return {
    areaLists: Uint32Array.from(lists),
    areaEntries: Uint32Array.from(entries),
    areaRunStart: Uint32Array.from(runStart),
    areaRuns: Uint32Array.from(runs),
  };
};
