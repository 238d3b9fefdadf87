/** Rows on their way from a file to PostgreSQL: cells as ranges of UTF-8 bytes, so that no text is made of what only passes through. */

/** Written as it stands, without quotes or of no type of its own: may be any type. */
export const BARE = 0;
/** In quotes: any type as well, but never nothing. */
export const QUOTED = 1;
/** Nothing at all. */
export const NOTHING = 2;
/** A text by the format's own word, as `"5"` is in JSON: never a number or a truth value. */
export const STRING = 3;

/** An object or array of JSON, as it stands. */
export const NESTED = 4;

/** What is wrong with a whole row; 0 where nothing is. */
export const AFTER_QUOTE = 1;
export const NO_OBJECT = 2;
export const NAMED_TWICE = 3;
export const HALF_CHARACTER = 4;

/** All arrays are reused: a batch is over when the next one is asked for. */
export interface Batch {
  /** UTF-8. */
  bytes: Buffer;
  rows: number;
  /** The cells of row r are `first[r]` up to `first[r + 1]`. */
  first: Int32Array;
  /** Of each row: its line (or number) from 1, the byte where it begins, counted in UTF-8, and what is wrong with it. */
  lines: Float64Array;
  offsets: Float64Array;
  faults: Uint8Array;
  cells: number;
  /** Of each cell: where it begins and ends in `bytes`, and how it stood there. */
  starts: Int32Array;
  ends: Int32Array;
  kinds: Uint8Array;
  /** Whether a NUL may be among the bytes, which PostgreSQL's texts cannot hold. */
  mayHoldNul: boolean;
  /** Bytes of the file that were read so far. */
  read: number;
  /** Whether other readers would understand something in it otherwise. */
  oddities: boolean;
  /** Whether a row ended otherwise than the dialect says. */
  mixesEnds: boolean;
}

export const createBatch = (): Batch => ({
  bytes: Buffer.alloc(0),
  rows: 0,
  first: new Int32Array(1025),
  lines: new Float64Array(1024),
  offsets: new Float64Array(1024),
  faults: new Uint8Array(1024),
  cells: 0,
  starts: new Int32Array(8192),
  ends: new Int32Array(8192),
  kinds: new Uint8Array(8192),
  mayHoldNul: false,
  read: 0,
  oddities: false,
  mixesEnds: false,
});

const grownInts = (old: Int32Array): Int32Array => {
  const grown = new Int32Array(old.length * 2);
  grown.set(old);
  return grown;
};

const grownFloats = (old: Float64Array): Float64Array => {
  const grown = new Float64Array(old.length * 2);
  grown.set(old);
  return grown;
};

const grownBytes = (old: Uint8Array): Uint8Array => {
  const grown = new Uint8Array(old.length * 2);
  grown.set(old);
  return grown;
};

export const addCell = (batch: Batch, start: number, end: number, kind: number): void => {
  const at = batch.cells;
  if (at === batch.kinds.length) {
    batch.starts = grownInts(batch.starts);
    batch.ends = grownInts(batch.ends);
    batch.kinds = grownBytes(batch.kinds);
  }
  batch.starts[at] = start;
  batch.ends[at] = end;
  batch.kinds[at] = kind;
  batch.cells = at + 1;
};

/** Ends the row whose cells were added since the row before. */
export const addRow = (batch: Batch, line: number, offset: number, fault: number): void => {
  const at = batch.rows;
  if (at === batch.lines.length) {
    batch.lines = grownFloats(batch.lines);
    batch.offsets = grownFloats(batch.offsets);
    batch.faults = grownBytes(batch.faults);
  }
  if (at + 1 >= batch.first.length) batch.first = grownInts(batch.first);
  batch.lines[at] = line;
  batch.offsets[at] = offset;
  batch.faults[at] = fault;
  batch.first[at + 1] = batch.cells;
  batch.rows = at + 1;
};

/** Makes it empty again. */
export const clearBatch = (batch: Batch, bytes: Buffer): void => {
  batch.bytes = bytes;
  batch.rows = 0;
  batch.cells = 0;
  batch.first[0] = 0;
  batch.oddities = false;
  batch.mixesEnds = false;
};

/** The cell as text; null where it is nothing. */
export const cellText = (batch: Batch, cell: number): string | null =>
  batch.kinds[cell] === NOTHING ? null : batch.bytes.toString('utf8', batch.starts[cell], batch.ends[cell]);
