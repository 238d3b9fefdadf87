/** What people do to leave: look at what would go, and go. */
import { changeAsMember, type Acting } from '../audit/change.ts';
import { companyNotFound } from '../audit/problems.ts';
import { canonicalEmail } from '../foundation/email.ts';
import type { CompanyId, UserId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { againByChance } from './again.ts';
import { signInRequired } from '../http/access-problems.ts';
import { doomedCompaniesIn, eraseAccountIn, planAccountIn, type AccountPlan } from './erase-account.ts';
import { eraseCompanyIn, removeUploadedOf } from './erase-company.ts';
import { confirmationDiffers } from './problems.ts';
import { addUpStores, keptAfter, type Receipt, type StoreRows } from './receipt.ts';
import { companyStores, countMembers, lockUser, readCompanyName } from './store.ts';

/** What would go with an account. */
export const planAccount = (database: Pick<Database, 'user'>, user: UserId): Promise<AccountPlan> =>
  database.user(user, (tx) => planAccountIn(tx, user));

/**
 * Erases the account at once. Of two requests at the same time one does it, the other finds nobody.
 * @param email typed by the person. @throws confirmation_differs (400), sign_in_required (401).
 */
export const deleteAccount = async (
  database: Pick<Database, 'user' | 'run'>,
  { user, email, now }: { readonly user: UserId; readonly email: string; readonly now: number },
): Promise<Receipt> => {
  const confirm = (account: { readonly email: string }): void => {
    if (canonicalEmail(email) !== account.email) throw confirmationDiffers('/email');
  };
  const doomed = await database.user(user, async (tx) => {
    const account = await tx.one(lockUser, [user]);
    if (account === undefined) throw signInRequired();
    confirm(account);
    return doomedCompaniesIn(tx, user);
  });
  for (const company of doomed) await removeUploadedOf(database, company);
  return againByChance(() =>
    database.user(user, (tx) => eraseAccountIn(tx, { user, reason: 'asked', now, confirm })),
  );
};

export interface CompanyPlan {
  readonly stores: readonly StoreRows[];
  readonly members: number;
  readonly kept: readonly string[];
}

/** What would go with a company. */
export const planCompany = (
  database: Pick<Database, 'as'>,
  { company, user }: { readonly company: CompanyId; readonly user: UserId },
): Promise<CompanyPlan> =>
  database.as({ company, user }, async (tx) => {
    const stores = addUpStores(await tx.all(companyStores, [company]));
    if (stores.length === 0) throw companyNotFound();
    const counted = await tx.one(countMembers, [company, user]);
    return { stores, members: counted?.members ?? 0, kept: keptAfter(false) };
  });

/**
 * Erases the company at once and mails all of its members.
 * @param name typed by the person. @throws confirmation_differs (400), forbidden (403), company_not_found (404).
 */
export const deleteCompany = async (
  database: Pick<Database, 'as' | 'run'>,
  acting: Acting,
  name: string,
): Promise<Receipt> => {
  const { company, now } = acting;
  const confirmed = <Value>(then: (tx: Transaction, typed: string) => Promise<Value>): Promise<Value> =>
    againByChance(() =>
      changeAsMember(database, acting, { permission: 'company.delete', alone: true }, async ({ tx }) => {
        const row = await tx.one(readCompanyName, [company]);
        if (row === undefined) throw companyNotFound();
        if (row.name !== name.normalize('NFC').trim()) throw confirmationDiffers('/name');
        // No event: the log goes as well. Its members' mail says what happened.
        return { value: await then(tx, row.name) };
      }),
    );
  await confirmed(async () => undefined);
  await removeUploadedOf(database, company);
  return confirmed(async (tx, typed) => (await eraseCompanyIn(tx, { company, name: typed, now })).receipt);
};
