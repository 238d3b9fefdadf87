/** The envelope of VisitorAPI's contract, put together from texts that were made before. */
import { formatAddress, type Address } from './addresses/address.ts';
import { bytesOf, quotedBytes } from './byte-text.ts';
import { knownCountries } from './countries.ts';
import { degreesText } from './degrees-text.ts';
import type { AddressData } from './addresses/address-data.ts';
import type { UserAgentFacts } from './user-agent/reader.ts';

/** uap-core's word where it knows none. */
const UNKNOWN = 'Other';

/** The contract's members of a visitor whose country is not known. Clients call methods of texts, so that each is one. */
const NOWHERE = '"countryCode":"","countryName":"","currencies":[],"languages":[]';

const named = (family: string): string => (family === UNKNOWN ? '' : family);

const deviceText = ({ browser, os, device }: UserAgentFacts): string =>
  JSON.stringify({
    browser: named(browser.family),
    browserVersion: browser.version,
    deviceBrand: device.brand,
    deviceModel: device.model,
    deviceFamily: named(device.family),
    os: named(os.family),
    osVersion: os.version,
  }).slice(1, -1);

const NO_DEVICE = deviceText({
  browser: { family: UNKNOWN, version: '' },
  os: { family: UNKNOWN, version: '' },
  device: { family: UNKNOWN, brand: '', model: '' },
  deviceType: 'other',
  bot: undefined,
});

export interface ContractParts {
  readonly data: AddressData;
  /** Undefined where the peer has none. */
  readonly address: Address | undefined;
  /** Undefined where no user agent was sent. */
  readonly device: UserAgentFacts | undefined;
}

/** Makes the function that writes `{"status":200,…}` with the contract's fifteen fields; '' and [] stand for what is unknown. As bytes (`byte-text.ts`). */
export const createEnvelope = (): ((parts: ContractParts) => string) => {
  const countries = knownCountries();
  // By the results that the reader remembers, and no longer than it does.
  const devices = new WeakMap<UserAgentFacts, string>();

  const deviceOf = (device: UserAgentFacts | undefined): string => {
    if (device === undefined) return NO_DEVICE;
    let text = devices.get(device);
    if (text === undefined) devices.set(device, (text = bytesOf(deviceText(device))));
    return text;
  };

  return ({ data, address, device }) => {
    const place = address === undefined ? undefined : data.place(address);
    const country = place === undefined ? undefined : countries.get(place.country);
    const { region = '', city = '', latitude, longitude } = place ?? {};
    const position =
      latitude === undefined || longitude === undefined
        ? ''
        : `${degreesText(latitude)},${degreesText(longitude)}`;
    return (
      `{"status":200,"result":"success","data":{"ipAddress":"${address === undefined ? '' : formatAddress(address)}",` +
      `${country?.contract ?? NOWHERE},"region":${quotedBytes(region)},"city":${quotedBytes(city)},` +
      `"cityLatLong":"${position}",${deviceOf(device)}}}`
    );
  };
};
