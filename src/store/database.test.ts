import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { COMPANY_A, COMPANY_B, KEY_A, PROJECT_A, seedCompanies } from '../../test/support/companies.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { Problem } from '../foundation/problem.ts';
import { createDatabase } from './database.ts';
import { openCluster } from './embedded/cluster.ts';
import { StoreError } from './errors.ts';
import { statement } from './statement.ts';
import type { Transaction } from './transaction.ts';

const MARK = 'mark-7f3a9c';

const readIds = statement({
  name: 'test.read-ids',
  text: 'select id from vouchsafe.project',
  columns: { id: 'text' },
});
const rename = statement({
  name: 'test.rename',
  text: 'update vouchsafe.project set name = $2 where id = $1 returning name',
  params: ['text', 'text'],
  columns: { name: 'text' },
});
const readName = statement({
  name: 'test.read-name',
  text: 'select name from vouchsafe.project where id = $1',
  params: ['text'],
  columns: { name: 'text' },
});
const insertProject = statement({
  name: 'test.insert-project',
  text: 'insert into vouchsafe.project (id, company_id, name, per_second, created_at) values ($1, $2, $3, 1, now())',
  params: ['text', 'text', 'text'],
});
const parseNumber = statement({
  name: 'test.parse-number',
  text: 'select $1::text::int as number',
  params: ['text'],
  columns: { number: 'int4' },
});
const everyType = statement({
  name: 'test.every-type',
  text: `select $1::int8 as a, $2::date as b, $3::jsonb as c, $4::bytea as d, $5::text[] as e, $6::timestamptz as f, $7::int4 as g,
                $8::int8[] as h, $9::date[] as i`,
  params: ['int8', 'date', 'jsonb', 'bytea', 'text[]', 'timestamptz', 'int4?', 'int8[]', 'date[]'],
  columns: {
    a: 'int8',
    b: 'date',
    c: 'jsonb',
    d: 'bytea',
    e: 'text[]',
    f: 'timestamptz',
    g: 'int4?',
    h: 'int8[]',
    i: 'date[]',
  },
});
const pause = statement({
  name: 'test.pause',
  text: 'select pg_sleep(0.5) as slept',
  columns: { slept: 'void' },
});
const one = statement({ name: 'test.one', text: 'select 1::int4 as one', columns: { one: 'int4' } });

let scene: TestDatabase;

before(async () => {
  scene = await testDatabase();
  await seedCompanies(scene.superuser);
});

const isUnavailable = (error: unknown): boolean =>
  error instanceof Problem && error.status === 503 && error.code === 'unavailable';

test('a company’s transaction sees its own rows, one without a company sees none', async () => {
  const { database } = scene;
  assert.deepEqual(await database.company(COMPANY_A, (tx) => tx.all(readIds, [])), [{ id: PROJECT_A }]);
  assert.deepEqual(await database.system((tx) => tx.all(readIds, [])), []);
  assert.deepEqual(await database.run(readIds, []), []);
  await assert.rejects(
    database.company('' as typeof COMPANY_A, (tx) => tx.all(readIds, [])),
    { code: 'no-company' },
  );
});

test('companies stay apart on one connection, also at once', async () => {
  const database = scene.createDatabase({ poolSize: 1 });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      index % 3 === 2
        ? database.run(readIds, [])
        : database.company(index % 3 === 0 ? COMPANY_A : COMPANY_B, (tx) => tx.all(readIds, [])),
    ),
  );
  for (const [index, rows] of answers.entries()) {
    assert.equal(rows.length, index % 3 === 2 ? 0 : 1);
    if (index % 3 === 0) assert.deepEqual(rows, [{ id: PROJECT_A }]);
  }
});

test('a transaction is kept when its work ends well, and undone when it does not', async () => {
  const { database } = scene;
  await database.company(COMPANY_A, (tx) => tx.one(rename, [PROJECT_A, 'Kept']));
  const reason = new Error('mine');
  await assert.rejects(
    database.company(COMPANY_A, async (tx) => {
      await tx.one(rename, [PROJECT_A, 'Undone']);
      throw reason;
    }),
    (error) => error === reason,
  );
  assert.deepEqual(await database.company(COMPANY_A, (tx) => tx.one(readName, [PROJECT_A])), {
    name: 'Kept',
  });
});

test('an error that was swallowed cannot pass as a commit', async () => {
  await assert.rejects(
    scene.database.company(COMPANY_A, async (tx) => {
      await tx.one(rename, [PROJECT_A, 'Lost']);
      await tx.one(parseNumber, ['x']).catch(() => undefined);
    }),
    { name: 'StoreError', code: 'rolled-back' },
  );
  assert.deepEqual(await scene.database.company(COMPANY_A, (tx) => tx.one(readName, [PROJECT_A])), {
    name: 'Kept',
  });
});

test('statements of one transaction may be sent at once', async () => {
  const rows = await scene.database.company(COMPANY_A, (tx) =>
    Promise.all([tx.one(readName, [PROJECT_A]), tx.one(one, []), tx.one(readName, [PROJECT_A])]),
  );
  assert.deepEqual(rows, [{ name: 'Kept' }, { one: 1 }, { name: 'Kept' }]);
});

test('a transaction that is over runs nothing more', async () => {
  let kept: Transaction | undefined;
  await scene.database.company(COMPANY_A, async (tx) => {
    kept = tx;
  });
  await assert.rejects(async () => kept?.all(readIds, []), { code: 'transaction-is-over' });
});

test('errors name the constraint and never a value', async () => {
  const { database } = scene;
  const attempts = [
    () => database.company(COMPANY_A, (tx) => tx.all(insertProject, [PROJECT_A, COMPANY_A, MARK])),
    () => database.company(COMPANY_A, (tx) => tx.all(insertProject, ['prj_x', COMPANY_A, MARK])),
    () => database.company(COMPANY_A, (tx) => tx.all(insertProject, [PROJECT_A, COMPANY_B, MARK])),
    () => database.run(parseNumber, [MARK]),
    () => database.system((tx) => tx.all(parseNumber, [MARK])),
  ];
  const codes: string[] = [];
  for (const attempt of attempts) {
    await assert.rejects(attempt, (error) => {
      assert.ok(error instanceof StoreError);
      codes.push(error.code);
      const shown =
        inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String(error.stack);
      assert.equal(shown.includes(MARK), false);
      assert.equal(shown.includes(PROJECT_A), false);
      return true;
    });
  }
  assert.deepEqual(codes, ['23505', '23514', '42501', '22P02', '22P02']);
});

test('values go in and come out as their declared types', async () => {
  const moment = new Date('2026-11-22T01:02:03.004Z');
  const values = [
    9_007_199_254_740_991,
    '2026-02-28',
    ['a', { b: 1 }],
    Buffer.from([0, 255]),
    ['x,"y', ''],
    moment,
    null,
    [1, 2],
    ['2026-01-01'],
  ] as const;
  const [row] = await scene.database.run(everyType, values);
  assert.deepEqual(Object.values(row ?? {}), values);
});

test('a number beyond 2^53 is an error, never a rounded number', async () => {
  const beyond = statement({
    name: 'test.beyond',
    text: "select '9007199254740993'::int8 as n",
    columns: { n: 'int8' },
  });
  await assert.rejects(scene.database.run(beyond, []));
  assert.deepEqual(await scene.database.run(one, []), [{ one: 1 }], 'the connection is still good');
});

test('a statement that was not declared is refused', async () => {
  const strange = { name: 'test.strange', text: 'select', params: [], columns: {} };
  await assert.rejects(scene.database.run(strange, []), { code: 'undeclared' });
  await assert.rejects(
    scene.database.system((tx) => tx.all(strange, [])),
    { code: 'undeclared' },
  );
});

test('when all connections stay busy, callers are told to come back', async () => {
  const database = scene.createDatabase({ poolSize: 1, connectTimeoutMs: 100 });
  const [busy, waiting] = await Promise.allSettled([database.run(pause, []), database.run(one, [])]);
  assert.equal(busy.status, 'fulfilled');
  assert.ok(waiting.status === 'rejected' && isUnavailable(waiting.reason));
  assert.match((waiting.reason as Problem).detail ?? '', /Too much waits/);
});

test('when enough wait for a connection, the next one is told to come back at once', async () => {
  const database = scene.createDatabase({ poolSize: 1, mostWaiting: 3 });
  await database.run(one, []);
  const asked = Array.from({ length: 3 }, () => [
    database.run(one, []),
    database.company(COMPANY_A, (tx) => tx.all(readIds, [])),
  ]).flat();
  const settled = await Promise.allSettled(asked);
  const refusals = settled.filter(({ status }) => status === 'rejected');
  assert.equal(refusals.length, 3);
  // The newest ones, and those who waited before are none the worse for it.
  assert.deepEqual(refusals, settled.slice(3));
  for (const refusal of refusals) assert.ok(refusal.status === 'rejected' && isUnavailable(refusal.reason));
  assert.deepEqual(await database.run(one, []), [{ one: 1 }]);
});

test('a statement that takes too long is ended', async () => {
  const database = scene.createDatabase({ statementTimeoutMs: 50 });
  await assert.rejects(database.run(pause, []), isUnavailable);
  assert.deepEqual(await database.run(one, []), [{ one: 1 }]);
});

test('a session that is cut off answers 503, and the next request has a new one', async () => {
  const cut =
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'vouchsafe_app' and datname = current_database()";
  const database = scene.createDatabase({ poolSize: 1 });
  const broken = database.company(COMPANY_A, async (tx) => {
    await tx.one(rename, [PROJECT_A, 'Cut']);
    await scene.superuser(cut);
    return tx.all(readIds, []);
  });
  await assert.rejects(broken, isUnavailable);
  assert.deepEqual(await database.company(COMPANY_A, (tx) => tx.one(readName, [PROJECT_A])), {
    name: 'Kept',
  });
});

test('a database that is gone answers 503 until it is back', async () => {
  const home = mkdtempSync(join(tmpdir(), 'vs-lost-'));
  const options = { dataDir: home, mode: 'serve', durable: false } as const;
  const first = await openCluster(options);
  const database = createDatabase({ connection: first.app, poolSize: 2, connectTimeoutMs: 500 });
  try {
    assert.deepEqual(await database.run(one, []), [{ one: 1 }]);
    await first.stop();
    await assert.rejects(database.run(one, []), isUnavailable);
    await assert.rejects(
      database.company(COMPANY_A, (tx) => tx.one(one, [])),
      isUnavailable,
    );
    const second = await openCluster(options);
    try {
      assert.deepEqual(await database.run(one, []), [{ one: 1 }]);
      assert.deepEqual(await database.system((tx) => tx.all(one, [])), [{ one: 1 }]);
      await database.close();
    } finally {
      await second.stop();
    }
  } finally {
    await first.stop();
    rmSync(home, { recursive: true, force: true });
  }
});

test('a listener hears notifications, and again after its connection is lost', async () => {
  const heard: string[] = [];
  const states: boolean[] = [];
  const { database, superuser } = scene;
  const listener = await database.listen(
    'vouchsafe_keys',
    (payload) => heard.push(payload),
    (state) => states.push(state),
  );
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await sleep(10);
  };
  await superuser("update vouchsafe.key set name = 'One' where id = $1", [KEY_A]);
  await until(() => heard.length === 1);
  await superuser(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'vouchsafe listener' and datname = current_database()",
  );
  await until(() => states.length === 3);
  await superuser("update vouchsafe.key set name = 'Two' where id = $1", [KEY_A]);
  await until(() => heard.length === 2);
  await listener.close();
  assert.deepEqual(states, [true, false, true, false]);
  assert.deepEqual(heard, [KEY_A, KEY_A]);
});
