import { ALTERNATE_PENALTY, hashBytes } from '../src/services/geocoding/entity.ts';
import { foldInto } from '../src/services/geocoding/fold.ts';
import type { Sections } from '../src/services/geocoding/index-format.ts';
import { buildKeyFilter } from '../src/services/geocoding/key-filter.ts';
import { buildKeyWorth } from '../src/services/geocoding/key-leaders.ts';
import { collectAlphabets } from './alphabets.ts';
import { bytesOf, createGrowing, wordsOf } from './growing.ts';
import { createKeyRuns, LONGEST_KEY, mergeRuns, type Run, type RunOptions } from './key-runs.ts';
import { checkLimit } from './limits.ts';
import { variantsOf } from './spellings.ts';

type KeySections = Pick<
  Sections,
  'keyBytes' | 'keyStart' | 'keyPostings' | 'postings' | 'keyHash' | 'keyFilter' | 'keyWorth' | 'alphabets'
>;

/** ASCII spelling of German and Nordic letters by two, as in `Muenchen`; undefined where there are none. */
export const doubledVowels = (name: string): string | undefined =>
  /[äöüøÄÖÜØ]/u.test(name)
    ? name
        .replace(/[äÄ]/gu, 'ae')
        .replace(/[öøÖØ]/gu, 'oe')
        .replace(/[üÜ]/gu, 'ue')
    : undefined;

/** Collects names, and sets them aside in sorted runs. */
export interface KeyTable {
  /**
   * Makes an entity findable under a name; `alternate` for any but its main names. Longer names than 250 bytes (there
   * is a handful) cannot be searched for.
   * @param entity its provisional number, which `layOutKeys` is told the meaning of
   */
  add(name: string, entity: number, alternate: boolean): void;
  /** All sorted runs; nothing can be added after it. */
  close(): Run[];
}

export const createKeyTable = (options: RunOptions = {}): KeyTable => {
  const scratch = Buffer.alloc(1024);
  const runs = createKeyRuns(options);

  return {
    add(name, entity, alternate) {
      const length = foldInto(name, scratch);
      if (length === 0 || length > LONGEST_KEY) return;
      for (let at = 0; at < length; at++) if (scratch[at] === 0x2c) scratch[at] = 0x20;
      const posting = (entity * 2 + (alternate ? 1 : 0)) >>> 0;
      runs.add(scratch, length, posting);
      // A written-out abbreviation is a further name: `St. Louis` means the place that spells itself so first.
      for (const variant of variantsOf(scratch.toString('latin1', 0, length))) {
        const bytes = Buffer.from(variant, 'latin1');
        if (bytes.length <= LONGEST_KEY) runs.add(bytes, bytes.length, (posting | 1) >>> 0);
      }
    },
    close: () => runs.close(),
  };
};

/**
 * Lays runs out as one sorted table of keys; the best-scored entities of a key come first.
 * @param idOf ids of entities by the provisional numbers that were given to `add`. @param columns by id
 */
export const layOutKeys = (
  runs: readonly Run[],
  idOf: Uint32Array,
  columns: Pick<Sections, 'score' | 'records'>,
): KeySections => {
  const { score } = columns;
  const keyBytes = createGrowing(bytesOf);
  const keyStart = createGrowing(wordsOf);
  const keyPostings = createGrowing(wordsOf);
  const postings = createGrowing(wordsOf);
  keyStart.push(0);
  keyPostings.push(0);
  const worth = (posting: number): number =>
    (score[posting >>> 1] as number) - (posting & 1 ? ALTERNATE_PENALTY : 0);
  mergeRuns(runs, (bytes, length, provisional) => {
    keyBytes.append(bytes as Uint8Array<ArrayBuffer>, 0, length);
    for (let at = 0; at < provisional.length; at++) {
      const posting = provisional[at] as number;
      provisional[at] = (idOf[posting >>> 1] as number) * 2 + (posting & 1);
    }
    for (const posting of bestOf(provisional, worth)) postings.push(posting);
    keyStart.push(keyBytes.length);
    keyPostings.push(postings.length);
  });
  checkLimit('bytes of names', keyBytes.length, 0xffff_ffff);
  checkLimit('names', keyStart.length, 0x3fff_ffff);
  checkLimit('pairs of a name and a place', postings.length, 0xffff_ffff);
  const bytes = Buffer.from(keyBytes.view().buffer, 0, keyBytes.length);
  const starts = keyStart.view();
  const bearers = { keyPostings: keyPostings.view(), postings: postings.view() };
  return {
    keyBytes: bytes,
    keyStart: starts,
    ...bearers,
    keyHash: hashKeys(bytes, starts),
    keyFilter: buildKeyFilter(bytes, starts),
    keyWorth: buildKeyWorth({ ...columns, ...bearers }),
    alphabets: collectAlphabets(bytes),
  };
};

/** Orders postings by worth and keeps the better one of an entity that bears a name twice. */
const bestOf = (postings: number[], worth: (posting: number) => number): number[] => {
  if (postings.length === 1) return postings;
  const seen = new Set<number>();
  return postings
    .sort((a, b) => worth(b) - worth(a) || a - b)
    .filter((posting) => !seen.has(posting >>> 1) && seen.add(posting >>> 1));
};

/** Open addressing: the key's number plus one at its hash or the next free slot after it; 0 is free. */
const hashKeys = (bytes: Uint8Array, starts: Uint32Array): Uint32Array => {
  const count = starts.length - 1;
  const size = 2 ** Math.ceil(Math.log2(count * 1.8));
  const slots = new Uint32Array(size);
  for (let key = 0; key < count; key++) {
    let slot = (hashBytes(bytes, starts[key] as number, starts[key + 1] as number) & (size - 1)) >>> 0;
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = key + 1;
  }
  return slots;
};
