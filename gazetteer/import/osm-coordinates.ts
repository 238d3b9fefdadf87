import { closeSync, fsyncSync, openSync, readSync } from 'node:fs';
import { writeAll } from './osm-ids.ts';

/**
 * Where nodes are, in a file: sorted by id, written once in that order, then looked up. An entry has 16 bytes: the id
 * as a 64-bit floating-point number, latitude and longitude as 32-bit integers. What was looked up lately stays in
 * memory, 64 MB at most.
 */

/** Entries in a block, which is what is read at a time: 64 kB. */
const BLOCK = 4096;
const ENTRY = 16;
const MOST_BLOCKS = 1024;

/** Writes the file; ids have to rise. */
export interface CoordinateWriter {
  add(id: number, lat: number, lng: number): void;
  /**
   * Ends the file, which is on disk then, and returns the first id of each block, which the reader needs, and how many
   * entries there are.
   */
  finish(): { readonly firstIds: number[]; readonly count: number };
  /** Closes the file as it is. */
  close(): void;
}

/** Begins a file of coordinates. */
export const writeCoordinates = (path: string): CoordinateWriter => {
  const fd = openSync(path, 'w');
  const buffer = new ArrayBuffer(BLOCK * ENTRY);
  const ids = new Float64Array(buffer);
  const points = new Int32Array(buffer);
  const firstIds: number[] = [];
  let filled = 0;
  let count = 0;
  const flush = (): void => {
    writeAll(fd, new Uint8Array(buffer, 0, filled * ENTRY));
    filled = 0;
  };
  return {
    add(id, lat, lng) {
      if (filled === 0) firstIds.push(id);
      ids[2 * filled] = id;
      points[4 * filled + 2] = lat;
      points[4 * filled + 3] = lng;
      filled += 1;
      count += 1;
      if (filled === BLOCK) flush();
    },
    finish() {
      try {
        flush();
        // What is kept beside it says that it is whole, also after a power cut.
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      return { firstIds, count };
    },
    close: () => closeSync(fd),
  };
};

interface Block {
  readonly ids: Float64Array;
  readonly points: Int32Array;
  readonly count: number;
}

/** Looks up where nodes are. */
export interface Coordinates {
  /** Writes latitude and longitude of a node to `into[at]` and the one after; false for a node that is not there. */
  find(id: number, into: Int32Array, at: number): boolean;
  close(): void;
}

/** The last of the rising `values` that is not above `value`; -1 when all are. */
const lastNotAbove = (values: ArrayLike<number>, stride: number, count: number, value: number): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle * stride] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Opens a file that `writeCoordinates` has finished. */
export const openCoordinates = (path: string, firstIds: readonly number[]): Coordinates => {
  const fd = openSync(path, 'r');
  const blocks = new Map<number, Block>();
  const load = (number: number): Block => {
    const buffer = new ArrayBuffer(BLOCK * ENTRY);
    const bytes = new Uint8Array(buffer);
    let length = 0;
    for (let got = -1; got !== 0 && length < bytes.length; length += got)
      got = readSync(fd, bytes, length, bytes.length - length, number * BLOCK * ENTRY + length);
    const block = {
      ids: new Float64Array(buffer),
      points: new Int32Array(buffer),
      count: Math.floor(length / ENTRY),
    };
    // The one that came first goes first: ways lie near to each other in the file, so old ones are seldom asked for.
    if (blocks.size === MOST_BLOCKS) for (const oldest of blocks.keys()) if (blocks.delete(oldest)) break;
    blocks.set(number, block);
    return block;
  };
  return {
    find(id, into, at) {
      const number = lastNotAbove(firstIds, 1, firstIds.length, id);
      if (number < 0) return false;
      const { ids, points, count } = blocks.get(number) ?? load(number);
      const entry = lastNotAbove(ids, 2, count, id);
      if (entry < 0 || ids[2 * entry] !== id) return false;
      into[at] = points[4 * entry + 2] ?? 0;
      into[at + 1] = points[4 * entry + 3] ?? 0;
      return true;
    },
    close: () => closeSync(fd),
  };
};
