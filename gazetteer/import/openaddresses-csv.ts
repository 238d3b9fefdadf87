import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { ImportError } from './import-error.ts';
import type { AddressRow } from './openaddresses-row.ts';

/** Reads the older kind of OpenAddresses tables: CSV with the columns LON, LAT, NUMBER, STREET and others. */

/** A row of a table with the line on which it ends; without `row` for one that cannot be read. */
export interface TableRow {
  readonly line: number;
  readonly row: AddressRow | undefined;
  /** Why there is no row. */
  readonly reason?: string;
}

/** In characters: the longest published rows have some hundred. */
const MOST_RECORD = 16 * 1024;
const MOST_COLUMNS = 64;

const NEEDED = ['lon', 'lat', 'number', 'street'] as const;

/** Where the columns are; -1 for those that a table does not have. */
type Layout = Readonly<Record<keyof AddressRow, number>> & { readonly width: number };

const layOut = (title: string, header: readonly string[]): Layout => {
  const names = header.map((name) => name.trim().toLowerCase());
  if (names.length > MOST_COLUMNS)
    throw new ImportError({
      file: title,
      line: 1,
      what: `it has more than ${MOST_COLUMNS} columns`,
      todo: 'check that it is an OpenAddresses table',
    });
  const missing = NEEDED.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new ImportError({
      file: title,
      line: 1,
      field: missing.toUpperCase(),
      what: 'it has no such column',
      todo: 'check that it is an OpenAddresses table with its line of column names',
    });
  const at = (name: string): number => names.indexOf(name);
  return {
    lon: at('lon'),
    lat: at('lat'),
    number: at('number'),
    street: at('street'),
    city: at('city'),
    district: at('district'),
    region: at('region'),
    postcode: at('postcode'),
    width: names.length,
  };
};

const rowOf = (cells: readonly string[], layout: Layout): AddressRow => ({
  lon: (cells[layout.lon] ?? '').trim(),
  lat: (cells[layout.lat] ?? '').trim(),
  number: cells[layout.number] ?? '',
  street: cells[layout.street] ?? '',
  city: cells[layout.city] ?? '',
  district: cells[layout.district] ?? '',
  region: cells[layout.region] ?? '',
  postcode: cells[layout.postcode] ?? '',
});

const hasLineEnd = (cell: string): boolean => cell.includes('\n');

const SAID: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'a quotation mark is in the wrong place',
  INVALID_OPENING_QUOTE: 'a quotation mark is in the wrong place',
  CSV_MAX_RECORD_SIZE: 'a row is too long, or a quotation mark is not closed',
};

/** The rows of a table; throws `ImportError` where it cannot be told any more what is a row. */
export async function* readCsv(
  title: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<TableRow, void, void> {
  let layout: Layout | undefined;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MOST_RECORD,
    // The parser is ahead of who reads from it, so each record carries its line.
    on_record(cells, { lines }) {
      cells.push(String(lines));
      return cells;
    },
  });
  const source = Readable.from(bytes, { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      const line = Number(cells.pop());
      if (layout === undefined) layout = layOut(title, cells);
      // No address goes over two lines: a quotation mark was closed by the next row's.
      else if (cells.some(hasLineEnd))
        yield { line, row: undefined, reason: 'a quotation mark is not closed' };
      else if (cells.length === layout.width) yield { line, row: rowOf(cells, layout) };
      else yield { line, row: undefined, reason: 'a row has another number of columns' };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : undefined;
    throw new ImportError(
      {
        file: title,
        line,
        what: SAID[error.code] ?? 'it is no table with commas',
        todo: 'repair that line, or download it again',
      },
      error,
    );
  } finally {
    source.destroy();
    parser.destroy();
  }
  if (layout === undefined)
    throw new ImportError({
      file: title,
      line: 1,
      what: 'it has no line of column names',
      todo: 'download it again',
    });
}
