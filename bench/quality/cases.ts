/** Published test cases for geocoders, read from files that are not part of this repository. */
import { parse } from 'csv-parse/sync';
import type { TypeName } from '../../src/services/geocoding/entity.ts';
import type { Bounds, Point } from '../../src/services/geocoding/request.ts';

/** One question and what would be right. */
export interface Case {
  /** What is asked: a text, or a coordinate in degrees. */
  readonly query: string | Point;
  /** Where the answer has to lie, where the case says so. */
  readonly point: Point | undefined;
  /** Metres that the answer may lie beside it. */
  readonly tolerance: number;
  /** What components or names the answer has to have; compared without case and accents. */
  readonly wanted: Readonly<Record<string, string>>;
  /** Results of which one has to be right. */
  readonly among: number;
  /** Somebody is still typing. */
  readonly isPrefix: boolean;
  /** What else is asked with it, such as the countries to look in. */
  readonly narrowing: Narrowing;
}

/** Parameters beside the text. */
export interface Narrowing {
  readonly proximity?: Point;
  readonly bounds?: Bounds;
  /** Alpha-2 or alpha-3 codes. */
  readonly countries?: readonly string[];
  readonly types?: readonly TypeName[];
}

/** geocoder-tester's own default. */
const DEFAULT_TOLERANCE = 1_000;

/** The number that a cell says; undefined where it says none. */
export const numberOf = (text: unknown): number | undefined => {
  const value = Number(text);
  return text === undefined || text === null || text === '' || Number.isNaN(value) ? undefined : value;
};

/** A point where both of its numbers are known. */
export const pointOf = (lat: number | undefined, lng: number | undefined): Point | undefined =>
  lat === undefined || lng === undefined ? undefined : { lat, lng };

/**
 * geocoder-tester: a head with `query`, `expected_lat`, `expected_lon` or `expected_coordinate` (`lat,lon,metres`), and
 * `expected_name`, `expected_city` and so on; `tolerance` and `limit` where they differ. `lat` and `lon` are where the
 * person who asks is, or, in a file without queries, the coordinate that is asked about.
 */
export const readGeocoderTester = (text: string): Case[] => {
  // Some sets are written with semicolons.
  const delimiter = /^[^\n,]*;/u.test(text) ? ';' : ',';
  const rows: Readonly<Record<string, string>>[] = parse(text, {
    columns: true,
    delimiter,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  });
  return rows.flatMap((row): Case[] => {
    const value = (name: string): string | undefined => (row[name] === '' ? undefined : row[name]);
    const asker = pointOf(numberOf(value('lat')), numberOf(value('lon')));
    const query = value('query') ?? asker;
    if (query === undefined) return [];
    const [lat, lng, metres] = (value('expected_coordinate') ?? '')
      .split(',')
      .map((part) => numberOf(part.trim()));
    const wanted: Record<string, string> = {};
    for (const [column, expected] of Object.entries(row)) {
      if (/^expected_(?:name|city|state|country|county|countrycode)$/u.test(column) && expected !== '')
        wanted[column.slice('expected_'.length)] = expected;
    }
    return [
      {
        query,
        point: pointOf(lat ?? numberOf(value('expected_lat')), lng ?? numberOf(value('expected_lon'))),
        tolerance: metres ?? numberOf(value('tolerance')) ?? DEFAULT_TOLERANCE,
        wanted,
        among: numberOf(value('limit')) ?? 1,
        isPrefix: false,
        narrowing: typeof query === 'string' && asker !== undefined ? { proximity: asker } : {},
      },
    ];
  });
};
