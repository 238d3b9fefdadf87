/** Erases a person, and the companies that nobody else owns, in one transaction. */
import { recordAudit } from '../audit/record.ts';
import { isId, type CompanyId, type UserId } from '../foundation/ids.ts';
import { signInRequired } from '../http/access-problems.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Transaction } from '../store/transaction.ts';
import { OwnersChanged } from './again.ts';
import { eraseCompanyIn } from './erase-company.ts';
import { isMailable } from './mailable.ts';
import {
  addUpStores,
  keptAfter,
  RECEIPT_MAIL_MS,
  writeReceipt,
  type Receipt,
  type StoreRows,
} from './receipt.ts';
import {
  companyStores,
  countMembers,
  enterCompany,
  eraseUserRows,
  listMemberships,
  lockCompany,
  lockUser,
  userStores,
} from './store.ts';

/** A company of somebody who leaves, and what becomes of it. */
export interface LeftCompany {
  readonly id: CompanyId;
  readonly name: string;
  readonly fate: 'deleted' | 'left';
  /** Members, the one who leaves included. */
  readonly members: number;
}

const membershipsOf = async (
  tx: Transaction,
  user: UserId,
): Promise<readonly (LeftCompany & { role: string })[]> => {
  const found = await tx.all(listMemberships, [user]);
  return found.flatMap(({ company_id: id, name, role }) =>
    isId('com', id) ? [{ id, name, role, fate: 'left' as const, members: 0 }] : [],
  );
};

/** What becomes of each company; with `isFinal`, nobody changes its owners before the transaction has ended. */
const decideFates = async (
  tx: Transaction,
  user: UserId,
  isFinal: boolean,
): Promise<readonly LeftCompany[]> => {
  const companies: LeftCompany[] = [];
  for (const { id, name, role } of await membershipsOf(tx, user)) {
    await tx.one(enterCompany, [id]);
    if (isFinal && role === 'owner') await tx.one(lockCompany, [id]);
    const counted = await tx.one(countMembers, [id, user]);
    const isOnlyOwner = role === 'owner' && counted?.other_owners === 0;
    companies.push({ id, name, fate: isOnlyOwner ? 'deleted' : 'left', members: counted?.members ?? 0 });
  }
  return companies;
};

export interface AccountPlan {
  readonly companies: readonly LeftCompany[];
  readonly stores: readonly StoreRows[];
  readonly kept: readonly string[];
}

/** What an erasure now would take. The transaction's scope is the user. */
export const planAccountIn = async (tx: Transaction, user: UserId): Promise<AccountPlan> => {
  const companies = await decideFates(tx, user, false);
  const doomed = companies.filter(({ fate }) => fate === 'deleted').map(({ id }) => id);
  const counts: (readonly StoreRows[])[] = [await tx.all(userStores, [user, doomed])];
  for (const id of doomed) counts.push(await tx.all(companyStores, [id]));
  return { companies, stores: addUpStores(...counts), kept: keptAfter(doomed.length < companies.length) };
};

/** Companies that would go with the account: nobody else owns them. */
export const doomedCompaniesIn = async (tx: Transaction, user: UserId): Promise<readonly CompanyId[]> =>
  (await decideFates(tx, user, false)).flatMap(({ id, fate }) => (fate === 'deleted' ? [id] : []));

export interface AccountErasure {
  readonly user: UserId;
  readonly reason: 'asked' | 'dormant';
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Throws where the account is not to be erased after all; what it sees stays so until the end. */
  readonly confirm: (account: { readonly email: string; readonly activeOn: string }) => void;
}

const ownedOf = (companies: readonly { readonly id: string; readonly role: string }[]): string =>
  companies.flatMap(({ id, role }) => (role === 'owner' ? [id] : [])).join(' ');

/**
 * Erases everything, tells the members of companies that go along, and mails the receipt. The transaction's scope is the
 * user; what waits for it waits in the order companies, user, change counter.
 * @throws sign_in_required (401) where the account is gone, OwnersChanged, and what `confirm` throws.
 */
export const eraseAccountIn = async (
  tx: Transaction,
  { user, reason, now, confirm }: AccountErasure,
): Promise<Receipt> => {
  const before = ownedOf(await membershipsOf(tx, user));
  const companies = await decideFates(tx, user, true);
  const account = await tx.one(lockUser, [user]);
  if (account === undefined) throw signInRequired();
  // A company that was founded while the others were locked would be left without an owner.
  if (ownedOf(await membershipsOf(tx, user)) !== before) throw new OwnersChanged();
  confirm({ email: account.email, activeOn: account.active_on });

  const erased: (readonly StoreRows[])[] = [];
  for (const { id, name, fate } of companies) {
    await tx.one(enterCompany, [id]);
    if (fate === 'deleted') {
      erased.push((await eraseCompanyIn(tx, { company: id, name, by: user, now })).rows);
    } else {
      await recordAudit(tx, { company: id, actor: null, action: 'account.delete', target: null, at: now });
    }
  }
  erased.push(await tx.all(eraseUserRows, [user]));
  const left = companies.some(({ fate }) => fate === 'left');
  const receipt = writeReceipt(addUpStores(...erased), keptAfter(left), now);
  if (isMailable(account.email)) {
    const { id, erased: rows, kept } = receipt;
    const params = { reason, receipt: { id, erased: [...rows], kept: [...kept] } };
    const expiresAt = new Date(now + RECEIPT_MAIL_MS);
    await enqueueMail(tx, { template: 'account-deleted', recipient: account.email, params, expiresAt }, now);
  }
  return receipt;
};
