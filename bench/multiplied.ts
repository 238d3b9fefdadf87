/** More places than there are: copies of the real ones, each with a name and a spot of its own, the same in every run. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { eachPlace, type PlaceRow } from '../gazetteer/sources.ts';
import { createSeededRandom } from './figures.ts';

const SEED = 20_261_122;
/** How far a copy stands from its original at most, in degrees. */
const STRAY = 0.4;
/** Beginnings of copies' names, so that each is a name by itself; every second copy keeps its original's, as real villages do. */
const BEGINNINGS = 'Al Bor Cas Dun El Fal Gor Hal Is Jor Kel Lor Mar Nor Or Pel Quin Ros Sar Tor'.split(' ');

const round = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

const copyOf = (place: PlaceRow, copy: number, random: () => number): PlaceRow => {
  const beginning = BEGINNINGS[(copy >> 1) % BEGINNINGS.length] ?? '';
  const renamed = (name: string): string => (copy % 2 === 0 ? `${beginning}${name.toLowerCase()}` : name);
  const lat = Math.max(-90, Math.min(90, place.lat + (random() - 0.5) * STRAY));
  const lng = Math.max(-180, Math.min(180, place.lng + (random() - 0.5) * STRAY));
  return {
    ...place,
    geonameId: place.geonameId + copy * 20_000_000,
    name: renamed(place.name),
    asciiName: renamed(place.asciiName),
    alternates: place.alternates.split(',').map(renamed).join(','),
    lat: round(lat),
    lng: round(lng),
    // Capitals are not multiplied, and what else there is in a country is mostly small.
    feature: place.feature === 'PPLC' ? 'PPL' : place.feature,
    population: Math.floor(place.population / (copy * 4 + 1)),
  };
};

/** So many places: all real ones first, then copies of them. */
export function* multipliedPlaces(count: number): Generator<PlaceRow> {
  const random = createSeededRandom(SEED);
  let given = 0;
  for (let copy = 0; given < count; copy++) {
    for (const place of eachPlace()) {
      if (given++ >= count) return;
      yield copy === 0 ? place : copyOf(place, copy, random);
    }
  }
}

/** A row of GeoNames' main table. */
export const dumpRow = (place: PlaceRow): string => {
  const {
    geonameId,
    name,
    asciiName,
    alternates,
    lat,
    lng,
    feature,
    country,
    admin1,
    admin2,
    population,
    timezone,
  } = place;
  return `${geonameId % 4_000_000_000}\t${name}\t${asciiName}\t${alternates}\t${lat}\t${lng}\tP\t${feature}\t${country}\t\t${admin1}\t${admin2}\t\t\t${population}\t\t0\t${timezone}\t2026-01-01\n`;
};

/** What the main table has besides populated places, in the form of one row. */
const otherRow = (number: number): string =>
  `${3_000_000_000 + number}\tRidge ${number}\tRidge ${number}\t\t${(number % 170) - 85}.5\t${(number % 350) - 175}.25\tT\tMT\tCH\t\t01\t\t\t\t0\t\t900\tEurope/Zurich\t2026-01-01\n`;

/** Writes a table of `rows` rows, `places` of which are populated places. */
export const writeDump = (path: string, rows: number, places: number): void => {
  const file = openSync(path, 'w');
  try {
    let written = 0;
    let text = '';
    const put = (row: string): void => {
      text += row;
      written++;
      if (text.length < 4_000_000) return;
      writeSync(file, text);
      text = '';
    };
    const others = rows - places;
    let given = 0;
    for (const place of multipliedPlaces(places)) {
      put(dumpRow(place));
      given++;
      while (written - given < Math.floor((others * given) / places)) put(otherRow(written));
    }
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', default: 'allCountries.txt' },
      rows: { type: 'string', default: '10000000' },
      places: { type: 'string', default: '5000000' },
    },
  });
  writeDump(values.output, Number(values.rows), Number(values.places));
}
