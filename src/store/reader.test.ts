/** Reads that share a round trip: whose rows they see, what one failure does to the others, and who waits for whom. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { beforeServerStops, testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { StoreError } from './errors.ts';
import { createReader, type Reader, type ReadScope } from './reader.ts';
import { renderedStatement, type RenderedStatement } from './rendered.ts';
import { statement } from './statement.ts';

const DOOR = statement({
  name: 'test.reader-door',
  text: "select current_setting('vouchsafe.company_id', true) as company, $1 as sent",
  params: ['text'],
  columns: { company: 'text?', sent: 'text' },
});
const scopeOf = (company: string): ReadScope => ({ company, user: '', version: '' });
const render = renderedStatement;

let store: TestDatabase;
const open = (lines: number, statementTimeoutMs?: number): Reader => {
  const reader = createReader({
    connection: store.connections.app,
    lines,
    ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
  });
  beforeServerStops(() => reader.close());
  return reader;
};

before(async () => {
  store = await testDatabase();
});

const read = (
  reader: Reader,
  company: string,
  ...statements: readonly RenderedStatement[]
): ReturnType<Reader['read']> =>
  reader.read({ scope: scopeOf(company), door: DOOR, doorValues: [company], statements });

test('each reads in its own scope, however many share the connections', async () => {
  const reader = open(2);
  const asks = Array.from({ length: 200 }, (_, index) => {
    const company = `c${index % 7}`;
    return read(
      reader,
      company,
      render("select current_setting('vouchsafe.company_id', true), $1::text", [String(index)]),
    );
  });
  for (const [index, { door, rows }] of (await Promise.all(asks)).entries()) {
    const company = `c${index % 7}`;
    assert.deepEqual(door, [[company, company]]);
    assert.deepEqual(rows, [[[company, String(index)]]]);
  }
});

test('one that fails does so alone; what shared the round trip has its rows', async () => {
  const reader = open(2);
  const asks = Array.from({ length: 60 }, (_, index) =>
    read(reader, 'same', render('select 1 / ($1::int % 5)', [String(index)])).then(
      ({ rows }) => rows,
      (error: unknown) => error,
    ),
  );
  for (const [index, outcome] of (await Promise.all(asks)).entries()) {
    if (index % 5 > 0) assert.deepEqual(outcome, [[[index % 5 === 1 ? '1' : '0']]]);
    else assert.ok(outcome instanceof StoreError && outcome.code === '22012', String(index));
  }
});

test('nothing can be changed, and only what was declared or rendered is sent', async () => {
  const reader = open(1);
  for (const text of [
    'delete from vouchsafe.audit_event',
    "insert into vouchsafe.company (id, name, created_at) values ('x', 'x', now())",
    'create table public.mine (a int)',
  ]) {
    await assert.rejects(read(reader, 'c', render(text)), { code: '25006' }, text);
  }
  const forged = { text: 'select 1', values: [] };
  await assert.rejects(read(reader, 'c', forged), { code: 'undeclared' });
  await assert.rejects(
    reader.read({ scope: scopeOf('c'), door: { ...DOOR }, doorValues: ['c'], statements: [] }),
    { code: 'undeclared' },
  );
});

test('one company’s slow reads never keep another from the database', async () => {
  const reader = open(2, 20_000);
  let isSlowDone = false;
  const slow = Promise.all([1, 2, 3, 4].map(() => read(reader, 'slow', render('select pg_sleep(0.6)')))).then(
    () => {
      isSlowDone = true;
    },
  );
  for (let index = 0; index < 5; index += 1) await read(reader, 'quick', render('select 1'));
  assert.equal(isSlowDone, false);
  await slow;
});

test('several companies whose reads are slow leave one connection to those whose reads are not', async () => {
  const reader = open(3);
  let [slow, seen] = [0, 0];
  const asks = ['a', 'b', 'd'].flatMap((company) =>
    Array.from({ length: 6 }, () =>
      read(reader, company, render('select pg_sleep(0.3)::text', [])).then(() => (slow += 1)),
    ),
  );
  // Known to be slow from then on.
  await Promise.race(asks);
  for (let count = 0; count < 5; count += 1) {
    await read(reader, 'c', render('select 1::text', []));
    seen = slow;
  }
  assert.ok(seen < 6, `${seen} of 18 slow ones went first`);
  await Promise.all(asks);
});

test('a statement that takes too long is ended by the database, and its connection goes on', async () => {
  const reader = open(1, 100);
  await assert.rejects(read(reader, 'c', render('select pg_sleep(5)')), (error: Error) => {
    assert.ok(error.cause instanceof StoreError && error.cause.code === '57014');
    return true;
  });
  assert.deepEqual((await read(reader, 'c', render('select 1'))).rows, [[['1']]]);
});

test('a connection keeps a bounded number of texts prepared, those that came last', async () => {
  const reader = open(1);
  const prepared = render('select count(*) from pg_prepared_statements');
  for (let round = 0; round < 2; round += 1)
    for (let index = 0; index < 150; index += 1)
      assert.deepEqual((await read(reader, 'c', render(`select ${index} as n`))).rows, [[[String(index)]]]);
  const { rows } = await read(reader, 'c', prepared);
  const count = Number(rows[0]?.[0]?.[0]);
  assert.ok(count > 50 && count <= 101, String(count));
});

test('a connection that is lost is replaced, and whoever used it is told to come back', async () => {
  const reader = open(1);
  await read(reader, 'c', render('select 1'));
  const cut = read(reader, 'c', render('select pg_sleep(3)'));
  cut.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await store.superuser(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'vouchsafe reads' and query like '%pg_sleep(3)%'",
  );
  await assert.rejects(cut, { code: 'unavailable' });
  assert.deepEqual((await read(reader, 'c', render('select 2'))).rows, [[['2']]]);
});
