/** Finds the ISO 3166-2 codes of regions that a source only names. */
import type { Gazetteer } from '../../../src/services/geocoding/gazetteer.ts';
import type { PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import { readStateCodes } from '../../areas/areas.ts';
import { bareName, wholeName } from '../../areas/names-alike.ts';
import { readAdminNames } from '../../sources.ts';

/** From this share of a region's places on, the outline that they lie in is the region. */
const MOST = 0.7;

/** Looked up by hand, by country and name: where outlines are those of before or after a reform. An empty one has none. */
const AMENDED: Readonly<Record<string, string>> = { 'VNHo Chi Minh': 'VN-SG', RULuhansk: '' };

/** The part of a code after the country: `BY` of `DE-BY`. */
const partOf = (code: string): string => code.slice(3);

/** Regions that one name leads to; a name that leads to two is none. */
const createFinder = (
  fold: (name: string) => string,
): ((country: string, name: string) => string | undefined) => {
  const codes = readStateCodes();
  const found = new Map<string, string | undefined>();
  for (const [state, name] of readAdminNames(1)) {
    const code = codes.get(state);
    const key = `${state.slice(0, 2)} ${fold(name)}`;
    if (code !== undefined) found.set(key, found.has(key) && found.get(key) !== code ? undefined : code);
  }
  return (country, name) => found.get(`${country} ${fold(name)}`);
};

const createStateAt = (gazetteer: Gazetteer): ((place: PlaceOfAddress) => string | undefined) => {
  // Parts of a state may have codes of their own, which no place by the state's name should get.
  const codes = new Set(readStateCodes().values());
  const numbers = new Map(gazetteer.countries.map(({ alpha2 }, index) => [alpha2, index]));
  return ({ country, latitude, longitude }) => {
    const number = numbers.get(country);
    if (number === undefined || latitude === undefined || longitude === undefined) return undefined;
    const state = gazetteer.stateAt(latitude, longitude, number);
    const code = gazetteer.divisions[gazetteer.sections.divisionOf[state] ?? -1]?.[0];
    return code?.startsWith(`${country}-`) === true && codes.has(code) ? code : undefined;
  };
};

/** Counts into a table of tables. */
const count = (tables: Map<string, Map<string, number>>, key: string, value: string): void => {
  const table = tables.get(key) ?? new Map<string, number>();
  table.set(value, (table.get(value) ?? 0) + 1);
  tables.set(key, table);
};

/**
 * The code of each region by its country and name: that of the state of the same name, else of the state in whose outline
 * most of the region's places lie.
 * @returns a function that adds a region's code to a place, where there is one.
 */
export const createRegionCodes = (
  places: Iterable<PlaceOfAddress>,
  gazetteer: Gazetteer,
): {
  add(place: PlaceOfAddress): PlaceOfAddress;
  readonly known: number;
  readonly unknown: readonly string[];
} => {
  const [byWholeName, byBareName] = [createFinder(wholeName), createFinder(bareName)];
  const stateAt = createStateAt(gazetteer);
  const tables = new Map<string, Map<string, number>>();
  for (const place of places)
    if (place.regionName !== undefined)
      count(tables, `${place.country}${place.regionName}`, stateAt(place) ?? '');
  const codes = new Map<string, string>();
  const unknown: string[] = [];
  for (const [key, table] of tables) {
    const [country, name] = [key.slice(0, 2), key.slice(2)];
    const total = [...table.values()].reduce((sum, each) => sum + each, 0);
    const [most = '', times = 0] = [...table].sort((one, other) => other[1] - one[1])[0] ?? [];
    const code =
      AMENDED[key] ??
      byWholeName(country, name) ??
      byBareName(country, name) ??
      (times >= MOST * total ? most : '');
    if (code === '') unknown.push(key);
    else codes.set(key, partOf(code));
  }
  return {
    known: codes.size,
    unknown,
    add(place) {
      const region = codes.get(`${place.country}${place.regionName ?? ''}`);
      return region === undefined ? place : { ...place, region };
    },
  };
};
