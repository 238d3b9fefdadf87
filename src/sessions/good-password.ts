import type { Secret } from '../foundation/secret.ts';
import type { PasswordHasher } from '../passwords/hasher.ts';
import { reviewPassword } from '../passwords/policy.ts';
import { passwordRefused } from '../passwords/problems.ts';
import type { PasswordRules } from '../passwords/rules.ts';

/**
 * The hash of a password that may be set.
 * @param source who asks, as the hasher wants it. @throws Problem 400 with the first fault as its code, at `/password`.
 */
export const hashGoodPassword = async (
  hasher: PasswordHasher,
  password: Secret,
  rules: PasswordRules,
  source: string,
): Promise<string> => {
  const { faults, hint } = await reviewPassword(hasher, password, rules, source);
  const [fault] = faults;
  if (fault !== undefined)
    throw passwordRefused(fault, fault === 'password_guessable' ? hint : undefined, '/password');
  return hasher.hash(password, source);
};
