/** Columns of numbers that grow at their end: what a build of millions of rows keeps in memory instead of objects. */

type Numbers =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** A column; entries are numbered from 0. */
export interface Growing<Column extends Numbers> {
  readonly length: number;
  at(index: number): number;
  set(index: number, value: number): void;
  push(value: number): void;
  /** Appends a range of another column of the same kind. */
  append(from: Column, start: number, end: number): void;
  /** The entries so far, without a copy; not to be kept over a `push`. */
  view(): Column;
}

/** First room of a column, in entries. */
const FIRST = 1_024;
/** A column that is full grows by half: doubling would leave gigabytes unused at the end. */
const GROWTH = 1.5;

/** @param make an empty column of so many entries. @param given what it begins with. */
export const createGrowing = <Column extends Numbers>(
  make: (length: number) => Column,
  given?: Column,
): Growing<Column> => {
  let values = given ?? make(FIRST);
  let length = given?.length ?? 0;

  const makeRoom = (wanted: number): void => {
    if (wanted <= values.length) return;
    const larger = make(Math.max(wanted, FIRST, Math.ceil(values.length * GROWTH)));
    larger.set(values.subarray(0, length));
    values = larger;
  };

  return {
    get length() {
      return length;
    },
    at: (index) => values[index] as number,
    set(index, value) {
      values[index] = value;
    },
    push(value) {
      if (length === values.length) makeRoom(length + 1);
      values[length++] = value;
    },
    append(from, start, end) {
      makeRoom(length + end - start);
      values.set(from.subarray(start, end), length);
      length += end - start;
    },
    view: () => values.subarray(0, length) as Column,
  };
};

/** Makers for `createGrowing`. */
export const bytesOf = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);
export const shortsOf = (length: number): Uint16Array<ArrayBuffer> => new Uint16Array(length);
export const wordsOf = (length: number): Uint32Array<ArrayBuffer> => new Uint32Array(length);
export const integersOf = (length: number): Int32Array<ArrayBuffer> => new Int32Array(length);
export const floatsOf = (length: number): Float64Array<ArrayBuffer> => new Float64Array(length);
