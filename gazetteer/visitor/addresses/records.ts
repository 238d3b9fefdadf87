/** Gives facts numbers, the same to the same, and lays them out as the records of a layer. */
import tzlookup from '@photostructure/tz-lookup';
import { bytesOf, createGrowing, integersOf, shortsOf, wordsOf } from '../../growing.ts';
import type { NetworkOfAddress, PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import {
  NO_RADIUS,
  NOWHERE,
  type Division,
  type LayerSections,
} from '../../../src/services/visitor/addresses/layer-format.ts';
import { RowError } from './rows.ts';

type RecordSections = Pick<LayerSections, 'records' | 'postcodes' | 'radii' | 'textAt' | 'text'>;

/** What numbers facts; 0 is nothing. */
export interface Records<Fact> {
  /** Throws `RowError` where it is not as `facts.ts` says. */
  numberOf(fact: Fact): number;
  tables(): { readonly divisions: readonly Division[]; readonly timezones: readonly string[] };
  sections(): RecordSections;
}

/** Two of these halves share a number. */
const MOST_IN_HALF = 65_535;
/** Longer names are no names. */
const LONGEST_NAME = 256;
const CONTROL = /\p{Cc}/u;
const COUNTRY = /^[A-Z]{2}$/u;

const checkName = (name: string): void => {
  if (name.length > LONGEST_NAME || CONTROL.test(name))
    throw new RowError(
      `a name has more than ${String(LONGEST_NAME)} characters, or one that cannot be printed`,
    );
};

const createTexts = (): {
  numberOf(name: string): number;
  sections(): Pick<LayerSections, 'textAt' | 'text'>;
} => {
  const numbers = new Map<string, number>([['', 0]]);
  const starts = createGrowing(wordsOf);
  const bytes = createGrowing(bytesOf);
  starts.push(0);
  return {
    numberOf(name) {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      checkName(name);
      const written = new Uint8Array(Buffer.from(name));
      starts.push(bytes.length);
      bytes.append(written, 0, written.length);
      numbers.set(name, numbers.size);
      return numbers.size - 1;
    },
    sections: () => ({
      textAt: Uint32Array.from([...starts.view(), bytes.length]),
      text: bytes.view(),
    }),
  };
};

/** Numbers entries of a small table. */
const createTable = <Entry>(
  what: string,
): { numberOf(key: string, make: () => Entry): number; entries: Entry[] } => {
  const numbers = new Map<string, number>();
  const entries: Entry[] = [];
  return {
    entries,
    numberOf(key, make) {
      const known = numbers.get(key);
      if (known !== undefined) return known;
      if (entries.length > MOST_IN_HALF) throw new RowError(`there are more than 65,536 ${what}`);
      numbers.set(key, entries.length);
      entries.push(make());
      return entries.length - 1;
    },
  };
};

const checkPlace = ({ country, latitude, longitude, accuracyKm }: PlaceOfAddress): void => {
  if (!COUNTRY.test(country)) throw new RowError('a country is no ISO 3166-1 alpha-2 code in upper case');
  if ((latitude === undefined) !== (longitude === undefined))
    throw new RowError('there is a latitude without a longitude, or the other way round');
  if (latitude !== undefined && !(Math.abs(latitude) <= 90 && Math.abs(longitude ?? 0) <= 180))
    throw new RowError('a coordinate is not on earth');
  if (accuracyKm !== undefined && !(accuracyKm >= 0 && accuracyKm < NO_RADIUS))
    throw new RowError('an accuracy is not between 0 and 65,534 km');
};

/** Places. The time zone of a coordinate that comes without one is looked up. */
export const createPlaceRecords = (): Records<PlaceOfAddress> => {
  const texts = createTexts();
  const divisions = createTable<Division>('regions');
  const zones = createTable<string>('time zones');
  zones.numberOf('', () => '');
  const numbers = new Map<string, number>();
  const records = createGrowing(integersOf);
  const postcodes = createGrowing(wordsOf);
  const radii = createGrowing(shortsOf);
  let [hasPostcodes, hasRadii] = [false, false];
  let last: { readonly fact: PlaceOfAddress; readonly number: number } | undefined;

  const add = (place: PlaceOfAddress): void => {
    const {
      country,
      region = '',
      regionName = '',
      city = '',
      latitude,
      longitude,
      accuracyKm,
      postcode = '',
    } = place;
    checkPlace(place);
    checkName(region);
    checkName(regionName);
    const zone =
      place.timezone ??
      (latitude === undefined || longitude === undefined ? '' : tzlookup(latitude, longitude));
    const division = divisions.numberOf(`${country}\0${region}\0${regionName}`, () => ({
      country,
      region,
      regionName,
    }));
    const isNowhere = latitude === undefined || longitude === undefined;
    records.push(isNowhere ? NOWHERE : Math.round(latitude * 1e6));
    records.push(isNowhere ? NOWHERE : Math.round(longitude * 1e6));
    records.push(texts.numberOf(city));
    records.push(division | (zones.numberOf(zone, () => zone) << 16));
    postcodes.push(texts.numberOf(postcode));
    radii.push(accuracyKm === undefined ? NO_RADIUS : Math.ceil(accuracyKm));
    hasPostcodes ||= postcode !== '';
    hasRadii ||= accuracyKm !== undefined;
  };

  for (let column = 0; column < 4; column++) records.push(0);
  postcodes.push(0);
  radii.push(NO_RADIUS);
  return {
    numberOf(place) {
      if (place === last?.fact) return last.number;
      const key = [
        place.country,
        place.region,
        place.regionName,
        place.city,
        place.latitude,
        place.longitude,
        place.accuracyKm,
        place.postcode,
        place.timezone,
      ].join('\0');
      let number = numbers.get(key);
      if (number === undefined) {
        add(place);
        number = numbers.size + 1;
        numbers.set(key, number);
      }
      last = { fact: place, number };
      return number;
    },
    tables: () => ({ divisions: divisions.entries, timezones: zones.entries }),
    sections: () => ({
      records: records.view(),
      postcodes: hasPostcodes ? postcodes.view() : new Uint32Array(0),
      radii: hasRadii ? radii.view() : new Uint16Array(0),
      ...texts.sections(),
    }),
  };
};

/** Networks. */
export const createNetworkRecords = (): Records<NetworkOfAddress> => {
  const texts = createTexts();
  const numbers = new Map<string, number>();
  const records = createGrowing(integersOf);
  records.push(0);
  records.push(0);
  return {
    numberOf({ asn, organisation }) {
      const key = `${String(asn)}\0${organisation}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      if (!Number.isInteger(asn) || asn < 0 || asn > 0xffffffff)
        throw new RowError('an AS number is not between 0 and 4,294,967,295');
      records.push(asn | 0);
      records.push(texts.numberOf(organisation));
      numbers.set(key, numbers.size + 1);
      return numbers.size;
    },
    tables: () => ({ divisions: [], timezones: [] }),
    sections: () => ({
      records: records.view(),
      postcodes: new Uint32Array(0),
      radii: new Uint16Array(0),
      ...texts.sections(),
    }),
  };
};
