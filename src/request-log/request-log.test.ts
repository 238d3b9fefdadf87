import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  setRole,
  type Scene,
} from '../../test/support/control-plane.ts';
import type { Reply, Stage } from '../../test/support/signed-in.ts';
import { untilWaiting } from '../../test/support/waiting.ts';
import { newId } from '../foundation/ids.ts';
import { connect } from '../store/connection.ts';
import type { LoggedRequest } from './recorder.ts';
import { writeRows } from './write-rows.ts';

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const DAY_MS = 86_400_000;
const pathOf = ({ company, project }: Scene): string => `/v1/companies/${company}/projects/${project}/log`;
const list = (scene: Scene, search = ''): Promise<Reply> =>
  scene.owner.call('GET', `${pathOf(scene)}${search}`);
const change = (scene: Scene, body: object): Promise<Reply> => scene.owner.call('PATCH', pathOf(scene), body);

const row = ({ company, project, key }: Scene, parts: Partial<LoggedRequest> = {}): LoggedRequest => {
  const at = parts.at ?? stage.clock.now();
  return {
    id: newId('log', at),
    at,
    company,
    project,
    key,
    operation: 'geocoding.forward',
    status: 200,
    durationUs: 1500,
    query: 'q=Paris',
    ...parts,
  };
};

/** Writes rows as a worker does. */
const write = (...rows: readonly LoggedRequest[]): Promise<void> => writeRows(stage.database)(rows);

const queriesOf = async (scene: Scene): Promise<unknown[]> =>
  (await list(scene)).body.items.map(({ query }: { query: unknown }) => query);

describe('the request log', () => {
  it('is off until it is turned on, and then holds what was asked for', async () => {
    const scene = await makeScene(stage);
    await write(row(scene));
    const empty = await list(scene);
    assert.deepEqual(empty.body, {
      items: [],
      next: null,
      logging: { days: null, queries: false, since: null, kept_days: null },
    });

    const on = await change(scene, { days: 7 });
    const since = new Date(stage.clock.now()).toISOString();
    assert.deepEqual([on.status, on.body], [200, { days: 7, queries: false, since, kept_days: null }]);
    await write(row(scene), row(scene, { at: stage.clock.now() - 1 }));
    const { body } = await list(scene);
    assert.deepEqual(body.items, [
      {
        id: body.items[0].id,
        at: since,
        operation: 'geocoding.forward',
        status: 200,
        duration_us: 1500,
        key: scene.key,
        query: null,
      },
    ]);

    assert.equal((await change(scene, { queries: true })).body.queries, true);
    await write(row(scene, { key: '' }));
    const [newest] = (await list(scene)).body.items;
    assert.deepEqual([newest.query, newest.key], ['q=Paris', null]);
    assert.deepEqual(stage.bugs, []);
  });

  it('takes nothing any more once it is off, and keeps what it has for its days', async () => {
    const scene = await makeScene(stage);
    await change(scene, { days: 30, queries: true });
    await write(row(scene));
    const off = await change(scene, { days: null });
    assert.deepEqual([off.body.days, off.body.queries, off.body.kept_days], [null, false, 30]);
    await write(row(scene));
    assert.equal((await list(scene)).body.items.length, 1);
    // What was asked between is not added by turning it on again.
    const between = row(scene);
    stage.clock.advance(1000);
    await change(scene, { days: 30 });
    await write(between, row(scene));
    assert.deepEqual(await queriesOf(scene), [null, 'q=Paris']);
  });

  it('is emptied at once, and what is still on its way does not get there', async () => {
    const scene = await makeScene(stage);
    await change(scene, { days: 30 });
    await write(...Array.from({ length: 30 }, () => row(scene)));
    const late = row(scene);
    stage.clock.advance(10);
    const emptied = await scene.owner.call('DELETE', pathOf(scene));
    assert.deepEqual([emptied.status, emptied.body], [200, { deleted: 30 }]);
    await write(late);
    assert.deepEqual(await queriesOf(scene), []);
    await write(row(scene));
    assert.deepEqual(await queriesOf(scene), [null]);
    const audit = await scene.owner.call('GET', `/v1/companies/${scene.company}/audit`);
    assert.deepEqual(
      audit.body.items.slice(0, 2).map(({ action, details }: Record<string, unknown>) => [action, details]),
      [
        ['logs.delete', { requests: 30 }],
        ['logs.change', { days: 30, queries: false, days_before: null }],
      ],
    );
  });

  it('asks for a fresh proof before queries are in it, or it leaves as a file', async () => {
    const scene = await makeScene(stage);
    await change(scene, { days: 7 });
    stage.clock.advance(11 * 60_000);
    for (const [method, path, body] of [
      ['PATCH', pathOf(scene), { queries: true }],
      ['PATCH', pathOf(scene), { days: 9, queries: true }],
      ['POST', `${pathOf(scene)}/export`, {}],
    ] as const) {
      const answer = await scene.owner.call(method, path, body);
      assert.deepEqual([answer.status, answer.body.code], [403, 'fresh_proof_required']);
    }
    assert.equal((await change(scene, { days: 9 })).status, 200);
    await scene.owner.prove();
    assert.equal((await change(scene, { queries: true })).status, 200);
    assert.equal((await change(scene, { queries: true, days: 8 })).body.days, 8);
  });

  it('is refused what makes no sense, without any trace', async () => {
    const scene = await makeScene(stage);
    const earlier = await dumpTables(stage);
    for (const [body, status, code, field] of [
      [{ days: 0 }, 400, 'invalid_request', '/days'],
      [{ days: 181 }, 400, 'invalid_request', '/days'],
      [{ days: 1.5 }, 400, 'invalid_request', '/days'],
      [{ days: '7' }, 400, 'invalid_request', '/days'],
      [{ queries: 1 }, 400, 'invalid_request', '/queries'],
      [{ queries: true }, 409, 'log_is_off', '/queries'],
      [{ days: null, queries: true }, 409, 'log_is_off', '/queries'],
      [{ bodies: true }, 400, 'invalid_request', undefined],
    ] as const) {
      const answer = await change(scene, body);
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.field],
        [status, code, field],
        JSON.stringify(body),
      );
    }
    for (const search of [
      '?before=log_1',
      '?before=aud_01',
      '?limit=101',
      '?status=42',
      '?status=600',
      '?status=4x',
    ])
      assert.equal((await list(scene, search)).status, 400, search);
    assert.equal((await change(scene, {})).status, 200);
    assert.equal((await change(scene, { days: null })).status, 200);
    assert.equal(await dumpTables(stage), earlier);
    const nowhere = { ...scene, project: newId('prj', 1) };
    for (const answer of [
      await list(nowhere),
      await change(nowhere, { days: 1 }),
      await scene.owner.call('DELETE', pathOf(nowhere)),
      await scene.owner.call('POST', `${pathOf(nowhere)}/export`, {}),
    ])
      assert.deepEqual([answer.status, answer.body.code], [404, 'project_not_found']);
  });

  it('is read by members, changed by admins, and nothing to viewers', async () => {
    const scene = await makeScene(stage);
    const calls = async (): Promise<number[]> => [
      (await list(scene)).status,
      (await change(scene, { days: 3 })).status,
      (await scene.owner.call('DELETE', pathOf(scene))).status,
      (
        await stage.store.superuser('select log_days from vouchsafe.project where id = $1', [scene.project])
      )[0]?.['log_days'] === null
        ? 0
        : 1,
    ];
    for (const [role, expected] of [
      ['viewer', [403, 403, 403, 0]],
      ['member', [200, 403, 403, 0]],
      ['admin', [200, 200, 200, 1]],
    ] as const) {
      await setRole(stage, scene.company, scene.owner.user, role);
      assert.deepEqual(await calls(), expected, role);
    }
  });

  it('is read newest first, in pages, by operation and status', async () => {
    const scene = await makeScene(stage);
    await change(scene, { days: 30, queries: true });
    const start = stage.clock.now();
    const rows = Array.from({ length: 25 }, (_, number) =>
      row(scene, {
        // Several in one millisecond, and several days.
        at: start + Math.floor(number / 3) * DAY_MS,
        status: [200, 404, 429][number % 3] ?? 200,
        operation: number % 2 === 0 ? 'geocoding.forward' : 'geocoding.reverse',
        query: `q=${number}`,
      }),
    );
    await write(...rows);
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body } = await list(scene, `?limit=7${next === '' ? '' : `&before=${next}`}`);
      assert.ok(body.items.length <= 7);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      next = body.next;
    }
    assert.deepEqual(
      seen,
      rows
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    const count = async (search: string): Promise<number> =>
      (await list(scene, `?limit=100${search}`)).body.items.length;
    assert.equal(await count('&status=429'), 8);
    assert.equal(await count('&status=4xx'), 16);
    assert.equal(await count('&operation=geocoding.reverse'), 12);
    assert.equal(await count('&operation=geocoding.reverse&status=200'), 4);
    assert.equal(await count('&operation=%27%3B--'), 0);
  });

  it('is exported as text that no spreadsheet takes for a formula', async () => {
    const scene = await makeScene(stage);
    await change(scene, { days: 30, queries: true });
    await write(row(scene, { query: 'q="x",=1' }), row(scene, { status: 404, query: '=cmd()' }));
    const { database } = stage;
    const { exportLog } = await import('./reading.ts');
    const reader = { company: scene.company, user: scene.owner.user };
    const all = await exportLog(database, reader, scene.project, {});
    assert.equal(all.split('\r\n').length, 4);
    assert.match(all, /^"id","at","operation","status","duration_us","key","query"\r\n/);
    assert.match(all, /"q=""x"",=1"/);
    const some = await exportLog(database, reader, scene.project, { status: '4xx' });
    assert.match(some, /"404","1500","key_[^"]*","'=cmd\(\)"\r\n$/);
    assert.equal((await exportLog(database, reader, scene.project, {}, 1)).split('\r\n').length, 3);
  });
});

describe('what a worker writes', () => {
  it('gets into the log of the company whose project it is, and into no other', async () => {
    const [one, other] = [await makeScene(stage), await makeScene(stage)];
    for (const scene of [one, other]) await change(scene, { days: 7 });
    await write(row(one), row(one, { company: other.company }), row(one, { project: newId('prj', 1) }));
    assert.deepEqual([await queriesOf(one), await queriesOf(other)], [[null], []]);
    const across = await other.owner.call('GET', pathOf(one));
    assert.deepEqual([across.status, across.body.code], [404, 'company_not_found']);
    const inside = await other.owner.call('GET', pathOf({ ...one, company: other.company }));
    assert.deepEqual([inside.status, inside.body.code], [404, 'project_not_found']);
  });

  it('is written once, also where it is sent twice', async () => {
    const scene = await makeScene(stage);
    await change(scene, { days: 7 });
    const [first, second] = [row(scene), row(scene)];
    await write(first);
    await write(first, second);
    assert.equal((await queriesOf(scene)).length, 2);
  });

  it('goes with its project and with its company, also what is written at that moment', async () => {
    const counted = async (company: string): Promise<number> =>
      (await stage.store.superuser('select from vouchsafe.request_log where company_id = $1', [company]))
        .length;
    for (const erase of [
      'select vouchsafe.erase_project($1)',
      'select vouchsafe.erase_company($1)',
    ] as const) {
      const scene = await makeScene(stage);
      await change(scene, { days: 7 });
      await write(row(scene));
      const client = await connect(stage.store.connections.app, { name: 'test' });
      try {
        await client.query('begin');
        await client.query("select set_config('vouchsafe.company_id', $1, true)", [scene.company]);
        const [wanted] = erase.includes('project') ? [scene.project] : [scene.company];
        await client.query(erase, [wanted]);
        const writing = write(row(scene));
        await untilWaiting(stage.store.superuser, 1);
        await client.query('commit');
        await writing;
      } finally {
        await client.end();
      }
      assert.equal(await counted(scene.company), 0, erase);
    }
  });

  it('is found by whoever turns the log off or empties it meanwhile, or waits for them', async () => {
    const scene = await makeScene(stage);
    await change(scene, { days: 7 });
    const client = await connect(stage.store.connections.superuser, { name: 'test' });
    try {
      await client.query('begin');
      await client.query('select from vouchsafe.project where id = $1 for share', [scene.project]);
      const emptying = scene.owner.call('DELETE', pathOf(scene));
      await untilWaiting(stage.store.superuser, 1);
      await sleep(20);
      await client.query(
        `insert into vouchsafe.request_log (id, company_id, project_id, at, operation, status, duration_us)
         values ($1, $2, $3, $4, 'geocoding.forward', 200, 1)`,
        [newId('log', 1), scene.company, scene.project, new Date(stage.clock.now())],
      );
      await client.query('commit');
      assert.equal((await emptying).body.deleted, 1);
    } finally {
      await client.end();
    }
  });
});
