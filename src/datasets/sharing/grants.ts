/** Rights on one dataset that single people have: given to members, changed and taken away by those who manage it. */
import { changeAsMember, type Acting } from '../../audit/change.ts';
import { newId, type Id, type UserId } from '../../foundation/ids.ts';
import type { Database } from '../../store/database.ts';
import { MOST_GRANTS } from './limits.ts';
import { findManaged, parseUntil, type Managing } from './managed.ts';
import type { SharingParts } from './parts.ts';
import { alreadyShared, grantNotFound, memberNotFound, tooManyGrants, untilInvalid } from './problems.ts';
import {
  countGrants,
  deleteGrant,
  findMember,
  insertGrant,
  listGrants,
  updateGrant,
  voidInvitations,
} from './store.ts';

export type Given = 'read' | 'modify';

/** A grant as the API shows it. */
export interface ShownGrant {
  readonly id: string;
  readonly user: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly company: { readonly id: string; readonly name: string | null };
  readonly right: Given;
  readonly until: string | null;
  readonly granted_by: string | null;
  readonly granted_at: string;
  readonly counts: boolean;
}

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly acting_company_id: string;
  readonly company_name: string | null;
  readonly right: string;
  readonly until: Date | null;
  readonly granted_by: string | null;
  readonly granted_at: Date;
}

const shown = (row: Row, isOpen: boolean, { company, now }: Managing): ShownGrant => ({
  id: row.id,
  user: row.user_id,
  name: row.name,
  email: row.email,
  company: { id: row.acting_company_id, name: row.company_name },
  right: row.right as Given,
  until: row.until?.toISOString() ?? null,
  granted_by: row.granted_by,
  granted_at: row.granted_at.toISOString(),
  counts: (row.until === null || row.until.getTime() > now) && (row.acting_company_id === company || isOpen),
});

/** One page of the grants of a dataset, those that have ended as well. */
export interface GrantPage {
  readonly items: ShownGrant[];
  /** What to ask with for the grants after these; null where there are none. */
  readonly next: string | null;
}

/** @param after the `next` of the page before. @throws dataset_not_found (404), forbidden (403). */
export const showGrants = (
  database: Pick<Database, 'as'>,
  managing: Managing,
  reference: string,
  after: string | undefined,
): Promise<GrantPage> =>
  database.as(managing, async (tx) => {
    const dataset = await findManaged(tx, managing, reference);
    const rows = await tx.all(listGrants, [
      managing.company,
      dataset.id,
      null,
      MOST_GRANTS + 1,
      after ?? null,
    ]);
    const items = rows
      .slice(0, MOST_GRANTS)
      .map((row) => shown(row, dataset.may_be_shared_outside, managing));
    return { items, next: rows.length > MOST_GRANTS ? (items.at(-1)?.id ?? null) : null };
  });

export interface NewGrant {
  readonly user: UserId;
  readonly right: Given;
  readonly until?: string | undefined;
}

/**
 * Gives a member of the company a right, and mails them.
 * @throws dataset_not_found, member_not_found (404), forbidden (403), already_shared, too_many_grants (409), until_invalid (400).
 */
export const share = (
  { database, enqueueMail }: Pick<SharingParts, 'database' | 'enqueueMail'>,
  acting: Acting,
  reference: string,
  { user, right, until: end }: NewGrant,
): Promise<ShownGrant> =>
  changeAsMember(database, acting, { permission: 'datasets.make' }, async ({ tx, at }) => {
    const { company, caller, now } = acting;
    const managing = { company, user: caller.user, now };
    const dataset = await findManaged(tx, managing, reference);
    const until = parseUntil(end, now);
    const member = await tx.one(findMember, [company, user]);
    if (member === undefined) throw memberNotFound();
    const counted = await tx.one(countGrants, [company, dataset.id]);
    if ((counted?.grants ?? 0) >= MOST_GRANTS) throw tooManyGrants();
    const id = newId('grt', now);
    const row = await tx.one(insertGrant, [
      ...([id, dataset.id, company, user, company, right, caller.user, at, until ?? null] as const),
      ...([null, null, null] as const),
    ]);
    if (row === undefined) throw alreadyShared();
    const [made] = await tx.all(listGrants, [company, dataset.id, id, 1, null]);
    if (made === undefined) throw grantNotFound();
    const params = {
      companyName: dataset.company_name,
      datasetName: dataset.name,
      company,
      dataset: dataset.id,
      granterName: caller.name,
      right,
      until: until?.toISOString() ?? null,
    };
    if (user !== caller.user)
      await enqueueMail(
        tx,
        { template: 'dataset-shared', recipient: member.email, params, user, company },
        now,
      );
    return {
      value: shown(made, dataset.may_be_shared_outside, managing),
      event: {
        action: 'datasets.share',
        target: dataset.id,
        details: { grant: id, user, right, until: until?.toISOString() ?? null },
      },
    };
  });

export interface GrantChange {
  readonly right?: Given | undefined;
  /** Null takes the end away. */
  readonly until?: string | null | undefined;
}

/**
 * Gives a grant another right or end; what is left out stays. Nothing is noted where nothing changes.
 * @throws dataset_not_found, grant_not_found (404), forbidden (403), until_invalid (400).
 */
export const changeGrant = (
  database: Pick<Database, 'as'>,
  acting: Acting,
  reference: string,
  grant: Id<'grt'>,
  change: GrantChange,
): Promise<ShownGrant> =>
  changeAsMember(database, acting, { permission: 'datasets.make' }, async ({ tx, at }) => {
    const { company, caller, now } = acting;
    const managing = { company, user: caller.user, now };
    const dataset = await findManaged(tx, managing, reference);
    const [row] = await tx.all(listGrants, [company, dataset.id, grant, 1, null]);
    if (row === undefined) throw grantNotFound();
    const right = change.right ?? (row.right as Given);
    const until = change.until === undefined ? row.until : (parseUntil(change.until, now) ?? null);
    const isOpen = dataset.may_be_shared_outside;
    if (right === row.right && until?.getTime() === row.until?.getTime())
      return { value: shown(row, isOpen, managing) };
    // A right that has ended is given anew with an end that lies ahead.
    if (until !== null && until.getTime() <= now) throw untilInvalid();
    const given = [company, dataset.id, grant, right, until, caller.user, at] as const;
    // Taken away by somebody else since it was read.
    if ((await tx.one(updateGrant, given)) === undefined) throw grantNotFound();
    return {
      value: shown({ ...row, right, until, granted_by: caller.user, granted_at: at }, isOpen, managing),
      event: {
        action: 'datasets.change-grant',
        target: dataset.id,
        details: { grant, user: row.user_id, right, until: until?.toISOString() ?? null },
      },
    };
  });

/**
 * Takes a right away, and open invitations to that person; it is gone with the next statement of everybody.
 * @throws dataset_not_found, grant_not_found (404), forbidden (403).
 */
export const unshare = (
  database: Pick<Database, 'as'>,
  acting: Acting,
  reference: string,
  grant: Id<'grt'>,
): Promise<void> =>
  changeAsMember(database, acting, { permission: 'datasets.make' }, async ({ tx }) => {
    const { company, caller, now } = acting;
    const dataset = await findManaged(tx, { company, user: caller.user, now }, reference);
    const gone = await tx.one(deleteGrant, [company, dataset.id, grant]);
    if (gone === undefined) throw grantNotFound();
    await tx.all(voidInvitations, [dataset.id, gone.user_id]);
    return {
      value: undefined,
      event: { action: 'datasets.unshare', target: dataset.id, details: { grant, user: gone.user_id } },
    };
  });
