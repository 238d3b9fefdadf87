import { crc32 } from 'node:zlib';

/**
 * The gazetteer index file: 64 bytes of preamble, a JSON table of contents, then flat sections.
 *
 *   0  8 bytes  magic `VSGAZIDX`
 *   8  uint32   format version
 *  12  uint32   bytes of the table of contents
 *  16  float64  bytes of the whole file
 *  24  uint32   CRC-32 of everything after the preamble
 *
 * Numbers are little-endian, and every section starts on a multiple of 64, so that a section is a typed array
 * over the shared buffer and nothing is copied or parsed when a thread opens it.
 */
export const FORMAT_VERSION = 3;

const MAGIC = Buffer.from('VSGAZIDX', 'latin1');
const PREAMBLE = 64;

/** The element type of each section; `json` sections are small tables that each thread parses. */
export const SECTIONS = {
  countries: 'json',
  stateCodes: 'json',
  countyFips: 'u32',
  timezones: 'json',
  features: 'json',
  feature: 'u8',
  score: 'f32',
  records: 'i32',
  grids: 'u32',
  names: 'u8',
  localLanguages: 'json',
  localEntity: 'u32',
  localStart: 'u32',
  localLength: 'u16',
  localText: 'u8',
  keyBytes: 'u8',
  keyStart: 'u32',
  keyPostings: 'u32',
  postings: 'u32',
  keyHash: 'u32',
  keyFilter: 'u32',
  keyWorth: 'u16',
  alphabets: 'json',
  treeStart: 'u32',
  treeIds: 'u32',
  treeAxis: 'u8',
  treePoints: 'f64',
  rasterCells: 'u32',
  rasterStart: 'u32',
  rasterPolygons: 'u16',
  polygonCountry: 'u16',
  polygonRings: 'u32',
  ringStart: 'u32',
  polygonBoxes: 'f64',
  vertices: 'f64',
  states: 'u32',
  stateWikidata: 'u32',
  divisions: 'json',
  divisionOf: 'u16',
  areaCountry: 'u16',
  areaState: 'u16',
  areaCells: 'u32',
  areaLists: 'u32',
  areaEntries: 'u32',
  areaRunStart: 'u32',
  areaRuns: 'u32',
  areaCorners: 'i32',
  treeState: 'u16',
  treeAround: 'u16',
} as const;

export type SectionName = keyof typeof SECTIONS;
interface ArrayOf {
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
  json: unknown;
}
export type Sections = { readonly [Name in SectionName]: ArrayOf[(typeof SECTIONS)[Name]] };

/** What the file was made from. */
export interface IndexSources {
  /** `name@version` of every data package, in a fixed order. */
  readonly packages: readonly string[];
  /** Version of the Unicode CLDR in the Node that built it (country names). */
  readonly cldr: string;
}

interface Contents {
  readonly sources: IndexSources;
  readonly sections: Readonly<Record<string, { readonly at: number; readonly bytes: number }>>;
}

/** Sections begin with a cache line, so that a record is in one. */
const ALIGNMENT = 64;

const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

/** Bytes that are checked at once. */
const CHECKED_AT_ONCE = 64 * 1024 * 1024;

const crcOf = (pieces: readonly Uint8Array[]): number => {
  let crc = 0;
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += CHECKED_AT_ONCE)
      crc = crc32(piece.subarray(at, at + CHECKED_AT_ONCE), crc);
  return crc;
};

/** Lays sections out as one file, in pieces that are its bytes one after the other; sections are not copied. */
export const indexPieces = (sections: Sections, sources: IndexSources): Uint8Array[] => {
  const parts = (Object.keys(SECTIONS) as SectionName[]).map((name) => {
    const section = sections[name];
    if (SECTIONS[name] === 'json') return { name, bytes: Buffer.from(JSON.stringify(section)) };
    const { buffer, byteOffset, byteLength } = section as Uint8Array;
    return { name, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
  });
  // Offsets are relative to the first section, so that the table's own length does not change them.
  const table: Record<string, { at: number; bytes: number }> = {};
  const body: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of parts) {
    table[name] = { at, bytes: bytes.length };
    const end = aligned(at + bytes.length);
    body.push(bytes, new Uint8Array(end - at - bytes.length));
    at = end;
  }
  const contents = Buffer.from(JSON.stringify({ sources, sections: table } satisfies Contents));
  const base = aligned(PREAMBLE + contents.length);
  const head = Buffer.alloc(base);
  contents.copy(head, PREAMBLE);
  MAGIC.copy(head, 0);
  head.writeUInt32LE(FORMAT_VERSION, 8);
  head.writeUInt32LE(contents.length, 12);
  head.writeDoubleLE(base + at, 16);
  head.writeUInt32LE(crcOf([head.subarray(PREAMBLE), ...body]), 24);
  return [head, ...body];
};

/** Lays sections out as one file. */
export const packIndex = (sections: Sections, sources: IndexSources): Buffer =>
  Buffer.concat(indexPieces(sections, sources));

/** Why a file is not a usable index; each reason means that it has to be built again. */
export type IndexFault = 'not an index' | 'another format version' | 'truncated' | 'damaged';

/** An index file that must not be used. */
export class IndexFaultError extends Error {
  readonly fault: IndexFault;

  constructor(fault: IndexFault) {
    super(`The gazetteer index is unusable: ${fault}.`);
    this.name = 'IndexFaultError';
    this.fault = fault;
  }
}

/** Bytes in the preamble; enough of a file to call `checkPreamble`. */
export const PREAMBLE_BYTES = PREAMBLE;

/** Refuses a file whose first bytes do not announce this format and exactly `fileBytes` bytes; throws `IndexFaultError`. */
export const checkPreamble = (head: Buffer, fileBytes: number): void => {
  if (head.length < PREAMBLE || !head.subarray(0, 8).equals(MAGIC)) throw new IndexFaultError('not an index');
  if (head.readUInt32LE(8) !== FORMAT_VERSION) throw new IndexFaultError('another format version');
  if (head.readDoubleLE(16) !== fileBytes) throw new IndexFaultError('truncated');
};

/** Refuses a file whose bytes are not those that were written; throws `IndexFaultError`. */
export const checkIndex = (file: Buffer): void => {
  checkPreamble(file, file.length);
  if (crcOf([file.subarray(PREAMBLE)]) !== file.readUInt32LE(24)) throw new IndexFaultError('damaged');
};

const readContents = (file: Buffer): { contents: Contents; base: number } => {
  const length = file.readUInt32LE(12);
  return {
    contents: JSON.parse(file.toString('utf8', PREAMBLE, PREAMBLE + length)) as Contents,
    base: aligned(PREAMBLE + length),
  };
};

/** The sources written into a checked file. */
export const readSources = (buffer: SharedArrayBuffer): IndexSources =>
  readContents(Buffer.from(buffer)).contents.sources;

/** Views over a checked file; copies nothing but the small JSON tables. */
export const openSections = (buffer: SharedArrayBuffer): Sections => {
  const file = Buffer.from(buffer);
  checkPreamble(file.subarray(0, PREAMBLE), file.length);
  const { contents, base } = readContents(file);
  const view = (name: SectionName): unknown => {
    const entry = contents.sections[name];
    if (entry === undefined) throw new IndexFaultError('damaged');
    const at = base + entry.at;
    switch (SECTIONS[name]) {
      case 'u8':
        return new Uint8Array(buffer, at, entry.bytes);
      case 'u16':
        return new Uint16Array(buffer, at, entry.bytes / 2);
      case 'u32':
        return new Uint32Array(buffer, at, entry.bytes / 4);
      case 'i32':
        return new Int32Array(buffer, at, entry.bytes / 4);
      case 'f32':
        return new Float32Array(buffer, at, entry.bytes / 4);
      case 'f64':
        return new Float64Array(buffer, at, entry.bytes / 8);
      case 'json':
        return JSON.parse(file.toString('utf8', at, at + entry.bytes)) as unknown;
      default:
        throw new IndexFaultError('damaged');
    }
  };
  const names = Object.keys(SECTIONS) as SectionName[];
  return Object.fromEntries(names.map((name) => [name, view(name)])) as unknown as Sections;
};
