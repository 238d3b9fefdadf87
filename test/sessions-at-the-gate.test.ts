/** Sessions through the whole pipeline, over real sockets and a real database; two processes of one installation. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { FeatureParts } from '../src/features.ts';
import type { Role } from '../src/foundation/caller.ts';
import { COOKIES, forgetCookie } from '../src/gate/cookies.ts';
import { defineEndpoint } from '../src/http/endpoint.ts';
import type { AnyRoute } from '../src/http/route.ts';
import { openHouse, withKey, type Answer, type House } from './support/house.ts';
import { cookieOf, signIn, type Visitor } from './support/people.ts';

const reply = { status: 200, description: '', schema: z.object({ who: z.string() }) } as const;
const texts = { tag: 'Test', summary: 'A test', description: 'For this test.' } as const;

/** One route of each access, as the control plane has many. */
const features = ({ cookies }: FeatureParts): readonly AnyRoute[] => [
  defineEndpoint({
    ...texts,
    operation: 'test.open',
    method: 'POST',
    path: '/v1/test/open',
    access: { public: 'a test' },
    body: z.strictObject({ word: z.string().max(100_000) }),
    reply,
    handle: ({ body }) => ({ body: { who: String(body.word.length) } }),
  }),
  defineEndpoint({
    ...texts,
    operation: 'test.second-step',
    method: 'POST',
    path: '/v1/test/pending',
    access: { pending: true },
    reply,
    handle: (_input, { caller }) => ({ body: { who: caller.user } }),
  }),
  defineEndpoint({
    ...texts,
    operation: 'test.read',
    method: 'GET',
    path: '/v1/test',
    access: { session: true },
    reply,
    handle: (_input, { caller }) => ({ body: { who: caller.user } }),
  }),
  defineEndpoint({
    ...texts,
    operation: 'test.change',
    method: 'POST',
    path: '/v1/test',
    access: { session: true },
    fresh: true,
    reply,
    handle: (_input, { caller }) => ({ body: { who: caller.user } }),
  }),
  defineEndpoint({
    ...texts,
    operation: 'test.end',
    method: 'DELETE',
    path: '/v1/test',
    access: { session: true },
    reply: { status: 204, description: '' },
    handle: () => ({ body: undefined, cookies: [forgetCookie('session')] }),
  }),
  defineEndpoint({
    ...texts,
    operation: 'test.ofCompany',
    method: 'GET',
    path: '/v1/test/companies/:company',
    access: { member: 'company.change' },
    params: { company: z.string() },
    reply,
    handle: (_input, { membership }) => ({ body: { who: membership.role } }),
  }),
  defineEndpoint({
    ...texts,
    operation: 'test.renewed',
    method: 'POST',
    path: '/v1/test/renewed',
    access: { session: true },
    reply,
    handle: (_input, { request, now }) => ({
      body: { who: 'renewed' },
      cookies: [cookies.continueSession(request, { provenAt: now }, now) ?? ''],
    }),
  }),
];

let house: House;
let other: House;
before(async () => {
  house = await openHouse({ features });
  other = await openHouse({ features, beside: house });
});

const codeOf = (answer: Answer): unknown => answer.json()['code'];
const setCookies = (answer: Answer): readonly string[] => answer.headers['set-cookie'] ?? [];
const memberOf = (role: Role): Promise<Visitor> => signIn(house, { memberships: { [house.company]: role } });

/** Reads until a house answers with this status. */
const untilRead = async (where: House, cookie: string, status: number): Promise<void> => {
  for (let read = 0; read < 500; read += 1) {
    if ((await where.call('GET', '/v1/test', { cookie })).status === status) return;
    await pause(10);
  }
  assert.fail(`never answered with ${status}`);
};

describe('a session', () => {
  it('is taken by every process of the installation, and is nobody to those without it', async () => {
    const { user, cookie } = await signIn(house);
    for (const where of [house, other]) {
      const answer = await where.call('GET', '/v1/test', { cookie });
      assert.deepEqual([answer.status, answer.json()], [200, { who: user }]);
      assert.equal(answer.headers['cache-control'], 'no-store');
      const stranger = await where.call('GET', '/v1/test');
      assert.deepEqual([stranger.status, codeOf(stranger)], [401, 'sign_in_required']);
    }
  });

  it('is not taken for a key, nor a key for it', async () => {
    const { cookie } = await signIn(house);
    const path = '/geocode/v1/json?q=Paris';
    assert.equal((await house.call('GET', path, { cookie })).status, 401);
    const authorization = `Bearer ${house.key.secret.expose()}`;
    assert.equal((await house.call('GET', '/v1/test', { headers: { authorization } })).status, 401);
  });

  it('gives the same answer for every cookie that is worth nothing', async () => {
    const { cookie } = await signIn(house);
    const answers = [];
    for (const wrong of [`${COOKIES.session}=`, `${cookie}x`, cookie.slice(0, -10), `${cookie}; ${cookie}`])
      answers.push(await house.call('GET', '/v1/test', { cookie: wrong }));
    for (const answer of answers) {
      assert.equal(answer.status, 401);
      assert.equal(answer.body, answers[0]!.body);
      assert.deepEqual(setCookies(answer), []);
    }
  });

  it('that ends is refused by every process, also when its cookie is played back', async () => {
    const { session, cookie } = await signIn(house);
    await Promise.all([untilRead(house, cookie, 200), untilRead(other, cookie, 200)]);
    await house.store.superuser('update vouchsafe.session set ended_at = now() where id = $1', [session]);
    await Promise.all([untilRead(house, cookie, 401), untilRead(other, cookie, 401)]);
    assert.equal((await other.call('GET', '/v1/test', { cookie })).status, 401);
  });

  it('ends everywhere with the credentials that it was made with, and with its user', async () => {
    for (const change of [
      'update vouchsafe.user_account set credential_epoch = 2 where id = $1',
      'delete from vouchsafe.user_account where id = $1',
    ]) {
      const { user, cookie } = await signIn(house);
      await Promise.all([untilRead(house, cookie, 200), untilRead(other, cookie, 200)]);
      await house.store.superuser(change, [user]);
      await Promise.all([untilRead(house, cookie, 401), untilRead(other, cookie, 401)]);
    }
  });

  it('is slowed beyond thirty requests at once, by itself only', async () => {
    const [busy, calm] = [await signIn(house), await signIn(house)];
    const statuses = new Set<number>();
    for (let round = 0; round < 50 && !statuses.has(429); round += 1) {
      const read = (): Promise<Answer> => house.call('GET', '/v1/test', { cookie: busy.cookie });
      for (const { status } of await Promise.all(Array.from({ length: 40 }, read))) statuses.add(status);
    }
    assert.deepEqual(statuses, new Set([200, 429]));
    assert.equal((await house.call('GET', '/v1/test', { cookie: calm.cookie })).status, 200);
  });
});

describe('the state between the two steps', () => {
  it('opens the second step and nothing else', async () => {
    const now = Date.now();
    const { user, cookie: session } = await signIn(house);
    const cookie = cookieOf(house.cookies.pending({ user, credentialEpoch: 1 }, now));
    const answer = await house.call('POST', '/v1/test/pending', { cookie });
    assert.deepEqual([answer.status, answer.json()], [200, { who: user }]);
    assert.equal((await house.call('GET', '/v1/test', { cookie })).status, 401);
    const renamed = cookie.replace(COOKIES.pending, COOKIES.session);
    assert.equal((await house.call('GET', '/v1/test', { cookie: renamed })).status, 401);
    assert.equal((await house.call('POST', '/v1/test/pending', { cookie: session })).status, 401);
  });
});

describe('a fresh proof', () => {
  it('is asked for after ten minutes, naming what would do', async () => {
    const stale = await signIn(house, { provenAgoMs: 601_000 });
    const answer = await house.call('POST', '/v1/test', { cookie: stale.cookie });
    assert.equal(answer.status, 403);
    assert.deepEqual([codeOf(answer), answer.json()['methods']], ['fresh_proof_required', ['password']]);
    assert.equal((await house.call('GET', '/v1/test', { cookie: stale.cookie })).status, 200);
    const recent = await signIn(house, { provenAgoMs: 590_000 });
    assert.equal((await house.call('POST', '/v1/test', { cookie: recent.cookie })).status, 200);
  });

  it('names only the second factors that there are', async () => {
    const { user, cookie } = await signIn(house, { provenAgoMs: 700_000 });
    await house.store.superuser(
      'insert into vouchsafe.totp (user_id, box, created_at, confirmed_at) values ($1, $2, now(), now())',
      [user, Buffer.alloc(60)],
    );
    const answer = await house.call('POST', '/v1/test', { cookie });
    assert.deepEqual(answer.json()['methods'], ['totp']);
  });

  it('goes on with the session under a younger token', async () => {
    const { user, cookie } = await signIn(house, { provenAgoMs: 700_000 });
    const [renewed = ''] = setCookies(await house.call('POST', '/v1/test/renewed', { cookie }));
    assert.match(renewed, /; Max-Age=3600; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    const answer = await other.call('POST', '/v1/test', { cookie: cookieOf(renewed) });
    assert.deepEqual(answer.json(), { who: user });
  });
});

describe('a company’s routes', () => {
  const path = (): string => `/v1/test/companies/${house.company}`;

  it('are open by role, and hidden from everybody else', async () => {
    const expected: [Role, number][] = [
      ['owner', 200],
      ['admin', 200],
      ['member', 403],
      ['viewer', 403],
    ];
    for (const [role, status] of expected) {
      const { cookie } = await memberOf(role);
      const answer = await house.call('GET', path(), { cookie });
      assert.equal(answer.status, status, role);
      if (status === 403) assert.equal(codeOf(answer), 'forbidden');
      else assert.deepEqual(answer.json(), { who: role });
    }
    const { cookie } = await memberOf('owner');
    const [theirs, nobodys] = [
      await house.call('GET', `/v1/test/companies/${other.company}`, { cookie }),
      await house.call('GET', '/v1/test/companies/com_01h0000000000000000000000a', { cookie }),
    ];
    assert.deepEqual([theirs.status, codeOf(theirs)], [404, 'company_not_found']);
    assert.equal(theirs.body, nobodys.body);
  });

  it('follow a role that was taken away in every process, and one that was given at once', async () => {
    const { user, cookie } = await memberOf('admin');
    const reads = (where: House): Promise<number> =>
      where.call('GET', path(), { cookie }).then(({ status }) => status);
    assert.deepEqual([await reads(house), await reads(other)], [200, 200]);
    await house.store.superuser("update vouchsafe.member set role = 'viewer' where user_id = $1", [user]);
    for (const where of [house, other]) while ((await reads(where)) === 200) await pause(40);
    await house.store.superuser("update vouchsafe.member set role = 'owner' where user_id = $1", [user]);
    assert.deepEqual([await reads(other), await reads(house)], [200, 200]);
  });

  it('ask for a second factor where the company does', async () => {
    const { user, session, cookie } = await signIn(other, { memberships: { [other.company]: 'owner' } });
    const there = `/v1/test/companies/${other.company}`;
    await other.store.superuser('update vouchsafe.company set require_second_factor = true where id = $1', [
      other.company,
    ]);
    const refused = await house.call('GET', there, { cookie });
    assert.deepEqual([refused.status, codeOf(refused)], [403, 'second_factor_required']);
    assert.equal((await house.call('GET', '/v1/test', { cookie })).status, 200);
    await other.store.superuser('update vouchsafe.session set is_strong = true where id = $1', [session]);
    assert.equal((await house.call('GET', there, { cookie })).status, 200, user);
  });
});

describe('another site', () => {
  it('can neither change nor read anything with a browser’s cookies', async () => {
    const { cookie } = await signIn(house);
    const cross = { 'sec-fetch-site': 'cross-site' };
    for (const [method, path] of [
      ['POST', '/v1/test'],
      ['DELETE', '/v1/test'],
      ['GET', '/v1/test'],
      ['POST', '/v1/test/open'],
      ['POST', '/v1/test/pending'],
    ] as const) {
      const answer = await house.call(method, path, { cookie, headers: cross });
      assert.deepEqual([answer.status, codeOf(answer)], [403, 'cross_site'], `${method} ${path}`);
    }
    const bare = await house.get('/v1/test', { method: 'POST', headers: { cookie } });
    assert.deepEqual([bare.status, codeOf(bare)], [403, 'cross_site']);
    const ours = await house.get('/v1/test', {
      method: 'POST',
      headers: { cookie, origin: 'https://localhost' },
    });
    assert.equal(ours.status, 200);
  });
});

describe('a body', () => {
  const open = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    house.call('POST', '/v1/test/open', { body, headers });

  it('is read up to 64 KiB', async () => {
    assert.deepEqual((await open({ word: 'x'.repeat(65_000) })).json(), { who: '65000' });
    const large = await open({ word: 'x'.repeat(66_000) });
    assert.deepEqual([large.status, codeOf(large)], [413, 'body_too_large']);
  });

  it('has to be JSON, and what the endpoint asks for', async () => {
    const cases: [Promise<Answer>, number, string][] = [
      [open({ word: 'a' }, { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
      [
        open({ word: 'a' }, { 'content-type': 'application/x-www-form-urlencoded' }),
        415,
        'unsupported_media_type',
      ],
      [open({ word: 1 }), 400, 'invalid_request'],
      [open({ word: 'a', more: 1 }), 400, 'invalid_request'],
      [open([]), 400, 'invalid_request'],
      [house.call('POST', '/v1/test/open'), 400, 'invalid_request'],
    ];
    for (const [answer, status, code] of cases)
      assert.deepEqual([(await answer).status, codeOf(await answer)], [status, code]);
  });
});

describe('ending a session', () => {
  it('takes the cookie away, and is not followed by a renewal', async () => {
    const { cookie } = await signIn(house);
    const answer = await house.call('DELETE', '/v1/test', { cookie });
    assert.equal(answer.status, 204);
    assert.deepEqual(setCookies(answer), [forgetCookie('session')]);
  });
});

describe('the last use', () => {
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let look = 0; look < 500; look += 1) {
      if (await holds()) return;
      await pause(20);
    }
    assert.fail('never came about');
  };

  it('of a session is noted to the quarter of an hour, and is news to nobody', async () => {
    const { user, session, cookie } = await signIn(house);
    const { superuser } = house.store;
    await superuser("update vouchsafe.session set seen_at = now() - interval '20 minutes' where id = $1", [
      session,
    ]);
    const epoch = async (): Promise<unknown> =>
      (await superuser('select vouchsafe.key_epoch()::text as epoch'))[0]!['epoch'];
    const before_ = await epoch();
    assert.deepEqual((await house.call('GET', '/v1/test', { cookie })).json(), { who: user });
    await until(async () => {
      const [row] = await superuser(
        "select seen_at > now() - interval '5 minutes' as is_new from vouchsafe.session where id = $1",
        [session],
      );
      return row!['is_new'] === true;
    });
    assert.equal(await epoch(), before_);
  });

  it('of a key is noted to the quarter of an hour', async () => {
    await house.get('/geocode/v1/json?q=Paris', withKey(house));
    await until(async () => {
      const rows = await house.store.superuser('select used_at from vouchsafe.key_use where key_id = $1', [
        house.key.id,
      ]);
      return rows.length === 1 && (rows[0]!['used_at'] as Date).getTime() % 900_000 === 0;
    });
  });
});
