/** Of another company's datasets nothing is learnt, not even from errors; and what was taken away is gone at once. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { newId } from '../../../foundation/ids.ts';
import { eraseCompanyRows, eraseUserRows } from '../../../leaving/store.ts';
import { connect } from '../../../store/connection.ts';
import { writeWorld, type World } from '../../../../test/support/dataset-world.ts';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { checkAccess, listAccessible } from './store.ts';

let store: TestDatabase;
/** Company 0 with its owner (user 0) and a member (user 1); company 1 with its owner (user 2). */
let world: World;

before(async () => {
  store = await testDatabase();
  await store.superuser('grant all on vouchsafe.dataset, vouchsafe.dataset_grant to vouchsafe_app');
  world = await openWorld();
});

const openWorld = (): Promise<World> =>
  writeWorld(
    store.superuser,
    {
      members: [
        { user: 0, company: 0, role: 'owner' },
        { user: 1, company: 0, role: 'member' },
        { user: 2, company: 1, role: 'owner' },
      ],
      datasets: [
        { company: 0, owner: 1, visibility: 'private', sharedOutside: true },
        { company: 0, owner: 0, visibility: 'company', sharedOutside: true },
      ],
      grants: [],
    },
    Date.now(),
  );

/** What a user in a company gets from one statement of plain SQL: the rows, or everything that the error says. */
const answerTo = async (
  [userId, companyId]: readonly [string, string],
  text: string,
  values: readonly unknown[],
): Promise<unknown> => {
  const client = await connect(store.connections.app, { name: 'test' });
  try {
    await client.query('begin');
    await client.query(
      "select set_config('vouchsafe.company_id', $1, true), set_config('vouchsafe.user_id', $2, true)",
      [companyId, userId],
    );
    const { rows, rowCount } = await client.query<Record<string, unknown>>(text, [...values]);
    return { rows, rowCount };
  } catch (error) {
    const { code, message, detail, constraint } = error as Readonly<Record<string, unknown>>;
    return { code, message, detail, constraint };
  } finally {
    await client.end();
  }
};

const INSERT = `insert into vouchsafe.dataset (id, company_id, name, owner_id, visibility, created_at)
  values ($1, $2, $3, $4, $5, now())`;
const GRANT = `insert into vouchsafe.dataset_grant
  (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at) values ($1, $2, $3, $4, $5, 'read', now())`;

test('another company’s datasets answer like datasets that there are not', async () => {
  const [home, away] = world.companies as [string, string];
  const stranger = [world.users[2]!, away] as const;
  const nowhere = newId('dst', world.now);
  for (const { id } of world.datasets) {
    const asks: readonly (readonly [string, (dataset: string) => readonly unknown[]])[] = [
      ['select * from vouchsafe.dataset where id = $1', (dataset) => [dataset]],
      ['select * from vouchsafe.dataset_grant where dataset_id = $1', (dataset) => [dataset]],
      ["update vouchsafe.dataset set name = 'taken' where id = $1", (dataset) => [dataset]],
      ['delete from vouchsafe.dataset where id = $1', (dataset) => [dataset]],
      ['select from vouchsafe.dataset where id = $1 for update', (dataset) => [dataset]],
      [GRANT, (dataset) => [newId('grt', world.now), dataset, away, ...stranger]],
      [GRANT, (dataset) => [newId('grt', world.now), dataset, home, ...stranger]],
      [GRANT, (dataset) => [newId('grt', world.now), dataset, home, world.users[1], home]],
    ];
    for (const [text, valuesFor] of asks)
      assert.deepEqual(
        await answerTo(stranger, text, valuesFor(id)),
        await answerTo(stranger, text, valuesFor(nowhere)),
        text,
      );
  }
});

test('a name that another company has taken is free', async () => {
  const [home, away] = world.companies as [string, string];
  const [stranger] = [world.users[2]!];
  const insert = (company: string, name: string): Promise<unknown> =>
    answerTo([stranger, away], INSERT, [newId('dst', world.now), company, name, stranger, 'private']);
  assert.deepEqual(await insert(away, 'set_0'), { rows: [], rowCount: 1 });
  assert.deepEqual(await insert(home, 'set_0'), await insert(home, 'not_there'));
  const own = answerTo([world.users[0]!, home], INSERT, [
    newId('dst', world.now),
    home,
    'set_0',
    world.users[0],
    'private',
  ]);
  assert.equal(((await own) as { code?: string }).code, '23505', 'in one company it is taken');
});

test('members of the same company learn nothing of a private dataset either, but that its name is taken', async () => {
  const { datasets, users, companies } = await writeWorld(
    store.superuser,
    {
      members: [
        { user: 0, company: 0, role: 'owner' },
        { user: 1, company: 0, role: 'admin' },
      ],
      datasets: [{ company: 0, owner: 0, visibility: 'private', sharedOutside: false }],
      grants: [],
    },
    Date.now(),
  );
  const admin = [users[1]!, companies[0]!] as const;
  const nowhere = newId('dst', world.now);
  for (const text of [
    'select * from vouchsafe.dataset where id = $1',
    "update vouchsafe.dataset set visibility = 'company' where id = $1",
    'delete from vouchsafe.dataset where id = $1',
  ])
    assert.deepEqual(await answerTo(admin, text, [datasets[0]!.id]), await answerTo(admin, text, [nowhere]));
  const grant = (dataset: string): Promise<unknown> =>
    answerTo(admin, GRANT, [newId('grt', world.now), dataset, companies[0], ...admin]);
  assert.deepEqual(await grant(datasets[0]!.id), await grant(nowhere));
});

const seenBy = async (one: World, user: number, company: number): Promise<readonly string[]> => {
  const [userId, companyId] = [one.users[user]!, one.companies[company]!];
  // A pool of its own, as another worker has.
  const rows = await store
    .createDatabase()
    .as({ company: companyId, user: userId }, (tx) =>
      tx.all(listAccessible, [userId, companyId, new Date(), '', 100]),
    );
  return rows.map(({ id, right }) => `${id} ${right}`);
};

const grantTo = (one: World, dataset: number, user: number, company: number): Promise<unknown> =>
  store.superuser(GRANT, [
    newId('grt', one.now),
    one.datasets[dataset]!.id,
    one.datasets[dataset]!.companyId,
    one.users[user],
    one.companies[company],
  ]);

test('what was given, taken away or closed to outsiders holds for the next question, on every pool', async () => {
  const one = await openWorld();
  const { id } = one.datasets[0]!;
  assert.deepEqual(await seenBy(one, 2, 1), []);
  await grantTo(one, 0, 2, 1);
  assert.deepEqual(await seenBy(one, 2, 1), [`${id} read`]);
  await store.superuser('update vouchsafe.dataset set shared_outside = false where id = $1', [id]);
  assert.deepEqual(await seenBy(one, 2, 1), []);
  await store.superuser('update vouchsafe.dataset set shared_outside = true where id = $1', [id]);
  assert.deepEqual(await seenBy(one, 2, 1), [`${id} read`]);
  // The company's switch closes all of them at once, and open again gives back what was not taken away.
  const letOut = (isOut: boolean): Promise<unknown> =>
    store.superuser('update vouchsafe.company set datasets_outside = $2 where id = $1', [
      one.companies[0],
      isOut,
    ]);
  await letOut(false);
  assert.deepEqual(await seenBy(one, 2, 1), []);
  await letOut(true);
  assert.deepEqual(await seenBy(one, 2, 1), [`${id} read`]);
  await store.superuser('delete from vouchsafe.dataset_grant where dataset_id = $1', [id]);
  assert.deepEqual(await seenBy(one, 2, 1), []);
});

test('a dataset is let out where it and its company are set so, whoever writes which of them in which order', async () => {
  const one = await openWorld();
  const [{ id }, company] = [one.datasets[0]!, one.companies[0]!];
  const read = async (): Promise<unknown> =>
    (
      await store.superuser('select may_be_shared_outside as out from vouchsafe.dataset where id = $1', [id])
    )[0]?.['out'];
  const moves = {
    company: (to: boolean) =>
      store.superuser('update vouchsafe.company set datasets_outside = $2 where id = $1', [company, to]),
    dataset: (to: boolean) =>
      store.superuser('update vouchsafe.dataset set shared_outside = $2 where id = $1', [id, to]),
    // What is kept by the trigger cannot be written.
    past: (to: boolean) =>
      store.superuser('update vouchsafe.dataset set may_be_shared_outside = $2 where id = $1', [id, to]),
  };
  const state = { company: true, dataset: true, past: true };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('company', 'dataset', 'past'), fc.boolean(), async (which, to) => {
      await moves[which](to);
      state[which] = to;
      assert.equal(await read(), state.company && state.dataset);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

test('a dataset that is made or opened while its company closes is closed', async () => {
  const one = await openWorld();
  const [company] = one.companies as [string];
  for (let round = 0; round < 8; round += 1) {
    await store.superuser('update vouchsafe.company set datasets_outside = true where id = $1', [company]);
    await Promise.all([
      store.superuser('update vouchsafe.company set datasets_outside = false where id = $1', [company]),
      ...Array.from({ length: 3 }, (_, index) =>
        store.superuser(
          `insert into vouchsafe.dataset (id, company_id, name, visibility, shared_outside, created_at)
           values ($1, $2, $3, 'company', true, now())`,
          [newId('dst', one.now), company, `race_${round}_${index}`],
        ),
      ),
    ]);
    assert.deepEqual(
      await store.superuser(
        'select id from vouchsafe.dataset where company_id = $1 and may_be_shared_outside',
        [company],
      ),
      [],
    );
  }
});

test('who leaves a company leaves its datasets to the company, and what they were granted there ends', async () => {
  const one = await openWorld();
  const [hidden, shared] = one.datasets.map(({ id }) => id) as [string, string];
  await grantTo(one, 1, 1, 0);
  await grantTo(one, 0, 2, 1);
  assert.deepEqual(await seenBy(one, 1, 0), [`${hidden} manage`, `${shared} modify`]);
  await store.superuser('delete from vouchsafe.member where company_id = $1 and user_id = $2', [
    one.companies[0],
    one.users[1],
  ]);
  assert.deepEqual(await seenBy(one, 1, 0), []);
  assert.deepEqual(await seenBy(one, 0, 0), [`${hidden} manage`, `${shared} manage`]);
  assert.deepEqual(await seenBy(one, 2, 1), [`${hidden} read`], 'what others were granted goes on');
  // Coming back brings nothing of it back.
  await store.superuser("insert into vouchsafe.member values ($1, $2, 'member', now())", [
    one.companies[0],
    one.users[1],
  ]);
  assert.deepEqual(await seenBy(one, 1, 0), [`${shared} modify`]);
});

test('an erased company takes its datasets along, and the grants that its members had elsewhere', async () => {
  const one = await openWorld();
  await grantTo(one, 0, 2, 1);
  await store.database.company(one.companies[1]!, async (tx) =>
    tx.all(eraseCompanyRows, [one.companies[1]!]),
  );
  const grants = await store.superuser('select from vouchsafe.dataset_grant where user_id = $1', [
    one.users[2],
  ]);
  assert.equal(grants.length, 0);
  const rows = await store.database.company(one.companies[0]!, async (tx) =>
    tx.all(eraseCompanyRows, [one.companies[0]!]),
  );
  assert.equal(rows.find((row) => row.store === 'dataset')?.rows, 2, 'the receipt says so');
  assert.equal(
    (await store.superuser('select from vouchsafe.dataset where company_id = $1', [one.companies[0]])).length,
    0,
  );
});

test('an erased user is named in no dataset and no grant', async () => {
  const one = await openWorld();
  await grantTo(one, 1, 1, 0);
  await store.superuser('update vouchsafe.dataset_grant set granted_by = $1 where user_id = $2', [
    one.users[0],
    one.users[1],
  ]);
  // What was done for them, and an invitation of their address that is still open.
  await store.superuser(
    `insert into vouchsafe.audit_event (id, company_id, at, actor, action, target, details)
     values ($1, $2, now(), $3, 'datasets.share', $4, $5)`,
    [
      newId('aud', one.now),
      one.companies[0],
      one.users[0],
      one.datasets[0]!.id,
      { user: one.users[1], right: 'read' },
    ],
  );
  await store.superuser(
    `insert into vouchsafe.dataset_invitation
       (id, dataset_id, company_id, email, "right", invited_by, digest, created_at, expires_at)
     values ($1, $2, $3, $4, 'read', $5, sha256('x'), now(), now() + interval '7 days')`,
    [
      newId('din', one.now),
      one.datasets[0]!.id,
      one.companies[0],
      `${one.users[1]!}@example.com`,
      one.users[0],
    ],
  );
  await store.database.user(one.users[1]!, async (tx) => tx.all(eraseUserRows, [one.users[1]!]));
  assert.deepEqual(
    await store.superuser('select details from vouchsafe.audit_event where target = $1', [
      one.datasets[0]!.id,
    ]),
    [{ details: { right: 'read' } }],
  );
  assert.deepEqual(
    await store.superuser('select from vouchsafe.dataset_invitation where company_id = $1', [
      one.companies[0],
    ]),
    [],
  );
  const [hidden] = await store.superuser('select owner_id from vouchsafe.dataset where id = $1', [
    one.datasets[0]!.id,
  ]);
  assert.deepEqual(hidden, { owner_id: null });
  assert.deepEqual(
    await store.superuser('select from vouchsafe.dataset_grant where user_id = $1', [one.users[1]]),
    [],
  );
  assert.deepEqual(
    await store.database.as({ company: one.companies[0]!, user: one.users[0]! }, (tx) =>
      tx.all(checkAccess, [one.users[0]!, one.companies[0]!, one.datasets[0]!.id, new Date()]),
    ),
    [{ right: 'manage', reason: 'company_owner' }],
  );
});
