/** The sessions of one user: which there are, and ending them. */
import type { SessionCaller } from '../foundation/caller.ts';
import type { SessionId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { sessionNotFound, sessionEnded } from './problems.ts';
import { endOtherSessions, endSession, listSessions, readCredentials } from './store.ts';

export interface SessionSummary {
  readonly id: SessionId;
  readonly current: boolean;
  readonly createdAt: Date;
  /** To the quarter of an hour. */
  readonly seenAt: Date;
  readonly browser: string;
  readonly platform: string;
  /** Whether a second factor was shown. */
  readonly isStrong: boolean;
}

/** Ended sessions are refused by every worker within milliseconds: the database tells them. */
export interface Sessions {
  /** Newest first, at most 200. */
  list(caller: SessionCaller, now: number): Promise<readonly SessionSummary[]>;
  /** @throws session_not_found for one that is over, never was, or is somebody else's. */
  end(caller: SessionCaller, session: SessionId, now: number): Promise<void>;
  /** Ends the caller's own; one that ended meanwhile is no error. */
  endOwn(caller: SessionCaller, now: number): Promise<void>;
  /** How many were ended. */
  endOthers(caller: SessionCaller, now: number): Promise<number>;
  countRecoveryCodes(caller: SessionCaller): Promise<number>;
}

export const createSessions = (database: Database): Sessions => ({
  list: async ({ user, session }, now) => {
    const rows = await database.user(user, (tx) => tx.all(listSessions, [user, new Date(now)]));
    return rows.map((row) => ({
      id: row.id as SessionId,
      current: row.id === session,
      createdAt: row.created_at,
      seenAt: row.seen_at,
      browser: row.browser,
      platform: row.platform,
      isStrong: row.is_strong,
    }));
  },
  end: async ({ user }, session, now) => {
    const ended = await database.user(user, (tx) => tx.one(endSession, [user, session, new Date(now)]));
    if (ended === undefined) throw sessionNotFound();
  },
  endOwn: async ({ user, session }, now) => {
    await database.user(user, (tx) => tx.one(endSession, [user, session, new Date(now)]));
  },
  endOthers: async ({ user, session }, now) => {
    const ended = await database.user(user, (tx) => tx.all(endOtherSessions, [user, session, new Date(now)]));
    return ended.length;
  },
  countRecoveryCodes: async ({ user }) => {
    const row = await database.user(user, (tx) => tx.one(readCredentials, [user]));
    if (row === undefined) throw sessionEnded();
    return row.recovery_codes;
  },
});
