/** The link by which whoever runs the installation lets an owner make a new secret; they never see one themselves. */
import type { KeyObject } from 'node:crypto';
import { recordAudit } from '../audit/record.ts';
import { newId, type CompanyId, type KeyId } from '../foundation/ids.ts';
import { digestOfToken, linkToken } from '../foundation/link.ts';
import type { Database } from '../store/database.ts';
import { REVEAL_MS } from './limits.ts';
import { keyForMail, ownersOf, type EnqueueMail } from './mail.ts';
import { keyNotFound, keyRevoked, noOwner } from './problems.ts';
import { insertReveal, lockKey, replaceReveal } from './store.ts';

export interface RevealLinkParts {
  readonly database: Pick<Database, 'company'>;
  /** `deriveKey(master, 'link')`. */
  readonly linkKey: KeyObject;
  readonly enqueueMail: EnqueueMail;
}

/**
 * Mails a link to the owners of a key's company. It works once, for a quarter of an hour; one that was sent before for the
 * same key is void. @returns how many owners get it.
 * @throws key_not_found (404), key_revoked, no_owner (409).
 */
export const sendRevealLink = (
  { database, linkKey, enqueueMail }: RevealLinkParts,
  company: CompanyId,
  key: KeyId,
  now: number,
): Promise<number> =>
  database.company(company, async (tx) => {
    const row = await tx.one(lockKey, [company, key]);
    const about = await keyForMail(tx, company, key);
    if (row === undefined || about === undefined) throw keyNotFound();
    if (row.revoked_at !== null) throw keyRevoked();
    const owners = await ownersOf(tx, company);
    if (owners.length === 0) throw noOwner();
    const id = newId('rvl', now);
    const expiresAt = new Date(now + REVEAL_MS);
    const digest = digestOfToken(linkToken(linkKey, 'key-reveal', id));
    await tx.all(replaceReveal, [company, key]);
    await tx.all(insertReveal, [id, company, key, digest, new Date(now), expiresAt]);
    const { companyName, projectName, keyName } = about;
    const params = { companyName, projectName, keyName };
    const link = { purpose: 'key-reveal', id } as const;
    for (const recipient of owners)
      await enqueueMail(tx, { template: 'key-reveal', params, link, expiresAt, ...recipient }, now);
    const details = { name: keyName, owners: owners.length };
    await recordAudit(tx, {
      company,
      actor: null,
      action: 'key-reveals.create',
      target: key,
      details,
      at: now,
    });
    return owners.length;
  });
