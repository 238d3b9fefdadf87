/** Writes which things lie in which cells of an extract's grid. */
import { columnAt, rowAt, type FineBox, type GridShape } from '../../src/services/geocoding/extract/grid.ts';
import { FINE_DEGREE } from '../../src/services/geocoding/extract/extract-records.ts';
import type { ExtractFile } from './extract-file.ts';
import { createPairSorter } from './extract-spill.ts';

/** A segment of a line over more cells is no street. */
const MOST_CELLS_OF_SEGMENT = 1_000;

/** The lists of one kind of thing, on their way to be sorted. */
export interface CellList {
  addPoint(lat: number, lng: number, item: number): void;
  /** A segment between two coordinates. */
  addSegment(latA: number, lngA: number, latB: number, lngB: number, item: number): void;
  write(file: ExtractFile, name: 'house' | 'spot' | 'road'): void;
  remove(): void;
}

/** @param work folder for what does not fit into memory; @param name begins the names of its files. */
export const createCellList = (work: string, name: string, shape: GridShape): CellList => {
  const sorter = createPairSorter(work, name);
  const { columns, rows } = shape;
  const put = (row: number, column: number, item: number): void => {
    if (row < 0 || row >= rows || column < 0 || column >= columns) return;
    sorter.add(row * columns + column, item);
  };
  return {
    addPoint: (lat, lng, item) => put(rowAt(shape, lat), columnAt(shape, lng), item),
    addSegment(latA, lngA, latB, lngB, item) {
      // A line over 180° would have to go around the Earth the other way.
      if (Math.abs(lngA - lngB) > 180 * FINE_DEGREE) return;
      const [south, southLng, north, northLng] =
        latA <= latB ? [latA, lngA, latB, lngB] : [latB, lngB, latA, lngA];
      const first = rowAt(shape, south);
      const last = rowAt(shape, north);
      const wide = Math.abs(columnAt(shape, southLng) - columnAt(shape, northLng));
      if (last - first + wide > MOST_CELLS_OF_SEGMENT) return;
      const height = FINE_DEGREE / shape.perDegree;
      const floor = (shape.firstRow / shape.perDegree - 90) * FINE_DEGREE;
      const lngAt = (lat: number): number =>
        north === south ? southLng : southLng + ((northLng - southLng) * (lat - south)) / (north - south);
      for (let row = first; row <= last; row++) {
        const isFlat = north === south;
        const from = isFlat ? southLng : lngAt(Math.max(south, floor + row * height));
        const to = isFlat ? northLng : lngAt(Math.min(north, floor + (row + 1) * height));
        const end = columnAt(shape, Math.max(from, to));
        for (let column = columnAt(shape, Math.min(from, to)); column <= end; column++)
          put(row, column, item);
      }
    },
    write(file, kind) {
      const cells = file.section(`${kind}Cells`);
      const start = file.section(`${kind}CellStart`);
      const items = file.section(`${kind}CellItems`);
      let previous = -1;
      let count = 0;
      sorter.visit((cell, item) => {
        if (cell !== previous) {
          cells.number(cell);
          start.number(count);
          previous = cell;
        }
        items.number(item);
        count += 1;
      });
      start.number(count);
    },
    remove: () => sorter.remove(),
  };
};

/** A box that grows with what is put into it. */
export const createBox = (): FineBox & { put(lat: number, lng: number): void } => {
  const box = {
    south: Infinity,
    west: Infinity,
    north: -Infinity,
    east: -Infinity,
    put(lat: number, lng: number): void {
      if (lat < box.south) box.south = lat;
      if (lat > box.north) box.north = lat;
      if (lng < box.west) box.west = lng;
      if (lng > box.east) box.east = lng;
    },
  };
  return box;
};
