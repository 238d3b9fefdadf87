/** Leaving as a browser sees it, before real listeners and a real database. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openHouse, type Answer, type House } from '../../test/support/house.ts';
import {
  fillTables,
  findEverywhere,
  markedOnes,
  marksOf,
  type Marked,
} from '../../test/support/fill-tables.ts';
import { systemClock } from '../foundation/clock.ts';
import { isId } from '../foundation/ids.ts';
import { createKeys } from '../keys/service.ts';
import { hmacKey } from '../foundation/secret.ts';
import { PEPPER_ID } from '../installation/secrets.ts';
import { sweepExpired } from './store.ts';

const house = await openHouse();

interface Visitor extends Marked {
  readonly cookie: string;
  /** Without a fresh proof. */
  readonly staleCookie: string;
}

/** Somebody with rows everywhere, signed in. */
const enter = async ({ store, cookies }: House): Promise<Visitor> => {
  const who = markedOnes();
  await fillTables(store.superuser, who, { besides: ['ceremony', 'sign_up'] });
  const now = systemClock.now();
  await store.superuser(
    'update vouchsafe.session set created_at = $2, expires_at = $3, is_strong = true where user_id = $1',
    [who.user, new Date(now), new Date(now + 3_600_000)],
  );
  const [row] = await store.superuser('select id from vouchsafe.session where user_id = $1', [who.user]);
  const session = String(row?.['id']);
  assert.ok(isId('ses', session));
  const ticket = (provenAt: number): string =>
    cookies
      .session(
        {
          session,
          user: who.user,
          credentialEpoch: 1,
          proofs: ['pwd'],
          provenAt,
          startedAt: now,
        },
        now,
      )
      .split(';')[0]!;
  return { ...who, cookie: ticket(now), staleCookie: ticket(now - 11 * 60_000) };
};

/** Node's client frames no body of a DELETE by itself. */
const call: House['call'] = (method, path, parts = {}) => {
  const { body } = parts;
  const length =
    body === undefined ? {} : { 'content-length': String(Buffer.byteLength(JSON.stringify(body))) };
  return house.call(method, path, { ...parts, headers: length });
};

const codeOf = (answer: Answer): unknown => answer.json()['code'];

const ROUTES = (who: Visitor): readonly (readonly [string, string, unknown])[] => [
  ['POST', '/v1/account/export', {}],
  ['DELETE', '/v1/account', { email: who.email }],
  ['POST', `/v1/companies/${who.company}/export`, {}],
  ['DELETE', `/v1/companies/${who.company}`, { name: who.companyName }],
];

describe('leaving over the API', () => {
  it('asks for a session, and for a fresh proof', async () => {
    const who = await enter(house);
    for (const [method, path, body] of ROUTES(who)) {
      assert.equal((await call(method, path, { body })).status, 401, path);
      const stale = await call(method, path, { body, cookie: who.staleCookie });
      assert.equal(stale.status, 403, path);
      assert.equal(codeOf(stale), 'fresh_proof_required', path);
    }
    assert.equal(
      (await house.store.superuser('select from vouchsafe.user_account where id = $1', [who.user])).length,
      1,
    );
  });

  it('shows a stranger no company, and a member what their role allows', async () => {
    const [who, other] = [await enter(house), await enter(house)];
    for (const path of ['/export', '/deletion', '']) {
      const method = path === '/deletion' ? 'GET' : path === '' ? 'DELETE' : 'POST';
      const body = path === '/deletion' ? undefined : path === '' ? { name: other.companyName } : {};
      const answer = await call(method, `/v1/companies/${other.company}${path}`, {
        cookie: who.cookie,
        body,
      });
      assert.equal(answer.status, 404);
      assert.equal(codeOf(answer), 'company_not_found');
    }
    await house.store.superuser("insert into vouchsafe.member values ($1, $2, 'admin', now())", [
      other.company,
      who.user,
    ]);
    const refused = await call('DELETE', `/v1/companies/${other.company}`, {
      cookie: who.cookie,
      body: { name: other.companyName },
    });
    assert.equal(codeOf(refused), 'forbidden');
  });

  it('deletes an account at once: plan, receipt, forgotten cookies, refused session and key', async () => {
    const who = await enter(house);
    const [row] = await house.store.superuser('select id from vouchsafe.project where company_id = $1', [
      who.company,
    ]);
    const keys = createKeys({
      database: house.store.database,
      pepper: hmacKey(house.pepper),
      pepperId: PEPPER_ID,
      clock: systemClock,
    });
    const key = await keys.create({
      company: who.company,
      project: String(row?.['id']) as never,
      name: 'Key',
    });
    const use = (): Promise<Answer> =>
      house.get('/geocode/v1/json?q=Paris', { headers: { 'x-api-key': key.secret.expose() } });
    assert.notEqual((await use()).status, 401);

    const plan = await call('GET', '/v1/account/deletion', { cookie: who.cookie });
    assert.deepEqual(plan.json()['companies'], [
      { id: who.company, name: who.companyName, fate: 'deleted', members: 1 },
    ]);
    const wrong = await call('DELETE', '/v1/account', {
      cookie: who.cookie,
      body: { email: 'no@example.com' },
    });
    assert.deepEqual(
      [wrong.status, codeOf(wrong), wrong.json()['field']],
      [400, 'confirmation_differs', '/email'],
    );
    assert.ok(!wrong.body.includes('no@example.com'));

    const both = await Promise.all(
      [1, 2].map(() => call('DELETE', '/v1/account', { cookie: who.cookie, body: { email: who.email } })),
    );
    assert.deepEqual(both.map(({ status }) => String(status)).toSorted(), ['200', '401'], 'a double click');
    const done = both.find(({ status }) => status === 200)!;
    const receipt = done.json()['receipt'] as { id: string; erased: unknown; kept: string[] };
    assert.match(receipt.id, /^rct_/);
    assert.deepEqual(receipt.erased, plan.json()['stores']);
    assert.deepEqual(receipt.kept, plan.json()['kept']);
    const cookies = done.headers['set-cookie'] ?? [];
    for (const name of ['session', 'known', 'pending', 'sign-up'])
      assert.ok(
        cookies.some((cookie) => cookie.startsWith(`__Host-vs-${name}=; Max-Age=0`)),
        name,
      );
    assert.ok(
      !cookies.some(
        (cookie) => /^__Host-vs-session=./.test(cookie) && !cookie.startsWith('__Host-vs-session=;'),
      ),
    );

    // Waits for the notification; the test runner's limit is the bound.
    while ((await use()).status !== 401) await new Promise((resolve) => setImmediate(resolve));
    while ((await call('GET', '/v1/account/deletion', { cookie: who.cookie })).status !== 401);
    await house.store.database.run(sweepExpired, [new Date(systemClock.now() + 46 * 60_000)]);
    // Uses of the key that were counted meanwhile are dropped.
    await house.close();
    assert.deepEqual(await findEverywhere(house.store.superuser, [...marksOf(who), key.id]), []);
    assert.ok(!house.lines.join('\n').includes(who.email));
  });
});

describe('exports over the API', () => {
  it('are zip files under a name that tells of nobody', async () => {
    const other = await openHouse();
    const who = await enter(other);
    for (const [path, file] of [
      ['/v1/account/export', 'account.zip'],
      [`/v1/companies/${who.company}/export`, 'company.zip'],
    ] as const) {
      const answer = await other.call('POST', path, { cookie: who.cookie, body: {} });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-type'], 'application/zip');
      assert.equal(answer.headers['content-disposition'], `attachment; filename="${file}"`);
      assert.equal(answer.headers['cache-control'], 'no-store');
    }
  });
});
