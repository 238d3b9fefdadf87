/** The pure function, the statements and row-level security say the same of every actor and dataset of random worlds. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { connect } from '../../../store/connection.ts';
import { createDatabase, type Database } from '../../../store/database.ts';
import type { Statement } from '../../../store/statement.ts';
import {
  beforeServerStops,
  testDatabase,
  type RawSql,
  type TestDatabase,
} from '../../../../test/support/database.ts';
import { decideAccess } from './rules.ts';
import { checkAccess, datasetsOfPerson, listAccessible, listPeople, rightsOfPerson } from './store.ts';
import {
  actorsOf,
  datasetFacts,
  drawWorld,
  grantOf,
  writeWorld,
  type World,
  type WorldActor,
} from '../../../../test/support/dataset-world.ts';

let store: TestDatabase;
/** Past row-level security, so that the statements are seen to be right by themselves. */
let bare: Database;

before(async () => {
  store = await testDatabase();
  // Beyond what the server may do, so that the policies are seen to hold by themselves.
  await store.superuser('grant all on vouchsafe.dataset, vouchsafe.dataset_grant to vouchsafe_app');
  bare = createDatabase({ connection: store.connections.superuser });
  beforeServerStops(() => bare.close());
});

type Run = <Row, Parameters extends readonly unknown[]>(
  statement: Statement<Row, Parameters>,
  parameters: Parameters,
) => Promise<readonly Row[]>;

const runsOf = ({ userId, companyId }: WorldActor): readonly Run[] => [
  (statement, parameters) => bare.run(statement, parameters),
  (statement, parameters) =>
    store.database.as({ company: companyId, user: userId }, (tx) => tx.all(statement, parameters)),
];

/** Plain SQL as the server's role on behalf of an actor, with nothing but row-level security; taken back at the end. */
const asActor = async <Value>(
  { userId, companyId }: { readonly userId: string; readonly companyId: string },
  work: (sql: RawSql) => Promise<Value>,
): Promise<Value> => {
  const client = await connect(store.connections.app, { name: 'test' });
  try {
    await client.query('begin');
    await client.query(
      "select set_config('vouchsafe.company_id', $1, true), set_config('vouchsafe.user_id', $2, true)",
      [companyId, userId],
    );
    return await work(
      async (text, values) => (await client.query<Record<string, unknown>>(text, [...(values ?? [])])).rows,
    );
  } finally {
    await client.end();
  }
};

const expectedOf = (world: World, actor: WorldActor): Map<string, { right: string; reason: string }> =>
  new Map(
    world.datasets
      .map(
        (one) =>
          [one.id, decideAccess(actor, datasetFacts(one), grantOf(world, one, actor), world.now)] as const,
      )
      .filter(([, { right }]) => right !== 'none')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const PAGE = 2;

const listAll = async (run: Run, { userId, companyId }: WorldActor, now: number) => {
  const found = new Map<string, { right: string; reason: string }>();
  for (let after = ''; ;) {
    const page = await run(listAccessible, [userId, companyId, new Date(now), after, PAGE]);
    for (const { id, right, reason } of page) {
      assert.ok(id > after, 'pages go on and repeat nothing');
      after = id;
      found.set(id, { right, reason });
    }
    if (page.length < PAGE) return found;
  }
};

const checkActor = async (world: World, actor: WorldActor): Promise<void> => {
  const expected = expectedOf(world, actor);
  const { userId, companyId } = actor;
  const said = JSON.stringify(actor);
  for (const run of runsOf(actor)) {
    assert.deepEqual([...(await listAll(run, actor, world.now))], [...expected], said);
    for (const { id } of world.datasets) {
      const rows = await run(checkAccess, [userId, companyId, id, new Date(world.now)]);
      assert.deepEqual(
        rows.map(({ right, reason }) => ({ right, reason })),
        expected.has(id) ? [expected.get(id)] : [],
        said,
      );
    }
  }
  const at = new Date(world.now);
  for (const [rank, wanted] of ['read', 'modify', 'manage'].entries()) {
    const found: string[] = [];
    for (const home of world.companies) {
      const rows = await bare.run(datasetsOfPerson, [home, userId, rank + 1, '', at, 100, companyId]);
      found.push(...rows.map(({ id }) => id));
    }
    const rights = new Set(['read', 'modify', 'manage'].slice(rank));
    assert.deepEqual(
      found.toSorted(),
      [...expected].filter(([, { right }]) => rights.has(right)).map(([id]) => id),
      `${said} ${wanted}`,
    );
  }
  for (const { id, companyId: home } of world.datasets) {
    const rows = await bare.run(rightsOfPerson, [home, id, userId, at, companyId]);
    assert.deepEqual(
      rows.map(({ right, reason }) => ({ right, reason })),
      expected.has(id) ? [expected.get(id)] : [],
      said,
    );
  }
  const managed = new Set([...expected].filter(([, { right }]) => right === 'manage').map(([id]) => id));
  await asActor(actor, async (sql) => {
    const idsOf = async (text: string): Promise<string[]> =>
      (await sql(text)).map(({ id }) => String(id)).sort();
    assert.deepEqual(await idsOf('select id from vouchsafe.dataset'), [...expected.keys()], said);
    const grants = world.grants.filter(
      (one) => (one.userId === userId && one.companyId === companyId) || managed.has(one.dataset),
    );
    assert.deepEqual(
      await idsOf('select id from vouchsafe.dataset_grant'),
      grants.map(({ id }) => id).sort(),
      said,
    );
    assert.deepEqual(
      await idsOf('update vouchsafe.dataset set name = name returning id'),
      [...managed].sort(),
      said,
    );
  });
  await asActor(actor, async (sql) => {
    const gone = (await sql('delete from vouchsafe.dataset returning id')).map(({ id }) => String(id));
    assert.deepEqual(gone.sort(), [...managed].sort(), said);
  });
};

const checkPeople = async (world: World): Promise<void> => {
  const actors = actorsOf(world);
  for (const one of world.datasets) {
    const expected = actors
      .map((actor) => {
        const { right, reason } = decideAccess(
          actor,
          datasetFacts(one),
          grantOf(world, one, actor),
          world.now,
        );
        return { user_id: actor.userId, acting_company_id: actor.companyId, right, reason };
      })
      .filter(({ right }) => right !== 'none')
      .sort((a, b) => (a.user_id + a.acting_company_id < b.user_id + b.acting_company_id ? -1 : 1));
    const manager = expected.find(({ right }) => right === 'manage');
    const runs =
      manager === undefined
        ? [runsOf(actors[0]!)[0]!]
        : runsOf({ userId: manager.user_id, companyId: manager.acting_company_id, role: 'owner' });
    for (const run of runs) {
      const found: unknown[] = [];
      let [user, company] = ['', ''];
      for (;;) {
        const page = await run(listPeople, [one.companyId, one.id, new Date(world.now), user, company, PAGE]);
        for (const { until: _, ...person } of page) found.push(person);
        const last = page.at(-1);
        if (last === undefined) break;
        [user, company] = [last.user_id, last.acting_company_id];
      }
      assert.deepEqual(found, expected);
    }
  }
};

test('the function, the statements and row-level security agree about everybody in random worlds', async () => {
  await fc.assert(
    fc.asyncProperty(drawWorld, async (draft) => {
      const world = await writeWorld(store.superuser, draft, Date.now());
      for (const actor of actorsOf(world)) await checkActor(world, actor);
      await checkPeople(world);
    }),
    { numRuns: 12 },
  );
});

test('the statements hold to the millisecond to the time that they are given', async () => {
  const world = await writeWorld(
    store.superuser,
    {
      members: [
        { user: 0, company: 0, role: 'owner' },
        { user: 1, company: 1, role: 'viewer' },
      ],
      datasets: [{ company: 0, owner: 0, visibility: 'private', sharedOutside: true }],
      grants: [{ dataset: 0, user: 1, company: 1, right: 'modify', hours: 1 }],
    },
    Date.now(),
  );
  const [grant] = world.grants;
  const end = grant!.until!;
  const rights = async (now: number): Promise<readonly string[]> =>
    (await bare.run(checkAccess, [grant!.userId, grant!.companyId, grant!.dataset, new Date(now)])).map(
      ({ right }) => right,
    );
  assert.deepEqual([await rights(end - 1), await rights(end)], [['modify'], []]);
});

test('nobody without a user or a company sees a dataset or a grant, and a company alone what its members share', async () => {
  const world = await writeWorld(
    store.superuser,
    {
      members: [
        { user: 0, company: 0, role: 'owner' },
        { user: 1, company: 1, role: 'owner' },
      ],
      datasets: [
        { company: 0, owner: 0, visibility: 'private', sharedOutside: true },
        { company: 0, owner: 0, visibility: 'company', sharedOutside: true },
      ],
      grants: [{ dataset: 0, user: 1, company: 1, right: 'read' }],
    },
    Date.now(),
  );
  const [hidden, shared] = world.datasets;
  const [owner, home] = [world.users[0]!, world.companies[0]!];
  const [stranger, away] = [world.users[1]!, world.companies[1]!];
  const see = (userId: string, companyId: string): Promise<unknown[]> =>
    asActor({ userId, companyId }, async (sql) => [
      ...(await sql('select id from vouchsafe.dataset order by id')).map(({ id }) => id),
      (await sql('select id from vouchsafe.dataset_grant')).length,
    ]);
  assert.deepEqual(await see('', ''), [0]);
  assert.deepEqual(await see(owner, ''), [0]);
  assert.deepEqual(await see('', home), [shared!.id, 0]);
  assert.deepEqual(await see(owner, home), [hidden!.id, shared!.id, 1]);
  assert.deepEqual(await see(stranger, away), [hidden!.id, 1]);
  assert.deepEqual(await see('', away), [0], 'a grant is to a user, not to their company');
});
