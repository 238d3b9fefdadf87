/** Grid references of entities, in the index because working them out takes longer than all else that is said of a place. */
import { DEGREE } from '../entity.ts';
import { RECORD_LENGTH } from '../records.ts';
import { mgrsReference, packMgrs } from './grids.ts';
import { h3Cell, packH3 } from './h3.ts';

/** Numbers for each entity: the two of its H3 cell (`packH3`), then the two of its MGRS reference (`packMgrs`). */
export const GRID_LENGTH = 4;

/** Lays out the `grids` section. @param records the section of that name, whose first fields are the coordinates. */
export const layOutGrids = (records: Int32Array): Uint32Array => {
  const size = records.length / RECORD_LENGTH;
  const grids = new Uint32Array(size * GRID_LENGTH);
  for (let id = 0; id < size; id++) {
    const lat = records[id * RECORD_LENGTH] as number;
    const lng = records[id * RECORD_LENGTH + 1] as number;
    grids.set(packH3(h3Cell(lat / DEGREE, lng / DEGREE)), id * GRID_LENGTH);
    grids.set(packMgrs(mgrsReference(lat, lng)), id * GRID_LENGTH + 2);
  }
  return grids;
};
