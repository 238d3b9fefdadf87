/** How long things live, how often they may be tried, and what counts as a proof. Pure. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long a link to set a new password works, in milliseconds. */
export const PASSWORD_RESET_MS = 30 * MINUTE;

/** How often something may be tried: so many at once, and one more after each so many milliseconds. */
export const RATES = {
  /** Wrong passwords from one source, whatever the account. */
  source: { burst: 10, everyMs: 20 * SECOND },
  /** Passwords for one address from one source, or from one browser that signed in before. */
  account: { burst: 5, everyMs: 30 * SECOND },
  /** Passwords for one address from all browsers that did not. */
  unfamiliar: { burst: 30, everyMs: MINUTE },
  /** Codes, and proofs of those who are signed in. */
  code: { burst: 5, everyMs: 30 * SECOND },
  /** Mails to one address. One comes before a link of half an hour is over, so that whoever asks for too many leaves a good one there. */
  mail: { burst: 3, everyMs: 10 * MINUTE },
  /** Requests for mails from one source. */
  asking: { burst: 10, everyMs: 30 * SECOND },
  /** Tokens of links, and answers of passkeys, from one source. */
  token: { burst: 20, everyMs: 5 * SECOND },
} as const;

/** The least time, in milliseconds, that a request for a reset link takes, whether there is an account or not. */
export const RESET_ANSWER_MS = 300;

/** What somebody has to prove who they are. */
export interface Credentials {
  readonly hasTotp: boolean;
  readonly passkeys: number;
  readonly recoveryCodes: number;
}

export type SecondFactor = 'totp' | 'passkey' | 'recovery_code';

/** The ways to the second step, the usual one first; none where the password is enough. */
export const secondFactorsOf = ({
  hasTotp,
  passkeys,
  recoveryCodes,
}: Credentials): readonly SecondFactor[] => {
  const methods: SecondFactor[] = [];
  if (hasTotp) methods.push('totp');
  if (passkeys > 0) methods.push('passkey');
  // Codes alone are what is left of a factor, and no factor.
  if (methods.length > 0 && recoveryCodes > 0) methods.push('recovery_code');
  return methods;
};
