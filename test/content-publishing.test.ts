/** Publishing holds nobody off who edits, and counts what is different to the version before it all the same. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from '../src/store/connection.ts';
import { actAs, fillGeneration, makeCompany, makeDataset, relation } from './support/content.ts';
import { testDatabase, type TestDatabase } from './support/database.ts';

let store: TestDatabase;
before(async () => {
  store = await testDatabase();
});

const COLUMNS = [
  { name: 'id', type: 'int8' },
  { name: 'name', type: 'text' },
];

interface Scene {
  readonly company: string;
  readonly user: string;
  readonly dataset: string;
  /** Of the current version. */
  readonly generation: number;
}

/** Version 1 has the rows 1 and 2. */
const makeScene = async (): Promise<Scene> => {
  const who = await makeCompany(store);
  const dataset = await makeDataset(store, who);
  const rows = [
    [1, 'one'],
    [2, 'two'],
  ];
  const { generation } = await fillGeneration(store, who, dataset, COLUMNS, rows, ['id']);
  return { ...who, dataset, generation };
};

/** What the counting has to read, and an edit that only adds rows does not: whoever holds it has the counting wait. */
const holdPast = async ({ dataset, generation }: Scene): Promise<() => Promise<void>> => {
  const client = await connect(store.connections.superuser, { name: 'test' });
  await client.query('begin');
  await client.query(`lock table ${relation(dataset, generation, '_past')} in access exclusive mode`);
  return async () => {
    await client.query('commit');
    await client.end();
  };
};

const isSomebodyWaiting = async ({ dataset, generation }: Scene): Promise<boolean> =>
  (
    await store.superuser('select from pg_locks where not granted and relation = $1::regclass', [
      relation(dataset, generation, '_past'),
    ])
  ).length > 0;

const untilWaiting = async (scene: Scene): Promise<void> => {
  while (!(await isSomebodyWaiting(scene))) await new Promise((resolve) => setTimeout(resolve, 10));
};

const addRow = (scene: Scene, id: number): Promise<unknown> =>
  actAs(store, scene, async (sql) => {
    await sql("set local lock_timeout = '3s'");
    await sql('select * from vouchsafe.begin_edit($1)', [scene.dataset]);
    await sql(`insert into ${relation(scene.dataset, scene.generation)} (id) values ($1)`, [id]);
    return (await sql('select version from vouchsafe.end_edit($1)', [scene.dataset]))[0]?.['version'];
  });

const countsOf = async ({ dataset }: Scene, number: number): Promise<unknown> =>
  (
    await store.superuser(
      'select added::int, changed::int, removed::int, rows::int from vouchsafe.dataset_version where dataset_id = $1 and number = $2',
      [dataset, number],
    )
  )[0];

const UPLOAD = [
  [2, 'two'],
  [3, 'three'],
  [5, 'five'],
];

test('an edit of somebody else is not held off while an upload is compared, and is counted', async () => {
  const scene = await makeScene();
  const letGo = await holdPast(scene);
  const published = fillGeneration(store, scene, scene.dataset, COLUMNS, UPLOAD, ['id']);
  await untilWaiting(scene);
  assert.equal(await addRow(scene, 5), 2);
  assert.ok(await isSomebodyWaiting(scene), 'the upload is being compared all the while');
  await letGo();
  assert.equal((await published).version, 3);
  // To version 2, not to the one that was there when it began.
  assert.deepEqual(await countsOf(scene, 3), { added: 1, changed: 1, removed: 1, rows: 3 });
});

test('an upload that expects a version fails where another came while it was compared', async () => {
  const scene = await makeScene();
  const letGo = await holdPast(scene);
  const published = actAs(store, scene, async (sql) => {
    const [made] = await sql('select vouchsafe.make_generation($1, $2, $3) as number', [
      scene.dataset,
      JSON.stringify(COLUMNS),
      ['id'],
    ]);
    await sql("select vouchsafe.publish_generation($1, $2, 'upload', 1)", [scene.dataset, made?.['number']]);
  });
  const refused = assert.rejects(published, { code: 'VD002' });
  await untilWaiting(scene);
  await addRow(scene, 5);
  await letGo();
  await refused;
});
