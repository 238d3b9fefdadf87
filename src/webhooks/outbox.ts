/** Puts messages for webhooks into the outbox, in the transaction of what they tell of: no event without them, nor they without it. */
import { newId, type CompanyId } from '../foundation/ids.ts';
import type { Transaction } from '../store/transaction.ts';
import type { DeliveryType, EventData, EventType } from './events.ts';
import { MOST_WAITING } from './limits.ts';
import { insertDelivery, listSubscribed, queueDelivery } from './store.ts';

/** Something that happened to a company. */
export interface CompanyEvent {
  readonly company: CompanyId;
  readonly type: EventType;
  readonly data: EventData;
}

/** How other rooms are handed `enqueueEvent`. */
export type EnqueueEvent = (tx: Transaction, event: CompanyEvent, now: number) => Promise<void>;

/** What is sent, byte for byte (Standard Webhooks, “Payload structure”). */
export const writeMessage = (type: DeliveryType, data: EventData, now: number): string =>
  JSON.stringify({ type, timestamp: new Date(now).toISOString(), data });

/**
 * Tells every enabled webhook of the company that asked for the event; does nothing where there is none. The
 * transaction's scope has to be this company.
 * @param now milliseconds since the Unix epoch: when it happened.
 */
export const enqueueEvent: EnqueueEvent = async (tx, { company, type, data }, now) => {
  const webhooks = await tx.all(listSubscribed, [company, type, MOST_WAITING]);
  if (webhooks.length === 0) return;
  const body = writeMessage(type, data, now);
  const at = new Date(now);
  for (const { id: webhook, is_full: isFull } of webhooks) {
    const delivery = newId('dlv', now);
    if (isFull) {
      await tx.all(insertDelivery, [
        delivery,
        company,
        webhook,
        type,
        null,
        at,
        'failed',
        null,
        'backlog',
        at,
      ]);
      continue;
    }
    await tx.all(insertDelivery, [delivery, company, webhook, type, body, at, 'waiting', at, null, null]);
    await tx.one(queueDelivery, [delivery, at]);
  }
};
