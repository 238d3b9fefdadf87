/** Invitations to a dataset by mail: the only way to people outside, and the same whether an address has an account or not. */
import { changeAsMember, type Acting } from '../../audit/change.ts';
import { recordAudit } from '../../audit/record.ts';
import { isId, newId, type CompanyId, type Id } from '../../foundation/ids.ts';
import { digestOfToken, isLinkToken, linkToken } from '../../foundation/link.ts';
import { Secret } from '../../foundation/secret.ts';
import type { Request } from '../../http/route.ts';
import type { Database } from '../../store/database.ts';
import type { Given } from './grants.ts';
import { INVITATION_MS, MOST_GRANTS, MOST_INVITATIONS, RATES } from './limits.ts';
import { findManaged, parseUntil, type Managing } from './managed.ts';
import type { SharingParts } from './parts.ts';
import {
  invitationNotFound,
  linkInvalid,
  linkUsed,
  otherAccount,
  outsideNotAllowed,
  sessionEnded,
  tooManyAttempts,
  tooManyGrants,
  tooManyInvitations,
} from './problems.ts';
import {
  acceptInvitation,
  countGrants,
  countInvitations,
  findInvitation,
  insertInvitation,
  isLive,
  listInvitations,
  replaceInvitation,
  withdrawInvitation,
} from './store.ts';

/** An invitation as the API shows it. */
export interface ShownInvitation {
  readonly id: string;
  readonly email: string;
  readonly right: Given;
  readonly until: string | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly invited_by: string | null;
}

/** Invitations that can still be accepted, newest first. @throws dataset_not_found (404), forbidden (403). */
export const showInvitations = (
  database: Pick<Database, 'as'>,
  managing: Managing,
  reference: string,
): Promise<ShownInvitation[]> =>
  database.as(managing, async (tx) => {
    const dataset = await findManaged(tx, managing, reference);
    const rows = await tx.all(listInvitations, [managing.company, dataset.id, new Date(managing.now)]);
    return rows.map((row) => ({
      id: row.id,
      email: row.email,
      right: row.right as Given,
      until: row.until?.toISOString() ?? null,
      created_at: row.created_at.toISOString(),
      expires_at: row.expires_at.toISOString(),
      invited_by: row.invited_by,
    }));
  });

export interface NewInvitation {
  /** Canonical. */
  readonly email: string;
  readonly right: Given;
  readonly until?: string | undefined;
}

type Inviting = Pick<SharingParts, 'database' | 'linkKey' | 'enqueueMail' | 'spend'>;

/**
 * Mails a link with which whoever has this address takes the right, in the name of one of their companies. An open
 * invitation for the address is replaced. Nothing in the answer depends on whether the address has an account.
 * @throws dataset_not_found (404), forbidden (403), outside_not_allowed, too_many_invitations, too_many_grants (409),
 * until_invalid (400), too_many_attempts (429).
 */
export const invite = async (
  { database, linkKey, enqueueMail, spend }: Inviting,
  acting: Acting,
  reference: string,
  { email, right, until: end }: NewInvitation,
): Promise<ShownInvitation> => {
  const { company, caller, now } = acting;
  const wait =
    spend(`dataset-invited ${company} ${email}`, RATES.invited, now) ||
    spend(`inviting ${caller.user}`, RATES.inviting, now);
  if (wait > 0) throw tooManyAttempts(wait);
  return changeAsMember(
    database,
    acting,
    { permission: 'datasets.make', alone: true },
    async ({ tx, at }) => {
      const dataset = await findManaged(tx, { company, user: caller.user, now }, reference);
      if (!dataset.may_be_shared_outside) throw outsideNotAllowed();
      const until = parseUntil(end, now);
      const replaced = await tx.one(replaceInvitation, [company, dataset.id, email]);
      if (((await tx.one(countInvitations, [company, at]))?.open ?? 0) >= MOST_INVITATIONS)
        throw tooManyInvitations();
      if (((await tx.one(countGrants, [company, dataset.id]))?.grants ?? 0) >= MOST_GRANTS)
        throw tooManyGrants();
      const id = newId('din', now);
      const expiresAt = new Date(Math.min(now + INVITATION_MS, until?.getTime() ?? Infinity));
      const digest = digestOfToken(linkToken(linkKey, 'dataset-invitation', id));
      await tx.all(insertInvitation, [
        ...([id, dataset.id, company, email, right, until ?? null, caller.user, digest, at] as const),
        expiresAt,
      ]);
      const params = {
        companyName: dataset.company_name,
        datasetName: dataset.name,
        inviterName: caller.name,
        right,
        until: until?.toISOString() ?? null,
      };
      const link = { purpose: 'dataset-invitation', id } as const;
      await enqueueMail(
        tx,
        { template: 'dataset-invitation', recipient: email, params, link, expiresAt, company },
        now,
      );
      return {
        value: {
          id,
          email,
          right,
          until: until?.toISOString() ?? null,
          created_at: at.toISOString(),
          expires_at: expiresAt.toISOString(),
          invited_by: caller.user,
        },
        // Not the address: the log outlives whoever it belongs to.
        event: {
          action: 'datasets.invite',
          target: dataset.id,
          details: {
            invitation: id,
            right,
            until: until?.toISOString() ?? null,
            renewed: replaced !== undefined,
          },
        },
      };
    },
  );
};

/** Its link is void at once. @throws dataset_not_found, invitation_not_found (404), forbidden (403). */
export const withdraw = (
  database: Pick<Database, 'as'>,
  acting: Acting,
  reference: string,
  invitation: Id<'din'>,
): Promise<void> =>
  changeAsMember(database, acting, { permission: 'datasets.make' }, async ({ tx, at }) => {
    const { company, caller, now } = acting;
    const dataset = await findManaged(tx, { company, user: caller.user, now }, reference);
    const gone = await tx.one(withdrawInvitation, [company, dataset.id, invitation, at]);
    if (gone === undefined) throw invitationNotFound();
    return {
      value: undefined,
      event: {
        action: 'datasets.withdraw-invitation',
        target: dataset.id,
        details: { invitation, right: gone.right },
      },
    };
  });

/** What whoever has the link may know. */
export interface InvitationView {
  readonly company_name: string;
  readonly dataset_name: string;
  readonly email: string;
  readonly right: Given;
  readonly until: string | null;
  readonly expires_at: string;
}

interface Opened extends InvitationView {
  readonly company: CompanyId;
  readonly digest: Buffer;
}

type Opening = Pick<SharingParts, 'database' | 'spendToken'>;

const open = async (
  { database, spendToken }: Opening,
  token: string,
  request: Request,
  now: number,
): Promise<Opened> => {
  const wait = spendToken(request.address, now);
  if (wait > 0) throw tooManyAttempts(wait);
  if (!isLinkToken(token)) throw linkInvalid();
  const digest = digestOfToken(new Secret(token));
  const [row] = await database.run(findInvitation, [digest]);
  if (row === undefined || !isId('com', row.company_id)) throw linkInvalid();
  if (row.used_at !== null) throw linkUsed();
  if (row.expires_at.getTime() <= now) throw linkInvalid();
  return {
    company: row.company_id,
    digest,
    company_name: row.company_name,
    dataset_name: row.dataset_name,
    email: row.email,
    right: row.right as Given,
    until: row.until?.toISOString() ?? null,
    expires_at: row.expires_at.toISOString(),
  };
};

/** Reading does not use it. @throws link_used, link_invalid (410), too_many_attempts (429). */
export const readInvitation = (
  parts: Opening,
  token: string,
  request: Request,
  now: number,
): Promise<InvitationView> => open(parts, token, request, now);

/** What somebody may do from now on. */
export interface Accepted {
  readonly dataset: string;
  readonly dataset_name: string;
  readonly right: Given;
  readonly until: string | null;
}

/**
 * Takes the right, in the name of the company in which the caller acts; whoever invited must still manage the dataset, and
 * it must still be let out. The owning company learns address, name and the name of that company.
 * A right they have already that is stronger or longer stays as it is.
 * @throws link_used, link_invalid (410), other_account (403), too_many_grants (409), session_ended (401), too_many_attempts (429).
 */
export const accept = async (
  parts: Opening & Pick<SharingParts, 'enqueueMail'>,
  { company: acting, caller, now, companyName }: Acting & { readonly companyName: string },
  token: string,
  request: Request,
): Promise<Accepted> => {
  const opened = await open(parts, token, request, now);
  const { company, digest, email } = opened;
  const { user, session } = caller;
  return parts.database.as({ company, user }, async (tx) => {
    if ((await tx.one(isLive, [user, session]))?.live !== true) throw sessionEnded();
    const grant = newId('grt', now);
    const row = await tx.one(acceptInvitation, [digest, grant, acting, new Date(now)]);
    if (row === undefined) throw linkInvalid();
    const { outcome, dataset_id: dataset, dataset_name: name, inviter_email: inviter } = row;
    if (outcome === 'other_account') throw otherAccount();
    if (outcome === 'link_used') throw linkUsed();
    if (outcome === 'too_many_grants') throw tooManyGrants();
    if (outcome !== 'accepted' || dataset === null || name === null) throw linkInvalid();
    const right = row.right as Given;
    const until = row.until?.toISOString() ?? null;
    await recordAudit(tx, {
      company,
      actor: user,
      action: 'datasets.accept-invitation',
      target: dataset,
      details: { right, until },
      at: now,
    });
    const params = {
      companyName: opened.company_name,
      datasetName: name,
      email,
      theirCompanyName: companyName,
      right,
    };
    if (inviter !== null)
      await parts.enqueueMail(
        tx,
        { template: 'dataset-invitation-accepted', recipient: inviter, params, user, company },
        now,
      );
    return { dataset, dataset_name: name, right, until };
  });
};
