import { ALTERNATE_PENALTY, COUNTRY, COUNTY } from './entity.ts';
import { foldInto } from './fold.ts';
import type { Sections } from './index-format.ts';
import { createKeyIndex, NO_KEY } from './key-index.ts';
import { createKeyLeaders } from './key-leaders.ts';
import { countryName, type CountryTexts } from './languages.ts';
import { openLocalNames } from './local-names.ts';
import { createPhrase, fillPhrase } from './phrase.ts';
import { createQualifiers } from './qualifiers.ts';
import { openRecords } from './records.ts';
import type { ForwardQuery, SuggestQuery } from './request.ts';
import { createSelection, NEAR_BONUS, type Filter } from './selection.ts';
import { createShownNames, MAIN_NAME } from './shown-names.ts';

/** Names that one look at a prefix reads, where filters leave most of them out. */
const MOST_VISITS = 2_000;
/** Names that are read to find areas that a prefix may mean, and areas that are kept. */
const MOST_AREA_VISITS = 300;
const MOST_AREAS = 24;
/** Candidates that are ordered anew where `proximity` or the asker's language moves some of them up. */
const MOST_CANDIDATES = 600;
/** Candidates whose names in the asker's language are looked up, the most important first. */
const MOST_NAMED = 64;
/** No name that is typed is longer. */
const MOST_NAME_LETTERS = 250;
/** Parts of one name that are looked at, the most important first. */
const MOST_OF_NAME = 4_096;

const beginsWith = (name: Uint8Array, typed: Uint8Array): boolean => {
  if (name.length < typed.length) return false;
  for (let at = 0; at < typed.length; at++) if (name[at] !== typed[at]) return false;
  return true;
};

/**
 * Makes the search for what begins as somebody has typed it: names in any language of the index, the most important
 * first, those of the asker's language before others; then names whose area begins so (`paris te`, `Paris, Te`); and where nothing does, names one error away.
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
  const shown = createShownNames({ sections, records, localNames: openLocalNames(sections) });
  const folded = Buffer.alloc(4 * MOST_NAME_LETTERS);
  const foldedName = (name: string): Uint8Array =>
    folded.subarray(0, foldInto(name.slice(0, MOST_NAME_LETTERS), folded));

  const countryEntities: number[] = [];
  for (let entity = 0; entity < sections.score.length; entity++)
    if (records.type(entity) === COUNTRY) countryEntities[records.country(entity)] = entity;
  const countryNames = new WeakMap<CountryTexts, readonly Uint8Array[]>();
  const countryNamesIn = (texts: CountryTexts): readonly Uint8Array[] => {
    let names = countryNames.get(texts);
    if (names === undefined) {
      names = Array.from(texts.nameStart, (_, nation) =>
        Uint8Array.from(foldedName(countryName(texts, nation))),
      );
      countryNames.set(texts, names);
    }
    return names;
  };

  /** Of the query that is answered; undefined where it is asked in English, whose names are the main ones. */
  let namedIn: CountryTexts | undefined;

  const placeName = (texts: CountryTexts, entity: number): string | undefined => {
    const name = shown.find(texts, records.country(entity), entity);
    return name === MAIN_NAME ? undefined : shown.text(entity, name);
  };

  const passes = (entity: number, filter: Filter): boolean =>
    selection.passes(entity, filter) && qualifiers.hold(entity);

  const add = (entity: number, found: number[], { limit }: Filter): boolean => {
    if (!found.includes(entity) && !selection.isRepeated(entity, found)) found.push(entity);
    return found.length < limit;
  };

  /** What a further name counts more where it is the one by which the asker's language calls its place. */
  const gainOf = (posting: number, typed: Uint8Array, texts: CountryTexts): number => {
    if ((posting & 1) === 0) return 0;
    const name = placeName(texts, posting >>> 1);
    return name !== undefined && beginsWith(foldedName(name), typed) ? ALTERNATE_PENALTY : 0;
  };

  /** Countries that the asker's language calls so, each with its worth by its main name. */
  const addCountries = (
    typed: Uint8Array,
    texts: CountryTexts,
    filter: Filter,
    best: Map<number, number>,
  ): void => {
    for (const [nation, name] of countryNamesIn(texts).entries()) {
      const entity = countryEntities[nation];
      if (entity === undefined || !beginsWith(name, typed) || !passes(entity, filter)) continue;
      best.set(entity, leaders.worth(entity * 2, name.length === typed.length));
    }
  };

  /** Names that begin with the words from..to, by importance, nearness and the asker's language. */
  const addPrefix = (from: number, to: number, filter: Filter, found: number[]): void => {
    const { bytes, wordStart, wordEnd } = phrase;
    const typed = bytes.subarray(wordStart[from], wordEnd[to - 1]);
    const range = leaders.rangeOf(typed, 0, typed.length);
    const { proximity, limit } = filter;
    const texts = namedIn;
    if (proximity === undefined && texts === undefined) {
      leaders.visit(range, typed.length, MOST_VISITS, (posting) => {
        const entity = posting >>> 1;
        return passes(entity, filter) ? add(entity, found, filter) : true;
      });
      return;
    }
    const best = new Map<number, number>();
    if (texts !== undefined) addCountries(typed, texts, filter, best);
    const nearOf = (entity: number): number =>
      proximity === undefined ? 0 : selection.nearness(entity, proximity);
    for (const [entity, worth] of best) best.set(entity, worth + nearOf(entity));
    // What a candidate can still gain beside its worth to everybody.
    const most = (proximity === undefined ? 0 : NEAR_BONUS) + (texts === undefined ? 0 : ALTERNATE_PENALTY);
    // Without a point nothing gains that is not looked at by name.
    const enough = proximity === undefined ? Math.max(limit, MOST_NAMED) : MOST_CANDIDATES;
    let least = -1;
    let candidates = 0;
    leaders.visit(range, typed.length, MOST_VISITS, (posting, worth) => {
      const entity = posting >>> 1;
      if (!best.has(entity) && passes(entity, filter)) {
        candidates++;
        const gain = texts !== undefined && candidates <= MOST_NAMED ? gainOf(posting, typed, texts) : 0;
        best.set(entity, worth + nearOf(entity) + gain);
        // Once even what gains most of what is left would not count more than the last of those that are wanted.
        if (candidates === limit) least = worth - most;
      }
      return candidates < enough && worth > least;
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
      const entity = posting >>> 1;
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
    namedIn = query.namedIn?.language === 'en' ? undefined : query.namedIn;
    qualifiers.clear();
    if (phrase.parts === 1) completeWords(phrase.words, filter, found);
    else completeParts(filter, found);
    return found.length > 0 ? found : search({ ...query, fuzzy: true });
  };
};
