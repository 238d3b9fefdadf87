import { createRequire } from 'node:module';
import { putFive } from '../digits.ts';

/** Grids that name a place by letters and digits. Coordinates are hundred-thousandths of a degree. */

const QUARTER_TURN = 9_000_000;
const HALF_TURN = 18_000_000;

/** Fields, squares, subsquares, extended squares and subsquares of them: 18 · 10 · 24 · 10 · 24 on each axis. */
const CELLS = 1_036_800;
const CAPITAL_A = 0x41;
const SMALL_A = 0x61;
const ZERO = 0x30;

/**
 * Writes the Maidenhead locator of ten characters (IARU Region 1, 1980, extended by two pairs), as the contract writes it.
 * @returns where the next byte goes.
 */
export const putMaidenhead = (page: Buffer, at: number, lat: number, lng: number): number => {
  // The north pole and 180° east belong to the last cells.
  const row = Math.min(CELLS - 1, Math.floor(((lat + QUARTER_TURN) * CELLS) / HALF_TURN));
  const column = Math.min(CELLS - 1, Math.floor(((lng + HALF_TURN) * CELLS) / (2 * HALF_TURN)));
  page[at] = CAPITAL_A + ((column / 57_600) | 0);
  page[at + 1] = CAPITAL_A + ((row / 57_600) | 0);
  page[at + 2] = ZERO + (((column / 5_760) | 0) % 10);
  page[at + 3] = ZERO + (((row / 5_760) | 0) % 10);
  page[at + 4] = SMALL_A + (((column / 240) | 0) % 24);
  page[at + 5] = SMALL_A + (((row / 240) | 0) % 24);
  page[at + 6] = ZERO + (((column / 24) | 0) % 10);
  page[at + 7] = ZERO + (((row / 24) | 0) % 10);
  page[at + 8] = SMALL_A + (column % 24);
  page[at + 9] = SMALL_A + (row % 24);
  return at + 10;
};

const BASE32 = Buffer.from('0123456789bcdefghjkmnpqrstuvwxyz');
/** Five bits with a gap after each: 11111 becomes 101010101. */
const SPREAD = Uint16Array.from({ length: 32 }, (_, bits) =>
  [0, 1, 2, 3, 4].reduce((spread, bit) => spread | (((bits >> bit) & 1) << (2 * bit)), 0),
);
const PAIRS = 10;
/** The largest share of the world that is less than all of it. */
const ALMOST_ONE = 1 - Number.EPSILON;

/** Writes the geohash of twenty characters (Niemeyer 2008). @returns where the next byte goes. */
export const putGeohash = (page: Buffer, at: number, lat: number, lng: number): number => {
  let row = Math.min(ALMOST_ONE, (lat + QUARTER_TURN) / HALF_TURN);
  let column = Math.min(ALMOST_ONE, (lng + HALF_TURN) / (2 * HALF_TURN));
  // Two characters are ten bits, five of each axis, longitude first.
  for (let pair = 0; pair < PAIRS; pair++) {
    column *= 32;
    row *= 32;
    const eastward = column | 0;
    const northward = row | 0;
    column -= eastward;
    row -= northward;
    const bits = ((SPREAD[eastward] as number) << 1) | (SPREAD[northward] as number);
    page[at + 2 * pair] = BASE32[bits >> 5] as number;
    page[at + 2 * pair + 1] = BASE32[bits & 31] as number;
  }
  return at + 2 * PAIRS;
};

const require = createRequire(import.meta.url);
const { forward } = require('mgrs') as {
  readonly forward: (place: readonly [lng: number, lat: number], digits: number) => string;
};
/** UTM, and with it MGRS, ends here; what lies beyond has another grid (UPS) that the contract does not ask for. */
const SOUTH_END = -8_000_000;
const NORTH_END = 8_400_000;

/** The MGRS reference to the metre; undefined near the poles. */
export const mgrsReference = (lat: number, lng: number): string | undefined =>
  lat < SOUTH_END || lat > NORTH_END ? undefined : forward([lng / 100_000, lat / 100_000], 5);

/** Zone, band, column and row of the square, and five digits each way. */
const REFERENCE = /^(\d{1,2})([C-X])([A-Z])([A-V])(\d{5})(\d{5})$/u;
const LETTER_BITS = 5;
/** The metres to the east or north within a square take as many bits. */
const METRE_BITS = 17;
const METRES = (1 << METRE_BITS) - 1;
const LETTER = 31;

/**
 * An MGRS reference in two numbers of 32 bits, as the index keeps it: the letters and the metres to the east, then the
 * zone and the metres to the north. Two zeros where there is none.
 */
export const packMgrs = (reference: string | undefined): readonly [number, number] => {
  const [, zone, band = '', column = '', row = '', east, north] = REFERENCE.exec(reference ?? '') ?? [];
  if (zone === undefined) return [0, 0];
  const letters = [band, column, row].reduce(
    (bits, letter) => (bits << LETTER_BITS) | (letter.charCodeAt(0) - CAPITAL_A),
    0,
  );
  return [((letters << METRE_BITS) | Number(east)) >>> 0, (Number(zone) << METRE_BITS) | Number(north)];
};

/** Writes a packed reference. @returns where the next byte goes. */
export const putPackedMgrs = (page: Buffer, at: number, letters: number, zone: number): number => {
  const number = zone >>> METRE_BITS;
  let from = at;
  if (number >= 10) page[from++] = ZERO + ((number / 10) | 0);
  page[from] = ZERO + (number % 10);
  page[from + 1] = CAPITAL_A + (letters >>> (METRE_BITS + 2 * LETTER_BITS));
  page[from + 2] = CAPITAL_A + ((letters >>> (METRE_BITS + LETTER_BITS)) & LETTER);
  page[from + 3] = CAPITAL_A + ((letters >>> METRE_BITS) & LETTER);
  return putFive(page, putFive(page, from + 4, letters & METRES), zone & METRES);
};
