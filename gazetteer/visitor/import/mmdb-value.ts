/** Looks through a value of an MMDB before it is decoded: a few bytes of pointers could make a decoder work for ever. */

/** Values within one record, pointers followed; those of the largest published records have some 300. */
const MOST_VALUES = 5000;
const MOST_DEPTH = 24;
/** Bytes of all texts of one record, pointers followed; the largest published ones have some thousand. */
const MOST_DECODED = 1_000_000;

const POINTER = 1;
const MAP = 7;
const ARRAY = 11;
const BOOLEAN = 14;
/** Bytes that a number of a type has at most; a double and a float have exactly so many. */
const MOST_BYTES: Readonly<Record<number, number>> = { 3: 8, 5: 2, 6: 4, 8: 4, 9: 8, 10: 16, 15: 4 };
const EXACT: ReadonlySet<number> = new Set([3, 15]);
const STRING = 2;
const BYTES = 4;
const POINTER_BASE = [0, 2048, 526_336, 0] as const;

/** What is wrong; thrown only within this file. */
class Fault extends Error {}

interface Look {
  readonly bytes: Buffer;
  readonly base: number;
  values: number;
  /** Of texts and numbers so far; those that pointers lead to count each time, as a decoder makes each anew. */
  decoded: number;
}

const byteAt = ({ bytes }: Look, at: number): number => {
  const byte = bytes[at];
  if (byte === undefined) throw new Fault('the record leads out of the file');
  return byte;
};

const unsigned = (look: Look, at: number, length: number): number => {
  let value = 0;
  for (let offset = 0; offset < length; offset++) value = value * 256 + byteAt(look, at + offset);
  return value;
};

/** @returns where the next value begins. */
const lookThrough = (look: Look, start: number, depth: number, isTarget = false): number => {
  if (++look.values > MOST_VALUES) throw new Fault('the record has too many values');
  if (depth > MOST_DEPTH) throw new Fault('the record is nested too deeply');
  let at = start;
  const control = byteAt(look, at++);
  let type = control >> 5;
  if (type === POINTER) {
    if (isTarget) throw new Fault('a pointer leads to a pointer');
    const size = (control >> 3) & 3;
    const low = unsigned(look, at, size + 1);
    const high = size === 3 ? 0 : (control & 7) * 2 ** (8 * (size + 1));
    lookThrough(look, look.base + (POINTER_BASE[size] ?? 0) + high + low, depth + 1, true);
    return at + size + 1;
  }
  if (type === 0) type = byteAt(look, at++) + 7;
  let size = control & 31;
  if (size === 29) size = 29 + unsigned(look, at++, 1);
  else if (size === 30) {
    size = 285 + unsigned(look, at, 2);
    at += 2;
  } else if (size === 31) {
    size = 65_821 + unsigned(look, at, 3);
    at += 3;
  }
  if (type === MAP || type === ARRAY) {
    for (let count = type === MAP ? 2 * size : size; count > 0; count--)
      at = lookThrough(look, at, depth + 1);
    return at;
  }
  if (type === BOOLEAN) return at;
  const most = MOST_BYTES[type];
  if (type !== STRING && type !== BYTES) {
    if (most === undefined) throw new Fault('the record has a value of an unknown type');
    if (size > most || (EXACT.has(type) && size !== most))
      throw new Fault('the record has a number of a wrong size');
  }
  if (at + size > look.bytes.length) throw new Fault('the record leads out of the file');
  look.decoded += size;
  if (look.decoded > MOST_DECODED) throw new Fault('the record has too much text');
  return at + size;
};

/**
 * Looks through the value at `at` within bounds.
 * @param base where pointers count from.
 * @returns what is wrong with it; undefined where it can be decoded.
 */
export const measureValue = (bytes: Buffer, base: number, at: number): string | undefined => {
  try {
    lookThrough({ bytes, base, values: 0, decoded: 0 }, at, 0);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
};
