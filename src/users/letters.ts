/** Mails about the password and the address of an account. */
import type { Id, UserId } from '../foundation/ids.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Transaction } from '../store/transaction.ts';

interface About {
  readonly user: UserId;
  /** Where it goes. */
  readonly email: string;
  readonly now: number;
}

export const mailPasswordChanged = async (tx: Transaction, { user, email, now }: About): Promise<void> => {
  await enqueueMail(tx, { template: 'password-changed', recipient: email, params: {}, user }, now);
};

/** Tells the address of before that another one has taken its place. */
export const mailEmailChanged = async (tx: Transaction, { user, email, now }: About): Promise<void> => {
  await enqueueMail(tx, { template: 'email-changed', recipient: email, params: {}, user }, now);
};

/** Tells the present address that another one was given for the account. */
export const mailEmailNotice = async (tx: Transaction, { user, email, now }: About): Promise<void> => {
  await enqueueMail(tx, { template: 'email-change-notice', recipient: email, params: {}, user }, now);
};

/** The link that makes the new address the account's; it goes to that address. */
export const mailEmailConfirm = async (
  tx: Transaction,
  change: { readonly id: Id<'emc'>; readonly expiresAt: Date },
  { user, email, now }: About,
): Promise<void> => {
  const link = { purpose: 'email-change', id: change.id } as const;
  const { expiresAt } = change;
  await enqueueMail(
    tx,
    { template: 'email-change-confirm', recipient: email, params: {}, user, link, expiresAt },
    now,
  );
};
