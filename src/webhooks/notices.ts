/** What becomes of a webhook that only fails: it is switched off, and its owner told. */
import { recordAudit } from '../audit/record.ts';
import { isId, type CompanyId } from '../foundation/ids.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Transaction } from '../store/transaction.ts';
import { disableWebhook, listRecipients } from './store.ts';

/** Why the server switches a webhook off: its receiver says that it is gone (410), or nothing arrived for days. */
export type DisabledBecause = 'gone' | 'failing';

/** Which webhook, and why. */
export interface SwitchingOff {
  readonly company: CompanyId;
  readonly webhook: string;
  readonly because: DisabledBecause;
}

/** Switches a webhook off, writes that into the company's log and mails; nothing where it is off already. */
export const switchOff = async (
  tx: Transaction,
  { company, webhook, because }: SwitchingOff,
  now: number,
): Promise<void> => {
  const row = await tx.one(disableWebhook, [company, webhook, because]);
  if (row === undefined) return;
  // The host alone: a path may be a secret of its own.
  const { host } = new URL(row.url);
  await recordAudit(tx, {
    company,
    actor: null,
    action: 'webhooks.disable',
    target: webhook,
    details: { host, because },
    at: now,
  });
  const recipients = await tx.all(listRecipients, [company]);
  for (const { company_name: companyName, recipient, person_id: person } of recipients) {
    const user = person !== null && isId('usr', person) ? person : undefined;
    const params = { companyName, host, description: row.description, because };
    await enqueueMail(tx, { template: 'webhook-disabled', params, recipient, company, user }, now);
  }
};
