import { crc32 } from 'node:zlib';

/**
 * The file of one layer of address data: 64 bytes of preamble, a JSON table of contents, then flat sections.
 *
 *   0  8 bytes  magic `VSADRIDX`
 *   8  uint32   format version
 *  12  uint32   bytes of the table of contents
 *  16  float64  bytes of the whole file
 *  24  uint32   CRC-32 of the 24 bytes before and of everything after the preamble
 *
 * Numbers are little-endian, and every section starts on a multiple of 64, so that a section is a typed array over the
 * shared buffer and nothing is copied when a thread opens it.
 */
export const LAYER_VERSION = 1;

const MAGIC = Buffer.from('VSADRIDX', 'latin1');
export const LAYER_PREAMBLE = 64;
const CRC_AT = 24;

export const LAYERS = ['place', 'network', 'kinds'] as const;
export type LayerName = (typeof LAYERS)[number];

/** Whose work the data is, as its licence wants it to be said. */
export interface LayerAttribution {
  readonly text: string;
  readonly url: string;
  /** SPDX identifier. */
  readonly licence: string;
}

/** What a layer says of itself. */
export interface LayerMeta {
  /** Day of the data, `YYYY-MM-DD`. */
  readonly builtAt: string;
  /** Where it comes from, in a few words: names and versions of its sources. */
  readonly origin: string;
  readonly attribution: readonly LayerAttribution[];
}

/**
 * The sections. A range reaches from its start to the next start, and its value is an index into the records, 0 where
 * nothing is known (of `kinds`: a set of bits).
 *
 *   v4Index       65,537 numbers: where the starts of each upper half begin
 *   v4Low         lower halves of the starts
 *   v6Index       where the first words of each bucket (`bucketOf`) begin in `v6First`, and the end
 *   v6First       the distinct first words of the starts, in order
 *   v6FirstAt     where the second words of each first word begin; one more for the end
 *   v6Second      second words of the starts
 *   v6Sample      every 16th of them: one cache line of a long list is found without touching the others
 *   v6Value       values; where the highest bit is set, the number of a deep list instead
 *   deepAt        where each deep list begins; one more for the end
 *   deepLow       third and fourth words, two numbers a start
 *   deepValue     values
 *   records       place: latitude and longitude (millionths of a degree, `NOWHERE` for none), city, division | zone << 16;
 *                 network: number and name; kinds: none
 *   postcodes     of place, one a record, or empty
 *   radii         of place, km, one a record, 65,535 for none, or empty
 *   textAt, text  names, in UTF-8; name 0 is none
 */
export const LAYER_SECTIONS = {
  v4Index: 'u32',
  v4Low: 'u16',
  v4Value: 'u32',
  v6Index: 'u32',
  v6First: 'u32',
  v6FirstAt: 'u32',
  v6Second: 'u32',
  v6Sample: 'u32',
  v6Value: 'u32',
  deepAt: 'u32',
  deepLow: 'u32',
  deepValue: 'u32',
  records: 'i32',
  postcodes: 'u32',
  radii: 'u16',
  textAt: 'u32',
  text: 'u8',
} as const;

/** Buckets of first words: 2^19 within 2000::/3, where all public addresses lie, one below it and one above. */
export const BUCKETS = 0x8_0002;

/** The bucket of the first word of an IPv6 address; in the order of the words. */
export const bucketOf = (a: number): number => {
  if (a >>> 29 === 1) return ((a >>> 10) & 0x7_ffff) + 1;
  return a < 0x2000_0000 ? 0 : BUCKETS - 1;
};

/** One of so many second words is a sample: 64 bytes of them. */
export const SAMPLED = 16;

export const NOWHERE = -0x80000000;
export const NO_RADIUS = 0xffff;
export const DEEP = 0x80000000;

interface ArrayOf {
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  i32: Int32Array;
}
export type LayerSectionName = keyof typeof LAYER_SECTIONS;
export type LayerSections = { readonly [Name in LayerSectionName]: ArrayOf[(typeof LAYER_SECTIONS)[Name]] };

/** A part of a country, which many places share. */
export interface Division {
  readonly country: string;
  /** Both '' where unknown. */
  readonly region: string;
  readonly regionName: string;
}

/** The small tables of a layer, which each thread parses. */
export interface LayerTables {
  readonly layer: LayerName;
  readonly meta: LayerMeta;
  /** Ranges about which something is known, each as long as one fact holds. */
  readonly ranges: { readonly v4: number; readonly v6: number };
  /** Of place. */
  readonly divisions: readonly Division[];
  /** Of place; the first is ''. */
  readonly timezones: readonly string[];
  /** Which shipped file this was unpacked from: its SHA-256 in hexadecimal; undefined where it was imported. */
  readonly packed?: string;
}

export interface Layer {
  readonly tables: LayerTables;
  readonly sections: LayerSections;
}

interface Contents {
  readonly tables: LayerTables;
  readonly sections: Readonly<Record<string, { readonly at: number; readonly bytes: number }>>;
}

/** Sections begin with a cache line. */
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

const NAMES = Object.keys(LAYER_SECTIONS) as LayerSectionName[];

/** Lays a layer out as one file, in pieces that are its bytes one after the other; sections are not copied. */
export const layerPieces = ({ tables, sections }: Layer): Uint8Array[] => {
  const table: Record<string, { at: number; bytes: number }> = {};
  const body: Uint8Array[] = [];
  let at = 0;
  for (const name of NAMES) {
    const { buffer, byteOffset, byteLength } = sections[name];
    table[name] = { at, bytes: byteLength };
    const end = aligned(at + byteLength);
    body.push(new Uint8Array(buffer, byteOffset, byteLength), new Uint8Array(end - at - byteLength));
    at = end;
  }
  const contents = Buffer.from(JSON.stringify({ tables, sections: table } satisfies Contents));
  const base = aligned(LAYER_PREAMBLE + contents.length);
  const head = Buffer.alloc(base);
  contents.copy(head, LAYER_PREAMBLE);
  MAGIC.copy(head, 0);
  head.writeUInt32LE(LAYER_VERSION, 8);
  head.writeUInt32LE(contents.length, 12);
  head.writeDoubleLE(base + at, 16);
  head.writeUInt32LE(crcOf([head.subarray(0, CRC_AT), head.subarray(LAYER_PREAMBLE), ...body]), CRC_AT);
  return [head, ...body];
};

export type LayerFault =
  | 'not address data'
  | 'another format version'
  | 'truncated'
  | 'damaged'
  | 'another layer';

/** A file of address data that must not be used; the message says which fault it has. */
export class LayerFaultError extends Error {
  readonly fault: LayerFault;

  constructor(fault: LayerFault) {
    super(`The file of address data is unusable: ${fault}.`);
    this.name = 'LayerFaultError';
    this.fault = fault;
  }
}

/** Refuses a file whose first bytes do not announce this format and exactly `fileBytes` bytes; throws `LayerFaultError`. */
export const checkLayerPreamble = (head: Buffer, fileBytes: number): void => {
  if (head.length < LAYER_PREAMBLE || !head.subarray(0, 8).equals(MAGIC))
    throw new LayerFaultError('not address data');
  if (head.readUInt32LE(8) !== LAYER_VERSION) throw new LayerFaultError('another format version');
  if (head.readDoubleLE(16) !== fileBytes) throw new LayerFaultError('truncated');
};

/** Refuses a file whose bytes are not those that were written; throws `LayerFaultError`. */
export const checkLayer = (file: Buffer): void => {
  checkLayerPreamble(file, file.length);
  const crc = crcOf([file.subarray(0, CRC_AT), file.subarray(LAYER_PREAMBLE)]);
  if (crc !== file.readUInt32LE(CRC_AT)) throw new LayerFaultError('damaged');
};

/** Views over a checked file; copies nothing but the small tables. Throws `LayerFaultError` where it is another layer. */
export const openLayer = (layer: LayerName, buffer: SharedArrayBuffer): Layer => {
  const file = Buffer.from(buffer);
  checkLayerPreamble(file.subarray(0, LAYER_PREAMBLE), file.length);
  const length = file.readUInt32LE(12);
  const { tables, sections } = JSON.parse(
    file.toString('utf8', LAYER_PREAMBLE, LAYER_PREAMBLE + length),
  ) as Contents;
  if (tables.layer !== layer) throw new LayerFaultError('another layer');
  const base = aligned(LAYER_PREAMBLE + length);
  const view = (name: LayerSectionName): unknown => {
    const entry = sections[name];
    if (entry === undefined) throw new LayerFaultError('damaged');
    const at = base + entry.at;
    switch (LAYER_SECTIONS[name]) {
      case 'u8':
        return new Uint8Array(buffer, at, entry.bytes);
      case 'u16':
        return new Uint16Array(buffer, at, entry.bytes / 2);
      case 'u32':
        return new Uint32Array(buffer, at, entry.bytes / 4);
      case 'i32':
        return new Int32Array(buffer, at, entry.bytes / 4);
      default:
        throw new LayerFaultError('damaged');
    }
  };
  return {
    tables,
    sections: Object.fromEntries(NAMES.map((name) => [name, view(name)])) as unknown as LayerSections,
  };
};
