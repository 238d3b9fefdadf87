/** Which texts stand in an address as they are: nothing in the data of a territory could change them or be changed by them. */
import type { Replacement } from './address-data.ts';

/** Words that many names have and that no pattern consists of. */
const COMMON: ReadonlySet<string> = new Set(['City', 'Città', 'County', 'England']);

/**
 * For each pattern for whole addresses a word that it cannot match without: a text that has none of them, and no
 * digits, can have no part in a match.
 */
export const wordsOf = (replacements: readonly Replacement[]): readonly string[] => [
  ...new Set(
    replacements.flatMap(([pattern]) => {
      const words = pattern.replace(/\\[a-zA-Z]/gu, ' ').match(/\p{L}{3,}/gu) ?? [];
      // Of alternatives one is enough, so that each counts.
      if (pattern.includes('|')) return words;
      return (words.find((word) => !COMMON.has(word)) ?? words[0]) || [];
    }),
  ),
];

/** A name of letters: what tidying and the patterns that only know digits and loose marks leave alone. */
const NAME = /^\p{L}(?:[^\p{N}\p{Cc},;:{}$<>|\\]*[\p{L}\p{M}.)'’])?$/u;

/** Whether a text, as it will be written, has no part in anything that is done to whole addresses. */
export const isPlainText = (text: string, words: readonly string[]): boolean =>
  NAME.test(text) &&
  !text.includes('  ') &&
  text.toLowerCase() !== 'new york' &&
  !words.some((word) => text.includes(word));

/** The same of a postcode, where no pattern of the territory knows digits. */
export const isPlainCode = (text: string, words: readonly string[]): boolean =>
  /^[A-Z\d]+(?:[ -][A-Z\d]+)*$/u.test(text) && !words.some((word) => text.includes(word));
