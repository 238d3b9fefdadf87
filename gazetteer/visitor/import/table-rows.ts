/** Reads tables of ranges: ip-location-db's and DB-IP's CSV, IP2Location LITE's CSV; each row is checked where it stands. */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { NetworkOfAddress, PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import { ImportError } from '../../import/import-error.ts';
import type { Input } from '../../import/open-input.ts';
import { readAsn, readCoordinates, readCountry, readDegrees, readText, readZone } from './facts-of-text.ts';
import { readRange } from './range.ts';
import type { FactsRow, ReadOptions } from './source.ts';
import { layoutOf, type TableLayout } from './table-layout.ts';

/** In characters: the longest published rows have some hundred. */
const MOST_RECORD = 4096;
/** So many rows may say nothing before the first one that tells what the table is. */
const MOST_SILENT = 20_000;
/** Progress is told after so many rows. */
const REPORT_EVERY = 20_000;

const KNOWN =
  'it takes tables of ip-location-db, of DB-IP Lite and of IP2Location LITE (DB1, DB3, DB5, DB9, DB11, ASN), without a line of column names';

const cellOf = (cells: readonly string[], at: number | undefined): string =>
  at === undefined ? '' : (cells[at] ?? '');

/** Facts of a row; a text says why it has none and is counted, an error says that the table is damaged. */
type Facts = PlaceOfAddress | NetworkOfAddress | string;

const networkOf = (cells: readonly string[], layout: TableLayout): Facts => {
  const asn = readAsn(cellOf(cells, layout.asn));
  if (asn === undefined) return 'no autonomous system';
  return { asn, organisation: readText(cellOf(cells, layout.organisation)) ?? '' };
};

const placeOf = (
  cells: readonly string[],
  layout: TableLayout,
  fault: (field: string) => ImportError,
): Facts => {
  const country = readCountry(cellOf(cells, layout.country));
  if (country === 'none') return 'no country';
  if (country === 'unknown') return 'a country that does not exist';
  const at = readCoordinates(
    readDegrees(cellOf(cells, layout.latitude)),
    readDegrees(cellOf(cells, layout.longitude)),
  );
  if (at === 'wrong') throw fault('latitude, longitude');
  const regionName = readText(cellOf(cells, layout.region));
  const city = readText(cellOf(cells, layout.city));
  const postcode = readText(cellOf(cells, layout.postcode));
  const timezone = readZone(cellOf(cells, layout.timezone));
  return {
    country: country.code,
    ...(regionName === undefined ? {} : { regionName }),
    ...(city === undefined ? {} : { city }),
    ...at,
    ...(postcode === undefined ? {} : { postcode }),
    ...(timezone === undefined ? {} : { timezone }),
  };
};

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const parserOf = (input: Input): AsyncIterable<Parsed> =>
  Readable.from(input.stream, { objectMode: false }).compose(
    parse({
      bom: true,
      info: true,
      max_record_size: MOST_RECORD,
      relax_column_count: true,
      skip_empty_lines: true,
    }),
  ) as AsyncIterable<Parsed>;

const damaged = (file: string, line: number, what: string, field?: string): ImportError =>
  new ImportError({
    file,
    line,
    field,
    what,
    todo: 'download it again, or see whether it is the right file',
  });

/** Rows of one table in their order. Throws `ImportError` with the line for what no published table has. */
export async function* readTable(input: Input, options: ReadOptions): AsyncGenerator<FactsRow, void, void> {
  const { layer, signal, skips, report } = options;
  const { title } = input;
  let layout: TableLayout | undefined;
  let count = 0;
  let line = 0;
  try {
    for await (const { record: cells, info } of parserOf(input)) {
      line = info.lines;
      count += 1;
      if (count % REPORT_EVERY === 0) {
        signal?.throwIfAborted();
        report(input.position() / input.size);
      }
      layout ??= layoutOf(cells);
      if (layout === undefined) {
        if (count <= MOST_SILENT && readRange(cells[0] ?? '', cells[1] ?? '') !== undefined) continue;
        throw damaged(title, line, `nothing tells which table it is: ${KNOWN}`);
      }
      if (layout.layer !== layer)
        throw new ImportError({
          file: title,
          line,
          what: `it says ${layout.layer === 'place' ? 'where addresses are' : 'whose network addresses are in'}, which is not ${layer}`,
          todo: `import it --as ${layout.layer}`,
        });
      if (cells.length !== layout.width)
        throw damaged(title, line, `${cells.length} columns stand where the table has ${layout.width}`);
      const range = readRange((cells[0] ?? '').trim(), (cells[1] ?? '').trim());
      if (range === undefined) throw damaged(title, line, 'the first two columns are no range of addresses');
      const fault = (field: string): ImportError => damaged(title, line, 'it is not on the globe', field);
      const facts = layer === 'place' ? placeOf(cells, layout, fault) : networkOf(cells, layout);
      if (typeof facts === 'string') skips.skip(facts, `${title}, line ${line}`);
      else yield { first: range.first, last: range.last, facts };
    }
  } catch (error) {
    if (error instanceof CsvError) {
      const at = typeof error['lines'] === 'number' ? error['lines'] : line + 1;
      throw damaged(title, at, 'it is no CSV from there on');
    }
    throw error;
  }
  report(1);
}
