import { COUNTRY, COUNTY, DEGREE, STATE } from './entity.ts';
import type { Sections } from './index-format.ts';
import { NO_KEY } from './key-index.ts';
import type { NearKeys } from './near-keys.ts';
import type { Phrase } from './phrase.ts';
import { openRecords } from './records.ts';

/** Entities that one qualifier (`TX` in `Paris, TX`) may mean. */
const MOST_MEANINGS = 24;
const MOST_QUALIFIERS = 8;
/** Words in the longest name of a country or state that is recognised without commas. */
const LONGEST_NAME = 5;
/** A town as a qualifier (`Montmartre, Paris`) reaches this far, in degrees of latitude: 44 km. */
const TOWN_REACH = 0.4;

/** What a result has to lie in: every qualifier has to hold. Filled again for each attempt. */
export interface Qualifiers {
  readonly count: number;
  clear(): void;
  /** Forgets all qualifiers after the first `count`. */
  cutTo(count: number): void;
  /** Takes the words from..to as one or more names of areas; false where some word is no such name. */
  take(phrase: Phrase, from: number, to: number): boolean;
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

  /** Notes the areas that bear a key's name, or, where there are none, its first towns. */
  const note = (key: number): boolean => {
    const base = count * MOST_MEANINGS;
    let noted = 0;
    const end = keyPostings[key + 1] as number;
    const start = keyPostings[key] as number;
    // Areas lead a key's postings or come soon; the long tail of a common name is villages.
    const stop = Math.min(end, start + 400);
    for (let at = start; at < stop && noted < MOST_MEANINGS; at++) {
      const entity = (postings[at] as number) >> 1;
      if (records.type(entity) <= COUNTY) meanings[base + noted++] = entity;
    }
    if (noted === 0) {
      for (let at = start; at < end && noted < 3; at++)
        meanings[base + noted++] = (postings[at] as number) >> 1;
    }
    counts[count] = noted;
    count++;
    return noted > 0;
  };

  const lies = (entity: number, area: number): boolean => {
    const kind = records.type(area);
    if (kind === COUNTRY) return records.country(entity) === records.country(area) && entity !== area;
    if (kind === STATE) return records.state(entity) === area && entity !== area;
    if (kind === COUNTY) return records.county(entity) === area && entity !== area;
    if (records.country(entity) !== records.country(area) || entity === area) return false;
    const north = Math.abs(records.lat(entity) - records.lat(area)) / DEGREE;
    const east = Math.abs(records.lng(entity) - records.lng(area)) / DEGREE;
    const narrowing = Math.cos(((records.lat(area) / DEGREE) * Math.PI) / 180);
    return north < TOWN_REACH && east * narrowing < TOWN_REACH;
  };

  const takeOne = (phrase: Phrase, from: number, to: number): boolean => {
    if (count === MOST_QUALIFIERS) return false;
    const key = find(phrase.bytes, phrase.wordStart[from] as number, phrase.wordEnd[to - 1] as number);
    return key !== NO_KEY && note(key);
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
    takeArea: (phrase, from, to) => namesArea(phrase, from, to) && takeOne(phrase, from, to),
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
    clear() {
      count = 0;
    },
    cutTo(kept) {
      count = Math.min(count, kept);
    },
    take(phrase, from, to) {
      if (takeOne(phrase, from, to)) return true;
      // Right to left, the longest name first: `San José Costa Rica`, `Illinois USA 62701`.
      let end = to;
      while (end > from) {
        let start = Math.max(from, end - LONGEST_NAME);
        while (start < end && !namesArea(phrase, start, end)) start++;
        if (start === end) {
          // Postcodes and house numbers are not known here, and do not have to be.
          if (phrase.hasDigit[end - 1] !== 1) return false;
          end--;
          continue;
        }
        if (!takeOne(phrase, start, end)) return false;
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
