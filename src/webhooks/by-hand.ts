/** What members see of deliveries, and send by hand: a test, or a message that did not arrive. */
import { changeAsMember, type Acting } from '../audit/change.ts';
import { newId, type CompanyId, type DeliveryId, type UserId, type WebhookId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { writeMessage } from './outbox.ts';
import {
  deliveryArrived,
  deliveryNotFound,
  tooManySends,
  webhookDisabled,
  webhookNotFound,
} from './problems.ts';
import { shownDelivery, type ShownDelivery } from './shown.ts';
import {
  insertDelivery,
  lockDelivery,
  lockWebhook,
  pageOfDeliveries,
  queueDelivery,
  reviveDelivery,
} from './store.ts';

export interface ByHandParts {
  readonly database: Pick<Database, 'as'>;
  /** Spends one message by hand of a company; gives the seconds until the next is taken, 0 where this one is. */
  readonly spendSend: (company: CompanyId, now: number) => number;
}

export interface DeliveriesQuestion {
  readonly company: CompanyId;
  readonly user: UserId;
  readonly webhook: WebhookId;
  /** The last id of the page before. */
  readonly before?: DeliveryId | undefined;
}

export interface ByHand {
  /** Newest first, in pages. A webhook that is not there has none. */
  list(question: DeliveriesQuestion): Promise<{ items: ShownDelivery[]; next: string | null }>;
  /** Sends a message of the type `test`, once, whether the webhook is switched on or not. @throws webhook_not_found (404), rate_limited (429). */
  test(acting: Acting, webhook: WebhookId): Promise<ShownDelivery>;
  /**
   * Tries a message now that waits or was given up, under the same id.
   * @throws delivery_not_found (404), delivery_arrived, webhook_disabled (409), rate_limited (429).
   */
  resend(acting: Acting, webhook: WebhookId, delivery: DeliveryId): Promise<ShownDelivery>;
}

const PAGE = 50;
const CHANGE = { permission: 'webhooks.change' } as const;

/** What a test says. */
const TEST_DATA = { message: 'This is a test that a member of the company asked for.' } as const;

/** Makes the use cases. */
export const createByHand = ({ database, spendSend }: ByHandParts): ByHand => {
  const spend = ({ company, now }: Acting): void => {
    const wait = spendSend(company, now);
    if (wait > 0) throw tooManySends(wait);
  };
  return {
    list: async ({ company, user, webhook, before }) => {
      const rows = await database.as({ company, user }, (tx) =>
        tx.all(pageOfDeliveries, [company, webhook, before ?? null, PAGE + 1]),
      );
      const items = rows.slice(0, PAGE).map(shownDelivery);
      return { items, next: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
    },
    test: (acting, webhook) =>
      changeAsMember(database, acting, CHANGE, async ({ tx, at }) => {
        const { company, now } = acting;
        if ((await tx.one(lockWebhook, [company, webhook])) === undefined) throw webhookNotFound();
        spend(acting);
        const delivery = newId('dlv', now);
        const body = writeMessage('test', TEST_DATA, now);
        await tx.all(insertDelivery, [
          delivery,
          company,
          webhook,
          'test',
          body,
          at,
          'waiting',
          at,
          null,
          null,
        ]);
        await tx.one(queueDelivery, [delivery, at]);
        const row = await tx.one(lockDelivery, [company, webhook, delivery]);
        if (row === undefined) throw webhookNotFound();
        return {
          value: shownDelivery(row),
          event: { action: 'webhooks.test', target: webhook, details: {} },
        };
      }),
    resend: (acting, webhook, delivery) =>
      changeAsMember(database, acting, CHANGE, async ({ tx, at }) => {
        const { company } = acting;
        const found = await tx.one(lockWebhook, [company, webhook]);
        const before = await tx.one(lockDelivery, [company, webhook, delivery]);
        if (found === undefined || before === undefined) throw deliveryNotFound();
        if (!before.has_body) throw deliveryArrived();
        if (!found.is_enabled && before.type !== 'test') throw webhookDisabled();
        spend(acting);
        await tx.all(reviveDelivery, [company, delivery, at]);
        await tx.one(queueDelivery, [delivery, at]);
        const after = await tx.one(lockDelivery, [company, webhook, delivery]);
        if (after === undefined) throw deliveryNotFound();
        return {
          value: shownDelivery(after),
          event: { action: 'deliveries.resend', target: webhook, details: { type: before.type } },
        };
      }),
  };
};
