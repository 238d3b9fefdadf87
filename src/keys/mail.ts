/** Mail about keys, and who gets it. */
import type { CompanyId, KeyId } from '../foundation/ids.ts';
import { isId } from '../foundation/ids.ts';
import type { Mail } from '../mail/outbox.ts';
import type { Transaction } from '../store/transaction.ts';
import { listOwners, readKeyForMail } from './store.ts';

/** Puts a mail into the outbox in the same transaction. */
export type EnqueueMail = (tx: Transaction, mail: Mail, now: number) => Promise<unknown>;

/** What every mail about a key says of it. */
export interface KeyNames {
  readonly companyName: string;
  readonly projectName: string;
  readonly keyName: string;
}

export interface KeyForMail extends KeyNames {
  readonly publicKey: string;
  readonly project: string;
  /** Where the company wants its mail; null where the owners get it. */
  readonly contact: string | null;
}

/** Undefined for a key that is gone. */
export const keyForMail = async (
  tx: Transaction,
  company: CompanyId,
  key: KeyId,
): Promise<KeyForMail | undefined> => {
  const row = await tx.one(readKeyForMail, [company, key]);
  if (row === undefined) return undefined;
  return {
    companyName: row.company_name,
    projectName: row.project_name,
    keyName: row.name,
    publicKey: row.public_key,
    project: row.project_id,
    contact: row.contact_email,
  };
};

type Recipient = Pick<Mail, 'recipient' | 'company' | 'user'>;

/** The owners, who answer for keys. */
export const ownersOf = async (tx: Transaction, company: CompanyId): Promise<readonly Recipient[]> => {
  const rows = await tx.all(listOwners, [company]);
  return rows.map(({ id, email }) => ({ recipient: email, company, user: isId('usr', id) ? id : undefined }));
};

/** The company's own address, or the owners where it has none. */
export const companyOrOwners = async (
  tx: Transaction,
  company: CompanyId,
  contact: string | null,
): Promise<readonly Recipient[]> =>
  contact === null ? ownersOf(tx, company) : [{ recipient: contact, company }];

/** A public key by its ends, which tell keys apart. */
export const maskKey = (publicKey: string): string => `${publicKey.slice(0, 17)}…${publicKey.slice(-4)}`;
