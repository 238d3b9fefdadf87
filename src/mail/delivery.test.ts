import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testClock, type TestClock } from '../../test/support/clock.ts';
import { COMPANY_A, seedCompanies } from '../../test/support/companies.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { freePort } from '../../test/support/free-port.ts';
import { startSmtp, type TestSmtp } from '../../test/support/smtp.ts';
import type { UserId } from '../foundation/ids.ts';
import { linkToken } from '../foundation/link.ts';
import { startJobs } from '../jobs/runner.ts';
import { createLog } from '../log.ts';
import { connect } from '../store/connection.ts';
import { createDatabase } from '../store/database.ts';
import { enqueueMail, type Mail } from './outbox.ts';
import { createMailService, type MailService } from './service.ts';

const linkKey = createSecretKey(Buffer.alloc(32, 7));
const LINK_ID = 'sup_01h0000000000000000000000a';
const TOKEN = linkToken(linkKey, 'sign-up', LINK_ID).expose();
const RECIPIENT = 'bob@example.com';
const HOUR = 3_600_000;

/** A server takes few connections, hence each test ends its own. */
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

interface Scene {
  readonly store: TestDatabase;
  readonly clock: TestClock;
  readonly lines: readonly string[];
  readonly service: MailService;
  enqueue(mail?: Partial<Mail>): Promise<string>;
  /** Has waiting jobs run now instead of after their pause. */
  hurry(): Promise<void>;
  count(table: 'mail' | 'jobs'): Promise<number>;
}

/** An installation's mail: a database, a runner, and a service that sends to `smtpUrl`. */
const openScene = async (
  smtpUrl: string | null,
  options: { readonly idle?: boolean } = {},
): Promise<Scene> => {
  const store = await testDatabase();
  const connection = { ...store.connections.owner, role: 'vouchsafe_jobs' };
  const database = createDatabase({ connection, poolSize: 2 });
  const clock = testClock();
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const from = 'Example Maps <accounts@example.com>';
  const publicUrl = 'https://maps.example.com';
  const service = createMailService({ database, publicUrl, linkKey, smtpUrl, from, clock, log });
  const { tasks, schedule } = service;
  endings.push(
    () => store.database.close(),
    () => database.close(),
  );
  if (options.idle !== true) {
    const jobs = await startJobs({ connection, tasks, schedule, clock, log });
    endings.push(() => jobs.close(1000));
  }
  return {
    store,
    clock,
    lines,
    service,
    enqueue: (mail = {}) =>
      store.database.system((tx) =>
        enqueueMail(
          tx,
          {
            template: 'sign-up-confirm',
            recipient: RECIPIENT,
            params: {},
            link: { purpose: 'sign-up', id: LINK_ID },
            expiresAt: new Date(clock.now() + 24 * HOUR),
            ...mail,
          } as Mail,
          clock.now(),
        ),
      ),
    hurry: async () => {
      await store.superuser("update graphile_worker._private_jobs set run_at = now() - interval '1 second'");
      await store.superuser("select graphile_worker.add_job('mail.deliver', '{}')");
    },
    count: async (table) =>
      (
        await store.superuser(
          `select from ${table === 'mail' ? 'vouchsafe.mail' : 'graphile_worker._private_jobs'}`,
        )
      ).length,
  };
};

const until = async (what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (await isTrue()) return;
    await sleep(20);
  }
  assert.fail(`never: ${what}`);
};

const untilQuiet = (scene: Scene): Promise<void> =>
  until('no job is left', async () => (await scene.count('jobs')) === 0);

const untilFailed = (scene: Scene, code: string): Promise<void> =>
  until(`a job failed with ${code}`, async () => {
    const rows = await scene.store.superuser(
      'select from graphile_worker._private_jobs where last_error = $1 and locked_at is null',
      [code],
    );
    return rows.length > 0;
  });

/** Every row of every table of ours and of the queue, as text. */
const everything = async ({ superuser }: TestDatabase): Promise<string> => {
  const tables = await superuser(
    "select schemaname || '.' || tablename as name from pg_tables where schemaname in ('vouchsafe', 'graphile_worker')",
  );
  assert.ok(tables.length > 20);
  const rows: string[] = [];
  // One after the other: each takes a connection, and there are more tables than those.
  for (const { name } of tables)
    for (const { row } of await superuser(`select row_to_json(t)::text as row from ${String(name)} t`))
      rows.push(String(row));
  return rows.join('\n');
};

const assertNothingSaid = ({ lines }: Scene): void => {
  const said = lines.join('');
  for (const secret of [RECIPIENT, 'bob', TOKEN, LINK_ID]) assert.ok(!said.includes(secret), secret);
};

test('a mail is handed over once, with its link, and then forgotten', async () => {
  const smtp = await startSmtp();
  const scene = await openScene(smtp.url);
  const id = await scene.enqueue();
  await untilQuiet(scene);
  assert.equal(smtp.received.length, 1);
  const [got] = smtp.received;
  assert.deepEqual(got?.to, [RECIPIENT]);
  assert.ok(got?.mail.text?.includes(`https://maps.example.com/dashboard/confirm#token=${TOKEN}\n`));
  assert.equal(got?.mail.messageId, `<${id}@example.com>`);
  assert.equal(await scene.count('mail'), 0);
  assertNothingSaid(scene);
});

test('a mail exists only if its transaction commits', async () => {
  const smtp = await startSmtp();
  const scene = await openScene(smtp.url);
  const { database } = scene.store;
  await assert.rejects(
    database.system(async (tx) => {
      await enqueueMail(
        tx,
        { template: 'password-changed', recipient: RECIPIENT, params: {} },
        scene.clock.now(),
      );
      throw new Error('changed my mind');
    }),
    /changed my mind/,
  );
  assert.deepEqual([await scene.count('mail'), await scene.count('jobs')], [0, 0]);
  await scene.enqueue({ recipient: 'ann@example.com' });
  await untilQuiet(scene);
  assert.deepEqual(
    smtp.received.map(({ to }) => to),
    [['ann@example.com']],
  );
});

test('no table holds a token, before, between and after attempts', async () => {
  const smtp = await startSmtp();
  smtp.refuse('DATA', 451);
  const scene = await openScene(smtp.url);
  await scene.enqueue();
  await untilFailed(scene, '451');
  const kept = await everything(scene.store);
  assert.ok(kept.includes(LINK_ID), 'the link is there by its id');
  assert.ok(!kept.includes(TOKEN));
  await scene.hurry();
  await untilQuiet(scene);
  assert.equal(smtp.received.length, 1);
  assert.ok(!(await everything(scene.store)).includes(TOKEN));
});

test('a server that says later is asked later, and gets the mail once', async () => {
  const smtp = await startSmtp();
  smtp.refuse('RCPT TO', 451, 451);
  const scene = await openScene(smtp.url);
  await scene.enqueue();
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await until('tried', async () => {
      const [job] = await scene.store.superuser(
        "select attempts, run_at > now() as later from graphile_worker._private_jobs where last_error = '451' and locked_at is null",
      );
      return job?.['attempts'] === attempt && job['later'] === true;
    });
    await scene.hurry();
  }
  await untilQuiet(scene);
  assert.equal(smtp.received.length, 1);
  assertNothingSaid(scene);
});

test('mail waits while the server is down, and goes out when it is back', async () => {
  const port = await freePort();
  const scene = await openScene(`smtp://127.0.0.1:${port}`);
  await scene.enqueue();
  await untilFailed(scene, 'ESOCKET');
  assert.equal(await scene.count('mail'), 1);
  const smtp = await startSmtp({ port });
  await scene.hurry();
  await untilQuiet(scene);
  assert.equal(smtp.received.length, 1);
});

test('attempts go on for three days and more, and longer than any mail lives', async () => {
  const scene = await openScene(null, { idle: true });
  await scene.enqueue();
  const [job] = await scene.store.superuser('select max_attempts from graphile_worker._private_jobs');
  // As graphile-worker pauses: e^min(attempts, 10) seconds.
  let seconds = 0;
  for (let attempt = 1; attempt < Number(job?.['max_attempts']); attempt += 1)
    seconds += Math.exp(Math.min(attempt, 10));
  assert.ok(seconds > 10 * 86_400, `${seconds} s`);
  await assert.rejects(scene.enqueue({ expiresAt: new Date(scene.clock.now() + 241 * HOUR) }), {
    name: 'StoreError',
    constraint: 'mail_is_short_lived',
  });
});

test('a mail that is refused for good is dropped and told by its code only', async () => {
  const smtp = await startSmtp();
  smtp.refuse('RCPT TO', 550);
  const scene = await openScene(smtp.url);
  await scene.enqueue();
  await untilQuiet(scene);
  assert.deepEqual([smtp.received.length, await scene.count('mail')], [0, 0]);
  assert.ok(scene.lines.some((line) => line.includes('"code":"550"')));
  assertNothingSaid(scene);
});

test('a server that refuses us loses no mail', async () => {
  const smtp = await startSmtp();
  smtp.refuse('MAIL FROM', 550);
  const scene = await openScene(smtp.url);
  await scene.enqueue();
  await untilFailed(scene, '550');
  assert.equal(await scene.count('mail'), 1);
  await scene.hurry();
  await untilQuiet(scene);
  assert.equal(smtp.received.length, 1);
});

test('a mail whose link is over is dropped instead of sent, by its job and by the sweep', async () => {
  const smtp = await startSmtp();
  smtp.refuse('RCPT TO', 451);
  const scene = await openScene(smtp.url);
  await scene.enqueue();
  await untilFailed(scene, '451');
  scene.clock.advance(25 * HOUR);
  await scene.hurry();
  await untilQuiet(scene);
  assert.deepEqual([smtp.received.length, await scene.count('mail')], [0, 0]);
  assert.ok(scene.lines.some((line) => line.includes('mail_expired')));

  const idle = await openScene(smtp.url, { idle: true });
  await idle.enqueue();
  await idle.enqueue({ expiresAt: new Date(idle.clock.now() + 48 * HOUR) });
  idle.clock.advance(25 * HOUR);
  await idle.service.schedule[0].run(idle.clock.now());
  assert.equal(await idle.count('mail'), 1);
  assertNothingSaid(scene);
  assertNothingSaid(idle);
});

const lockDeletes = (scene: Scene, locked: boolean) =>
  scene.store.superuser(
    locked
      ? 'revoke delete on vouchsafe.mail from vouchsafe_jobs'
      : 'grant delete on vouchsafe.mail to vouchsafe_jobs',
  );

test('a database that fails between acceptance and our noting it makes no second mail in the same process', async () => {
  const smtp = await startSmtp();
  const scene = await openScene(smtp.url);
  await lockDeletes(scene, true);
  await scene.enqueue();
  await untilFailed(scene, '42501');
  assert.equal(smtp.received.length, 1);
  await lockDeletes(scene, false);
  await scene.hurry();
  await untilQuiet(scene);
  assert.deepEqual([smtp.received.length, await scene.count('mail')], [1, 0]);
});

test('after a crash in that moment the repeat bears the same Message-ID', async () => {
  const smtp = await startSmtp();
  const scene = await openScene(smtp.url, { idle: true });
  const id = await scene.enqueue();
  await lockDeletes(scene, true);
  await assert.rejects(scene.service.tasks['mail.deliver']({ mail: id }), { code: '42501' });
  await lockDeletes(scene, false);
  // What a new process knows: nothing of the first one.
  const database = createDatabase({
    connection: { ...scene.store.connections.owner, role: 'vouchsafe_jobs' },
  });
  endings.push(() => database.close());
  const next = createMailService({
    database,
    publicUrl: 'https://maps.example.com',
    linkKey,
    smtpUrl: smtp.url,
    from: 'accounts@example.com',
    clock: scene.clock,
    log: createLog('silent'),
  });
  await next.tasks['mail.deliver']({ mail: id });
  assert.equal(await scene.count('mail'), 0);
  assert.equal(smtp.received.length, 2);
  assert.equal(smtp.received[0]?.mail.messageId, smtp.received[1]?.mail.messageId);
  assert.equal(smtp.received[0]?.mail.text, smtp.received[1]?.mail.text);
});

test('a mail that cannot be written is dropped instead of tried for ever', async () => {
  const smtp = await startSmtp();
  const scene = await openScene(smtp.url, { idle: true });
  const id = await scene.enqueue();
  await scene.store.superuser("update vouchsafe.mail set template = 'from-the-future'");
  await scene.service.tasks['mail.deliver']({ mail: id });
  assert.deepEqual([smtp.received.length, await scene.count('mail')], [0, 0]);
});

test('a job without a mail, or with something else, ends quietly', async () => {
  const { service } = await openScene(null, { idle: true });
  for (const payload of [undefined, null, 'mai_x', {}, { mail: 7 }, { mail: "mai_' or 1=1" }])
    await service.tasks['mail.deliver'](payload);
});

const openMailbox = async (): Promise<Scene> => {
  const scene = await openScene(null);
  await scene.enqueue();
  await untilQuiet(scene);
  return scene;
};

test('without a server the mail stays in the local mailbox for a week, its link made when it is looked at', async () => {
  const scene = await openMailbox();
  const [entry, ...more] = await scene.service.mailbox.list();
  assert.equal(more.length, 0);
  assert.ok(entry?.text.includes(TOKEN));
  assert.deepEqual(await scene.service.mailbox.read(entry?.id ?? ''), entry);
  assert.ok(!(await everything(scene.store)).includes(TOKEN));
  scene.clock.advance(6 * 24 * HOUR);
  await scene.service.schedule[0].run(scene.clock.now());
  assert.equal((await scene.service.mailbox.list()).length, 1);
  scene.clock.advance(25 * HOUR);
  await scene.service.schedule[0].run(scene.clock.now());
  assert.equal((await scene.service.mailbox.list()).length, 0);
});

test('with a server the mailbox shows nothing, not even what waits', async () => {
  const smtp: TestSmtp = await startSmtp();
  const scene = await openScene(smtp.url, { idle: true });
  const id = await scene.enqueue();
  const { mailbox } = scene.service;
  assert.deepEqual([mailbox.keepsMail, await mailbox.list(), await mailbox.read(id)], [false, [], undefined]);
  assert.equal(await mailbox.countWaiting(), 1);
  // Kept before SMTP_URL was set.
  await scene.store.superuser('update vouchsafe.mail set delivered_at = $1', [
    new Date(scene.clock.now() - 1),
  ]);
  await scene.service.schedule[0].run(scene.clock.now());
  assert.equal(await scene.count('mail'), 0);
});

test('the server’s role can put mail in, and neither see, change nor take back any', async () => {
  const { store, enqueue } = await openScene(null, { idle: true });
  await enqueue();
  for (const text of [
    'select from vouchsafe.mail',
    'delete from vouchsafe.mail',
    "insert into vouchsafe.mail (id, template, recipient, created_at, expires_at) values ('mai_01h0000000000000000000000a', 'x', 'x', now(), now() + interval '1 hour')",
    'select from graphile_worker._private_jobs',
    "select graphile_worker.add_job('mail.deliver')",
    "select vouchsafe.release_stuck_jobs('{}', 1)",
    "select vouchsafe.queue_as_text('x')",
    'set role vouchsafe_jobs',
  ])
    await assert.rejects(store.app(text), { code: '42501' }, text);
  const session = await connect({ ...store.connections.owner, role: 'vouchsafe_jobs' }, { name: 'test' });
  for (const table of ['user_account', 'session', 'company', 'key', 'sign_up'])
    await assert.rejects(session.query(`select from vouchsafe.${table}`), { code: '42501' }, table);
  await session.end();
});

test('erasing a user or a company takes their mail along, and nobody else’s', async () => {
  const scene = await openScene(null, { idle: true });
  const { store } = scene;
  await seedCompanies(store.superuser);
  const user: UserId = 'usr_01h00000000000000000000ma9';
  await store.superuser(
    "insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, 'ann.mail@example.com', now(), now())",
    [user],
  );
  const before = await scene.count('mail');
  await scene.enqueue({ user });
  await scene.enqueue({ recipient: 'ann.mail@example.com' });
  await scene.enqueue({ company: COMPANY_A });
  const other = await scene.enqueue();
  assert.equal(await scene.count('mail'), before + 4);
  const stores = (await store.app('select * from vouchsafe.erase_user($1)', [user])) as {
    store: string;
    rows: number;
  }[];
  assert.equal(stores.find(({ store: name }) => name === 'mail')?.rows, 1);
  await store.app('select * from vouchsafe.erase_company($1)', [COMPANY_A]);
  const left = await store.superuser(
    "select id from vouchsafe.mail where user_id = $1 or company_id = $2 or recipient = 'ann.mail@example.com' or id = $3",
    [user, COMPANY_A, other],
  );
  assert.deepEqual(left, [{ id: other }]);
});
