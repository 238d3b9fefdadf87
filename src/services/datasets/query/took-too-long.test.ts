/** Each endpoint that runs what its caller thought up says in one way that it took too long. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { actAs, makeCompany, makeDataset, relation } from '../../../../test/support/content.ts';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import type { CompanyId, Id, UserId } from '../../../foundation/ids.ts';
import { Problem } from '../../../foundation/problem.ts';
import { problemJson } from '../../../http/problem-json.ts';
import type { Database } from '../../../store/database.ts';
import { createReader } from '../../../store/reader.ts';
import type { Transaction } from '../../../store/transaction.ts';
import { createDownload } from '../export/download.ts';
import { createSearch } from '../look/search.ts';
import { createStatistics } from '../look/statistics.ts';
import type { Asked } from '../rows/asked.ts';
import { createChangeRows } from '../rows/change-rows.ts';
import { createReadRows } from '../rows/read-rows.ts';
import { createTableMemory } from '../rows/tables.ts';
import { wireErrors } from '../rows/wire-errors.ts';

let store: TestDatabase;
let actor: { readonly company: CompanyId; readonly user: UserId };
let dataset: Id<'dst'>;

before(async () => {
  store = await testDatabase();
  actor = await makeCompany(store);
  dataset = await makeDataset(store, actor);
  const columns = [
    { name: 'id', type: 'int8' },
    { name: 'name', type: 'text' },
  ];
  await actAs(store, actor, async (sql) => {
    const [made] = await sql("select vouchsafe.make_generation($1, $2, '{}') as number", [
      dataset,
      JSON.stringify(columns),
    ]);
    const number = Number(made?.['number']);
    await sql(
      `insert into ${relation(dataset, number)} (id, name) select n, repeat('ab', 500) from generate_series(1, 20000) n`,
    );
    await sql("select vouchsafe.publish_generation($1, $2, 'upload', null)", [dataset, number]);
  });
});

/** The same database, on which what callers think up has 20 milliseconds. */
const hurried = (): Database => {
  const hurry = (tx: Transaction): Transaction => ({ ...tx, rendered: (one) => tx.rendered(one, 20) });
  const { database } = store;
  return { ...database, as: (scope, work) => database.as(scope, (tx) => work(hurry(tx))) };
};

/** Reads every text to its end. */
const SLOW = 'name=match.(a.)*x$';
const NOW = Date.now();

const asked = (request: Pick<Asked['request'], 'method'> & { readonly body?: string }): Asked => ({
  actor,
  target: { name: dataset, version: undefined },
  request: { ...request, search: SLOW },
  now: NOW,
});

const refused = async (work: Promise<unknown>): Promise<void> => {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof Problem, String(error));
    const context = {} as Parameters<typeof wireErrors>[1];
    const wire = wireErrors(error, context);
    assert.equal(wire.status, 504);
    const body = JSON.parse(String(wire.body)) as Record<string, unknown>;
    assert.equal(body['code'], '57014');
    assert.match(String(body['hint']), /filter .*index/);
    const own = JSON.parse(String(problemJson(error, context).body)) as Record<string, unknown>;
    assert.deepEqual([own['status'], own['code']], [504, '57014']);
    assert.match(String(own['detail']), /filter .*index/);
    return true;
  });
};

test('reading rows', async () => {
  const reader = createReader({ connection: store.connections.app, statementTimeoutMs: 20 });
  try {
    const readRows = createReadRows({
      reader,
      database: store.database,
      memory: createTableMemory(),
      noteRead: () => Promise.resolve(),
    });
    await refused(readRows(asked({ method: 'GET' })));
    await refused(readRows(asked({ method: 'HEAD' })));
  } finally {
    await reader.close();
  }
});

test('changing rows', async () => {
  const changeRows = createChangeRows({ database: hurried(), memory: createTableMemory() });
  await refused(changeRows(asked({ method: 'PATCH', body: '{"id":1}' })));
  await refused(changeRows(asked({ method: 'DELETE' })));
});

test('search', async () => {
  const search = createSearch(hurried());
  const words = {
    actor,
    target: { name: dataset, version: undefined },
    words: 'nothing',
    mode: 'part',
    search: '',
    now: NOW,
  } as const;
  await refused(search(words));
  await refused(search({ ...words, mode: 'words', search: SLOW }));
});

test('downloads', async () => {
  const download = createDownload(hurried(), () => 0);
  for (const search of [SLOW, `${SLOW}&order=name`])
    await refused(
      download({
        actor,
        ask: { format: 'csv', version: undefined, isSafe: undefined, search },
        target: { name: dataset, version: undefined },
        isSafe: false,
        now: NOW,
      }),
    );
});

test('statistics and histograms say which column was not ready in time', async () => {
  const statistics = createStatistics(hurried(), () => performance.now());
  const { items } = await statistics({
    actor,
    target: { name: dataset, version: undefined },
    search: SLOW,
    column: 'id',
    now: NOW,
  });
  assert.deepEqual(
    items.map(({ column, is_complete, histogram }) => [column, is_complete, histogram]),
    [['id', false, null]],
  );
});
