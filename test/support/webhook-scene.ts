/** Webhooks of the two companies of `seedCompanies`, a receiver on loopback, and what delivers to it. */
import { createSecretKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sealSecret } from '../../src/foundation/box.ts';
import { newId, type CompanyId, type DeliveryId, type WebhookId } from '../../src/foundation/ids.ts';
import { createLog } from '../../src/log.ts';
import { createDeliveries, type Deliveries } from '../../src/webhooks/deliveries.ts';
import type { EventType } from '../../src/webhooks/events.ts';
import { createGuard } from '../../src/webhooks/guard.ts';
import { enqueueEvent } from '../../src/webhooks/outbox.ts';
import { createSend } from '../../src/webhooks/send.ts';
import { newSecret, writeSecret } from '../../src/webhooks/signature.ts';
import { testClock, type TestClock } from './clock.ts';
import { COMPANY_A, seedCompanies } from './companies.ts';
import { beforeServerStops, testDatabase, type TestDatabase } from './database.ts';
import { startReceiver, type Receiver } from './webhook-receiver.ts';

/** Under which the secrets of these webhooks are kept. */
export const BOX_KEY = createSecretKey(Buffer.alloc(32, 9));

export interface MadeWebhook {
  readonly id: WebhookId;
  /** As its owner has it. */
  readonly secret: string;
}

export interface WebhookScene {
  readonly store: TestDatabase;
  readonly clock: TestClock;
  readonly receiver: Receiver;
  readonly deliveries: Deliveries;
  /** Every log line so far. */
  readonly lines: readonly string[];
  webhook(options?: {
    readonly company?: CompanyId;
    readonly url?: string;
    readonly events?: readonly EventType[];
    readonly isEnabled?: boolean;
  }): Promise<MadeWebhook>;
  /** Something happens to company A, or another; gives the deliveries that it made. */
  happen(type?: EventType, company?: CompanyId): Promise<readonly DeliveryId[]>;
  /** Has the job of a delivery run, and waits for the end of the attempt; gives its row. */
  attempt(delivery: DeliveryId): Promise<Record<string, unknown>>;
  row(delivery: DeliveryId): Promise<Record<string, unknown>>;
}

/** Opens a scene; closed after the tests of the file. */
export const openWebhookScene = async (): Promise<WebhookScene> => {
  const store = await testDatabase();
  const { superuser, database } = store;
  await seedCompanies(superuser);
  await superuser('delete from vouchsafe.webhook');
  const receiver = await startReceiver();
  // The library that looks at messages looks at the real clock, and so does the queue.
  const clock = testClock(Math.floor(Date.now() / 1000) * 1000);
  const lines: string[] = [];
  const deliveries = createDeliveries({
    database,
    boxKey: BOX_KEY,
    send: createSend({
      guard: createGuard({
        networks: ['127.0.0.0/8'],
        resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      }),
      version: '0.0.0',
      ca: receiver.ca,
    }),
    clock,
    log: createLog('debug', { write: (line) => void lines.push(line) }),
  });
  beforeServerStops(() => deliveries.close(0));

  const row = async (delivery: DeliveryId): Promise<Record<string, unknown>> => {
    const [found] = await superuser('select * from vouchsafe.webhook_delivery where id = $1', [delivery]);
    return found ?? {};
  };

  return {
    store,
    clock,
    receiver,
    deliveries,
    lines,
    webhook: async ({
      company = COMPANY_A,
      url = receiver.url(),
      events = ['key.rotated'],
      isEnabled = true,
    } = {}) => {
      const id = newId('whk', clock.now());
      const secret = newSecret();
      await superuser(
        `insert into vouchsafe.webhook (id, company_id, url, description, events, is_enabled, secret_box, created_at)
         values ($1, $2, $3, 'A receiver', $4, $5, $6, $7)`,
        [id, company, url, events, isEnabled, sealSecret(BOX_KEY, id, secret), new Date(clock.now())],
      );
      return { id, secret: writeSecret(secret).expose() };
    },
    happen: async (type = 'key.rotated', company = COMPANY_A) => {
      const before = await superuser('select id from vouchsafe.webhook_delivery');
      const data = { key: 'key_x', count: 1 };
      await database.company(company, (tx) => enqueueEvent(tx, { company, type, data }, clock.now()));
      const known = new Set(before.map(({ id }) => id));
      const after = await superuser('select id from vouchsafe.webhook_delivery order by id');
      return after.map(({ id }) => id as DeliveryId).filter((id) => !known.has(id));
    },
    attempt: async (delivery) => {
      const { attempts } = await row(delivery);
      await deliveries.tasks['webhooks.deliver']({ delivery });
      for (let tries = 0; tries < 1500; tries += 1) {
        const now = await row(delivery);
        if (now['attempts'] !== attempts && now['claimed_until'] === null) return now;
        await sleep(10);
      }
      throw new Error('the attempt never ended');
    },
    row,
  };
};
