import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  controlPlaneRoutes,
  mailedToken,
  makeScene,
  openStage,
  setRole,
  type Scene,
} from '../../test/support/control-plane.ts';
import { GOOD_PASSWORD } from '../../test/support/session-house.ts';
import type { Stage } from '../../test/support/signed-in.ts';
import { listMembers as listOf } from './store.ts';

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const rolesOf = async ({ company }: Scene): Promise<Record<string, string>> =>
  Object.fromEntries(
    (
      await stage.store.superuser('select user_id, role from vouchsafe.member where company_id = $1', [
        company,
      ])
    ).map((row) => [row['user_id'], row['role']]),
  );

const pathOf = ({ company }: Scene, user: string): string => `/v1/companies/${company}/members/${user}`;

describe('members', () => {
  it('are shown with their roles, and whether they have a second factor', async () => {
    const scene = await makeScene(stage);
    const { superuser } = stage.store;
    await superuser(
      'insert into vouchsafe.totp (user_id, box, created_at, confirmed_at) values ($1, $2, now(), now())',
      [scene.other.user, Buffer.alloc(60)],
    );
    await superuser('insert into vouchsafe.totp (user_id, box, created_at) values ($1, $2, now())', [
      scene.owner.user,
      Buffer.alloc(60),
    ]);
    const { status, body } = await scene.owner.call('GET', `/v1/companies/${scene.company}/members`);
    assert.equal(status, 200);
    const shown = (body.items as Record<string, unknown>[]).map(({ user, role, second_factor, you }) => [
      user,
      role,
      second_factor,
      you,
    ]);
    assert.deepEqual(
      new Set(shown.map((one) => JSON.stringify(one))),
      new Set([
        JSON.stringify([scene.owner.user, 'owner', false, true]),
        JSON.stringify([scene.other.user, 'owner', true, false]),
      ]),
    );
  });

  it('are not told whether somebody outside has a second factor', async () => {
    const scene = await makeScene(stage);
    const stranger = await makeScene(stage);
    const rows = await stage.database.company(scene.company, (tx) =>
      tx.all(listOf, [stranger.company, null]),
    );
    assert.deepEqual(rows, []);
  });

  it('change roles, and the member is told', async () => {
    const scene = await makeScene(stage);
    const change = { role: 'admin', expected_role: 'owner' };
    const { status, body } = await scene.owner.call('PATCH', pathOf(scene, scene.other.user), change);
    assert.deepEqual([status, body.role, body.you], [200, 'admin', false]);
    const mail = (await stage.mails()).at(-1);
    assert.deepEqual([mail?.template, mail?.recipient], ['role-changed', scene.other.email]);
  });

  it('do not change a role that somebody else has just changed', async () => {
    const scene = await makeScene(stage);
    const answer = await scene.owner.call('PATCH', pathOf(scene, scene.other.user), {
      role: 'viewer',
      expected_role: 'member',
    });
    assert.deepEqual([answer.status, answer.body.code], [409, 'changed_meanwhile']);
    assert.equal((await rolesOf(scene))[scene.other.user], 'owner');
  });

  it('take one of two changes that are made at the same time from the same state', async () => {
    const scene = await makeScene(stage);
    const third = await stage.person();
    await stage.store.superuser("insert into vouchsafe.member values ($1, $2, 'member', now())", [
      scene.company,
      third.user,
    ]);
    const answers = await Promise.all([
      scene.owner.call('PATCH', pathOf(scene, third.user), { role: 'admin', expected_role: 'member' }),
      scene.other.call('PATCH', pathOf(scene, third.user), { role: 'viewer', expected_role: 'member' }),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [200, 409],
    );
    const winner = answers.find(({ status }) => status === 200);
    assert.equal((await rolesOf(scene))[third.user], winner?.body.role);
  });

  it('keep an owner when two owners demote each other at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const scene = await makeScene(stage);
      const { owner, other } = scene;
      const answers = await Promise.all([
        owner.call('PATCH', pathOf(scene, other.user), { role: 'viewer', expected_role: 'owner' }),
        other.call('PATCH', pathOf(scene, owner.user), { role: 'viewer', expected_role: 'owner' }),
      ]);
      // Whoever comes second is no owner any more.
      assert.deepEqual(
        answers.map(({ status }) => status).sort((a, b) => a - b),
        [200, 403],
      );
      assert.deepEqual(Object.values(await rolesOf(scene)).sort(), ['owner', 'viewer']);
    }
  });

  it('keep an owner when both step down, leave, or one is removed while the other leaves', async () => {
    const endings: ((scene: Scene) => Promise<{ status: number; body: { code?: string } }>[])[] = [
      (scene) =>
        [scene.owner, scene.other].map((one) =>
          one.call('PATCH', pathOf(scene, one.user), { role: 'admin', expected_role: 'owner' }),
        ),
      (scene) =>
        [scene.owner, scene.other].map((one) =>
          one.call('DELETE', `/v1/companies/${scene.company}/membership`),
        ),
      (scene) => [
        scene.owner.call('DELETE', pathOf(scene, scene.other.user)),
        scene.owner.call('DELETE', `/v1/companies/${scene.company}/membership`),
      ],
    ];
    for (const end of endings) {
      const scene = await makeScene(stage);
      const answers = await Promise.all(end(scene));
      const lost = answers.filter(({ status }) => status >= 300);
      assert.equal(lost.length, 1, JSON.stringify(answers));
      assert.ok(lost[0]?.body.code === 'last_owner' || lost[0]?.status === 404, JSON.stringify(lost));
      assert.ok(Object.values(await rolesOf(scene)).includes('owner'));
    }
    assert.deepEqual(stage.bugs, []);
  });

  it('are changed while everything else changes, without waiting in a circle', async () => {
    const scene = await makeScene(stage);
    const { company, owner, other, project } = scene;
    const base = `/v1/companies/${company}`;
    for (let round = 0; round < 8; round += 1) {
      const email = `round${round}@crowd.example`;
      await owner.call('POST', `${base}/invitations`, { email, role: 'member' });
      const { token } = await mailedToken(stage, email);
      const from = `203.0.113.${round}`;
      const [role, expected] = round % 2 === 0 ? ['admin', 'owner'] : ['owner', 'admin'];
      const answers = await Promise.all([
        owner.call('PATCH', `${base}/members/${other.user}`, { role, expected_role: expected }),
        stage.call('POST', '/v1/invitations/accept', { token, password: GOOD_PASSWORD }, from),
        owner.call('POST', `${base}/projects/${project}/keys`, { name: 'K' }),
        other.call('POST', `${base}/projects/${project}/keys`, { name: 'L' }),
        other.call('POST', `${base}/projects`, { name: 'P' }),
        owner.call('PATCH', base, { name: `N${round}` }),
        other.call('PATCH', `${base}/projects/${project}`, { name: `M${round}` }),
      ]);
      assert.ok(
        answers.every(({ status }) => status < 300),
        JSON.stringify(answers.map(({ status, body }) => [status, body.code])),
      );
    }
    assert.deepEqual(stage.bugs, []);
  });

  it('cannot leave as the last owner, and stay as they were', async () => {
    const scene = await makeScene(stage);
    await setRole(stage, scene.company, scene.other.user, 'admin');
    for (const [method, path, body] of [
      ['DELETE', `/v1/companies/${scene.company}/membership`, undefined],
      ['DELETE', pathOf(scene, scene.owner.user), undefined],
      ['PATCH', pathOf(scene, scene.owner.user), { role: 'admin', expected_role: 'owner' }],
    ] as const) {
      const answer = await scene.owner.call(method, path, body);
      assert.deepEqual([answer.status, answer.body.code], [409, 'last_owner'], `${method} ${path}`);
    }
    assert.equal((await rolesOf(scene))[scene.owner.user], 'owner');
  });

  it('who are admins touch no owner and make none', async () => {
    const scene = await makeScene(stage);
    const admin = scene.other;
    await setRole(stage, scene.company, admin.user, 'admin');
    for (const [method, path, body] of [
      ['PATCH', pathOf(scene, scene.owner.user), { role: 'viewer', expected_role: 'owner' }],
      ['DELETE', pathOf(scene, scene.owner.user), undefined],
      ['PATCH', pathOf(scene, admin.user), { role: 'owner', expected_role: 'admin' }],
      ['POST', `/v1/companies/${scene.company}/invitations`, { email: 'friend@example.com', role: 'owner' }],
    ] as const) {
      const answer = await admin.call(method, path, body);
      assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], `${method} ${path}`);
    }
  });

  it('lose the company at once when they are removed, and are told', async () => {
    const scene = await makeScene(stage);
    assert.equal((await scene.owner.call('DELETE', pathOf(scene, scene.other.user))).status, 204);
    assert.equal((await scene.other.call('GET', `/v1/companies/${scene.company}`)).status, 404);
    assert.equal((await stage.mails()).at(-1)?.template, 'member-removed');
    const again = await scene.owner.call('DELETE', pathOf(scene, scene.other.user));
    assert.deepEqual([again.status, again.body.code], [404, 'member_not_found']);
  });

  it('take malformed bodies apart with a clear error', async () => {
    const scene = await makeScene(stage);
    for (const body of [
      {},
      { role: 'owner' },
      { role: 'root', expected_role: 'owner' },
      { role: 'admin', expected_role: 'owner', user: 'x' },
      [],
      'x',
      { role: ['owner'], expected_role: 'owner' },
    ]) {
      const answer = await scene.owner.call('PATCH', pathOf(scene, scene.other.user), body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.doesNotMatch(JSON.stringify(answer.body), /root/);
    }
    for (const user of ['x', 'usr_', '%00', 'usr_zzzzzzzzzzzzzzzzzzzzzzzzzz', 'a'.repeat(200)]) {
      const answer = await scene.owner.call('DELETE', pathOf(scene, user));
      assert.ok(answer.status === 400 || answer.status === 404, user);
    }
    assert.deepEqual(stage.bugs, []);
  });
});

describe('the list of roles', () => {
  it('is the table that decides', async () => {
    const { status, body } = await stage.call('GET', '/v1/roles');
    assert.equal(status, 200);
    const roles = body.roles as { role: string; permissions: string[] }[];
    assert.deepEqual(
      roles.map(({ role }) => role),
      ['owner', 'admin', 'member', 'viewer'],
    );
    assert.ok(!roles[1]?.permissions.includes('company.delete'));
    assert.equal(body.permissions.length, roles[0]?.permissions.length);
  });
});
