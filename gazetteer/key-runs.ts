/**
 * Sorts more keys than fit into memory: full boxes of them are sorted and set aside as runs, on the disk where there is
 * a folder for them, and all runs are merged at the end (Knuth, The Art of Computer Programming 3, 5.4).
 *
 * A run is records one after the other: length of the key (1 byte), key, posting (4 bytes, little-endian).
 */
import { closeSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Longest key in bytes. */
export const LONGEST_KEY = 250;

/** One box: so many bytes of keys, so many keys. About 100 MB with what sorting needs beside it. */
const BOX_BYTES = 48 * 1024 * 1024;
const BOX_KEYS = 3_000_000;
/** Numbers of keys in a box have to fit beside five bytes of each key in 64 bits. */
const INDEX_BITS = 24;
/** Bytes that are read of each run at once; more than the longest record. */
const CHUNK = 512 * 1024;

export interface RunOptions {
  /** A folder for the runs, which is there; undefined keeps them in memory. */
  readonly folder?: string | undefined;
  /** What the files' names begin with, so that the runs of several stages stay apart. */
  readonly name?: string;
  /** For tests: keys in a box. */
  readonly most?: number;
}

/** A sorted run: a file, or bytes in memory. */
export type Run = string | Buffer;

export interface KeyRuns {
  add(key: Uint8Array, length: number, posting: number): void;
  /** Sorts what is still in the box, and returns all runs; nothing can be added after it. */
  close(): Run[];
}

/** Collects keys into sorted runs. Errors of the file system (`ENOSPC`) come through. */
export const createKeyRuns = ({ folder, name = 'keys', most = BOX_KEYS }: RunOptions): KeyRuns => {
  let bytes: Buffer = Buffer.alloc(1024 * 1024);
  let used = 0;
  let starts = new Uint32Array(65_536);
  let postings = new Uint32Array(65_536);
  let count = 0;
  const runs: Run[] = [];

  const makeRoom = (length: number): void => {
    if (used + length > bytes.length) {
      const larger = Buffer.alloc(Math.min(BOX_BYTES + LONGEST_KEY, bytes.length * 2));
      bytes.copy(larger, 0, 0, used);
      bytes = larger;
    }
    if (count + 1 >= starts.length) {
      const wanted = Math.min(most + 2, starts.length * 2);
      const larger = { starts: new Uint32Array(wanted), postings: new Uint32Array(wanted) };
      larger.starts.set(starts);
      larger.postings.set(postings);
      ({ starts, postings } = larger);
    }
  };

  const compare = (a: number, b: number): number => {
    const endA = starts[a + 1] as number;
    const endB = starts[b + 1] as number;
    let atB = starts[b] as number;
    for (let at = starts[a] as number; at < endA; at++, atB++) {
      if (atB === endB) return 1;
      const difference = (bytes[at] as number) - (bytes[atB] as number);
      if (difference !== 0) return difference;
    }
    return atB < endB ? -1 : (postings[a] as number) - (postings[b] as number);
  };

  /** Sorts by the first five bytes as whole numbers, without a comparison in JavaScript, then what agrees in those. */
  const order = (): Uint32Array => {
    const halves = new Uint32Array(count * 2);
    for (let key = 0; key < count; key++) {
      const start = starts[key] as number;
      const length = (starts[key + 1] as number) - start;
      const byte = (at: number): number => (at < length ? (bytes[start + at] as number) : 0);
      halves[key * 2] = ((byte(4) << INDEX_BITS) | key) >>> 0;
      halves[key * 2 + 1] = ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0;
    }
    new BigUint64Array(halves.buffer).sort();
    const sorted = new Uint32Array(count);
    const mask = (1 << INDEX_BITS) - 1;
    for (let key = 0; key < count; key++) sorted[key] = (halves[key * 2] as number) & mask;
    const isAlike = (a: number, b: number): boolean =>
      halves[a * 2 + 1] === halves[b * 2 + 1] &&
      (halves[a * 2] as number) >>> INDEX_BITS === (halves[b * 2] as number) >>> INDEX_BITS;
    for (let from = 0; from < count;) {
      let to = from + 1;
      while (to < count && isAlike(from, to)) to++;
      if (to - from > 1) sorted.subarray(from, to).sort(compare);
      from = to;
    }
    return sorted;
  };

  const setAside = (): void => {
    if (count === 0) return;
    const sorted = order();
    const run = Buffer.allocUnsafe(used + count * 5);
    let at = 0;
    let last = -1;
    for (const key of sorted) {
      // The same name of the same entity, from two languages.
      if (last !== -1 && compare(last, key) === 0) continue;
      last = key;
      const start = starts[key] as number;
      const end = starts[key + 1] as number;
      run[at++] = end - start;
      for (let byte = start; byte < end; byte++) run[at++] = bytes[byte] as number;
      at = run.writeUInt32LE(postings[key] as number, at);
    }
    runs.push(
      folder === undefined
        ? run.subarray(0, at)
        : writeRun(join(folder, `${name}-${runs.length}.run`), run, at),
    );
    used = 0;
    count = 0;
  };

  return {
    add(key, length, posting) {
      makeRoom(length);
      for (let at = 0; at < length; at++) bytes[used + at] = key[at] as number;
      starts[count] = used;
      used += length;
      postings[count++] = posting;
      starts[count] = used;
      if (count >= most || used >= BOX_BYTES) setAside();
    },
    close() {
      setAside();
      bytes = Buffer.alloc(0);
      starts = new Uint32Array(0);
      postings = new Uint32Array(0);
      return runs;
    },
  };
};

const writeRun = (path: string, run: Buffer, length: number): string => {
  const file = openSync(path, 'w', 0o600);
  try {
    for (let at = 0; at < length;) at += writeSync(file, run, at, length - at);
    // An import that goes on after the machine was switched off has to find it whole.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return path;
};

/** Reads a run record by record. */
interface RunReader {
  readonly bytes: Buffer;
  /** Where the key of the present record starts and how long it is. */
  readonly start: number;
  readonly length: number;
  readonly posting: number;
  /** Goes to the next record; false at the end. */
  next(): boolean;
  close(): void;
}

const openRun = (run: Run): RunReader => {
  const isFile = typeof run === 'string';
  const file = isFile ? openSync(run, 'r') : -1;
  const size = isFile ? statSync(run).size : run.length;
  let bytes = isFile ? Buffer.allocUnsafe(Math.min(size, CHUNK)) : run;
  let filled = isFile ? 0 : size;
  let taken = filled;
  let at = 0;
  let start = 0;
  let length = 0;
  let posting = 0;

  const refill = (): void => {
    bytes.copy(bytes, 0, at, filled);
    filled -= at;
    at = 0;
    while (filled < bytes.length && taken < size) {
      const read = readSync(file, bytes, filled, bytes.length - filled, taken);
      if (read === 0) break;
      filled += read;
      taken += read;
    }
  };

  return {
    get bytes() {
      return bytes;
    },
    get start() {
      return start;
    },
    get length() {
      return length;
    },
    get posting() {
      return posting;
    },
    next() {
      if (filled - at < LONGEST_KEY + 5 && taken < size) refill();
      if (at >= filled) return false;
      length = bytes[at] as number;
      start = at + 1;
      const end = start + length;
      if (end + 4 > filled) throw new Error('A file of sorted names was cut short; begin the import again.');
      posting = bytes.readUInt32LE(end);
      at = end + 4;
      return true;
    },
    close() {
      if (isFile) closeSync(file);
      bytes = Buffer.alloc(0);
    },
  };
};

const compareReaders = (a: RunReader, b: RunReader): number => {
  const shorter = Math.min(a.length, b.length);
  const { bytes, start } = a;
  const { bytes: others, start: otherStart } = b;
  for (let at = 0; at < shorter; at++) {
    const difference = (bytes[start + at] as number) - (others[otherStart + at] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/**
 * Merges runs: calls `visit` once for each different key, in the order of their bytes, with all its postings in any order.
 * The array of postings is used again for the next key, and the key's bytes only hold during the call.
 */
export const mergeRuns = (
  runs: readonly Run[],
  visit: (bytes: Uint8Array, length: number, postings: number[]) => void,
): void => {
  const readers = runs.map(openRun);
  try {
    /** A heap: the least key first. */
    const heap: RunReader[] = [];
    const sink = (from: number): void => {
      let slot = from;
      const moved = heap[slot] as RunReader;
      for (;;) {
        let below = slot * 2 + 1;
        if (below >= heap.length) break;
        const [left, right] = [heap[below] as RunReader, heap[below + 1]];
        if (right !== undefined && compareReaders(right, left) < 0) below++;
        const least = heap[below] as RunReader;
        if (compareReaders(moved, least) <= 0) break;
        heap[slot] = least;
        slot = below;
      }
      heap[slot] = moved;
    };
    for (const reader of readers) if (reader.next()) heap.push(reader);
    for (let slot = (heap.length >> 1) - 1; slot >= 0; slot--) sink(slot);
    const key = Buffer.alloc(LONGEST_KEY);
    let length = -1;
    const postings: number[] = [];
    for (;;) {
      const [first] = heap;
      const isSame =
        first !== undefined &&
        first.length === length &&
        first.bytes.compare(key, 0, length, first.start, first.start + length) === 0;
      if (!isSame) {
        if (length !== -1) visit(key, length, postings);
        if (first === undefined) return;
        postings.length = 0;
        length = first.length;
        first.bytes.copy(key, 0, first.start, first.start + length);
      }
      if (first === undefined) return;
      postings.push(first.posting);
      if (first.next()) sink(0);
      else {
        const last = heap.pop() as RunReader;
        if (heap.length > 0) {
          heap[0] = last;
          sink(0);
        }
      }
    }
  } finally {
    for (const reader of readers) reader.close();
  }
};
