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
} from './entity.ts';
import type { Sections } from './index-format.ts';

/** No area holds the point. */
export const NO_AREA = -1;

/** What the reader of areas reads. */
export type AreaSections = Pick<
  Sections,
  'areaCells' | 'areaLists' | 'areaEntries' | 'areaRunStart' | 'areaRuns' | 'areaCorners'
>;

/** A cell's width in the units of corners. */
const CELL = DEGREE / CELLS_PER_DEGREE;
/** As near to 180° east as a double tells apart in these units. */
const ALMOST_EAST = 180 * DEGREE - 1e-7;

/**
 * Finds the area (a first-order subdivision, or a part of one) of a coordinate. A cell that borders cross lists its
 * areas, and for each whether it holds the cell's centre, and its borders there; on the way from the centre to the
 * point, first north or south and then east or west, each border that is crossed leads in or out.
 * @param countryOf number of an area's country, to pass over areas of others.
 * @returns a function from degrees and the number of a country to the number of an area of it, or `NO_AREA`.
 */
export const createAreaAt = (
  { areaCells, areaLists, areaEntries, areaRunStart, areaRuns, areaCorners }: AreaSections,
  countryOf: Uint16Array,
): ((lat: number, lng: number, country: number) => number) => {
  /** Whether an odd number of borders lies on the way; all in hundred-thousandths of a degree. */
  const crosses = (entry: number, lng: number, lat: number, fromLng: number, fromLat: number): boolean => {
    let odd = false;
    const end = areaRunStart[entry + 1] as number;
    for (let run = areaRunStart[entry] as number; run < end; run++) {
      let at = 2 * (areaRuns[2 * run] as number);
      const last = at + 2 * (areaRuns[2 * run + 1] as number);
      let ax = areaCorners[at] as number;
      let ay = areaCorners[at + 1] as number;
      while (at < last) {
        at += 2;
        const bx = areaCorners[at] as number;
        const by = areaCorners[at + 1] as number;
        if (ax > fromLng !== bx > fromLng) {
          const crossed = ((by - ay) * (fromLng - ax)) / (bx - ax) + ay;
          if (crossed > fromLat !== crossed > lat) odd = !odd;
        }
        if (ay > lat !== by > lat) {
          const crossed = ((bx - ax) * (lat - ay)) / (by - ay) + ax;
          if (crossed > fromLng !== crossed > lng) odd = !odd;
        }
        ax = bx;
        ay = by;
      }
    }
    return odd;
  };

  const at = (lat: number, lng: number, country: number): number => {
    const column = Math.min(RASTER_COLUMNS - 1, Math.floor(lng / CELL) + RASTER_COLUMNS / 2);
    const row = Math.min(RASTER_ROWS - 1, Math.floor(lat / CELL) + RASTER_ROWS / 2);
    const cell = areaCells[row * RASTER_COLUMNS + column] as number;
    if (cell === CELL_EMPTY) return NO_AREA;
    if (cell < CELL_BORDER) return countryOf[cell] === country ? cell : NO_AREA;
    const list = cell - CELL_BORDER;
    const end = areaLists[list + 1] as number;
    const fromLng = (column - RASTER_COLUMNS / 2) * CELL + AREA_CENTRE_LNG;
    const fromLat = (row - RASTER_ROWS / 2) * CELL + AREA_CENTRE_LAT;
    for (let entry = areaLists[list] as number; entry < end; entry++) {
      const packed = areaEntries[entry] as number;
      const holdsCentre = packed >= AREA_INSIDE;
      const area = holdsCentre ? packed - AREA_INSIDE : packed;
      if (countryOf[area] !== country) continue;
      if (crosses(entry, lng, lat, fromLng, fromLat) !== holdsCentre) return area;
    }
    return NO_AREA;
  };

  return (lat, lng, country) => {
    if (Math.abs(lng) < 180) return at(lat * DEGREE, lng * DEGREE, country);
    // 180° east and west are one meridian, and an area there may reach it from either side.
    const west = at(lat * DEGREE, -180 * DEGREE, country);
    return west === NO_AREA ? at(lat * DEGREE, ALMOST_EAST, country) : west;
  };
};
