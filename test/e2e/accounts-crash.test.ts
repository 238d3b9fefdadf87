/** Accounts when things break: crashes at bad moments, a database that is killed, a full disk. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GOOD_PASSWORD,
  keptMails,
  mailedToken,
  openAccountClient,
  signUp,
  type Owner,
} from '../support/account-client.ts';
import { postmasterOf, signalAll } from '../support/processes.ts';
import {
  makeHome,
  PACE_OF_PEOPLE_MS,
  until,
  type Exit,
  type RunningServer,
  type ServerOptions,
} from '../support/server.ts';
import { serve } from '../support/served.ts';

const STOPPED: Exit = { code: 0, signal: null };
const PARIS = '/geocode/v1/json?q=Paris,+Texas';

/** Starts a server for one test, and leaves none behind when the test fails. */
const withServer = async <Value>(
  options: ServerOptions,
  work: (server: RunningServer) => Promise<Value>,
): Promise<Value> => {
  await using served = await serve(options);
  return await work(served.server);
};

const createKey = async (owner: Owner): Promise<{ readonly id: string; readonly secret: string }> => {
  const { items } = await owner.ok('GET', `/v1/companies/${owner.company}/projects`);
  const made = await owner.ok('POST', `/v1/companies/${owner.company}/projects/${items[0].id}/keys`, {
    name: 'Web',
  });
  return { id: made.key.id, secret: made.secret };
};

const statusWith = async (server: RunningServer, key: string): Promise<number> =>
  (await server.request(PARIS, { key })).status;

test('a crash during a rotation or a deletion leaves all of it or nothing', async (t) => {
  const home = await makeHome();
  const email = 'bob@example.com';
  let owner: Owner | undefined;
  let key = { id: '', secret: '' };

  await withServer({ home }, async (server) => {
    owner = await signUp(server, email);
    key = await createKey(owner);
    const path = `/v1/companies/${owner.company}/keys/${key.id}/rotate`;
    void owner.call('POST', path, { overlap_hours: 1 }).catch(() => undefined);
    await sleep(randomInt(0, 120));
    await server.kill('everything');
  });
  assert.ok(owner);

  await withServer({ home }, async (server) => {
    assert.equal(await statusWith(server, key.secret), 200, 'the secret works, rotated or not');
    const [row] = await server.sql<{ rotated: boolean; told: number; logged: number }>(
      `select previous_digest is not null as rotated,
              (select count(*)::int from vouchsafe.mail where template = 'key-rotated') as told,
              (select count(*)::int from vouchsafe.audit_event where action = 'keys.rotate' and target = $1) as logged
         from vouchsafe.key where id = $1`,
      [key.id],
    );
    t.diagnostic(`rotated: ${row?.rotated}`);
    assert.deepEqual([row?.told, row?.logged], row?.rotated === true ? [1, 1] : [0, 0]);
    // A session outlives a crash.
    const client = owner?.copy(server);
    assert.equal((await client?.call('GET', '/v1/session'))?.status, 200);
    void client?.call('DELETE', '/v1/account', { email }).catch(() => undefined);
    await sleep(randomInt(0, 200));
    await server.kill('everything');
  });

  await withServer({ home }, async (server) => {
    const counts = await server.sql<{ n: number }>(
      `select count(*)::int as n from vouchsafe.user_account where email = $1
       union all select count(*)::int from vouchsafe.company where id = $2
       union all select count(*)::int from vouchsafe.key where id = $3`,
      [email, owner?.company, key.id],
    );
    const present = counts.map(({ n }) => n);
    const isGone = present[0] === 0;
    t.diagnostic(`deleted: ${isGone}`);
    assert.deepEqual(present, isGone ? [0, 0, 0] : [1, 1, 1]);
    assert.equal(await statusWith(server, key.secret), isGone ? 401 : 200);
    const { status } = await openAccountClient(server).call('POST', '/v1/sessions', {
      email,
      password: GOOD_PASSWORD,
    });
    assert.equal(status, isGone ? 401 : 200);
    const receipts = (await keptMails(server, email)).filter(({ subject }) => /deleted/.test(subject));
    assert.equal(receipts.length, isGone ? 1 : 0);
    assert.deepEqual(await server.stop(), STOPPED);
  });
});

test('while PostgreSQL is killed and comes back, accounts get 503 at the worst, and mail and hashes go on', async () => {
  await withServer({}, async (server) => {
    const owner = await signUp(server, 'cleo@example.com');
    const statuses: number[] = [];
    const postmaster = postmasterOf(server.home.dataDir);
    assert.ok(postmaster);
    const isBack = (): boolean => ![undefined, postmaster].includes(postmasterOf(server.home.dataDir));
    // Hashed while there is no database, and put into one that may not be there yet.
    const signIns = Array.from({ length: 3 }, () => openAccountClient(server, new Map(), '127.0.3.1')).map(
      (client) => client.call('POST', '/v1/sessions', { email: owner.email, password: GOOD_PASSWORD }),
    );
    signalAll([postmaster], 'SIGKILL');
    await until(
      'the database is back',
      async () => {
        statuses.push((await owner.call('GET', '/v1/sessions')).status);
        return statuses.at(-1) === 200 && isBack();
      },
      20_000,
      PACE_OF_PEOPLE_MS,
    );
    statuses.push(...(await Promise.all(signIns)).map(({ status }) => status));
    assert.deepEqual(
      statuses.filter((status) => status !== 200 && status !== 503 && status !== 429),
      [],
    );
    await signUp(server, 'dora@example.com', '127.0.3.2');
    assert.ok(await mailedToken(server, 'dora@example.com'));
    assert.deepEqual(await server.stop(), STOPPED);
    for (const line of server.stderr().trim().split('\n')) assert.doesNotThrow(() => JSON.parse(line), line);
    assert.doesNotMatch(server.stderr(), /cleo|dora/);
  });
});

test('a full disk is a 503 that leaves nothing half-written, and the outbox goes on afterwards', async () => {
  await withServer({}, async (server) => {
    const email = 'eve@example.com';
    const owner = await signUp(server, email);
    const key = await createKey(owner);
    // What a key may do in a day is leased ahead of need.
    assert.equal(await statusWith(server, key.secret), 200);
    const client = openAccountClient(server, new Map(), '127.0.4.1');
    const count = async (): Promise<readonly unknown[]> =>
      server.sql(
        `select (select count(*) from vouchsafe.sign_up), (select count(*) from vouchsafe.session),
                (select count(*) from vouchsafe.invitation), (select count(*) from vouchsafe.audit_event where company_id = $1),
                (select count(*) from vouchsafe.key where company_id = $1), (select count(*) from vouchsafe.mail)`,
        [owner.company],
      );
    // What PostgreSQL says when it cannot make a file longer.
    await server.sql(`create function public.full_disk() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`);
    const before = await count();
    const tables = await server.sql<{ name: string }>(
      `select oid::regclass::text as name from pg_class
        where relkind = 'r' and not relispartition
          and relnamespace in ('vouchsafe'::regnamespace, 'graphile_worker'::regnamespace)`,
    );
    for (const { name } of tables)
      await server.sql(
        `create trigger full_disk before insert or update on ${name} for each row execute function public.full_disk()`,
      );
    const company = `/v1/companies/${owner.company}`;
    const attempts = [
      await client.call('POST', '/v1/sign-ups', {
        email: 'fay@example.com',
        password: GOOD_PASSWORD,
        company_name: 'Fay',
      }),
      await client.call('POST', '/v1/sessions', { email, password: GOOD_PASSWORD }),
      await owner.call('POST', `${company}/invitations`, { email: 'gus@example.com', role: 'viewer' }),
      await owner.call('POST', `${company}/keys/${key.id}/rotate`, { overlap_hours: 1 }),
      await owner.call('PATCH', company, { name: 'Other' }),
      await owner.call('DELETE', '/v1/account', { email }),
    ];
    assert.deepEqual(
      attempts.map(({ status, body }) => [status, body.code]),
      attempts.map(() => [503, 'unavailable']),
    );
    assert.equal((await owner.call('GET', `${company}/keys`)).status, 200);
    assert.equal(await statusWith(server, key.secret), 200);
    assert.deepEqual(await count(), before);

    for (const { name } of tables) await server.sql(`drop trigger full_disk on ${name}`);
    await signUp(server, 'fay@example.com', '127.0.4.2');
    await owner.ok('DELETE', '/v1/account', { email });
    assert.deepEqual(await server.stop(), STOPPED);
    for (const line of server
      .stderr()
      .trim()
      .split('\n')
      .filter((text) => text !== ''))
      assert.doesNotThrow(() => JSON.parse(line), line);
  });
});
