import type { EntityDraft } from '../entities.ts';
import { NO_ROW } from '../place-table.ts';

/** From this share on, both ways, a county and an area are the same. */
const SAME = 0.8;

const count = (table: Map<number, number>, key: number): void => {
  table.set(key, (table.get(key) ?? 0) + 1);
};

/**
 * The area that each county is, by the county's number among the draft's areas: of five places of either, four are in
 * both. Départements and provinces are; counties of several boroughs, or of one among several, are not.
 * @param areaOfRow the area of each row of the places. @param none its value where there is none.
 */
export const areasOfCounties = (
  { places }: EntityDraft,
  areaOfRow: Uint16Array,
  none: number,
): ReadonlyMap<number, number> => {
  const pairs = new Map<number, number>();
  const inCounty = new Map<number, number>();
  const inArea = new Map<number, number>();
  for (let row = 0; row < places.length; row++) {
    const county = places.county.at(row);
    const area = areaOfRow[row] ?? none;
    if (area !== none) count(inArea, area);
    if (county !== NO_ROW) count(inCounty, county);
    if (area !== none && county !== NO_ROW) count(pairs, county * (none + 1) + area);
  }
  const same = new Map<number, number>();
  for (const [pair, both] of pairs) {
    const county = Math.floor(pair / (none + 1));
    const area = pair % (none + 1);
    if (both >= SAME * (inCounty.get(county) ?? 0) && both >= SAME * (inArea.get(area) ?? 0))
      same.set(county, area);
  }
  return same;
};
