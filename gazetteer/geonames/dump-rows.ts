/** Reads GeoNames' tables: UTF-8, a row a line, columns separated by tabs, no quotes and no headings. */
import { ImportError } from '../import/import-error.ts';
import { createSkips, type Skips } from '../import/import-skips.ts';
import type { Input } from '../import/open-input.ts';

/** No row of GeoNames is longer: its longest column has 10,000 characters. */
const LONGEST_ROW = 65_536;
/** Columns whose places are noted; a row with more is damaged anyway. */
const MOST_COLUMNS = 32;
/** Rows between two looks at how many were damaged. */
const ROUND = 50_000;
/** A larger share of damaged rows, and the file is not what it should be. */
const MOST_DAMAGED = 0.01;

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A row; it holds only while it is visited. */
export interface DumpRow {
  readonly columns: number;
  /** The text of a column, from 0; empty where there is none. */
  text(column: number): string;
  /** Bytes in a column. */
  length(column: number): number;
  /** The first byte of a column; 0 where it is empty. */
  firstByte(column: number): number;
}

/** Why a row is left out, as a few words; undefined where nothing is wrong with it. */
export type RowFault = string | undefined;

export interface DumpOptions {
  /** What the table is, for messages: `a GeoNames table of places`. */
  readonly what: string;
  readonly leastColumns: number;
  readonly mostColumns: number;
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the bytes of the file that have been read. */
  readonly moved?: ((bytes: number) => void) | undefined;
}

/**
 * Visits every row. Damaged rows are counted and left out, the first ten with their lines.
 * @throws {ImportError} where the file ends in the middle of a row, where more than one row of a hundred is damaged, and
 * for what is wrong with its packing; the reason of the signal.
 */
export const readRows = async (
  input: Input,
  { what, leastColumns, mostColumns, signal, moved }: DumpOptions,
  visit: (row: DumpRow) => RowFault,
): Promise<Skips & { readonly rows: number }> => {
  const skips = createSkips();
  const tabs = new Int32Array(MOST_COLUMNS + 1);
  let bytes: Buffer = Buffer.alloc(0);
  let columns = 0;
  let lines = 0;

  const startOf = (column: number): number => (tabs[column] as number) + 1;
  const row: DumpRow = {
    get columns() {
      return columns;
    },
    text: (column) => (column < columns ? bytes.toString('utf8', startOf(column), tabs[column + 1]) : ''),
    length: (column) => (column < columns ? (tabs[column + 1] as number) - startOf(column) : 0),
    firstByte: (column) =>
      column < columns && (tabs[column + 1] as number) > startOf(column)
        ? (bytes[startOf(column)] as number)
        : 0,
  };

  const damaged = (fault: string): void => skips.skip(fault, `${input.title}, line ${lines}`);

  const tooMany = (): boolean => skips.total > lines * MOST_DAMAGED;
  const refuse = (): never => {
    const [first = ''] = skips.first;
    throw new ImportError({
      file: input.title,
      byte: input.position(),
      what: `${skips.total} of ${lines} rows are damaged, the first one: ${first.replace(`${input.title}, `, '')}`,
      todo: `check that it is ${what} and download it again`,
    });
  };

  /** Looks at the line from..to of `bytes`. */
  const takeLine = (from: number, end: number): void => {
    lines++;
    const to = end > from && bytes[end - 1] === RETURN ? end - 1 : end;
    if (to === from) return;
    if (to - from > LONGEST_ROW) {
      damaged('a row is too long');
      return;
    }
    columns = 0;
    tabs[0] = from - 1;
    for (let at = from; at < to; at++) {
      if (bytes[at] !== TAB) continue;
      if (++columns >= MOST_COLUMNS) break;
      tabs[columns] = at;
    }
    tabs[++columns] = to;
    const fault =
      columns < leastColumns || columns > mostColumns ? `a row has not ${leastColumns} columns` : visit(row);
    if (fault !== undefined) damaged(fault);
    if (lines % ROUND === 0 && tooMany()) refuse();
  };

  let rest: Buffer = Buffer.alloc(0);
  /** Inside a line that is too long to be kept. */
  let isOverlong = false;
  try {
    for await (const chunk of input.stream) {
      signal?.throwIfAborted();
      const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
        if (isOverlong) {
          lines++;
          damaged('a row is too long');
        } else takeLine(from, end);
        isOverlong = false;
        from = end + 1;
      }
      rest = Buffer.from(bytes.subarray(from));
      if (rest.length > LONGEST_ROW) {
        isOverlong = true;
        rest = Buffer.alloc(0);
      }
      moved?.(input.position());
    }
  } finally {
    await input.close();
  }
  if (rest.length > 0 || isOverlong) {
    const before = skips.total;
    bytes = rest;
    if (!isOverlong) takeLine(0, rest.length);
    // A last row that is whole only lacks its line break.
    if (isOverlong || skips.total > before)
      throw new ImportError({
        file: input.title,
        line: lines,
        byte: input.position(),
        what: 'the file ends in the middle of a row',
        todo: 'download it again',
      });
  }
  if (tooMany()) refuse();
  return { total: skips.total, reasons: skips.reasons, first: skips.first, rows: lines };
};
