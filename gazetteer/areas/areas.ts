import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { unpackAreas, type AreaFile } from './file.ts';
import type { Line } from './topology.ts';

const AREAS = new URL('../data/areas.bin', import.meta.url);
const CODES = new URL('../data/area-codes.json', import.meta.url);

/** The areas of the world as the repository has them, made by `area-data.ts`. */
export const readAreas = (): AreaFile => unpackAreas(readFileSync(AREAS));

/** Names what is in both files, so that an index made from others is built again. */
export const areasVersion = (): string =>
  `areas@${crc32(readFileSync(CODES), crc32(readFileSync(AREAS)))
    .toString(16)
    .padStart(8, '0')}`;

/** The ISO 3166-2 codes of GeoNames' first-order areas, such as `DE-BY` for `DE.02`. */
export const readStateCodes = (): ReadonlyMap<string, string> =>
  new Map(Object.entries(JSON.parse(readFileSync(CODES, 'utf8')) as Record<string, string>));

/** The arcs that bound each area, in the order of the areas. */
export const arcsOfAreas = ({ areas, arcs, rings }: AreaFile): Line[][] => {
  let ring = 0;
  return areas.map((area) => {
    const parts = rings.slice(ring, ring + area.rings).flat();
    ring += area.rings;
    return parts.map((part) => arcs[part < 0 ? ~part : part] ?? []);
  });
};
