import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { actAs, fillGeneration, makeCompany, makeDataset, relation } from '../../../test/support/content.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { Acting } from '../../audit/change.ts';
import { newId, type CompanyId, type Id, type UserId } from '../../foundation/ids.ts';
import type { ShownRestoration } from '../schemas.ts';
import { restoreVersion, showRestoration } from './service.ts';
import { workOnRestoration } from './work.ts';

let store: TestDatabase;
before(async () => {
  store = await testDatabase();
});

const COLUMNS = [
  { name: 'id', type: 'int8' },
  { name: 'name', type: 'text' },
];
const NOW = Date.now();
/** Nothing is so small that it is done at once. */
const NEVER = { rows: -1, bytes: -1 };

interface Scene {
  readonly company: CompanyId;
  readonly user: UserId;
  readonly dataset: Id<'dst'>;
  readonly acting: Acting;
}

const actingOf = async (company: CompanyId, user: UserId): Promise<Acting> => {
  const session = newId('ses', NOW);
  await store.superuser(
    `insert into vouchsafe.session (id, user_id, credential_epoch, is_strong, created_at, seen_at, expires_at, browser, platform)
     select $1, id, credential_epoch, true, now(), now(), now() + interval '1 day', 'Firefox', 'Linux'
       from vouchsafe.user_account where id = $2`,
    [session, user],
  );
  return { company, caller: { user, session, isStrong: true }, now: NOW } as unknown as Acting;
};

/** Version 1 has two rows, version 2 another table with one. */
const makeScene = async (): Promise<Scene> => {
  const who = await makeCompany(store);
  const dataset = await makeDataset(store, who);
  await fillGeneration(store, who, dataset, COLUMNS, [
    [1, 'one'],
    [2, null],
  ]);
  await fillGeneration(store, who, dataset, [{ name: 'other', type: 'bool' }], [[true]]);
  return { ...who, dataset, acting: await actingOf(who.company, who.user) };
};

const addOwner = async ({ company }: Pick<Scene, 'company'>): Promise<UserId> => {
  const { user } = await makeCompany(store);
  await store.superuser("insert into vouchsafe.member values ($1, $2, 'owner', now())", [company, user]);
  return user;
};

const begin = async ({ acting, dataset }: Scene, expected?: number): Promise<ShownRestoration> => {
  const restored = await restoreVersion(store.database, acting, dataset, 1, expected, NEVER);
  assert.ok(!restored.isDone);
  return restored.begun;
};

const work = async (
  { company, user }: Scene,
  { id }: ShownRestoration,
  { staleMs = 20_000, signal = new AbortController().signal } = {},
): Promise<readonly unknown[]> => {
  const bugs: unknown[] = [];
  await workOnRestoration(
    { restoration: id as Id<'op'>, actor: { company, user }, claim: newId('op', NOW) },
    {
      database: store.database,
      connection: store.connections.app,
      now: Date.now,
      signal,
      staleMs,
      onBug: (error) => bugs.push(error),
    },
  );
  return bugs;
};

const look = ({ company, user, dataset }: Scene, { id }: ShownRestoration): Promise<ShownRestoration> =>
  showRestoration(store.database, { company, user }, dataset, id);

const currentOf = async ({ dataset }: Scene): Promise<readonly [number, number]> => {
  const [row] = await store.superuser(
    'select current_version, current_generation from vouchsafe.dataset where id = $1',
    [dataset],
  );
  return [Number(row?.['current_version']), Number(row?.['current_generation'])];
};

/** Generations that there are tables of. */
const tablesOf = async ({ dataset }: Scene): Promise<number> =>
  (
    await store.superuser(
      "select from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r' and starts_with(relname, $1) and not relname like '%past'",
      [`${dataset}_g`],
    )
  ).length;

test('what is small comes back at once', async () => {
  const { acting, dataset, ...rest } = await makeScene();
  const restored = await restoreVersion(store.database, acting, dataset, 1, 2);
  assert.ok(restored.isDone);
  assert.deepEqual(
    [restored.version.number, restored.version.kind, restored.version.rows],
    [3, 'restore', 2],
  );
  assert.deepEqual((await currentOf({ acting, dataset, ...rest }))[0], 3);
});

test('what is large is begun, and becomes a version that is equal to the old one', async () => {
  const scene = await makeScene();
  const begun = await begin(scene, 2);
  assert.deepEqual(
    [begun.phase, begun.rows, begun.rows_done, begun.version, begun.failure],
    ['waiting', 2, 0, null, null],
  );
  assert.equal((await currentOf(scene))[0], 2);
  assert.deepEqual(await work(scene, begun), []);
  const done = await look(scene, begun);
  assert.deepEqual([done.phase, done.rows_done, done.version, done.failure], ['restored', 2, 3, null]);
  const [version, generation] = await currentOf(scene);
  assert.equal(version, 3);
  const rows = await actAs(store, scene, (sql) =>
    sql(`select id::text, name from ${relation(scene.dataset, generation, '_now')} order by "vouchsafe:row"`),
  );
  assert.deepEqual(rows, [
    { id: '1', name: 'one' },
    { id: '2', name: null },
  ]);
  const noted = await store.superuser(
    "select details from vouchsafe.audit_event where company_id = $1 and action = 'datasets.restore'",
    [scene.company],
  );
  assert.deepEqual(noted, [{ details: { restored: 1, version: 3 } }]);
  // The word to look may come twice.
  assert.deepEqual(await work(scene, begun), []);
  assert.equal((await currentOf(scene))[0], 3);
});

test('of one dataset one is under way at a time, and nobody else sees it', async () => {
  const scene = await makeScene();
  const begun = await begin(scene);
  await assert.rejects(begin(scene), { code: 'restore_under_way', status: 409 });
  const colleague = await addOwner(scene);
  await assert.rejects(look({ ...scene, user: colleague }, begun), { code: 'restoration_not_found' });
  await work(scene, begun);
  assert.equal((await begin(scene)).phase, 'waiting');
});

test('a version that came meanwhile is not covered up where one was expected', async () => {
  const scene = await makeScene();
  const begun = await begin(scene, 2);
  await fillGeneration(store, scene, scene.dataset, COLUMNS, [[9, 'newer']]);
  await work(scene, begun);
  const done = await look(scene, begun);
  assert.deepEqual([done.phase, done.failure, done.version], ['failed', 'version_conflict', null]);
  assert.deepEqual([(await currentOf(scene))[0], await tablesOf(scene)], [3, 3]);
});

test('a right that was taken away meanwhile makes no version', async () => {
  const scene = await makeScene();
  const begun = await begin(scene);
  await addOwner(scene);
  await store.superuser(
    "update vouchsafe.member set role = 'viewer' where company_id = $1 and user_id = $2",
    [scene.company, scene.user],
  );
  await store.superuser('update vouchsafe.dataset set owner_id = null where id = $1', [scene.dataset]);
  await work(scene, begun);
  const [row] = await store.superuser(
    'select phase, failure from vouchsafe.dataset_restoration where id = $1',
    [begun.id],
  );
  assert.deepEqual(row, { phase: 'failed', failure: 'right_lost' });
  assert.deepEqual([(await currentOf(scene))[0], await tablesOf(scene)], [2, 2]);
});

test('who leaves the company takes what they began along', async () => {
  const scene = await makeScene();
  const begun = await begin(scene);
  await addOwner(scene);
  await store.superuser('delete from vouchsafe.member where company_id = $1 and user_id = $2', [
    scene.company,
    scene.user,
  ]);
  assert.deepEqual(await work(scene, begun), []);
  assert.equal((await currentOf(scene))[0], 2);
});

test('what a process that died was at is taken up by the next, not by a second one beside it', async () => {
  const scene = await makeScene();
  const begun = await begin(scene);
  await store.superuser(
    "update vouchsafe.dataset_restoration set phase = 'restoring', claim = 'somebody', beat_at = now(), tries = 1 where id = $1",
    [begun.id],
  );
  await work(scene, begun);
  assert.equal((await look(scene, begun)).phase, 'restoring');
  await work(scene, begun, { staleMs: -1000 });
  assert.equal((await look(scene, begun)).phase, 'restored');
});

test('one whose process is ending is left to the next, and one that ended many is given up', async () => {
  const scene = await makeScene();
  const begun = await begin(scene);
  await work(scene, begun, { signal: AbortSignal.abort() });
  const [left] = await store.superuser(
    'select phase, claim, tries from vouchsafe.dataset_restoration where id = $1',
    [begun.id],
  );
  assert.deepEqual(left, { phase: 'restoring', claim: null, tries: 0 });
  await store.superuser('update vouchsafe.dataset_restoration set tries = 5 where id = $1', [begun.id]);
  await work(scene, begun);
  const done = await look(scene, begun);
  assert.deepEqual([done.phase, done.failure], ['failed', 'internal_error']);
  assert.equal((await currentOf(scene))[0], 2);
});

test('others edit while a version comes back, and their change is not lost from the history', async () => {
  const scene = await makeScene();
  await fillGeneration(store, scene, scene.dataset, COLUMNS, [[5, 'five']]);
  const begun = await begin(scene);
  const [, generation] = await currentOf(scene);
  // Copied and published, but for the last step: the dataset's row is free until then.
  await Promise.all([
    work(scene, begun),
    actAs(store, scene, async (sql) => {
      await sql('select * from vouchsafe.begin_edit($1)', [scene.dataset]);
      await sql(`update ${relation(scene.dataset, generation)} set name = 'changed'`);
      await sql('select * from vouchsafe.end_edit($1)', [scene.dataset]);
    }).catch((error: unknown) => {
      // The restoration was first: the edit's own table is no longer the newest.
      assert.equal((error as { code?: string }).code, 'VD010');
    }),
  ]);
  assert.equal((await look(scene, begun)).phase, 'restored');
  const kinds = await store.superuser(
    'select kind from vouchsafe.dataset_version where dataset_id = $1 and number > 3 order by number',
    [scene.dataset],
  );
  assert.ok(kinds.some(({ kind }) => kind === 'restore'));
});
