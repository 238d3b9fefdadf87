import type { CountryRecord } from './entity.ts';

/** Names of countries in the language that a caller asks for, as ready bytes. */

/** The parts of an answer that depend only on the country and the language, as JSON text in UTF-8. */
export interface CountryTexts {
  /** BCP 47 tag that these names are in, or `native`. */
  readonly language: string;
  readonly bytes: Buffer;
  /** Where each country's `"continent":…,"country":…,"country_code":…` begins in `bytes`; one more than countries. */
  readonly componentsStart: Uint32Array;
  /** Where each country's bare name begins, JSON-escaped. */
  readonly nameStart: Uint32Array;
  readonly nameLength: Uint16Array;
}

export interface Languages {
  /** Texts in the language of a tag, else of an `Accept-Language` value, else in English. Neither is trusted. */
  choose(tag: string | undefined, acceptLanguage: string | undefined): CountryTexts;
}

/** A language tag of at most four subtags (RFC 5646); longer ones say nothing about country names. */
const TAG = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/iu;
/** Characters of `Accept-Language` that are read, and languages in it. */
const HEADER_LENGTH = 256;
const HEADER_RANGES = 8;
/** Languages whose texts are kept (some 30 kB each), and spellings of tags. */
const MOST_LANGUAGES = 64;
const MOST_TAGS = 512;

/** CLDR's long names of these say more than an address does (`Hong Kong SAR China`). */
const SHORT_NAMED: ReadonlySet<string> = new Set(['HK', 'MO']);

const namesIn = (language: string): ((alpha2: string) => string) => {
  const long = new Intl.DisplayNames(language, { type: 'region' });
  const short = new Intl.DisplayNames(language, { type: 'region', style: 'short' });
  return (alpha2) => (SHORT_NAMED.has(alpha2) ? short : long).of(alpha2) ?? alpha2;
};

/** Each country's name in its own most likely language (CLDR's likely subtags). */
const nativeNames = (): ((alpha2: string) => string) => {
  const tables = new Map<string, (alpha2: string) => string>();
  return (alpha2) => {
    const { language, script } = new Intl.Locale(`und-${alpha2}`).maximize();
    const tag = script === undefined ? language : `${language}-${script}`;
    let table = tables.get(tag);
    if (table === undefined) {
      table = namesIn(tag);
      tables.set(tag, table);
    }
    return table(alpha2);
  };
};

const layOut = (
  language: string,
  countries: readonly CountryRecord[],
  nameOf: (alpha2: string) => string,
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
  const componentsStart = new Uint32Array(countries.length + 1);
  countries.forEach(({ alpha2, continent }, index) => {
    const shownContinent = continent === '' ? '' : `"continent":${JSON.stringify(continent)},`;
    const name = JSON.stringify(nameOf(alpha2));
    componentsStart[index] = put(
      `,${shownContinent}"country":${name},"country_code":"${alpha2.toLowerCase()}"`,
    );
  });
  componentsStart[countries.length] = end;
  const nameStart = new Uint32Array(countries.length);
  const nameLength = new Uint16Array(countries.length);
  countries.forEach(({ alpha2 }, index) => {
    const start = put(JSON.stringify(nameOf(alpha2)).slice(1, -1));
    nameStart[index] = start;
    nameLength[index] = end - start;
  });
  return { language, bytes: Buffer.concat(parts), componentsStart, nameStart, nameLength };
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

/** Keeps the texts of the languages in use; both memories are emptied when full, so that no caller can grow them. */
export const createLanguages = (countries: readonly CountryRecord[]): Languages => {
  const english = layOut('en', countries, namesIn('en'));
  const byLanguage = new Map<string, CountryTexts>([['en', english]]);
  const byTag = new Map<string, CountryTexts | undefined>([['en', english]]);

  const textsIn = (language: string): CountryTexts => {
    const known = byLanguage.get(language);
    if (known !== undefined) return known;
    if (byLanguage.size >= MOST_LANGUAGES) byLanguage.clear();
    const texts = layOut(language, countries, language === 'native' ? nativeNames() : namesIn(language));
    byLanguage.set(language, texts);
    return texts;
  };

  const textsOf = (tag: string): CountryTexts | undefined => {
    if (byTag.has(tag)) return byTag.get(tag);
    const language = tag === 'native' ? 'native' : supported(tag);
    const texts = language === undefined ? undefined : textsIn(language);
    if (byTag.size >= MOST_TAGS) byTag.clear();
    byTag.set(tag, texts);
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
