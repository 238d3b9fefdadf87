/** Invitations by whoever runs the installation, from its command line. */
import type { KeyObject } from 'node:crypto';
import { companyNotFound } from '../audit/problems.ts';
import { recordAudit } from '../audit/record.ts';
import { lockCompany } from '../audit/store.ts';
import { newId, type CompanyId } from '../foundation/ids.ts';
import { digestOfToken, linkToken } from '../foundation/link.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Database } from '../store/database.ts';
import type { NewInvitation } from './invitations.ts';
import { INVITATION_MS, MOST_INVITATIONS } from './limits.ts';
import { alreadyMember, tooManyInvitations } from './problems.ts';
import {
  countInvitations,
  findMemberByEmail,
  insertOperatorInvitation,
  readCompanyName,
  replaceInvitation,
} from './store.ts';

export interface OperatorParts {
  readonly database: Pick<Database, 'company'>;
  /** `deriveKey(master, 'link')`. */
  readonly linkKey: KeyObject;
}

/**
 * Invites an address to a company, to any role; the log says that it was no member. An open invitation for the address is
 * replaced, and its link is void. @returns the company's name.
 * @throws company_not_found (404), already_member, too_many_invitations (409).
 */
export const inviteAsOperator = (
  { database, linkKey }: OperatorParts,
  company: CompanyId,
  { email, role }: NewInvitation,
  now: number,
): Promise<string> =>
  database.company(company, async (tx) => {
    const at = new Date(now);
    await tx.one(lockCompany, [company]);
    const named = await tx.one(readCompanyName, [company]);
    if (named === undefined) throw companyNotFound();
    if ((await tx.one(findMemberByEmail, [company, email])) !== undefined) throw alreadyMember();
    const replaced = await tx.one(replaceInvitation, [company, email]);
    const counted = await tx.one(countInvitations, [company, at]);
    if ((counted?.open ?? 0) >= MOST_INVITATIONS) throw tooManyInvitations();
    const id = newId('inv', now);
    const expiresAt = new Date(now + INVITATION_MS);
    const digest = digestOfToken(linkToken(linkKey, 'invitation', id));
    await tx.all(insertOperatorInvitation, [id, company, email, role, digest, at, expiresAt]);
    const params = { companyName: named.name, role, inviterName: 'Whoever runs this server' };
    const link = { purpose: 'invitation', id } as const;
    await enqueueMail(
      tx,
      { template: 'invitation', recipient: email, params, link, expiresAt, company },
      now,
    );
    const renewed = replaced !== undefined && replaced.expires_at > at;
    await recordAudit(tx, {
      company,
      actor: null,
      action: 'invitations.create',
      target: id,
      details: { role, renewed, by_operator: true },
      at: now,
    });
    return named.name;
  });
