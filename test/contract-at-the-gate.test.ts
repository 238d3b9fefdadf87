/** The geocoding contract's formats, its test keys and its second protocol, at the doors of a whole house. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { OK_KEY } from '../src/services/geocoding/test-keys.ts';
import { type Answer, type House, openHouse, withKey } from './support/house.ts';
import { parseXml } from './support/xml.ts';

const SHOP = 'https://shop.example';

let house: House;
before(async () => {
  house = await openHouse({ perDay: 1000 });
  await house.store.superuser(
    "insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ('dom_01h0000000000000000000000b', $1, $2, $3, now())",
    [house.company, house.project, SHOP],
  );
});

const reader = ({ headers }: Answer): unknown => headers['access-control-allow-origin'];
const left = async (): Promise<number> =>
  Number((await house.get('/geocode/v1/json?q=Rome', withKey(house))).headers['x-ratelimit-remaining']);

describe('geosearch', () => {
  const ask = (headers: Record<string, string>, search = 'q=Greno'): Promise<Answer> =>
    house.get(`/geosearch?${search}`, { headers });
  const page = { origin: SHOP, 'sec-fetch-mode': 'cors' };

  it('lets the pages of a project in with its public key in the contract’s header', async () => {
    const answer = await ask({ ...page, 'opencage-geosearch-key': house.key.publicKey });
    assert.deepEqual([answer.status, reader(answer)], [200, SHOP]);
    const { results } = answer.json() as { results: { name: string }[] };
    assert.equal(results[0]?.name, 'Grenoble');
    assert.ok(Number(answer.headers['x-ratelimit-remaining']) < 1000);
  });

  it('takes a secret of a server there, and keys wherever else they may stand', async () => {
    const secret = house.key.secret.expose();
    assert.equal((await ask({ 'opencage-geosearch-key': secret })).status, 200);
    assert.equal((await ask({}, `q=Greno&key=${secret}`)).status, 200);
    assert.equal((await ask({ ...page, 'x-api-key': house.key.publicKey })).status, 200);
    const trailing = await house.get('/geosearch/?q=Greno', withKey(house));
    assert.equal(trailing.status, 200);
  });

  it('refuses what is no key, two keys, a secret of a page, and other pages', async () => {
    const { publicKey, secret } = house.key;
    const cases: [headers: Record<string, string>, status: number][] = [
      [{}, 401],
      [{ 'opencage-geosearch-key': 'oc_gs_x' }, 401],
      [{ 'opencage-geosearch-key': publicKey }, 401],
      [{ 'opencage-geosearch-key': secret.expose(), 'x-api-key': secret.expose() }, 401],
      [{ ...page, 'opencage-geosearch-key': secret.expose() }, 403],
      [{ ...page, origin: 'https://evil.example', 'opencage-geosearch-key': publicKey }, 403],
    ];
    for (const [headers, status] of cases) {
      const answer = await ask(headers);
      assert.equal(answer.status, status, JSON.stringify(Object.keys(headers)));
      assert.equal((answer.json()['status'] as { code: number }).code, status, 'in the contract’s envelope');
      assert.ok(!answer.body.includes('oc_gs_x'));
    }
    // The header is a key on this route alone.
    const elsewhere = await house.get('/geocode/v1/json?q=Paris', {
      headers: { 'opencage-geosearch-key': secret.expose() },
    });
    assert.equal(elsewhere.status, 401);
  });

  it('allows its header in a preflight, and no other route does', async () => {
    const preflight = (path: string): Promise<Answer> =>
      house.get(path, {
        method: 'OPTIONS',
        headers: { origin: SHOP, 'access-control-request-method': 'GET' },
      });
    const allowed = (answer: Answer): string => String(answer.headers['access-control-allow-headers']);
    assert.match(allowed(await preflight('/geosearch')), /, opencage-geosearch-key$/);
    assert.doesNotMatch(allowed(await preflight('/geocode/v1/json')), /geosearch/);
    assert.equal((await house.get('/geosearch', { method: 'POST' })).status, 405);
  });
});

describe('the formats', () => {
  it('answer with their media types, over the same doors', async () => {
    const types: [path: string, type: string][] = [
      ['/geocode/v1/json/?q=Paris', 'application/json; charset=utf-8'],
      ['/geocode/v1/geojson/?q=Paris', 'application/json; charset=utf-8'],
      ['/geocode/v1/xml/?q=Paris', 'text/xml; charset=utf-8'],
      ['/geocode/v1/google-v3-json/?q=Paris', 'application/json; charset=utf-8'],
      ['/geocode/v1/json?q=Paris&jsonp=show', 'application/javascript; charset=utf-8'],
    ];
    for (const [path, type] of types) {
      const answer = await house.get(path, withKey(house));
      assert.deepEqual([answer.status, answer.headers['content-type']], [200, type], path);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.body)));
    }
  });

  it('give the refusals of the house in their own form', async () => {
    const missing = await house.get('/geocode/v1/xml?q=Paris');
    assert.deepEqual([missing.status, missing.reason], [401, 'missing API key']);
    assert.equal(parseXml(missing.body).name, 'response');
    const posted = await house.get('/geocode/v1/xml?q=Paris', { method: 'POST', ...withKey(house) });
    assert.deepEqual(
      [posted.status, posted.reason, parseXml(posted.body).name],
      [405, 'Method not allowed', 'response'],
    );
    const google = await house.get('/geocode/v1/google-v3-json?q=Paris&key=wrong');
    assert.deepEqual(google.json(), {
      error_message: 'invalid API key',
      results: [],
      status: 'REQUEST_DENIED',
    });
    const script = await house.get('/geocode/v1/json?q=Paris&jsonp=show');
    assert.match(script.body, /^\/\*\*\/show\(\{.*"missing API key".*\}\);$/s);
    const postedScript = await house.get('/geocode/v1/json?q=Paris&jsonp=show', { method: 'POST' });
    assert.equal(postedScript.status, 405);
  });

  it('are counted as what they are: forward or reverse', async () => {
    const counted = async (): Promise<string> => {
      const own = await openHouse({ beside: house });
      for (const path of ['/geocode/v1/xml?q=Paris', '/geocode/v1/geojson?q=1,2'])
        assert.equal((await own.get(path, withKey(own))).status, 200);
      await own.close();
      const rows = await house.store.superuser(
        'select operation from vouchsafe.usage_day where project_id = $1 order by operation',
        [own.project],
      );
      return rows.map(({ operation }) => String(operation)).join();
    };
    assert.equal(await counted(), 'geocoding.forward,geocoding.reverse');
  });
});

describe('the test keys', () => {
  it('bring their status about with its reason, and spend nothing', async () => {
    const earlier = await left();
    const cases: [key: string, status: number, reason: string][] = [
      [OK_KEY, 200, 'OK'],
      ['4372eff77b8343cebfc843eb4da4ddc4', 402, 'quota exceeded'],
      ['2e10e5e828262eb243ec0b54681d699a', 403, 'disabled'],
      ['6c79ee8e1ca44ad58ad1fc493ba9542f', 403, 'IP address rejected'],
      ['d6d0f0065f4348a4bdfe4587ba02714b', 429, 'too many requests'],
    ];
    for (const [key, status, reason] of cases) {
      const answer = await house.get(`/geocode/v1/json?q=Paris&key=${key}`);
      assert.deepEqual([answer.status, answer.reason], [status, reason]);
      assert.equal(answer.headers['x-ratelimit-limit'], undefined);
      assert.equal(answer.json()['rate'], undefined);
    }
    assert.equal(await left(), earlier - 1);
  });

  it('may be read by every page, with one header that says so', async () => {
    for (const key of [OK_KEY, '4372eff77b8343cebfc843eb4da4ddc4']) {
      const answer = await house.get(`/geocode/v1/json?q=Paris&key=${key}`, {
        headers: { origin: 'https://any.example', 'sec-fetch-mode': 'cors' },
      });
      assert.ok(['*', 'https://any.example'].includes(String(reader(answer))), String(reader(answer)));
    }
  });

  it('slow a source that floods them, like any stranger', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => house.get(`/geocode/v1/json?q=Paris&key=${OK_KEY}`)),
    );
    assert.ok(answers.some(({ status }) => status === 429));
    assert.ok(answers.some(({ status }) => status === 200));
  });

  it('are wrong keys everywhere else', async () => {
    const key = { headers: { 'x-api-key': OK_KEY } };
    assert.equal((await house.get('/geocode/v1/json?q=Paris', key)).status === 200, false);
    assert.equal((await house.get(`/geosearch?q=Paris&key=${OK_KEY}`)).status === 200, false);
  });
});
