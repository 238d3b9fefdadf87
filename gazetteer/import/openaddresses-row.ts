import type { ImportedHouse } from './feature.ts';
import { cleanText } from './import-text.ts';

/** Turns one row of an OpenAddresses table into a house, or says what is wrong with it. */

/** The columns that are used, by their lower-case names; what a row does not have is ''. */
export interface AddressRow {
  readonly lon: string;
  readonly lat: string;
  readonly number: string;
  readonly street: string;
  readonly city: string;
  readonly district: string;
  readonly region: string;
  readonly postcode: string;
}

/** What holds for all rows of a table. */
export interface TableContext {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | undefined;
  /** Where rows have no region of their own. */
  readonly state: string | undefined;
}

/** A row that is wrong, or merely of no use (which does not count against its file). */
export interface Refusal {
  readonly reason: string;
  readonly isWrong: boolean;
  readonly field?: string;
}

/** Refusals that are the same each time are made once. */
const NO_NUMBER: Refusal = { reason: 'a row has no house number', isWrong: false };
const NO_STREET: Refusal = { reason: 'a row has no street', isWrong: false };
const NO_POINT: Refusal = { reason: 'a coordinate is no number', isWrong: true, field: 'LON, LAT' };
const OUTSIDE: Refusal = { reason: 'a coordinate is outside of the world', isWrong: true, field: 'LON, LAT' };
const SWAPPED: Refusal = { reason: 'latitude and longitude are swapped', isWrong: true, field: 'LON, LAT' };
const NOWHERE: Refusal = { reason: 'a coordinate is 0,0', isWrong: true, field: 'LON, LAT' };
const NOT_UTF8: Refusal = { reason: 'a row is not in UTF-8', isWrong: true };

const FIGURE = /^[+-]?\d{1,3}(?:\.\d{0,30})?$|^[+-]?\d{1,3}(?:\.\d{1,30})?e-\d{1,2}$/iu;
const UNKNOWN = /^(?:0|none|null|n\/a|unknown)$/iu;

/** The house of a row. */
export const readRow = (row: AddressRow, context: TableContext): ImportedHouse | Refusal => {
  const { lon, lat } = row;
  if (!FIGURE.test(lon) || !FIGURE.test(lat)) return NO_POINT;
  const x = Number(lon);
  const y = Number(lat);
  if (Math.abs(y) > 90 && Math.abs(y) <= 180 && Math.abs(x) <= 90) return SWAPPED;
  if (Math.abs(y) > 90 || Math.abs(x) > 180) return OUTSIDE;
  // No address is within a kilometre of the point where the equator and the meridian of Greenwich meet.
  if (Math.abs(x) < 0.01 && Math.abs(y) < 0.01) return NOWHERE;
  const number = cleanText(row.number);
  if (number === undefined || UNKNOWN.test(number)) return NO_NUMBER;
  const street = cleanText(row.street);
  if (street === undefined) return NO_STREET;
  const postcode = cleanText(row.postcode);
  const city = cleanText(row.city);
  const district = cleanText(row.district);
  const state = cleanText(row.region) ?? context.state;
  // What could not be decoded has become this character.
  if ((number + street + (postcode ?? '') + (city ?? '')).includes('\ufffd')) return NOT_UTF8;
  return {
    kind: 'house',
    lat: Math.round(y * 1e7),
    lng: Math.round(x * 1e7),
    number,
    street,
    ...(postcode === undefined ? {} : { postcode }),
    ...(city === undefined && district === undefined ? {} : { city: city ?? district ?? '' }),
    ...(state === undefined ? {} : { state }),
    ...(context.country === undefined ? {} : { country: context.country }),
  };
};

const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** Whether two letters are the code of a country. */
export const isCountry = (code: string): boolean =>
  /^[A-Z]{2}$/u.test(code) && regions.of(code) !== undefined;

/** Countries whose second folder is a state that people write by this code. */
const WITH_STATES: ReadonlySet<string> = new Set(['US', 'CA', 'AU']);

/** Folders of `us` that ISO 3166-1 counts as countries of their own. */
const TERRITORIES: ReadonlySet<string> = new Set(['PR', 'GU', 'VI', 'AS', 'MP']);

/** What the path of a table says about its rows: `us/tx/travis.csv`. An explicit country comes first. */
export const contextOfPath = (path: string, country: string | undefined): TableContext => {
  const folders = path.split(/[/\\]/u).slice(0, -1).slice(-4);
  const at = folders.findIndex((folder) => /^[a-z]{2}$/u.test(folder) && isCountry(folder.toUpperCase()));
  const found = at < 0 ? undefined : folders[at]?.toUpperCase();
  const next = folders[at + 1];
  const territory = found === 'US' ? next?.toUpperCase() : undefined;
  if (country === undefined && territory !== undefined && TERRITORIES.has(territory))
    return { country: territory, state: undefined };
  const code = country ?? found;
  const hasState = at >= 0 && code === found && code !== undefined && WITH_STATES.has(code);
  return {
    country: code,
    state: hasState && next !== undefined && /^[a-z]{2,3}$/u.test(next) ? next.toUpperCase() : undefined,
  };
};
