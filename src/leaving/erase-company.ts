/** Erases a company with everything that belongs to it, and tells those who belonged to it. */
import { isId, type CompanyId, type UserId } from '../foundation/ids.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Transaction } from '../store/transaction.ts';
import { isMailable } from './mailable.ts';
import {
  addUpStores,
  keptAfter,
  RECEIPT_MAIL_MS,
  writeReceipt,
  type Receipt,
  type StoreRows,
} from './receipt.ts';
import { eraseCompanyRows, listAddresses } from './store.ts';

export interface CompanyErasure {
  readonly company: CompanyId;
  readonly name: string;
  /** Left out of the mail: who gets a receipt of their account instead. */
  readonly by?: UserId;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Everything of the company, in a transaction whose scope it is; the members' mail belongs to them, not to it. */
export const eraseCompanyIn = async (
  tx: Transaction,
  { company, name, by, now }: CompanyErasure,
): Promise<{ readonly rows: readonly StoreRows[]; readonly receipt: Receipt }> => {
  const members = await tx.all(listAddresses, [company]);
  const rows = await tx.all(eraseCompanyRows, [company]);
  const receipt = writeReceipt(addUpStores(rows), keptAfter(false), now);
  const { id, erased, kept } = receipt;
  const params = { companyName: name, receipt: { id, erased: [...erased], kept: [...kept] } };
  const expiresAt = new Date(now + RECEIPT_MAIL_MS);
  for (const { user_id: user, email } of members) {
    if (user === by || !isId('usr', user) || !isMailable(email)) continue;
    await enqueueMail(tx, { template: 'company-deleted', recipient: email, params, user, expiresAt }, now);
  }
  return { rows, receipt };
};
