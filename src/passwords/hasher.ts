/** What the rest of the house knows of hashing: the same on the main thread and on the threads that answer requests. */
import type { Secret } from '../foundation/secret.ts';
import type { Assessment } from './strength.ts';

/** Whether a password was right. */
export interface Verdict {
  readonly ok: boolean;
  /** The stored hash was made at another cost than the current one: after a right password, store a new one. */
  readonly outdated: boolean;
}

/**
 * Hashes passwords in threads of their own. Every method rejects with a Problem, 503 `busy` when too much waits or the
 * thread dies, and 429 `rate_limited` when too much of `source` waits.
 * `source` names who asks, as `sourceOf` of limits does; it is kept only while its job waits.
 */
export interface PasswordHasher {
  /** A fresh PHC string. @throws RangeError for a password that no rule lets through (over 1024 code units). */
  hash(password: Secret, source: string): Promise<string>;
  /** `phc` is undefined where there is no such account: the same work is done, and the answer is no. */
  verify(password: Secret, phc: string | undefined, source: string): Promise<Verdict>;
  /** How guessable a password is, to whoever knows `userInputs`. */
  assess(password: Secret, userInputs: readonly string[], source: string): Promise<Assessment>;
  /** Ends the threads; what waits and what runs is answered with 503. */
  close(): Promise<void>;
}
