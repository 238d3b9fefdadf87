/**
 * Writes numbers and ready texts into bytes. Every function returns where the next byte goes, so that a position is a
 * number in a register; whoever calls has made sure of the room.
 */

const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const LARGEST_INTEGER = 0x7fff_ffff;
/** By places after the point. */
const SCALES = [1, 10, 100, 1_000, 10_000, 100_000];
/** Below this many bytes a loop is faster than a call. */
const SHORT = 12;

/** Two digits of 0 to 99. The product and the shift are a division by ten, exact up to 1,028. */
export const putTwo = (page: Buffer, at: number, value: number): number => {
  const tens = (value * 205) >> 11;
  page[at] = ZERO + tens;
  page[at + 1] = ZERO + value - tens * 10;
  return at + 2;
};

/** Five digits of 0 to 99,999. */
export const putFive = (page: Buffer, at: number, value: number): number => {
  const thousands = (value / 1_000) | 0;
  const rest = value - thousands * 1_000;
  const tens = (rest / 10) | 0;
  putTwo(page, at, thousands);
  putTwo(page, at + 2, tens);
  page[at + 4] = ZERO + rest - tens * 10;
  return at + 5;
};

/** A whole number from 0 to 2^31, without leading zeros. */
export const putWhole = (page: Buffer, at: number, value: number): number => {
  if (value < 10) {
    page[at] = ZERO + value;
    return at + 1;
  }
  if (value < 100) return putTwo(page, at, value);
  let width = 3;
  for (let limit = 1_000; value >= limit && width < 10; limit *= 10) width++;
  let rest = value;
  let place = at + width;
  while (rest >= 100) {
    const next = (rest / 100) | 0;
    place -= 2;
    putTwo(page, place, rest - next * 100);
    rest = next;
  }
  if (place - at === 2) putTwo(page, at, rest);
  else page[at] = ZERO + rest;
  return at + width;
};

/** The point and the places behind it; `trim` leaves out zeros at the end, and a fraction of nothing else. */
const putFraction = (page: Buffer, at: number, value: number, places: number, trim: boolean): number => {
  let width = places;
  let rest = value;
  if (trim) {
    if (rest === 0) return at;
    for (; rest % 10 === 0; width--) rest = (rest / 10) | 0;
  }
  page[at] = POINT;
  for (let place = at + width; place > at; place--) {
    const next = (rest / 10) | 0;
    page[place] = ZERO + (rest - next * 10);
    rest = next;
  }
  return at + width + 1;
};

/**
 * A whole number of tenths, hundredths … as a decimal.
 * @param places after the point, five at most.
 * @param trim leaves out zeros at the end.
 */
export const putScaled = (page: Buffer, at: number, value: number, places: number, trim: boolean): number => {
  const scale = SCALES[places] as number;
  let from = at;
  let magnitude = value;
  if (value < 0) {
    page[from++] = MINUS;
    magnitude = -value;
  }
  const whole = Math.floor(magnitude / scale);
  from = whole > LARGEST_INTEGER ? putAscii(page, from, String(whole)) : putWhole(page, from, whole);
  return putFraction(page, from, magnitude - whole * scale, places, trim);
};

/** Hundred-thousandths of a degree as degrees, without zeros at the end. */
export const putDegrees = (page: Buffer, at: number, units: number): number => {
  let from = at;
  let magnitude = units;
  if (units < 0) {
    page[from++] = MINUS;
    magnitude = -units;
  }
  const whole = (magnitude / 100_000) | 0;
  from = putWhole(page, from, whole);
  return putFraction(page, from, magnitude - whole * 100_000, 5, true);
};

/** The same with all five places. */
export const putFixedDegrees = (page: Buffer, at: number, units: number): number => {
  let from = at;
  let magnitude = units;
  if (units < 0) {
    page[from++] = MINUS;
    magnitude = -units;
  }
  const whole = (magnitude / 100_000) | 0;
  from = putWhole(page, from, whole);
  page[from] = POINT;
  return putFive(page, from + 1, magnitude - whole * 100_000);
};

/** ASCII text. */
export const putAscii = (page: Buffer, at: number, text: string): number => {
  const { length } = text;
  for (let index = 0; index < length; index++) page[at + index] = text.charCodeAt(index);
  return at + length;
};

/** All of some bytes. */
export const putBytes = (page: Buffer, at: number, bytes: Buffer): number => {
  const { length } = bytes;
  if (length < SHORT) for (let index = 0; index < length; index++) page[at + index] = bytes[index] as number;
  else page.set(bytes, at);
  return at + length;
};
