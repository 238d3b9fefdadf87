import { COUNTRY, COUNTY, DEGREE, POSTCODE, STATE } from './entity.ts';
import type { Sections } from './index-format.ts';
import { NO_KEY } from './key-index.ts';
import type { NearKeys } from './near-keys.ts';
import type { Phrase } from './phrase.ts';
import { openRecords } from './records.ts';

/** Entities that one qualifier (`TX` in `Paris, TX`) may mean. */
const MOST_MEANINGS = 24;
const MOST_QUALIFIERS = 8;
/** Towns that one qualifier may mean. */
const MOST_TOWNS = 3;
/** Words in the longest name of a country or state that is recognised without commas. */
const LONGEST_NAME = 5;
/** A town as a qualifier (`Montmartre, Paris`) reaches this far, in degrees of latitude: 44 km. */
const TOWN_REACH = 0.4;

/** What a result has to lie in: every qualifier has to hold. Filled again for each attempt. */
export interface Qualifiers {
  readonly count: number;
  clear(): void;
  /** Whether a postcode has been taken since `heedPostcodes`. */
  readonly tookPostcode: boolean;
  /** Whether words that are postcodes somewhere are taken as such, or passed over like house numbers. */
  heedPostcodes(heed: boolean): void;
  /** Forgets all qualifiers after the first `count`. */
  cutTo(count: number): void;
  /**
   * Takes the words from..to as one or more names of areas; false where some word is no such name. A town counts as an
   * area where its name is all of these words, unless only countries, states and counties are wanted.
   */
  take(phrase: Phrase, from: number, to: number, areasOnly: boolean): boolean;
  /** Takes the words from..to only where they are the name of a country, state or county; false where not. */
  takeArea(phrase: Phrase, from: number, to: number): boolean;
  /** Takes the words from..to as the name of an area with a typing error; false where no area is near. */
  takeNear(phrase: Phrase, from: number, to: number, near: NearKeys): boolean;
  /** Takes one qualifier that means any of these entities; false where there are none, or too many qualifiers. */
  takeAreas(areas: readonly number[]): boolean;
  /** Whether an entity lies in what every qualifier means. */
  hold(entity: number): boolean;
}

/** @param find the number of a key, or `NO_KEY`. */
export const createQualifiers = (
  sections: Sections,
  find: (bytes: Uint8Array, from: number, to: number) => number,
): Qualifiers => {
  const { keyPostings, postings } = sections;
  const records = openRecords(sections.records);
  const meanings = new Uint32Array(MOST_MEANINGS * MOST_QUALIFIERS);
  const counts = new Uint8Array(MOST_QUALIFIERS);
  let count = 0;
  let heedsPostcodes = true;
  let tookPostcode = false;

  const notePostcodes = (start: number, end: number): boolean => {
    if (!heedsPostcodes) return false;
    const noted = Math.min(end - start, MOST_MEANINGS);
    for (let at = 0; at < noted; at++)
      meanings[count * MOST_MEANINGS + at] = (postings[start + at] as number) >> 1;
    counts[count++] = noted;
    tookPostcode = true;
    return true;
  };

  /** Notes the areas that bear a key's name and, where they are wanted, its first towns. */
  const note = (key: number, areasOnly: boolean): boolean => {
    const base = count * MOST_MEANINGS;
    let noted = 0;
    const end = keyPostings[key + 1] as number;
    const start = keyPostings[key] as number;
    if (records.type((postings[start] as number) >> 1) === POSTCODE) return notePostcodes(start, end);
    // Areas lead a key's postings or come soon; the long tail of a common name is villages.
    const stop = Math.min(end, start + 400);
    for (let at = start; at < stop && noted < MOST_MEANINGS; at++) {
      const entity = (postings[at] as number) >> 1;
      if (records.type(entity) <= COUNTY) meanings[base + noted++] = entity;
    }
    if (!areasOnly) {
      const most = Math.min(noted + MOST_TOWNS, MOST_MEANINGS);
      for (let at = start; at < end && noted < most; at++) {
        const entity = (postings[at] as number) >> 1;
        if (records.type(entity) > COUNTY) meanings[base + noted++] = entity;
      }
    }
    if (noted === 0) return false;
    counts[count++] = noted;
    return true;
  };

  const lies = (entity: number, area: number): boolean => {
    const kind = records.type(area);
    if (kind === COUNTRY) return records.country(entity) === records.country(area) && entity !== area;
    if (kind === STATE) return records.state(entity) === area && entity !== area;
    if (kind === COUNTY) return records.county(entity) === area && entity !== area;
    // The same place by two of its names (`Bozen, Bolzano`) lies in itself; an area never lies in a town.
    if (entity === area) return true;
    if (records.type(entity) <= COUNTY || records.country(entity) !== records.country(area)) return false;
    const north = Math.abs(records.lat(entity) - records.lat(area)) / DEGREE;
    const east = Math.abs(records.lng(entity) - records.lng(area)) / DEGREE;
    const narrowing = Math.cos(((records.lat(area) / DEGREE) * Math.PI) / 180);
    return north < TOWN_REACH && east * narrowing < TOWN_REACH;
  };

  const takeOne = (phrase: Phrase, from: number, to: number, areasOnly: boolean): boolean => {
    if (count === MOST_QUALIFIERS) return false;
    const key = find(phrase.bytes, phrase.wordStart[from] as number, phrase.wordEnd[to - 1] as number);
    return key !== NO_KEY && note(key, areasOnly);
  };

  /** Takes the last one or two of the words from..end where they are a postcode. @returns how many words those are. */
  const takePostcode = (phrase: Phrase, from: number, end: number): number => {
    for (let words = Math.min(2, end - from); words > 0; words--) {
      const { bytes, wordStart, wordEnd } = phrase;
      const key = find(bytes, wordStart[end - words] as number, wordEnd[end - 1] as number);
      if (key === NO_KEY || count === MOST_QUALIFIERS) continue;
      const start = keyPostings[key] as number;
      if (records.type((postings[start] as number) >> 1) !== POSTCODE) continue;
      if (notePostcodes(start, keyPostings[key + 1] as number)) return words;
    }
    return 0;
  };

  /** Whether a key names an area at all; towns do not count where names are guessed from bare words. */
  const namesArea = (phrase: Phrase, from: number, to: number): boolean => {
    const key = find(phrase.bytes, phrase.wordStart[from] as number, phrase.wordEnd[to - 1] as number);
    if (key === NO_KEY) return false;
    const start = keyPostings[key] as number;
    const stop = Math.min(keyPostings[key + 1] as number, start + 100);
    for (let at = start; at < stop; at++)
      if (records.type((postings[at] as number) >> 1) <= COUNTY) return true;
    return false;
  };

  const takeAreas = (areas: readonly number[]): boolean => {
    const noted = Math.min(areas.length, MOST_MEANINGS);
    if (noted === 0 || count === MOST_QUALIFIERS) return false;
    meanings.set(areas.slice(0, noted), count * MOST_MEANINGS);
    counts[count++] = noted;
    return true;
  };

  return {
    takeAreas,
    takeArea: (phrase, from, to) => namesArea(phrase, from, to) && takeOne(phrase, from, to, true),
    takeNear({ bytes, wordStart, wordEnd }, from, to, near) {
      const found = near.find(bytes, wordStart[from] as number, wordEnd[to - 1] as number, 1);
      const areas: number[] = [];
      for (const key of near.keys.subarray(0, found)) {
        const start = keyPostings[key] as number;
        const stop = Math.min(keyPostings[key + 1] as number, start + MOST_MEANINGS);
        for (let at = start; at < stop; at++) {
          const entity = (postings[at] as number) >> 1;
          if (records.type(entity) <= COUNTY) areas.push(entity);
        }
      }
      // Ids are numbered by importance.
      return takeAreas(areas.sort((a, b) => a - b));
    },
    get count() {
      return count;
    },
    get tookPostcode() {
      return tookPostcode;
    },
    heedPostcodes(heed) {
      heedsPostcodes = heed;
      tookPostcode = false;
    },
    clear() {
      count = 0;
    },
    cutTo(kept) {
      count = Math.min(count, kept);
    },
    take(phrase, from, to, areasOnly) {
      if (takeOne(phrase, from, to, areasOnly)) return true;
      // Right to left, the longest name first: `San José Costa Rica`, `Illinois USA 62701`.
      let end = to;
      while (end > from) {
        let start = Math.max(from, end - LONGEST_NAME);
        while (start < end && !namesArea(phrase, start, end)) start++;
        if (start === end) {
          // House numbers, and postcodes of elsewhere, are not known here, and do not have to be.
          if (phrase.hasDigit[end - 1] !== 1) return false;
          end -= Math.max(1, takePostcode(phrase, from, end));
          continue;
        }
        if (!takeOne(phrase, start, end, true)) return false;
        end = start;
      }
      return true;
    },
    hold(entity) {
      for (let qualifier = 0; qualifier < count; qualifier++) {
        const base = qualifier * MOST_MEANINGS;
        const end = base + (counts[qualifier] as number);
        let at = base;
        while (at < end && !lies(entity, meanings[at] as number)) at++;
        if (at === end) return false;
      }
      return true;
    },
  };
};
