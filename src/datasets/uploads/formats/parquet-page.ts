/** One page of a flat column of Parquet: unpacked once, its values made a few rows at a time. */
import type { DecodedArray, PageHeader } from 'hyparquet';
import type { ColumnDecoder } from 'hyparquet/src/types.js';
import { convert } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { LARGEST_PAGE, MOST_PAGE_VALUES } from './bounds.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';
import { openRuns, type Runs } from './parquet-runs.ts';

/** What makes values of the numbers that a page has in their place. */
export interface Dictionary {
  /** Bytes that it holds, roughly. */
  readonly held: number;
  /** Values of the first `count` codes. */
  values(codes: Uint32Array, count: number): ArrayLike<unknown>;
}

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
  take(count: number, into: unknown[], at: number, levels?: Levels): void;
}

/** A dictionary of texts that costs more is kept as bytes, and a text made each time that it is met. */
const LARGEST_MADE = 4 * 1024 * 1024;

/** What V8 needs for a short text or a view of bytes, besides what is in it. */
const OBJECT_BYTES = 100;

const checked = (count: number): number => {
  if (!(count >= 0)) throw invalidParquet();
  if (count > MOST_PAGE_VALUES)
    throw parquetTooLarge(
      `a page has more than ${MOST_PAGE_VALUES} values: write the file with at most a million rows in a row group`,
    );
  return count;
};

/** In memory of its own, so that no lie about a length reaches beyond it. */
const unpack = (packed: Uint8Array, size: number, { codec, compressors }: ColumnDecoder): Uint8Array => {
  if (!(size >= 0)) throw invalidParquet();
  if (size > LARGEST_PAGE)
    throw parquetTooLarge(
      `a page is larger than ${LARGEST_PAGE} bytes unpacked: write the file with smaller pages, or fewer rows in a row group`,
    );
  if (size === 0) return new Uint8Array(0);
  return codec === 'UNCOMPRESSED' ? new Uint8Array(packed) : decompressPage(packed, size, codec, compressors);
};

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const isOfBytes = ({ type }: ColumnDecoder): boolean =>
  type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY';

/** Throws FormatError, or whatever broken bytes make the library throw. */
export const openDictionary = (
  packed: Uint8Array,
  header: PageHeader,
  decoder: ColumnDecoder,
): Dictionary => {
  const bytes = unpack(packed, header.uncompressed_page_size, decoder);
  const count = checked(header.dictionary_page_header?.num_values ?? -1);
  const { type, element } = decoder;
  const reader = { view: viewOf(bytes), offset: 0 };
  const made = bytes.length * 2 + count * OBJECT_BYTES;
  if (!isOfBytes(decoder) || made <= LARGEST_MADE) {
    const values = convert(readPlain(reader, type, count, element.type_length), decoder);
    return {
      held: isOfBytes(decoder) ? made : bytes.length + count * 8,
      values: (codes, wanted) => {
        const found: unknown[] = [];
        for (let one = 0; one < wanted; one += 1) {
          const code = codes[one] ?? 0;
          if (code >= count) throw invalidParquet();
          found.push(values[code]);
        }
        return found;
      },
    };
  }
  const starts = new Uint32Array(count + 1);
  const prefix = type === 'BYTE_ARRAY' ? 4 : 0;
  for (let one = 0, at = 0; one < count; one += 1) {
    at += prefix + (prefix === 4 ? reader.view.getUint32(at, true) : (element.type_length ?? 0));
    if (at > bytes.length) throw invalidParquet();
    starts[one + 1] = at;
  }
  return {
    held: bytes.length + starts.byteLength,
    values: (codes, wanted) => {
      const found: Uint8Array[] = [];
      for (let one = 0; one < wanted; one += 1) {
        const code = codes[one] ?? 0;
        if (code >= count) throw invalidParquet();
        found.push(bytes.subarray((starts[code] ?? 0) + prefix, starts[code + 1]));
      }
      return convert(found, decoder);
    },
  };
};

/** Values that stand one after the other; asked for in their order. */
interface Values {
  readonly held: number;
  next(count: number): ArrayLike<unknown>;
}

/** A text may repeat what stood before it, so that a few bytes make many (Encodings.md, “Delta Strings”). */
const checkDeltaStrings = (bytes: Uint8Array, count: number): number => {
  const reader = { view: viewOf(bytes), offset: 0 };
  const lengths = new Int32Array(count);
  let sum = 0;
  for (const _part of ['what is repeated', 'what is new']) {
    deltaBinaryUnpack(reader, count, lengths);
    for (const length of lengths) {
      if (length < 0) throw invalidParquet();
      sum += length;
    }
  }
  if (sum > LARGEST_PAGE)
    throw parquetTooLarge(
      `a page has texts of more than ${LARGEST_PAGE} bytes: write the file with smaller pages`,
    );
  return sum;
};

/** Encodings that are read from their first to their last value. */
const readWhole = (bytes: Uint8Array, count: number, encoding: string, decoder: ColumnDecoder): Values => {
  if (count === 0) return { held: 0, next: () => [] };
  const { element, schemaPath } = decoder;
  const sum = encoding === 'DELTA_BYTE_ARRAY' ? checkDeltaStrings(bytes, count) : 0;
  const width =
    { FIXED_LEN_BYTE_ARRAY: element.type_length ?? 0, FLOAT: 4, INT32: 4 }[decoder.type as string] ?? 8;
  if (encoding === 'BYTE_STREAM_SPLIT' && count * width > bytes.length) throw invalidParquet();
  // Its levels have been taken off: to the library it is a column that is never empty.
  const required = { ...element, repetition_type: 'REQUIRED' as const };
  const [root, leaf] = schemaPath;
  if (root === undefined || leaf === undefined) throw invalidParquet();
  const said = {
    num_values: count,
    encoding,
    definition_level_encoding: 'RLE',
    repetition_level_encoding: 'RLE',
  };
  const { dataPage } = readDataPage(bytes, said as Parameters<typeof readDataPage>[1], {
    ...decoder,
    element: required,
    schemaPath: [root, { ...leaf, element: required }],
  });
  let at = 0;
  return {
    held: sum + count * (Array.isArray(dataPage) ? OBJECT_BYTES : 8),
    next: (some) => {
      at += some;
      return convert(dataPage.slice(at - some, at) as DecodedArray, decoder);
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
  const { type, element } = decoder;
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    // Where all is nothing there may be no byte at all.
    const runs = openRuns(bytes, 1, bytes.length, bytes[0] ?? 0);
    let codes = new Uint32Array(0);
    return {
      held: 0,
      next: (some) => {
        if (some === 0) return [];
        if (dictionary === undefined) throw invalidParquet();
        if (codes.length < some) codes = new Uint32Array(some);
        runs.read(codes, some);
        return dictionary.values(codes, some);
      },
    };
  }
  if (type === 'BOOLEAN' && (encoding === 'RLE' || encoding === 'PLAIN')) {
    const runs = encoding === 'RLE' ? openRuns(bytes, 4, bytes.length, 1) : undefined;
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
        return Array.from(found, (bit) => bit === 1);
      },
    };
  }
  if (encoding === 'PLAIN') {
    const reader = { view: viewOf(bytes), offset: 0 };
    return { held: 0, next: (some) => convert(readPlain(reader, type, some, element.type_length), decoder) };
  }
  return readWhole(bytes, count(), encoding, decoder);
};

type LevelBytes = readonly [bytes: Uint8Array, start: number, end: number];

/** Where levels and values lie, in both versions of pages. */
interface Layout {
  readonly rows: number;
  readonly encoding: string;
  readonly repetitions: LevelBytes | undefined;
  readonly definitions: LevelBytes | undefined;
  readonly values: Uint8Array;
  readonly held: number;
}

const layoutOf = (packed: Uint8Array, header: PageHeader, decoder: ColumnDecoder, depth: Depth): Layout => {
  const size = header.uncompressed_page_size;
  if (header.type === 'DATA_PAGE') {
    const { num_values: rows = -1, encoding = '' } = header.data_page_header ?? {};
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
    return { rows: checked(rows), encoding, held: bytes.length, repetitions, definitions, values };
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
    rows: checked(said.num_values),
    encoding: said.encoding,
    repetitions: depth.repetition > 0 ? [levels, 0, start] : undefined,
    definitions: depth.definition > 0 ? [levels, start, end] : undefined,
    values,
    held: values.length + levels.length,
  };
};

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
  const layout = layoutOf(packed, header, decoder, depth);
  const { rows, values: bytes, definitions, repetitions } = layout;
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
        const found = values.next(count);
        for (let one = 0; one < count; one += 1) into[at + one] = found[one];
        levels?.definitions.fill(0, 0, count);
        return;
      }
      if (levels === undefined && own.length < count) own = new Uint32Array(count);
      const present = levels?.definitions ?? own;
      runs.read(present, count);
      const found = values.next(countOf(present, count, deepest));
      let next = 0;
      for (let one = 0; one < count; one += 1) {
        const isThere = present[one] === deepest;
        into[at + one] = isThere ? found[next] : undefined;
        if (isThere) next += 1;
      }
    },
  };
};
