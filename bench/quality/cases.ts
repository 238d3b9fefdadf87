/** Published test cases for geocoders, read from files that are not part of this repository. */

/** One question and what would be right. */
export interface Case {
  readonly query: string;
  /** Where the answer has to lie, where the case says so. */
  readonly point: { readonly lat: number; readonly lng: number } | undefined;
  /** Metres that the answer may lie beside it. */
  readonly tolerance: number;
  /** What components or names the answer has to have; compared without case and accents. */
  readonly wanted: Readonly<Record<string, string>>;
  /** Results of which one has to be right. */
  readonly among: number;
  /** Somebody is still typing. */
  readonly isPrefix: boolean;
}

/** geocoder-tester's own default. */
const DEFAULT_TOLERANCE = 1_000;
/** Pelias' fuzzy tests give each case its own; its acceptance tests none. */
const PELIAS_TOLERANCE = 50_000;

/** Fields of CSV with quotes (RFC 4180), row by row. */
const csvRows = (text: string): string[][] => {
  // Some sets are written with semicolons.
  const separator = /^[^\n,]*;/u.test(text) ? ';' : ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (isQuoted) {
      if (letter !== '"') field += letter;
      else if (text.charAt(at + 1) === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (letter === '"') isQuoted = true;
    else if (letter === separator || letter === '\n') {
      row.push(field.trim());
      field = '';
      if (letter === '\n') {
        rows.push(row);
        row = [];
      }
    } else if (letter !== '\r') field += letter;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field.trim()]);
  return rows.filter((one) => one.some((value) => value !== ''));
};

const numberOf = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? undefined : value;
};

const pointOf = (lat: number | undefined, lng: number | undefined): Case['point'] =>
  lat === undefined || lng === undefined ? undefined : { lat, lng };

/**
 * geocoder-tester: a head with `query`, `expected_lat`, `expected_lon` or `expected_coordinate` (`lat,lon,metres`), and
 * `expected_name`, `expected_city` and so on; `tolerance` and `limit` where they differ.
 */
export const readGeocoderTester = (text: string): Case[] => {
  const [head = [], ...rows] = csvRows(text);
  return rows.flatMap((row): Case[] => {
    const value = (name: string): string | undefined => {
      const column = head.indexOf(name);
      return column === -1 || row[column] === '' ? undefined : row[column];
    };
    const query = value('query');
    if (query === undefined) return [];
    const [lat, lng, metres] = (value('expected_coordinate') ?? '')
      .split(',')
      .map((part) => numberOf(part.trim()));
    const wanted: Record<string, string> = {};
    for (const [column, name] of head.entries()) {
      const expected = row[column] ?? '';
      if (/^expected_(?:name|city|state|country|county|countrycode)$/u.test(name) && expected !== '')
        wanted[name.slice('expected_'.length)] = expected;
    }
    return [
      {
        query,
        point: pointOf(lat ?? numberOf(value('expected_lat')), lng ?? numberOf(value('expected_lon'))),
        tolerance: metres ?? numberOf(value('tolerance')) ?? DEFAULT_TOLERANCE,
        wanted,
        among: numberOf(value('limit')) ?? 1,
        isPrefix: false,
      },
    ];
  });
};

interface PeliasCase {
  readonly in?: Readonly<Record<string, unknown>>;
  readonly endpoint?: string;
  readonly expected?: {
    readonly properties?: readonly Readonly<Record<string, unknown>>[];
    readonly coordinates?: readonly (readonly [number, number])[];
    readonly priorityThresh?: number;
    readonly distanceThresh?: number;
  };
}
interface PeliasFile {
  readonly tests?: readonly PeliasCase[];
  readonly endpoint?: string;
  readonly priorityThresh?: number;
  readonly distanceThresh?: number;
}

/** Pelias' properties under our names of components. */
const PELIAS_NAMES: Readonly<Record<string, string>> = {
  name: 'name',
  locality: 'city',
  region: 'state',
  county: 'county',
  country: 'country',
  country_a: 'country_code_3',
};

/** pelias/acceptance-tests and pelias/fuzzy-tests: JSON with `tests`; reverse and structured cases are left out. */
export const readPelias = (text: string): Case[] => {
  const file = JSON.parse(text) as PeliasFile;
  return (file.tests ?? []).flatMap((test): Case[] => {
    const query = test.in?.['text'];
    if (typeof query !== 'string' || test.expected === undefined) return [];
    const { expected } = test;
    const [lng, lat] = expected.coordinates?.[0] ?? [];
    const wanted: Record<string, string> = {};
    for (const [name, value] of Object.entries(expected.properties?.[0] ?? {})) {
      const ours = PELIAS_NAMES[name];
      if (ours !== undefined && typeof value === 'string') wanted[ours] = value;
    }
    const point = pointOf(lat, lng);
    if (point === undefined && Object.keys(wanted).length === 0) return [];
    return [
      {
        query,
        point,
        tolerance: expected.distanceThresh ?? file.distanceThresh ?? PELIAS_TOLERANCE,
        wanted,
        among: expected.priorityThresh ?? file.priorityThresh ?? 1,
        isPrefix: (test.endpoint ?? file.endpoint) === 'autocomplete',
      },
    ];
  });
};
