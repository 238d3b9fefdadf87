/** Invitations: made, listed and withdrawn by members. */
import { changeAsMember, type Acting } from '../audit/change.ts';
import type { Role } from '../foundation/caller.ts';
import { newId, type CompanyId, type Id, type UserId } from '../foundation/ids.ts';
import { digestOfToken, linkToken } from '../foundation/link.ts';
import { mayChangeRole } from '../policy/roles.ts';
import { INVITATION_MS, MOST_INVITATIONS, RATES } from './limits.ts';
import type { MemberParts } from './parts.ts';
import {
  alreadyMember,
  invitationNotFound,
  roleOutOfReach,
  tooManyAttempts,
  tooManyInvitations,
} from './problems.ts';
import {
  countInvitations,
  deleteInvitation,
  findMemberByEmail,
  insertInvitation,
  listInvitations,
  lockInvitation,
  readCompanyName,
  replaceInvitation,
} from './store.ts';

/** An invitation as the API shows it. */
export interface ShownInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly created_at: string;
  readonly expires_at: string;
  readonly invited_by: string | null;
}

type Parts = Pick<MemberParts, 'database' | 'linkKey' | 'attempts' | 'enqueueMail'>;

/** Invitations that can still be accepted, newest first. */
export const listOpenInvitations = async (
  { database }: Pick<Parts, 'database'>,
  { company, user }: { readonly company: CompanyId; readonly user: UserId },
  now: number,
): Promise<ShownInvitation[]> => {
  const rows = await database.as({ company, user }, (tx) =>
    tx.all(listInvitations, [company, new Date(now)]),
  );
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    role: row.role as Role,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    invited_by: row.invited_by,
  }));
};

export interface NewInvitation {
  /** Canonical. */
  readonly email: string;
  readonly role: Role;
}

/** Mails cost the reputation of whoever runs the house, and the nerves of whoever gets them. */
const slowDown = ({ attempts }: Parts, { company, caller, now }: Acting, email: string): void => {
  for (const [bucket, rate] of [
    [`invited ${company} ${email}`, RATES.invited],
    [`inviting ${caller.user}`, RATES.inviting],
  ] as const) {
    const verdict = attempts.spend(bucket, rate, now);
    if (!verdict.ok) throw tooManyAttempts(verdict.retryAfterMs);
  }
};

/**
 * Invites an address. An open invitation for it is replaced, and its link is void.
 * @throws forbidden (403), already_member, too_many_invitations (409), too_many_attempts (429).
 */
export const invite = async (
  parts: Parts,
  acting: Acting,
  { email, role }: NewInvitation,
): Promise<ShownInvitation> => {
  slowDown(parts, acting, email);
  const { database, linkKey, enqueueMail } = parts;
  return changeAsMember(
    database,
    acting,
    { permission: 'members.invite', alone: true },
    async ({ tx, at, role: actor }) => {
      const { company, caller, now } = acting;
      if (!mayChangeRole(actor, undefined, role)) throw roleOutOfReach();
      if ((await tx.one(findMemberByEmail, [company, email])) !== undefined) throw alreadyMember();
      const replaced = await tx.one(replaceInvitation, [company, email]);
      const isRenewal = replaced !== undefined && replaced.expires_at > at;
      // Who may not make an owner may not take an owner's invitation away either.
      if (isRenewal && !mayChangeRole(actor, replaced.role as Role, role)) throw roleOutOfReach();
      const counted = await tx.one(countInvitations, [company, at]);
      if ((counted?.open ?? 0) >= MOST_INVITATIONS) throw tooManyInvitations();
      const id = newId('inv', now);
      const expiresAt = new Date(now + INVITATION_MS);
      const digest = digestOfToken(linkToken(linkKey, 'invitation', id));
      await tx.all(insertInvitation, [id, company, email, role, caller.user, digest, at, expiresAt]);
      const named = await tx.one(readCompanyName, [company]);
      const params = { companyName: named?.name ?? '', role, inviterName: caller.name };
      const link = { purpose: 'invitation', id } as const;
      await enqueueMail(
        tx,
        { template: 'invitation', recipient: email, params, link, expiresAt, company },
        now,
      );
      return {
        value: {
          id,
          email,
          role,
          created_at: at.toISOString(),
          expires_at: expiresAt.toISOString(),
          invited_by: caller.user,
        },
        // Not the address: the log outlives whoever it belongs to.
        event: { action: 'invitations.create', target: id, details: { role, renewed: isRenewal } },
      };
    },
  );
};

/** @throws invitation_not_found (404), also the second time; forbidden (403) where only an owner could have made it. */
export const withdrawInvitation = (
  { database }: Pick<Parts, 'database'>,
  acting: Acting,
  invitation: Id<'inv'>,
): Promise<void> =>
  changeAsMember(
    database,
    acting,
    { permission: 'members.invite', alone: true },
    async ({ tx, at, role }) => {
      const { company } = acting;
      const found = await tx.one(lockInvitation, [company, invitation, at]);
      if (found === undefined) throw invitationNotFound();
      if (!mayChangeRole(role, undefined, found.role as Role)) throw roleOutOfReach();
      await tx.all(deleteInvitation, [company, invitation]);
      return {
        value: undefined,
        event: { action: 'invitations.withdraw', target: invitation, details: { role: found.role } },
      };
    },
  );
