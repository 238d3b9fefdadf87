import { ALTERNATE_PENALTY, hashBytes } from '../src/services/geocoding/entity.ts';
import { foldInto } from '../src/services/geocoding/fold.ts';
import type { Sections } from '../src/services/geocoding/index-format.ts';
import { buildKeyFilter } from '../src/services/geocoding/key-filter.ts';
import { buildKeyWorth } from '../src/services/geocoding/key-leaders.ts';
import { collectAlphabets } from './alphabets.ts';
import { variantsOf } from './spellings.ts';

type KeySections = Pick<
  Sections,
  'keyBytes' | 'keyStart' | 'keyPostings' | 'postings' | 'keyHash' | 'keyFilter' | 'keyWorth' | 'alphabets'
>;

/** Longest key in bytes; longer names (there is a handful) cannot be searched for. */
const LONGEST_KEY = 250;

/** ASCII spelling of German and Nordic letters by two, as in `Muenchen`; undefined where there are none. */
export const doubledVowels = (name: string): string | undefined =>
  /[äöüøÄÖÜØ]/u.test(name)
    ? name
        .replace(/[äÄ]/gu, 'ae')
        .replace(/[öøÖØ]/gu, 'oe')
        .replace(/[üÜ]/gu, 'ue')
    : undefined;

/** Collects names, and lays them out as a sorted table of keys with the entities that bear them. */
export interface KeyTable {
  /** Makes an entity findable under a name; `alternate` for any but its main names. */
  add(name: string, entity: number, alternate: boolean): void;
  /** Lays the table out; the best-scored entities of a key come first. */
  layOut(score: Float32Array): KeySections;
}

export const createKeyTable = (): KeyTable => {
  const scratch = Buffer.alloc(1024);
  /** Folded keys as strings of one character a byte, so that their order is that of their bytes. */
  const entitiesOf = new Map<string, number[]>();

  const addKey = (key: string, posting: number): void => {
    const postings = entitiesOf.get(key);
    if (postings === undefined) entitiesOf.set(key, [posting]);
    else if (postings.at(-1) !== posting) postings.push(posting);
  };

  return {
    add(name, entity, alternate) {
      const length = foldInto(name, scratch);
      if (length === 0 || length > LONGEST_KEY) return;
      const key = scratch.toString('latin1', 0, length).replaceAll(',', ' ');
      const posting = entity * 2 + (alternate ? 1 : 0);
      addKey(key, posting);
      // A written-out abbreviation is a further name: `St. Louis` means the place that spells itself so first.
      for (const variant of variantsOf(key)) addKey(variant, posting | 1);
    },

    layOut(score) {
      const keys = [...entitiesOf.keys()].sort();
      const keyStart = new Uint32Array(keys.length + 1);
      const keyPostings = new Uint32Array(keys.length + 1);
      const keyBytes = Buffer.alloc(keys.reduce((sum, key) => sum + key.length, 0));
      const postings: number[] = [];
      const worth = (posting: number): number =>
        (score[posting >> 1] as number) - (posting & 1 ? ALTERNATE_PENALTY : 0);
      let at = 0;
      keys.forEach((key, index) => {
        at += keyBytes.write(key, at, 'latin1');
        keyStart[index + 1] = at;
        for (const posting of bestOf(entitiesOf.get(key) ?? [], worth)) postings.push(posting);
        keyPostings[index + 1] = postings.length;
      });
      const flat = Uint32Array.from(postings);
      return {
        keyBytes,
        keyStart,
        keyPostings,
        postings: flat,
        keyHash: hashKeys(keyBytes, keyStart),
        keyFilter: buildKeyFilter(keyBytes, keyStart),
        keyWorth: buildKeyWorth(score, keyPostings, flat),
        alphabets: collectAlphabets(keyBytes),
      };
    },
  };
};

/** Orders postings by worth and keeps the better one of an entity that bears a name twice. */
const bestOf = (postings: number[], worth: (posting: number) => number): number[] => {
  if (postings.length === 1) return postings;
  const seen = new Set<number>();
  return postings
    .sort((a, b) => worth(b) - worth(a) || a - b)
    .filter((posting) => !seen.has(posting >> 1) && seen.add(posting >> 1));
};

/** Open addressing: the key's number plus one at its hash or the next free slot after it; 0 is free. */
const hashKeys = (bytes: Uint8Array, starts: Uint32Array): Uint32Array => {
  const count = starts.length - 1;
  const size = 2 ** Math.ceil(Math.log2(count * 1.8));
  const slots = new Uint32Array(size);
  for (let key = 0; key < count; key++) {
    let slot = hashBytes(bytes, starts[key] as number, starts[key + 1] as number) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = key + 1;
  }
  return slots;
};
