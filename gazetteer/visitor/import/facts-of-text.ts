/** Facts from the texts of tables and records: codes that exist, degrees that are on the globe, texts without control characters. */
import { countries } from 'countries-list';
import { cleanText } from '../../import/import-text.ts';

/** ISO 3166-1 alpha-2, with Kosovo's XK as every source has it. */
const COUNTRIES: ReadonlySet<string> = new Set(Object.keys(countries));

/** What sources write where they know no country, or mean a group of them. */
export const NO_COUNTRY: ReadonlySet<string> = new Set([
  '',
  '-',
  '--',
  'ZZ',
  'XX',
  'EU',
  'AP',
  'A1',
  'A2',
  'O1',
  'T1',
]);

/** A code that exists; `none` where the source says that it knows none; `unknown` for any other text. */
export const readCountry = (text: string): { readonly code: string } | 'none' | 'unknown' => {
  const code = text.trim().toUpperCase();
  if (COUNTRIES.has(code)) return { code };
  return NO_COUNTRY.has(code) ? 'none' : 'unknown';
};

/** A text as facts carry it; undefined where it says nothing: `-` is how IP2Location says so. */
export const readText = (text: string | undefined): string | undefined => {
  const clean = cleanText(text);
  return clean === '-' ? undefined : clean;
};

/** Sources have degrees in 32 bits or with four digits; more would be noise (11 m). */
const DIGITS = 1e4;

const NUMBER = /^-?\d{1,3}(?:\.\d{1,20})?$/u;

/** A number in degrees; undefined for an empty text. NaN for anything that is no number. */
export const readDegrees = (text: string): number | undefined => {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '-') return undefined;
  return NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
};

/** Both, rounded to four digits; undefined where one is missing; `wrong` where they are not on the globe. */
export const readCoordinates = (
  latitude: number | undefined,
  longitude: number | undefined,
): { readonly latitude: number; readonly longitude: number } | undefined | 'wrong' => {
  if (latitude === undefined || longitude === undefined) return undefined;
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return 'wrong';
  return {
    latitude: Math.round(latitude * DIGITS) / DIGITS,
    longitude: Math.round(longitude * DIGITS) / DIGITS,
  };
};

/** The part of ISO 3166-2 after the hyphen (ISO 3166-2 §5.2: up to three letters or digits). */
export const readRegionCode = (text: string | undefined): string | undefined => {
  const code = text?.trim().toUpperCase();
  return code !== undefined && /^[A-Z0-9]{1,3}$/u.test(code) ? code : undefined;
};

/** Names that were looked up; sources have some hundred. Beyond the bound nothing more is remembered. */
const zones = new Map<string, boolean>();
const MOST_ZONES = 2000;

const isZone = (name: string): boolean => {
  try {
    // Throws a RangeError for what is no zone.
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** A zone of the IANA database that this Node knows; offsets such as `+02:00` are none. */
export const readZone = (text: string | undefined): string | undefined => {
  if (text === undefined || !/^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/u.test(text) || text.length > 40)
    return undefined;
  let known = zones.get(text);
  if (known === undefined) {
    known = isZone(text);
    if (zones.size < MOST_ZONES) zones.set(text, known);
  }
  return known ? text : undefined;
};

/** The number of an autonomous system, `AS13335` or `13335`; undefined where there is none (0 says so). */
export const readAsn = (text: string): number | undefined => {
  const digits = /^(?:AS)?(\d{1,10})$/iu.exec(text.trim())?.[1];
  const asn = Number(digits ?? 0);
  return asn > 0 && asn <= 0xffff_ffff ? asn : undefined;
};
