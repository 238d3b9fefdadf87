/** The gazetteer index: a sectioned file with the magic `VSGAZIDX`. */
import {
  openSectioned,
  readContents,
  sectionPieces,
  type FileFault,
  type SectionedFormat,
  type SectionsOf,
  type SectionTable,
} from '../sectioned-file.ts';

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
export type Sections = SectionsOf<typeof SECTIONS>;

/** What the file was made from. */
export interface IndexSources {
  /** `name@version` of every data package, in a fixed order. */
  readonly packages: readonly string[];
  /** Version of the Unicode CLDR in the Node that built it (country names). */
  readonly cldr: string;
}

interface Contents {
  readonly sources: IndexSources;
  readonly sections: SectionTable;
}

/** Why a file is not a usable index; each reason means that it has to be built again. */
export type IndexFault = 'not an index' | Exclude<FileFault, 'another kind of file'>;

/** An index file that must not be used. */
export class IndexFaultError extends Error {
  readonly fault: IndexFault;

  constructor(fault: IndexFault) {
    super(`The gazetteer index is unusable: ${fault}.`);
    this.name = 'IndexFaultError';
    this.fault = fault;
  }
}

/** Throws the error of the index and of extracts. */
export const refuseIndex = (fault: FileFault): never => {
  throw new IndexFaultError(fault === 'another kind of file' ? 'not an index' : fault);
};

export const INDEX_FORMAT: SectionedFormat<typeof SECTIONS> = {
  magic: 'VSGAZIDX',
  version: 4,
  kinds: SECTIONS,
  sumsPreamble: false,
  largestBytes: 8_000_000_000,
  tableOf: (contents) => (contents as Contents).sections,
  refuse: refuseIndex,
};

/** Lays sections out as one file, in pieces that are its bytes one after the other; sections are not copied. */
export const indexPieces = (sections: Sections, sources: IndexSources): Uint8Array[] =>
  sectionPieces(INDEX_FORMAT, sections, (table) => ({ sources, sections: table }) satisfies Contents);

/** Lays sections out as one file. */
export const packIndex = (sections: Sections, sources: IndexSources): Buffer =>
  Buffer.concat(indexPieces(sections, sources));

/** The sources written into a checked file. */
export const readSources = (buffer: SharedArrayBuffer): IndexSources =>
  (readContents(buffer) as Contents).sources;

/** Views over a checked file; copies nothing but the small JSON tables. @throws {IndexFaultError} */
export const openSections = (buffer: SharedArrayBuffer): Sections => openSectioned(INDEX_FORMAT, buffer);
