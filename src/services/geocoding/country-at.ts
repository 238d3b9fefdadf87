import { CELL_BORDER, CELL_EMPTY, CELLS_PER_DEGREE, RASTER_COLUMNS, RASTER_ROWS } from './entity.ts';
import type { Sections } from './index-format.ts';

/** No country claims the point: sea, or land that nobody claims. */
export const NOWHERE = -1;

/** As near to 180° east as the borders tell apart: a tenth of a millimetre. */
const ALMOST_EAST = 180 - 1e-9;

/** Whether a closed ring lists this point on its inside an odd number of times (even-odd rule, half-open edges). */
const ringCrossings = (
  vertices: Float64Array,
  from: number,
  to: number,
  lng: number,
  lat: number,
): boolean => {
  let inside = false;
  // The point before the first is the last, as in which-polygon, so that both decide alike on the same doubles.
  let previousLng = vertices[to * 2 - 2] as number;
  let previousLat = vertices[to * 2 - 1] as number;
  for (let at = from; at < to; at++) {
    const thisLng = vertices[at * 2] as number;
    const thisLat = vertices[at * 2 + 1] as number;
    if (
      thisLat > lat !== previousLat > lat &&
      lng < ((previousLng - thisLng) * (lat - thisLat)) / (previousLat - thisLat) + thisLng
    ) {
      inside = !inside;
    }
    previousLng = thisLng;
    previousLat = thisLat;
  }
  return inside;
};

/**
 * Finds the country of a coordinate by its borders: a raster answers at once where no border is near, polygons
 * elsewhere.
 * @returns a function from degrees to the number of a country, or `NOWHERE`.
 */
export const createCountryAt = (sections: Sections): ((lat: number, lng: number) => number) => {
  const {
    rasterCells,
    rasterStart,
    rasterPolygons,
    polygonCountry,
    polygonRings,
    ringStart,
    polygonBoxes,
    vertices,
  } = sections;

  const inPolygon = (polygon: number, lng: number, lat: number): boolean => {
    const box = polygon * 4;
    if (lng < (polygonBoxes[box] as number) || lat < (polygonBoxes[box + 1] as number)) return false;
    if (lng > (polygonBoxes[box + 2] as number) || lat > (polygonBoxes[box + 3] as number)) return false;
    let inside = false;
    const last = polygonRings[polygon + 1] as number;
    for (let ring = polygonRings[polygon] as number; ring < last; ring++) {
      const crosses = ringCrossings(
        vertices,
        ringStart[ring] as number,
        ringStart[ring + 1] as number,
        lng,
        lat,
      );
      if (crosses) inside = !inside;
    }
    return inside;
  };

  const at = (lat: number, x: number): number => {
    const column = Math.min(RASTER_COLUMNS - 1, Math.floor((x + 180) * CELLS_PER_DEGREE));
    const row = Math.min(RASTER_ROWS - 1, Math.floor((lat + 90) * CELLS_PER_DEGREE));
    const cell = rasterCells[row * RASTER_COLUMNS + column] as number;
    if (cell < CELL_BORDER) return cell;
    if (cell === CELL_EMPTY) return NOWHERE;
    const list = cell - CELL_BORDER;
    const end = rasterStart[list + 1] as number;
    for (let entry = rasterStart[list] as number; entry < end; entry++) {
      const polygon = rasterPolygons[entry] as number;
      if (inPolygon(polygon, x, lat)) return polygonCountry[polygon] as number;
    }
    return NOWHERE;
  };

  return (lat, lng) => {
    if (Math.abs(lng) < 180) return at(lat, lng);
    // 180° east and west are one meridian, and a country there may reach it from either side.
    const west = at(lat, -180);
    return west === NOWHERE ? at(lat, ALMOST_EAST) : west;
  };
};
