import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzipSync } from 'fflate';
import { fillGeneration, makeCompany, makeDataset } from '../../test/support/content.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ARCHIVE_LIMITS } from './archive.ts';
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
  mostContent?: number,
): Promise<Readonly<Record<string, string>>> => {
  const limits = mostContent === undefined ? ARCHIVE_LIMITS : { ...ARCHIVE_LIMITS, mostContent };
  const zip = await createExporter(store.database, limits).run({
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

test('rows that an export has no room for are named in it, and nothing else is missing', async () => {
  const store = await testDatabase();
  const who = await makeCompany(store);
  const [small, large] = [await makeDataset(store, who), await makeDataset(store, who)];
  await fillGeneration(store, who, large, [{ name: 'x', type: 'text' }], [['y'.repeat(30_000)]]);
  await fillGeneration(store, who, small, [{ name: 'x', type: 'text' }], [['z']]);
  const files = await exportOf(store, who, 20_000);
  assert.equal(files[`datasets/d${large.slice(-8)}.ndjson`], undefined);
  assert.equal(files[`datasets/d${small.slice(-8)}.ndjson`], '["x"]\n["z"]\n');
  assert.match(files['README.txt'] ?? '', new RegExp(`\\(${large}\\), version 1\\n\\s+too large`));
});
