import { MOST_TEXT } from './feature.ts';

/** Texts from the input, as features carry them. */

const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/u;
/** Control characters, what turns the direction of writing round, what has no width and no use, and line ends. */
const UNWANTED = /[\p{Cc}\p{Cs}\p{Co}\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\u2028\u2029]+/gu;

/** A text in NFC, trimmed, with single spaces, without control characters, cut at 200 units; undefined when nothing is left. */
export const cleanText = (text: string | undefined): string | undefined => {
  if (text === undefined || text === '') return undefined;
  if (text.length <= MOST_TEXT && PLAIN.test(text) && !text.includes('  ')) return text;
  const clean = text
    .slice(0, 4 * MOST_TEXT)
    .replace(UNWANTED, ' ')
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .trim()
    .slice(0, MOST_TEXT)
    // A pair cut in half.
    .replace(/[\ud800-\udbff]$/u, '')
    .trim();
  return clean === '' ? undefined : clean;
};
