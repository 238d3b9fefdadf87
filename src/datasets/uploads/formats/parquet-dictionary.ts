/** The dictionary of a column of Parquet: pages name its values by their numbers (parquet-format, Encodings.md, “Dictionary Encoding”). */
import type { PageHeader } from 'hyparquet';
import { convert } from 'hyparquet/src/convert.js';
import type { ColumnDecoder } from 'hyparquet/src/types.js';
import { invalidParquet } from './parquet-errors.ts';
import {
  bytesOfText,
  checked,
  checkFits,
  endOfText,
  isOfBytes,
  madeOf,
  OBJECT_BYTES,
  readValues,
  unpack,
  viewOf,
  widthOf,
  type Made,
} from './parquet-plain.ts';

/** What makes values of the numbers that a page has in their place. */
export interface Dictionary {
  /** Bytes that it holds, roughly. */
  readonly held: number;
  /**
   * Values of the first `count` codes. The same code has the same value until `forget`, so that no text is there twice. Throws
   * parquet_invalid where there is no such code, and what a library throws of broken bytes.
   */
  values(codes: Uint32Array, count: number): Made;
  /** What it made is not used any more. */
  forget(): void;
}

/** A dictionary of texts that costs more is kept as bytes, and a text made when it is met. */
const LARGEST_MADE = 4 * 1024 * 1024;

interface Opened {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly decoder: ColumnDecoder;
}

/** All values made at once, where they are few, or numbers as they lie there. */
const openWhole = ({ bytes, count, decoder }: Opened): Dictionary | undefined => {
  const place = { bytes, at: 0 };
  const made = bytes.length * 2 + count * OBJECT_BYTES;
  let held = made;
  if (isOfBytes(decoder)) {
    if (made > LARGEST_MADE) return undefined;
  } else if (decoder.type === 'BOOLEAN') held = bytes.length + count * 8;
  else {
    if (!ArrayBuffer.isView(readValues(place, Math.min(count, 1), decoder).values)) return undefined;
    held = bytes.length;
    place.at = 0;
  }
  const { values } = readValues(place, count, decoder);
  return {
    held,
    values: (codes, wanted) => {
      const found: unknown[] = [];
      for (let one = 0; one < wanted; one += 1) {
        const code = codes[one] ?? 0;
        if (code >= count) throw invalidParquet();
        found.push(values[code]);
      }
      return { values: found, bytes: 0, areViews: false };
    },
    forget: () => undefined,
  };
};

/** What makes values of codes that differ from each other. */
type Select = (codes: readonly number[]) => ArrayLike<unknown>;

const selectTexts = ({ bytes, count, decoder }: Opened): readonly [Select, number] => {
  const view = viewOf(bytes);
  const ends = new Uint32Array(count);
  for (let one = 0, at = 0; one < count; one += 1) {
    at = endOfText(view, at);
    ends[one] = at;
  }
  const bytesAt = (code: number): Uint8Array =>
    bytesOfText(bytes, code === 0 ? 0 : (ends[code - 1] ?? 0), ends[code] ?? 0);
  return [(codes) => convert(codes.map(bytesAt), decoder), ends.byteLength];
};

const selectFixed =
  ({ bytes, decoder }: Opened, width: number): Select =>
  (codes) => {
    if (isOfBytes(decoder))
      return convert(
        codes.map((code) => bytes.subarray(code * width, (code + 1) * width)),
        decoder,
      );
    const some = new Uint8Array(codes.length * width);
    for (const [index, code] of codes.entries())
      some.set(bytes.subarray(code * width, (code + 1) * width), index * width);
    return readValues({ bytes: some, at: 0 }, codes.length, decoder).values;
  };

/** Kept as bytes, of which only the values are made that are asked for, each once. */
const openSelected = (opened: Opened): Dictionary => {
  const { bytes, count, decoder } = opened;
  const width = widthOf(decoder);
  const [select, more] = width === undefined ? selectTexts(opened) : [selectFixed(opened, width), 0];
  /** Of each code: where its value is in `made`; none where it is negative. */
  const places = new Int32Array(count).fill(-1);
  let known: number[] = [];
  let made: unknown[] = [];
  return {
    held: bytes.length + more + places.byteLength,
    values: (codes, wanted) => {
      const fresh: number[] = [];
      for (let one = 0; one < wanted; one += 1) {
        const code = codes[one] ?? 0;
        const place = places[code];
        if (place === undefined) throw invalidParquet();
        if (place >= 0) continue;
        places[code] = known.length;
        known.push(code);
        fresh.push(code);
      }
      const some = fresh.length === 0 ? [] : select(fresh);
      for (let one = 0; one < fresh.length; one += 1) made.push(some[one]);
      const found: unknown[] = [];
      for (let one = 0; one < wanted; one += 1) found.push(made[places[codes[one] ?? 0] ?? 0]);
      // Bytes are those of the dictionary, which is there until its column is over.
      return { values: found, bytes: madeOf(some).bytes, areViews: false };
    },
    forget: () => {
      for (const code of known) places[code] = -1;
      known = [];
      made = [];
    },
  };
};

/** Throws FormatError, or whatever broken bytes make the library throw. */
export const openDictionary = (
  packed: Uint8Array,
  header: PageHeader,
  decoder: ColumnDecoder,
): Dictionary => {
  const count = checked(header.dictionary_page_header?.num_values);
  const bytes = unpack(packed, header.uncompressed_page_size, decoder);
  checkFits(count, bytes.length, decoder);
  const opened = { bytes, count, decoder };
  return openWhole(opened) ?? openSelected(opened);
};
