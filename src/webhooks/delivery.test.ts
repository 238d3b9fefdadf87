import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMPANY_A, COMPANY_B } from '../../test/support/companies.ts';
import { BOX_KEY, openWebhookScene, type WebhookScene } from '../../test/support/webhook-scene.ts';
import { verifyMessage, withStatus } from '../../test/support/webhook-receiver.ts';
import { sealSecret } from '../foundation/box.ts';
import type { DeliveryId } from '../foundation/ids.ts';
import { startJobs } from '../jobs/runner.ts';
import { MOST_WAITING } from './limits.ts';
import { enqueueEvent } from './outbox.ts';
import { newSecret, writeSecret } from './signature.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let scene: WebhookScene;
beforeEach(async () => {
  scene = await openWebhookScene();
});

const only = (ids: readonly DeliveryId[]): DeliveryId => {
  assert.equal(ids.length, 1);
  return ids[0] as DeliveryId;
};
const webhookRow = async (id: string): Promise<Record<string, unknown>> =>
  (await scene.store.superuser('select * from vouchsafe.webhook where id = $1', [id]))[0] ?? {};
const mails = (): Promise<Record<string, unknown>[]> =>
  scene.store.superuser("select recipient, params from vouchsafe.mail where template = 'webhook-disabled'");
const until = async (what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (await isTrue()) return;
    await sleep(20);
  }
  assert.fail(`never: ${what}`);
};

test('what happens is told to every webhook that asked for it, and to no other', async () => {
  const [one, two] = [
    await scene.webhook(),
    await scene.webhook({ events: ['key.rotated', 'auth.failures'] }),
  ];
  await scene.webhook({ events: ['usage.unusual'] });
  await scene.webhook({ isEnabled: false });
  await scene.webhook({ company: COMPANY_B });
  const made = await scene.happen();
  assert.equal(made.length, 2);
  for (const delivery of made) {
    const row = await scene.attempt(delivery);
    assert.deepEqual(
      [row['state'], row['status'], row['attempts'], row['body']],
      ['delivered', 204, 1, null],
    );
  }
  assert.deepEqual(new Set(scene.receiver.taken.map(({ headers }) => headers['webhook-id'])), new Set(made));
  assert.equal(scene.receiver.taken.length, 2);
  const told = await Promise.all(
    scene.receiver.taken.map(async (taken) => {
      const { webhook_id: id } = await scene.row(taken.headers['webhook-id'] as DeliveryId);
      return verifyMessage((id === one.id ? one : two).secret, taken);
    }),
  );
  const timestamp = new Date(scene.clock.now()).toISOString();
  for (const message of told)
    assert.deepEqual(message, { type: 'key.rotated', timestamp, data: { key: 'key_x', count: 1 } });
});

test('nothing is told of what did not happen, and nothing happens that cannot be told', async () => {
  await scene.webhook();
  const { database, superuser } = scene.store;
  const event = { company: COMPANY_A, type: 'key.rotated', data: {} } as const;
  const undone = database.company(COMPANY_A, async (tx) => {
    await enqueueEvent(tx, event, scene.clock.now());
    throw new Error('undone');
  });
  await assert.rejects(undone, /undone/);
  const secret = { ...event, data: { name: 'vs_sk_live_0000' } };
  await assert.rejects(database.company(COMPANY_A, (tx) => enqueueEvent(tx, secret, scene.clock.now())));
  assert.deepEqual(await superuser('select from vouchsafe.webhook_delivery'), []);
  assert.deepEqual(await superuser('select from graphile_worker._private_jobs'), []);
});

test('what does not arrive is tried again under the same id, ever more rarely, and then given up', async () => {
  const webhook = await scene.webhook();
  scene.receiver.answer(withStatus(500));
  const delivery = only(await scene.happen());
  const began = scene.clock.now();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 9; attempt += 1) {
    const row = await scene.attempt(delivery);
    assert.deepEqual([row['state'], row['status'], row['attempts']], ['waiting', 500, attempt]);
    const wait = (row['next_at'] as Date).getTime() - scene.clock.now();
    const [job] = await scene.store.superuser('select run_at, payload from graphile_worker._private_jobs');
    assert.deepEqual(job, { run_at: row['next_at'], payload: { delivery } });
    waits.push(wait);
    scene.clock.advance(wait);
  }
  assert.deepEqual(waits, [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
  ]);
  const last = await scene.attempt(delivery);
  assert.deepEqual([last['state'], last['attempts'], last['next_at']], ['failed', 10, null]);
  assert.notEqual(last['body'], null, 'it can be sent again by hand');
  assert.equal(new Set(scene.receiver.taken.map(({ headers }) => headers['webhook-id'])).size, 1);
  assert.equal(new Set(scene.receiver.taken.map(({ body }) => body)).size, 1);
  assert.equal(scene.receiver.taken.length, 10);
  assert.deepEqual((await webhookRow(webhook.id))['failing_since'], new Date(began));

  scene.receiver.answer(withStatus(200));
  await scene.attempt(only(await scene.happen()));
  assert.equal((await webhookRow(webhook.id))['failing_since'], null);
});

test('a job that comes too early, or twice, changes nothing', async () => {
  await scene.webhook();
  scene.receiver.answer(withStatus(503));
  const delivery = only(await scene.happen());
  await scene.attempt(delivery);
  scene.clock.advance(6 * SECOND);
  await scene.attempt(delivery);
  for (const payload of [{ delivery }, { delivery: 'dlv_x' }, {}, null, { delivery: { $ne: 1 } }])
    await scene.deliveries.tasks['webhooks.deliver'](payload);
  await sleep(100);
  assert.equal(scene.receiver.taken.length, 2);
});

test('a receiver that asks for time is given it, up to a day', async () => {
  await scene.webhook();
  for (const [field, wait] of [
    ['120', 2 * MINUTE],
    ['1', 5 * SECOND],
    ['999999999', DAY],
    ['soon', 5 * SECOND],
    [new Date(scene.clock.now() + HOUR).toUTCString(), HOUR],
  ] as const) {
    scene.receiver.answer(withStatus(429, { 'retry-after': field }));
    const row = await scene.attempt(only(await scene.happen()));
    assert.equal((row['next_at'] as Date).getTime() - scene.clock.now(), wait, field);
  }
});

test('a redirect is a failure like any other', async () => {
  await scene.webhook();
  scene.receiver.answer(withStatus(302, { location: scene.receiver.url() }));
  const row = await scene.attempt(only(await scene.happen()));
  assert.deepEqual([row['state'], row['status']], ['waiting', 302]);
  assert.equal(scene.receiver.taken.length, 1);
});

test('a receiver that says it is gone is believed at once, and the owner is told', async () => {
  const webhook = await scene.webhook();
  scene.receiver.answer(withStatus(410));
  const [first, second] = [only(await scene.happen()), only(await scene.happen())];
  const row = await scene.attempt(first);
  assert.deepEqual([row['state'], row['status']], ['failed', 410]);
  const { is_enabled: isEnabled, disabled_because: because } = await webhookRow(webhook.id);
  assert.deepEqual([isEnabled, because], [false, 'gone']);
  assert.deepEqual(await mails(), [
    {
      recipient: 'a@example.com',
      params: {
        companyName: 'Company a',
        host: `localhost:${scene.receiver.port}`,
        description: 'A receiver',
        because: 'gone',
      },
    },
  ]);
  const events = await scene.store.superuser(
    "select actor, target, details from vouchsafe.audit_event where action = 'webhooks.disable'",
  );
  assert.deepEqual(events, [
    {
      actor: null,
      target: webhook.id,
      details: { host: `localhost:${scene.receiver.port}`, because: 'gone' },
    },
  ]);
  assert.deepEqual(await scene.happen(), [], 'nothing more is put into its outbox');
  const later = await scene.attempt(second);
  assert.deepEqual([later['state'], later['reason']], ['failed', 'disabled']);
  assert.equal(scene.receiver.taken.length, 1);
});

test('five days of nothing but failures switch a webhook off, with one mail to the company’s address', async () => {
  const webhook = await scene.webhook();
  await scene.store.superuser(
    "update vouchsafe.company set contact_email = 'ops@example.com' where id = $1",
    [COMPANY_A],
  );
  scene.receiver.answer(withStatus(500));
  const waiting = [
    only(await scene.happen()),
    only(await scene.happen()),
    only(await scene.happen()),
  ] as const;
  await scene.attempt(waiting[0]);
  scene.clock.advance(5 * DAY - 1);
  await scene.attempt(waiting[0]);
  assert.equal((await webhookRow(webhook.id))['is_enabled'], true);
  scene.clock.advance(1);
  await scene.attempt(waiting[1]);
  await scene.attempt(waiting[2]);
  const { is_enabled: isEnabled, disabled_because: because } = await webhookRow(webhook.id);
  assert.deepEqual([isEnabled, because], [false, 'failing']);
  assert.deepEqual(
    (await mails()).map(({ recipient }) => recipient),
    ['ops@example.com'],
  );
});

test('for a day after a rotation both secrets sign, and then the new one alone', async () => {
  const webhook = await scene.webhook();
  const fresh = newSecret();
  await scene.store.superuser(
    'update vouchsafe.webhook set previous_box = secret_box, previous_expires_at = $2, secret_box = $3 where id = $1',
    [webhook.id, new Date(scene.clock.now() + DAY), sealSecret(BOX_KEY, webhook.id, fresh)],
  );
  const send = async (): Promise<readonly boolean[]> => {
    await scene.attempt(only(await scene.happen()));
    const taken = scene.receiver.taken.at(-1);
    assert.ok(taken);
    return [webhook.secret, writeSecret(fresh).expose()].map((secret) => {
      try {
        verifyMessage(secret, taken);
        return true;
      } catch {
        return false;
      }
    });
  };
  await scene.store.superuser('update vouchsafe.webhook set previous_expires_at = $2 where id = $1', [
    webhook.id,
    new Date(scene.clock.now() + 1),
  ]);
  assert.deepEqual(await send(), [true, true]);
  scene.clock.advance(1);
  assert.deepEqual(await send(), [false, true]);
});

test('a secret that was put into another row, or changed, opens nothing', async () => {
  const [one, two] = [await scene.webhook(), await scene.webhook({ events: ['usage.unusual'] })];
  await scene.store.superuser(
    'update vouchsafe.webhook set secret_box = (select secret_box from vouchsafe.webhook where id = $2) where id = $1',
    [one.id, two.id],
  );
  const row = await scene.attempt(only(await scene.happen()));
  assert.deepEqual([row['state'], row['reason']], ['failed', 'secret']);
  assert.deepEqual(scene.receiver.taken, []);
  const [stored] = await scene.store.superuser(
    'select w::text as row from vouchsafe.webhook w where id = $1',
    [two.id],
  );
  const hex = Buffer.from(two.secret.slice('whsec_'.length), 'base64').toString('hex');
  assert.ok(!String(stored?.['row']).includes(hex));
});

test('what a crashed process had in its hands is found again', async () => {
  await scene.webhook();
  const [lost, held] = [only(await scene.happen()), only(await scene.happen())];
  const { superuser } = scene.store;
  await superuser('delete from graphile_worker._private_jobs');
  await superuser('update vouchsafe.webhook_delivery set attempts = 1, claimed_until = $2 where id = $1', [
    held,
    new Date(scene.clock.now() + 45 * SECOND),
  ]);
  const find = async (): Promise<void> => {
    for (const { name, run } of scene.deliveries.schedule)
      if (name === 'webhooks.find-lost') await run(scene.clock.now());
  };
  await find();
  await sleep(50);
  assert.equal(scene.receiver.taken.length, 0, 'nothing is late yet');
  scene.clock.advance(31 * SECOND);
  await find();
  await until('the lost one has arrived', async () => (await scene.row(lost))['state'] === 'delivered');
  assert.equal((await scene.row(held))['state'], 'waiting');
  scene.clock.advance(15 * SECOND);
  await find();
  await until('the held one has arrived', async () => (await scene.row(held))['state'] === 'delivered');
});

test('what ended thirty days ago is forgotten, and nothing that waits', async () => {
  await scene.webhook();
  const done = only(await scene.happen());
  await scene.attempt(done);
  const waiting = only(await scene.happen());
  const forget = async (): Promise<readonly unknown[]> => {
    for (const { name, run } of scene.deliveries.schedule)
      if (name === 'webhooks.forget') await run(scene.clock.now());
    return (await scene.store.superuser('select id from vouchsafe.webhook_delivery order by id')).map(
      ({ id }) => id,
    );
  };
  scene.clock.advance(30 * DAY);
  assert.deepEqual(await forget(), [done, waiting].sort());
  scene.clock.advance(1);
  assert.deepEqual(await forget(), [waiting]);
});

test('a webhook with too much in its outbox loses what comes then, and it is seen', async () => {
  const webhook = await scene.webhook();
  await scene.store.superuser(
    `insert into vouchsafe.webhook_delivery (id, company_id, webhook_id, type, body, created_at, state, next_at)
     select 'dlv_01h' || lpad(n::text, 23, '0'), $1, $2, 'key.rotated', '{}', now(), 'waiting', now()
     from generate_series(1, $3) n`,
    [COMPANY_A, webhook.id, MOST_WAITING],
  );
  const row = await scene.row(only(await scene.happen()));
  assert.deepEqual([row['state'], row['reason'], row['body']], ['failed', 'backlog', null]);
});

test('one receiver that never answers holds up neither another one nor other jobs', async () => {
  const slow = await scene.webhook({ url: scene.receiver.url().replace('/hooks', '/slow') });
  const quick = await scene.webhook({ events: ['auth.failures'] });
  scene.receiver.answer((response, { path }) => {
    if (path !== 'POST /slow') response.end();
  });
  for (let count = 0; count < 20; count += 1) await scene.happen();
  const [delivery] = await scene.happen('auth.failures');
  let isDone = false;
  const jobs = await startJobs({
    connection: { ...scene.store.connections.owner, role: 'vouchsafe_jobs' },
    tasks: { ...scene.deliveries.tasks, 'test.other': async () => void (isDone = true) },
    schedule: [],
    clock: scene.clock,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  try {
    await scene.store.superuser("select graphile_worker.add_job('test.other', '{}')");
    await until(
      'the other one',
      async () => (await scene.row(delivery as DeliveryId))['state'] === 'delivered',
    );
    await until('the other job', () => isDone);
  } finally {
    await jobs.close(1000);
  }
  const attempted = await scene.store.superuser(
    'select from vouchsafe.webhook_delivery where webhook_id = $1 and attempts > 0',
    [slow.id],
  );
  assert.equal(attempted.length, 1, 'one at a time');
  assert.notEqual(quick.id, slow.id);
});

test('nothing of an address, a secret or what was sent is in the log', async () => {
  const webhook = await scene.webhook({ url: `${scene.receiver.url()}/mark-5d` });
  scene.receiver.answer(withStatus(500));
  await scene.attempt(only(await scene.happen()));
  await scene.store.superuser("update vouchsafe.webhook set secret_box = decode(repeat('00', 60), 'hex')");
  await scene.attempt(only(await scene.happen()));
  assert.ok(scene.lines.length > 0);
  for (const mark of ['mark-5d', 'localhost', '127.0.0.1', 'key_x', webhook.secret])
    assert.ok(!scene.lines.join('').includes(mark), mark);
});
