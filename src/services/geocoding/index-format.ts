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
export const FORMAT_VERSION = 2;

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
  names: 'u8',
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

/** Lays sections out as one file. */
export const packIndex = (sections: Sections, sources: IndexSources): Buffer => {
  const parts = (Object.keys(SECTIONS) as SectionName[]).map((name) => {
    const section = sections[name];
    const bytes =
      SECTIONS[name] === 'json'
        ? Buffer.from(JSON.stringify(section))
        : Buffer.from(
            (section as Uint8Array).buffer,
            (section as Uint8Array).byteOffset,
            (section as Uint8Array).byteLength,
          );
    return { name, bytes };
  });
  // Offsets are relative to the first section, so that the table's own length does not change them.
  const table: Record<string, { at: number; bytes: number }> = {};
  let at = 0;
  for (const { name, bytes } of parts) {
    table[name] = { at, bytes: bytes.length };
    at = aligned(at + bytes.length);
  }
  const contents = Buffer.from(JSON.stringify({ sources, sections: table } satisfies Contents));
  const base = aligned(PREAMBLE + contents.length);
  const file = Buffer.alloc(base + at);
  contents.copy(file, PREAMBLE);
  for (const { name, bytes } of parts) bytes.copy(file, base + (table[name]?.at ?? 0));
  MAGIC.copy(file, 0);
  file.writeUInt32LE(FORMAT_VERSION, 8);
  file.writeUInt32LE(contents.length, 12);
  file.writeDoubleLE(file.length, 16);
  file.writeUInt32LE(crc32(file.subarray(PREAMBLE)), 24);
  return file;
};

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
  if (crc32(file.subarray(PREAMBLE)) !== file.readUInt32LE(24)) throw new IndexFaultError('damaged');
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
