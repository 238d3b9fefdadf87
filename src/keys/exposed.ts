/** Secrets that others may have seen: reported by whoever holds one, or seen to travel in plain text. */
import type { KeyObject } from 'node:crypto';
import { recordAudit } from '../audit/record.ts';
import { isId, type CompanyId, type KeyId } from '../foundation/ids.ts';
import { hmacSha256 } from '../foundation/secret.ts';
import { isWellFormedKey } from '../gate/key-format.ts';
import { findSecret } from '../gate/store.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { keyForMail, ownersOf, type EnqueueMail } from './mail.ts';
import { secretMalformed } from './problems.ts';
import { endPreviousSecret, lockSecret, markExposed, revokeKey } from './store.ts';

export interface ExposedKeysParts {
  readonly database: Pick<Database, 'company' | 'run'>;
  readonly pepper: KeyObject;
  readonly enqueueMail: EnqueueMail;
}

export interface ExposedKeys {
  /**
   * Ends a secret that somebody found: the whole pair where it is the present one, it alone where it is the one before the
   * last rotation. Does the same to the outside for a secret that is none. @throws invalid_request (400).
   */
  report(secret: string, now: number): Promise<void>;
  /** Marks the pair of a secret that came over plain HTTP; resolves to whether the pair is revoked. */
  seenInPlainText(company: CompanyId, key: KeyId, now: number): Promise<boolean>;
}

const REASON = 'its secret was reported as exposed';

interface Exposure {
  readonly how: 'plain-http' | 'reported';
  /** What is over now. */
  readonly ended: 'pair' | 'previous-secret' | 'nothing';
}

export const createExposedKeys = ({ database, pepper, enqueueMail }: ExposedKeysParts): ExposedKeys => {
  const tell = async (
    tx: Transaction,
    company: CompanyId,
    key: KeyId,
    exposure: Exposure,
    now: number,
  ): Promise<void> => {
    const about = await keyForMail(tx, company, key);
    if (about === undefined) return;
    const { companyName, projectName, keyName } = about;
    const details = { name: keyName, ...exposure };
    await recordAudit(tx, { company, actor: null, action: 'keys.expose', target: key, details, at: now });
    const params = { companyName, projectName, keyName, ...exposure };
    for (const recipient of await ownersOf(tx, company))
      await enqueueMail(tx, { template: 'key-exposed', params, ...recipient }, now);
  };

  return {
    report: async (secret, now) => {
      if (!isWellFormedKey('sk', secret)) throw secretMalformed();
      const digest = hmacSha256(pepper, secret);
      const [found] = await database.run(findSecret, [digest]);
      if (found === undefined || !isId('key', found.key_id) || !isId('com', found.company_id)) return;
      const { key_id: key, company_id: company } = found;
      await database.company(company, async (tx) => {
        const row = await tx.one(lockSecret, [company, key, digest]);
        // Rotated away, revoked or reported by somebody else meanwhile: it is over, and the owners know.
        if (row === undefined || row.revoked_at !== null) return;
        if (row.is_current) {
          await tx.one(revokeKey, [company, key, new Date(now), REASON]);
          await tx.one(markExposed, [key, new Date(now)]);
        } else await tx.one(endPreviousSecret, [company, key]);
        const ended = row.is_current ? 'pair' : 'previous-secret';
        await tell(tx, company, key, { how: 'reported', ended }, now);
      });
    },
    seenInPlainText: (company, key, now) =>
      database.company(company, async (tx) => {
        const row = await tx.one(markExposed, [key, new Date(now)]);
        if (row === undefined) return false;
        // Once for an exposure, not for each request of a program that goes on.
        if (row.is_new)
          await tell(tx, company, key, { how: 'plain-http', ended: row.revoked ? 'pair' : 'nothing' }, now);
        return row.revoked;
      }),
  };
};
