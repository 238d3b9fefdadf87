/** How guessable a password is, by @zxcvbn-ts/core with its common and English lists. Only hash threads load this. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import { COMMON_HINT, hintOf } from './hints.ts';
import { createCommonPasswords } from './common-passwords.ts';
import { normalForm, type PasswordStrength } from './rules.ts';

/** What is found out about a password. */
export interface Assessment extends PasswordStrength {
  /** One useful sentence; undefined for a password that is good. */
  readonly hint: string | undefined;
}

/** Its time grows with the square of the length; what comes after these characters is not looked at. Code units. */
const LONGEST_CHECKED = 100;
const MOST_INPUTS = 10;

/** Options of the estimator; the page uses the same, so that both say the same. */
const estimator = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  maxLength: LONGEST_CHECKED,
});

const commonPasswords = createCommonPasswords(common['passwords-common']);

/** An address is guessed in parts too; the parts of a name are words of their own. */
const partsOf = (input: string): string[] => [input, ...input.split(/[^\p{L}\p{N}]+/u)];

/**
 * Assesses a password; takes up to 200 ms.
 * @param userInputs what the person is known by; the first ten of them, 100 characters of each.
 */
export const assessPassword = (password: string, userInputs: readonly string[]): Assessment => {
  const text = normalForm(password);
  const inputs = userInputs
    .slice(0, MOST_INPUTS)
    .flatMap((input) => partsOf(normalForm(input.slice(0, LONGEST_CHECKED))))
    .filter((part) => part.length > 2);
  const { score, feedback } = estimator.check(text.slice(0, LONGEST_CHECKED), inputs);
  const isCommon = commonPasswords.has(text);
  return { score, isCommon, hint: isCommon ? COMMON_HINT : hintOf(score, feedback) };
};
