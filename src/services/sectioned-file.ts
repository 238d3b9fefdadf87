/** Files of flat sections that are mapped into memory which all threads share: the gazetteer, extracts, address data. */
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/**
 * Bytes before the table of contents. Numbers are little-endian:
 *
 *   0  8 bytes  magic
 *   8  uint32   format version
 *  12  uint32   bytes of the table of contents, JSON in UTF-8 behind the preamble
 *  16  float64  bytes of the whole file
 *  24  uint32   CRC-32 of everything after the preamble, and of the 24 bytes before where the format says so
 *
 * Every section starts on a multiple of 64, so that it is a typed array over the shared buffer and nothing is copied or
 * parsed when a thread opens it.
 */
export const PREAMBLE_BYTES = 64;
const CRC_AT = 24;

/** The element type of a section; `json` sections are small tables that each thread parses. */
export type SectionKind = 'u8' | 'u16' | 'u32' | 'i32' | 'f32' | 'f64' | 'json';

interface ArrayOf {
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
  json: unknown;
}

export type SectionsOf<Kinds extends Readonly<Record<string, SectionKind>>> = {
  readonly [Name in keyof Kinds]: ArrayOf[Kinds[Name]];
};

/** Where each section lies, relative to the first, so that the table's own length does not change it. */
export type SectionTable = Readonly<Record<string, { readonly at: number; readonly bytes: number }>>;

/** Why a file must not be used. */
export type FileFault = 'another kind of file' | 'another format version' | 'truncated' | 'damaged';

export interface SectionedFormat<Kinds extends Readonly<Record<string, SectionKind>>> {
  /** Eight ASCII characters. */
  readonly magic: string;
  /** Raised with every change of the sections or of what their numbers mean. */
  readonly version: number;
  readonly kinds: Kinds;
  /** Whether the CRC covers the first bytes of the preamble as well. */
  readonly sumsPreamble: boolean;
  /** No file is larger; one that is, is not one. */
  readonly largestBytes: number;
  /** Takes the table of sections out of the table of contents, which may hold more. */
  readonly tableOf: (contents: unknown) => SectionTable;
  /** Throws the format's own error. */
  readonly refuse: (fault: FileFault) => never;
}

type AnyFormat = SectionedFormat<Readonly<Record<string, SectionKind>>>;

/** Sections begin with a cache line, so that a record is in one. */
export const alignSection = (offset: number): number => Math.ceil(offset / 64) * 64;

/** Bytes that are summed in one call of zlib. */
const SUMMED_AT_ONCE = 64 * 1024 * 1024;
/** Bytes that are read at once; the system gives less than two gigabytes. */
const READ_AT_ONCE = 256 * 1024 * 1024;

const crcOf = (pieces: readonly Uint8Array[]): number => {
  let crc = 0;
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += SUMMED_AT_ONCE)
      crc = crc32(piece.subarray(at, at + SUMMED_AT_ONCE), crc);
  return crc;
};

/** The preamble of a file of `fileBytes` bytes, whose bytes after it have the CRC-32 `sum` (0 while it is not known). */
export const preambleOf = (
  { magic, version }: AnyFormat,
  contentsBytes: number,
  fileBytes: number,
  sum: number,
): Buffer => {
  const head = Buffer.alloc(PREAMBLE_BYTES);
  head.write(magic, 'latin1');
  head.writeUInt32LE(version, 8);
  head.writeUInt32LE(contentsBytes, 12);
  head.writeDoubleLE(fileBytes, 16);
  head.writeUInt32LE(sum, CRC_AT);
  return head;
};

/**
 * Lays sections out as one file, in pieces that are its bytes one after the other; sections are not copied.
 * @param contentsOf makes the table of contents around the table of sections.
 */
export const sectionPieces = <Kinds extends Readonly<Record<string, SectionKind>>>(
  format: SectionedFormat<Kinds>,
  sections: SectionsOf<Kinds>,
  contentsOf: (table: SectionTable) => unknown,
): Uint8Array[] => {
  const table: Record<string, { at: number; bytes: number }> = {};
  const body: Uint8Array[] = [];
  let at = 0;
  for (const name of Object.keys(format.kinds)) {
    const section: unknown = sections[name];
    const { buffer, byteOffset, byteLength } =
      format.kinds[name] === 'json' ? Buffer.from(JSON.stringify(section)) : (section as Uint8Array);
    table[name] = { at, bytes: byteLength };
    const end = alignSection(at + byteLength);
    body.push(new Uint8Array(buffer, byteOffset, byteLength), new Uint8Array(end - at - byteLength));
    at = end;
  }
  const contents = Buffer.from(JSON.stringify(contentsOf(table)));
  const base = alignSection(PREAMBLE_BYTES + contents.length);
  const padded = Buffer.alloc(base - PREAMBLE_BYTES);
  contents.copy(padded);
  const head = preambleOf(format, contents.length, base + at, 0);
  const summed = [padded, ...body];
  head.writeUInt32LE(crcOf(format.sumsPreamble ? [head.subarray(0, CRC_AT), ...summed] : summed), CRC_AT);
  return [head, ...summed];
};

/** Refuses a file whose first bytes do not announce this format and exactly `fileBytes` bytes. */
const checkPreamble = (format: AnyFormat, head: Buffer, fileBytes: number): void => {
  if (head.length < PREAMBLE_BYTES || head.toString('latin1', 0, 8) !== format.magic)
    format.refuse('another kind of file');
  if (head.readUInt32LE(8) !== format.version) format.refuse('another format version');
  if (head.readDoubleLE(16) !== fileBytes) format.refuse('truncated');
};

/**
 * Reads a file into memory that all threads can share, and checks every byte of it. Throws the format's error; errors
 * of the file system (`ENOENT`, `EACCES`) come through as they are.
 */
export const loadSectionedFile = async (format: AnyFormat, path: string): Promise<SharedArrayBuffer> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < PREAMBLE_BYTES || size > format.largestBytes) format.refuse('another kind of file');
    const head = Buffer.alloc(PREAMBLE_BYTES);
    await file.read(head, 0, PREAMBLE_BYTES, 0);
    checkPreamble(format, head, size);
    const buffer = new SharedArrayBuffer(size);
    const bytes = Buffer.from(buffer);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(READ_AT_ONCE, size - at), at);
      if (bytesRead === 0) format.refuse('truncated');
      at += bytesRead;
    }
    const rest = bytes.subarray(PREAMBLE_BYTES);
    const crc = crcOf(format.sumsPreamble ? [bytes.subarray(0, CRC_AT), rest] : [rest]);
    if (crc !== bytes.readUInt32LE(CRC_AT)) format.refuse('damaged');
    return buffer;
  } finally {
    await file.close();
  }
};

const contentsBytesOf = (file: Buffer): number => file.readUInt32LE(12);

/** The table of contents of a checked file. */
export const readContents = (buffer: SharedArrayBuffer): unknown => {
  const file = Buffer.from(buffer);
  return JSON.parse(file.toString('utf8', PREAMBLE_BYTES, PREAMBLE_BYTES + contentsBytesOf(file)));
};

type View = (buffer: SharedArrayBuffer, at: number, bytes: number) => ArrayBufferView;

const VIEWS: Readonly<Record<Exclude<SectionKind, 'json'>, View>> = {
  u8: (buffer, at, bytes) => new Uint8Array(buffer, at, bytes),
  u16: (buffer, at, bytes) => new Uint16Array(buffer, at, bytes / 2),
  u32: (buffer, at, bytes) => new Uint32Array(buffer, at, bytes / 4),
  i32: (buffer, at, bytes) => new Int32Array(buffer, at, bytes / 4),
  f32: (buffer, at, bytes) => new Float32Array(buffer, at, bytes / 4),
  f64: (buffer, at, bytes) => new Float64Array(buffer, at, bytes / 8),
};

/** Views over a checked file; copies nothing but the small JSON tables. Throws the format's error. */
export const openSectioned = <Kinds extends Readonly<Record<string, SectionKind>>>(
  format: SectionedFormat<Kinds>,
  buffer: SharedArrayBuffer,
): SectionsOf<Kinds> => {
  const file = Buffer.from(buffer);
  checkPreamble(format, file.subarray(0, PREAMBLE_BYTES), file.length);
  const table = format.tableOf(readContents(buffer));
  const base = alignSection(PREAMBLE_BYTES + contentsBytesOf(file));
  const view = (name: string, kind: SectionKind): unknown => {
    const entry = table[name] ?? format.refuse('damaged');
    const at = base + entry.at;
    if (kind === 'json') return JSON.parse(file.toString('utf8', at, at + entry.bytes));
    return VIEWS[kind](buffer, at, entry.bytes);
  };
  return Object.fromEntries(
    Object.entries(format.kinds).map(([name, kind]) => [name, view(name, kind)]),
  ) as unknown as SectionsOf<Kinds>;
};
