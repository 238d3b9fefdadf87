/** What every format of a download is made of: columns, and rows of cells as PostgreSQL wrote them. */
import type { ColumnType } from '../query/column-types.ts';

export interface DownloadColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** What was found in the rows before the first byte went out; of formats that ask for it. */
  readonly facts?: ColumnFacts;
}

/** What a format has to know of a column to choose how it lies in the file. */
export interface ColumnFacts {
  /** Digits behind the point, where all numbers have as many and none has more than 38 digits; undefined otherwise. */
  readonly scale: number | undefined;
  /** Whether all dates and times are between the years 1 and 9999. */
  readonly isPlainTime: boolean;
}

export type Cells = readonly (string | null)[];

/** How a cell is asked for: as text, as JSON, or in units that Parquet has. */
export type CellForm = 'text' | 'json' | 'parquet';

/** Whether cells of a column are asked for in units of its own (`CellForm` parquet), or as text all the same. */
export const isInUnits = ({ type, facts }: DownloadColumn): boolean =>
  type === 'bytea' ||
  (facts?.isPlainTime === true && (type === 'date' || type === 'timestamp' || type === 'timestamptz'));

/** Writes one file. Whatever a method gives goes out before the next is called. */
export interface FormatWriter {
  begin(): string | Uint8Array;
  /** May throw where a row does not fit into the format. */
  write(rows: readonly Cells[]): string | Uint8Array;
  end(): string | Uint8Array;
}

export interface FormatKind {
  readonly contentType: string;
  readonly cells: CellForm;
  /** Bytes of cells that are asked for at once. */
  readonly batchBytes: number;
  open(columns: readonly DownloadColumn[], isSafe: boolean): FormatWriter;
}
