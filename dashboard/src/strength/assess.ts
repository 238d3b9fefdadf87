/**
 * How guessable a password is: the same library, lists, options and sentences as on the server, so that both say the
 * same (`hints.ts` and `common-passwords.ts` are copies of the server's; a test keeps all of it equal).
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import { createCommonPasswords } from './common-passwords.ts';
import { COMMON_HINT, hintOf } from './hints.ts';

export interface Assessment {
  /** 0 and 1 fall to guessing, 2 is weak, 3 and 4 are good. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  readonly isCommon: boolean;
  /** One useful sentence; undefined for a password that is good. */
  readonly hint: string | undefined;
}

const LONGEST_CHECKED = 100;
const MOST_INPUTS = 10;

const estimator = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  maxLength: LONGEST_CHECKED,
});

const commonPasswords = createCommonPasswords(common['passwords-common']);

const normalForm = (text: string): string => text.toWellFormed().normalize('NFKC');

const partsOf = (input: string): string[] => [input, ...input.split(/[^\p{L}\p{N}]+/u)];

/** Assesses a password; takes up to 200 ms. `userInputs` is what the person is known by. */
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
