/** What one file may cost before it is refused: all are checked before the work that they bound. */

const MEBIBYTE = 1024 * 1024;

/** As many as a dataset can have, so that it is said before anybody tries to load them. */
export { MOST_COLUMNS } from '../../../services/datasets/access/content.ts';

/** Bytes of one cell in UTF-8. */
export const LONGEST_CELL = 10_000_000;

/** Bytes of one row. */
export const LONGEST_ROW = 32 * MEBIBYTE;

/** Bytes that are scanned at once. */
export const BATCH_BYTES = 256 * 1024;

/** Objects and arrays inside each other. */
export const DEEPEST_JSON = 64;

/** What the look reads before it decides what the file is. */
export const HEAD_BYTES = 256 * 1024;

/** Cells that are remembered, over all columns, to find out which are never there twice: about 60 MB. */
export const MOST_REMEMBERED = 1_000_000;

/** Of one packed part of a workbook: bytes unpacked, and how many times its packed size. */
export const LARGEST_ENTRY = 2048 * MEBIBYTE;
export const MOST_RATIO = 200;
/** Parts of a workbook. */
export const MOST_ENTRIES = 10_000;
/** Texts of a workbook, which are held in memory: bytes, and how many. */
export const LARGEST_SHARED_STRINGS = 64 * MEBIBYTE;
export const MOST_SHARED_STRINGS = 2_000_000;

/** The footer of a Parquet file, one page of it, packed or not, and the values of one page or dictionary. */
export const LARGEST_FOOTER = 16 * MEBIBYTE;
export const LARGEST_PAGE = 32 * MEBIBYTE;
export const MOST_PAGE_VALUES = 4_194_304;
/** What the pages that are read at once, one of each column, and their dictionaries hold together. */
export const MOST_HELD_PAGES = 128 * MEBIBYTE;
/** Columns of row groups in a Parquet file: each is noted in its footer. */
export const MOST_CHUNKS = 200_000;
