/** What is said of an address under `/v1/visitor`, as JSON members; what is not known is left out. */
import tzLookup from '@photostructure/tz-lookup';
import { formatAddress, type Address } from './addresses/address.ts';
import type { AddressData } from './addresses/address-data.ts';
import type { PlaceOfAddress } from './addresses/facts.ts';
import { specialUse } from './addresses/special.ts';
import { quotedBytes } from './byte-text.ts';
import { knownCountries } from './countries.ts';
import { degreesText } from './degrees-text.ts';
import { createZones } from './time-zones.ts';

/** The members of an object, from `"address"` on and without braces, as bytes (`byte-text.ts`). */
export type Locate = (address: Address, data: AddressData, now: number) => string;

const member = (name: string, value: string | undefined): string =>
  value === undefined || value === '' ? '' : `,"${name}":${quotedBytes(value)}`;

const regionText = ({ region, regionName }: PlaceOfAddress): string => {
  if (region === undefined && regionName === undefined) return '';
  return `,"region":{${`${member('code', region)}${member('name', regionName)}`.slice(1)}}`;
};

const positionText = ({ latitude, longitude, accuracyKm }: PlaceOfAddress): string =>
  latitude === undefined || longitude === undefined
    ? ''
    : `,"location":{"latitude":${degreesText(latitude)},"longitude":${degreesText(longitude)}${
        accuracyKm === undefined ? '' : `,"accuracy_km":${accuracyKm}`
      }}`;

const networkText = (address: Address, data: AddressData): string => {
  const network = data.network(address);
  const kinds = data.kinds(address);
  if (network === undefined && kinds.length === 0) return '';
  const who =
    network === undefined ? '' : `"asn":${network.asn}${member('organisation', network.organisation)},`;
  return `,"network":{${who}"kinds":${kinds.length === 0 ? '[]' : JSON.stringify(kinds)}}`;
};

/** One a thread: it remembers what clocks show. */
export const createLocate = (): Locate => {
  const countries = knownCountries();
  const zoneAt = createZones();

  const zoneText = ({ timezone, latitude, longitude }: PlaceOfAddress, now: number): string => {
    const id =
      timezone ??
      (latitude === undefined || longitude === undefined ? undefined : tzLookup(latitude, longitude));
    const zone = id === undefined ? undefined : zoneAt(id, now);
    return zone === undefined ? '' : `,"time_zone":${zone.json}`;
  };

  const placeText = (place: PlaceOfAddress, now: number): string => {
    const country = countries.get(place.country);
    return (
      (country === undefined ? '' : `,"country":${country.json}`) +
      regionText(place) +
      member('city', place.city) +
      member('postcode', place.postcode) +
      positionText(place) +
      zoneText(place, now)
    );
  };

  return (address, data, now) => {
    const head = `"address":"${formatAddress(address)}","version":${address.version}`;
    const special = specialUse(address);
    if (special !== undefined) return `${head},"special_use":"${special}"`;
    const place = data.place(address);
    return head + (place === undefined ? '' : placeText(place, now)) + networkText(address, data);
  };
};
