/** Sessions that the database has vouched for, in one worker's memory. */
import type { SessionCaller } from '../foundation/caller.ts';
import type { CompanyId, SessionId } from '../foundation/ids.ts';

/** What is the same for all tokens of a session. */
export type SessionPerson = Omit<SessionCaller, 'provenAt' | 'renewal'>;

export interface KnownSession {
  readonly person: SessionPerson;
  readonly credentialEpoch: number;
  /** Milliseconds since the Unix epoch, as is `askedAt`: when the database was asked. */
  readonly expiresAt: number;
  readonly askedAt: number;
  /** The user's write mark before the database was asked. */
  readonly mark: number;
}

export interface SessionMemory {
  get(session: SessionId): KnownSession | undefined;
  put(known: KnownSession): void;
  /** Forgets a session, all of a user, or all of a company's members, by the prefix of the id. */
  forget(id: string): void;
  forgetAll(): void;
  /** Grows whenever something is forgotten; an answer asked for under an older generation may be out of date. */
  readonly generation: number;
  readonly size: number;
}

const isOf = ({ user, memberships }: SessionPerson, id: string): boolean =>
  user === id || memberships.has(id as CompanyId);

/** At most `capacity` sessions, oldest entry out first. Refused ones are not kept. */
export const createSessionMemory = (capacity: number): SessionMemory => {
  const entries = new Map<SessionId, KnownSession>();
  let generation = 0;

  return {
    get: (session) => entries.get(session),
    put: (known) => {
      const { session } = known.person;
      entries.delete(session);
      if (entries.size >= capacity) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
      entries.set(session, known);
    },
    forget: (id) => {
      generation += 1;
      if (entries.delete(id as SessionId)) return;
      for (const [session, { person }] of entries) if (isOf(person, id)) entries.delete(session);
    },
    forgetAll: () => {
      generation += 1;
      entries.clear();
    },
    get generation() {
      return generation;
    },
    get size() {
      return entries.size;
    },
  };
};
