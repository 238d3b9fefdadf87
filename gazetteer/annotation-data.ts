/** Writes `src/services/geocoding/annotations/annotation-data.json`: what annotations say of countries, currencies and zones. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feature } from '@rapideditor/country-coder';
import type {
  AnnotationData,
  CountryAnnotations,
  Currency,
} from '../src/services/geocoding/annotations/annotation-data.ts';
import {
  CALLING_CODES,
  CURRENCY_CHOICES,
  FURTHER_CURRENCIES,
  M49_REGIONS,
  statisticalGroupings,
} from './annotation-amendments.ts';

interface CountryFeature {
  readonly properties: {
    readonly m49?: string;
    readonly wikidata?: string;
    readonly emojiFlag?: string;
    readonly groups: readonly string[];
    readonly driveSide?: 'left' | 'right';
    readonly roadSpeedUnit?: 'mph' | 'km/h';
    readonly callingCodes?: readonly string[];
  };
}

/** CLDR's `currencyData.json`, the part that says where a currency is or was tender. */
type Tenders = Readonly<
  Record<string, readonly Readonly<Record<string, { _from?: string; _to?: string; _tender?: string }>>[]>
>;

/** `currency_iso.json` of the Ruby gem `money`. */
interface MoneyCurrency {
  readonly iso_code: string;
  readonly iso_numeric: string;
  readonly name: string;
  readonly symbol: string | null;
  readonly alternate_symbols?: readonly string[];
  readonly disambiguate_symbol?: string;
  readonly html_entity?: string | null;
  readonly decimal_mark: string;
  readonly thousands_separator: string;
  readonly subunit: string | null;
  readonly subunit_to_unit: number;
  readonly symbol_first: boolean;
  readonly smallest_denomination?: number;
}

const readCurrency = (money: MoneyCurrency): Currency => ({
  alternate_symbols: money.alternate_symbols ?? [],
  decimal_mark: money.decimal_mark,
  ...(money.disambiguate_symbol === undefined ? {} : { disambiguate_symbol: money.disambiguate_symbol }),
  html_entity: money.html_entity ?? '',
  iso_code: money.iso_code,
  iso_numeric: money.iso_numeric,
  name: money.name,
  smallest_denomination: money.smallest_denomination ?? 1,
  subunit: money.subunit ?? '',
  subunit_to_unit: money.subunit_to_unit,
  symbol: money.symbol ?? money.iso_code,
  symbol_first: money.symbol_first ? 1 : 0,
  thousands_separator: money.thousands_separator,
});

/** The currency that became tender last and still is. */
const currencyOf = (alpha2: string, tenders: Tenders): string | undefined => {
  const chosen = CURRENCY_CHOICES[alpha2];
  if (chosen !== undefined) return chosen;
  const valid = (tenders[alpha2] ?? [])
    .flatMap((entry) => Object.entries(entry))
    .filter(([, { _to, _tender }]) => _to === undefined && _tender !== 'false')
    .sort(([, a], [, b]) => (b._from ?? '').localeCompare(a._from ?? ''));
  return valid[0]?.[0];
};

const readCountry = (alpha2: string, tenders: Tenders): CountryAnnotations | undefined => {
  const known = (feature(alpha2) as CountryFeature | null)?.properties;
  if (known === undefined) return undefined;
  const regions = M49_REGIONS[alpha2] ?? known.groups.filter((group) => /^\d{3}$/u.test(group));
  const calling = CALLING_CODES[alpha2] ?? Number(known.callingCodes?.[0]?.split(' ', 1)[0] ?? 0);
  const currency = currencyOf(alpha2, tenders);
  return {
    ...(known.m49 === undefined ? {} : { m49: known.m49 }),
    // North America (003) overlaps the two that divide the Americas; the contract's answers do not have it.
    regions: regions.filter((group) => group !== '001' && group !== '003'),
    groupings: statisticalGroupings(alpha2, regions),
    ...(calling === 0 ? {} : { callingcode: calling }),
    ...(currency === undefined ? {} : { currency }),
    flag: known.emojiFlag ?? '',
    // The United Kingdom and China have territories on the other side; what is said here is for the mainland.
    driveOn: known.driveSide ?? (alpha2 === 'GB' ? 'left' : 'right'),
    speedIn: known.roadSpeedUnit ?? (alpha2 === 'GB' ? 'mph' : 'km/h'),
    wikidata: known.wikidata ?? '',
  };
};

/** Names and offsets in the last line of a TZif file (RFC 9636 §3.3), such as `CET-1CEST,M3.5.0,M10.5.0/3`. */
const FOOTER = /^([A-Za-z]+)([-+\d:]+)(?:([A-Za-z]+)([-+\d:]+)?,.*)?$/u;

/** Letters of zones that have any, the smaller offset first: `CET,CEST`. Zones without are named by their offset. */
const readZones = (folder: string): Record<string, string[]> => {
  const zones: Record<string, string[]> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/^(?:posix|right)(?:\/|$)|^(?:posixrules|localtime|Factory)$/u.test(name)) continue;
    const file = readZoneFile(join(folder, name));
    const [, standard, offset, summer, summerOffset] = FOOTER.exec(file) ?? [];
    if (standard === undefined) continue;
    // Ireland's standard time is that of summer; POSIX counts hours west, so a larger number is an earlier clock.
    const swapped = summerOffset !== undefined && Number(summerOffset) > Number(offset);
    const letters =
      summer === undefined ? standard : (swapped ? [summer, standard] : [standard, summer]).join(',');
    (zones[letters] ??= []).push(name);
  }
  return zones;
};

const readZoneFile = (path: string): string => {
  try {
    const text = readFileSync(path, 'latin1');
    return text.startsWith('TZif') ? (text.trimEnd().split('\n').at(-1) ?? '') : '';
  } catch {
    return '';
  }
};

/** Where the three sources lie that are no packages of ours. */
export interface AnnotationSources {
  /** `config/currency_iso.json` of the Ruby gem `money`. */
  readonly money: string;
  /** `supplemental/currencyData.json` of the npm package `cldr-core`. */
  readonly tenders: string;
  /** A folder of compiled time zones, `/usr/share/zoneinfo`. */
  readonly zones: string;
}

export const readAnnotationData = (sources: AnnotationSources, codes: readonly string[]): AnnotationData => {
  const money = JSON.parse(readFileSync(sources.money, 'utf8')) as Record<string, MoneyCurrency>;
  const cldr = JSON.parse(readFileSync(sources.tenders, 'utf8')) as {
    supplemental: { currencyData: { region: Tenders } };
  };
  const known = new Map([
    ...Object.values(money).map((entry) => [entry.iso_code, readCurrency(entry)] as const),
    ...FURTHER_CURRENCIES.map((entry) => [entry.iso_code, entry] as const),
  ]);
  const countries: Record<string, CountryAnnotations> = {};
  const currencies: Record<string, Currency> = {};
  for (const alpha2 of codes) {
    const country = readCountry(alpha2, cldr.supplemental.currencyData.region);
    if (country === undefined) continue;
    countries[alpha2] = country;
    if (country.currency === undefined) continue;
    const currency = known.get(country.currency);
    if (currency === undefined) throw new Error(`Nothing is known of ${country.currency}.`);
    currencies[country.currency] = currency;
  }
  return { countries, currencies, zones: readZones(sources.zones) };
};

if (import.meta.main) {
  const [money, tenders, zones] = process.argv.slice(2);
  if (money === undefined || tenders === undefined || zones === undefined)
    throw new Error('usage: annotation-data.ts currency_iso.json currencyData.json zoneinfo-folder');
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const pairs = letters.flatMap((first) => letters.map((second) => first + second));
  // `EU`, `UN` and the like are unions, and what ISO 3166-1 only reserves is part of a country here.
  const codes = pairs.filter((code) => {
    const level = (feature(code) as { properties: { level: string; iso1A2?: string } } | null)?.properties;
    return level?.iso1A2 === code && /^(?:country|territory|subcountryGroup|region)$/u.test(level.level);
  });
  const data = readAnnotationData({ money, tenders, zones }, codes);
  const target = new URL('../src/services/geocoding/annotations/annotation-data.json', import.meta.url);
  writeFileSync(target, `${JSON.stringify(data)}\n`);
  console.log(`${Object.keys(data.countries).length} countries are written.`);
}
