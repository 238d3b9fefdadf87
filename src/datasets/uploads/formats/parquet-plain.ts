/** Values of Parquet in plain encoding: how many there can be is seen before any is made, for headers say what they like. */
import { brotliDecompressSync, unzipSync, zstdDecompressSync } from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { convert } from 'hyparquet/src/convert.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import type { ColumnDecoder } from 'hyparquet/src/types.js';
import { LARGEST_PAGE, MOST_PAGE_VALUES } from './bounds.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';

/** What V8 needs for a short text or a view of bytes, besides what is in it. */
export const OBJECT_BYTES = 100;

/** Values, and what they cost besides the page or dictionary that they come from. */
export interface Made {
  readonly values: ArrayLike<unknown>;
  /** Bytes of the texts among them, at the most. What is of a fixed size is bounded by the number of cells that are made at once. */
  readonly bytes: number;
  /** Whether some of them are bytes of the page, which stays as long as they do. */
  readonly areViews: boolean;
}

export const NONE: Made = { values: [], bytes: 0, areViews: false };

/** V8 writes a text in two bytes for each UTF-16 unit, or in one. */
export const madeOf = (values: ArrayLike<unknown>): Made => {
  if (ArrayBuffer.isView(values)) return { values, bytes: 0, areViews: false };
  let bytes = 0;
  let areViews = false;
  for (let one = 0; one < values.length; one += 1) {
    const value = values[one];
    if (typeof value === 'string') bytes += value.length * 2;
    else if (value instanceof Uint8Array) areViews = true;
  }
  return { values, bytes, areViews };
};

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const isOfBytes = ({ type }: ColumnDecoder): boolean =>
  type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY';

/** How many values a page or dictionary says to have. Throws parquet_invalid, parquet_too_large. */
export const checked = (count: number | undefined): number => {
  if (count === undefined || !Number.isInteger(count) || count < 0) throw invalidParquet();
  if (count > MOST_PAGE_VALUES)
    throw parquetTooLarge(
      `a page has more than ${MOST_PAGE_VALUES} values: write the file with at most a million rows in a row group`,
    );
  return count;
};

type Unpacker = (packed: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Uint8Array;

/** Bytes that zlib unpacks at once, at the least. */
const LEAST_PIECE = 64;

/** Node's own stop where the page ends by its header's word; the library's go on to the end of what was packed, however long it is. */
const UNPACKERS: Readonly<Partial<Record<CompressionCodec, Unpacker>>> = {
  BROTLI: brotliDecompressSync,
  GZIP: unzipSync,
  ZSTD: zstdDecompressSync,
};

/** In memory of its own, so that no lie about a length reaches beyond it. Throws parquet_invalid, parquet_too_large, and what a library throws. */
export const unpack = (
  packed: Uint8Array,
  size: number,
  { codec, compressors }: ColumnDecoder,
): Uint8Array => {
  if (!(size >= 0)) throw invalidParquet();
  if (size > LARGEST_PAGE)
    throw parquetTooLarge(
      `a page is larger than ${LARGEST_PAGE} bytes unpacked: write the file with smaller pages, or fewer rows in a row group`,
    );
  if (size === 0) return new Uint8Array(0);
  if (codec === 'UNCOMPRESSED') return new Uint8Array(packed);
  const own = UNPACKERS[codec];
  if (own === undefined) return decompressPage(packed, size, codec, compressors);
  const bytes = own(packed, { maxOutputLength: size, chunkSize: Math.max(LEAST_PIECE, size) });
  if (bytes.length !== size) throw invalidParquet();
  // A small one may lie in memory that Node shares out.
  return bytes.buffer.byteLength === size ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes);
};

/** Bytes of one value; undefined where each says its own. Throws parquet_invalid. */
export const widthOf = ({ type, element }: ColumnDecoder): number | undefined => {
  switch (type) {
    case 'BOOLEAN':
      return 1 / 8;
    case 'INT32':
    case 'FLOAT':
      return 4;
    case 'INT64':
    case 'DOUBLE':
      return 8;
    case 'INT96':
      return 12;
    case 'FIXED_LEN_BYTE_ARRAY': {
      const { type_length: width = 0 } = element;
      if (!(width >= 1 && width <= LARGEST_PAGE)) throw invalidParquet();
      return width;
    }
    case 'BYTE_ARRAY':
    default:
      return undefined;
  }
};

/** Before a text there are four bytes with its length. */
const LENGTH_BYTES = 4;

/** Throws parquet_invalid where so many values cannot be in so many bytes. */
export const checkFits = (count: number, bytes: number, decoder: ColumnDecoder): void => {
  if (Math.ceil(count * (widthOf(decoder) ?? LENGTH_BYTES)) > bytes) throw invalidParquet();
};

/** Where the next text ends that begins at `at`, its length included. Throws parquet_invalid. */
export const endOfText = (view: DataView, at: number): number => {
  if (at + LENGTH_BYTES > view.byteLength) throw invalidParquet();
  const end = at + LENGTH_BYTES + view.getUint32(at, true);
  if (end > view.byteLength) throw invalidParquet();
  return end;
};

/** The bytes of a text that lies from `at` up to `end`, its length included. */
export const bytesOfText = (bytes: Uint8Array, at: number, end: number): Uint8Array =>
  bytes.subarray(at + LENGTH_BYTES, end);

/** Somewhere in bytes. */
export interface Place {
  readonly bytes: Uint8Array;
  at: number;
}

/** The next `count` values, which `place` is behind then. Throws parquet_invalid, and what a library throws. */
export const readValues = (place: Place, count: number, decoder: ColumnDecoder): Made => {
  const { type, element } = decoder;
  if (count === 0) return NONE;
  checkFits(count, place.bytes.length - place.at, decoder);
  const view = viewOf(place.bytes);
  if (type === 'BYTE_ARRAY') {
    const found: Uint8Array[] = [];
    for (let one = 0; one < count; one += 1) {
      const end = endOfText(view, place.at);
      found.push(bytesOfText(place.bytes, place.at, end));
      place.at = end;
    }
    return madeOf(convert(found, decoder));
  }
  const reader = { view, offset: place.at };
  const found = readPlain(reader, type, count, element.type_length);
  place.at = reader.offset;
  return madeOf(convert(found, decoder));
};
