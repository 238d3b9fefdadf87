/**
 * What is said about a password that is easy to guess: one sentence that tells what to do. Keys are the warnings and
 * suggestions of @zxcvbn-ts/core 4. This file imports nothing, because the dashboard shows the same sentences.
 */
export const HINTS: Readonly<Record<string, string>> = {
  straightRow:
    'A row of keys on the keyboard is among the first guesses: use several unrelated words instead.',
  keyPattern: 'Patterns on the keyboard are among the first guesses: use several unrelated words instead.',
  simpleRepeat: 'Repeating one character adds almost nothing: add another word instead.',
  extendedRepeat: 'Repeating the same part adds almost nothing: add a different word instead.',
  sequences: 'Sequences such as "abc" or "6543" are easy to guess: add an unrelated word instead.',
  recentYears: 'Years are easy to guess: add an unrelated word instead.',
  dates: 'Dates are easy to guess, above all your own: add an unrelated word instead.',
  topTen: 'This is one of the ten most used passwords: choose something only you would think of.',
  topHundred: 'This is one of the hundred most used passwords: choose something only you would think of.',
  common: 'Many people use this password: choose something only you would think of.',
  similarToCommon: 'This is close to a password that many people use: add two or three unrelated words.',
  wordByItself: 'One word is quickly guessed: add two or three unrelated words.',
  namesByThemselves: 'A name is quickly guessed: add two or three unrelated words.',
  commonNames: 'Names are easy to guess: add two or three unrelated words.',
  userInputs: 'Leave out your name, your address and your company: they are what is tried first.',
  pwned:
    'This password has been published in a breach: choose another one, and change it wherever you use it.',
  l33t: 'Writing "4" for "a" or "0" for "o" fools nobody: add an unrelated word instead.',
  reverseWords: 'A word spelt backwards is still easy to guess: add an unrelated word instead.',
  allUppercase: 'Capitals throughout add almost nothing: add an unrelated word instead.',
  capitalization: 'A capital at the start adds almost nothing: add an unrelated word instead.',
  associatedYears: 'Years that have to do with you are easy to guess: add an unrelated word instead.',
  repeated: 'Repeating words or characters adds almost nothing: add a different word instead.',
  longerKeyboardPattern: 'Patterns on the keyboard are easy to guess: use several unrelated words instead.',
  anotherWord: 'Add another unrelated word; rarer is better.',
  useWords: 'Use several unrelated words; digits and signs are not needed.',
  noNeed: 'Use several unrelated words; digits and signs are not needed.',
};

/** For a weak password of which nothing more particular is known. */
export const GENERAL_HINT = 'Add another unrelated word; rarer is better.';

/** For a password on the block list. */
export const COMMON_HINT = 'Many people use this password: choose something only you would think of.';

/** Suggestions that say more about this password than the one that zxcvbn puts before every other. */
const isParticular = (suggestion: string): boolean =>
  suggestion !== 'anotherWord' && HINTS[suggestion] !== undefined;

/** The one sentence for what zxcvbn found; undefined where the password is good. Score 0–4. */
export const hintOf = (
  score: number,
  feedback: { readonly warning: string | null; readonly suggestions: readonly string[] },
): string | undefined => {
  if (score >= 3) return undefined;
  const key = feedback.warning ?? feedback.suggestions.find(isParticular) ?? 'anotherWord';
  return HINTS[key] ?? GENERAL_HINT;
};

/** What is said about each reason to refuse a password, by its code. */
export const FAULT_SENTENCES = {
  password_too_long: 'A password has at most 256 characters.',
  password_too_short:
    'A password has at least 15 characters, or 8 once a second factor is set up; 12 is better.',
  password_common: 'This password is on lists that everybody who guesses has: choose another one.',
  password_contains_identity:
    'The password contains your address or a name that goes with the account: leave it out.',
  password_guessable: 'This password is too easy to guess.',
} as const;
