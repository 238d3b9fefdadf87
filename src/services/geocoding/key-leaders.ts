/** The most important names of a range of the sorted keys, without reading the range: how a prefix is completed. */
import { ALTERNATE_PENALTY, COUNTRY } from './entity.ts';
import type { Sections } from './index-format.ts';
import { openRecords, type Records } from './records.ts';

/** Keys, or groups of keys, in one group of the level above. */
const FAN = 16;
/** Entries that wait at once; a search that would need more leaves the least of what it finds out. */
const MOST_WAITING = 8_192;

/** Worth as it is kept: whole steps of a thirty-thousandth, from -0.5. */
const STEPS = 30_000;
const quantise = (worth: number): number => Math.max(0, Math.min(0xffff, Math.round((worth + 0.5) * STEPS)));

/** Levels of the heap that are no levels of the table. */
const BEARER = -1;
const BEARER_OF_EXACT = -2;

/** What an exact name is worth more than one that only begins so. */
const EXACT_BONUS = Math.round(0.15 * STEPS);

/** First entry of each level of `keyWorth`, the keys themselves first; one more than there are levels. */
const levelStarts = (keys: number): number[] => {
  const starts = [0];
  for (let size = keys; ; size = Math.ceil(size / FAN)) {
    starts.push((starts.at(-1) ?? 0) + size);
    if (size <= 1) return starts;
  }
};

/**
 * So much less a country counts than where its whole name is asked for, beside an importance of 0 to 1.3: there its name means
 * it, while `Tok` is Tokyo and not Tokelau.
 */
const COUNTRY_PENALTY = 0.5;
/** And so much less again by a further name: each has some in a hundred languages, and one of them begins like anything. */
const FOREIGN_COUNTRY_PENALTY = 0.3;

/** How much a posting counts where somebody has typed the beginning of its name. */
export const beginningWorth = (
  score: Float32Array,
  records: Pick<Records, 'type'>,
  posting: number,
): number => {
  const entity = posting >>> 1;
  const isCountry = records.type(entity) === COUNTRY;
  const own = (score[entity] as number) - (isCountry ? COUNTRY_PENALTY : 0);
  if ((posting & 1) === 0) return own;
  return own - ALTERNATE_PENALTY - (isCountry ? FOREIGN_COUNTRY_PENALTY : 0);
};

/** Lays the `keyWorth` section out: the worth of each key's best posting, then the best of each sixteen, and so on. */
export const buildKeyWorth = ({
  score,
  records: table,
  keyPostings,
  postings,
}: Pick<Sections, 'score' | 'records' | 'keyPostings' | 'postings'>): Uint16Array => {
  const records = openRecords(table);
  const keys = keyPostings.length - 1;
  const starts = levelStarts(keys);
  const worth = new Uint16Array(starts.at(-1) ?? 0);
  for (let key = 0; key < keys; key++) {
    let best = 0;
    const end = keyPostings[key + 1] as number;
    // They stand in the order of whole names: behind the countries the next one is the best.
    for (let at = keyPostings[key] as number; at < end; at++) {
      const posting = postings[at] as number;
      best = Math.max(best, quantise(beginningWorth(score, records, posting)));
      if (records.type(posting >>> 1) !== COUNTRY) break;
    }
    worth[key] = best;
  }
  for (let level = 1; level + 1 < starts.length; level++) {
    const below = starts[level - 1] as number;
    const start = starts[level] as number;
    for (let at = below; at < start; at++) {
      const group = start + Math.floor((at - below) / FAN);
      worth[group] = Math.max(worth[group] as number, worth[at] as number);
    }
  }
  return worth;
};

/** Numbers of the keys that begin with some bytes: from `first` to before `end`. */
export interface KeyRange {
  readonly first: number;
  readonly end: number;
}

export interface KeyLeaders {
  /** The keys that begin with bytes from..to; two binary searches. */
  rangeOf(bytes: Uint8Array, from: number, to: number): KeyRange;
  /** How much a posting counts. @param isExact whether its whole name is there */
  worth(posting: number, isExact: boolean): number;
  /**
   * Visits postings of a range, the most important first, until `visit` says false or `most` have been seen.
   * @param exactBytes the length in bytes of a name that counts a little more when it is the whole key
   * @param visit is told how much the posting counts here as well
   */
  visit(
    range: KeyRange,
    exactBytes: number,
    most: number,
    visit: (posting: number, worth: number) => boolean,
  ): void;
}

export const createKeyLeaders = (sections: Sections): KeyLeaders => {
  const { keyBytes, keyStart, keyPostings, postings, keyWorth, score } = sections;
  const records = openRecords(sections.records);
  const keys = keyStart.length - 1;
  const starts = levelStarts(keys);
  /** A heap: the worthiest entry first. A level below 0 stands for postings of a key that has been met, from `place` to `end`. */
  const worths = new Int32Array(MOST_WAITING);
  const levels = new Int8Array(MOST_WAITING);
  const places = new Int32Array(MOST_WAITING);
  const ends = new Int32Array(MOST_WAITING);
  let waiting = 0;

  const set = (slot: number, worth: number, level: number, place: number, end: number): void => {
    worths[slot] = worth;
    levels[slot] = level;
    places[slot] = place;
    ends[slot] = end;
  };
  const move = (from: number, to: number): void =>
    set(to, worths[from] as number, levels[from] as number, places[from] as number, ends[from] as number);

  const push = (worth: number, level: number, place: number, end: number): void => {
    if (waiting === MOST_WAITING) return;
    let slot = waiting++;
    while (slot > 0) {
      const above = (slot - 1) >> 1;
      if ((worths[above] as number) >= worth) break;
      move(above, slot);
      slot = above;
    }
    set(slot, worth, level, place, end);
  };

  const removeFirst = (): void => {
    waiting--;
    const worth = worths[waiting] as number;
    const level = levels[waiting] as number;
    const place = places[waiting] as number;
    const end = ends[waiting] as number;
    let slot = 0;
    for (;;) {
      let below = slot * 2 + 1;
      if (below >= waiting) break;
      if (below + 1 < waiting && (worths[below + 1] as number) > (worths[below] as number)) below++;
      if ((worths[below] as number) <= worth) break;
      move(below, slot);
      slot = below;
    }
    set(slot, worth, level, place, end);
  };

  const isEmpty = (): boolean => waiting === 0;

  const pushGroup = (level: number, place: number): void =>
    push(keyWorth[(starts[level] as number) + place] as number, level, place, 0);

  /** Bearers of one name, the best of the rest when the one before it is seen; countries by themselves, for they stand first. */
  const pushBearers = (from: number, end: number, bonus: number): void => {
    const level = bonus === 0 ? BEARER : BEARER_OF_EXACT;
    for (let at = from; at < end; at++) {
      const posting = postings[at] as number;
      const isCountry = records.type(posting >>> 1) === COUNTRY;
      push(quantise(beginningWorth(score, records, posting)) + bonus, level, at, isCountry ? at + 1 : end);
      if (!isCountry) return;
    }
  };

  /** Puts the range into the heap as few groups: whole ones in the middle, single ones at its ends. */
  const cover = ({ first, end }: KeyRange): void => {
    let from = first;
    let to = end;
    for (let level = 0; from < to; level++) {
      while (from < to && from % FAN !== 0) pushGroup(level, from++);
      while (from < to && to % FAN !== 0) pushGroup(level, --to);
      from /= FAN;
      to /= FAN;
    }
  };

  const compare = (key: number, bytes: Uint8Array, from: number, to: number): number => {
    let at = keyStart[key] as number;
    const end = keyStart[key + 1] as number;
    for (let other = from; other < to; other++, at++) {
      if (at === end) return -1;
      const difference = (keyBytes[at] as number) - (bytes[other] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  };

  /** The first key that is not before the bytes, or after all that begin with them. */
  const boundary = (bytes: Uint8Array, from: number, to: number, after: boolean): number => {
    let low = 0;
    let high = keys;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compare(middle, bytes, from, to);
      if (order < 0 || (after && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    rangeOf: (bytes, from, to) => ({
      first: boundary(bytes, from, to, false),
      end: boundary(bytes, from, to, true),
    }),

    worth: (posting, isExact) =>
      beginningWorth(score, records, posting) + (isExact ? EXACT_BONUS / STEPS : 0),

    visit(range, exactBytes, most, visit) {
      waiting = 0;
      let { first } = range;
      const { end } = range;
      if (first < end && (keyStart[first + 1] as number) - (keyStart[first] as number) === exactBytes) {
        push((keyWorth[first] as number) + EXACT_BONUS, 0, first, 0);
        first++;
      }
      cover({ first, end });
      let seen = 0;
      while (!isEmpty() && seen < most) {
        const worth = worths[0] as number;
        const level = levels[0] as number;
        const place = places[0] as number;
        const stop = ends[0] as number;
        removeFirst();
        if (level > 0) {
          const below = (starts[level] as number) - (starts[level - 1] as number);
          for (let child = place * FAN; child < Math.min(below, place * FAN + FAN); child++)
            pushGroup(level - 1, child);
          continue;
        }
        if (level === 0) {
          // Of an exact name each bearer has the bonus: it is what its best bearer has more than its worth.
          const bonus = worth > (keyWorth[place] as number) ? EXACT_BONUS : 0;
          pushBearers(keyPostings[place] as number, keyPostings[place + 1] as number, bonus);
          continue;
        }
        const posting = postings[place] as number;
        seen++;
        if (!visit(posting, worth / STEPS - 0.5)) return;
        const bonus = level === BEARER_OF_EXACT ? EXACT_BONUS : 0;
        if (place + 1 < stop) pushBearers(place + 1, stop, bonus);
      }
    },
  };
};
