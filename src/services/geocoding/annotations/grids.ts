import { createRequire } from 'node:module';
import type { JsonWriter } from '../json-writer.ts';

/** Grids that name a place by letters and digits. Coordinates are hundred-thousandths of a degree. */

const QUARTER_TURN = 9_000_000;
const HALF_TURN = 18_000_000;

/** Fields, squares, subsquares, extended squares and subsquares of them: 18 · 10 · 24 · 10 · 24 on each axis. */
const CELLS = 1_036_800;
const CAPITAL_A = 0x41;
const SMALL_A = 0x61;
const ZERO = 0x30;

/** The Maidenhead locator of ten characters (IARU Region 1, 1980, extended by two pairs), as the contract writes it. */
export const writeMaidenhead = (writer: JsonWriter, lat: number, lng: number): void => {
  // The north pole and 180° east belong to the last cells.
  const row = Math.min(CELLS - 1, Math.floor(((lat + QUARTER_TURN) * CELLS) / HALF_TURN));
  const column = Math.min(CELLS - 1, Math.floor(((lng + HALF_TURN) * CELLS) / (2 * HALF_TURN)));
  writer.byte(CAPITAL_A + ((column / 57_600) | 0));
  writer.byte(CAPITAL_A + ((row / 57_600) | 0));
  writer.byte(ZERO + (((column / 5_760) | 0) % 10));
  writer.byte(ZERO + (((row / 5_760) | 0) % 10));
  writer.byte(SMALL_A + (((column / 240) | 0) % 24));
  writer.byte(SMALL_A + (((row / 240) | 0) % 24));
  writer.byte(ZERO + (((column / 24) | 0) % 10));
  writer.byte(ZERO + (((row / 24) | 0) % 10));
  writer.byte(SMALL_A + (column % 24));
  writer.byte(SMALL_A + (row % 24));
};

const BASE32 = Buffer.from('0123456789bcdefghjkmnpqrstuvwxyz');
/** Five bits with a gap after each: 11111 becomes 101010101. */
const SPREAD = Uint16Array.from({ length: 32 }, (_, bits) =>
  [0, 1, 2, 3, 4].reduce((spread, bit) => spread | (((bits >> bit) & 1) << (2 * bit)), 0),
);
const PAIRS = 10;
/** The largest share of the world that is less than all of it. */
const ALMOST_ONE = 1 - Number.EPSILON;

/** The geohash of twenty characters (Niemeyer 2008). */
export const writeGeohash = (writer: JsonWriter, lat: number, lng: number): void => {
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
    writer.byte(BASE32[bits >> 5] as number);
    writer.byte(BASE32[bits & 31] as number);
  }
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
