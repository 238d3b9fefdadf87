/** Facts from records of MMDB files: the schemas of MaxMind and DB-IP, and the flat one of ip-location-db. */
import type { NetworkOfAddress, PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import {
  readAsn,
  readCoordinates,
  readCountry,
  readRegionCode,
  readText,
  readZone,
} from './facts-of-text.ts';
import type { ReadLayer } from './source.ts';

const partOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
/** `names.en` of what has names in languages. */
const nameOf = (value: unknown): string | undefined => textOf(partOf(partOf(value, 'names'), 'en'));

/** What a record can be read as, by the fields that it has; both for some. */
export const layersOfRecord = (record: unknown): readonly ReadLayer[] => {
  const layers: ReadLayer[] = [];
  if (partOf(record, 'country') !== undefined || partOf(record, 'country_code') !== undefined)
    layers.push('place');
  if (partOf(record, 'autonomous_system_number') !== undefined) layers.push('network');
  return layers;
};

const networkOf = (record: unknown): NetworkOfAddress | string => {
  const number = partOf(record, 'autonomous_system_number');
  const asn = readAsn(typeof number === 'number' ? String(number) : (textOf(number) ?? ''));
  if (asn === undefined) return 'no autonomous system';
  return { asn, organisation: readText(textOf(partOf(record, 'autonomous_system_organization'))) ?? '' };
};

/** The texts of a place, wherever a schema has them. */
const textsOf = (record: unknown): Omit<PlaceOfAddress, 'country' | 'latitude' | 'longitude'> => {
  const subdivisions = partOf(record, 'subdivisions');
  const first: unknown = Array.isArray(subdivisions) ? subdivisions[0] : undefined;
  const location = partOf(record, 'location');
  const flatCity = partOf(record, 'city');
  const city = readText(textOf(flatCity) ?? nameOf(flatCity));
  const region = readRegionCode(textOf(partOf(first, 'iso_code')));
  const regionName = readText(textOf(partOf(record, 'state1')) ?? nameOf(first));
  const postcode = readText(
    textOf(partOf(record, 'postcode')) ?? textOf(partOf(partOf(record, 'postal'), 'code')),
  );
  const timezone = readZone(textOf(partOf(record, 'timezone')) ?? textOf(partOf(location, 'time_zone')));
  const radius = numberOf(partOf(location, 'accuracy_radius'));
  return {
    ...(region === undefined ? {} : { region }),
    ...(regionName === undefined ? {} : { regionName }),
    ...(city === undefined ? {} : { city }),
    ...(postcode === undefined ? {} : { postcode }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(radius !== undefined && radius > 0 && radius <= 20_000 ? { accuracyKm: Math.round(radius) } : {}),
  };
};

const placeOf = (record: unknown): PlaceOfAddress | string => {
  const country = partOf(record, 'country');
  const code =
    textOf(partOf(record, 'country_code')) ?? textOf(country) ?? textOf(partOf(country, 'iso_code')) ?? '';
  const read = readCountry(code);
  if (read === 'none') return 'no country';
  if (read === 'unknown') return 'a country that does not exist';
  const location = partOf(record, 'location');
  const at = readCoordinates(
    numberOf(partOf(record, 'latitude')) ?? numberOf(partOf(location, 'latitude')),
    numberOf(partOf(record, 'longitude')) ?? numberOf(partOf(location, 'longitude')),
  );
  if (at === 'wrong') return 'coordinates that are not on the globe';
  return { country: read.code, ...textsOf(record), ...at };
};

/** Facts of a record; a text says why it has none. */
export const factsOfRecord = (
  record: unknown,
  layer: ReadLayer,
): PlaceOfAddress | NetworkOfAddress | string => (layer === 'place' ? placeOf(record) : networkOf(record));
