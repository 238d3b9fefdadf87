/** Lines that do not fit into memory: kept on disk, in order or sorted. */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** Bytes that are written or read at once. */
const PIECE = 256 * 1024;
/** Characters and lines of one sorted run: what lies in memory at a time. */
const RUN_CHARACTERS = 12_000_000;
const RUN_LINES = 200_000;

/** Lines in a file of their own, to be read back in the order in which they came. None holds a line break. */
export interface Spill {
  add(line: string): void;
  /** Closes the file for writing; each call begins at its start. */
  lines(): Generator<string, void, undefined>;
  remove(): void;
}

/** Writes the whole of a buffer; the system may take less at once. */
const writeWhole = (file: number, bytes: Buffer): void => {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at);
};

/** Opens an empty spill file. Errors of the file system come through as they are. */
export const createSpill = (path: string): Spill => {
  let file: number | undefined = openSync(path, 'w', 0o600);
  let held: string[] = [];
  let heldCharacters = 0;
  const flush = (): void => {
    if (file !== undefined && held.length > 0) writeWhole(file, Buffer.from(`${held.join('\n')}\n`));
    held = [];
    heldCharacters = 0;
  };
  const close = (): void => {
    if (file === undefined) return;
    const open = file;
    file = undefined;
    closeSync(open);
  };
  return {
    add(line) {
      held.push(line);
      heldCharacters += line.length;
      if (heldCharacters > PIECE) flush();
    },
    *lines() {
      flush();
      close();
      const input = openSync(path, 'r');
      try {
        const piece = Buffer.allocUnsafe(PIECE);
        const decoder = new StringDecoder('utf8');
        let rest = '';
        for (;;) {
          const length = readSync(input, piece, 0, PIECE, null);
          if (length === 0) return;
          const lines = (rest + decoder.write(piece.subarray(0, length))).split('\n');
          rest = lines.pop() ?? '';
          yield* lines;
        }
      } finally {
        closeSync(input);
      }
    },
    remove() {
      held = [];
      close();
      rmSync(path, { force: true });
    },
  };
};

/** Lines that come back sorted (by UTF-16 units); sorted in runs, which are merged. */
export interface LineSorter {
  add(line: string): void;
  /** To be called once. */
  sorted(): Generator<string, void, undefined>;
  remove(): void;
}

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Merges sorted sequences with a heap of their next lines. */
const merge = function* (
  sources: readonly Iterator<string, void, undefined>[],
): Generator<string, void, undefined> {
  const heap: { line: string; source: Iterator<string, void, undefined> }[] = [];
  for (const source of sources) {
    const { value } = source.next();
    if (typeof value === 'string') heap.push({ line: value, source });
  }
  heap.sort((a, b) => byUnits(a.line, b.line));
  while (heap.length > 0) {
    const first = heap[0] as (typeof heap)[number];
    yield first.line;
    const { value } = first.source.next();
    let entry = first;
    if (typeof value === 'string') first.line = value;
    else {
      const last = heap.pop() as (typeof heap)[number];
      if (heap.length === 0) return;
      entry = last;
    }
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let least = left;
      if (right !== undefined && right.line < left.line) {
        least = right;
        child += 1;
      }
      if (entry.line <= least.line) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = entry;
  }
};

/** @param folder where the runs lie; @param name begins their names. */
export const createLineSorter = (folder: string, name: string): LineSorter => {
  const runs: Spill[] = [];
  let lines: string[] = [];
  let characters = 0;
  const endRun = (): void => {
    lines.sort(byUnits);
    const run = createSpill(join(folder, `${name}-${runs.length}.run`));
    runs.push(run);
    for (const line of lines) run.add(line);
    lines = [];
    characters = 0;
  };
  return {
    add(line) {
      lines.push(line);
      characters += line.length;
      if (characters > RUN_CHARACTERS || lines.length >= RUN_LINES) endRun();
    },
    *sorted() {
      if (runs.length === 0) {
        yield* lines.sort(byUnits);
        return;
      }
      endRun();
      yield* merge(runs.map((run) => run.lines()));
    },
    remove() {
      lines = [];
      for (const run of runs) run.remove();
    },
  };
};

/** Pairs of 32-bit numbers that come back sorted by the first, then the second. */
export interface PairSorter {
  add(first: number, second: number): void;
  /** Calls `visit` with each pair; to be called once. */
  visit(visit: (first: number, second: number) => void): void;
  remove(): void;
}

/** Pairs of one run, eight bytes each. */
const RUN_PAIRS = 2_000_000;
const PAIRS_PIECE = 8_192;

interface PairRun {
  readonly words: Uint32Array;
  at: number;
  length: number;
  fill(): boolean;
  close(): void;
}

const openRun = (path: string): PairRun => {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(PAIRS_PIECE * 8);
  const run: PairRun = {
    words: new Uint32Array(bytes.buffer, bytes.byteOffset, PAIRS_PIECE * 2),
    at: 0,
    length: 0,
    fill() {
      let held = 0;
      for (;;) {
        const got = readSync(file, bytes, held, bytes.length - held, null);
        held += got;
        if (got === 0 || held === bytes.length) break;
      }
      run.at = 0;
      run.length = held / 8;
      return run.length > 0;
    },
    close: () => closeSync(file),
  };
  return run;
};

/** @param folder where the runs lie; @param name begins their names. */
export const createPairSorter = (folder: string, name: string): PairSorter => {
  // The low word of a little-endian 64-bit number comes first, so `second` stands before `first`.
  let words = new Uint32Array(2 * 4_096);
  let count = 0;
  const paths: string[] = [];
  const sortHeld = (): Uint32Array => {
    const held = words.subarray(0, 2 * count);
    new BigUint64Array(held.buffer, held.byteOffset, count).sort();
    return held;
  };
  const endRun = (): void => {
    const held = sortHeld();
    const path = join(folder, `${name}-${paths.length}.pairs`);
    paths.push(path);
    const file = openSync(path, 'w', 0o600);
    try {
      writeWhole(file, Buffer.from(held.buffer, held.byteOffset, held.byteLength));
    } finally {
      closeSync(file);
    }
    count = 0;
  };
  return {
    add(first, second) {
      if (2 * count === words.length) {
        const grown = new Uint32Array(2 * words.length);
        grown.set(words);
        words = grown;
      }
      words[2 * count] = second;
      words[2 * count + 1] = first;
      count += 1;
      if (count === RUN_PAIRS) endRun();
    },
    visit(visit) {
      if (paths.length === 0) {
        const held = sortHeld();
        for (let at = 0; at < held.length; at += 2) visit(held[at + 1] as number, held[at] as number);
        return;
      }
      endRun();
      words = new Uint32Array(2);
      const opened = paths.map(openRun);
      try {
        let runs = opened.filter((run) => run.fill());
        while (runs.length > 0) {
          let least = runs[0] as PairRun;
          let first = least.words[2 * least.at + 1] as number;
          let second = least.words[2 * least.at] as number;
          for (let index = 1; index < runs.length; index++) {
            const run = runs[index] as PairRun;
            const otherFirst = run.words[2 * run.at + 1] as number;
            const otherSecond = run.words[2 * run.at] as number;
            if (otherFirst > first || (otherFirst === first && otherSecond >= second)) continue;
            least = run;
            first = otherFirst;
            second = otherSecond;
          }
          visit(first, second);
          least.at += 1;
          if (least.at === least.length && !least.fill()) {
            const ended = least;
            runs = runs.filter((run) => run !== ended);
          }
        }
      } finally {
        for (const run of opened) run.close();
      }
    },
    remove() {
      count = 0;
      for (const path of paths) rmSync(path, { force: true });
    },
  };
};
