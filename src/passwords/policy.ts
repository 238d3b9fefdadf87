/** Whether a password may be set, asked in one go: rules at once, lists and estimate in a hash thread. */
import type { Secret } from '../foundation/secret.ts';
import type { PasswordHasher } from './hasher.ts';
import { passwordRefused } from './problems.ts';
import { checkForm, checkPassword, type PasswordFault, type PasswordRules } from './rules.ts';

/** What is found out about a password that is to be set. */
export interface PasswordReview {
  /** Every reason against it, the most telling first; none for one that may be set. */
  readonly faults: readonly PasswordFault[];
  readonly hint: string | undefined;
}

/** Reviews a password; an over-long one is refused before anything is computed on it. Rejects as the hasher does. */
export const reviewPassword = async (
  hasher: Pick<PasswordHasher, 'assess'>,
  password: Secret,
  rules: PasswordRules,
  source: string,
): Promise<PasswordReview> => {
  const text = password.expose();
  const early = checkForm(text, rules);
  if (early.includes('password_too_long')) return { faults: early, hint: undefined };
  const assessment = await hasher.assess(password, rules.userInputs, source);
  return { faults: checkPassword(text, rules, assessment), hint: assessment.hint };
};

/**
 * Resolves for a password that may be set.
 * @throws Problem 400 with the first fault as its code and the hint in its detail.
 */
export const requireGoodPassword = async (
  hasher: Pick<PasswordHasher, 'assess'>,
  password: Secret,
  rules: PasswordRules,
  source: string,
): Promise<void> => {
  const { faults, hint } = await reviewPassword(hasher, password, rules, source);
  const [fault] = faults;
  if (fault !== undefined) throw passwordRefused(fault, fault === 'password_guessable' ? hint : undefined);
};
