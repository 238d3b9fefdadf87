/** Setting a password while signed in: a new one, or the first one of somebody who came with a passkey. */
import type { SessionCaller } from '../foundation/caller.ts';
import type { Secret } from '../foundation/secret.ts';
import type { PasswordHasher } from '../passwords/hasher.ts';
import { requireGoodPassword } from '../passwords/policy.ts';
import type { Database } from '../store/database.ts';
import { lockOwner, renewCredentials, type Renewal } from './credentials.ts';
import { mailPasswordChanged } from './letters.ts';
import { changedMeanwhile, sessionEnded } from './problems.ts';
import {
  findLiveSession,
  hasSecondFactor,
  setPassword,
  voidEmailChanges,
  voidPasswordResets,
} from './store.ts';

export interface PasswordService {
  /**
   * Sets the password; all other sessions, reset links and unconfirmed changes of address end.
   * @param source who asks, as `sourceOf` of limits has it.
   * @throws session_ended (401), a fault of the password (400), changed_meanwhile (409), busy (503).
   */
  change(caller: SessionCaller, password: Secret, source: string, now: number): Promise<Renewal>;
}

export interface PasswordServiceOptions {
  readonly database: Database;
  readonly hasher: Pick<PasswordHasher, 'hash' | 'assess'>;
}

/** What the person is known by, and what would be guessed first. */
const userInputsOf = ({ email, name, memberships }: SessionCaller): readonly string[] => [
  email,
  ...(name === null ? [] : [name]),
  ...[...memberships.values()].map(({ companyName }) => companyName),
  'Vouchsafe',
];

export const createPasswordService = ({ database, hasher }: PasswordServiceOptions): PasswordService => ({
  change: async (caller, password, source, now) => {
    const { user, session } = caller;
    // Asked before the half second of hashing, which an ended session is not worth.
    const isProtected = await database.user(user, async (tx) => {
      const live = await tx.one(findLiveSession, [user, session, new Date(now)]);
      if (live === undefined) throw sessionEnded();
      return (await tx.one(hasSecondFactor, [user]))?.has_factor ?? false;
    });
    const rules = { hasSecondFactor: isProtected, userInputs: userInputsOf(caller) };
    await requireGoodPassword(hasher, password, rules, source);
    const phc = await hasher.hash(password, source);
    return database.user(user, async (tx) => {
      const { email } = await lockOwner(tx, caller, now);
      // A short password is good beside a second factor only; one removed meanwhile leaves nothing to stand beside.
      const stillProtected = (await tx.one(hasSecondFactor, [user]))?.has_factor ?? false;
      if (isProtected && !stillProtected) throw changedMeanwhile();
      await tx.all(setPassword, [user, phc, new Date(now)]);
      await tx.all(voidPasswordResets, [user, new Date(now)]);
      await tx.all(voidEmailChanges, [user, new Date(now)]);
      const renewal = await renewCredentials(tx, user, session, now);
      await mailPasswordChanged(tx, { user, email, now });
      return renewal;
    });
  },
});
