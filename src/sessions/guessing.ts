/**
 * What slows guessing. Nobody is ever locked out by a stranger: browsers that signed in before have budgets of their own,
 * and passkeys and mailed links have nothing to do with those of passwords.
 */
import type { AttemptRate, Attempts } from '../limits/attempts.ts';
import { passwordsPaused, tooManyAttempts } from './problems.ts';
import { RATES } from './rules.ts';

/** Who tries a password or a code, as far as limits care. */
export interface Guesser {
  /** As `sourceOf` of limits has it. */
  readonly source: string;
  /** The browser's own proof that this very account signed in here before; undefined in an unfamiliar one. */
  readonly familiar: string | undefined;
}

export type AskingFor = 'sign-up' | 'password-reset';

export interface Guessing {
  /** Before a password is looked at. @throws too_many_attempts, passwords_paused (429). */
  password(email: string, guesser: Guesser, now: number): void;
  wrongPassword(guesser: Guesser, now: number): void;
  rightPassword(email: string, guesser: Guesser): void;
  /** Before a code of the second step is looked at. @throws too_many_attempts. */
  code(user: string, guesser: Guesser, now: number): void;
  rightCode(user: string, guesser: Guesser): void;
  /** Before somebody signed in proves anew who they are. @throws too_many_attempts. */
  proof(user: string, now: number): void;
  rightProof(user: string): void;
  /** Before the password of a sign-up that is confirmed elsewhere is looked at. @throws too_many_attempts. */
  signUpPassword(signUp: string, now: number): void;
  /** Before a link's token or a passkey's answer is looked at. @throws too_many_attempts. */
  token(source: string, now: number): void;
  /** Before something is mailed for whoever asks. @throws too_many_attempts. */
  asking(what: AskingFor, source: string, now: number): void;
  /** Whether one more mail of the kind may go to the address; the answer must not depend on it. */
  mayMail(what: AskingFor, email: string, now: number): boolean;
}

const sourceBucket = (source: string): string => `password source ${source}`;
const accountBucket = (email: string, { source, familiar }: Guesser): string =>
  familiar === undefined ? `password from ${source} ${email}` : `password familiar ${familiar}`;
const codeBucket = (user: string, { familiar }: Guesser): string =>
  familiar === undefined ? `code ${user}` : `code familiar ${familiar}`;

export const createGuessing = (attempts: Attempts): Guessing => {
  const spend = (bucket: string, rate: AttemptRate, now: number): void => {
    const verdict = attempts.spend(bucket, rate, now);
    if (!verdict.ok) throw tooManyAttempts(verdict.retryAfterMs);
  };

  return {
    password: (email, guesser, now) => {
      if (guesser.familiar === undefined) {
        // Spent when the password was wrong; how many are looked at meanwhile is up to the line before hashing.
        const verdict = attempts.peek(sourceBucket(guesser.source), RATES.source, now);
        if (!verdict.ok) throw tooManyAttempts(verdict.retryAfterMs);
      }
      spend(accountBucket(email, guesser), RATES.account, now);
      if (guesser.familiar !== undefined) return;
      const verdict = attempts.spend(`password unfamiliar ${email}`, RATES.unfamiliar, now);
      if (!verdict.ok) throw passwordsPaused(verdict.retryAfterMs);
    },
    wrongPassword: ({ source, familiar }, now) => {
      if (familiar === undefined) attempts.spend(sourceBucket(source), RATES.source, now);
    },
    // The source's own budget stays as it is: who has an account here could fill it up again between guesses at others.
    rightPassword: (email, guesser) => attempts.forget(accountBucket(email, guesser)),
    code: (user, guesser, now) => spend(codeBucket(user, guesser), RATES.code, now),
    rightCode: (user, guesser) => attempts.forget(codeBucket(user, guesser)),
    proof: (user, now) => spend(`proof ${user}`, RATES.code, now),
    rightProof: (user) => attempts.forget(`proof ${user}`),
    signUpPassword: (signUp, now) => spend(`sign-up ${signUp}`, RATES.code, now),
    token: (source, now) => spend(`token ${source}`, RATES.token, now),
    asking: (what, source, now) => spend(`asking ${what} ${source}`, RATES.asking, now),
    mayMail: (what, email, now) => attempts.spend(`mail ${what} ${email}`, RATES.mail, now).ok,
  };
};
