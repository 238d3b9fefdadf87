/** What uploads and formats say to each other: the bytes of a file, what was found in it, and its rows for PostgreSQL. */
import type { ColumnType } from '../../../services/datasets/query/column-types.ts';

/** The bytes of one file: in order, or any range. */
export interface ByteSource {
  /** Bytes altogether. */
  readonly length: number;
  /** From the first to the last byte; may be asked for again. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Bytes from `from` up to `to`, as far as there are some. */
  read(from: number, to: number): Promise<Uint8Array>;
}

export type Format = 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet' | 'xlsx';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'iso-8859-1';

/** How text in columns is laid out. All members are corrected one by one. */
export interface Dialect {
  readonly delimiter: ',' | ';' | '\t' | '|';
  /** The character around cells; empty where there is none. It is written twice inside of them, or after `escape`. */
  readonly quote: '"' | "'" | '';
  /** Makes a quote inside quotes harmless: the quote itself, or a backslash. */
  readonly escape: '"' | "'" | '\\' | '';
  readonly lineEnd: '\n' | '\r\n' | '\r';
  /** Whether the first row names the columns. */
  readonly header: boolean;
  /** What stands before the fraction of a number. With a comma, numbers are text until their uploader says otherwise. */
  readonly decimal: '.' | ',';
  /** Whether cells carry the marks of a download with `safe=1`, which then come off. Never guessed. */
  readonly guarded?: boolean;
}

/** What a file is and how its rows are read. */
export interface Reading {
  readonly format: Format;
  /** Left out where the format has its own. */
  readonly encoding?: Encoding;
  /** Of csv and tsv alone. */
  readonly dialect?: Dialect;
  /** Of xlsx alone: the names of its sheets, and the one that is read. */
  readonly sheets?: readonly string[];
  readonly sheet?: string;
  /** Of xlsx alone; for csv and tsv it is in the dialect. */
  readonly header?: boolean;
  /** Texts that stand for nothing, besides an empty cell without quotes. */
  readonly nullWords: readonly string[];
}

/** What all cells of one column have in common. */
export interface ColumnProfile {
  /** What stands above the column in the file; `name` of the column differs where PostgreSQL could not hold it. */
  readonly heading: string;
  /** The narrowest type that gives every cell back byte for byte. */
  readonly found: ColumnType;
  /** Types that can read every cell but would print some of them otherwise. */
  readonly alternatives: readonly ColumnType[];
  /** The first few different cells, cut to 80 characters. */
  readonly samples: readonly string[];
  /** Cells that are nothing, and cells that are an empty text. */
  readonly nulls: number;
  readonly empty: number;
  /** Bytes of the longest cell in UTF-8. */
  readonly longest: number;
  /** Of numbers, dates and times. */
  readonly min?: string;
  readonly max?: string;
  /** Whether no cell is there twice; `unsure` where there were too many to tell. */
  readonly unique: 'yes' | 'no' | 'unsure';
}

/** Something that its uploader should know; the file can be read all the same. */
export interface FileProblem {
  /** ^[a-z_]{1,40}$ */
  readonly code: string;
  /** A sentence. */
  readonly message: string;
  /** Of the file, from 1. */
  readonly line?: number;
  readonly column?: string;
  /** How many rows or columns it is about. */
  readonly count?: number;
}

/** A column as the dataset gets it. */
export interface PlannedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** What a look at a file finds. Plain JSON. */
export interface FilePlan extends Reading {
  /** In the order of the file, as `profile` is. */
  readonly columns: readonly PlannedColumn[];
  readonly profile: readonly ColumnProfile[];
  /** Names of columns; empty until its uploader says so. */
  readonly key: readonly string[];
  /** Columns that could be the key: no cell empty, none twice. */
  readonly keyCandidates: readonly string[];
  /** Rows without the header, the ragged ones among them. */
  readonly rows: number;
  readonly problems: readonly FileProblem[];
  /** Whether a bare quote or a backslash before a line end was met, which other readers understand otherwise. */
  readonly oddities: boolean;
  /** Whether nothing was met in a text in columns that anybody could read otherwise, PostgreSQL included. */
  readonly isPlain?: boolean;
}

/** What an uploader may say of a file. All members may be left out. */
export interface Corrections {
  readonly format?: Format;
  readonly encoding?: Encoding;
  readonly dialect?: Partial<Dialect>;
  readonly sheet?: string;
  readonly header?: boolean;
  readonly nullWords?: readonly string[];
  /** By place in the file; `null` leaves a column as it was found. */
  readonly columns?: readonly ({ readonly name?: string; readonly type?: ColumnType } | null)[];
  readonly key?: readonly string[];
}

/** One row that does not fit. */
export interface Rejection {
  /** Of the file, from 1; of a row of a Parquet file its number. */
  readonly line: number;
  readonly column?: string;
  /** A sentence for its uploader. It quotes nothing of the cell. */
  readonly reason: string;
}

export interface ReadTools {
  readonly signal?: AbortSignal;
  /** Bytes of the file and rows so far; once a batch. */
  readonly onProgress?: (bytes: number, rows: number) => void;
}
