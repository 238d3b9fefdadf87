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
import type { Database } from '../store/database.ts';
import { eraseCompanyRows, listAddresses, removeUploaded } from './store.ts';

export interface CompanyErasure {
  readonly company: CompanyId;
  readonly name: string;
  /** Left out of the mail: who gets a receipt of their account instead. */
  readonly by?: UserId;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** What one transaction removes: deleting a part, of at most 1 MiB, takes some 1.7 ms. */
const PIECE = { parts: 256, rejections: 10_000 };

/**
 * Removes the bytes of files that are being uploaded into a company, a piece a transaction: there may be gigabytes, and the one
 * transaction that erases the company has to stay short. Whoever calls it has made sure that the company is to go. The database
 * keeps count, and the receipt says it: of two requests that do this together only one erases the company.
 */
export const removeUploadedOf = async (
  database: Pick<Database, 'run'>,
  company: string,
  { parts, rejections } = PIECE,
): Promise<void> => {
  let mayBeMore = true;
  while (mayBeMore) {
    const [gone] = await database.run(removeUploaded, [company, parts, rejections]);
    // Whoever is still sending does not hold it up: what comes from now on goes with the company.
    mayBeMore = gone?.parts === parts || gone?.rejections === rejections;
  }
};

/**
 * Everything of the company, in a transaction whose scope it is; the members' mail belongs to them, not to it. What
 * {@link removeUploadedOf} took before is among the rows that are told.
 */
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
