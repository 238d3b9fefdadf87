/** The file of one layer of address data: a sectioned file with the magic `VSADRIDX`. */
import {
  openSectioned,
  readContents,
  sectionPieces,
  type FileFault,
  type SectionedFormat,
  type SectionsOf,
  type SectionTable,
} from '../../sectioned-file.ts';

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

export type LayerSectionName = keyof typeof LAYER_SECTIONS;
export type LayerSections = SectionsOf<typeof LAYER_SECTIONS>;

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
  readonly sections: SectionTable;
}

export type LayerFault = 'not address data' | 'another layer' | Exclude<FileFault, 'another kind of file'>;

/** A file of address data that must not be used; the message says which fault it has. */
export class LayerFaultError extends Error {
  readonly fault: LayerFault;

  constructor(fault: LayerFault) {
    super(`The file of address data is unusable: ${fault}.`);
    this.name = 'LayerFaultError';
    this.fault = fault;
  }
}

export const LAYER_FORMAT: SectionedFormat<typeof LAYER_SECTIONS> = {
  magic: 'VSADRIDX',
  version: 1,
  kinds: LAYER_SECTIONS,
  sumsPreamble: true,
  largestBytes: 2_000_000_000,
  tableOf: (contents) => (contents as Contents).sections,
  refuse: (fault) => {
    throw new LayerFaultError(fault === 'another kind of file' ? 'not address data' : fault);
  },
};

/** Lays a layer out as one file, in pieces that are its bytes one after the other; sections are not copied. */
export const layerPieces = ({ tables, sections }: Layer): Uint8Array[] =>
  sectionPieces(LAYER_FORMAT, sections, (table) => ({ tables, sections: table }) satisfies Contents);

/** Views over a checked file; copies nothing but the small tables. Throws `LayerFaultError` where it is another layer. */
export const openLayer = (layer: LayerName, buffer: SharedArrayBuffer): Layer => {
  const sections = openSectioned(LAYER_FORMAT, buffer);
  const { tables } = readContents(buffer) as Contents;
  if (tables.layer !== layer) throw new LayerFaultError('another layer');
  return { tables, sections };
};
