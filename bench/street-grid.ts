/** Made-up towns of streets and houses, for benches and tests: the same in every run. */
import type { ImportedFeature, ImportedHouse, ImportedStreet } from '../gazetteer/import/feature.ts';

/** Houses of one street, streets of one town, and towns in a row of the map. */
const HOUSES = 20;
const STREETS = 100;
const TOWNS = 25;
/** Syllables of which names are made. */
const FIRST = [
  'Ahorn',
  'Birken',
  'Buchen',
  'Eichen',
  'Eschen',
  'Fichten',
  'Kiefern',
  'Linden',
  'Tannen',
  'Ulmen',
];
const SECOND = ['', 'berg', 'grund', 'hof', 'höhe', 'kamp', 'moor', 'rain', 'tal', 'wald'];
const THIRD = ['strasse', 'weg', 'gasse', 'platz', 'allee', 'ring', 'pfad', 'steig', 'damm', 'ufer'];
const BATCH = 5_000;

/** Where the towns begin, in ten-millionths of a degree, and how far apart towns, streets and houses are. */
const SOUTH = 500_000_000;
const WEST = 90_000_000;
const TOWN_STEP = 400_000;
const STREET_STEP = 20_000;
const HOUSE_STEP = 3_000;

/** Name of a street by its number in its town; no two of one town are alike. */
export const streetName = (street: number): string => {
  const first = FIRST[street % 10] ?? '';
  const second = SECOND[Math.floor(street / 10) % 10] ?? '';
  return `${first}${second}${THIRD[(street * 7 + Math.floor(street / 10)) % 10] ?? ''}`;
};

/** Name of a town by its number. */
export const townName = (town: number): string =>
  `${FIRST[town % 10] ?? ''}${['stadt', 'dorf', 'heim', 'hausen', 'feld'][Math.floor(town / 10) % 5] ?? ''} ${town}`;

/** The house by its number among all. */
export const gridHouse = (index: number): ImportedHouse => {
  const street = Math.floor(index / HOUSES);
  const town = Math.floor(street / STREETS);
  const inTown = street % STREETS;
  return {
    kind: 'house',
    lat: SOUTH + Math.floor(town / TOWNS) * TOWN_STEP + Math.floor(inTown / 10) * STREET_STEP + 800,
    lng:
      WEST +
      (town % TOWNS) * TOWN_STEP +
      (inTown % 10) * 2 * STREET_STEP +
      (index % HOUSES) * HOUSE_STEP * 0.6,
    number: String((index % HOUSES) + 1),
    street: streetName(inTown),
    city: townName(town),
    postcode: String(10_000 + town),
    country: 'DE',
  };
};

const gridStreet = (street: number): ImportedStreet => {
  const { lat, lng } = gridHouse(street * HOUSES);
  return {
    kind: 'street',
    name: streetName(street % STREETS),
    roadType: 'residential',
    line: Int32Array.of(lat - 800, lng, lat - 800, lng + HOUSES * HOUSE_STEP * 0.6),
    road: { maxspeed: 30 },
  };
};

/** So many houses, and the streets that they stand in. */
export async function* drawStreets(
  houses: number,
): AsyncGenerator<readonly ImportedFeature[], void, undefined> {
  let batch: ImportedFeature[] = [];
  for (let index = 0; index < houses; index++) {
    if (index % HOUSES === 0) batch.push(gridStreet(index / HOUSES));
    batch.push(gridHouse(index));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
    await new Promise(setImmediate);
  }
  yield batch;
}
