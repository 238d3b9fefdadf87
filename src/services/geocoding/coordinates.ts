import type { Bounds, Point } from './request.ts';

/** Reading coordinates out of text, as the contract writes them: decimal degrees, latitude first. */

const NUMBER = String.raw`[+-]?\d{1,3}(?:\.\d{0,20})?`;
const PAIR = new RegExp(String.raw`^\s{0,8}(${NUMBER})(?:\s{0,8},\s{0,8}|\s{1,8})(${NUMBER})\s{0,8}$`, 'u');
const BOX = new RegExp(String.raw`^\s*(${NUMBER}),\s*(${NUMBER}),\s*(${NUMBER}),\s*(${NUMBER})\s*$`, 'u');
/** Two numbers that are meant as coordinates, but are no pair of degrees: `1234,5`. */
const LOOKS_LIKE_PAIR =
  /^\s{0,8}[+-]?\d{1,20}(?:\.\d{0,20})?\s{0,8},\s{0,8}[+-]?\d{1,20}(?:\.\d{0,20})?\s{0,8}$/u;

const isLat = (value: number): boolean => Math.abs(value) <= 90;
const isLng = (value: number): boolean => Math.abs(value) <= 180;

/** Reads `lat,lng`, `lat, lng` or `lat lng`; `out of range` for numbers that are no place on Earth; undefined for other text. */
export const readPoint = (text: string): Point | 'out of range' | undefined => {
  // Most texts are names, and begin with no sign or digit.
  const first = text.charCodeAt(0);
  if (first > 0x39) return undefined;
  const match = PAIR.exec(text);
  if (match === null) return LOOKS_LIKE_PAIR.test(text) ? 'out of range' : undefined;
  const [lat, lng] = [Number(match[1]), Number(match[2])];
  return isLat(lat) && isLng(lng) ? { lat, lng } : 'out of range';
};

/** Reads `min lon,min lat,max lon,max lat`; undefined where it is not a box (also one across the antimeridian). */
export const readBounds = (text: string): Bounds | undefined => {
  const match = BOX.exec(text.slice(0, 100));
  if (match === null) return undefined;
  const [west = 0, south = 0, east = 0, north = 0] = match.slice(1).map(Number);
  const onEarth = isLng(west) && isLng(east) && isLat(south) && isLat(north);
  return onEarth && west <= east && south <= north ? { west, south, east, north } : undefined;
};
