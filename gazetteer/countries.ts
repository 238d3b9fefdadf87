import { readCountryFacts, type CountryFacts } from './borders.ts';

/** Names of countries in the languages of the Unicode CLDR that comes with Node. */

/** Languages whose country names can be searched for: those of CLDR's modern coverage, which Node ships whole. */
const LANGUAGES = (
  'af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo ' +
  'lt lv mk ml mn mr ms my nb ne nl nn pa pl pt ro ru si sk sl so sq sr sv sw ta te th tk tr uk ur uz vi yue zh zh-Hant zu'
).split(' ');

/** What people write and CLDR does not: former names, other spellings, abbreviations. */
const MORE_NAMES: Readonly<Record<string, readonly string[]>> = {
  US: ['usa', 'united states of america', 'america', 'u.s.', 'u.s.a.'],
  GB: ['uk', 'great britain', 'britain', 'u.k.'],
  AE: ['uae', 'emirates'],
  NL: ['holland', 'the netherlands'],
  CZ: ['czech republic'],
  MM: ['burma', 'myanmar'],
  CI: ['ivory coast'],
  CV: ['cabo verde'],
  SZ: ['swaziland'],
  MK: ['macedonia'],
  KR: ['republic of korea'],
  RU: ['russian federation'],
  CD: ['dr congo', 'democratic republic of the congo', 'drc'],
  CG: ['republic of the congo', 'congo'],
  VA: ['holy see', 'vatican'],
  PS: ['palestine', 'palestinian territory', 'state of palestine'],
  TL: ['east timor'],
  TR: ['turkey'],
  GM: ['the gambia'],
  BS: ['the bahamas'],
  HK: ['hongkong'],
  MO: ['macau'],
  BA: ['bosnia'],
  PH: ['the philippines'],
};

/** `Saint Lucia` where CLDR has `St. Lucia`, `and` where it has `&`. */
const spellings = (name: string): string[] => [
  name,
  name.replaceAll('&', 'and'),
  name.replace(/^St\. /u, 'Saint '),
];

const tablesIn = (language: string): Intl.DisplayNames[] =>
  (['long', 'short'] as const).map((style) => new Intl.DisplayNames(language, { type: 'region', style }));

const namesIn = (tables: readonly Intl.DisplayNames[], alpha2: string): string[] =>
  tables.map((table) => table.of(alpha2) ?? '').filter((name) => name !== alpha2);

export interface CountryNames extends CountryFacts {
  readonly alpha2: string;
  /** English, as answers show it. */
  readonly english: string;
  /** Every English name and code to find it by. */
  readonly searchable: readonly string[];
  /** Its names in other languages. */
  readonly translated: readonly string[];
}

/** Names of the given countries, each name as often as a language has it. */
export const readCountryNames = (codes: readonly string[]): CountryNames[] => {
  const own = tablesIn('en');
  const others = LANGUAGES.filter((language) => language !== 'en').flatMap(tablesIn);
  const english = new Intl.DisplayNames('en', { type: 'region' });
  return codes.map((alpha2) => {
    const facts = readCountryFacts(alpha2);
    const called = [...facts.names, ...namesIn(own, alpha2), ...(MORE_NAMES[alpha2] ?? [])].flatMap(
      spellings,
    );
    const searchable = new Set([...called, alpha2, facts.alpha3].filter((name) => name !== ''));
    const translated = new Set(namesIn(others, alpha2).flatMap(spellings));
    return {
      ...facts,
      alpha2,
      english: english.of(alpha2) ?? alpha2,
      searchable: [...searchable],
      translated: [...translated].filter((name) => name !== '' && !searchable.has(name)),
    };
  });
};
