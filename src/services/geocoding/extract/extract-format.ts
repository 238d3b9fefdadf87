/**
 * The file of an extract, the street-level index of one import: built like the gazetteer index (index-format.ts), 64
 * bytes of preamble, a JSON table of contents, then flat little-endian sections on multiples of 64, with a magic and a
 * version of its own. It is written section by section (gazetteer/import), and opened without copying.
 */
import { crc32 } from 'node:zlib';
import { IndexFaultError } from '../index-format.ts';

/** Raised with every change of the sections or of what their numbers mean. */
export const EXTRACT_VERSION = 1;
/** The first eight bytes of a file. */
export const EXTRACT_MAGIC = Buffer.from('VSEXTRCT', 'latin1');
/** Bytes before the table of contents. */
export const EXTRACT_PREAMBLE = 64;

/**
 * Element type of each section. `contexts`, `streets`, `pieces`, `houses` and `spots` are records (extract-records.ts);
 * `…Cells` are sorted cell numbers of the grid (grid.ts), `…CellStart` where each one's items begin in `…CellItems`.
 */
export const EXTRACT_SECTIONS = {
  meta: 'json',
  facts: 'json',
  texts: 'u8',
  contexts: 'i32',
  streets: 'i32',
  pieces: 'u32',
  vertices: 'i32',
  houses: 'i32',
  spots: 'i32',
  keyBytes: 'u8',
  keyStart: 'u32',
  keyPostings: 'u32',
  postings: 'u32',
  keyHash: 'u32',
  houseCells: 'u32',
  houseCellStart: 'u32',
  houseCellItems: 'u32',
  spotCells: 'u32',
  spotCellStart: 'u32',
  spotCellItems: 'u32',
  roadCells: 'u32',
  roadCellStart: 'u32',
  roadCellItems: 'u32',
} as const;

/** The name of a section. */
export type ExtractSectionName = keyof typeof EXTRACT_SECTIONS;

interface ArrayOf {
  u8: Uint8Array;
  u32: Uint32Array;
  i32: Int32Array;
  json: unknown;
}

/** Views of all sections. */
export type ExtractSections = {
  readonly [Name in ExtractSectionName]: ArrayOf[(typeof EXTRACT_SECTIONS)[Name]];
};

/** What is known of the file as a whole. */
export interface ExtractMeta {
  /** Who has to be named. */
  readonly attribution: string;
  /** ISO 3166-1 alpha-2 of the countries that something of it lies in. */
  readonly countries: readonly string[];
  /** Cells of the grid in a degree. */
  readonly perDegree: number;
  /** Cell of the grid's south-west corner, counted from 90° south, 180° west. */
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly rows: number;
  readonly columns: number;
}

/** Where each section lies, relative to the first. */
export type ExtractTable = Readonly<Record<string, { readonly at: number; readonly bytes: number }>>;

/** The next multiple of 64. */
export const alignExtract = (offset: number): number => Math.ceil(offset / 64) * 64;

/** The preamble of a file of `fileBytes` bytes, whose bytes after it have the CRC-32 `sum`. */
export const extractPreamble = (contentsBytes: number, fileBytes: number, sum: number): Buffer => {
  const head = Buffer.alloc(EXTRACT_PREAMBLE);
  EXTRACT_MAGIC.copy(head);
  head.writeUInt32LE(EXTRACT_VERSION, 8);
  head.writeUInt32LE(contentsBytes, 12);
  head.writeDoubleLE(fileBytes, 16);
  head.writeUInt32LE(sum, 24);
  return head;
};

/** Refuses a file whose first bytes do not announce this format and exactly `fileBytes` bytes; throws `IndexFaultError`. */
export const checkExtractPreamble = (head: Buffer, fileBytes: number): void => {
  if (head.length < EXTRACT_PREAMBLE || !head.subarray(0, 8).equals(EXTRACT_MAGIC))
    throw new IndexFaultError('not an index');
  if (head.readUInt32LE(8) !== EXTRACT_VERSION) throw new IndexFaultError('another format version');
  if (head.readDoubleLE(16) !== fileBytes) throw new IndexFaultError('truncated');
};

/** Bytes that are summed in one call into zlib. */
const SUM_PIECE = 64 * 1024 * 1024;

/** Refuses a file whose bytes are not those that were written; throws `IndexFaultError`. */
export const checkExtract = (file: Buffer): void => {
  checkExtractPreamble(file.subarray(0, EXTRACT_PREAMBLE), file.length);
  let sum = 0;
  for (let at = EXTRACT_PREAMBLE; at < file.length; at += SUM_PIECE)
    sum = crc32(file.subarray(at, at + SUM_PIECE), sum);
  if (sum !== file.readUInt32LE(24)) throw new IndexFaultError('damaged');
};

/** Views over a checked file; copies nothing but the small JSON tables. @throws {IndexFaultError} */
export const openExtractSections = (buffer: SharedArrayBuffer): ExtractSections => {
  const file = Buffer.from(buffer);
  checkExtractPreamble(file.subarray(0, EXTRACT_PREAMBLE), file.length);
  const length = file.readUInt32LE(12);
  const table = JSON.parse(
    file.toString('utf8', EXTRACT_PREAMBLE, EXTRACT_PREAMBLE + length),
  ) as ExtractTable;
  const base = alignExtract(EXTRACT_PREAMBLE + length);
  const view = (name: ExtractSectionName): unknown => {
    const entry = table[name];
    if (entry === undefined) throw new IndexFaultError('damaged');
    const at = base + entry.at;
    switch (EXTRACT_SECTIONS[name]) {
      case 'u8':
        return new Uint8Array(buffer, at, entry.bytes);
      case 'u32':
        return new Uint32Array(buffer, at, entry.bytes / 4);
      case 'i32':
        return new Int32Array(buffer, at, entry.bytes / 4);
      case 'json':
        return JSON.parse(file.toString('utf8', at, at + entry.bytes)) as unknown;
      default:
        throw new IndexFaultError('damaged');
    }
  };
  const names = Object.keys(EXTRACT_SECTIONS) as ExtractSectionName[];
  return Object.fromEntries(names.map((name) => [name, view(name)])) as unknown as ExtractSections;
};
