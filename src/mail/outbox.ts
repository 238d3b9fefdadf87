/** Puts mail into the outbox, in the transaction of what it tells of: no change without its mail, no mail without its change. */
import { newId, type CompanyId, type Id, type UserId } from '../foundation/ids.ts';
import type { LinkPurpose } from '../foundation/link.ts';
import type { Transaction } from '../store/transaction.ts';
import { insertMail } from './store.ts';
import type { ParamsOf, PurposeOf, TemplateName } from './templates.ts';

/** What a mail with a link needs, and one without may say. */
type LinkPart<Purpose> = Purpose extends LinkPurpose
  ? {
      /** The row that the link is for; the token itself is made when the mail is sent. */
      readonly link: { readonly purpose: Purpose; readonly id: string };
      /** When the link ends, at most ten days from now; later the mail is dropped instead of sent. */
      readonly expiresAt: Date;
    }
  : {
      readonly link?: undefined;
      /** When the mail is not worth sending any more, at most ten days from now; five days where left out. */
      readonly expiresAt?: Date;
    };

interface Addressed<Name extends TemplateName> {
  readonly template: Name;
  /** One canonical address, such as `user_account.email`. */
  readonly recipient: string;
  readonly params: ParamsOf<Name>;
  /** Whom and what it is about: it goes when they are erased. Left out where it has to outlive them, as receipts do. */
  readonly user?: UserId | undefined;
  readonly company?: CompanyId | undefined;
}

/** One mail: a template with exactly its parameters and its link. */
export type Mail = {
  [Name in TemplateName]: Addressed<Name> & LinkPart<PurposeOf<Name>>;
}[TemplateName];

const FIVE_DAYS_MS = 5 * 86_400_000;

/**
 * Enqueues a mail and the job that delivers it; both are there when the transaction commits, and neither otherwise.
 * A receipt is enqueued after the erasure, which takes mail to the erased address along.
 * @param now milliseconds since the Unix epoch.
 */
export const enqueueMail = async (tx: Transaction, mail: Mail, now: number): Promise<Id<'mai'>> => {
  const id = newId('mai', now);
  await tx.one(insertMail, [
    id,
    mail.company ?? null,
    mail.user ?? null,
    mail.template,
    mail.recipient,
    mail.params,
    mail.link?.purpose ?? null,
    mail.link?.id ?? null,
    new Date(now),
    mail.expiresAt ?? new Date(now + FIVE_DAYS_MS),
  ]);
  return id;
};
