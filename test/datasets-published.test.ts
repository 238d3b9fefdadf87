/** PostgREST's published cases that read one table, sent through HTTP to datasets with the same rows; and the page about all. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { openHouse, type House } from './support/house.ts';
import { makeDataset } from './support/make-dataset.ts';
import { CASES, type Case } from './support/postgrest/cases.ts';
import { listCases } from './support/postgrest/list-cases.ts';
import { TABLES } from './support/postgrest/tables.ts';

let house: House;

const tableOf = ({ path }: Case): string => decodeURIComponent(path.slice(1).split('?', 1)[0] ?? '');

/** Names of datasets are plainer than names of tables. */
const fits = (one: Case): boolean =>
  (one.method === undefined || one.method === 'GET' || one.method === 'HEAD') &&
  /^[a-z][a-z0-9_-]*$/.test(tableOf(one)) &&
  Object.hasOwn(TABLES, tableOf(one)) &&
  // The planner's guess is of a view here.
  one.prefer?.includes('count=planned') !== true &&
  one.prefer?.includes('count=estimated') !== true;

const READS = CASES.filter(fits);

before(async () => {
  house = await openHouse();
  await house.store.superuser("update vouchsafe.key set scopes = '{datasets:read}' where company_id = $1", [
    house.company,
  ]);
  for (const name of new Set(READS.map(tableOf))) {
    const { columns = {}, key = [], rows = [] } = TABLES[name] ?? {};
    await makeDataset(house.store, {
      company: house.company,
      name,
      columns: Object.entries(columns).map(([column, type]) => ({
        name: column,
        type: typeof type === 'string' ? type : type.type,
      })),
      key,
      rows: rows.length === 0 ? [] : `values ${rows.map((row) => `(${row})`).join(', ')}`,
    });
  }
});

const matches = (wanted: unknown, body: string): void => {
  if (wanted === undefined) return;
  if (typeof wanted === 'string') return assert.equal(body, wanted);
  const found: unknown = JSON.parse(body);
  if (Array.isArray(wanted) || !('code' in Object(wanted))) return assert.deepEqual(found, wanted);
  assert.partialDeepStrictEqual(found, wanted);
};

const run = async (one: Case): Promise<void> => {
  const { path, method = 'GET', prefer, accept, range, answer: wanted, status = 200, headers = {} } = one;
  const answer = await house.get(
    `/datasets/v1${encodeURI(path).replaceAll('%25', '%').replaceAll('#', '%23')}`,
    {
      method,
      headers: {
        authorization: `Bearer ${house.key.secret.expose()}`,
        ...(prefer !== undefined && { prefer }),
        ...(accept !== undefined && { accept }),
        ...(range !== undefined && { range }),
      },
    },
  );
  assert.equal(answer.status, status, answer.body);
  if (method !== 'HEAD') matches(wanted, answer.body);
  for (const [name, value] of Object.entries(headers)) assert.equal(answer.headers[name], value, name);
};

for (const [index, one] of READS.entries()) {
  const how = [one.method ?? 'GET', one.path, one.accept, one.prefer, one.range].filter(Boolean).join(' ');
  test(`over HTTP, ${index}: PostgREST ${one.spec}: ${how}`, () => run(one));
}

test('most of the published cases are reads that go through HTTP', () => {
  assert.ok(READS.length > 250, String(READS.length));
});

test('the page about the published cases is what the list says', () => {
  const page = readFileSync(new URL('../docs/postgrest-cases.md', import.meta.url), 'utf8');
  assert.equal(page, listCases(), 'run node test/support/postgrest/write-cases.ts');
});
