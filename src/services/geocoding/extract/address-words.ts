/** A question for an address, cut into words. */
import { foldText, shortenWord } from './street-key.ts';

/** A text with more words finds nothing. */
const MOST_WORDS = 16;
/** What stands before a house number and is no part of it. */
const NUMBER_SIGNS: ReadonlySet<string> = new Set([
  'nr',
  'no',
  'num',
  'number',
  'numero',
  'hausnummer',
  'hnr',
]);

/** Words in their short forms (street-key.ts), and the part between commas that each is in. */
export interface AddressWords {
  readonly words: readonly string[];
  readonly parts: readonly number[];
}

/** Whether a word has a digit. */
export const hasDigit = (word: string): boolean => /\d/u.test(word);

/** Cuts a text; undefined where it has no words or too many. */
export const cutAddress = (text: string): AddressWords | undefined => {
  const words: string[] = [];
  const parts: number[] = [];
  const folded = foldText(text).split(',');
  for (let part = 0; part < folded.length; part++) {
    const inPart = (folded[part] as string).split(' ');
    for (let at = 0; at < inPart.length; at++) {
      const word = inPart[at] as string;
      if (word === '' || (NUMBER_SIGNS.has(word) && /^\d/u.test(inPart[at + 1] ?? ''))) continue;
      if (words.length === MOST_WORDS) return undefined;
      words.push(shortenWord(word));
      parts.push(part);
    }
  }
  return words.length === 0 ? undefined : { words, parts };
};

/** The folded words of a text as they are written, without commas. */
export const foldedWords = (text: string): string => foldText(text).replaceAll(',', ' ');
