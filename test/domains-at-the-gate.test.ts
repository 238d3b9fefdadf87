/** Pages of authorised domains at the doors of a whole house: who is let in, how soon, and what it costs. */
import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { generateKey } from '../src/gate/key-format.ts';
import { type Answer, type House, openHouse } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';

const GEOCODE = '/geocode/v1/json?q=Paris';
const SHOP = 'https://shop.example';

let house: House;
let owner: Visitor;
before(async () => {
  house = await openHouse({ perDay: 1000 });
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
});

const domainsPath = (at = house): string => `/v1/companies/${at.company}/projects/${at.project}/domains`;
const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  house.call(method, path, { cookie: owner.cookie, ...(body === undefined ? {} : { body }) });
const fromPage = (
  search = `&key=${house.key.publicKey}`,
  headers: Record<string, string> = {},
  at = house,
): Promise<Answer> =>
  at.get(`${GEOCODE}${search}`, { headers: { origin: SHOP, 'sec-fetch-mode': 'cors', ...headers } });
const reader = ({ headers }: Answer): unknown => headers['access-control-allow-origin'];

/** Asks until the status is there; gives the milliseconds that it took. */
const until = async (status: number, ask: () => Promise<Answer>): Promise<number> => {
  const start = performance.now();
  while ((await ask()).status !== status) {
    assert.ok(performance.now() - start < 5000, `no ${status}`);
    await pause(20);
  }
  return performance.now() - start;
};

describe('a page', () => {
  it('is refused until its domain is authorised, then let in on every process within a second', async () => {
    const second = await openHouse({ beside: house });
    const search = `&key=${house.key.publicKey}`;
    const asks = [house, second].map((at) => () => fromPage(search, {}, at));
    for (const ask of asks) assert.equal((await ask()).status, 403);
    const made = await api('POST', domainsPath(), { domain: 'shop.example' });
    assert.equal(made.status, 201);
    for (const ask of asks) assert.ok((await until(200, ask)) < 1000);
    const removed = await api('DELETE', `${domainsPath()}/${String(made.json()['id'])}`);
    assert.equal(removed.status, 204);
    for (const ask of asks) assert.ok((await until(403, ask)) < 1000);
    await second.close();
    assert.equal((await api('POST', domainsPath(), { domain: 'shop.example' })).status, 201);
    await until(200, () => fromPage());
  });

  it('of any host below a domain is let in by a wildcard, on every process within a second, and counted for it', async () => {
    const second = await openHouse({ beside: house });
    const search = `&key=${house.key.publicKey}`;
    const from = (origin: string, at = house): Promise<Answer> => fromPage(search, { origin }, at);
    const below = ['https://a.wide.example', 'https://a.b.c.wide.example'];
    const asks = [house, second].flatMap((at) => below.map((origin) => () => from(origin, at)));
    for (const ask of asks) assert.equal((await ask()).status, 403);
    const made = await api('POST', domainsPath(), { domain: '*.wide.example' });
    assert.deepEqual([made.status, made.json()['origin']], [201, 'https://*.wide.example']);
    const start = performance.now();
    for (const ask of asks) await until(200, ask);
    assert.ok(performance.now() - start < 1000);
    assert.equal(
      reader(await from('https://a.wide.example')),
      'https://a.wide.example',
      'the one that asked',
    );
    for (const origin of [
      'https://wide.example',
      'https://a.wide.example:8443',
      'http://a.wide.example',
      'https://awide.example',
      'https://a.wide.example.evil.example',
      'https://*.wide.example',
      'https://.wide.example',
      'https://a..wide.example',
      'https://a_b.wide.example',
    ])
      assert.equal((await from(origin)).status, 403, origin);
    const id = String(made.json()['id']);
    assert.equal((await api('DELETE', `${domainsPath()}/${id}`)).status, 204);
    const removedAt = performance.now();
    for (const ask of asks) await until(403, ask);
    assert.ok(performance.now() - removedAt < 1000);
    await second.close();
    for (const domain of ['*.example', '*.co.uk', '*.github.io', '*.vercel.app'])
      assert.equal((await api('POST', domainsPath(), { domain })).json()['code'], 'public_suffix', domain);
  });

  it('calls from the networks of its key alone, and is told elsewhere what any wrong key is told', async () => {
    const pair = await house.keys.create({
      company: house.company,
      project: house.project,
      name: 'Inside',
      networks: ['127.0.0.7/32'],
    });
    const from = (localAddress: string, key: string, origin = SHOP): Promise<Answer> =>
      house.get(`${GEOCODE}&key=${key}`, {
        localAddress,
        headers: { origin, 'sec-fetch-mode': 'cors' },
      });
    const seen = ({ status, headers: { date: _date, ...headers }, body }: Answer): string =>
      JSON.stringify([status, headers, body.replace(/"timestamp":\{[^}]*\}/, '')]);
    assert.equal((await from('127.0.0.7', pair.publicKey)).status, 200);
    const elsewhere = await from('127.0.0.8', pair.publicKey);
    assert.equal(elsewhere.status, 401);
    assert.equal(seen(elsewhere), seen(await from('127.0.0.8', generateKey('pk', 'live').expose())));
    const stranger = await from('127.0.0.8', pair.publicKey, 'https://evil.example');
    assert.equal(stranger.status, 401, 'nothing is said of domains');
    assert.equal((await from('127.0.0.7', pair.publicKey, 'https://evil.example')).status, 403);
    await house.keys.change(house.company, pair.id, { networks: [] });
    assert.ok((await until(200, () => from('127.0.0.8', pair.publicKey))) < 1000);
  });

  it('that calls over plain HTTP reads why it is refused, and sends no key after a preflight', async () => {
    const search = `${GEOCODE}&key=${house.key.publicKey}`;
    const headers = { origin: 'http://localhost:5173' };
    const refused = await house.getPlainly(search, { headers });
    assert.deepEqual([refused.status, refused.headers.location], [403, undefined]);
    assert.equal(reader(refused), 'http://localhost:5173');
    assert.equal(refused.headers['vary'], 'origin');
    assert.equal((await house.getPlainly(search)).status, 301, 'programs are shown the way');
    const api403 = await house.getPlainly('/v1/session', { headers });
    assert.deepEqual([api403.status, api403.json()['code']], [403, 'https_required']);
    assert.equal(reader(api403), 'http://localhost:5173');
    const asked = { ...headers, 'access-control-request-method': 'GET' };
    const preflight = await house.getPlainly(GEOCODE, { method: 'OPTIONS', headers: asked });
    assert.deepEqual([preflight.status, reader(preflight)], [403, undefined]);
  });

  it('calls with the public key in any place, or the id of the project, and no secret', async () => {
    const { publicKey } = house.key;
    for (const [search, headers] of [
      [`&key=${publicKey}`, {}],
      ['', { 'x-api-key': publicKey }],
      ['', { authorization: `Bearer ${publicKey}` }],
      [`&pid=${house.project}`, {}],
    ] as const) {
      const answer = await fromPage(search, headers);
      assert.equal(answer.status, 200, answer.body);
      assert.equal(reader(answer), SHOP);
      assert.equal(answer.headers['vary'], 'origin');
      assert.equal(answer.headers['access-control-allow-credentials'], undefined);
      assert.ok(Number(answer.headers['x-ratelimit-remaining']) < 1000);
    }
    const old = await house.get(`${GEOCODE}&key=${publicKey}`, { headers: { referer: `${SHOP}/cart` } });
    assert.deepEqual([old.status, reader(old)], [200, undefined]);
  });

  it('of no authorised domain reads why it is refused, in the words of the contract', async () => {
    for (const origin of [
      'https://evil.example',
      'https://shop.example.evil.example',
      'http://shop.example',
      'https://shop.example:8443',
      'http://localhost:3000',
    ]) {
      const answer = await fromPage(undefined, { origin });
      assert.equal(answer.status, 403, origin);
      assert.equal(reader(answer), origin);
      assert.deepEqual(answer.json()['status'], { code: 403, message: 'forbidden' });
      assert.equal(answer.headers['vary'], 'origin');
    }
    for (const origin of ['null', `${SHOP}/`, `${SHOP}, ${SHOP}`, SHOP.toUpperCase()]) {
      const answer = await fromPage(undefined, { origin });
      assert.deepEqual([answer.status, reader(answer)], [403, undefined], origin);
    }
    const unknown = await fromPage('&key=vs_pk_live_x');
    assert.deepEqual([unknown.status, reader(unknown)], [401, SHOP]);
    const bad = await fromPage(`&key=${house.key.publicKey}&limit=1&limit=2`);
    assert.deepEqual([bad.status, reader(bad)], [400, SHOP]);
  });

  it('is told not to use a secret, which servers do as ever', async () => {
    const secret = house.key.secret.expose();
    const answer = await fromPage(`&key=${secret}`);
    assert.deepEqual([answer.status, reader(answer)], [403, SHOP]);
    const plain = await house.get(`${GEOCODE}&key=${secret}`);
    assert.deepEqual([plain.status, reader(plain), plain.headers['vary']], [200, undefined, 'origin']);
    const passedOn = await house.get(`${GEOCODE}&key=${secret}`, {
      headers: { origin: 'https://edge.example' },
    });
    assert.deepEqual([passedOn.status, reader(passedOn)], [200, undefined]);
  });

  it('reads nothing of routes that are not for browsers', async () => {
    for (const path of ['/v1/session', domainsPath(), '/v1/roles', '/nothing']) {
      const answer = await house.get(path, { headers: { origin: SHOP } });
      assert.equal(reader(answer), undefined, path);
      const preflight = await house.get(path, {
        method: 'OPTIONS',
        headers: { origin: SHOP, 'access-control-request-method': 'GET' },
      });
      assert.ok(preflight.status >= 400 && reader(preflight) === undefined, path);
    }
  });

  it('is of the own machine only while the project says so', async () => {
    const ask = (): Promise<Answer> => fromPage(`&pid=${house.project}`, { origin: 'http://localhost:5173' });
    assert.equal((await ask()).status, 403);
    assert.equal((await api('PATCH', domainsPath(), { allow_localhost: true })).status, 200);
    assert.ok((await until(200, ask)) < 1000);
    assert.equal(reader(await ask()), 'http://localhost:5173');
    await api('PATCH', domainsPath(), { allow_localhost: false });
    assert.ok((await until(403, ask)) < 1000);
  });

  it('is refused within a second once its pair is revoked', async () => {
    const pair = await house.keys.create({ company: house.company, project: house.project, name: 'Page' });
    const ask = (): Promise<Answer> => fromPage(`&key=${pair.publicKey}`);
    assert.equal((await ask()).status, 200);
    await house.keys.revoke(house.company, pair.id, 'test');
    assert.ok((await until(401, ask)) < 1000);
  });
});

describe('a preflight', () => {
  const ask = (headers: OutgoingHttpHeaders): Promise<Answer> =>
    house.get(GEOCODE, { method: 'OPTIONS', headers });

  it('spends nothing, needs no key, and may be kept', async () => {
    const left = async (): Promise<number> => Number((await fromPage()).headers['x-ratelimit-remaining']);
    const earlier = await left();
    for (let round = 0; round < 20; round += 1) {
      const answer = await ask({
        origin: 'https://any.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      });
      assert.equal(answer.status, 204);
      assert.equal(answer.body, '');
      assert.equal(reader(answer), 'https://any.example');
      assert.equal(answer.headers['access-control-allow-methods'], 'GET');
      assert.equal(answer.headers['access-control-allow-headers'], 'authorization, content-type, x-api-key');
      assert.equal(answer.headers['access-control-max-age'], '7200');
      assert.equal(
        answer.headers['vary'],
        'origin, access-control-request-method, access-control-request-headers',
      );
    }
    assert.equal(await left(), earlier - 1);
  });

  it('is none without its two fields, and is refused for `null`', async () => {
    for (const headers of [
      { origin: SHOP },
      { 'access-control-request-method': 'GET' },
      { origin: 'null', 'access-control-request-method': 'GET' },
      { origin: SHOP, 'access-control-request-method': 'POST' },
    ]) {
      const answer = await ask(headers);
      assert.equal(answer.status, 405, JSON.stringify(headers));
      assert.equal(answer.headers['access-control-allow-methods'], undefined);
    }
  });
});

describe('the calls of pages', () => {
  it('of many hosts below one domain are counted for the one entry', async () => {
    const apart = await openHouse({ beside: house });
    const { company, project, key } = apart;
    const domain = 'dom_01h0000000000000000000000d';
    await apart.store.superuser(
      "insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, 'https://*.many.example', now())",
      [domain, company, project],
    );
    const ask = (host: string): Promise<Answer> =>
      fromPage(`&key=${key.publicKey}`, { origin: `https://${host}.many.example` }, apart);
    await until(200, () => ask('a'));
    for (const host of ['b', 'a.b', 'c']) assert.equal((await ask(host)).status, 200);
    await apart.close();
    const [counted] = await house.store.superuser(
      'select count from vouchsafe.domain_day where domain_id = $1',
      [domain],
    );
    assert.equal(Number(counted?.['count']), 4);
  });

  it('are counted for their domain and their project, with the quarter of an hour and nothing else', async () => {
    const apart = await openHouse({ beside: house });
    const { company, project, key } = apart;
    const domain = 'dom_01h0000000000000000000000a';
    await apart.store.superuser(
      "insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, 'https://count.example', now())",
      [domain, company, project],
    );
    const ask = (search: string): Promise<Answer> =>
      fromPage(search, { origin: 'https://count.example' }, apart);
    await until(200, () => ask(`&key=${key.publicKey}`));
    for (let round = 0; round < 4; round += 1) assert.equal((await ask(`&pid=${project}`)).status, 200);
    await apart.close();
    const [counted] = await house.store.superuser(
      'select company_id, count, last_called_at from vouchsafe.domain_day where domain_id = $1',
      [domain],
    );
    assert.deepEqual([counted?.['company_id'], Number(counted?.['count'])], [company, 5]);
    const at = (counted?.['last_called_at'] as Date | undefined)?.getTime() ?? 1;
    assert.equal(at % 900_000, 0);
    const usage = await house.store.superuser(
      "select sum(count)::int as calls from vouchsafe.usage_day where project_id = $1 and outcome = 'ok'",
      [project],
    );
    assert.equal(usage[0]?.['calls'], 5);
    const used = await house.store.superuser('select from vouchsafe.key_use where key_id = $1', [key.id]);
    assert.equal(used.length, 1);
  });

  it('spend the quota and the rate of the project, however many keys and pages it has', async () => {
    const poor = await openHouse({ perDay: 3 });
    await poor.store.superuser(
      "insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ('dom_01h0000000000000000000000b', $1, $2, $3, now())",
      [poor.company, poor.project, SHOP],
    );
    const statuses: number[] = [];
    for (const search of [
      `&key=${poor.key.publicKey}`,
      `&pid=${poor.project}`,
      `&pid=${poor.project}`,
      `&key=${poor.key.publicKey}`,
    ])
      statuses.push((await fromPage(search, {}, poor)).status);
    const last = await fromPage(`&pid=${poor.project}`, {}, poor);
    assert.deepEqual([...statuses, last.status], [200, 200, 200, 402, 402]);
    assert.equal(reader(last), SHOP);
    const plain = await poor.get(GEOCODE, { headers: { 'x-api-key': poor.key.secret.expose() } });
    assert.equal(plain.status, 402);
  });
});
