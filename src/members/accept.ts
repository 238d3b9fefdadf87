/** Accepting an invitation: by the account that has the invited address, or by a new one that is made for it. */
import { recordAudit } from '../audit/record.ts';
import { lockCompany } from '../audit/store.ts';
import type { Role, SessionCaller } from '../foundation/caller.ts';
import { utcDay } from '../foundation/clock.ts';
import { isId, newId, type CompanyId, type UserId } from '../foundation/ids.ts';
import { digestOfToken, isLinkToken } from '../foundation/link.ts';
import { Secret } from '../foundation/secret.ts';
import type { Request } from '../http/route.ts';
import { sourceOf } from '../limits/source.ts';
import { requireGoodPassword } from '../passwords/policy.ts';
import { mayChangeRole } from '../policy/roles.ts';

import { deviceOf } from '../sessions/browser.ts';
import type { SignedIn, Started } from '../sessions/start.ts';
import type { Transaction } from '../store/transaction.ts';
import { RATES } from './limits.ts';
import type { MemberParts } from './parts.ts';
import {
  alreadyMember,
  linkInvalid,
  linkUsed,
  otherAccount,
  passwordRequired,
  signInRequired,
  sessionEnded,
  tooManyAttempts,
} from './problems.ts';
import {
  findAccount,
  findInvitation,
  insertMember,
  insertPassword,
  insertPerson,
  listMemberships,
  lockPerson,
  readMemberEmail,
  useInvitation,
} from './store.ts';

/** What whoever has the link may know. */
export interface InvitationView {
  readonly company_name: string;
  readonly email: string;
  readonly role: Role;
  readonly has_account: boolean;
  readonly expires_at: string;
}

export interface Acceptance {
  readonly token: string;
  /** For a new account. */
  readonly password?: string | undefined;
  readonly name?: string | undefined;
}

/** Who is accepted where: what the token says, before it is used. */
interface Opened {
  readonly digest: Buffer;
  readonly company: CompanyId;
  readonly companyName: string;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: Date;
  readonly hasAccount: boolean;
}

export interface Accepting {
  /** @throws link_used, link_invalid (410), too_many_attempts (429). */
  read(token: string, request: Request, now: number): Promise<InvitationView>;
  /**
   * Joins the company. Nothing of it happens unless all of it does.
   * @throws link_used, link_invalid (410), sign_in_required (401), other_account (403), already_member (409), and what is
   * wrong with a password (400).
   */
  accept(acceptance: Acceptance, request: Request, now: number): Promise<Started>;
}

/** Opens, reads and uses invitations. */
export const createAccepting = (parts: MemberParts): Accepting => {
  const { database, attempts, hasher, enqueueMail, startSession, identifySession, noteAccess } = parts;

  const open = async (token: string, request: Request, now: number): Promise<Opened> => {
    const verdict = attempts.spend(`token ${sourceOf(request.address.expose())}`, RATES.token, now);
    if (!verdict.ok) throw tooManyAttempts(verdict.retryAfterMs);
    if (!isLinkToken(token)) throw linkInvalid();
    const digest = digestOfToken(new Secret(token));
    const [row] = await database.run(findInvitation, [digest]);
    if (row === undefined || !isId('com', row.company_id)) throw linkInvalid();
    if (row.used_at !== null) throw linkUsed();
    if (row.expires_at.getTime() <= now) throw linkInvalid();
    const hasAccount = (await database.run(findAccount, [row.email])).length > 0;
    return {
      digest,
      company: row.company_id,
      companyName: row.company_name,
      email: row.email,
      role: row.role as Role,
      expiresAt: row.expires_at,
      hasAccount,
    };
  };

  /** Uses the link and adds the member. Whoever invited must still be somebody who may. */
  const join = async (tx: Transaction, opened: Opened, user: UserId, now: number): Promise<void> => {
    const { company, companyName, digest, email } = opened;
    const at = new Date(now);
    // As every change of members does first, so that they cannot wait for each other in a circle.
    await tx.one(lockCompany, [company]);
    const used = await tx.one(useInvitation, [company, digest, at]);
    if (used === undefined) {
      // Between our look and now it was used, or taken back.
      const [row] = await tx.all(findInvitation, [digest]);
      throw row === undefined || row.used_at === null ? linkInvalid() : linkUsed();
    }
    const role = used.role as Role;
    const mayInvite =
      used.by_operator ||
      (used.inviter_role !== null && mayChangeRole(used.inviter_role as Role, undefined, role));
    if (used.email !== email || !mayInvite) throw linkInvalid();
    if ((await tx.one(insertMember, [company, user, role, at])) === undefined) throw alreadyMember();
    await recordAudit(tx, {
      company,
      actor: user,
      action: 'invitations.accept',
      target: used.id,
      details: { role },
      at: now,
    });
    const inviter = used.invited_by;
    if (inviter === null || !isId('usr', inviter)) return;
    const found = await tx.one(readMemberEmail, [company, inviter]);
    if (found === undefined) return;
    const params = { companyName, email, role };
    const about = { recipient: found.email, params, user, company };
    await enqueueMail(tx, { template: 'invitation-accepted', ...about }, now);
  };

  const acceptAs = async (caller: SessionCaller, opened: Opened, now: number): Promise<Started> => {
    const { user, session } = caller;
    const body = await database.as({ company: opened.company, user }, async (tx): Promise<SignedIn> => {
      const person = await tx.one(lockPerson, [user, session]);
      if (person?.is_live !== true) throw sessionEnded();
      // As it is now, and not as it was when the session was remembered.
      if (person.email !== opened.email) throw otherAccount();
      await join(tx, opened, user, now);
      const memberships = await tx.all(listMemberships, [user]);
      return {
        state: 'signed_in',
        user: { id: user, email: person.email, name: person.name },
        memberships: memberships as unknown as SignedIn['memberships'],
      };
    });
    return { body, cookies: [] };
  };

  const acceptAnew = async (
    { password, name }: Acceptance,
    opened: Opened,
    request: Request,
    now: number,
  ): Promise<Started> => {
    const { company, companyName, email } = opened;
    if (password === undefined) throw passwordRequired();
    const secret = new Secret(password);
    const source = sourceOf(request.address.expose());
    const userInputs = [email, companyName, ...(name === undefined ? [] : [name])];
    await requireGoodPassword(hasher, secret, { hasSecondFactor: false, userInputs }, source);
    const phc = await hasher.hash(secret, source);
    const user = newId('usr', now);
    const at = new Date(now);
    return database.as({ company, user }, async (tx) => {
      // Following the link proves the address.
      const made = await tx.one(insertPerson, [user, email, name ?? null, at, utcDay(now)]);
      if (made === undefined) throw signInRequired();
      await tx.all(insertPassword, [user, phc, at]);
      await join(tx, opened, user, now);
      const started = await startSession(tx, {
        user,
        credentialEpoch: made.credential_epoch,
        proofs: ['pwd'],
        device: deviceOf(request.exposeHeader('user-agent')),
        now,
      });
      if (started === undefined) throw sessionEnded();
      return started;
    });
  };

  return {
    read: async (token, request, now) => {
      const opened = await open(token, request, now);
      return {
        company_name: opened.companyName,
        email: opened.email,
        role: opened.role,
        has_account: opened.hasAccount,
        expires_at: opened.expiresAt.toISOString(),
      };
    },
    accept: async (acceptance, request, now) => {
      const opened = await open(acceptance.token, request, now);
      const caller = await identifySession(request, now);
      if (caller !== undefined) {
        const accepted = await acceptAs(caller, opened, now);
        noteAccess(caller.user);
        return accepted;
      }
      if (opened.hasAccount) throw signInRequired();
      return acceptAnew(acceptance, opened, request, now);
    },
  };
};
