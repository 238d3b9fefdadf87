import { ALTERNATE_PENALTY, DEGREE, STATE } from './entity.ts';
import type { Sections } from './index-format.ts';
import { createKeyIndex, NO_KEY } from './key-index.ts';
import { createPhrase, fillPhrase, type Phrase } from './phrase.ts';
import { createQualifiers } from './qualifiers.ts';
import { openRecords } from './records.ts';
import type { Bounds, ForwardQuery, Point } from './request.ts';

/** Entities of one name that are looked at; the most frequent name has some 1,500. */
const MOST_CANDIDATES = 4_096;
/** Parts of an address that are tried as the name, from the left. */
const MOST_HEADS = 4;
/** What standing right beside `proximity` is worth, beside an importance of 0 to 1.3, and where half of it is left. */
const NEAR_BONUS = 0.4;
const NEAR_HALF_KM = 50;
/** Results of one name within so many degrees of latitude (11 km) are one place to the reader. */
const SAME_PLACE = 0.1 * DEGREE;
/** A city and the state around it that bears its name. */
const SAME_AREA = 0.5 * DEGREE;

/** Countries that results are wanted from, by number; 1 where wanted. */
type CountryMask = Uint8Array | undefined;

/** Everything about a query but its words. */
interface Filter {
  readonly limit: number;
  readonly mask: CountryMask;
  readonly bounds: Bounds | undefined;
  readonly proximity: Point | undefined;
  readonly keepDuplicates: boolean;
}

/**
 * Makes the forward search: exact folded names, narrowed by the areas that follow them, best first.
 * @returns a function from a query to the ids of entities, at most `limit` of them.
 */
export const createSearch = (
  sections: Sections,
  countryNumber: ReadonlyMap<string, number>,
): ((query: ForwardQuery) => number[]) => {
  const { score, keyPostings, postings } = sections;
  const records = openRecords(sections.records);
  const find = createKeyIndex(sections);
  const qualifiers = createQualifiers(sections, find);
  const phrase = createPhrase();

  const passes = (entity: number, { mask, bounds }: Filter): boolean => {
    if (mask !== undefined && mask[records.country(entity)] !== 1) return false;
    if (bounds !== undefined) {
      const north = records.lat(entity) / DEGREE;
      const east = records.lng(entity) / DEGREE;
      if (north < bounds.south || north > bounds.north || east < bounds.west || east > bounds.east)
        return false;
    }
    return qualifiers.hold(entity);
  };

  /** Whether two results would read the same and lie in the same place. */
  const same = (a: number, b: number): boolean => {
    if (
      records.nameStart(a) !== records.nameStart(b) ||
      records.nameLength(a) !== records.nameLength(b) ||
      records.country(a) !== records.country(b)
    )
      return false;
    const area = records.type(a) === STATE || records.type(b) === STATE;
    if (!area && records.state(a) !== records.state(b)) return false;
    const reach = area ? SAME_AREA : SAME_PLACE;
    return (
      Math.abs(records.lat(a) - records.lat(b)) < reach && Math.abs(records.lng(a) - records.lng(b)) < reach
    );
  };

  const isRepeated = (entity: number, found: readonly number[]): boolean => {
    for (const other of found) if (same(entity, other)) return true;
    return false;
  };

  const worth = (posting: number, { lat: north, lng: east }: Point): number => {
    const entity = posting >> 1;
    const dLat = records.lat(entity) / DEGREE - north;
    let dLng = Math.abs(records.lng(entity) / DEGREE - east);
    if (dLng > 180) dLng = 360 - dLng;
    dLng *= Math.cos((north * Math.PI) / 180);
    const km = 111.2 * Math.sqrt(dLat * dLat + dLng * dLng);
    const own = (score[entity] as number) - (posting & 1) * ALTERNATE_PENALTY;
    return own + (NEAR_BONUS * NEAR_HALF_KM) / (NEAR_HALF_KM + km);
  };

  /** The order of the index is that of importance; `proximity` asks for another. */
  const byProximity = (key: number, filter: Filter, proximity: Point): number[] => {
    const start = keyPostings[key] as number;
    const end = Math.min(keyPostings[key + 1] as number, start + MOST_CANDIDATES);
    const candidates: { readonly entity: number; readonly worth: number }[] = [];
    for (let at = start; at < end; at++) {
      const posting = postings[at] as number;
      if (passes(posting >> 1, filter))
        candidates.push({ entity: posting >> 1, worth: worth(posting, proximity) });
    }
    return candidates.sort((a, b) => b.worth - a.worth).map(({ entity }) => entity);
  };

  const collect = (key: number, filter: Filter): number[] => {
    const { limit, proximity, keepDuplicates } = filter;
    const found: number[] = [];
    if (proximity !== undefined) {
      for (const entity of byProximity(key, filter, proximity)) {
        if (found.length === limit) break;
        if (keepDuplicates || !isRepeated(entity, found)) found.push(entity);
      }
      return found;
    }
    const start = keyPostings[key] as number;
    const end = Math.min(keyPostings[key + 1] as number, start + MOST_CANDIDATES);
    for (let at = start; at < end && found.length < limit; at++) {
      const entity = (postings[at] as number) >> 1;
      if (passes(entity, filter) && (keepDuplicates || !isRepeated(entity, found))) found.push(entity);
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

  /** A part without commas: a name, a name and the areas around it, or those areas first. */
  const resolvePart = (from: number, to: number, filter: Filter): number[] => {
    const taken = qualifiers.count;
    const whole = asName(from, to, filter);
    if (whole.length > 0) return whole;
    for (let cut = to - 1; cut > from; cut--) {
      if (keyOf(phrase, from, cut) === NO_KEY) continue;
      const found = qualifiers.take(phrase, cut, to) ? asName(from, cut, filter) : [];
      qualifiers.cutTo(taken);
      if (found.length > 0) return found;
    }
    for (let cut = from + 1; cut < to; cut++) {
      if (keyOf(phrase, cut, to) === NO_KEY) continue;
      const found = qualifiers.take(phrase, from, cut) ? asName(cut, to, filter) : [];
      qualifiers.cutTo(taken);
      if (found.length > 0) return found;
    }
    return [];
  };

  const resolve = (filter: Filter): number[] => {
    const { parts, partStart } = phrase;
    for (let head = 0; head < Math.min(parts, MOST_HEADS); head++) {
      qualifiers.clear();
      let known = true;
      for (let part = head + 1; part < parts && known; part++) {
        known = qualifiers.take(phrase, partStart[part] as number, partStart[part + 1] as number);
      }
      if (!known) continue;
      const found = resolvePart(partStart[head] as number, partStart[head + 1] as number, filter);
      if (found.length > 0) return found;
    }
    return [];
  };

  const maskOf = (codes: readonly string[] | undefined): CountryMask => {
    if (codes === undefined) return undefined;
    const mask = new Uint8Array(countryNumber.size);
    for (const code of codes) {
      const number = countryNumber.get(code);
      if (number !== undefined) mask[number] = 1;
    }
    return mask;
  };

  return ({ text, limit, countries, bounds, proximity, keepDuplicates = false }) =>
    fillPhrase(phrase, text)
      ? resolve({ limit, mask: maskOf(countries), bounds, proximity, keepDuplicates })
      : [];
};
