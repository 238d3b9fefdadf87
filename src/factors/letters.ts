/** Mails that tell the owner of an account what happened to its second factors. */
import type { UserId } from '../foundation/ids.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Transaction } from '../store/transaction.ts';

/** What was added or removed, as the letter calls it. */
export type FactorKind = 'totp' | 'passkey';

/** Whose account it is, and what happened when, in milliseconds since the Unix epoch. */
export interface Recipient {
  readonly user: UserId;
  readonly email: string;
  readonly now: number;
}

/** A factor as its letter names it; `name` is the passkey's, and null for the app. */
export interface NamedFactor {
  readonly factor: FactorKind;
  readonly name: string | null;
}

/** Tells of a factor added or removed. In the transaction of the change. */
export const mailFactorChange = async (
  tx: Transaction,
  template: 'factor-added' | 'factor-removed',
  params: NamedFactor,
  { user, email, now }: Recipient,
): Promise<void> => {
  await enqueueMail(tx, { template, recipient: email, params, user }, now);
};

/** Tells that there are new recovery codes, and the old ones are void. In the transaction of the change. */
export const mailCodesReplaced = async (tx: Transaction, { user, email, now }: Recipient): Promise<void> => {
  await enqueueMail(tx, { template: 'recovery-codes-replaced', recipient: email, params: {}, user }, now);
};
