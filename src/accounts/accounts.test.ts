import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  setRole,
} from '../../test/support/control-plane.ts';
import { addCounts } from '../../test/support/add-count.ts';
import type { Stage } from '../../test/support/signed-in.ts';
import type { Outcome } from '../metering/board.ts';
import { eraseProject, sweepUsage } from './store.ts';

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const count = async (
  { company }: { company: string },
  project: string,
  day: string,
  outcome: Outcome,
  amount: number,
  operation = 'geocoding.forward',
): Promise<void> => {
  await addCounts(stage.database, [{ company, project, day, outcome, count: amount, operation }]);
};

describe('companies', () => {
  it('are made with their owner and a first project, both or neither', async () => {
    const person = await stage.person();
    const { status, body } = await person.call('POST', '/v1/companies', { name: ' Tin Lantern ' });
    assert.equal(status, 201);
    assert.deepEqual(
      [body.name, body.your_role, body.contact_email, body.require_second_factor],
      ['Tin Lantern', 'owner', null, false],
    );
    assert.deepEqual((await person.call('GET', `/v1/companies/${body.id}`)).body, body);
    const projects = await person.call('GET', `/v1/companies/${body.id}/projects`);
    const [project] = projects.body.items;
    assert.deepEqual(
      [
        projects.body.items.length,
        project.name,
        project.per_second,
        project.per_day,
        project.keys,
        project.used_today,
      ],
      [1, 'First project', 10, 2500, 0, 0],
    );
  });

  it('are twenty at most for one owner, however many are made at the same time', async () => {
    const person = await stage.person();
    await stage.company([person]);
    for (let index = 0; index < 17; index += 1)
      await person.call('POST', '/v1/companies', { name: `C${index}` });
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => person.call('POST', '/v1/companies', { name: `D${n}` })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [201, 201, 409, 409],
    );
  });

  it('change in what is given, and in nothing else', async () => {
    const scene = await makeScene(stage);
    const path = `/v1/companies/${scene.company}`;
    const first = await scene.owner.call('PATCH', path, { contact_email: 'Ops@Example.COM' });
    assert.deepEqual([first.body.name, first.body.contact_email], ['Northwind', 'ops@example.com']);
    const second = await scene.owner.call('PATCH', path, { name: 'Southwind' });
    assert.deepEqual([second.body.name, second.body.contact_email], ['Southwind', 'ops@example.com']);
    const third = await scene.owner.call('PATCH', path, { contact_email: null });
    assert.equal(third.body.contact_email, null);
    const earlier = await dumpTables(stage);
    assert.equal((await scene.owner.call('PATCH', path, { name: 'Southwind' })).status, 200);
    assert.equal((await scene.owner.call('PATCH', path, {})).status, 200);
    assert.equal(await dumpTables(stage), earlier);
  });

  it('keep both of two changes that are made at the same time', async () => {
    const scene = await makeScene(stage);
    const path = `/v1/companies/${scene.company}`;
    await Promise.all([
      scene.owner.call('PATCH', path, { name: 'Eastwind' }),
      scene.other.call('PATCH', path, { contact_email: 'east@example.com' }),
    ]);
    const { body } = await scene.owner.call('GET', path);
    assert.deepEqual([body.name, body.contact_email], ['Eastwind', 'east@example.com']);
  });

  it('require a second factor only by an owner who has used one', async () => {
    const scene = await makeScene(stage);
    const path = `/v1/companies/${scene.company}`;
    const weak = await scene.owner.call('PATCH', path, {
      require_second_factor: true,
      name: 'Changed along',
    });
    assert.deepEqual([weak.status, weak.body.code], [409, 'second_factor_missing']);
    await setRole(stage, scene.company, scene.other.user, 'admin');
    const strongAdmin = await scene.other.browser({ isStrong: true });
    const admin = await strongAdmin.call('PATCH', path, { require_second_factor: true });
    assert.deepEqual([admin.status, admin.body.code], [403, 'forbidden']);
    assert.equal((await scene.owner.call('GET', path)).body.name, 'Northwind');
    const strong = await scene.owner.browser({ isStrong: true });
    assert.equal(
      (await strong.call('PATCH', path, { require_second_factor: true })).body.require_second_factor,
      true,
    );
    const out = await scene.owner.call('GET', path);
    assert.deepEqual([out.status, out.body.code], [403, 'second_factor_required']);
  });

  it('refuse names and addresses that are none', async () => {
    const scene = await makeScene(stage);
    const earlier = await dumpTables(stage);
    for (const body of [
      { name: '' },
      { name: 'x'.repeat(201) },
      { name: 'a\r\nSubject: x' },
      { name: 'a\u2028b' },
      { name: 5 },
      { contact_email: 'nobody' },
      { contact_email: 'a@example.com\nBcc: b@example.com' },
      { require_second_factor: 'yes' },
      { your_role: 'owner' },
      { id: 'com_x' },
    ]) {
      assert.equal(
        (await scene.owner.call('PATCH', `/v1/companies/${scene.company}`, body)).status,
        400,
        JSON.stringify(body),
      );
    }
    const wrong = await scene.owner.call('PATCH', `/v1/companies/${scene.company}`, {
      contact_email: 'nobody',
    });
    assert.deepEqual([wrong.body.code, wrong.body.field], ['email_invalid', '/contact_email']);
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });
});

describe('projects', () => {
  it('say how many of their keys work and what they used today', async () => {
    const scene = await makeScene(stage);
    await scene.owner.call('DELETE', `/v1/companies/${scene.company}/keys/${scene.key}`);
    for (const name of ['a', 'b'])
      await scene.owner.call('POST', `/v1/companies/${scene.company}/projects/${scene.project}/keys`, {
        name,
      });
    await count(scene, scene.project, '2026-11-22', 'ok', 7);
    await count(scene, scene.project, '2026-11-22', 'refused', 100);
    await count(scene, scene.project, '2026-11-21', 'ok', 1000);
    const { body } = await scene.owner.call(
      'GET',
      `/v1/companies/${scene.company}/projects/${scene.project}`,
    );
    assert.deepEqual([body.keys, body.used_today], [2, 7]);
  });

  it('are deleted with their keys and all that was counted for them, and no other’s', async () => {
    const scene = await makeScene(stage);
    const bystander = await makeScene(stage);
    const path = `/v1/companies/${scene.company}/projects/${scene.project}`;
    for (const one of [scene, bystander]) await count(one, one.project, '2026-11-22', 'ok', 3);
    const { superuser } = stage.store;
    await superuser("insert into vouchsafe.quota_use values ($1, $2, $2, 'day', '2026-11-22', 5)", [
      scene.company,
      scene.project,
    ]);
    assert.equal((await scene.owner.call('DELETE', path)).status, 204);
    const again = await scene.owner.call('DELETE', path);
    assert.deepEqual([again.status, again.body.code], [404, 'project_not_found']);
    // Only the log names it.
    const left = (await dumpTables(stage)).split('\n').filter((line) => line.includes(scene.project));
    assert.ok(
      left.every((line) => line.includes('aud_')),
      left.join('\n'),
    );
    const other = await bystander.owner.call('GET', `/v1/companies/${bystander.company}/usage`);
    assert.equal(other.body.today.ok, 3);
  });

  it('that are gone take no more counts, and what slipped through is swept', async () => {
    const scene = await makeScene(stage);
    await scene.owner.call('DELETE', `/v1/companies/${scene.company}/projects/${scene.project}`);
    await count(scene, scene.project, '2026-11-22', 'ok', 3);
    const rows = (): Promise<unknown[]> =>
      stage.store.superuser('select from vouchsafe.usage_day where project_id = $1', [scene.project]);
    assert.equal((await rows()).length, 0);
    await stage.store.superuser(
      "insert into vouchsafe.usage_day values ($1, $2, 'geocoding.forward', '2026-11-22', 'ok', 1)",
      [scene.company, scene.project],
    );
    const kept = await makeScene(stage);
    await count(kept, kept.project, '2026-11-22', 'ok', 1);
    assert.ok(((await stage.database.run(sweepUsage, ['2026-11-01']))[0]?.swept ?? 0) >= 1);
    assert.equal((await rows()).length, 0);
    assert.equal((await stage.database.run(sweepUsage, ['2026-11-01']))[0]?.swept, 0);
  });

  it('are not erased by the function on behalf of another company', async () => {
    const [a, b] = [await makeScene(stage), await makeScene(stage)];
    const earlier = await dumpTables(stage);
    const { database } = stage;
    const erased = [
      await database.company(b.company, (tx) => tx.one(eraseProject, [a.project])),
      await database.system((tx) => tx.one(eraseProject, [a.project])),
    ];
    assert.deepEqual(erased, [{ erased: 0 }, { erased: 0 }]);
    assert.equal(await dumpTables(stage), earlier);
  });
});
