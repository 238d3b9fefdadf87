/** Delivery in one process: what the queue's jobs say, what was lost in a crash, and what is old, put together. */
import { isId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { createAttempt, type AttemptParts } from './delivery.ts';
import { KEPT_DAYS } from './limits.ts';
import { createLine } from './line.ts';
import { dropDeliveriesBefore, findDelivery, listOverdue } from './store.ts';

export interface DeliveriesParts extends AttemptParts {
  readonly database: Pick<Database, 'company' | 'run'>;
}

export interface Deliveries {
  /** For `startJobs`. The job ends at once, whatever becomes of the message, so that it holds nothing else up. */
  readonly tasks: { readonly 'webhooks.deliver': (payload: unknown) => Promise<void> };
  readonly schedule: readonly {
    readonly name: string;
    readonly every: 'hour' | number;
    readonly run: (now: number) => Promise<void>;
  }[];
  /** Takes no more; what is under way gets `graceMs`, and is made again later where that is too short. */
  close(graceMs?: number): Promise<void>;
}

/** A job starts within ten seconds; later it is taken to be lost. */
const LOST_MS = 30_000;

/** Of one webhook at once. */
const MOST_OVERDUE = 100;

const DAY_MS = 86_400_000;

const GRACE_MS = 5000;

const deliveryOf = (payload: unknown): string | undefined => {
  const id =
    typeof payload === 'object' && payload !== null && 'delivery' in payload ? payload.delivery : undefined;
  return typeof id === 'string' && isId('dlv', id) ? id : undefined;
};

/** Makes the deliveries of this process; nothing is sent until its task or its schedule runs. */
export const createDeliveries = (parts: DeliveriesParts): Deliveries => {
  const { database } = parts;
  const attempt = createAttempt(parts);
  const stopping = new AbortController();
  const line = createLine({ serve: (place) => attempt(place, stopping.signal) });

  const deliver = async (payload: unknown): Promise<void> => {
    const delivery = deliveryOf(payload);
    if (delivery === undefined) return;
    const [found] = await database.run(findDelivery, [delivery]);
    // Done, given up, or erased with its webhook or company.
    if (found !== undefined) line.add({ delivery, webhook: found.webhook_id, company: found.company_id });
  };

  const findLost = async (now: number): Promise<void> => {
    const overdue = await database.run(listOverdue, [new Date(now - LOST_MS), new Date(now), MOST_OVERDUE]);
    for (const { delivery_id: delivery, webhook_id: webhook, company_id: company } of overdue)
      line.add({ delivery, webhook, company });
  };

  const forget = async (now: number): Promise<void> => {
    await database.run(dropDeliveriesBefore, [new Date(now - KEPT_DAYS * DAY_MS)]);
  };

  return {
    tasks: { 'webhooks.deliver': deliver },
    schedule: [
      { name: 'webhooks.find-lost', every: 1, run: findLost },
      { name: 'webhooks.forget', every: 'hour', run: forget },
    ],
    close: async (graceMs = GRACE_MS) => {
      const patience = setTimeout(() => stopping.abort(), graceMs);
      await line.close();
      clearTimeout(patience);
    },
  };
};
