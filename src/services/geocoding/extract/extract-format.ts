/**
 * The file of an extract, the street-level index of one import: a sectioned file with the magic `VSEXTRCT`. It is
 * written section by section (gazetteer/import), and opened without copying.
 */
import {
  openSectioned,
  type SectionedFormat,
  type SectionsOf,
  type SectionTable,
} from '../../sectioned-file.ts';
import { refuseIndex } from '../index-format.ts';

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

/** Views of all sections. */
export type ExtractSections = SectionsOf<typeof EXTRACT_SECTIONS>;

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

export const EXTRACT_FORMAT: SectionedFormat<typeof EXTRACT_SECTIONS> = {
  magic: 'VSEXTRCT',
  version: 1,
  kinds: EXTRACT_SECTIONS,
  sumsPreamble: false,
  largestBytes: 16_000_000_000,
  tableOf: (contents) => contents as SectionTable,
  refuse: refuseIndex,
};

/** Views over a checked file; copies nothing but the small JSON tables. @throws {IndexFaultError} */
export const openExtractSections = (buffer: SharedArrayBuffer): ExtractSections =>
  openSectioned(EXTRACT_FORMAT, buffer);
