/** Understands the words of an address that say where its street is. */
import { NO_KEY } from '../key-index.ts';
import { hasDigit, type AddressWords } from './address-words.ts';
import type { ExtractKeys, PostingRange } from './extract-keys.ts';
import type { ExtractMeta, ExtractSections } from './extract-format.ts';
import { CONTEXT, POSTING_CONTEXT, POSTING_MASK } from './extract-records.ts';
import type { ExtractRecords } from './extract.ts';
import { streetKey } from './street-key.ts';

/** Languages in which countries are known by name. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'cs', 'sv', 'tr', 'ru', 'ja', 'zh'];

/** One thing that has been said of where: a country, or the contexts of a name. */
export type Area =
  | { readonly country: string }
  | { readonly contexts: PostingRange; readonly isPostcode: boolean };

/** What has been said of where. */
export interface AreaWords {
  /** The areas that all words name but those that are taken for something else; undefined where one names none. */
  read(address: AddressWords, isTaken: (word: number) => boolean): readonly Area[] | undefined;
  /** Whether a context lies in an area. */
  holds(area: Area, context: number): boolean;
  /** The number of a context in a posting. */
  contextAt(posting: number): number;
}

const countryNames = (countries: readonly string[]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  for (const alpha2 of countries) {
    if (!/^[A-Z]{2}$/u.test(alpha2)) continue;
    names.set(alpha2.toLowerCase(), alpha2);
    for (const language of LANGUAGES) {
      const name = new Intl.DisplayNames(language, { type: 'region' }).of(alpha2);
      if (name !== undefined) names.set(streetKey(name), alpha2);
    }
  }
  return names;
};

/** Prepares the names of countries. */
export const createAreaWords = (
  sections: ExtractSections,
  records: ExtractRecords,
  keys: ExtractKeys,
): AreaWords => {
  const { postings } = sections;
  const countries = countryNames((sections.meta as ExtractMeta).countries);
  const contextAt = (posting: number): number => (postings[posting] as number) & POSTING_MASK;

  const areaOf = (name: string): Area | undefined => {
    const country = countries.get(name);
    if (country !== undefined) return { country };
    const key = keys.find(name);
    if (key === NO_KEY) return undefined;
    const contexts = keys.range(key, POSTING_CONTEXT);
    return contexts.from < contexts.to ? { contexts, isPostcode: hasDigit(name) } : undefined;
  };

  /**
   * Reads the words from..to, the longest names first.
   * @param failed words from which on nothing could be read: without it fifteen words take 2^15 attempts
   */
  const readRun = (
    words: readonly string[],
    from: number,
    to: number,
    failed: Set<number>,
  ): readonly Area[] | undefined => {
    if (from === to) return [];
    if (failed.has(from)) return undefined;
    for (let end = to; end > from; end--) {
      const area = areaOf(words.slice(from, end).join(' '));
      const rest = area === undefined ? undefined : readRun(words, end, to, failed);
      if (area !== undefined && rest !== undefined) return [area, ...rest];
    }
    const word = words[from] as string;
    // `FL-9490`, `D 48153`: the sign of a country before a postcode. And a postcode that nothing here bears.
    const isSign = word.length <= 2 && hasDigit(words[from + 1] ?? '') && from + 1 < to;
    const isSkipped = isSign || /^\d{3,}$/u.test(word);
    const rest = isSkipped ? readRun(words, from + 1, to, failed) : undefined;
    if (rest === undefined) failed.add(from);
    return rest;
  };

  const isIn = (range: PostingRange, context: number): boolean => {
    let { from, to } = range;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const found = contextAt(middle);
      if (found === context) return true;
      if (found < context) from = middle + 1;
      else to = middle;
    }
    return false;
  };

  return {
    contextAt,
    read({ words, parts }, isTaken) {
      const areas: Area[] = [];
      for (let from = 0; from < words.length;) {
        if (isTaken(from)) {
          from += 1;
          continue;
        }
        let to = from + 1;
        while (to < words.length && !isTaken(to) && parts[to] === parts[from]) to += 1;
        const run = readRun(words, from, to, new Set());
        if (run === undefined) return undefined;
        areas.push(...run);
        from = to;
      }
      return areas;
    },
    holds(area, context) {
      if ('country' in area) return records.text(records.context(context, CONTEXT.country)) === area.country;
      return isIn(area.contexts, context);
    },
  };
};
