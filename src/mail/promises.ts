/** What mail promises: no table holds a mailed link, and nothing of a mail stays once it has left. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../foundation/clock.ts';
import { newId } from '../foundation/ids.ts';
import { linkToken, LINK_PURPOSES, type LinkPurpose } from '../foundation/link.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { MAILBOX_DAYS } from './delivery.ts';
import { enqueueMail } from './outbox.ts';
import { countOverdueMail, listMail, readMailAsText } from './store.ts';

/** The outbox as its checks see it. */
export interface Outbox {
  /** A database of the role of jobs. */
  readonly database: Pick<Database, 'run' | 'system'>;
  readonly linkKey: KeyObject;
  /** Whether mail stays in the local mailbox. */
  readonly keepsMail: boolean;
}

export interface MailPromiseOptions extends Outbox {
  readonly clock: Clock;
}

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });
const kept = (evidence: string): CheckResult => ({ state: 'kept', evidence });

/** Ends the canary's transaction, so that its mail is never sent. */
class RolledBack extends Error {}

/** A token as it could have been written down: as it is, and as the bytes behind it in hexadecimal. */
const formsOf = (token: string): readonly string[] => [
  token,
  Buffer.from(token, 'base64url').toString('hex'),
  Buffer.from(token).toString('hex'),
];

/** Whether the outbox or the queue holds the token of a mail's link; undefined where the mail is gone by now. */
const holdsToken = async (tx: Transaction, id: string, token: string): Promise<boolean | undefined> => {
  const found = await tx.one(readMailAsText, [id]);
  if (found === undefined) return undefined;
  const text = (found.mail + found.job).toLowerCase();
  return formsOf(token).some((form) => text.includes(form.toLowerCase()));
};

/** As many mails as are looked at beside the canary. */
const MOST_MAILS = 100;

const isPurpose = (text: string | null): text is LinkPurpose =>
  LINK_PURPOSES.some((purpose) => purpose === text);

/** A canary mail is enqueued, read back as the tables have it, and rolled back; waiting mails are read as well. */
export const mailedLinksNowhere = ({ database, linkKey, clock }: MailPromiseOptions): PromiseDefinition => {
  const look = async (tx: Transaction): Promise<CheckResult> => {
    const now = clock.now();
    const link = { purpose: 'sign-up', id: newId('sup', now) } as const;
    const expiresAt = new Date(now + 3_600_000);
    const mail = {
      template: 'sign-up-confirm',
      recipient: 'canary@localhost',
      params: {},
      link,
      expiresAt,
    } as const;
    const id = await enqueueMail(tx, mail, now);
    const isHeld = await holdsToken(tx, id, linkToken(linkKey, link.purpose, link.id).expose());
    if (isHeld === undefined) throw new Error('the canary mail was not found');
    if (isHeld) return broken('The outbox held the link of a canary mail.');
    let count = 0;
    for (const other of await tx.all(listMail, [MOST_MAILS])) {
      const { link_purpose: purpose, link_id: linkId } = other;
      if (other.id === id || linkId === null || !isPurpose(purpose)) continue;
      const token = linkToken(linkKey, purpose, linkId).expose();
      if ((await holdsToken(tx, other.id, token)) === true)
        return broken('The outbox held the link of a mail that waits.');
      count += 1;
    }
    return kept(
      `A canary mail was put into the outbox and its job into the queue; neither held its link, nor did those of ${count} other mails with one.`,
    );
  };
  return {
    id: 'mailed-links-nowhere',
    kind: 'canary-tested',
    sentence: () => 'No table holds a link that we mail, not even while the mail waits.',
    enforcedBy:
      'A link is made when its mail is sent, from a random id and a key outside the database; tables keep its SHA-256.',
    check: async () => {
      let result: CheckResult | undefined;
      const rollBack = async (tx: Transaction): Promise<void> => {
        result = await look(tx);
        throw new RolledBack();
      };
      await database.system(rollBack).catch((error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      });
      if (result === undefined) throw new Error('the canary mail was not looked at');
      return result;
    },
  };
};

/** The sweep runs hourly, and may once have failed. */
const PATIENCE_MS = 2.5 * 3_600_000;
const DAY_MS = 86_400_000;

/** Looks for mail that should be gone. */
export const mailForgotten = ({ database, keepsMail, clock }: MailPromiseOptions): PromiseDefinition => ({
  id: 'mail-forgotten',
  kind: 'proved by schema',
  sentence: () =>
    keepsMail
      ? `A mail stays in the local mailbox for ${MAILBOX_DAYS} days, and nowhere else.`
      : 'A mail is forgotten as soon as it is handed over, and after ten days at the latest.',
  enforcedBy:
    'The table takes no mail with a longer life; the job that hands a mail over deletes it; an hourly sweep takes what is over.',
  check: async () => {
    const now = clock.now() - PATIENCE_MS;
    const [found] = await database.run(countOverdueMail, [
      new Date(now),
      new Date(now - MAILBOX_DAYS * DAY_MS),
    ]);
    if (found === undefined) throw new Error('the mails were not counted');
    const overdue = found.lost + found.kept;
    if (overdue > 0) return broken(`Mails that should be gone by now: ${overdue}.`);
    return kept(`Of ${found.total} mails in the outbox none should be gone by now.`);
  },
});
