/** Which passwords may be set (NIST SP 800-63B-4 §3.1.1.2): length and lists, never composition. Pure. */

/** Code points after NFKC. Two factors make a shorter password enough; 12 is what we advise then. */
export const PASSWORD_LENGTH = { alone: 15, withSecondFactor: 8, advised: 12, most: 256 } as const;

/** Code units before NFKC: what is longer cannot be a password and is not even normalised. */
export const LONGEST_INPUT = 1024;

/**
 * The form in which passwords are counted, compared and hashed: NFKC, so that one password typed on two keyboards is
 * the same (NIST SP 800-63B-4 §3.1.1.2). Lone surrogates, which are no text, become U+FFFD.
 */
export const normalForm = (password: string): string => password.toWellFormed().normalize('NFKC');

/** Why a password may not be set; stable API. */
export const PASSWORD_FAULTS = [
  'password_too_long',
  'password_too_short',
  'password_common',
  'password_contains_identity',
  'password_guessable',
] as const;
export type PasswordFault = (typeof PASSWORD_FAULTS)[number];

/** What the estimator and the block list found. */
export interface PasswordStrength {
  /** zxcvbn's: 0 and 1 fall to guessing, 2 is weak, 3 and 4 are good. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  readonly isCommon: boolean;
}

export interface PasswordRules {
  /** Whether a second factor is enrolled. */
  readonly hasSecondFactor: boolean;
  /** What the person is known by: e-mail address, own name, the company's and the service's name. */
  readonly userInputs: readonly string[];
}

/** The least score that is not guessable. */
const GOOD_SCORE = 3;
/** Below this length an identity is a syllable of ordinary words and refuses only what is made of little else. */
const TELLING_LENGTH = 6;
const SHORTEST_IDENTITY = 3;
/** What has to be left of a password without a short identity in it. */
const ENOUGH_ELSE = 8;

/** Digits and signs that stand for letters, folded alike on both sides; `1`, `l` and `!` are all read as `i`. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '4': 'a',
  '@': 'a',
  '8': 'b',
  '(': 'c',
  '3': 'e',
  '€': 'e',
  '6': 'g',
  '9': 'g',
  '1': 'i',
  '!': 'i',
  '|': 'i',
  l: 'i',
  '0': 'o',
  '5': 's',
  $: 's',
  '7': 't',
  '+': 't',
  '2': 'z',
};

/** Letters alone: lower case, without accents, look-alikes folded, everything else left out. */
const fold = (text: string): string => {
  let folded = '';
  for (const sign of text.normalize('NFKD').toLowerCase()) {
    const read = LOOK_ALIKES[sign] ?? sign;
    if (/[\p{L}\p{N}]/u.test(read)) folded += read;
  }
  return folded;
};

const identitiesOf = (userInputs: readonly string[]): Set<string> => {
  const identities = new Set<string>();
  for (const input of userInputs) {
    const at = input.lastIndexOf('@');
    for (const part of at === -1 ? [input] : [input, input.slice(0, at), input.slice(0, at).split('+')[0]]) {
      const folded = fold(part ?? '');
      if (folded.length >= SHORTEST_IDENTITY) identities.add(folded);
    }
  }
  return identities;
};

const containsIdentity = (password: string, userInputs: readonly string[]): boolean => {
  const folded = fold(password);
  for (const identity of identitiesOf(userInputs)) {
    if (!folded.includes(identity)) continue;
    if (identity.length >= TELLING_LENGTH || folded.replaceAll(identity, '').length < ENOUGH_ELSE)
      return true;
  }
  return false;
};

/** Faults that need no list and no estimate; cheap enough for the thread that answers requests. */
export const checkForm = (
  password: string,
  { hasSecondFactor, userInputs }: PasswordRules,
): PasswordFault[] => {
  if (password.length > LONGEST_INPUT) return ['password_too_long'];
  const length = Array.from(normalForm(password)).length;
  if (length > PASSWORD_LENGTH.most) return ['password_too_long'];
  const faults: PasswordFault[] = [];
  const least = hasSecondFactor ? PASSWORD_LENGTH.withSecondFactor : PASSWORD_LENGTH.alone;
  if (length < least) faults.push('password_too_short');
  if (containsIdentity(password, userInputs)) faults.push('password_contains_identity');
  return faults;
};

/** Every reason why a password may not be set, the most telling first; none for a good one. */
export const checkPassword = (
  password: string,
  rules: PasswordRules,
  { score, isCommon }: PasswordStrength,
): PasswordFault[] => {
  const faults = new Set<PasswordFault>(checkForm(password, rules));
  if (isCommon) faults.add('password_common');
  if (score < GOOD_SCORE) faults.add('password_guessable');
  return PASSWORD_FAULTS.filter((fault) => faults.has(fault));
};
