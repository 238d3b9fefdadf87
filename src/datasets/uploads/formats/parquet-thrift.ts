/**
 * Whether what stands in Thrift's compact protocol holds what it says (thrift, doc/specs/thrift-compact-protocol.md): a reader makes
 * room for a list before it looks for its elements, and ten bytes may say that there are a thousand million. V8 ends the process,
 * not the thread, where one array is larger than the heap.
 */
import { invalidParquet } from './parquet-errors.ts';

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Structs in each other; Parquet's own have five. */
const DEEPEST = 32;
/** Bytes of a whole number of 64 bits, seven of them in each. */
const LONGEST_NUMBER = 10;

/** Goes through one struct that begins at the first byte. Throws parquet_invalid where it is cut off, or says what cannot be. */
export const checkThrift = (bytes: Uint8Array): void => {
  let at = 0;

  const next = (): number => {
    const byte = bytes[at];
    if (byte === undefined) throw invalidParquet();
    at += 1;
    return byte;
  };

  const number = (): number => {
    let value = 0;
    for (let place = 0; place < LONGEST_NUMBER; place += 1) {
      const byte = next();
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) return value;
    }
    throw invalidParquet();
  };

  const skip = (count: number): void => {
    if (count > bytes.length - at) throw invalidParquet();
    at += count;
  };

  const list = (deep: number): void => {
    const head = next();
    const size = head >>> 4 === 15 ? number() : head >>> 4;
    const type = head & 15;
    // An element has one byte at least.
    if (size > bytes.length - at) throw invalidParquet();
    for (let one = 0; one < size; one += 1)
      if (type === TRUE || type === FALSE) next();
      else element(type, deep);
  };

  const element = (type: number, deep: number): void => {
    if (type === TRUE || type === FALSE) return;
    if (type === BYTE) next();
    else if (type === I16 || type === I32 || type === I64) number();
    else if (type === DOUBLE) skip(8);
    else if (type === BINARY) skip(number());
    else if (type === LIST) list(deep + 1);
    else if (type === STRUCT) struct(deep + 1);
    else throw invalidParquet();
  };

  const struct = (deep: number): void => {
    if (deep > DEEPEST) throw invalidParquet();
    for (let head = next(); (head & 15) !== STOP; head = next()) {
      if (head >>> 4 === 0) number();
      element(head & 15, deep);
    }
  };

  struct(0);
};
