/** What is known of a country, and the JSON that says it: made once at the start, from countries-list and CLDR. */
import {
  continents,
  countries,
  getEmojiFlag,
  languages,
  type ICountry,
  type TCountryCode,
} from 'countries-list';
import { bytesOf } from './byte-text.ts';
import { currencyFacts, isMoney, type CurrencyFacts } from './currencies.ts';

export interface LanguageFacts {
  /** ISO 639-1. */
  readonly code: string;
  /** In English, and in itself. */
  readonly name: string;
  readonly native_name: string;
}

/** A country as `/v1/visitor` tells it; what is not known, or does not exist, is left out. */
export interface CountryFacts {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  readonly name: string;
  readonly native_name: string;
  readonly continent: { readonly code: string; readonly name: string };
  /** Whether the law of the European Union holds there, as in a member or in a region of one (Art. 355(1) TFEU). */
  readonly is_eu: boolean;
  /** With its plus, without spaces. */
  readonly calling_code?: string;
  /** Two regional indicator symbols. */
  readonly flag: string;
  readonly capital?: string;
  readonly currency?: CurrencyFacts;
  /** ISO 4217, the first of them the one above. */
  readonly currencies: readonly string[];
  readonly languages: readonly LanguageFacts[];
}

/** Texts that answers are put together from, as bytes (`byte-text.ts`). */
export interface KnownCountry {
  readonly facts: CountryFacts;
  /** `{"code":…}`, whole. */
  readonly json: string;
  /** The contract's four members of a country, from `"countryCode"` to `"languages"`, without braces. */
  readonly contract: string;
}

/** Members on 1 February 2020 and since (europa.eu), and regions of theirs that ISO 3166-1 has codes for. */
const EU: ReadonlySet<string> = new Set(
  (
    'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK ' +
    // Åland, and the outermost regions.
    'AX GF GP MF MQ RE YT'
  ).split(' '),
);

const languageFacts = (code: string): LanguageFacts => {
  const known = languages[code as keyof typeof languages];
  return { code, name: known.name, native_name: known.native };
};

const factsOf = (code: TCountryCode, country: ICountry): CountryFacts => {
  const [language = 'en'] = country.languages;
  const currencies = country.currency.filter(isMoney);
  const [currency] = currencies;
  // Numbers of Kosovo have begun with 383 since 2017; those that were borrowed before stand first in the list.
  const [phone] = code === 'XK' ? [383] : country.phone;
  return {
    code,
    name: country.name,
    native_name: country.native.replaceAll(/[\u200E\u200F]/gu, ''),
    continent: { code: country.continent, name: continents[country.continent] },
    is_eu: EU.has(code),
    ...(phone === undefined ? {} : { calling_code: `+${phone}` }),
    flag: getEmojiFlag(code),
    ...(country.capital === '' ? {} : { capital: country.capital }),
    ...(currency === undefined ? {} : { currency: currencyFacts(currency, `${language}-${code}`) }),
    currencies,
    languages: country.languages.map(languageFacts),
  };
};

const knownCountry = (facts: CountryFacts): KnownCountry => ({
  facts,
  json: bytesOf(JSON.stringify(facts)),
  contract: bytesOf(
    JSON.stringify({
      countryCode: facts.code,
      countryName: facts.name,
      currencies: facts.currencies,
      languages: facts.languages.map(({ code }) => code),
    }).slice(1, -1),
  ),
});

const makeAll = (): ReadonlyMap<string, KnownCountry> =>
  new Map(
    Object.entries(countries).map(([code, country]) => [
      code,
      knownCountry(factsOf(code as TCountryCode, country)),
    ]),
  );

let all: ReadonlyMap<string, KnownCountry> | undefined;

/** Every country by its alpha-2 code: the 249 of ISO 3166-1, and Kosovo, Ascension and Tristan da Cunha. Made when first asked for, some 100 ms. */
export const knownCountries = (): ReadonlyMap<string, KnownCountry> => (all ??= makeAll());
