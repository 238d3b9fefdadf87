import { COUNTY } from './entity.ts';
import type { Sections } from './index-format.ts';
import { createKeyIndex, NO_KEY } from './key-index.ts';
import { createKeyLeaders } from './key-leaders.ts';
import { createPhrase, fillPhrase } from './phrase.ts';
import { createQualifiers } from './qualifiers.ts';
import { openRecords } from './records.ts';
import type { ForwardQuery, SuggestQuery } from './request.ts';
import { createSelection, NEAR_BONUS, type Filter } from './selection.ts';

/** Names that one look at a prefix reads, where filters leave most of them out. */
const MOST_VISITS = 2_000;
/** Names that are read to find areas that a prefix may mean, and areas that are kept. */
const MOST_AREA_VISITS = 300;
const MOST_AREAS = 24;
/** Candidates that are ordered anew where `proximity` moves some of them up. */
const MOST_NEAR_CANDIDATES = 600;
/** Parts of one name that are looked at, the most important first. */
const MOST_OF_NAME = 4_096;

/**
 * Makes the search for what begins as somebody has typed it: names in any language of the index, the most important
 * first; then names whose area begins so (`paris te`, `Paris, Te`); and where nothing does, names one error away.
 * No query reads more than a few thousand entries, however short it is.
 * @param search the forward search, for what nothing begins like
 */
export const createSuggest = (
  sections: Sections,
  countryNumber: ReadonlyMap<string, number>,
  search: (query: ForwardQuery) => number[],
): ((query: SuggestQuery) => number[]) => {
  const { keyPostings, postings } = sections;
  const records = openRecords(sections.records);
  const find = createKeyIndex(sections);
  const leaders = createKeyLeaders(sections);
  const qualifiers = createQualifiers(sections, find);
  const selection = createSelection(sections, countryNumber);
  const phrase = createPhrase();

  const passes = (entity: number, filter: Filter): boolean =>
    selection.passes(entity, filter) && qualifiers.hold(entity);

  const add = (entity: number, found: number[], { limit }: Filter): boolean => {
    if (!found.includes(entity) && !selection.isRepeated(entity, found)) found.push(entity);
    return found.length < limit;
  };

  /** Names that begin with the words from..to, by importance and nearness. */
  const addPrefix = (from: number, to: number, filter: Filter, found: number[]): void => {
    const { bytes, wordStart, wordEnd } = phrase;
    const start = wordStart[from] as number;
    const end = wordEnd[to - 1] as number;
    const range = leaders.rangeOf(bytes, start, end);
    const { proximity, limit } = filter;
    if (proximity === undefined) {
      leaders.visit(range, end - start, MOST_VISITS, (posting) => {
        const entity = posting >> 1;
        return passes(entity, filter) ? add(entity, found, filter) : true;
      });
      return;
    }
    const best = new Map<number, number>();
    let least = -1;
    leaders.visit(range, end - start, MOST_VISITS, (posting) => {
      const entity = posting >> 1;
      if (!best.has(entity) && passes(entity, filter)) best.set(entity, selection.worth(posting, proximity));
      // Once even the nearest of what is left would not count more than the last of those that are wanted.
      if (best.size === limit) least = selection.worth(posting, undefined) - NEAR_BONUS;
      return best.size < MOST_NEAR_CANDIDATES && selection.worth(posting, undefined) > least;
    });
    for (const [entity] of [...best].sort((a, b) => b[1] - a[1])) if (!add(entity, found, filter)) return;
  };

  /** Countries, states and counties whose names begin with the words from..to. */
  const areasOf = (from: number, to: number): number[] => {
    const { bytes, wordStart, wordEnd } = phrase;
    const start = wordStart[from] as number;
    const end = wordEnd[to - 1] as number;
    const areas: number[] = [];
    leaders.visit(leaders.rangeOf(bytes, start, end), end - start, MOST_AREA_VISITS, (posting) => {
      const entity = posting >> 1;
      if (records.type(entity) <= COUNTY && !areas.includes(entity)) areas.push(entity);
      return areas.length < MOST_AREAS;
    });
    return areas;
  };

  /** Entities that the words from..to name, in areas that have been taken. */
  const addNamed = (from: number, to: number, filter: Filter, found: number[]): void => {
    const { bytes, wordStart, wordEnd } = phrase;
    const key = find(bytes, wordStart[from] as number, wordEnd[to - 1] as number);
    if (key === NO_KEY) return;
    const first = keyPostings[key] as number;
    const end = Math.min(keyPostings[key + 1] as number, first + MOST_OF_NAME);
    for (let at = first; at < end; at++) {
      const entity = (postings[at] as number) >> 1;
      if (passes(entity, filter) && !add(entity, found, filter)) return;
    }
  };

  /** One part: a prefix, then a name before the prefix of an area. */
  const completeWords = (words: number, filter: Filter, found: number[]): void => {
    addPrefix(0, words, filter, found);
    for (let cut = words - 1; cut > 0 && found.length < filter.limit; cut--) {
      qualifiers.clear();
      if (qualifiers.takeAreas(areasOf(cut, words))) addNamed(0, cut, filter, found);
    }
    qualifiers.clear();
  };

  /** Several parts: a name, whole areas, and an area of which the beginning may be all there is. */
  const completeParts = (filter: Filter, found: number[]): void => {
    const { parts, partStart } = phrase;
    const nameEnd = partStart[1] as number;
    for (let part = 1; part + 1 < parts; part++)
      if (!qualifiers.take(phrase, partStart[part] as number, partStart[part + 1] as number, false)) return;
    const taken = qualifiers.count;
    const last = partStart[parts - 1] as number;
    if (qualifiers.takeAreas(areasOf(last, phrase.words))) {
      addNamed(0, nameEnd, filter, found);
      if (found.length < filter.limit) addPrefix(0, nameEnd, filter, found);
    }
    qualifiers.cutTo(taken);
    // An area under another name than its own (`Paris, TX 75460`).
    if (found.length === 0 && qualifiers.take(phrase, last, phrase.words, false))
      addPrefix(0, nameEnd, filter, found);
  };

  return (query) => {
    if (!fillPhrase(phrase, query.text)) return [];
    const filter = selection.filterOf(query);
    const found: number[] = [];
    qualifiers.clear();
    if (phrase.parts === 1) completeWords(phrase.words, filter, found);
    else completeParts(filter, found);
    return found.length > 0 ? found : search({ ...query, fuzzy: true });
  };
};
