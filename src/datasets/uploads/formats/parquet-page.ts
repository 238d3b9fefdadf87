/** One page of a column of Parquet: unpacked once, its values made a few at a time. */
import type { PageHeader } from 'hyparquet';
import { convert } from 'hyparquet/src/convert.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import type { ColumnDecoder } from 'hyparquet/src/types.js';
import { LARGEST_PAGE } from './bounds.ts';
import type { Dictionary } from './parquet-dictionary.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';
import {
  checked,
  checkFits,
  madeOf,
  NONE,
  readValues,
  unpack,
  viewOf,
  widthOf,
  type Made,
} from './parquet-plain.ts';
import { openRuns, type Runs } from './parquet-runs.ts';

/** Of each value, as Dremel counts them: at which list it goes on, and how much of its path is there. */
export interface Levels {
  readonly repetitions: Uint32Array;
  readonly definitions: Uint32Array;
}

/** The highest levels of a column: how many lists it is in, and how much of its path may be missing. */
export interface Depth {
  readonly repetition: number;
  readonly definition: number;
}

export interface Page {
  /** How many values it has, those included that are nothing; of a column that is in no list, so many rows. */
  readonly rows: number;
  /** Bytes that it holds until it is over, roughly. */
  readonly held: number;
  /** Puts the next `count` values into their places from `at` on, undefined where there is nothing; and their levels. */
  take(count: number, into: unknown[], at: number, levels?: Levels): Made;
}

/** Values that stand one after the other; asked for in their order. */
interface Values {
  /** Bytes that it holds besides those that it was opened with. */
  readonly held: number;
  next(count: number): Made;
}

/** Of texts that are written behind each other: lengths first, four bytes each when they are unpacked. */
const readLengths = (reader: { view: DataView; offset: number }, count: number): Int32Array => {
  const lengths = new Int32Array(count);
  deltaBinaryUnpack(reader, count, lengths);
  for (const length of lengths) if (length < 0) throw invalidParquet();
  return lengths;
};

/**
 * Texts of which each may begin as the one before does (Encodings.md, “Delta-length byte array”, “Delta Strings”). A few bytes make
 * many, so what they make is known before it is made.
 */
const openDeltaTexts = (
  bytes: Uint8Array,
  count: number,
  decoder: ColumnDecoder,
  repeats: boolean,
): Values => {
  if (decoder.type !== 'BYTE_ARRAY' && decoder.type !== 'FIXED_LEN_BYTE_ARRAY') throw invalidParquet();
  const reader = { view: viewOf(bytes), offset: 0 };
  const prefixes = repeats ? readLengths(reader, count) : undefined;
  const lengths = readLengths(reader, count);
  let sum = 0;
  for (const length of lengths) sum += length;
  if (reader.offset + sum > bytes.length) throw invalidParquet();
  for (const length of prefixes ?? []) sum += length;
  if (sum > LARGEST_PAGE)
    throw parquetTooLarge(
      `a page has texts of more than ${LARGEST_PAGE} bytes: write the file with smaller pages`,
    );
  let one = 0;
  let at = reader.offset;
  let before: Uint8Array = new Uint8Array(0);
  const nextText = (): Uint8Array => {
    const end = at + (lengths[one] ?? 0);
    const prefix = prefixes?.[one] ?? 0;
    const own = bytes.subarray(at, end);
    if (prefix > before.length) throw invalidParquet();
    if (prefix === 0) before = own;
    else {
      const whole = new Uint8Array(prefix + own.length);
      whole.set(before.subarray(0, prefix));
      whole.set(own, prefix);
      before = whole;
    }
    at = end;
    one += 1;
    return before;
  };
  return {
    // Texts that have bytes of their own stay with their page, as all of them do.
    held: lengths.byteLength + (prefixes === undefined ? 0 : prefixes.byteLength + sum),
    next: (some) => madeOf(convert(Array.from({ length: some }, nextText), decoder)),
  };
};

/** All first bytes, then all second ones (Encodings.md, “Byte Stream Split”). */
const openSplit = (bytes: Uint8Array, count: number, decoder: ColumnDecoder): Values => {
  const width = widthOf(decoder);
  if (width === undefined || width < 1 || decoder.type === 'INT96') throw invalidParquet();
  checkFits(count, bytes.length, decoder);
  let at = 0;
  return {
    held: 0,
    next: (some) => {
      const found = new Uint8Array(some * width);
      for (let byte = 0; byte < width; byte += 1)
        for (let one = 0; one < some; one += 1)
          found[one * width + byte] = bytes[byte * count + at + one] ?? 0;
      at += some;
      const made = readValues({ bytes: found, at: 0 }, some, decoder);
      // Views are of what was put together just now.
      return made.areViews ? { ...made, bytes: made.bytes + found.length, areViews: false } : made;
    },
  };
};

/** Numbers as their differences (Encodings.md, “Delta Encoding”), unpacked at once. */
const openDeltaNumbers = (bytes: Uint8Array, count: number, decoder: ColumnDecoder): Values => {
  if (decoder.type !== 'INT32' && decoder.type !== 'INT64') throw invalidParquet();
  const numbers = decoder.type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
  deltaBinaryUnpack({ view: viewOf(bytes), offset: 0 }, count, numbers);
  let at = 0;
  return {
    held: numbers.byteLength,
    next: (some) => {
      at += some;
      return madeOf(convert(numbers.slice(at - some, at), decoder));
    },
  };
};

const openCodes = (bytes: Uint8Array, dictionary: Dictionary | undefined): Values => {
  // Where all is nothing there may be no byte at all.
  const runs = openRuns(bytes, 1, bytes.length, bytes[0] ?? 0);
  let codes = new Uint32Array(0);
  return {
    held: 0,
    next: (some) => {
      if (some === 0) return NONE;
      if (dictionary === undefined) throw invalidParquet();
      if (codes.length < some) codes = new Uint32Array(some);
      runs.read(codes, some);
      return dictionary.values(codes, some);
    },
  };
};

const openBits = (bytes: Uint8Array, isPacked: boolean): Values => {
  const runs = isPacked ? openRuns(bytes, 4, bytes.length, 1) : undefined;
  let at = 0;
  return {
    held: 0,
    next: (some) => {
      const found = new Uint32Array(some);
      if (runs !== undefined) runs.read(found, some);
      else if (Math.ceil((at + some) / 8) > bytes.length) throw invalidParquet();
      else
        for (let one = 0; one < some; one += 1)
          found[one] = ((bytes[(at + one) >>> 3] ?? 0) >>> ((at + one) & 7)) & 1;
      at += some;
      return { ...NONE, values: Array.from(found, (bit) => bit === 1) };
    },
  };
};

const openValues = (
  bytes: Uint8Array,
  count: () => number,
  encoding: string,
  decoder: ColumnDecoder,
  dictionary: Dictionary | undefined,
): Values => {
  switch (encoding) {
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      return openCodes(bytes, dictionary);
    case 'RLE':
      if (decoder.type !== 'BOOLEAN') throw invalidParquet();
      return openBits(bytes, true);
    case 'PLAIN': {
      if (decoder.type === 'BOOLEAN') return openBits(bytes, false);
      const place = { bytes, at: 0 };
      return { held: 0, next: (some) => readValues(place, some, decoder) };
    }
    case 'DELTA_BINARY_PACKED':
    case 'DELTA_LENGTH_BYTE_ARRAY':
    case 'DELTA_BYTE_ARRAY':
    case 'BYTE_STREAM_SPLIT': {
      const all = count();
      if (all === 0) return { held: 0, next: () => NONE };
      if (encoding === 'BYTE_STREAM_SPLIT') return openSplit(bytes, all, decoder);
      if (encoding === 'DELTA_BINARY_PACKED') return openDeltaNumbers(bytes, all, decoder);
      return openDeltaTexts(bytes, all, decoder, encoding === 'DELTA_BYTE_ARRAY');
    }
    default:
      throw invalidParquet();
  }
};

type LevelBytes = readonly [bytes: Uint8Array, start: number, end: number];

/** Where levels and values lie, in both versions of pages. */
interface Layout {
  readonly encoding: string;
  readonly repetitions: LevelBytes | undefined;
  readonly definitions: LevelBytes | undefined;
  readonly values: Uint8Array;
  readonly held: number;
}

const layoutOf = (packed: Uint8Array, header: PageHeader, decoder: ColumnDecoder, depth: Depth): Layout => {
  const size = header.uncompressed_page_size;
  if (header.type === 'DATA_PAGE') {
    const { encoding = '' } = header.data_page_header ?? {};
    const bytes = unpack(packed, size, decoder);
    let at = 0;
    const levelsOf = (deepest: number): LevelBytes | undefined => {
      if (deepest === 0) return undefined;
      const start = at + 4;
      at = start + viewOf(bytes).getUint32(at, true);
      if (at > bytes.length) throw invalidParquet();
      return [bytes, start, at];
    };
    const repetitions = levelsOf(depth.repetition);
    const definitions = levelsOf(depth.definition);
    const values = bytes.subarray(at);
    return { encoding, held: bytes.length, repetitions, definitions, values };
  }
  const said = header.data_page_header_v2;
  if (header.type !== 'DATA_PAGE_V2' || said === undefined) throw invalidParquet();
  const start = said.repetition_levels_byte_length;
  const end = start + said.definition_levels_byte_length;
  if (!(start >= 0 && end >= start && end <= packed.length)) throw invalidParquet();
  const rest = packed.subarray(end);
  const isPacked = said.is_compressed !== false;
  const values = isPacked ? unpack(rest, size - end, decoder) : new Uint8Array(rest);
  const levels = new Uint8Array(packed.subarray(0, end));
  return {
    encoding: said.encoding,
    repetitions: depth.repetition > 0 ? [levels, 0, start] : undefined,
    definitions: depth.definition > 0 ? [levels, start, end] : undefined,
    values,
    held: values.length + levels.length,
  };
};

const rowsOf = (header: PageHeader): number =>
  checked((header.type === 'DATA_PAGE' ? header.data_page_header : header.data_page_header_v2)?.num_values);

/** Nothing of a page without values is unpacked. */
const EMPTY: Page = { rows: 0, held: 0, take: () => NONE };

/** Levels that are counted at once. */
const COUNTED = 8192;

const openLevels = (levels: LevelBytes, deepest: number): Runs =>
  openRuns(...levels, 32 - Math.clz32(deepest));

const countOf = (levels: Uint32Array, count: number, deepest: number): number => {
  let there = 0;
  for (let one = 0; one < count; one += 1) if (levels[one] === deepest) there += 1;
  return there;
};

/** Throws FormatError, or whatever broken bytes make the library throw; so does `take`. */
export const openPage = (
  packed: Uint8Array,
  header: PageHeader,
  decoder: ColumnDecoder,
  dictionary: Dictionary | undefined,
  depth: Depth,
): Page => {
  const rows = rowsOf(header);
  if (rows === 0) return EMPTY;
  const layout = layoutOf(packed, header, decoder, depth);
  const { values: bytes, definitions, repetitions } = layout;
  const deepest = depth.definition;
  const countAll = (): number => {
    if (definitions === undefined) return rows;
    const runs = openLevels(definitions, deepest);
    const some = new Uint32Array(COUNTED);
    let count = 0;
    for (let left = rows; left > 0; left -= COUNTED) {
      const size = Math.min(left, COUNTED);
      runs.read(some, size);
      count += countOf(some, size, deepest);
    }
    return count;
  };
  const values = openValues(bytes, countAll, layout.encoding, decoder, dictionary);
  const lists = repetitions === undefined ? undefined : openLevels(repetitions, depth.repetition);
  const runs = definitions === undefined ? undefined : openLevels(definitions, deepest);
  let own = new Uint32Array(0);
  return {
    rows,
    held: layout.held + values.held,
    take: (count, into, at, levels) => {
      if (levels !== undefined) {
        if (lists === undefined) levels.repetitions.fill(0, 0, count);
        else lists.read(levels.repetitions, count);
      }
      if (runs === undefined) {
        const made = values.next(count);
        for (let one = 0; one < count; one += 1) into[at + one] = made.values[one];
        levels?.definitions.fill(0, 0, count);
        return made;
      }
      if (levels === undefined && own.length < count) own = new Uint32Array(count);
      const present = levels?.definitions ?? own;
      runs.read(present, count);
      const made = values.next(countOf(present, count, deepest));
      let next = 0;
      for (let one = 0; one < count; one += 1) {
        const isThere = present[one] === deepest;
        into[at + one] = isThere ? made.values[next] : undefined;
        if (isThere) next += 1;
      }
      return made;
    },
  };
};
