/** Opens MaxMind DB files (MaxMind DB File Format Specification 2.0) of which nothing is trusted. */
import decoder from 'mmdb-lib/lib/decoder.js';
import { ImportError } from '../../import/import-error.ts';
import { measureValue } from './mmdb-value.ts';

/** An MMDB in memory, checked as far as its metadata goes. */
export interface MmdbFile {
  readonly title: string;
  readonly bytes: Buffer;
  readonly nodeCount: number;
  /** Bits of a record: two of them make a node. */
  readonly recordSize: 24 | 28 | 32;
  readonly ipVersion: 4 | 6;
  /** Milliseconds since the epoch. */
  readonly builtAt: number;
  /** What the file calls itself, such as `GeoLite2-City`; at most 80 characters. */
  readonly type: string;
  /** The record at an offset of the data section, decoded. Throws `ImportError` where it is damaged. */
  record(offset: number): unknown;
  /** Bytes of the data section. */
  readonly dataLength: number;
  /** Where the data section begins in the file. */
  readonly dataStart: number;
}

/** `\xAB\xCD\xEFMaxMind.com`, within the last 128 KiB of the file. */
const MARKER = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');
const MARKER_WITHIN = 128 * 1024;
/** Zero bytes between the tree and the data. */
const SEPARATOR = 16;
/** The specification begins in 2012. */
const FIRST_DATE = Date.UTC(2012, 0, 1);

const decodeAt = (title: string, bytes: Buffer, base: number, at: number): unknown => {
  const fault = (what: string): ImportError =>
    new ImportError({ file: title, byte: at, what, todo: 'download it again' });
  const problem = measureValue(bytes, base, at);
  if (problem !== undefined) throw fault(problem);
  try {
    return new decoder.default(bytes, base).decode(at).value as unknown;
  } catch (error) {
    if (error instanceof Error) throw fault('the record cannot be decoded');
    throw error;
  }
};

const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;

const readMetadata = (title: string, bytes: Buffer): Record<string, unknown> & { readonly end: number } => {
  const from = Math.max(0, bytes.length - MARKER_WITHIN);
  const found = bytes.subarray(from).lastIndexOf(MARKER);
  if (found < 0)
    throw new ImportError({
      file: title,
      what: 'it has no metadata at its end, as every MMDB has',
      todo: 'download it again: it may be cut short',
    });
  const start = from + found + MARKER.length;
  const value = decodeAt(title, bytes, start, start);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ImportError({
      file: title,
      byte: start,
      what: 'its metadata is damaged',
      todo: 'download it again',
    });
  return { ...(value as Record<string, unknown>), end: from + found };
};

/** Opens a whole file. Throws `ImportError` where its metadata does not fit the bytes. */
export const openMmdb = (title: string, bytes: Buffer): MmdbFile => {
  const metadata = readMetadata(title, bytes);
  const fault = (field: string, what: string): ImportError =>
    new ImportError({ file: title, byte: metadata.end, field, what, todo: 'download it again' });
  if (numberOf(metadata['binary_format_major_version']) !== 2)
    throw fault('binary_format_major_version', 'only version 2 of the format is known');
  const recordSize = numberOf(metadata['record_size']);
  if (recordSize !== 24 && recordSize !== 28 && recordSize !== 32)
    throw fault('record_size', 'it is none of 24, 28 and 32');
  const ipVersion = numberOf(metadata['ip_version']);
  if (ipVersion !== 4 && ipVersion !== 6) throw fault('ip_version', 'it is neither 4 nor 6');
  const nodeCount = numberOf(metadata['node_count']);
  const dataStart = (nodeCount * recordSize) / 4 + SEPARATOR;
  if (!Number.isInteger(nodeCount) || nodeCount < 1 || dataStart > metadata.end)
    throw fault('node_count', 'the file is shorter than its tree');
  const epoch = numberOf(metadata['build_epoch']) * 1000;
  if (!(epoch >= FIRST_DATE && epoch < Date.UTC(2200, 0, 1)))
    throw fault('build_epoch', 'it is no date on which such a file can have been made');
  const type = metadata['database_type'];
  return {
    title,
    bytes,
    nodeCount,
    recordSize,
    ipVersion,
    builtAt: epoch,
    type: typeof type === 'string' ? type.replaceAll(/[^\x20-\x7e]/gu, '').slice(0, 80) : '',
    dataStart,
    dataLength: metadata.end - dataStart,
    record: (offset) => decodeAt(title, bytes, dataStart, dataStart + offset),
  };
};
