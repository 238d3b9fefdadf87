/**
 * The part of Google's geocoding v3 answers that the contract's `google-v3-json` has: components, formatted address,
 * geometry and types. There are no place ids.
 */
import type { Envelope, ResultModel } from './envelope.ts';

interface Kind {
  /** Components of the contract that it is made of; the first that is there counts. */
  readonly from: readonly string[];
  readonly types: readonly string[];
  /** The component that holds its code. */
  readonly code?: string;
}

/** From the narrowest to the widest, as Google orders them. */
const KINDS: readonly Kind[] = [
  { from: ['house_number'], types: ['street_number'] },
  { from: ['road'], types: ['route'] },
  { from: ['neighbourhood', 'quarter'], types: ['neighborhood', 'political'] },
  { from: ['suburb', 'city_district', 'borough'], types: ['political', 'sublocality'] },
  { from: ['city', 'town', 'village', 'municipality', 'hamlet'], types: ['locality', 'political'] },
  { from: ['county'], types: ['administrative_area_level_2', 'political'], code: 'county_code' },
  { from: ['state'], types: ['administrative_area_level_1', 'political'], code: 'state_code' },
  { from: ['country'], types: ['country', 'political'], code: 'country_code' },
  { from: ['postcode'], types: ['postal_code'] },
];

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const componentsOf = ({ components }: ResultModel): object[] =>
  KINDS.flatMap(({ from, types, code }) => {
    const name = from.map((one) => textOf(components[one])).find((one) => one !== undefined);
    if (name === undefined) return [];
    const short = code === undefined ? undefined : textOf(components[code]);
    return [{ long_name: name, short_name: short?.toUpperCase() ?? name, types }];
  });

const typesOf = ({ components }: ResultModel): readonly string[] => {
  const type = textOf(components['_type']) ?? '';
  if (type === 'building' && components['house_number'] !== undefined) return ['street_address'];
  return KINDS.find(({ from }) => from.includes(type))?.types ?? ['point_of_interest'];
};

const resultOf = (result: ResultModel): object => {
  const { bounds, components, formatted, geometry } = result;
  return {
    address_components: componentsOf(result),
    formatted_address: formatted,
    geometry: {
      ...(bounds === undefined ? {} : { bounds }),
      location: { lat: geometry.lat, lng: geometry.lng },
      location_type: components['house_number'] === undefined ? 'APPROXIMATE' : 'ROOFTOP',
      viewport: bounds ?? { northeast: geometry, southwest: geometry },
    },
    types: typesOf(result),
  };
};

/** Google's words for a status of the contract. */
const statusOf = (code: number, results: number): string => {
  if (code === 200) return results === 0 ? 'ZERO_RESULTS' : 'OK';
  if (code === 402 || code === 429) return 'OVER_QUERY_LIMIT';
  if (code === 401 || code === 403) return 'REQUEST_DENIED';
  return code < 500 ? 'INVALID_REQUEST' : 'UNKNOWN_ERROR';
};

/** An envelope in Google's form. */
export const toGoogle = ({ results, status }: Envelope): object => ({
  ...(status.code === 200 ? {} : { error_message: status.message }),
  results: results.map(resultOf),
  status: statusOf(status.code, results.length),
});
