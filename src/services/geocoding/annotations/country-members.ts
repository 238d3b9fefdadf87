import type { CountryAnnotations, Currency } from './annotation-data.ts';

/** The contract's names of UN M49 regions. */
const REGION_NAMES: Readonly<Record<string, string>> = {
  '002': 'AFRICA',
  '005': 'SOUTH_AMERICA',
  '009': 'OCEANIA',
  '011': 'WESTERN_AFRICA',
  '013': 'CENTRAL_AMERICA',
  '014': 'EASTERN_AFRICA',
  '015': 'NORTHERN_AFRICA',
  '017': 'MIDDLE_AFRICA',
  '018': 'SOUTHERN_AFRICA',
  '019': 'AMERICAS',
  '021': 'NORTHERN_AMERICA',
  '029': 'CARIBBEAN',
  '030': 'EASTERN_ASIA',
  '034': 'SOUTHERN_ASIA',
  '035': 'SOUTHEAST_ASIA',
  '039': 'SOUTHERN_EUROPE',
  '053': 'AUSTRALASIA',
  '054': 'MELANESIA',
  '057': 'MICRONESIAN_REGION',
  '061': 'POLYNESIA',
  '142': 'ASIA',
  '143': 'CENTRAL_ASIA',
  '145': 'WESTERN_ASIA',
  '150': 'EUROPE',
  '151': 'EASTERN_EUROPE',
  '154': 'NORTHERN_EUROPE',
  '155': 'WESTERN_EUROPE',
  '202': 'SUB-SAHARAN AFRICA',
  '419': 'LATIN_AMERICA',
  '830': 'CHANNEL_ISLANDS',
};

/** Annotations that every place of a country shares, as JSON text in UTF-8, ready to be copied. */
export interface CountryMembers {
  /** From `UN_M49` to `flag`, with a comma after it. */
  readonly facts: Buffer;
  /** The `roadinfo` member; empty where no country is. */
  readonly roads: Buffer;
  /** The `wikidata` member of the country itself, with a comma before it; empty where it is not known. */
  readonly wikidata: Buffer;
}

const regionsOf = (alpha2: string, country: CountryAnnotations): Record<string, string> => {
  const pairs: [string, string][] = [['WORLD', '001']];
  if (country.m49 !== undefined) pairs.push([alpha2, country.m49]);
  for (const region of country.regions) {
    const name = REGION_NAMES[region];
    if (name !== undefined) pairs.push([name, region]);
  }
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** What is said at sea. */
export const AT_SEA: CountryMembers = {
  facts: Buffer.from('"UN_M49":{"regions":{"WORLD":"001"},"statistical_groupings":[]},'),
  roads: Buffer.alloc(0),
  wikidata: Buffer.alloc(0),
};

/** Prepares what is said of a country. */
export const countryMembers = (
  alpha2: string,
  country: CountryAnnotations,
  currency: Currency | undefined,
): CountryMembers => {
  const facts = {
    UN_M49: { regions: regionsOf(alpha2, country), statistical_groupings: country.groupings },
    callingcode: country.callingcode,
    currency,
    flag: country.flag,
  };
  const roads = { drive_on: country.driveOn, speed_in: country.speedIn };
  return {
    facts: Buffer.from(`${JSON.stringify(facts).slice(1, -1)},`),
    roads: Buffer.from(`"roadinfo":${JSON.stringify(roads)}`),
    wikidata: Buffer.from(country.wikidata === '' ? '' : `,"wikidata":"${country.wikidata}"`),
  };
};
