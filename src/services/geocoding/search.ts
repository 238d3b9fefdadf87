import type { Sections } from './index-format.ts';
import { createKeyIndex, NO_KEY } from './key-index.ts';
import { createNearKeys } from './near-keys.ts';
import { createPhrase, fillPhrase, type Phrase } from './phrase.ts';
import { createQualifiers } from './qualifiers.ts';
import type { ForwardQuery } from './request.ts';
import { createSelection, type Filter } from './selection.ts';
import { rewordings, withoutKindWords } from './wordings.ts';

/** Entities of one name that are looked at; the most frequent name has some 1,500. */
const MOST_CANDIDATES = 4_096;
/** Entities of one name that is only near to what was typed. */
const MOST_OF_NEAR = 64;
/** Parts of an address that are tried as the name, from the left. */
const MOST_HEADS = 4;

/** An entity that may be meant, and how much it counts. */
interface Candidate {
  readonly entity: number;
  readonly worth: number;
}

/**
 * Makes the forward search: exact folded names, narrowed by the areas that follow them, best first; on demand names
 * within a typing error or two.
 * @returns a function from a query to the ids of entities, at most `limit` of them.
 */
export const createSearch = (
  sections: Sections,
  countryNumber: ReadonlyMap<string, number>,
): ((query: ForwardQuery) => number[]) => {
  const { keyPostings, postings } = sections;
  const find = createKeyIndex(sections);
  const near = createNearKeys(sections, find);
  const qualifiers = createQualifiers(sections, find);
  const selection = createSelection(sections, countryNumber);
  const phrase = createPhrase();

  const passes = (entity: number, filter: Filter): boolean =>
    selection.passes(entity, filter) && qualifiers.hold(entity);

  const gather = (key: number, most: number, filter: Filter, candidates: Candidate[]): void => {
    const start = keyPostings[key] as number;
    const end = Math.min(keyPostings[key + 1] as number, start + most);
    for (let at = start; at < end; at++) {
      const posting = postings[at] as number;
      if (passes(posting >> 1, filter))
        candidates.push({ entity: posting >> 1, worth: selection.worth(posting, filter.proximity) });
    }
  };

  /** Adds the best candidates to those found, without the ones that repeat, up to the limit. */
  const addBest = (candidates: Candidate[], found: number[], { limit, keepDuplicates }: Filter): number[] => {
    candidates.sort((a, b) => b.worth - a.worth);
    for (const { entity } of candidates) {
      if (found.length >= limit) break;
      if (found.includes(entity)) continue;
      if (keepDuplicates || !selection.isRepeated(entity, found)) found.push(entity);
    }
    return found;
  };

  const collect = (key: number, filter: Filter): number[] => {
    const { limit, proximity, keepDuplicates } = filter;
    if (proximity !== undefined) {
      const candidates: Candidate[] = [];
      gather(key, MOST_CANDIDATES, filter, candidates);
      return addBest(candidates, [], filter);
    }
    // The order of the index is that of importance; only `proximity` asks for another.
    const found: number[] = [];
    const start = keyPostings[key] as number;
    const end = Math.min(keyPostings[key + 1] as number, start + MOST_CANDIDATES);
    for (let at = start; at < end && found.length < limit; at++) {
      const entity = (postings[at] as number) >> 1;
      if (passes(entity, filter) && (keepDuplicates || !selection.isRepeated(entity, found)))
        found.push(entity);
    }
    return found;
  };

  const keyOf = ({ bytes, wordStart, wordEnd }: Phrase, from: number, to: number): number =>
    find(bytes, wordStart[from] as number, wordEnd[to - 1] as number);

  /** The words from..to as one name, with the qualifiers that are already taken. */
  const asName = (from: number, to: number, filter: Filter): number[] => {
    const key = from < to ? keyOf(phrase, from, to) : NO_KEY;
    return key === NO_KEY ? [] : collect(key, filter);
  };

  const addNear = (from: number, to: number, errors: 1 | 2, filter: Filter, found: number[]): number[] => {
    const { bytes, wordStart, wordEnd } = phrase;
    const count = near.find(bytes, wordStart[from] as number, wordEnd[to - 1] as number, errors);
    const candidates: Candidate[] = [];
    for (let at = 0; at < count; at++) gather(near.keys[at] as number, MOST_OF_NEAR, filter, candidates);
    return addBest(candidates, found, filter);
  };

  /** A number is no misspelt name; `12 Main Street` is not looked for among towns. */
  const hasNumber = (from: number, to: number): boolean => {
    for (let word = from; word < to; word++) if (phrase.hasDigit[word] === 1) return true;
    return false;
  };

  /** The words from..to as one name with one error. */
  const asNearName = (from: number, to: number, filter: Filter, found: number[] = []): number[] =>
    hasNumber(from, to) ? found : addNear(from, to, 1, filter, found);

  /** The same with two errors where nothing has one and it is long enough; costs some thirty times as much. */
  const asFarName = (from: number, to: number, filter: Filter): number[] => {
    const found = asNearName(from, to, filter);
    return found.length > 0 || hasNumber(from, to) ? found : addNear(from, to, 2, filter, found);
  };

  /** How a name is looked for; names that are no key at all are not worth taking qualifiers for. */
  interface Manner {
    readonly name: (from: number, to: number, filter: Filter) => number[];
    readonly isName: (from: number, to: number) => boolean;
    readonly areas: (from: number, to: number) => boolean;
  }
  /** A name with the areas that it lies in, then with towns beside it. */
  const exact: Manner = {
    name: asName,
    isName: (from, to) => keyOf(phrase, from, to) !== NO_KEY,
    areas: (from, to) => qualifiers.take(phrase, from, to, true),
  };
  const besideTowns: Manner = { ...exact, areas: (from, to) => qualifiers.take(phrase, from, to, false) };
  /** A misspelt name with areas as they are, then a name as it is with a misspelt area. */
  const nearName: Manner = { ...besideTowns, name: asNearName, isName: () => true };
  const nearArea: Manner = { ...exact, areas: (from, to) => qualifiers.takeNear(phrase, from, to, near) };

  /** A part without commas as a name and the areas around it, or those areas first. */
  const resolveCut = (from: number, to: number, filter: Filter, manner: Manner): number[] => {
    const taken = qualifiers.count;
    for (let cut = to - 1; cut > from; cut--) {
      if (!manner.isName(from, cut)) continue;
      const found = manner.areas(cut, to) ? manner.name(from, cut, filter) : [];
      qualifiers.cutTo(taken);
      if (found.length > 0) return found;
    }
    for (let cut = from + 1; cut < to; cut++) {
      if (!manner.isName(cut, to)) continue;
      const found = manner.areas(from, cut) ? manner.name(cut, to, filter) : [];
      qualifiers.cutTo(taken);
      if (found.length > 0) return found;
    }
    return [];
  };

  const partRange = (part: number): readonly [number, number] => [
    phrase.partStart[part] as number,
    phrase.partStart[part + 1] as number,
  ];

  /** Takes the parts before `head` as far as they are areas: `USA, Texas, Paris`. @returns whether any is. */
  const takeAreasBefore = (head: number): boolean => {
    for (let part = 0; part < head; part++) {
      const [from, to] = partRange(part);
      qualifiers.takeArea(phrase, from, to);
    }
    return qualifiers.count > 0;
  };

  /** Takes the parts after `head` in one manner; false where some part is nothing of that kind. */
  const takeAreas = (head: number, { areas }: Manner, keepEarlier = false): boolean => {
    if (!keepEarlier) qualifiers.clear();
    for (let part = head + 1; part < phrase.parts; part++) {
      const [from, to] = partRange(part);
      if (!areas(from, to)) return false;
    }
    return true;
  };
  const misspelt: Manner = {
    ...exact,
    areas: (from, to) => besideTowns.areas(from, to) || nearArea.areas(from, to),
  };

  const resolveNear = (head: number, filter: Filter): number[] => {
    const [from, to] = partRange(head);
    if (takeAreas(head, besideTowns)) {
      const whole = asNearName(from, to, filter);
      if (whole.length > 0) return whole;
      const named = resolveCut(from, to, filter, nearName);
      if (named.length > 0) return named;
      const placed = resolveCut(from, to, filter, nearArea);
      return placed.length > 0 ? placed : asFarName(from, to, filter);
    }
    if (!takeAreas(head, misspelt)) return [];
    const named = asName(from, to, filter);
    return named.length > 0 ? named : asFarName(from, to, filter);
  };

  /** One part as a name, or as a name and areas, in the areas that the parts after it name in this manner. */
  const resolveHead = (head: number, filter: Filter, manner: Manner, fuzzy: boolean): number[] => {
    if (!takeAreas(head, manner)) return [];
    const [from, to] = partRange(head);
    const whole = asName(from, to, filter);
    // What is written right may still be a slip: its neighbours come after it.
    if (whole.length > 0)
      return fuzzy && whole.length < filter.limit ? asNearName(from, to, filter, whole) : whole;
    return resolveCut(from, to, filter, manner);
  };

  /** The last part as a name in what all parts before it name: `USA, Texas, Paris`. */
  const resolveReversed = (filter: Filter): number[] => {
    const last = phrase.parts - 1;
    qualifiers.clear();
    for (let part = 0; part < last; part++) {
      const [from, to] = partRange(part);
      if (!qualifiers.takeArea(phrase, from, to)) return [];
    }
    const [from, to] = partRange(last);
    return asName(from, to, filter);
  };

  /** The parts from `first` to before `end` as the name, the first that leads anywhere. */
  const resolveParts = (filter: Filter, first: number, end: number, fuzzy: boolean): number[] => {
    for (let head = first; head < Math.min(phrase.parts, end); head++) {
      qualifiers.clear();
      if (head > 0 && takeAreasBefore(head) && takeAreas(head, exact, true)) {
        const [from, to] = partRange(head);
        const placed = asName(from, to, filter);
        if (placed.length > 0) return placed;
      }
      let found = resolveHead(head, filter, exact, fuzzy);
      // `Sinaloa, El Fuerte` is a town in a state before it is one near a town.
      if (found.length === 0 && head === 0 && phrase.parts > 1) found = resolveReversed(filter);
      if (found.length === 0) found = resolveHead(head, filter, besideTowns, fuzzy);
      if (found.length === 0 && fuzzy) found = resolveNear(head, filter);
      if (found.length > 0) return found;
    }
    return [];
  };

  /** What is found with postcodes taken as they stand; where nothing is, they may be of a country whose codes are not known. */
  const withPostcodes = (look: () => number[]): number[] => {
    qualifiers.heedPostcodes(true);
    const found = look();
    if (found.length > 0 || !qualifiers.tookPostcode) return found;
    qualifiers.heedPostcodes(false);
    return look();
  };
  const resolve = (filter: Filter, first: number, end: number, fuzzy: boolean): number[] =>
    withPostcodes(() => resolveParts(filter, first, end, fuzzy));

  /** An address without commas: what stands behind a street and a house number, `10 Downing Street London`. */
  const resolveTail = (filter: Filter): number[] => {
    if (phrase.parts !== 1) return [];
    let isAddress = false;
    for (let from = 1; from < phrase.words; from++) {
      isAddress ||= phrase.hasDigit[from - 1] === 1;
      if (!isAddress || phrase.hasDigit[from] === 1) continue;
      qualifiers.clear();
      const whole = asName(from, phrase.words, filter);
      const found = whole.length > 0 ? whole : resolveCut(from, phrase.words, filter, exact);
      if (found.length > 0) return found;
    }
    return [];
  };

  /** The first part as the name, in the first wording that leads anywhere. */
  const resolveReworded = (others: readonly string[], filter: Filter): number[] => {
    for (const other of others) {
      const found = fillPhrase(phrase, other) ? resolve(filter, 0, 1, false) : [];
      if (found.length > 0) return found;
    }
    return [];
  };

  /** A later part as the name, where nothing is known of the first ones. What stands in brackets is none. */
  const resolveRest = (text: string, filter: Filter, fuzzy: boolean): number[] => {
    const bare = withoutKindWords(text);
    for (const wording of bare === text ? [text] : [text, bare]) {
      if (!fillPhrase(phrase, wording)) continue;
      const found =
        phrase.parts === 1 ? withPostcodes(() => resolveTail(filter)) : resolve(filter, 1, MOST_HEADS, fuzzy);
      if (found.length > 0) return found;
    }
    return [];
  };

  return (query) => {
    const { text, fuzzy = false, isNameFirst = false } = query;
    if (!fillPhrase(phrase, text)) return [];
    near.restart();
    const filter = selection.filterOf(query);
    const exactly = resolve(filter, 0, 1, false);
    if (exactly.length > 0) return fuzzy ? resolve(filter, 0, 1, true) : exactly;
    const reworded = resolveReworded(rewordings(text), filter);
    if (reworded.length > 0) return reworded;
    if (fuzzy && fillPhrase(phrase, text)) {
      const misspelled = resolve(filter, 0, 1, true);
      if (misspelled.length > 0) return misspelled;
    }
    return isNameFirst ? [] : resolveRest(text, filter, fuzzy);
  };
};
