/** A file that cannot be read any further, and where. */

/** What stops a file. Sentences for its uploader are made of them; nothing of the file is quoted. */
export type FormatFault =
  | 'empty_file'
  | 'invalid_bytes'
  | 'unknown_format'
  | 'unterminated_quote'
  | 'cell_too_long'
  | 'row_too_long'
  | 'too_many_columns'
  | 'too_deep'
  | 'json_invalid'
  | 'json_no_rows'
  | 'parquet_invalid'
  | 'parquet_too_large'
  | 'xlsx_invalid'
  | 'xlsx_too_large'
  | 'no_such_sheet';

export interface FaultPlace {
  /** Of the file, from 1. */
  readonly line?: number;
  /** Place of the column, from 1. */
  readonly column?: number;
  /** Byte of the file, from 0. */
  readonly offset?: number;
}

/** Its `code` is for programs, its message for people. */
export class FormatError extends Error {
  readonly code: FormatFault;
  readonly place: FaultPlace;

  constructor(code: FormatFault, message: string, place: FaultPlace = {}) {
    const { line, column, offset } = place;
    const where = [
      line === undefined ? '' : `line ${line}`,
      column === undefined ? '' : `column ${column}`,
      offset === undefined ? '' : `byte ${offset}`,
    ].filter((part) => part !== '');
    super(where.length === 0 ? message : `${message} (${where.join(', ')})`);
    this.name = 'FormatError';
    this.code = code;
    this.place = place;
  }
}
