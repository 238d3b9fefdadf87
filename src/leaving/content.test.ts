import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { unzipSync } from 'fflate';
import { actAs, fillGeneration, makeCompany, makeDataset, relation } from '../../test/support/content.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createExporter } from './export.ts';

const COLUMNS = [
  { name: 'id', type: 'int8' },
  { name: 'a "b", c', type: 'text' },
  { name: 'n', type: 'numeric' },
  { name: 'j', type: 'json' },
];
const CELLS = [
  ['9007199254740993', '007', '1.10', '{"b" : 1,  "a":1.0}'],
  ['1', '', '-1.000', 'null'],
  ['2', null, null, null],
  ['3', '=cmd|A0\r\n"𝕏\u2028', '1e3', '"\\u0000"'],
];
/** As PostgreSQL has them. */
const KEPT = CELLS.map((row) => row.map((cell) => (cell === '1e3' ? '1000' : cell)));

const exportOf = async (
  store: TestDatabase,
  who: Awaited<ReturnType<typeof makeCompany>>,
): Promise<Readonly<Record<string, string>>> => {
  const zip = await createExporter(store.database).run({
    kind: 'company',
    company: who.company,
    by: who.user,
    now: Date.now(),
  });
  return Object.fromEntries(
    Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );
};

test('a company’s export has every row of its datasets, also of private ones, and no cell is changed', async () => {
  const store = await testDatabase();
  const [who, other] = [await makeCompany(store), await makeCompany(store)];
  const [open, hidden, foreign] = [
    await makeDataset(store, who),
    await makeDataset(store, who, 'private'),
    await makeDataset(store, other),
  ];
  await fillGeneration(store, who, open, COLUMNS, CELLS);
  await fillGeneration(
    store,
    who,
    hidden,
    [{ name: 'x', type: 'bool' }],
    Array.from({ length: 1203 }, () => [true]),
  );
  await fillGeneration(store, other, foreign, [{ name: 'x', type: 'text' }], [['not yours']]);
  const files = await exportOf(store, who);
  const linesOf = (dataset: string): unknown[] =>
    (files[`datasets/d${dataset.slice(-8)}.ndjson`] ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  assert.deepEqual(linesOf(open), [COLUMNS.map(({ name }) => name), ...KEPT]);
  assert.equal(linesOf(hidden).length, 1204);
  assert.ok(!Object.values(files).some((text) => text.includes('not yours') || text.includes(foreign)));
  const versions = JSON.parse(files['dataset-versions.json'] ?? '[]') as {
    dataset_id: string;
    rows: number;
  }[];
  assert.deepEqual(
    versions.map(({ rows }) => rows).sort((a, b) => a - b),
    [4, 1203],
  );
  assert.match(files['README.txt'] ?? '', /datasets\/d.{8}\.ndjson/);
});

test('rows do not count for what an archive holds, and are those of the moment at which it began', async () => {
  const store = await testDatabase();
  const who = await makeCompany(store);
  const [large, edited] = [await makeDataset(store, who), await makeDataset(store, who)];
  const long = Array.from({ length: 12 }, (_, index) => [
    `${index}${randomBytes(150_000).toString('base64')}`,
  ]);
  await fillGeneration(store, who, large, [{ name: 'x', type: 'text' }], long);
  const { generation } = await fillGeneration(
    store,
    who,
    edited,
    [{ name: 'x', type: 'text' }],
    [['old'], ['kept'], ['away']],
  );
  const exporter = createExporter(store.database, { mostBytes: 800_000, mostCompressed: 200_000 });
  const pieces = await exporter.stream({
    kind: 'company',
    company: who.company,
    by: who.user,
    now: Date.now(),
  });
  const first = await pieces.next();
  await actAs(store, who, async (sql) => {
    await sql('select * from vouchsafe.begin_edit($1)', [edited]);
    await sql(`update ${relation(edited, generation)} set x = 'new' where x = 'old'`);
    await sql(`delete from ${relation(edited, generation)} where x = 'away'`);
    await sql(`insert into ${relation(edited, generation)} (x) values ('more')`);
    await sql('select * from vouchsafe.end_edit($1)', [edited]);
  });
  const all: Uint8Array[] = [first.value ?? new Uint8Array()];
  let most = 0;
  for await (const piece of pieces) {
    all.push(piece);
    most = Math.max(most, piece.length);
  }
  assert.ok(most < 200_000);
  const files = unzipSync(Buffer.concat(all));
  const textOf = (dataset: string): string =>
    Buffer.from(files[`datasets/d${dataset.slice(-8)}.ndjson`] ?? []).toString();
  assert.equal(textOf(edited), '["x"]\n["old"]\n["kept"]\n["away"]\n');
  assert.equal(textOf(large), ['["x"]', ...long.map((row) => JSON.stringify(row)), ''].join('\n'));
});

test('an export that is under way ends where its right is taken away, and gives its place back', async () => {
  const store = await testDatabase();
  const who = await makeCompany(store);
  const dataset = await makeDataset(store, who);
  await fillGeneration(store, who, dataset, [{ name: 'x', type: 'text' }], [['secret']]);
  const exporter = createExporter(store.database);
  const order = { kind: 'company', company: who.company, by: who.user, now: Date.now() } as const;
  const [first, second] = [await exporter.stream(order), await exporter.stream(order)];
  await assert.rejects(exporter.stream(order), { code: 'exports_busy' });
  await first.next();
  const { user: other } = await makeCompany(store);
  await store.superuser("insert into vouchsafe.member values ($1, $2, 'owner', now())", [who.company, other]);
  const setRole = (role: string): Promise<unknown> =>
    store.superuser('update vouchsafe.member set role = $3 where company_id = $1 and user_id = $2', [
      who.company,
      who.user,
      role,
    ]);
  await setRole('viewer');
  await assert.rejects(
    async () => {
      for await (const _ of first) assert.ok(_.length > 0);
    },
    { status: 403 },
  );
  await second.next();
  await second.return();
  await setRole('owner');
  assert.ok((await exporter.run(order)).length > 1000);
});

test('a dataset that is deleted while an export is under way is named in it, and the rest is whole', async () => {
  const store = await testDatabase();
  const who = await makeCompany(store);
  const [going, staying] = [await makeDataset(store, who), await makeDataset(store, who)];
  for (const dataset of [going, staying])
    await fillGeneration(store, who, dataset, [{ name: 'x', type: 'text' }], [['row']]);
  const order = { kind: 'company', company: who.company, by: who.user, now: Date.now() } as const;
  const pieces = await createExporter(store.database).stream(order);
  const all = [(await pieces.next()).value ?? new Uint8Array()];
  await store.superuser('delete from vouchsafe.dataset where id = $1', [going]);
  for await (const piece of pieces) all.push(piece);
  const files = unzipSync(Buffer.concat(all));
  assert.match(Buffer.from(files['DELETED-MEANWHILE.txt'] ?? []).toString(), new RegExp(going));
  assert.equal(
    Buffer.from(files[`datasets/d${staying.slice(-8)}.ndjson`] ?? []).toString(),
    '["x"]\n["row"]\n',
  );
});
