/** Reads the packages of ip-location-db that the shipped address data are made from. */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { parseAddress, type Address } from '../../../src/services/visitor/addresses/address.ts';
import type { PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import { openMmdb } from '../import/mmdb-file.ts';
import { walkMmdb } from '../import/mmdb-walk.ts';
import { RowError, type AddressRange, type NetworkRow, type PlaceRow } from './rows.ts';

/** The packages, and the day that their last version stands for. */
export const PACKAGES = {
  country: 'geo-whois-asn-country',
  city: 'dbip-city-mmdb',
  network: 'asn',
} as const;

/** `2.3.2026060513` is of 5 June 2026. */
const dayOfVersion = (version: string): string => {
  const found = /\.(\d{4})(\d{2})(\d{2})\d*$/u.exec(version);
  if (found === null) throw new Error(`The version ${version} names no day.`);
  return found.slice(1, 4).join('-');
};

/** What a package is, as `name@version`, and its day. */
export const describePackage = (
  folder: string,
  name: string,
): { readonly title: string; readonly day: string } => {
  const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { title: `@ip-location-db/${name}@${version}`, day: dayOfVersion(version) };
};

const readAddress = (text: string | undefined): Address => {
  const address = parseAddress(text ?? '');
  if (address === undefined)
    throw new RowError('a row of a source begins with something else than two addresses');
  return address;
};

/** A range and the country that it is registered for. */
export interface CountryRow extends AddressRange {
  readonly country: string;
}

/** Ranges in the order of the file, which is that of their addresses. */
export async function* readCountries(folder: string, version: 4 | 6): AsyncGenerator<CountryRow> {
  const file = join(folder, PACKAGES.country, `${PACKAGES.country}-ipv${String(version)}.csv`);
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [first, last, country = ''] = line.split(',');
    yield { first: readAddress(first), last: readAddress(last), country };
  }
}

/** Networks, IPv4 first. */
export async function* readNetworks(folder: string): AsyncGenerator<NetworkRow> {
  for (const version of [4, 6]) {
    const file = join(folder, PACKAGES.network, `asn-ipv${String(version)}.csv`);
    for await (const row of createReadStream(file).pipe(parse())) {
      const [first, last, asn, organisation = ''] = row as string[];
      yield {
        first: readAddress(first),
        last: readAddress(last),
        network: { asn: Number(asn), organisation: organisation.trim() },
      };
    }
  }
}

/** A coordinate that was stored with 32 bits, with the fewest decimals that give the same bits. */
const shortest = (stored: number): number => {
  for (let decimals = 0; decimals < 6; decimals++) {
    const short = Number(stored.toFixed(decimals));
    if (Math.fround(short) === stored) return short;
  }
  return Number(stored.toFixed(6));
};

interface CityRecord {
  readonly country_code?: string;
  readonly state1?: string;
  readonly city?: string;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** A record of the city data; undefined where it names no country. */
export const placeOfCity = (record: CityRecord): PlaceOfAddress | undefined => {
  const { country_code: country = '', state1 = '', city = '', latitude, longitude } = record;
  if (!/^[A-Z]{2}$/u.test(country)) return undefined;
  const place = {
    country,
    ...(state1 === '' ? {} : { regionName: state1 }),
    ...(city === '' ? {} : { city }),
  };
  return latitude === undefined || longitude === undefined
    ? place
    : { ...place, latitude: shortest(latitude), longitude: shortest(longitude) };
};

/** Places of the city data, in the order of their addresses; equal records come as one object. */
export function* readCities(folder: string, version: 4 | 6): Generator<PlaceRow> {
  const title = `dbip-city-ipv${String(version)}.mmdb`;
  const file = openMmdb(title, readFileSync(join(folder, PACKAGES.city, title)));
  const known = new Map<number, PlaceOfAddress | undefined>();
  for (const { first, last, offset } of walkMmdb(file)) {
    if (!known.has(offset)) known.set(offset, placeOfCity(file.record(offset) as CityRecord));
    const place = known.get(offset);
    if (place !== undefined) yield { first, last, place };
  }
}
