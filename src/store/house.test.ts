import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from './connection.ts';
import {
  KEY_A,
  KEY_B,
  PROJECT_A,
  PROJECT_B,
  COMPANY_A,
  COMPANY_B,
  digestOf,
  seedCompanies,
} from '../../test/support/companies.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';

const DAY = '2026-11-23';
let scene: TestDatabase;

before(async () => {
  scene = await testDatabase();
  await seedCompanies(scene.superuser, 100);
});

const lease = async (want: number, subject: string = PROJECT_A, period = 'day', starts = DAY) =>
  (
    await scene.app('select * from vouchsafe.lease_quota($1, $2, $3, $4)', [subject, period, starts, want])
  )[0];

const giveBack = async (units: number, subject: string = PROJECT_A) =>
  (await scene.app("select vouchsafe.return_quota($1, 'day', $2, $3) as used", [subject, DAY, units]))[0]?.[
    'used'
  ];

const epoch = async (): Promise<number> =>
  Number((await scene.app('select vouchsafe.key_epoch() as epoch'))[0]?.['epoch']);

test('a secret is found by its digest, with all that the gate needs and nothing else', async () => {
  const [row] = await scene.app('select * from vouchsafe.find_secret($1)', [digestOf('a')]);
  assert.equal(row?.['key_id'], KEY_A);
  assert.equal(row?.['company_id'], COMPANY_A);
  assert.equal(row?.['per_day'], 100);
  assert.deepEqual(row?.['scopes'], ['geocoding:read']);
  assert.equal('name' in (row ?? {}), false);
  assert.deepEqual(await scene.app('select * from vouchsafe.find_secret($1)', [Buffer.alloc(32)]), []);
});

test('leases together never pass the day’s limit, however many ask at once', async () => {
  const grants = await Promise.all(Array.from({ length: 12 }, () => lease(15)));
  const total = grants.reduce((sum, row) => sum + Number(row?.['granted']), 0);
  assert.equal(total, 100);
  assert.deepEqual(await lease(1), { granted: 0, used: 100, quota: 100 });
});

test('units given back can be leased again, and never make the use negative', async () => {
  assert.equal(await giveBack(30), 70);
  assert.deepEqual(await lease(50), { granted: 30, used: 100, quota: 100 });
  assert.equal(await giveBack(5000), 0);
  assert.equal(await giveBack(5, 'prj_unknown'), 0);
});

test('the limit of the project counts, else its plan’s; a soft one bounds nothing, and no limit grants everything', async () => {
  assert.deepEqual(await lease(-5), { granted: 0, used: 0, quota: 100 });
  const limits = (text: string) =>
    scene.superuser(`update vouchsafe.project set ${text} where id = $1`, [PROJECT_B]);
  await limits('per_day = null');
  assert.deepEqual(await lease(5000, PROJECT_B), { granted: 5000, used: 5000, quota: null });
  await limits('per_day = 10, is_soft = true');
  assert.deepEqual(await lease(20, PROJECT_B), { granted: 20, used: 5020, quota: 10 });
  await limits('is_soft = null');
  assert.deepEqual(await lease(20, PROJECT_B), { granted: 0, used: 5020, quota: 10 });
  await limits('per_second = null, per_day = null');
  await giveBack(5000, PROJECT_B);
  assert.deepEqual(await lease(5000, PROJECT_B), { granted: 2480, used: 2500, quota: 2500 });
  await scene.superuser("update vouchsafe.plan set per_day = null where name = 'standard'");
  assert.deepEqual(await lease(1, PROJECT_B), { granted: 1, used: 2501, quota: null });
  await scene.superuser("update vouchsafe.plan set per_day = 2500 where name = 'standard'");
  assert.equal(await lease(1, 'prj_unknown'), undefined);
});

test('a month and a key have units of their own; one period is not another', async () => {
  const month = (want: number) => lease(want, PROJECT_A, 'month', '2026-11-01');
  await scene.superuser('update vouchsafe.project set per_month = 30 where id = $1', [PROJECT_A]);
  assert.deepEqual(await month(50), { granted: 30, used: 30, quota: 30 });
  assert.deepEqual(await lease(1, PROJECT_A, 'month', '2026-12-01'), { granted: 1, used: 1, quota: 30 });
  assert.deepEqual(await lease(10), { granted: 10, used: 10, quota: 100 });
  assert.deepEqual(await lease(7, KEY_A), { granted: 7, used: 7, quota: null });
  await scene.superuser('update vouchsafe.key set per_day = 9 where id = $1', [KEY_A]);
  assert.deepEqual(await lease(7, KEY_A), { granted: 2, used: 9, quota: 9 });
  await assert.rejects(lease(1, PROJECT_A, 'month', '2026-11-02'), { code: '23514' });
  await assert.rejects(lease(1, PROJECT_A, 'week', '2026-11-02'), { code: '23514' });
});

test('periods that are over are dropped, a month when all of it is', async () => {
  const left = async () =>
    (
      await scene.superuser(
        "select subject || ' ' || period || ' ' || starts as row from vouchsafe.quota_use order by starts, subject, period",
      )
    ).map(({ row }) => row);
  await scene.superuser('truncate vouchsafe.quota_use');
  for (const starts of ['2026-11-29', '2026-11-30', '2026-12-01']) await lease(1, PROJECT_A, 'day', starts);
  for (const starts of ['2026-10-01', '2026-11-01', '2026-12-01']) await lease(1, PROJECT_A, 'month', starts);
  await scene.app("select vouchsafe.drop_quota_before('2026-11-30')");
  const rest = ['month 2026-11-01', 'day 2026-11-30', 'day 2026-12-01', 'month 2026-12-01'];
  assert.deepEqual(
    await left(),
    rest.map((row) => `${PROJECT_A} ${row}`),
  );
  await scene.app("select vouchsafe.drop_quota_before('2026-12-01')");
  assert.deepEqual(
    await left(),
    rest.slice(2).map((row) => `${PROJECT_A} ${row}`),
  );
});

test('usage is added up over calls and doubles, and a month without a partition gets one', async () => {
  const add = (days: string[]) =>
    scene.app(
      'select vouchsafe.add_usage(md5(random()::text), 1, $1, $2, $3, $4, $5, $6, $7, $8) as written',
      [
        days.map(() => COMPANY_A),
        days.map(() => PROJECT_A),
        days.map(() => ''),
        days.map(() => 'geocoding.reverse'),
        days,
        days.map(() => 'ok'),
        days.map(() => 1),
        days.map(() => 2),
      ],
    );
  await Promise.all([
    add(['2031-05-01', '2031-05-01']),
    add(['2031-05-01', '2031-06-30']),
    add(['2031-06-30']),
  ]);
  const rows = await scene.superuser(
    "select day::text, count from vouchsafe.usage_day where day > '2031-01-01' order by day",
  );
  assert.deepEqual(rows, [
    { day: '2031-05-01', count: 6 },
    { day: '2031-06-30', count: 4 },
  ]);
  await assert.rejects(add(['1999-01-01']), { code: '22008' });
});

test('old months are dropped whole, younger ones stay', async () => {
  const [row] = await scene.app("select vouchsafe.drop_usage_before('2031-06-30') as dropped");
  assert.ok(Number(row?.['dropped']) >= 1);
  const rows = await scene.superuser("select day::text from vouchsafe.usage_day where day > '2031-01-01'");
  assert.deepEqual(rows, [{ day: '2031-06-30' }]);
  const [none] = await scene.app(
    'select vouchsafe.ensure_usage_months(2) as made, vouchsafe.ensure_usage_months(2) as again',
  );
  assert.equal(none?.['again'], 0);
});

test('changes of keys, limits and companies move the epoch and are announced by id; other changes are not', async () => {
  const heard: string[] = [];
  const client = await connect(scene.connections.app, { name: 'test' });
  client.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await client.query('listen vouchsafe_keys');
  const start = await epoch();
  await scene.superuser("update vouchsafe.key set name = 'Second' where id = $1", [KEY_A]);
  await scene.superuser('update vouchsafe.project set per_second = 20 where id = $1', [PROJECT_A]);
  await scene.superuser("update vouchsafe.key set name = 'Nobody' where false");
  await scene.superuser("update vouchsafe.company set name = 'Renamed' where id = $1", [COMPANY_A]);
  await scene.superuser("update vouchsafe.company set contact_email = 'a@example.org' where id = $1", [
    COMPANY_A,
  ]);
  assert.equal(await epoch(), start + 3);
  await client.query('select');
  assert.deepEqual(heard, [KEY_A, PROJECT_A, COMPANY_A]);
  await client.end();
});

test('a change that is rolled back is neither counted nor announced', async () => {
  const start = await epoch();
  await assert.rejects(
    scene.superuser("do $$ begin update vouchsafe.key set name = 'x'; raise 'no'; end $$"),
  );
  assert.equal(await epoch(), start);
});

test('many changes at once are announced as one', async () => {
  const heard: string[] = [];
  const client = await connect(scene.connections.app, { name: 'test' });
  client.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await client.query('listen vouchsafe_keys');
  const start = await epoch();
  await scene.superuser(
    `insert into vouchsafe.key (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at)
     select 'key_' || lpad(n::text, 26, '0'), $1, $2, 'vs_pk_test_' || lpad(n::text, 32, '0'),
            sha256(n::text::bytea), 0, 'Load', '{}', now() from generate_series(1, 500) n`,
    [COMPANY_B, PROJECT_B],
  );
  await client.query('select');
  assert.deepEqual(heard, ['*']);
  assert.equal(await epoch(), start + 1);
  await client.end();
});

test('an exposed secret is marked once, and revoked where the project says so', async () => {
  const mark = async (at: string) =>
    (await scene.app('select * from vouchsafe.mark_exposed($1, $2)', [KEY_A, at]))[0];
  const first = await mark('2026-11-22T10:00:00Z');
  assert.deepEqual([first?.['is_new'], first?.['revoked_at']], [true, null]);
  const second = await mark('2026-11-22T11:00:00Z');
  assert.deepEqual([second?.['is_new'], second?.['exposed_at']], [false, first?.['exposed_at']]);
  await scene.superuser('update vouchsafe.project set revoke_exposed = true where id = $1', [PROJECT_A]);
  const third = await mark('2026-11-22T12:00:00Z');
  assert.deepEqual(third?.['revoked_at'], new Date('2026-11-22T12:00:00Z'));
  assert.deepEqual(await scene.app("select * from vouchsafe.mark_exposed('key_unknown', now())"), []);
});

test('a revocation is final, for everyone', async () => {
  await assert.rejects(
    scene.superuser('update vouchsafe.key set revoked_at = null, revoke_reason = null where id = $1', [
      KEY_A,
    ]),
    {
      constraint: 'key_revocation_is_final',
    },
  );
});

test('a secret cannot be kept in a column for something else', async () => {
  const secret = `vs_sk_live_${'x'.repeat(43)}`;
  for (const column of ['name', 'public_key', 'revoke_reason', 'created_by']) {
    await assert.rejects(
      scene.superuser(`update vouchsafe.key set revoked_at = now(), ${column} = $1 where id = $2`, [
        secret,
        KEY_B,
      ]),
      { code: '23514' },
      column,
    );
  }
});

test('the history of promises can be continued, but not changed, not even by the owner or a superuser', async () => {
  const append = (previous: string, hash: string) =>
    scene.app(
      `insert into vouchsafe.promise_check (promise_id, state, evidence, checked_at, previous_hash, hash, signature)
       values ('tls-only', 'kept', '', now(), $1, $2, $3)`,
      [Buffer.alloc(32, previous), Buffer.alloc(32, hash), Buffer.alloc(64)],
    );
  await append('0', '1');
  await append('1', '2');
  await assert.rejects(append('1', '3'), { code: '23505' }, 'the chain does not fork');
  for (const sql of [scene.owner, scene.superuser]) {
    for (const change of [
      "update vouchsafe.promise_check set state = 'broken'",
      'delete from vouchsafe.promise_check',
      'truncate vouchsafe.promise_check',
    ]) {
      await assert.rejects(sql(change), { code: '42501', message: 'promise_check is append-only' });
    }
  }
  await assert.rejects(scene.app('delete from vouchsafe.promise_check'), { code: '42501' });
});

test('the server’s role cannot make tables, read system tables’ rows past the functions, or change counters', async () => {
  for (const text of [
    'create table vouchsafe.mine (id int)',
    'create table public.mine (id int)',
    'select * from vouchsafe.key_epoch',
    'update vouchsafe.quota_use set used = 0',
    'update vouchsafe.usage_day set count = 0',
    'update vouchsafe.key set public_key = public_key',
    'update vouchsafe.audit_event set action = action',
    'select * from vouchsafe.mail',
    'set role vouchsafe_owner',
    'set role vouchsafe_system',
    'select vouchsafe.make_usage_month(current_date)',
    'alter table vouchsafe.key disable row level security',
  ]) {
    await assert.rejects(scene.app(text), { code: '42501' }, text);
  }
});
