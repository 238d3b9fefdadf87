import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

/**
 * Collects very many numbers and gives them back sorted, each once, from a file: sorted in runs, which are merged.
 * Holds 32 MB at most, whatever their number.
 */

const RUN = 4 * 1024 * 1024;
/** So many numbers of a run are read at a time. */
const READ = 8192;

/** Writes all of a list to a file that is open. */
export const writeAll = (fd: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
};

/** A file of numbers, read from its beginning. */
export interface NumberReader {
  /** The next number, NaN at the end. */
  next(): number;
  close(): void;
}

/** Reads a file of 64-bit floating-point numbers. */
export const readNumbers = (path: string): NumberReader => {
  const fd = openSync(path, 'r');
  const chunk = new Float64Array(READ);
  const bytes = new Uint8Array(chunk.buffer);
  let filled = 0;
  let at = 0;
  return {
    next() {
      if (at === filled) {
        let length = 0;
        // A read may give less than is there.
        for (let got = -1; got !== 0 && length < bytes.length; length += got)
          got = readSync(fd, bytes, length, bytes.length - length, null);
        filled = length >>> 3;
        at = 0;
        if (filled === 0) return Number.NaN;
      }
      const value = chunk[at] ?? Number.NaN;
      at += 1;
      return value;
    },
    close: () => closeSync(fd),
  };
};

/** Collects numbers into `path`, by way of files beside it. */
export interface NumberSorter {
  add(value: number): void;
  /** Writes the file and returns how many numbers it has. */
  finish(): number;
  /** Removes what lies on the disk beside the file. */
  discard(): void;
}

interface Head {
  value: number;
  readonly reader: NumberReader;
}

/** Puts the first of a heap where it belongs, the least number at the top. */
const sink = (heap: Head[]): void => {
  const moving = heap[0];
  if (moving === undefined) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    const right = heap[child + 1];
    let least = heap[child];
    if (least !== undefined && right !== undefined && right.value < least.value) {
      least = right;
      child += 1;
    }
    if (least === undefined || least.value >= moving.value) break;
    heap[at] = least;
    at = child;
  }
  heap[at] = moving;
};

/** Begins to collect numbers that `path` shall hold. */
export const sortNumbers = (path: string): NumberSorter => {
  const runs: string[] = [];
  let buffer = new Float64Array(64 * 1024);
  let count = 0;
  const spill = (to: string): number => {
    const sorted = buffer.subarray(0, count).sort();
    let kept = 0;
    for (const value of sorted) {
      if (kept > 0 && sorted[kept - 1] === value) continue;
      sorted[kept] = value;
      kept += 1;
    }
    const fd = openSync(to, 'w');
    try {
      writeAll(fd, new Uint8Array(sorted.buffer, sorted.byteOffset, kept * 8));
    } finally {
      closeSync(fd);
    }
    count = 0;
    return kept;
  };
  const discard = (): void => {
    for (const run of runs) rmSync(run, { force: true });
    runs.length = 0;
  };
  return {
    add(value) {
      if (count === RUN) {
        const run = `${path}.${runs.length}`;
        runs.push(run);
        spill(run);
      }
      if (count === buffer.length) {
        const longer = new Float64Array(Math.min(RUN, 4 * count));
        longer.set(buffer);
        buffer = longer;
      }
      buffer[count] = value;
      count += 1;
    },
    finish() {
      if (runs.length === 0) return spill(path);
      const last = `${path}.${runs.length}`;
      runs.push(last);
      spill(last);
      buffer = new Float64Array(0);
      const total = mergeRuns(runs, path);
      discard();
      return total;
    },
    discard,
  };
};

const mergeRuns = (runs: readonly string[], path: string): number => {
  const readers = runs.map(readNumbers);
  const fd = openSync(path, 'w');
  try {
    const heads = readers.map((reader) => ({ value: reader.next(), reader }));
    const heap = heads.filter(({ value }) => !Number.isNaN(value)).sort((a, b) => a.value - b.value);
    const out = new Float64Array(READ);
    let filled = 0;
    let total = 0;
    let last = Number.NaN;
    for (let head = heap[0]; head !== undefined; head = heap[0]) {
      if (head.value !== last) {
        last = head.value;
        out[filled] = last;
        filled += 1;
        total += 1;
        if (filled === READ) {
          writeAll(fd, new Uint8Array(out.buffer));
          filled = 0;
        }
      }
      head.value = head.reader.next();
      if (Number.isNaN(head.value)) {
        const end = heap.pop();
        if (end !== undefined && heap.length > 0) heap[0] = end;
      }
      sink(heap);
    }
    writeAll(fd, new Uint8Array(out.buffer, 0, filled * 8));
    return total;
  } finally {
    closeSync(fd);
    for (const reader of readers) reader.close();
  }
};
