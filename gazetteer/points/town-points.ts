/** Where the points of towns are, of which two sources disagree, as `write-town-points.ts` has found it: one brotli-compressed text. */
import { readFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib';
import { DEGREE } from '../../src/services/geocoding/entity.ts';
import { metresBetween } from '../../src/services/geocoding/gazetteer.ts';
import type { PlaceRow } from '../sources.ts';

/** A coordinate in hundred-thousandths of a degree. */
export interface UnitPoint {
  readonly lat: number;
  readonly lng: number;
}

/** A place whose point is elsewhere than GeoNames has it. */
export interface TownPoint {
  readonly geonameId: number;
  /** GeoNames' own point, from which the other was made. */
  readonly from: UnitPoint;
  readonly to: UnitPoint;
}

const FILE = new URL('../data/town-points.bin', import.meta.url);

/** A line for each place, in the order of their numbers: the number, GeoNames' point, and how far the other is from it. */
export const packTownPoints = (points: readonly TownPoint[]): Buffer => {
  const lines = points
    .toSorted((one, other) => one.geonameId - other.geonameId)
    .map(({ geonameId, from, to }) => [geonameId, from.lat, from.lng, to.lat - from.lat, to.lng - from.lng]);
  return brotliCompressSync(Buffer.from(lines.map((line) => line.join(' ')).join('\n')), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
  });
};

/** Reads what `packTownPoints` has written. */
export const unpackTownPoints = (packed: Buffer): TownPoint[] =>
  brotliDecompressSync(packed)
    .toString('latin1')
    .split('\n')
    .map((line) => {
      const [geonameId = 0, lat = 0, lng = 0, north = 0, east = 0] = line.split(' ').map(Number);
      return { geonameId, from: { lat, lng }, to: { lat: lat + north, lng: lng + east } };
    });

/** Where the committed points lie. */
export const townPointsFile = (): URL => FILE;

/** The committed points. */
export const readTownPoints = (): TownPoint[] => unpackTownPoints(readFileSync(FILE));

/** Changes with the committed points, in the form of a package and its version. */
export const townPointsVersion = (): string =>
  `town-points@${crc32(readFileSync(FILE)).toString(16).padStart(8, '0')}`;

/** Metres: a point of GeoNames that has moved further is another one than was looked at. */
const SAME_POINT = 100;

const isNear = ({ lat, lng }: UnitPoint, row: PlaceRow): boolean =>
  metresBetween(lat / DEGREE, lng / DEGREE, row.lat, row.lng) <= SAME_POINT;

/** Puts a place of GeoNames where it is. */
export type PlaceMover = (row: PlaceRow) => PlaceRow;

/** Moves what has a better point, and leaves alone whose point is not the one that was looked at. */
export const createPlaceMover = (points: readonly TownPoint[]): PlaceMover => {
  const byId = new Map(points.map((point) => [point.geonameId, point]));
  return (row) => {
    const point = byId.get(row.geonameId);
    if (point === undefined || !isNear(point.from, row)) return row;
    return { ...row, lat: point.to.lat / DEGREE, lng: point.to.lng / DEGREE };
  };
};
