/** Names of countries and continents in the language that a caller asks for, as ready bytes, and where other names are. */
import { ownCopy } from '../../foundation/own-copy.ts';
import type { CountryRecord } from './entity.ts';
import { MAIN_NAMES, type LocalNames } from './local-names.ts';

/** The parts of an answer that depend only on the country and the language, as JSON text in UTF-8. */
export interface CountryTexts {
  /** BCP 47 tag that these names are in, or `native`. */
  readonly language: string;
  readonly bytes: Buffer;
  /** Where each country's `"continent":…,"country":…,"country_code":…` begins in `bytes`; one more than countries. */
  readonly componentsStart: Uint32Array;
  /** Where each country's `"political_union":…` begins, if it has one; one more than countries. */
  readonly unionStart: Uint32Array;
  /** Where each country's bare name begins, JSON-escaped. */
  readonly nameStart: Uint32Array;
  readonly nameLength: Uint16Array;
  /** For each country, the language in which its places and states are named (`LocalNames`), or `MAIN_NAMES`. */
  readonly placeLanguage: Int16Array;
}

/** A country's name in the language of the texts. @param nation its number */
export const countryName = ({ bytes, nameStart, nameLength }: CountryTexts, nation: number): string => {
  const start = nameStart[nation] as number;
  return JSON.parse(`"${bytes.toString('utf8', start, start + (nameLength[nation] as number))}"`) as string;
};

export interface Languages {
  /** Texts in the language of a tag, else of an `Accept-Language` value, else in English. Neither is trusted. */
  choose(tag: string | undefined, acceptLanguage: string | undefined): CountryTexts;
}

/** A language tag of at most four subtags (RFC 5646); longer ones say nothing about country names. */
const TAG = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/iu;
/** Characters of `Accept-Language` that are read, and languages in it. */
const HEADER_LENGTH = 256;
const HEADER_RANGES = 8;
/** Languages whose texts are kept (some 40 kB each), and spellings of tags. */
const MOST_LANGUAGES = 64;
const MOST_TAGS = 512;
/** CLDR's long names of these say more than an address does (`Hong Kong SAR China`). */
const SHORT_NAMED: ReadonlySet<string> = new Set(['HK', 'MO']);
/** UN M49 codes of the continents, by which CLDR names them; Antarctica has an ISO code. */
const CONTINENTS: ReadonlyMap<string, string> = new Map([
  ['Africa', '002'],
  ['Antarctica', 'AQ'],
  ['Asia', '142'],
  ['Europe', '150'],
  ['North America', '003'],
  ['Oceania', '009'],
  ['South America', '005'],
]);
/** Where places have names in several languages, of which a country's likeliest is often not their own. */
const OF_SEVERAL_LANGUAGES: ReadonlySet<string> = new Set('BE CA CH CM ES IN LK ZA'.split(' '));
/** Tags that CLDR keeps apart and the names do not. */
const ALSO: Readonly<Record<string, string>> = { no: 'nb', fil: 'tl' };

/** Names a country or region in the language of one; its own code where there is no name. */
interface RegionNames {
  /** BCP 47 tag of the language in which places of the country are named; undefined for main names. */
  languageOf(alpha2: string): string | undefined;
  /** @param region alpha-2 or M49 code of what is named for a result in the country. */
  nameOf(alpha2: string, region: string): string;
}

const tableIn = (language: string): ((region: string) => string) => {
  const long = new Intl.DisplayNames(language, { type: 'region' });
  const short = new Intl.DisplayNames(language, { type: 'region', style: 'short' });
  return (region) => (SHORT_NAMED.has(region) ? short : long).of(region) ?? region;
};

const namesIn = (language: string): RegionNames => {
  const table = tableIn(language);
  return { languageOf: () => language, nameOf: (_, region) => table(region) };
};

/** The most likely language of a country, with its script (CLDR's likely subtags). */
const tagOf = (alpha2: string): string => {
  const { language, script } = new Intl.Locale(`und-${alpha2}`).maximize();
  return script === undefined ? language : `${language}-${script}`;
};

/** Each country's name in its own most likely language. */
const nativeNames = (): RegionNames => {
  const tables = new Map<string, (region: string) => string>();
  return {
    languageOf: (alpha2) => (OF_SEVERAL_LANGUAGES.has(alpha2) ? undefined : tagOf(alpha2)),
    nameOf: (alpha2, region) => {
      const tag = tagOf(alpha2);
      let table = tables.get(tag);
      if (table === undefined) {
        table = tableIn(tag);
        tables.set(tag, table);
      }
      return table(region);
    },
  };
};

/** The names for a tag, ever shorter (RFC 4647 §3.4), but never in another script than the tag means. */
const placeLanguageOf = (tag: string, names: LocalNames): number => {
  const { language, script, region } = new Intl.Locale(tag).maximize();
  const usual = new Intl.Locale(language).maximize().script;
  const plain = script === usual ? [language, ALSO[language] ?? language] : [];
  for (const candidate of [`${language}-${script}-${region}`, `${language}-${script}`, ...plain]) {
    const number = names.languageNumber(candidate);
    if (number !== MAIN_NAMES) return number;
  }
  return MAIN_NAMES;
};

const layOut = (
  language: string,
  countries: readonly CountryRecord[],
  regions: RegionNames,
  names: LocalNames | undefined,
): CountryTexts => {
  const parts: Buffer[] = [];
  let end = 0;
  const put = (text: string): number => {
    const bytes = Buffer.from(text);
    parts.push(bytes);
    const start = end;
    end += bytes.length;
    return start;
  };
  const continentOf = (alpha2: string, english: string): string => {
    const code = CONTINENTS.get(english);
    const name = code === undefined ? english : regions.nameOf(alpha2, code);
    return name === code ? english : name;
  };
  const componentsStart = new Uint32Array(countries.length + 1);
  countries.forEach(({ alpha2, continent }, index) => {
    const shown = continent === '' ? '' : `"continent":${JSON.stringify(continentOf(alpha2, continent))},`;
    const name = JSON.stringify(regions.nameOf(alpha2, alpha2));
    componentsStart[index] = put(`,${shown}"country":${name},"country_code":"${alpha2.toLowerCase()}"`);
  });
  componentsStart[countries.length] = end;
  const unionStart = new Uint32Array(countries.length + 1);
  countries.forEach(({ alpha2, europeanUnion }, index) => {
    const name = regions.nameOf(alpha2, 'EU');
    unionStart[index] = europeanUnion ? put(`,"political_union":${JSON.stringify(name)}`) : end;
  });
  unionStart[countries.length] = end;
  const nameStart = new Uint32Array(countries.length);
  const nameLength = new Uint16Array(countries.length);
  countries.forEach(({ alpha2 }, index) => {
    const start = put(JSON.stringify(regions.nameOf(alpha2, alpha2)).slice(1, -1));
    nameStart[index] = start;
    nameLength[index] = end - start;
  });
  const numbers = new Map<string, number>();
  const placeLanguage = Int16Array.from(countries, ({ alpha2 }) => {
    const tag = names === undefined ? undefined : regions.languageOf(alpha2);
    if (tag === undefined || names === undefined) return MAIN_NAMES;
    const known = numbers.get(tag) ?? placeLanguageOf(tag, names);
    numbers.set(tag, known);
    return known;
  });
  const bytes = Buffer.concat(parts);
  return { language, bytes, componentsStart, unionStart, nameStart, nameLength, placeLanguage };
};

/** The tags of an `Accept-Language` value, most wanted first (RFC 9110 §12.5.4). */
const rangesOf = (header: string): string[] =>
  header
    .slice(0, HEADER_LENGTH)
    .split(',', HEADER_RANGES)
    .map((range) => {
      const [tag = '', weight] = range.split(';', 2);
      const quality = weight === undefined ? 1 : Number(/q=([\d.]{1,5})/u.exec(weight)?.[1] ?? '0');
      return { tag: tag.trim(), quality };
    })
    .filter(({ tag, quality }) => quality > 0 && TAG.test(tag))
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);

/** The language that CLDR has names in for a tag; undefined where it has none. */
const supported = (tag: string): string | undefined => {
  if (!TAG.test(tag)) return undefined;
  try {
    return Intl.DisplayNames.supportedLocalesOf([tag]).length === 0
      ? undefined
      : new Intl.DisplayNames(tag, { type: 'region' }).resolvedOptions().locale;
  } catch {
    // Well-formed by length, but no tag (a repeated variant, say).
    return undefined;
  }
};

/**
 * Keeps the texts of the languages in use; both memories are emptied when full, so that no caller can grow them.
 * @param names those of places and states; without them all are shown by their main names.
 */
export const createLanguages = (countries: readonly CountryRecord[], names?: LocalNames): Languages => {
  const english = layOut('en', countries, { ...namesIn('en'), languageOf: () => undefined }, undefined);
  const byLanguage = new Map<string, CountryTexts>([['en', english]]);
  const byTag = new Map<string, CountryTexts | undefined>([['en', english]]);

  const textsIn = (language: string): CountryTexts => {
    const known = byLanguage.get(language);
    if (known !== undefined) return known;
    if (byLanguage.size >= MOST_LANGUAGES) {
      byLanguage.clear();
      // Not made like the others: places have their main names.
      byLanguage.set('en', english);
    }
    const regions = language === 'native' ? nativeNames() : namesIn(language);
    const texts = layOut(language, countries, regions, names);
    byLanguage.set(language, texts);
    return texts;
  };

  const textsOf = (tag: string): CountryTexts | undefined => {
    if (byTag.has(tag)) return byTag.get(tag);
    // A copy also for the expression, which remembers what it matched last. What is no tag is text of the caller's, and
    // is not kept at all.
    const own = ownCopy(tag);
    if (own !== 'native' && !TAG.test(own)) return undefined;
    const language = own === 'native' ? 'native' : supported(own);
    const texts = language === undefined ? undefined : textsIn(language);
    if (byTag.size >= MOST_TAGS) byTag.clear();
    byTag.set(own, texts);
    return texts;
  };

  return {
    choose(tag, acceptLanguage) {
      if (tag !== undefined) return textsOf(tag) ?? english;
      if (acceptLanguage === undefined || acceptLanguage === '*') return english;
      for (const range of rangesOf(acceptLanguage)) {
        const texts = textsOf(range);
        if (texts !== undefined) return texts;
      }
      return english;
    },
  };
};
