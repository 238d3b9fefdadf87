import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { PbfReader } from 'pbf';
import { excerpt, ImportError } from './import-error.ts';
import { readAt, type InputFile } from './input-file.ts';
import { createWatch } from './unpack.ts';
import { DamagedMessage, eachField, NO_SPAN, readPart, type Span } from './osm-message.ts';

/**
 * The outermost layer of OpenStreetMap's PBF: blobs, each with a length and a header. The limits are those of the
 * format's description (wiki.openstreetmap.org/wiki/PBF_Format).
 */

const MOST_HEADER = 64 * 1024;
const MOST_BLOB = 32 * 1024 * 1024;
/** The planet has 1.2 million. */
const MOST_BLOBS = 10_000_000;

/** The planet has 80 GB packed, some 200 GB unpacked. */
const MOST_UNPACKED = 1e12;

const inflate = promisify(zlib.inflate);
const unzstd = promisify(zlib.zstdDecompress);

/** Where the blobs of a file lie. */
export interface BlobIndex {
  /** Of the blob's data, in bytes from the beginning of the file; one number for each blob with map data. */
  readonly offsets: number[];
  readonly sizes: number[];
  /** The blob that says what the file is. */
  readonly header: { readonly offset: number; readonly size: number };
  /** Blobs of a kind that is not known here, which the format allows. */
  readonly unknown: number;
}

/** Reports damage at a byte of the file. */
export const damagedAt = (file: string, byte: number, what: string, cause?: unknown): ImportError =>
  new ImportError({ file, byte, what, todo: 'download it again' }, cause);

/** Turns what a damaged message throws into what an operator can read. */
export const withPlace = <Value>(file: string, byte: number, read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedMessage)
      throw damagedAt(file, byte, `a block is damaged (${error.message})`, error);
    // What pbf itself throws has no class of its own.
    if (error instanceof Error && /^(?:Unimplemented type|Expected varint)/u.test(error.message))
      throw damagedAt(file, byte, 'a block is damaged (a number or type that does not exist)', error);
    throw error;
  }
};

const readHeader = (bytes: Buffer): { type: string; size: number } => {
  const reader = new PbfReader(bytes);
  let type = '';
  let size = -1;
  eachField(reader, 0, bytes.length, (field) => {
    if (field === 1) {
      const { start, end } = readPart(reader, bytes.length);
      type = bytes.toString('utf8', start, end);
    } else if (field === 3) size = reader.readVarint();
  });
  if (type === '' || size < 0) throw new DamagedMessage('a blob has no kind or no size');
  return { type, size };
};

/** Looks where the blobs are, reading their headers only; throws `ImportError` for a file that is cut off or no PBF. */
export const indexBlobs = async (file: InputFile, signal: AbortSignal | undefined): Promise<BlobIndex> => {
  const offsets: number[] = [];
  const sizes: number[] = [];
  let header: BlobIndex['header'] | undefined;
  let unknown = 0;
  for (let at = 0; at < file.size;) {
    signal?.throwIfAborted();
    if (file.size - at < 4) throw damagedAt(file.path, at, 'the file ends in the middle of a blob');
    // Nearly all headers are shorter: one read instead of two.
    const head = await readAt(file, at, Math.min(64, file.size - at));
    const length = head.readUInt32BE(0);
    if (length === 0 || length > MOST_HEADER)
      throw damagedAt(
        file.path,
        at,
        at === 0 ? 'it is no OpenStreetMap PBF file' : 'the header of a blob has an impossible length',
      );
    const offset = at + 4 + length;
    if (offset > file.size) throw damagedAt(file.path, at, 'the file ends in the middle of a blob');
    const bytes =
      4 + length <= head.length ? head.subarray(4, 4 + length) : await readAt(file, at + 4, length);
    const { type, size } = withPlace(file.path, at, () => readHeader(bytes));
    if (size > MOST_BLOB)
      throw damagedAt(file.path, at, `a blob claims ${size} bytes, more than the format allows`);
    if (offset + size > file.size) throw damagedAt(file.path, at, 'the file ends in the middle of a blob');
    if (header === undefined && type !== 'OSMHeader')
      throw damagedAt(file.path, at, `it is no OpenStreetMap PBF file (it begins with "${excerpt(type)}")`);
    if (type === 'OSMHeader') header ??= { offset, size };
    else if (type === 'OSMData') {
      offsets.push(offset);
      sizes.push(size);
    } else unknown += 1;
    if (offsets.length > MOST_BLOBS) throw damagedAt(file.path, at, 'it has more blobs than any map has');
    at = offset + size;
  }
  if (header === undefined || offsets.length === 0)
    throw damagedAt(file.path, file.size, 'it holds no map data');
  return { offsets, sizes, header, unknown };
};

const unsupported = (file: string, byte: number, packing: string): ImportError =>
  new ImportError({
    file,
    byte,
    what: `its blobs are packed by ${packing}, which is not read here`,
    todo: 'rewrite it with: osmium cat -f pbf,pbf_compression=zlib',
  });

const PACKINGS: Readonly<Record<number, string>> = { 4: 'lzma', 5: 'bzip2', 6: 'lz4' };

const RAW = 1;
const RAW_SIZE = 2;
const ZLIB = 3;
const ZSTD = 7;

/** Reads and unpacks one blob; throws `ImportError` where it is damaged. */
export const readBlob = async (file: InputFile, offset: number, size: number): Promise<Uint8Array> => {
  const bytes = await readAt(file, offset, size);
  let span: Readonly<Span> = NO_SPAN;
  let packing = 0;
  let rawSize = -1;
  withPlace(file.path, offset, () => {
    const reader = new PbfReader(bytes);
    eachField(reader, 0, bytes.length, (field) => {
      if (field === RAW_SIZE) rawSize = reader.readVarint();
      else if (field === RAW || (field >= ZLIB && field <= ZSTD)) {
        span = readPart(reader, bytes.length);
        packing = field;
      }
    });
  });
  const data = bytes.subarray(span.start, span.end);
  if (packing === RAW) return data;
  if (packing === 0) throw damagedAt(file.path, offset, 'a blob holds no data');
  if (packing !== ZLIB && packing !== ZSTD)
    throw unsupported(file.path, offset, PACKINGS[packing] ?? 'something');
  if (rawSize < 0 || rawSize > MOST_BLOB)
    throw damagedAt(file.path, offset, 'a blob unpacks to more than the format allows');
  try {
    const options = { maxOutputLength: Math.max(rawSize, 1) };
    const unpacked = await (packing === ZLIB ? inflate(data, options) : unzstd(data, options));
    if (unpacked.length !== rawSize) throw new RangeError('The size is another.');
    return unpacked;
  } catch (error) {
    throw damagedAt(file.path, offset, 'a blob is damaged (it does not unpack to what it says)', error);
  }
};

/** Reads blobs one after the other, the next one being unpacked while this one is looked at. */
export async function* readBlobs(
  file: InputFile,
  index: BlobIndex,
  numbers: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<
  { readonly number: number; readonly offset: number; readonly bytes: Uint8Array },
  void,
  void
> {
  const load = (at: number): Promise<Uint8Array> | undefined => {
    const number = numbers[at];
    if (number === undefined) return undefined;
    const loading = readBlob(file, index.offsets[number] ?? 0, index.sizes[number] ?? 0);
    // It may fail while nobody waits for it yet.
    loading.catch(() => undefined);
    return loading;
  };
  const watch = createWatch(file.path, MOST_UNPACKED);
  let packed = 0;
  let next = load(0);
  for (let at = 0; next !== undefined; at += 1) {
    signal?.throwIfAborted();
    const bytes: Uint8Array = await next;
    next = load(at + 1);
    const number = numbers[at] ?? 0;
    packed += index.sizes[number] ?? 0;
    watch.count(bytes.length, packed);
    yield { number, offset: index.offsets[number] ?? 0, bytes };
  }
}
