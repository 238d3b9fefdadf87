import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  setRole,
  type Scene,
} from '../../test/support/control-plane.ts';
import type { Reply, Stage } from '../../test/support/signed-in.ts';
import { newId } from '../foundation/ids.ts';
import { findBrowserProject } from '../gate/store.ts';
import { countDomainCalls, dropDomainDaysBefore } from './store.ts';

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const DAY_MS = 86_400_000;
const pathOf = ({ company, project }: Scene): string =>
  `/v1/companies/${company}/projects/${project}/domains`;
const add = (scene: Scene, domain: unknown): Promise<Reply> =>
  scene.owner.call('POST', pathOf(scene), { domain });
const list = async (scene: Scene): Promise<Reply> => scene.owner.call('GET', pathOf(scene));
const dayBefore = (days: number): string =>
  new Date(stage.clock.now() - days * DAY_MS).toISOString().slice(0, 10);

/** As the gate would find it. */
const originsOf = async ({ project }: Scene): Promise<readonly string[]> =>
  (await stage.database.run(findBrowserProject, [project]))[0]?.origins ?? [];

describe('domains', () => {
  it('are authorised as browsers write them, and taken away again', async () => {
    const scene = await makeScene(stage);
    const made = await add(scene, ' Bücher.example:8443/ ');
    assert.equal(made.status, 201);
    assert.deepEqual(made.body, {
      id: made.body.id,
      origin: 'https://xn--bcher-kva.example:8443',
      created_at: new Date(stage.clock.now()).toISOString(),
      last_called_at: null,
      calls: 0,
      is_unused: false,
    });
    const { body } = await list(scene);
    assert.deepEqual(
      body.items.map(({ origin }: { origin: string }) => origin),
      ['https://shop.example', 'https://xn--bcher-kva.example:8443'],
    );
    assert.deepEqual([body.next, body.allow_localhost], [null, false]);
    assert.deepEqual(await originsOf(scene), ['https://shop.example', 'https://xn--bcher-kva.example:8443']);
    const one = `${pathOf(scene)}/${made.body.id}`;
    assert.equal((await scene.owner.call('DELETE', one)).status, 204);
    assert.deepEqual(await originsOf(scene), ['https://shop.example']);
    const again = await scene.owner.call('DELETE', one);
    assert.deepEqual([again.status, again.body.code], [404, 'domain_not_found']);
    assert.deepEqual(stage.bugs, []);
  });

  it('can stand for all hosts below one, counted as one of its own', async () => {
    const scene = await makeScene(stage);
    const made = await add(scene, '*.Bücher.example:8443');
    const origin = 'https://*.xn--bcher-kva.example:8443';
    assert.deepEqual([made.status, made.body.origin], [201, origin]);
    assert.equal((await add(scene, `${origin}/`)).body.code, 'domain_exists');
    assert.equal((await add(scene, 'a.bücher.example:8443')).status, 201);
    await stage.database.run(countDomainCalls, [
      [made.body.id],
      [dayBefore(0)],
      [7],
      new Date(stage.clock.now()),
    ]);
    const { body } = await list(scene);
    const calls = body.items.map((item: Record<string, unknown>) => [item['origin'], item['calls']]);
    assert.deepEqual(calls, [
      [origin, 7],
      ['https://a.xn--bcher-kva.example:8443', 0],
      ['https://shop.example', 0],
    ]);
    assert.ok((await originsOf(scene)).includes(origin));
    const [event] = await stage.store.superuser(
      "select details from vouchsafe.audit_event where action = 'domains.create' and target = $1",
      [made.body.id],
    );
    assert.deepEqual(event?.['details'], { origin, project: scene.project });
    assert.equal((await scene.owner.call('DELETE', `${pathOf(scene)}/${made.body.id}`)).status, 204);
    assert.ok(!(await originsOf(scene)).includes(origin));
    await assert.rejects(
      stage.store.superuser(
        "insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, 'https://a.*.example', now())",
        [newId('dom', 1), scene.company, scene.project],
      ),
      /domain_origin_check/,
    );
    assert.deepEqual(stage.bugs, []);
  });

  it('are refused for a reason that says what to do, without any trace', async () => {
    const scene = await makeScene(stage);
    const earlier = await dumpTables(stage);
    for (const [domain, status, code] of [
      ['shop.example/path', 400, 'domain_has_more'],
      ['http://shop.example', 400, 'http_not_allowed'],
      ['shop.*.example', 400, 'wildcard_invalid'],
      ['*.example', 400, 'public_suffix'],
      ['*.co.uk', 400, 'public_suffix'],
      ['https://*.GitHub.io:8443', 400, 'public_suffix'],
      ['shop.example.', 400, 'trailing_dot'],
      ['null', 400, 'null_origin'],
      ['localhost:3000', 400, 'localhost_by_switch'],
      ['shop example', 400, 'domain_invalid'],
      ['HTTPS://SHOP.example', 409, 'domain_exists'],
      ['', 400, 'invalid_request'],
      ['x'.repeat(301), 400, 'invalid_request'],
      [7, 400, 'invalid_request'],
      [['shop.example'], 400, 'invalid_request'],
    ] as const) {
      const answer = await add(scene, domain);
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.field],
        [status, code, '/domain'],
        String(domain),
      );
    }
    const unknown = await scene.owner.call('POST', pathOf(scene).replace(scene.project, newId('prj', 1)), {
      domain: 'a.example',
    });
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'project_not_found']);
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });

  it('are a hundred in a project at most, also when many are added at once', async () => {
    const scene = await makeScene(stage);
    await stage.store.superuser(
      `insert into vouchsafe.domain (id, company_id, project_id, origin, created_at)
       select 'dom_' || lpad(translate(n::text, '0123456789', '0123456789'), 26, '0'), $1, $2, 'https://d' || n || '.example', now()
       from generate_series(1, 97) n`,
      [scene.company, scene.project],
    );
    const answers = await Promise.all([1, 2, 3, 4, 5].map((number) => add(scene, `new${number}.example`)));
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [201, 201, 409, 409, 409],
    );
    assert.equal((await add(scene, 'one-more.example')).body.code, 'too_many_domains');
    assert.equal((await list(scene)).body.items.length, 100);
  });

  it('are seen by viewers and changed by members', async () => {
    const scene = await makeScene(stage);
    await setRole(stage, scene.company, scene.owner.user, 'viewer');
    assert.equal((await list(scene)).status, 200);
    assert.equal((await add(scene, 'a.example')).status, 403);
    assert.equal((await scene.owner.call('PATCH', pathOf(scene), { allow_localhost: true })).status, 403);
    assert.equal((await scene.owner.call('DELETE', `${pathOf(scene)}/${scene.domain}`)).status, 403);
    await setRole(stage, scene.company, scene.owner.user, 'member');
    assert.equal((await add(scene, 'a.example')).status, 201);
  });

  it('of another company are out of reach', async () => {
    const [scene, other] = [await makeScene(stage), await makeScene(stage)];
    const path = `/v1/companies/${scene.company}/projects/${other.project}/domains`;
    for (const [method, at, body] of [
      ['GET', path, undefined],
      ['POST', path, { domain: 'a.example' }],
      ['PATCH', path, { allow_localhost: true }],
      ['DELETE', `${path}/${other.domain}`, undefined],
      ['DELETE', `${pathOf(scene)}/${other.domain}`, undefined],
    ] as const)
      assert.equal((await scene.owner.call(method, at, body)).status, 404, `${method} ${at}`);
    assert.deepEqual(await originsOf(other), ['https://shop.example']);
  });

  it('let the own machine in by a switch, and only a turn of it is an event', async () => {
    const scene = await makeScene(stage);
    const turn = (isOn: boolean): Promise<Reply> =>
      scene.owner.call('PATCH', pathOf(scene), { allow_localhost: isOn });
    const events = async (): Promise<number> =>
      (
        await stage.store.superuser(
          "select from vouchsafe.audit_event where action = 'domains.change' and target = $1",
          [scene.project],
        )
      ).length;
    assert.equal((await turn(false)).body.allow_localhost, false);
    assert.equal(await events(), 0);
    assert.equal((await turn(true)).body.allow_localhost, true);
    assert.equal((await turn(true)).body.allow_localhost, true);
    assert.equal(await events(), 1);
    assert.equal((await list(scene)).body.allow_localhost, true);
    const [found] = await stage.database.run(findBrowserProject, [scene.project]);
    assert.equal(found?.allow_localhost, true);
  });

  it('show when their pages last called, how often in thirty days, and which to remove', async () => {
    const scene = await makeScene(stage);
    const quiet = await add(scene, 'quiet.example');
    const count = (days: number, calls: number, at = stage.clock.now()): Promise<unknown> =>
      stage.database.run(countDomainCalls, [
        [scene.domain, newId('dom', 1)],
        [dayBefore(days), dayBefore(days)],
        [calls, 5],
        new Date(at),
      ]);
    await count(40, 1000, stage.clock.now() - 40 * DAY_MS);
    await count(29, 20, stage.clock.now() - 29 * DAY_MS);
    await count(0, 3, stage.clock.now() + 7 * 60_000);
    await count(0, 4);
    const show = async (): Promise<readonly unknown[]> =>
      (await list(scene)).body.items.map((item: Record<string, unknown>) => [
        item['origin'],
        item['calls'],
        item['last_called_at'],
        item['is_unused'],
      ]);
    const quarter = new Date(Math.floor(stage.clock.now() / 900_000) * 900_000).toISOString();
    assert.deepEqual(await show(), [
      ['https://quiet.example', 0, null, false],
      ['https://shop.example', 27, quarter, false],
    ]);
    const age = async (days: number): Promise<void> => {
      await stage.store.superuser(
        "update vouchsafe.domain set created_at = created_at - $2 * interval '1 day' where company_id = $1",
        [scene.company, days],
      );
      await stage.store.superuser('delete from vouchsafe.domain_day where company_id = $1 and day < $2', [
        scene.company,
        dayBefore(0),
      ]);
      await stage.store.superuser(
        `update vouchsafe.domain_day set day = day - $2::int, last_called_at = last_called_at - $2 * interval '1 day'
         where company_id = $1`,
        [scene.company, days],
      );
    };
    await age(89);
    const then = new Date(Date.parse(quarter) - 89 * DAY_MS).toISOString();
    assert.deepEqual(await show(), [
      ['https://quiet.example', 0, null, false],
      ['https://shop.example', 0, then, false],
    ]);
    await stage.store.superuser(
      "update vouchsafe.domain set created_at = created_at - interval '2 days' where company_id = $1",
      [scene.company],
    );
    await stage.store.superuser(
      "update vouchsafe.domain_day set day = day - 2, last_called_at = last_called_at - interval '2 days' where company_id = $1",
      [scene.company],
    );
    assert.deepEqual(await show(), [
      ['https://quiet.example', 0, null, true],
      ['https://shop.example', 0, null, true],
    ]);
    await stage.database.run(dropDomainDaysBefore, [dayBefore(90)]);
    assert.deepEqual(
      await stage.store.superuser('select from vouchsafe.domain_day where company_id = $1', [scene.company]),
      [],
    );
    assert.equal(quiet.status, 201);
  });

  it('go with their project and their company, and nothing of them stays', async () => {
    const scene = await makeScene(stage);
    await stage.database.run(countDomainCalls, [
      [scene.domain],
      [dayBefore(0)],
      [1],
      new Date(stage.clock.now()),
    ]);
    assert.equal(
      (await scene.owner.call('DELETE', `/v1/companies/${scene.company}/projects/${scene.project}`)).status,
      204,
    );
    for (const table of ['domain', 'domain_day'])
      assert.deepEqual(
        await stage.store.superuser(`select from vouchsafe.${table} where company_id = $1`, [scene.company]),
        [],
      );
  });
});
