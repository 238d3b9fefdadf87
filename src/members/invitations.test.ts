import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  controlPlaneRoutes,
  dumpTables,
  mailedToken,
  makeScene,
  openStage,
  setRole,
  type Scene,
} from '../../test/support/control-plane.ts';
import { GOOD_PASSWORD } from '../../test/support/session-house.ts';
import type { Reply, Stage } from '../../test/support/signed-in.ts';

let stage: Stage;
let addresses = 0;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const fresh = (): string => `198.51.${(addresses += 1) >> 8}.${addresses & 255}`;
const accept = (body: object, from = fresh()): Promise<Reply> =>
  stage.call('POST', '/v1/invitations/accept', body, from);
const invite = (scene: Scene, email: string, role = 'member', by = scene.owner): Promise<Reply> =>
  by.call('POST', `/v1/companies/${scene.company}/invitations`, { email, role });
const codes = ({ status, body }: Reply): unknown[] => [status, body.code];

describe('an invitation', () => {
  it('is mailed, and no token of it is in any table', async () => {
    const scene = await makeScene(stage);
    const mail = (await stage.mails()).findLast(({ recipient }) => recipient === scene.invitation.email);
    assert.equal(mail?.template, 'invitation');
    assert.ok(!(await dumpTables(stage)).includes(scene.invitation.token));
    const { body } = await scene.owner.call('GET', `/v1/companies/${scene.company}/invitations`);
    assert.deepEqual(
      body.items.map((one: { id: string }) => one.id),
      [scene.invitation.id],
    );
  });

  it('is read by its token without being used', async () => {
    const { invitation } = await makeScene(stage);
    for (let round = 0; round < 2; round += 1) {
      const { status, body } = await stage.call(
        'POST',
        '/v1/invitations/read',
        { token: invitation.token },
        fresh(),
      );
      assert.equal(status, 200);
      assert.deepEqual(
        [body.company_name, body.email, body.role, body.has_account],
        ['Northwind', invitation.email, 'member', false],
      );
    }
  });

  it('makes an account for an address without one, once, and signs it in', async () => {
    const { company, invitation, owner } = await makeScene(stage);
    const body = { token: invitation.token, password: GOOD_PASSWORD, name: 'Ada' };
    const answer = await accept(body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(
      [answer.body.user.email, answer.body.user.name, answer.body.memberships],
      [
        invitation.email,
        'Ada',
        [{ company, name: 'Northwind', role: 'member', requires_second_factor: false }],
      ],
    );
    assert.ok(answer.cookies.some((cookie) => cookie.startsWith('__Host-vs-session=')));
    const mail = (await stage.mails()).at(-1);
    assert.deepEqual([mail?.template, mail?.recipient], ['invitation-accepted', owner.email]);
    const earlier = await dumpTables(stage);
    assert.deepEqual(codes(await accept(body)), [410, 'link_used']);
    assert.deepEqual(
      codes(await stage.call('POST', '/v1/invitations/read', { token: invitation.token }, fresh())),
      [410, 'link_used'],
    );
    assert.equal(await dumpTables(stage), earlier);
  });

  it('is used by one of several who try at the same time', async () => {
    const { invitation } = await makeScene(stage);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => accept({ token: invitation.token, password: GOOD_PASSWORD })),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const { status } of answers) assert.ok([200, 401, 410].includes(status), `${status}`);
    assert.deepEqual(stage.bugs, []);
  });

  it('is for the account with exactly this address (GHSA-fmh4-wcc4-5jm3)', async () => {
    const scene = await makeScene(stage);
    const invited = await stage.person();
    const stranger = await stage.person();
    await invite(scene, invited.email, 'admin');
    const { token } = await mailedToken(stage, invited.email);
    const earlier = await dumpTables(stage);
    assert.deepEqual(codes(await stranger.call('POST', '/v1/invitations/accept', { token })), [
      403,
      'other_account',
    ]);
    assert.deepEqual(codes(await accept({ token })), [401, 'sign_in_required']);
    assert.deepEqual(codes(await accept({ token, password: GOOD_PASSWORD })), [401, 'sign_in_required']);
    // Somebody signed in does not make an account for an address that has none either.
    assert.deepEqual(
      codes(
        await stranger.call('POST', '/v1/invitations/accept', {
          token: scene.invitation.token,
          password: GOOD_PASSWORD,
        }),
      ),
      [403, 'other_account'],
    );
    assert.equal(await dumpTables(stage), earlier);
    const answer = await invited.call('POST', '/v1/invitations/accept', { token });
    assert.deepEqual([answer.status, answer.body.memberships[0].role], [200, 'admin']);
    assert.equal((await invited.call('GET', `/v1/companies/${scene.company}/audit`)).status, 200);
  });

  it('is void for an account whose address was changed after the request was let in', async () => {
    const scene = await makeScene(stage);
    const invited = await stage.person();
    await invite(scene, invited.email);
    const { token } = await mailedToken(stage, invited.email);
    await stage.store.superuser('update vouchsafe.user_account set email = $2 where id = $1', [
      invited.user,
      `moved-${invited.email}`,
    ]);
    assert.deepEqual(codes(await invited.call('POST', '/v1/invitations/accept', { token })), [
      403,
      'other_account',
    ]);
  });

  it('gives the role that it says, whatever is sent along', async () => {
    const scene = await makeScene(stage);
    await invite(scene, 'low@invited.example', 'viewer');
    const { token } = await mailedToken(stage, 'low@invited.example');
    for (const more of [{ role: 'owner' }, { email: 'x@example.com' }, { company: scene.company }]) {
      assert.equal((await accept({ token, password: GOOD_PASSWORD, ...more })).status, 400);
    }
    const answer = await accept({ token, password: GOOD_PASSWORD });
    assert.equal(answer.body.memberships[0].role, 'viewer');
  });

  it('does not raise the role of somebody who is a member already', async () => {
    const scene = await makeScene(stage);
    assert.deepEqual(codes(await invite(scene, scene.other.email, 'viewer')), [409, 'already_member']);
    const viewer = await stage.person();
    await invite(scene, viewer.email, 'admin');
    const { token } = await mailedToken(stage, viewer.email);
    await stage.store.superuser("insert into vouchsafe.member values ($1, $2, 'viewer', now())", [
      scene.company,
      viewer.user,
    ]);
    assert.deepEqual(codes(await viewer.call('POST', '/v1/invitations/accept', { token })), [
      409,
      'already_member',
    ]);
    const { body } = await viewer.call('GET', `/v1/companies/${scene.company}`);
    assert.equal(body.your_role, 'viewer');
  });

  it('is over when it is renewed, withdrawn or seven days old, or its company is gone', async () => {
    const scene = await makeScene(stage);
    const { invitation, company, owner } = scene;
    const withdraw = `/v1/companies/${company}/invitations/${invitation.id}`;
    const renewed = await invite(scene, invitation.email.toUpperCase());
    assert.equal(renewed.status, 201);
    assert.deepEqual(codes(await accept({ token: invitation.token, password: GOOD_PASSWORD })), [
      410,
      'link_invalid',
    ]);
    assert.deepEqual(codes(await owner.call('DELETE', withdraw)), [404, 'invitation_not_found']);
    const second = await mailedToken(stage, invitation.email);
    assert.equal((await owner.call('DELETE', withdraw.replace(invitation.id, second.id))).status, 204);
    assert.deepEqual(codes(await accept({ token: second.token, password: GOOD_PASSWORD })), [
      410,
      'link_invalid',
    ]);
    const gone = await makeScene(stage);
    await stage.store.superuser('delete from vouchsafe.company where id = $1', [gone.company]);
    assert.deepEqual(codes(await accept({ token: gone.invitation.token, password: GOOD_PASSWORD })), [
      410,
      'link_invalid',
    ]);
    const old = await makeScene(stage);
    stage.clock.advance(7 * 86_400_000);
    assert.deepEqual(codes(await accept({ token: old.invitation.token, password: GOOD_PASSWORD })), [
      410,
      'link_invalid',
    ]);
    for (const token of ['A'.repeat(43), 'x', '', `${old.invitation.token}A`])
      assert.deepEqual(codes(await accept({ token, password: GOOD_PASSWORD })), [410, 'link_invalid']);
  });

  it('ends with the right of whoever sent it', async () => {
    const scene = await makeScene(stage);
    const admin = scene.other;
    await invite(scene, 'accomplice@invited.example', 'owner', admin);
    await invite(scene, 'colleague@invited.example', 'member', admin);
    const [accomplice, colleague] = [
      await mailedToken(stage, 'accomplice@invited.example'),
      await mailedToken(stage, 'colleague@invited.example'),
    ];
    const path = `/v1/companies/${scene.company}/members/${admin.user}`;
    assert.equal(
      (await scene.owner.call('PATCH', path, { role: 'admin', expected_role: 'owner' })).status,
      200,
    );
    assert.deepEqual(codes(await accept({ token: accomplice.token, password: GOOD_PASSWORD })), [
      410,
      'link_invalid',
    ]);
    // Also where a role is lost without us: by SQL, or with the account.
    await setRole(stage, scene.company, admin.user, 'viewer');
    assert.deepEqual(codes(await accept({ token: colleague.token, password: GOOD_PASSWORD })), [
      410,
      'link_invalid',
    ]);
    assert.equal((await scene.owner.call('DELETE', path)).status, 204);
    const { body } = await scene.owner.call('GET', `/v1/companies/${scene.company}/invitations`);
    assert.deepEqual(
      body.items.map((one: { email: string }) => one.email),
      [scene.invitation.email],
    );
  });

  it('of an owner is not touched by an admin', async () => {
    const scene = await makeScene(stage);
    await invite(scene, 'next@invited.example', 'owner');
    const { id } = await mailedToken(stage, 'next@invited.example');
    await setRole(stage, scene.company, scene.other.user, 'admin');
    assert.equal((await invite(scene, 'next@invited.example', 'viewer', scene.other)).status, 403);
    assert.equal(
      (await scene.other.call('DELETE', `/v1/companies/${scene.company}/invitations/${id}`)).status,
      403,
    );
  });

  it('is one of twenty at most, and mails to one address are slowed', async () => {
    const scene = await makeScene(stage);
    for (let index = 0; index < 19; index += 1)
      assert.equal((await invite(scene, `n${index}@many.example`)).status, 201);
    assert.deepEqual(codes(await invite(scene, 'one-more@many.example')), [409, 'too_many_invitations']);
    const again = await Promise.all(
      Array.from({ length: 4 }, () => invite(scene, 'n1@many.example', 'viewer', scene.other)),
    );
    assert.ok(again.some(({ status, body }) => status === 429 && body.code === 'too_many_attempts'));
    const open = await scene.owner.call('GET', `/v1/companies/${scene.company}/invitations`);
    assert.equal(open.body.items.length, 20);
  });

  it('takes guesses of its token slowly', async () => {
    const from = fresh();
    const statuses = new Set<number>();
    for (let index = 0; index < 25; index += 1)
      statuses.add((await accept({ token: 'B'.repeat(43) }, from)).status);
    assert.deepEqual(statuses, new Set([410, 429]));
  });

  it('needs an address that is one, and a password that may be set', async () => {
    const scene = await makeScene(stage);
    for (const email of [
      'x',
      'a@b',
      'a b@example.com',
      'a@example.com\r\nBcc: b@example.com',
      'ａ@example.com',
      `${'a'.repeat(300)}@example.com`,
      'vs_sk_live_x@example.com',
      `${'a'.repeat(1200)}@example.com`,
    ])
      assert.deepEqual(
        (({ status, body }) => [status, body.code, body.field])(await invite(scene, email)),
        [400, 'email_invalid', '/email'],
        email,
      );
    for (const email of [7, null])
      assert.equal((await invite(scene, email as unknown as string)).body.code, 'invalid_request');
    const earlier = await dumpTables(stage);
    const { token } = scene.invitation;
    for (const [password, code] of [
      [undefined, 'invalid_request'],
      ['short', 'password_too_short'],
      ['correct horse battery staple', 'password_common'],
      [scene.invitation.email, 'password_contains_identity'],
    ] as const) {
      const answer = await accept({ token, ...(password === undefined ? {} : { password }) });
      assert.equal(answer.status, 400);
      if (password === 'short' || password === undefined) assert.equal(answer.body.code, code);
    }
    for (const name of ['', ' ', 'a\r\nBcc: x', '\u202eevil', 'x'.repeat(101)]) {
      assert.equal(
        (await accept({ token, password: GOOD_PASSWORD, name })).status,
        400,
        JSON.stringify(name),
      );
    }
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });
});
