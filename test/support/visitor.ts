/** A few addresses of which something is known, for the visitor service in tests. */
import { makeLayer } from '../../gazetteer/visitor/addresses/write-layer.ts';
import type { KindsRow, NetworkRow, PlaceRow } from '../../gazetteer/visitor/addresses/rows.ts';
import { parseAddress, type Address } from '../../src/services/visitor/addresses/address.ts';
import {
  createAddressDataHolder,
  openAddressData,
  type AddressDataHolder,
} from '../../src/services/visitor/addresses/address-data.ts';
import { layerPieces, type Layer } from '../../src/services/visitor/addresses/layer-format.ts';

/** In California, of a host. */
export const CALIFORNIAN = '8.8.8.8';
/** In Munich. */
export const BAVARIAN = '91.10.20.30';
/** In Paris, IPv6. */
export const PARISIAN = '2a01:cb00:1::1';
/** Somewhere in Canada, by a VPN. */
export const CANADIAN = '24.48.0.1';
/** Public, and nothing is known of it. */
export const UNKNOWN = '1.0.0.1';

const at = (text: string): Address => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
};
const range = (first: string, last: string): { readonly first: Address; readonly last: Address } => ({
  first: at(first),
  last: at(last),
});

const PLACES: readonly PlaceRow[] = [
  {
    ...range('8.8.8.0', '8.8.8.255'),
    place: {
      country: 'US',
      region: 'CA',
      regionName: 'California',
      city: 'Mountain View',
      latitude: 37.4223,
      longitude: -122.085,
    },
  },
  {
    ...range('91.0.0.0', '91.63.255.255'),
    place: {
      country: 'DE',
      region: 'BY',
      regionName: 'Bavaria',
      city: 'Munich',
      latitude: 48.1371,
      longitude: 11.5754,
      accuracyKm: 20,
      postcode: '80331',
      timezone: 'Europe/Berlin',
    },
  },
  {
    ...range('2a01:cb00::', '2a01:cb00:ffff:ffff:ffff:ffff:ffff:ffff'),
    place: {
      country: 'FR',
      region: 'IDF',
      regionName: 'Île-de-France',
      city: 'Paris',
      latitude: 48.8566,
      longitude: 2.3522,
    },
  },
  { ...range('24.48.0.0', '24.48.255.255'), place: { country: 'CA' } },
];
const NETWORKS: readonly NetworkRow[] = [
  { ...range('8.8.8.0', '8.8.8.255'), network: { asn: 15_169, organisation: 'Google "LLC"' } },
];
const KINDS: readonly KindsRow[] = [
  { ...range('8.8.8.0', '8.8.8.255'), kinds: ['hosting'] },
  { ...range('24.48.0.0', '24.48.0.255'), kinds: ['vpn', 'hosting'] },
];
const META = { builtAt: '2026-11-01', origin: 'made for tests', attribution: [] };

const bytesOf = (layer: Layer): SharedArrayBuffer => {
  const bytes = Buffer.concat([...layerPieces(layer)]);
  const shared = new SharedArrayBuffer(bytes.length);
  Buffer.from(shared).set(bytes);
  return shared;
};

/** A holder of these few facts; a new one each time, which may be swapped. */
export const openTestAddresses = async (): Promise<AddressDataHolder> =>
  createAddressDataHolder(
    openAddressData({
      place: bytesOf(await makeLayer('place', PLACES, META)),
      network: bytesOf(await makeLayer('network', NETWORKS, META)),
      kinds: bytesOf(await makeLayer('kinds', KINDS, META)),
    }),
  );

/** An address for which a lookup goes wrong, as if the data had a fault of ours. */
export const BREAKING = '24.48.66.6';

/** The same facts, but for one address that ends in a bug. */
export const openBrittleAddresses = async (): Promise<AddressDataHolder> => {
  const { current } = await openTestAddresses();
  const breaking = at(BREAKING);
  return createAddressDataHolder({
    ...current,
    place: (address) => {
      if (address.version === 4 && address.a === breaking.a) throw new Error('a fault of ours');
      return current.place(address);
    },
  });
};
