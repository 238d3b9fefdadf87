import type { Currency } from '../src/services/geocoding/annotations/annotation-data.ts';

/** What the sources of annotations leave open or have too many of, decided here with the reason. */

/** UN M49 regions of countries whose parts the border data files under several. */
export const M49_REGIONS: Readonly<Record<string, readonly string[]>> = {
  DK: ['154', '150'],
  ES: ['039', '150'],
  FR: ['155', '150'],
  GB: ['154', '150'],
  NL: ['155', '150'],
  NO: ['154', '150'],
  NZ: ['053', '009'],
  RU: ['151', '150'],
  UM: ['057', '009'],
  US: ['021', '019'],
};

/** E.164 country codes of countries for which the border data lists those of their territories too; 0 for none. */
export const CALLING_CODES: Readonly<Record<string, number>> = {
  AU: 61,
  BV: 0,
  CN: 86,
  DK: 45,
  ES: 34,
  FR: 33,
  GB: 44,
  HM: 0,
  NL: 31,
  NO: 47,
  NZ: 64,
  SH: 290,
  US: 1,
  // +379 is assigned, +39 is what rings.
  VA: 39,
};

/** Where several currencies are tender, the country's own (CLDR has the date of each, not its rank). */
export const CURRENCY_CHOICES: Readonly<Record<string, string>> = {
  HT: 'HTG',
  PA: 'PAB',
  // The shekel circulates in all of Palestine, the dinar in the West Bank.
  PS: 'ILS',
};

const cents = (iso: string, numeric: string, name: string, symbol: string, html = ''): Currency => ({
  alternate_symbols: [],
  decimal_mark: '.',
  html_entity: html,
  iso_code: iso,
  iso_numeric: numeric,
  name,
  smallest_denomination: 1,
  subunit: 'Cent',
  subunit_to_unit: 100,
  symbol,
  symbol_first: 1,
  thousands_separator: ',',
});

/** Currencies younger than the table of them (ISO 4217 amendments 170 to 177). */
export const FURTHER_CURRENCIES: readonly Currency[] = [
  cents('SLE', '925', 'New Leone', 'Le'),
  cents('XCG', '532', 'Caribbean Guilder', 'Cg'),
  cents('ZWG', '924', 'Zimbabwe Gold', 'ZiG'),
  {
    ...cents('STN', '930', 'São Tomé and Príncipe Second Dobra', 'Db'),
    decimal_mark: ',',
    subunit: 'Cêntimo',
    symbol_first: 0,
    thousands_separator: '.',
  },
];

const codes = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Least developed countries: UN Committee for Development Policy, list of 13 December 2024 (44 countries). */
const LDC = codes(
  'AF AO BD BF BI BJ CD CF DJ ER ET GM GN GW HT KH KI KM LA LR LS MG ML MM MR MW MZ NE NP RW SB SD SL SN SO SS TD TG ' +
    'TL TV TZ UG YE ZM',
);

/** Landlocked developing countries: UN-OHRLLS (32 countries). */
const LLDC = codes(
  'AF AM AZ BF BI BO BT BW CF ET KG KZ LA LS MD MK ML MN MW NE NP PY RW SS SZ TD TJ TM UG UZ ZM ZW',
);

/** Small island developing states: UN-OHRLLS (39 states, 18 associate members of regional commissions). */
const SIDS = codes(
  'AG BB BS BZ CK CU CV DM DO FJ FM GD GW GY HT JM KI KM KN LC MH MU MV NR NU PG PW SB SC SG SR ST TL TO TT TV VC VU WS ' +
    'AI AS AW BM CW GP GU KY MP MQ MS NC PF PR SX TC VG VI',
);

/** Developed economies outside Europe, Northern America, Australia and New Zealand: UNCTADstat's classification. */
const DEVELOPED = codes('CY IL JP KR');
/** UN M49: Europe, Northern America, Australia and New Zealand. */
const DEVELOPED_REGIONS = codes('150 021 053');

/** The contract's groupings of a country with these M49 regions, in alphabetical order; none for Antarctica. */
export const statisticalGroupings = (alpha2: string, regions: readonly string[]): string[] => {
  if (alpha2 === 'AQ') return [];
  const developed = DEVELOPED.has(alpha2) || regions.some((region) => DEVELOPED_REGIONS.has(region));
  return [
    ...(LDC.has(alpha2) ? ['LDC'] : []),
    ...(developed ? [] : ['LEDC']),
    ...(LLDC.has(alpha2) ? ['LLDC'] : []),
    ...(developed ? ['MEDC'] : []),
    ...(SIDS.has(alpha2) ? ['SIDS'] : []),
  ];
};
