/** Names within one or two typing errors of a text: letters wrong, missing, added, or in the other order (Damerau 1964). */
import { asBeginning, CHECKED_LENGTHS, hashOn, mayHold, POWERS, shiftOf } from './key-filter.ts';
import type { Sections } from './index-format.ts';
import { NO_KEY } from './key-index.ts';

/** Shorter names have too many neighbours to mean one; from the other length on two errors are looked for. */
const SHORTEST = 3;
const SHORTEST_FOR_TWO = 9;
/** Beyond these lengths in letters nothing is looked for. */
const LONGEST = 48;
const LONGEST_FOR_TWO = 32;
const LONGEST_BYTES = 200;
/** Places in spellings at which letters are tried, some fifty each: what bounds the time of one query. */
const MOST_PLACES = 2_500;
/** Neighbours that are kept. */
export const MOST_NEAR = 64;
/** Letters that may be put in: those of the scripts in the text. */
const MOST_LETTERS = 160;
const SPACE = 0x20;
/** Blocks of Unicode by 128 code points; CJK and Hangul beyond have no alphabet that could be tried. */
const BLOCK_BITS = 7;
const ASCII_LETTERS = 'abcdefghijklmnopqrstuvwxyz';

const CHECKED = new Uint8Array(64);
for (const length of CHECKED_LENGTHS) CHECKED[length] = 1;

/** Letters of one alphabet, each as its bytes. */
type Alphabet = readonly Uint8Array[];

export interface NearKeys {
  /**
   * Finds the keys that are `errors` errors away from bytes from..to in no order; the text's own key is not
   * looked for. @returns how many of `keys` are filled.
   */
  find(bytes: Uint8Array, from: number, to: number, errors: 1 | 2): number;
  /** Begins another query: all looks of one query share a bound on their work, after which they find nothing. */
  restart(): void;
  /** What `find` found; overwritten by the next call. */
  readonly keys: Int32Array;
}

/** The code point of the letter of `size` bytes at `at`; of four bytes only that it is beyond the first plane. */
const codeAt = (bytes: Uint8Array, at: number, size: number): number => {
  const lead = bytes[at] as number;
  if (size === 1) return lead;
  const second = (bytes[at + 1] as number) & 0x3f;
  if (size === 2) return ((lead & 0x1f) << 6) | second;
  return size === 3 ? ((lead & 0x0f) << 12) | (second << 6) | ((bytes[at + 2] as number) & 0x3f) : 0x1_0000;
};

/** @param find the number of a key, or `NO_KEY`. */
export const createNearKeys = (
  sections: Sections,
  find: (bytes: Uint8Array, from: number, to: number) => number,
): NearKeys => {
  const { keyFilter } = sections;
  const shift = shiftOf(keyFilter);
  const alphabets = new Map<number, Alphabet>(
    Object.entries(sections.alphabets as Readonly<Record<string, string>>).map(([block, letters]) => [
      Number(block),
      Array.from(letters, (letter) => Buffer.from(letter)),
    ]),
  );
  alphabets.set(
    0,
    ASCII_LETTERS.split('').map((letter) => Buffer.from(letter)),
  );

  const keys = new Int32Array(MOST_NEAR);
  let count = 0;
  let placesLeft = 0;
  /** Letters of the text: where each begins, its length in bytes and its hash; then hashes from each to the end. */
  const starts = new Int32Array(LONGEST + 1);
  const values = new Int32Array(LONGEST + 1);
  const sizes = new Int32Array(LONGEST + 1);
  const rests = new Int32Array(LONGEST + 1);
  let length = 0;
  let source: Uint8Array = new Uint8Array(0);
  /** Letters that may be put in. */
  const putValues = new Int32Array(MOST_LETTERS);
  const putSizes = new Int32Array(MOST_LETTERS);
  const putLetters: Uint8Array[] = [];
  const scratch = new Uint8Array(512);

  const addLetter = (letter: Uint8Array): void => {
    if (putLetters.length === MOST_LETTERS) return;
    putValues[putLetters.length] = letter.reduce(hashOn, 0);
    putSizes[putLetters.length] = letter.length;
    putLetters.push(letter);
  };

  /** Cuts the text into letters; false where it is too short or too long. */
  const read = (bytes: Uint8Array, from: number, to: number): boolean => {
    source = bytes;
    length = 0;
    putLetters.length = 0;
    let blocks = -1;
    let lastBlock = -1;
    for (let at = from; at < to; length++) {
      if (length === LONGEST) return false;
      const lead = bytes[at] as number;
      let size = 1;
      if (lead >= 0xf0) size = 4;
      else if (lead >= 0xe0) size = 3;
      else if (lead >= 0xc0) size = 2;
      starts[length] = at;
      sizes[length] = size;
      let value = 0;
      for (let byte = at; byte < at + size; byte++) value = hashOn(value, bytes[byte] as number);
      values[length] = value;
      const block = codeAt(bytes, at, size) >> BLOCK_BITS;
      if (block !== lastBlock && lead !== SPACE) {
        lastBlock = block;
        // A text in two scripts gets the letters of both; a third is left alone.
        if (blocks < 1) {
          blocks++;
          for (const letter of alphabets.get(block) ?? []) addLetter(letter);
        }
      }
      at += size;
    }
    starts[length] = to;
    rests[length] = 0;
    for (let at = length - 1, bytesAfter = 0; at >= 0; at--) {
      rests[at] =
        (Math.imul(values[at] as number, POWERS[bytesAfter] as number) + (rests[at + 1] as number)) | 0;
      bytesAfter += sizes[at] as number;
    }
    addLetter(Uint8Array.of(SPACE));
    return length >= SHORTEST;
  };

  const keep = (end: number): void => {
    const key = find(scratch, 0, end);
    if (key === NO_KEY || count === MOST_NEAR) return;
    for (let at = 0; at < count; at++) if (keys[at] === key) return;
    keys[count++] = key;
  };

  const write = (letter: Uint8Array, at: number): void => {
    for (let byte = 0; byte < letter.length; byte++) scratch[at + byte] = letter[byte] as number;
  };
  const copy = (from: number, to: number, at: number): number => {
    let end = at;
    for (let byte = starts[from] as number; byte < (starts[to] as number); byte++)
      scratch[end++] = source[byte] as number;
    return end;
  };

  /** A spelling whose letters from `at` on are the text's own: looked up only where the filter knows its hash. */
  const test = (hash: number, at: number, end: number): void => {
    const bytesLeft = (starts[length] as number) - (starts[at] as number);
    const whole = (Math.imul(hash, POWERS[bytesLeft] as number) + (rests[at] as number)) | 0;
    if (mayHold(keyFilter, shift, whole)) keep(copy(at, length, end));
  };

  /** Goes on after an error: to the end of the text, or with one more error from letter `at` on. */
  const goOn = (hash: number, at: number, end: number, errors: number): void => {
    if (errors === 0) test(hash, at, end);
    else vary(hash, at, end, errors);
  };

  /**
   * Tries every error at every letter from `at` on. `hash` and `scratch` up to `end` hold what has been spelt so far.
   * Where no key begins like that, nothing further along can help.
   */
  const vary = (hashBefore: number, first: number, endBefore: number, errors: number): void => {
    let hash = hashBefore;
    let end = endBefore;
    const left = errors - 1;
    for (let at = first; at <= length; at++) {
      if (end < 64 && CHECKED[end] === 1 && !mayHold(keyFilter, shift, asBeginning(hash))) return;
      if (placesLeft-- <= 0) return;
      const isEnd = at === length;
      if (!isEnd) {
        // One letter too many, and two letters in the other order.
        goOn(hash, at + 1, end, left);
        if (at + 1 < length && values[at] !== values[at + 1]) {
          const swapped = copy(at, at + 1, copy(at + 1, at + 2, end));
          let turned =
            (Math.imul(hash, POWERS[sizes[at + 1] as number] as number) + (values[at + 1] as number)) | 0;
          turned = (Math.imul(turned, POWERS[sizes[at] as number] as number) + (values[at] as number)) | 0;
          goOn(turned, at + 2, swapped, left);
        }
      }
      for (let letter = 0; letter < putLetters.length; letter++) {
        const size = putSizes[letter] as number;
        const put = (Math.imul(hash, POWERS[size] as number) + (putValues[letter] as number)) | 0;
        write(putLetters[letter] as Uint8Array, end);
        // A letter missing, and a letter wrong.
        goOn(put, at, end + size, left);
        if (!isEnd && putValues[letter] !== values[at]) goOn(put, at + 1, end + size, left);
      }
      if (isEnd) return;
      hash = (Math.imul(hash, POWERS[sizes[at] as number] as number) + (values[at] as number)) | 0;
      end = copy(at, at + 1, end);
    }
  };

  return {
    keys,
    restart() {
      placesLeft = MOST_PLACES;
    },
    find(bytes, from, to, errors) {
      count = 0;
      if (to - from > LONGEST_BYTES || !read(bytes, from, to)) return 0;
      if (errors === 2 && (length < SHORTEST_FOR_TWO || length > LONGEST_FOR_TWO)) return 0;
      vary(0, 0, 0, errors);
      return count;
    },
  };
};
