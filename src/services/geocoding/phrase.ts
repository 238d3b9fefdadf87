import { foldInto } from './fold.ts';

/** Longest folded text that is looked at, in bytes; the rest of a longer one is ignored. */
const LONGEST_BYTES = 1_024;

/** Most words and parts that are looked at; a text with more finds nothing. */
export const MOST_WORDS = 16;
export const MOST_PARTS = 8;

const COMMA = 0x2c;
const SPACE = 0x20;

/**
 * A query's folded text, cut into words and parts. One is made for each thread and filled again for each query.
 * Words are numbered through; part `p` holds the words `partStart[p]` to `partStart[p + 1]`.
 */
export interface Phrase {
  readonly bytes: Uint8Array;
  readonly wordStart: Uint16Array;
  readonly wordEnd: Uint16Array;
  /** 1 where a word holds a digit. */
  readonly hasDigit: Uint8Array;
  readonly partStart: Uint8Array;
  words: number;
  parts: number;
}

export const createPhrase = (): Phrase => ({
  bytes: new Uint8Array(LONGEST_BYTES),
  wordStart: new Uint16Array(MOST_WORDS),
  wordEnd: new Uint16Array(MOST_WORDS),
  hasDigit: new Uint8Array(MOST_WORDS),
  partStart: new Uint8Array(MOST_PARTS + 1),
  words: 0,
  parts: 0,
});

/** Folds and cuts a text; false where it has no words, or more words or parts than are looked at. */
export const fillPhrase = (phrase: Phrase, text: string): boolean => {
  const { bytes, wordStart, wordEnd, hasDigit, partStart } = phrase;
  const length = foldInto(text, bytes);
  phrase.words = 0;
  phrase.parts = 0;
  if (length === 0) return false;
  partStart[0] = 0;
  let words = 0;
  let parts = 0;
  let start = 0;
  let digit = 0;
  for (let at = 0; at <= length; at++) {
    const byte = at === length ? COMMA : (bytes[at] as number);
    if (byte >= 0x30 && byte <= 0x39) digit = 1;
    if (byte !== SPACE && byte !== COMMA) continue;
    if (words === MOST_WORDS) return false;
    wordStart[words] = start;
    wordEnd[words] = at;
    hasDigit[words] = digit;
    words++;
    start = at + 1;
    digit = 0;
    if (byte === COMMA) {
      if (parts === MOST_PARTS) return false;
      partStart[++parts] = words;
    }
  }
  phrase.words = words;
  phrase.parts = parts;
  return true;
};
