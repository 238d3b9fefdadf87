/**
 * Synthetic people, each with a company of their own, that the checks sign up and delete. Their addresses cannot exist
 * (`canary.invalid`), so that nobody is mailed and nothing warns them; none outlives its check by more than the next one.
 */
import { openCompany } from '../accounts/open-company.ts';
import type { Clock } from '../foundation/clock.ts';
import {
  isId,
  newId,
  type CompanyId,
  type ProjectId,
  type SessionId,
  type UserId,
} from '../foundation/ids.ts';
import { randomSecretBytes, type Secret } from '../foundation/secret.ts';
import type { SessionTicket } from '../gate/claims.ts';
import type { Keys } from '../keys/service.ts';
import type { Receipt } from '../leaving/receipt.ts';
import { deleteAccount } from '../leaving/service.ts';
import type { Database } from '../store/database.ts';
import {
  addCanaryLinks,
  addCanarySession,
  addCanaryUser,
  endCanarySession,
  findCanary,
  readUserAge,
} from './people/store.ts';

export interface CanaryPerson {
  readonly user: UserId;
  readonly email: string;
  readonly name: string;
  readonly company: CompanyId;
  readonly companyName: string;
  readonly project: ProjectId;
  readonly key: string;
  readonly secret: Secret;
  readonly session: SessionId;
  /** `name=value`, as a browser sends it. */
  readonly cookie: string;
}

/** What a canary is for; each check has its own. */
export type CanaryRole =
  | 'erasure'
  | 'leaver'
  | 'sessions'
  | 'audit'
  | 'passwords'
  | 'dataset-owner'
  | 'dataset-stranger';

export interface CanaryPeople {
  /** Throws where another process has just made the one of this role: its check goes on. */
  make(role: CanaryRole): Promise<CanaryPerson>;
  endSession(person: CanaryPerson): Promise<void>;
  /** Deletes the account as its owner would. */
  leave(person: CanaryPerson): Promise<Receipt>;
  /** The same where it is still there. */
  remove(person: CanaryPerson): Promise<void>;
}

export interface CanaryPeopleOptions {
  readonly database: Database;
  readonly keys: Pick<Keys, 'create'>;
  readonly sessionCookie: (ticket: SessionTicket, now: number) => Promise<string>;
  readonly clock: Clock;
}

/** A check takes less; whatever is older was left behind by a process that died. */
const FORGOTTEN_MS = 5 * 60_000;
/** Processes that may be at one check at a time. */
const MOST_AT_ONCE = 8;
const HOUR_MS = 3_600_000;

/** Makes the canaries; nothing is created before it is asked for. */
export const createCanaryPeople = ({
  database,
  keys,
  sessionCookie,
  clock,
}: CanaryPeopleOptions): CanaryPeople => {
  const erase = async (user: UserId, email: string): Promise<void> => {
    await deleteAccount(database, { user, email, now: clock.now() });
  };

  /** Whether nobody has the address, or nobody any more. */
  const isFree = async (email: string): Promise<boolean> => {
    const [found] = await database.run(findCanary, [email]);
    if (found === undefined || !isId('usr', found.user_id)) return true;
    const user = found.user_id;
    const age = await database.user(user, (tx) => tx.one(readUserAge, [user]));
    if (age === undefined) return true;
    if (Math.abs(clock.now() - age.created_at.getTime()) < FORGOTTEN_MS) return false;
    await erase(user, email);
    return true;
  };

  /** A few addresses for each role, so that several processes may check at a time and what one leaves is found. */
  const freeAddress = async (role: CanaryRole): Promise<string> => {
    for (let place = 1; place <= MOST_AT_ONCE; place += 1) {
      const email = `${role}-${place}@canary.invalid`;
      if (await isFree(email)) return email;
    }
    throw new Error('too many processes are at this check');
  };

  const make = async (role: CanaryRole): Promise<CanaryPerson> => {
    const email = await freeAddress(role);
    const now = clock.now();
    const at = new Date(now);
    const [user, company, session] = [newId('usr', now), newId('com', now), newId('ses', now)];
    const word = newId('chk', now).slice(4);
    const [name, companyName] = [`Canary person ${word}`, `Canary company ${word}`];
    const { project } = await database.as({ company, user }, async (tx) => {
      await tx.all(addCanaryUser, [user, email, name, at]);
      const opened = await openCompany(tx, { company, name: companyName, owner: user, now });
      await tx.all(addCanarySession, [session, user, at, new Date(now + HOUR_MS)]);
      // A row in every store that a person can have, as far as the server's own role may write there.
      await tx.all(addCanaryLinks, [
        newId('rst', now),
        newId('emc', now),
        newId('inv', now),
        newId('pky', now),
        user,
        company,
        email,
        at,
        randomSecretBytes(32),
        randomSecretBytes(60),
        name,
      ]);
      return opened;
    });
    const key = await keys.create({ company, project, name: 'Canary' });
    const ticket = {
      session,
      user,
      credentialEpoch: 1,
      proofs: ['pwd'] as const,
      provenAt: now,
      startedAt: now,
    };
    const [cookie = ''] = (await sessionCookie(ticket, now)).split(';', 1);
    return {
      user,
      email,
      name,
      company,
      companyName,
      project,
      key: key.id,
      secret: key.secret,
      session,
      cookie,
    };
  };

  return {
    make,
    endSession: async ({ user, session }) => {
      await database.user(user, (tx) => tx.all(endCanarySession, [user, session, new Date(clock.now())]));
    },
    leave: ({ user, email }) => deleteAccount(database, { user, email, now: clock.now() }),
    remove: async ({ user, email }) => {
      const [found] = await database.run(findCanary, [email]);
      if (found?.user_id === user) await erase(user, email);
    },
  };
};
