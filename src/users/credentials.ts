/** What every change of somebody's ways in has in common: one at a time, by a session that still counts, heard by all. */
import type { SessionCaller } from '../foundation/caller.ts';
import type { SessionId, UserId } from '../foundation/ids.ts';
import type { Transaction } from '../store/transaction.ts';
import { sessionEnded } from './problems.ts';
import { endSessions, findLiveSession, keepSession, lockUser, raiseEpoch, setStrength } from './store.ts';

/** The user as the lock found them. */
export interface Owner {
  readonly email: string;
  readonly name: string | null;
  readonly credentialEpoch: number;
}

/**
 * Locks the user of a session before anything of theirs changes, so that two tabs follow each other, and looks whether
 * the session still counts: a request may have been let in just before another one ended it.
 * Take this lock first: a transaction that takes it after touching a session waits for one that waits for it.
 * @param tx of this user. @throws session_ended (401).
 */
export const lockOwner = async (
  tx: Transaction,
  { user, session }: Pick<SessionCaller, 'user' | 'session'>,
  now: number,
): Promise<Owner> => {
  const row = await tx.one(lockUser, [user]);
  const live = row === undefined ? undefined : await tx.one(findLiveSession, [user, session, new Date(now)]);
  if (row === undefined || live === undefined) throw sessionEnded();
  return { email: row.email, name: row.name, credentialEpoch: row.credential_epoch };
};

/** What became of somebody's sessions. */
export interface Renewal {
  /** Under which the session that was kept goes on; its cookie has to be made anew (`cookiesToGoOn`). */
  readonly credentialEpoch: number;
  readonly sessionsEnded: number;
}

/**
 * Ends what stood on the credentials of before: every session but `kept` (null: every one), whoever is between password
 * and second factor, and the browsers that were known.
 */
export const renewCredentials = async (
  tx: Transaction,
  user: UserId,
  kept: SessionId | null,
  now: number,
): Promise<Renewal> => {
  const epoch = await tx.one(raiseEpoch, [user]);
  if (epoch === undefined) throw sessionEnded();
  if (kept !== null) await tx.all(keepSession, [user, kept, epoch.credential_epoch]);
  const ended = await tx.all(endSessions, [user, kept, new Date(now)]);
  return { credentialEpoch: epoch.credential_epoch, sessionsEnded: ended.length };
};

/** Says whether the session counts as one with a second factor. */
export const setSessionStrength = async (
  tx: Transaction,
  { user, session }: Pick<SessionCaller, 'user' | 'session'>,
  isStrong: boolean,
): Promise<void> => {
  await tx.all(setStrength, [user, session, isStrong]);
};
