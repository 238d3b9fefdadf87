import { putAscii, putBytes, putDegrees, putWhole } from './digits.ts';

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
  /** All of some bytes, as they stand; for what is long or often written, it is faster than text. */
  put(bytes: Buffer): void;
  /** A range of bytes, as they stand. */
  copy(source: Buffer, from: number, length: number): void;
  /** A whole number from -2^31 to 2^31 - 1. */
  integer(value: number): void;
  /** Hundred-thousandths of a degree as degrees, without trailing zeros. */
  degrees(units: number): void;
  /** One byte. */
  byte(value: number): void;
  /** The memory that is written into, until the next call of `room`, for those who write there themselves (digits.ts) … */
  page(): Buffer;
  /** … from where … */
  position(): number;
  /** … and who say how far they came. */
  moveTo(position: number): void;
  /** The document, as it stands until the next one begins. */
  end(): Buffer;
}

/** More than most documents need; a larger one makes it grow once. */
const SLAB = 64 * 1024;
/** Below this a loop is faster than a view of a part, which has to be made first. */
const SHORT_PART = 36;
const MINUS = 0x2d;

/** Makes a writer for one thread. Every document is written into the same memory, which therefore stays in the cache. */
export const createJsonWriter = (): JsonWriter => {
  let slab = Buffer.allocUnsafeSlow(SLAB);
  let at = 0;

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
    ascii(text) {
      at = putAscii(slab, at, text);
    },
    put(bytes) {
      at = putBytes(slab, at, bytes);
    },
    copy(source, from, length) {
      const page = slab;
      const start = at;
      if (length < SHORT_PART)
        for (let byte = 0; byte < length; byte++) page[start + byte] = source[from + byte] as number;
      else if (length === source.length) page.set(source, start);
      else source.copy(page, start, from, from + length);
      at = start + length;
    },
    integer(value) {
      if (value < 0) slab[at++] = MINUS;
      at = putWhole(slab, at, Math.abs(value));
    },
    degrees(units) {
      at = putDegrees(slab, at, units);
    },
    byte(value) {
      slab[at++] = value;
    },
    page: () => slab,
    position: () => at,
    moveTo(position) {
      at = position;
    },
    end: () => slab.subarray(0, at),
  };
};
