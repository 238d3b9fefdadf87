import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import {
  actAs,
  fillGeneration,
  makeCompany,
  makeDataset,
  relation,
  type TestColumn,
} from '../../../test/support/content.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { recordingLog } from '../../../test/support/log.ts';
import type { Acting } from '../../audit/change.ts';
import { systemClock } from '../../foundation/clock.ts';
import { newId, type CompanyId, type Id, type UserId } from '../../foundation/ids.ts';
import type { ShownComparison, ShownDifferences } from '../schemas.ts';
import { beginComparison, compareVersions, listComparedRows, showComparison } from './compare.ts';
import { workOnJob } from '../jobs/work.ts';
import { createComparisons, type Comparisons } from './comparisons.ts';
import { COMPARING } from './kind.ts';

let store: TestDatabase;
before(async () => {
  store = await testDatabase();
});

const NOW = Date.now();
/** Nothing is so small that it is compared at once. */
const NEVER = { rows: -1, bytes: -1 };
const COLUMNS: readonly TestColumn[] = [
  { name: 'id', type: 'int8' },
  { name: 'name', type: 'text' },
];

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

const makeScene = async (): Promise<Scene> => {
  const who = await makeCompany(store);
  const dataset = await makeDataset(store, who);
  return { ...who, dataset, acting: await actingOf(who.company, who.user) };
};

/** Two uploads with a key: of three rows one stays, one is changed, one goes, and one comes. */
const makeTwo = async (): Promise<Scene> => {
  const scene = await makeScene();
  const rows = [
    [1, 'one'],
    [2, null],
    [3, 'three'],
  ];
  await fillGeneration(store, scene, scene.dataset, COLUMNS, rows, ['id']);
  const others = [
    [2, ''],
    [4, 'four'],
    [1, 'one'],
  ];
  await fillGeneration(store, scene, scene.dataset, COLUMNS, others, ['id']);
  return scene;
};

const begin = ({ acting, dataset }: Scene, a = 1, b = 2): Promise<ShownComparison> =>
  beginComparison(store.database, acting, dataset, [a, b]);

const work = async (
  { company, user }: Scene,
  { id }: ShownComparison,
  { staleMs = 20_000, signal = new AbortController().signal } = {},
): Promise<readonly unknown[]> => {
  const bugs: unknown[] = [];
  await workOnJob(
    COMPARING,
    { job: id as Id<'op'>, actor: { company, user }, claim: newId('op', NOW) },
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

const look = ({ company, user, dataset }: Scene, { id }: ShownComparison): Promise<ShownComparison> =>
  showComparison(store.database, { company, user }, dataset, id);

const rowsOf = (
  { company, user, dataset }: Scene,
  { id }: ShownComparison,
  page = {},
): Promise<ShownDifferences> =>
  listComparedRows(store.database, { company, user }, { dataset, comparison: id }, NOW, page);

const atOnce = ({ company, user, dataset }: Scene, a: number, b: number): Promise<ShownDifferences> =>
  compareVersions(store.database, { company, user }, dataset, [a, b], NOW);

/** Tables that comparisons made. */
const remains = async (): Promise<number> =>
  (
    await store.superuser(
      "select from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and starts_with(relname, 'op_')",
    )
  ).length;

test('what is too large for one request is refused with the way that leads on', async () => {
  const { company, user, dataset } = await makeTwo();
  await assert.rejects(compareVersions(store.database, { company, user }, dataset, [1, 2], NOW, {}, NEVER), {
    code: 'too_large_to_compare',
    status: 422,
  });
});

test('what takes too long at once is refused in the same way', async () => {
  const scene = await makeScene();
  const { company, user, dataset } = scene;
  for (let version = 0; version < 2; version += 1)
    await actAs(store, scene, async (sql) => {
      const [made] = await sql('select vouchsafe.make_generation($1, $2, $3) as number', [
        dataset,
        JSON.stringify(COLUMNS),
        [],
      ]);
      const number = Number(made?.['number']);
      await sql(
        `insert into ${relation(dataset, number)} (id, name) select n, md5((n + ${version})::text) from generate_series(1, 20000) n`,
      );
      await sql("select vouchsafe.publish_generation($1, $2, 'upload', null)", [dataset, number]);
    });
  const hurried = store.createDatabase({ statementTimeoutMs: 20 });
  await assert.rejects(compareVersions(hurried, { company, user }, dataset, [1, 2], NOW), {
    code: 'too_large_to_compare',
    status: 422,
  });
  assert.equal((await atOnce(scene, 1, 2)).added, 20_000);
});

test('a comparison is begun, done, and read page by page', async () => {
  const scene = await makeTwo();
  const begun = await begin(scene);
  assert.deepEqual(
    [begun.phase, begun.rows, begun.rows_done, begun.added, begun.failure],
    ['waiting', 6, 0, null, null],
  );
  await assert.rejects(rowsOf(scene, begun), { code: 'comparison_not_ready', status: 409 });
  assert.deepEqual(await work(scene, begun), []);
  const done = await look(scene, begun);
  assert.deepEqual(
    [done.phase, done.rows_done, done.added, done.changed, done.removed],
    ['compared', 6, 1, 1, 1],
  );
  assert.deepEqual(await rowsOf(scene, begun), await atOnce(scene, 1, 2));
  const first = await rowsOf(scene, begun, { limit: 2 });
  assert.deepEqual([first.items.length, first.next], [2, '2']);
  const last = await rowsOf(scene, begun, { limit: 2, after: 2 });
  assert.deepEqual([last.items.length, last.next], [1, null]);
  assert.equal(await remains(), 0);
  // The word to look may come twice.
  assert.deepEqual(await work(scene, begun), []);
  assert.deepEqual(await look(scene, begun), done);
});

const cell = fc.constantFrom(null, '', ' ', 'a', 'A', '"', ',', '(a,b)', '\\', 'é');
const upload = fc.record({
  rows: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), cell, cell), { maxLength: 7 }),
  hasKey: fc.boolean(),
  names: fc.constantFrom(['id', 'x', 'y'], ['id', 'y', 'x'], ['id', 'x', 'z']),
});

test('says of any two versions what comparing them at once says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(upload, { minLength: 2, maxLength: 3 }),
      fc.boolean(),
      async (uploads, edits) => {
        const scene = await makeScene();
        const { dataset } = scene;
        for (const { rows, hasKey, names } of uploads) {
          const columns = names.map((name) => ({ name, type: name === 'id' ? 'numeric' : 'text' }));
          const unique = hasKey ? [...new Map(rows.map((row) => [row[0], row])).values()] : rows;
          await fillGeneration(store, scene, dataset, columns, unique, hasKey ? ['id'] : []);
        }
        if (edits)
          await actAs(store, scene, async (sql) => {
            const [edit] = await sql('select generation from vouchsafe.begin_edit($1)', [dataset]);
            const table = relation(dataset, Number(edit?.['generation']));
            await sql(`update ${table} set id = id + 10 where id < 3`);
            await sql(`delete from ${table} where id = 4`);
            await sql(`insert into ${table} (id) values (99)`);
            await sql('select vouchsafe.end_edit($1)', [dataset]);
          });
        const versions = uploads.length + (edits ? 1 : 0);
        for (let a = 1; a <= versions; a += 1)
          for (const b of new Set([1, versions])) {
            const begun = await begin(scene, a, b);
            assert.deepEqual(await work(scene, begun), []);
            assert.equal((await look(scene, begun)).phase, 'compared');
            assert.deepEqual(await rowsOf(scene, begun), await atOnce(scene, a, b), `${a} ${b}`);
          }
      },
    ),
    { numRuns: 8 },
  );
});

test('who asks for the same again is given what is there, and nobody else sees it', async () => {
  const scene = await makeTwo();
  const begun = await begin(scene);
  assert.equal((await begin(scene)).id, begun.id);
  await work(scene, begun);
  assert.equal((await begin(scene)).phase, 'compared');
  const { user } = await makeCompany(store);
  await store.superuser("insert into vouchsafe.member values ($1, $2, 'owner', now())", [
    scene.company,
    user,
  ]);
  const other = { ...scene, user };
  for (const seen of [look(other, begun), rowsOf(other, begun)])
    await assert.rejects(seen, { code: 'comparison_not_found', status: 404 });
  // Not by another dataset's address either.
  await assert.rejects(look({ ...scene, dataset: (await makeTwo()).dataset }, begun), { status: 404 });
  const elsewhere = await makeDataset(store, scene);
  await assert.rejects(look({ ...scene, dataset: elsewhere }, begun), { code: 'comparison_not_found' });
});

test('a user has four under way and keeps the last ones', async () => {
  const scene = await makeTwo();
  for (const other of [3, 4, 5])
    await fillGeneration(store, scene, scene.dataset, COLUMNS, [[other, 'x']], ['id']);
  const pairs = [1, 2, 3, 4, 5].flatMap((a) => [1, 2, 3, 4, 5].map((b) => [a, b] as const));
  const begun: ShownComparison[] = [];
  for (const [a, b] of pairs.slice(0, 4)) begun.push(await begin(scene, a, b));
  await assert.rejects(begin(scene, 5, 5), { code: 'too_many_comparisons', status: 429 });
  for (const one of begun) await work(scene, one);
  for (const [a, b] of pairs.slice(4, 16)) await work(scene, await begin(scene, a, b));
  const [kept] = await store.superuser(
    'select count(*)::int as n, count(*) filter (where id = $2)::int as first from vouchsafe.dataset_comparison where compared_by = $1',
    [scene.user, begun[0]?.id],
  );
  assert.deepEqual(kept, { n: 7, first: 0 });
});

test('a right that is lost meanwhile ends it, and hides what was compared', async () => {
  const owner = await makeTwo();
  const { user } = await makeCompany(store);
  await store.superuser("insert into vouchsafe.member values ($1, $2, 'member', now())", [
    owner.company,
    user,
  ]);
  const scene = { ...owner, user, acting: await actingOf(owner.company, user) };
  const done = await begin(scene);
  await work(scene, done);
  const begun = await begin(scene, 2, 1);
  await store.superuser("update vouchsafe.dataset set visibility = 'private' where id = $1", [owner.dataset]);
  assert.deepEqual(await work(scene, begun), []);
  const [row] = await store.superuser(
    'select phase, failure from vouchsafe.dataset_comparison where id = $1',
    [begun.id],
  );
  assert.deepEqual(row, { phase: 'failed', failure: 'right_lost' });
  await assert.rejects(rowsOf(scene, done), { code: 'dataset_not_found', status: 404 });
  assert.equal(await remains(), 0);
});

test('what a process left is taken up by the next, once, and what is stopped leaves nothing', async () => {
  const scene = await makeTwo();
  const begun = await begin(scene);
  await assert.doesNotReject(work(scene, begun, { signal: AbortSignal.abort() }));
  assert.equal(await remains(), 0);
  assert.notEqual((await look(scene, begun)).phase, 'compared');
  await store.superuser(
    "update vouchsafe.dataset_comparison set phase = 'comparing', claim = 'x', beat_at = now() where id = $1",
    [begun.id],
  );
  // Somebody is at it.
  await work(scene, begun);
  assert.equal((await look(scene, begun)).phase, 'comparing');
  await work(scene, begun, { staleMs: -60_000 });
  assert.equal((await look(scene, begun)).phase, 'compared');
});

test('one that ends its server each time is given up, and may be asked for anew', async () => {
  const scene = await makeTwo();
  const begun = await begin(scene);
  await store.superuser('update vouchsafe.dataset_comparison set tries = 5 where id = $1', [begun.id]);
  await work(scene, begun);
  const failed = await look(scene, begun);
  assert.deepEqual([failed.phase, failed.failure], ['failed', 'internal_error']);
  assert.notEqual((await begin(scene)).id, begun.id);
});

test('a comparison is noted as a read where the company wants that', async () => {
  const scene = await makeTwo();
  const noted = async (): Promise<readonly unknown[]> =>
    (
      await store.superuser(
        "select details from vouchsafe.audit_event where company_id = $1 and action = 'datasets.read' order by id",
        [scene.company],
      )
    ).map(({ details }) => details);
  await work(scene, await begin(scene));
  assert.deepEqual(await noted(), []);
  await store.superuser('update vouchsafe.company set dataset_reads_logged = true where id = $1', [
    scene.company,
  ]);
  const begun = await begin(scene, 2, 1);
  await work(scene, begun);
  await rowsOf(scene, begun);
  assert.deepEqual(await noted(), [
    { from: 2, version: 1 },
    { from: 2, version: 1 },
  ]);
});

const open = (): { readonly comparisons: Comparisons; readonly messages: readonly string[] } => {
  const log = recordingLog();
  const parts = {
    database: store.database,
    connection: store.connections.app,
    isAlone: true,
    clock: systemClock,
    log,
  };
  return { comparisons: createComparisons(parts), messages: log.messages };
};

const untilEnded = async (scene: Scene, begun: ShownComparison): Promise<ShownComparison> => {
  for (;;) {
    const seen = await look(scene, begun);
    if (seen.phase === 'compared' || seen.phase === 'failed') return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test('a job of the queue has it done, one after the other, and whatever else it may hold is nothing', async () => {
  const { comparisons, messages } = open();
  try {
    const wake = comparisons.tasks['datasets.compare'];
    for (const payload of [null, 7, {}, { comparison: 'op_x' }, { comparison: newId('op', NOW) }, []])
      await wake(payload);
    const [scene, other] = [await makeTwo(), await makeTwo()];
    const begun = [await begin(scene), await begin(scene, 2, 1), await begin(scene, 1, 1)];
    const theirs = await begin(other);
    for (const { id } of [...begun, theirs]) await wake({ comparison: id });
    for (const one of begun) assert.equal((await untilEnded(scene, one)).phase, 'compared');
    assert.equal((await untilEnded(other, theirs)).phase, 'compared');
    const [order] = await store.superuser(
      'select array_agg(compared_by order by ended_at, id) as users from vouchsafe.dataset_comparison where compared_by = any ($1)',
      [[scene.user, other.user]],
    );
    const users = order?.['users'] as string[] | undefined;
    assert.deepEqual(users?.slice(0, 2), [scene.user, other.user], 'in turns');
    assert.deepEqual(messages, []);
  } finally {
    await comparisons.close();
  }
});

test('what a crash left is found by the next process', async () => {
  // It waits for this one, and is taken for left all the same.
  await begin(await makeTwo());
  const scene = await makeTwo();
  const begun = await begin(scene);
  await store.superuser(
    "update vouchsafe.dataset_comparison set phase = 'comparing', claim = 'x', beat_at = now() - interval '1 second' where id = $1",
    [begun.id],
  );
  const { comparisons, messages } = open();
  try {
    await comparisons.resume();
    assert.equal((await untilEnded(scene, begun)).phase, 'compared');
    assert.deepEqual(messages, []);
  } finally {
    await comparisons.close();
  }
});
