import type { KeyObject } from 'node:crypto';
import type { SessionCaller } from '../foundation/caller.ts';
import type { UserId } from '../foundation/ids.ts';
import type { Request } from '../http/route.ts';
import type { Attempts } from '../limits/attempts.ts';
import type { Mail } from '../mail/outbox.ts';
import type { PasswordHasher } from '../passwords/hasher.ts';
import type { StartSession } from '../sessions/start.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';

/** What the endpoints of members and invitations are made of. */
export interface MemberParts {
  readonly database: Database;
  /** `deriveKey(master, 'link')`. */
  readonly linkKey: KeyObject;
  readonly attempts: Attempts;
  readonly hasher: PasswordHasher;
  /** Puts a mail into the outbox in the same transaction. */
  readonly enqueueMail: (tx: Transaction, mail: Mail, now: number) => Promise<unknown>;
  readonly startSession: StartSession;
  /** The memberships of somebody have changed: what this process remembers of their sessions counts for nothing. */
  readonly noteAccess: (user: UserId) => void;
  /** Who is signed in with this request, for the one public endpoint that asks; undefined where nobody is. */
  readonly identifySession: (request: Request, now: number) => Promise<SessionCaller | undefined>;
}
