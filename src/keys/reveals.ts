/** What the link of a reveal leads to: the key that it is for, and a new secret of it, shown once to an owner or admin. */
import { changeAsMember } from '../audit/change.ts';
import type { SessionCaller } from '../foundation/caller.ts';
import { isId, type CompanyId } from '../foundation/ids.ts';
import { digestOfToken, isLinkToken, linkInvalid } from '../foundation/link.ts';
import type { Problem } from '../foundation/problem.ts';
import { Secret } from '../foundation/secret.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { keyForMail } from './mail.ts';
import { keyRevoked } from './problems.ts';
import { rotateAndTell, type RotateParts, type ShownSecret } from './rotate.ts';
import { shownKey, type KeyRow, type ShownKey } from './shown-key.ts';
import { findReveal, lockKey, useReveal } from './store.ts';

export interface RevealParts extends RotateParts {
  readonly database: Pick<Database, 'as' | 'run'>;
}

/** What whoever may use the link is shown first. */
export interface RevealView {
  readonly company: CompanyId;
  readonly company_name: string;
  readonly project_name: string;
  readonly key: ShownKey;
  readonly expires_at: string;
}

/** Who follows a link, and when. */
export interface Following {
  readonly caller: SessionCaller;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export interface Reveals {
  /** Uses nothing up. @throws link_invalid (410), company_not_found (404), forbidden (403), key_revoked (409). */
  read(following: Following, token: string): Promise<RevealView>;
  /** The same; the link is used if and only if the secret is made. */
  use(following: Following, token: string, overlapHours: number): Promise<ShownSecret>;
}

const PERMISSION = { permission: 'keys.reveal' } as const;

const gone = (): Problem =>
  linkInvalid('It works once, for 15 minutes. Ask who runs this server for another.');

interface Opened {
  readonly digest: Buffer;
  readonly company: CompanyId;
  readonly key: string;
  readonly expiresAt: Date;
}

/** The key of a link, which nobody else changes before the transaction ends. */
const readKey = async (tx: Transaction, { company, key }: Opened): Promise<KeyRow> => {
  const row = await tx.one(lockKey, [company, key]);
  if (row === undefined) throw gone();
  if (row.revoked_at !== null) throw keyRevoked();
  return row;
};

export const createReveals = ({ database, ...parts }: RevealParts): Reveals => {
  const open = async (token: string, now: number): Promise<Opened> => {
    if (!isLinkToken(token)) throw gone();
    const digest = digestOfToken(new Secret(token));
    const [row] = await database.run(findReveal, [digest]);
    if (row === undefined || row.used_at !== null || row.expires_at.getTime() <= now) throw gone();
    if (!isId('com', row.company_id)) throw gone();
    return { digest, company: row.company_id, key: row.key_id, expiresAt: row.expires_at };
  };

  return {
    read: async ({ caller, now }, token) => {
      const opened = await open(token, now);
      const { company } = opened;
      return changeAsMember(database, { company, caller, now }, PERMISSION, async ({ tx }) => {
        const row = await readKey(tx, opened);
        const about = isId('key', row.id) ? await keyForMail(tx, company, row.id) : undefined;
        if (about === undefined) throw gone();
        const value = {
          company,
          company_name: about.companyName,
          project_name: about.projectName,
          key: shownKey(row, now),
          expires_at: opened.expiresAt.toISOString(),
        };
        return { value };
      });
    },
    use: async ({ caller, now }, token, overlapHours) => {
      const opened = await open(token, now);
      const { company, digest } = opened;
      return changeAsMember(database, { company, caller, now }, PERMISSION, async ({ tx, at }) => {
        // Between our look and now it may have been used, replaced or swept.
        if ((await tx.one(useReveal, [company, digest, at])) === undefined) throw gone();
        const row = await readKey(tx, opened);
        const value = await rotateAndTell(tx, parts, { company, row, overlapHours, now });
        const details = { name: row.name, overlap_hours: overlapHours };
        return { value, event: { action: 'key-reveals.use', target: row.id, details } };
      });
    },
  };
};
