/** Postcodes of the United States and the forward sortation areas of Canada, from the npm package `zipcodes`. */
import { createRequire } from 'node:module';
import type { PostcodeRow } from './rows.ts';

interface ZipEntry {
  readonly zip: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly city: string;
  readonly state: string;
}

const require = createRequire(import.meta.url);

/** Territories and associated states that the post of the United States serves and ISO 3166-1 has codes for. */
const COUNTRIES: ReadonlySet<string> = new Set(['AS', 'FM', 'GU', 'MH', 'MP', 'PR', 'PW', 'VI']);

const entriesOf = (file: string): ZipEntry[] =>
  Object.values((require(`zipcodes/lib/${file}`) as { codes: Record<string, ZipEntry> }).codes);

/** Military post offices stand at 0, 0. */
const hasPlace = ({ latitude, longitude }: ZipEntry): boolean => latitude !== 0 || longitude !== 0;

/** All of its rows: about 42,000 of the United States and 1,600 of Canada. */
export const packagePostcodes = (): PostcodeRow[] => [
  ...entriesOf('codes.js')
    .filter(hasPlace)
    .map(({ zip, city, state, latitude, longitude }): PostcodeRow => {
      const isTerritory = COUNTRIES.has(state);
      return {
        country: isTerritory ? state : 'US',
        code: zip,
        place: city,
        stateCode: isTerritory ? '' : state,
        stateName: '',
        lat: latitude,
        lng: longitude,
        isTown: true,
      };
    }),
  ...entriesOf('codesCanada.js')
    .filter(hasPlace)
    .map(({ zip, city, state, latitude, longitude }): PostcodeRow => ({
      country: 'CA',
      code: zip,
      place: city,
      stateCode: '',
      stateName: state,
      lat: latitude,
      lng: longitude,
      // `Halifax Lower Harbour`, `Eastern Alberta (St. Paul)`: parts of towns and regions.
      isTown: false,
    })),
];
