/**
 * Writes JSON straight into bytes. Answers are made of fixed text and of names that lie in the index as escaped
 * UTF-8, so that nothing is built up as objects and strings first: what no line here writes cannot be in an answer.
 */
export interface JsonWriter {
  /** Begins a document. */
  begin(): void;
  /** Makes sure that `bytes` more can be written; everything that is written needs room first. */
  room(bytes: number): void;
  /** Fixed ASCII text, as it stands. */
  ascii(text: string): void;
  /** A range of bytes, as they stand. */
  copy(source: Buffer, from: number, length: number): void;
  /** A whole number from -2^31 to 2^31 - 1. */
  integer(value: number): void;
  /** Hundred-thousandths of a degree as degrees, without trailing zeros. */
  degrees(units: number): void;
  /** One byte. */
  byte(value: number): void;
  /** A whole number of tenths, hundredths … as a decimal with at most five places, trailing zeros kept. */
  fixed(value: number, places: number): void;
  /** The same without trailing zeros. */
  decimal(value: number, places: number): void;
  /** The document, as it stands until the next one begins. */
  end(): Buffer;
}

/** More than most documents need; a larger one makes it grow once. */
const SLAB = 64 * 1024;
/** Below this a loop is faster than a call into C++. */
const SHORT = 20;
const ZERO = 0x30;
const LARGEST_INTEGER = 0x7fff_ffff;
/** By places after the point. */
const SCALES = [1, 10, 100, 1_000, 10_000, 100_000];

/** Makes a writer for one thread. Every document is written into the same memory, which therefore stays in the cache. */
export const createJsonWriter = (): JsonWriter => {
  let slab = Buffer.allocUnsafeSlow(SLAB);
  let at = 0;

  const text = (ascii: string): void => {
    // For texts this short a loop beats every call that could do it.
    for (let index = 0; index < ascii.length; index++) slab[at + index] = ascii.charCodeAt(index);
    at += ascii.length;
  };

  /** Writes a whole number from 0 to 2^31 - 1; `| 0` keeps the arithmetic in machine integers. */
  const digits = (value: number): void => {
    let width = 1;
    for (let limit = 10; value >= limit && width < 10; limit *= 10) width++;
    let rest = value;
    for (let place = at + width - 1; place >= at; place--) {
      const next = (rest / 10) | 0;
      slab[place] = ZERO + (rest - next * 10);
      rest = next;
    }
    at += width;
  };

  /** Writes the point and the places behind it; a fraction of nothing but zeros is left out where `trim` is set. */
  const fraction = (value: number, places: number, trim: boolean): void => {
    let width = places;
    let rest = value;
    if (trim) {
      if (rest === 0) return;
      for (; rest % 10 === 0; width--) rest = (rest / 10) | 0;
    }
    slab[at] = 0x2e;
    for (let place = at + width; place > at; place--) {
      const next = (rest / 10) | 0;
      slab[place] = ZERO + (rest - next * 10);
      rest = next;
    }
    at += width + 1;
  };

  const scaled = (value: number, places: number, trim: boolean): void => {
    const scale = SCALES[places] as number;
    let magnitude = value;
    if (value < 0) {
      slab[at++] = 0x2d;
      magnitude = -value;
    }
    const whole = Math.floor(magnitude / scale);
    if (whole > LARGEST_INTEGER) text(String(whole));
    else digits(whole);
    fraction(magnitude - whole * scale, places, trim);
  };

  return {
    begin() {
      at = 0;
    },
    room(bytes) {
      if (slab.length - at >= bytes) return;
      const next = Buffer.allocUnsafeSlow(2 * (at + bytes));
      slab.copy(next, 0, 0, at);
      slab = next;
    },
    ascii: text,
    copy(source, from, length) {
      if (length < SHORT)
        for (let byte = 0; byte < length; byte++) slab[at + byte] = source[from + byte] as number;
      else source.copy(slab, at, from, from + length);
      at += length;
    },
    integer(value) {
      if (value < 0) slab[at++] = 0x2d;
      digits(Math.abs(value));
    },
    degrees(units) {
      let magnitude = units;
      if (units < 0) {
        slab[at++] = 0x2d;
        magnitude = -units;
      }
      const whole = (magnitude / 100_000) | 0;
      digits(whole);
      fraction(magnitude - whole * 100_000, 5, true);
    },
    byte(value) {
      slab[at++] = value;
    },
    fixed(value, places) {
      scaled(value, places, false);
    },
    decimal(value, places) {
      scaled(value, places, true);
    },
    end: () => slab.subarray(0, at),
  };
};
