/** The visitor service at the doors of a whole house: VisitorAPI's contract word for word, and ours beside it. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { newId } from '../src/foundation/ids.ts';
import { type Answer, type House, openHouse, withKey } from './support/house.ts';
import { BAVARIAN, CALIFORNIAN, CANADIAN, openTestAddresses, PARISIAN, UNKNOWN } from './support/visitor.ts';

const SHOP = 'https://shop.example';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const FIELDS = [
  'ipAddress',
  'countryCode',
  'countryName',
  'currencies',
  'languages',
  'region',
  'city',
  'cityLatLong',
  'browser',
  'browserVersion',
  'deviceBrand',
  'deviceModel',
  'deviceFamily',
  'os',
  'osVersion',
];

let house: House;
const addDomain = (one: House, id: string): Promise<unknown> =>
  one.store.superuser(
    'insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, $4, now())',
    [id, one.company, one.project, SHOP],
  );
before(async () => {
  house = await openHouse({
    addresses: await openTestAddresses(),
    trustedProxies: ['127.0.0.1/32'],
    perDay: 100_000,
  });
  await addDomain(house, 'dom_01h0000000000000000000000b');
});

interface Asked {
  readonly from?: string;
  readonly agent?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly house?: House;
}

/** As the page of the shop asks. */
const ask = (
  path: string,
  { from = BAVARIAN, agent = CHROME, headers = {}, house: one = house }: Asked = {},
) =>
  one.get(path, {
    headers: {
      origin: SHOP,
      'sec-fetch-mode': 'cors',
      'x-forwarded-for': from,
      'user-agent': agent,
      ...headers,
    },
  });
const contract = (asked?: Asked): Promise<Answer> => ask(`/api/?pid=${house.project}`, asked);
const dataOf = (answer: Answer): Record<string, unknown> => answer.json()['data'] as Record<string, unknown>;
const server = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  house.get(path, { headers: { ...withKey(house).headers, ...headers } });
const reader = ({ headers }: Answer): unknown => headers['access-control-allow-origin'];

describe('the contract', () => {
  it('tells a page fifteen fields of its visitor', async () => {
    const answer = await contract();
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json(), {
      status: 200,
      result: 'success',
      data: {
        ipAddress: BAVARIAN,
        countryCode: 'DE',
        countryName: 'Germany',
        currencies: ['EUR'],
        languages: ['de'],
        region: 'BY',
        city: 'Munich',
        cityLatLong: '48.1371,11.5754',
        browser: 'Chrome',
        browserVersion: '147.0.0',
        deviceBrand: '',
        deviceModel: '',
        deviceFamily: '',
        os: 'Windows',
        osVersion: '10',
      },
    });
    assert.deepEqual(Object.keys(dataOf(answer)), FIELDS);
  });

  it('is answered without and with the slash, by the id of the project and by its public key', async () => {
    for (const path of [`/api?pid=${house.project}`, `/api/?pid=${house.key.publicKey}`])
      assert.equal((await ask(path)).status, 200, path);
    assert.equal((await server('/api/?pid=anything')).status, 200, 'a server with the secret key');
  });

  it('tells of a telephone what it is', async () => {
    const { browser, deviceBrand, deviceModel, deviceFamily, os, osVersion } = dataOf(
      await contract({ agent: IPHONE }),
    );
    assert.deepEqual(
      [browser, deviceBrand, deviceModel, deviceFamily, os, osVersion],
      ['Mobile Safari', 'Apple', 'iPhone', 'iPhone', 'iOS', '18.1'],
    );
  });

  it('leaves empty what it does not know, and makes nothing up', async () => {
    const nowhere = { countryCode: '', countryName: '', currencies: [], languages: [], region: '', city: '' };
    for (const from of [UNKNOWN, '10.1.2.3', '192.0.2.7', '::1', 'fe80::1', '2001:db8::1', '100.64.0.1']) {
      const data = dataOf(await contract({ from, agent: '' }));
      const { ipAddress, countryCode, countryName, currencies, languages, region, city, cityLatLong } = data;
      assert.deepEqual({ countryCode, countryName, currencies, languages, region, city }, nowhere, from);
      assert.deepEqual([ipAddress, cityLatLong, data['browser'], data['os']], [from, '', '', '']);
    }
    const canadian = dataOf(await contract({ from: CANADIAN }));
    assert.deepEqual(
      [canadian['countryCode'], canadian['region'], canadian['city'], canadian['cityLatLong']],
      ['CA', '', '', ''],
    );
  });

  it('may be read by its page, is kept by nobody, and sets no cookie', async () => {
    const { headers } = await contract();
    assert.equal(headers['access-control-allow-origin'], SHOP);
    assert.equal(headers['access-control-allow-credentials'], undefined);
    assert.match(String(headers['vary']), /\borigin\b/i);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.match(String(headers['accept-ch']), /Sec-CH-UA-Model/);
    for (const none of ['etag', 'set-cookie', 'last-modified', 'timing-allow-origin'])
      assert.equal(headers[none], undefined, none);
  });

  it('answers a preflight, and spends nothing for it', async () => {
    const answer = await house.get(`/api/?pid=${house.project}`, {
      method: 'OPTIONS',
      headers: { origin: SHOP, 'access-control-request-method': 'GET' },
    });
    assert.deepEqual([answer.status, reader(answer)], [204, SHOP]);
  });
});

describe('the errors of the contract', () => {
  const told = async (answer: Promise<Answer>): Promise<readonly [number, string]> => {
    const { status, body, headers } = await answer;
    assert.deepEqual(Object.keys(JSON.parse(body) as object), ['status', 'result']);
    const { status: inBody, result } = JSON.parse(body) as { status: number; result: string };
    assert.equal(inBody, status, 'HTTP says the same');
    assert.match(String(headers['vary']), /\borigin\b/i);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['www-authenticate'], undefined);
    return [status, result];
  };

  it('are the six, word for word, and every page may read them', async () => {
    const bare = await openHouse({ beside: house });
    const poor = await openHouse({ beside: house, perDay: 1 });
    await addDomain(poor, 'dom_01h0000000000000000000000c');
    const first = await ask(`/api/?pid=${poor.project}`, { house: poor });
    assert.equal(first.status, 200);
    const cases: [ask: () => Promise<Answer>, status: number, result: string][] = [
      [() => ask('/api/'), 400, 'Error: missing project ID parameter pid'],
      [() => ask('/api/?pid='), 400, 'Error: missing project ID parameter pid'],
      [() => ask(`/api/?pid=${newId('prj', 7)}`), 404, 'Error: cannot find the project'],
      [() => ask('/api/?pid=vE7APIMDpG7WFGHqd0rh'), 404, 'Error: cannot find the project'],
      [() => ask(`/api/?pid=${bare.project}`, { house: bare }), 403, 'Error: no domain is allowed'],
      [
        () => contract({ headers: { origin: 'https://evil.example' } }),
        403,
        'Error: referrer domain is not allowed',
      ],
      [
        () => ask(`/api/?pid=${poor.project}`, { house: poor }),
        402,
        'Error: exceed free plan quota, please upgrade',
      ],
    ];
    for (const [call, status, result] of cases) {
      assert.deepEqual(await told(call()), [status, result]);
      assert.notEqual(reader(await call()), undefined, result);
    }
    await bare.close();
    await poor.close();
  });

  it('say "Internal error" of a fault of ours, and nothing of what it was', async () => {
    const broken = await openHouse({
      beside: house,
      addresses: {
        get current(): never {
          throw new Error('SECRET of the inside');
        },
        swap: () => undefined,
      },
    });
    await addDomain(broken, 'dom_01h0000000000000000000000d');
    const answer = ask(`/api/?pid=${broken.project}`, { house: broken });
    assert.deepEqual(await told(answer), [500, 'Internal error']);
    assert.equal(reader(await answer), SHOP);
    await broken.close();
  });

  it('tell a page that is too fast to slow down, in the same envelope', async () => {
    const slow = await openHouse({ beside: house, perSecond: 1 });
    await addDomain(slow, 'dom_01h0000000000000000000000e');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ask(`/api/?pid=${slow.project}`, { house: slow })),
    );
    const late = answers.find(({ status }) => status === 429);
    assert.ok(late !== undefined);
    assert.deepEqual(late.json(), { status: 429, result: 'Error: too many requests, please slow down' });
    assert.equal(reader(late), SHOP);
    assert.match(String(late.headers['retry-after']), /^\d+$/);
    await slow.close();
  });

  it('hold for other methods and for paths below the contract’s', async () => {
    assert.deepEqual(await told(house.get('/api/', { method: 'POST' })), [
      405,
      'Error: this method is not allowed',
    ]);
    assert.deepEqual(await told(house.get('/api/visitor')), [404, 'Error: there is nothing at this path']);
  });

  it('refuse a key without the scope, a secret in a page, and plain HTTP goes to HTTPS', async () => {
    const narrow = await house.keys.create({
      company: house.company,
      project: house.project,
      name: 'Narrow',
      scopes: ['geocoding:read'],
    });
    const withSecret = (secret: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
      house.get('/api/', { headers: { authorization: `Bearer ${secret}`, ...headers } });
    assert.deepEqual(await told(withSecret(narrow.secret.expose())), [
      403,
      'Error: the key does not have the scope for this',
    ]);
    const page = { origin: SHOP, 'sec-fetch-mode': 'cors' };
    assert.deepEqual(await told(withSecret(house.key.secret.expose(), page)), [
      403,
      'Error: a secret key was sent by a page',
    ]);
    const plain = await house.getPlainly(`/api/?pid=${house.project}`);
    assert.equal(plain.status, 301);
    assert.ok(plain.headers.location?.startsWith('https://localhost/api/?pid='));
  });
});

describe('bad input', () => {
  const refused = { status: 403, result: 'Error: referrer domain is not allowed' };

  it('is any origin but the very same text: malformed, several, null, and no origin at all', async () => {
    const origins = [
      'null',
      `${SHOP}/`,
      `${SHOP}:443`,
      'HTTPS://SHOP.EXAMPLE',
      'http://shop.example',
      `${SHOP}.evil.example`,
      `${SHOP}, ${SHOP}`,
      'https://shop.example@evil.example',
      'https://notshop.example',
      '//shop.example',
      '',
      'https://shop.example%60.evil.example',
      'https://shop_example',
      'https://evil.example?shop.example',
    ];
    for (const origin of origins) {
      const answer = await contract({ headers: { origin } });
      assert.deepEqual(answer.json(), refused, origin);
      assert.notEqual(reader(answer), 'null');
      assert.notEqual(reader(answer), '*');
      assert.ok(!answer.body.includes('example'), 'nothing of it comes back');
    }
    const none = await house.get(`/api/?pid=${house.project}`, { headers: { 'x-forwarded-for': BAVARIAN } });
    assert.deepEqual(none.json(), refused);
  });

  it('is a page that only navigates or embeds; a same-origin read without Origin has its Referer', async () => {
    for (const mode of ['navigate', 'no-cors'])
      assert.deepEqual((await contract({ headers: { 'sec-fetch-mode': mode } })).json(), refused, mode);
    const referred = await house.get(`/api/?pid=${house.project}`, {
      headers: { referer: `${SHOP}/basket?x=1` },
    });
    assert.equal(referred.status, 200);
    const elsewhere = await house.get(`/api/?pid=${house.project}`, {
      headers: { referer: 'https://evil.example/https://shop.example/' },
    });
    assert.deepEqual(elsewhere.json(), refused);
  });

  it('is a pid that came twice, is broken, or is a secret', async () => {
    for (const query of [
      `pid=${house.project}&pid=${house.project}`,
      'pid=%ff',
      `pid=${house.project}%00`,
      `pid=${house.key.secret.expose()}`,
      `pid=${house.company}`,
      `pid=${'x'.repeat(2_000)}`,
      'pid=__proto__',
    ]) {
      const answer = await ask(`/api/?${query}`);
      assert.deepEqual(answer.json(), { status: 404, result: 'Error: cannot find the project' }, query);
    }
  });

  it('is a forged forwarding header where nobody is trusted to write one', async () => {
    const direct = await openHouse({ beside: house, addresses: await openTestAddresses() });
    await addDomain(direct, 'dom_01h0000000000000000000000f');
    for (const headers of [
      { 'x-forwarded-for': BAVARIAN },
      { forwarded: `for=${BAVARIAN}`, 'x-forwarded-for': 'x' },
      { 'x-real-ip': BAVARIAN, 'x-forwarded-for': 'x' },
      { 'cf-connecting-ip': BAVARIAN, 'true-client-ip': BAVARIAN },
    ]) {
      const data = dataOf(await ask(`/api/?pid=${direct.project}`, { house: direct, headers }));
      assert.deepEqual([data['ipAddress'], data['countryCode']], ['127.0.0.1', '']);
    }
    await direct.close();
  });

  it('is an address of one’s own choice, which no parameter and no path gives a page', async () => {
    for (const query of ['ip', 'address', 'ipAddress', 'x-forwarded-for']) {
      const data = dataOf(await ask(`/api/?pid=${house.project}&${query}=${CALIFORNIAN}`));
      assert.equal(data['ipAddress'], BAVARIAN);
    }
    const page = await ask(`/v1/visitor/${CALIFORNIAN}?pid=${house.project}`);
    assert.ok(page.status === 401 || page.status === 403);
    const batch = await house.get(`/v1/visitor/batch?pid=${house.project}`, {
      method: 'POST',
      headers: { origin: SHOP, 'content-type': 'application/json' },
      body: JSON.stringify({ addresses: [CALIFORNIAN] }),
    });
    assert.ok(batch.status === 401 || batch.status === 403);
  });

  it('is a user agent of nonsense, which is bounded and answered', async () => {
    const agents = [
      'x',
      'A'.repeat(12_000),
      `Mozilla/5.0 (${'; '.repeat(4_000)}`,
      `Mozilla/5.0 (Linux; Android ${'9'.repeat(9_000)})`,
      '"},{"status":500,"x":"',
      '</script><script>alert(1)</script>',
      '\u00e9\u00ff',
    ];
    for (const agent of agents) {
      const answer = await contract({ agent });
      assert.equal(answer.status, 200);
      assert.deepEqual(Object.keys(dataOf(answer)), FIELDS);
    }
    const long = await contract({ agent: `Mozilla/5.0 (${'M'.repeat(100_000)}` });
    assert.deepEqual([long.status, dataOf(long)['browser']], [200, ''], '512 characters are looked at');
    const longer = await contract({ agent: 'M'.repeat(140_000) });
    assert.equal(longer.status, 431, 'the edge reads no header so long');
  });

  it('is text that is no address, in a path and in a batch', async () => {
    for (const text of [
      'x',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '01.2.3.4',
      '1.2.3.4:80',
      '::g',
      '1::2::3',
      '0x7f.1',
    ]) {
      const answer = await server(`/v1/visitor/${encodeURIComponent(text)}`);
      assert.equal(answer.status, 400, text);
      assert.equal(answer.json()['code'], 'invalid_address');
      assert.ok(!JSON.stringify(answer.json()).includes('"x"'));
    }
  });
});

describe('our own answer', () => {
  it('tells a page everything that is known of its visitor', async () => {
    const answer = await ask(`/v1/visitor?pid=${house.project}`);
    assert.equal(answer.status, 200);
    assert.equal(reader(answer), SHOP);
    const told = answer.json() as Record<string, Record<string, unknown>>;
    assert.deepEqual([told['address'], told['version'], told['city']], [BAVARIAN, 4, 'Munich']);
    const { country, region, location, time_zone: zone, user_agent: agent } = told;
    assert.deepEqual(country?.['continent'], { code: 'EU', name: 'Europe' });
    assert.deepEqual([country?.['is_eu'], country?.['calling_code'], country?.['flag']], [true, '+49', '🇩🇪']);
    assert.equal(
      (country?.['currency'] as Record<string, unknown> | undefined)?.['format'],
      '1.234,56\u00a0€',
    );
    assert.deepEqual(country?.['languages'], [{ code: 'de', name: 'German', native_name: 'Deutsch' }]);
    assert.deepEqual(region, { code: 'BY', name: 'Bavaria' });
    assert.deepEqual(location, { latitude: 48.1371, longitude: 11.5754, accuracy_km: 20 });
    assert.equal(zone?.['id'], 'Europe/Berlin');
    assert.match(String(zone?.['local_time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00$/);
    assert.deepEqual(agent?.['browser'], { name: 'Chrome', version: '147.0.0', major: '147' });
    assert.deepEqual(agent?.['bot'], { is_bot: false });
  });

  it('tells robots from people, and networks by what they are known as', async () => {
    const told = (
      await ask(`/v1/visitor?pid=${house.project}`, { from: CALIFORNIAN, agent: GOOGLEBOT })
    ).json();
    const agent = told['user_agent'] as Record<string, Record<string, unknown>>;
    assert.deepEqual(agent['bot'], { is_bot: true, name: 'Googlebot', category: 'search-engine' });
    assert.equal(agent['device']?.['type'], 'bot');
    assert.deepEqual(told['network'], { asn: 15_169, organisation: 'Google "LLC"', kinds: ['hosting'] });
    assert.equal((told['time_zone'] as Record<string, unknown>)['id'], 'America/Los_Angeles');
  });

  it('believes the hints that a page delegates', async () => {
    const headers = {
      'sec-ch-ua-platform': '"Windows"',
      'sec-ch-ua-platform-version': '"15.0.0"',
      'sec-ch-ua-full-version-list': '"Google Chrome";v="147.0.7390.55", "Chromium";v="147.0.7390.55"',
    };
    const told = (await ask(`/v1/visitor?pid=${house.project}&fields=user_agent`, { headers })).json();
    const agent = told['user_agent'] as Record<string, Record<string, unknown>>;
    assert.deepEqual(agent['os'], { name: 'Windows', version: '11' });
    assert.equal(agent['browser']?.['version'], '147.0.7390.55');
  });

  it('gives the parts that are asked for, and refuses names that are none', async () => {
    const path = (fields: string): string =>
      `/v1/visitor?pid=${house.project}&fields=${encodeURIComponent(fields)}`;
    const some = await ask(path('country.code, country.currency.symbol,country.languages.code,city'));
    assert.deepEqual(some.json(), {
      country: { code: 'DE', currency: { symbol: '€' }, languages: [{ code: 'de' }] },
      city: 'Munich',
    });
    assert.deepEqual((await ask(path('country,country.code,postcode'))).json()['postcode'], '80331');
    for (const wrong of [
      'nothing',
      'country.',
      '.',
      '__proto__',
      'country.code.x',
      'constructor',
      'a,'.repeat(70),
    ]) {
      const answer = await ask(path(wrong));
      assert.deepEqual([answer.status, answer.json()['field']], [400, 'fields'], wrong);
      assert.equal(reader(answer), SHOP);
    }
  });

  it('leaves out what it does not know', async () => {
    const bare = await ask(`/v1/visitor?pid=${house.project}`, { from: UNKNOWN, agent: '' });
    assert.deepEqual(bare.json(), { address: UNKNOWN, version: 4 });
    const local = await ask(`/v1/visitor?pid=${house.project}`, { from: '10.0.0.1', agent: '' });
    assert.deepEqual(local.json(), { address: '10.0.0.1', version: 4, special_use: 'private' });
  });
});

describe('servers', () => {
  const keys = async (text: string): Promise<readonly string[]> =>
    Object.keys((await server(`/v1/visitor/${encodeURIComponent(text)}`)).json());

  it('look any address up with the secret key', async () => {
    const answer = await server(`/v1/visitor/${PARISIAN}`);
    assert.equal(answer.status, 200);
    const told = answer.json();
    assert.deepEqual([told['version'], told['city'], told['user_agent']], [6, 'Paris', undefined]);
    assert.deepEqual(told['region'], { code: 'IDF', name: 'Île-de-France' });
    assert.equal((told['time_zone'] as Record<string, unknown>)['id'], 'Europe/Paris');
    assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.body)));
    assert.equal((await house.get(`/v1/visitor/${PARISIAN}`)).status, 401);
    const mapped = await server(`/v1/visitor/${encodeURIComponent(`::ffff:${BAVARIAN}`)}`);
    assert.deepEqual([mapped.json()['address'], mapped.json()['version']], [BAVARIAN, 4]);
  });

  it('are told what special addresses are, and never where', async () => {
    for (const [text, use] of [
      ['127.0.0.1', 'loopback'],
      ['192.168.1.1', 'private'],
      ['100.64.0.1', 'shared'],
      ['203.0.113.9', 'documentation'],
      ['2001:db8::1', 'documentation'],
      ['fe80::1%eth0', 'link_local'],
      ['fd00::1', 'unique_local'],
      ['224.0.0.1', 'multicast'],
    ] as const) {
      assert.deepEqual(await keys(text), ['address', 'version', 'special_use'], text);
      const { special_use: told } = (await server(`/v1/visitor/${encodeURIComponent(text)}`)).json();
      assert.equal(told, use, text);
    }
  });

  const batch = (body: unknown): Promise<Answer> =>
    house.get('/v1/visitor/batch', {
      method: 'POST',
      headers: { ...withKey(house).headers, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const linesOf = ({ body }: Answer): Record<string, unknown>[] =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('look many up at once, each line for itself', async () => {
    const answer = await batch({
      addresses: [BAVARIAN, 'nonsense', PARISIAN, '10.0.0.1', UNKNOWN],
      fields: 'country.code,special_use,region.name',
    });
    assert.deepEqual(
      [answer.status, answer.headers['content-type']],
      [200, 'application/x-ndjson; charset=utf-8'],
    );
    assert.deepEqual(linesOf(answer), [
      { index: 0, country: { code: 'DE' }, region: { name: 'Bavaria' } },
      { index: 1, error: { code: 'invalid_address', message: 'not an IP address' } },
      { index: 2, country: { code: 'FR' }, region: { name: 'Île-de-France' } },
      { index: 3, special_use: 'private' },
      { index: 4 },
    ]);
    const whole = linesOf(await batch({ addresses: [BAVARIAN] }));
    assert.deepEqual([whole[0]?.['index'], whole[0]?.['address']], [0, BAVARIAN]);
    assert.equal((whole[0]?.['country'] as Record<string, unknown> | undefined)?.['flag'], '🇩🇪');
  });

  it('spend one unit for each address, and nothing for a body that is refused', async () => {
    const left = async (): Promise<number> => {
      const { headers } = await server(`/v1/visitor/${UNKNOWN}`);
      const [, found = ''] = /"day";r=(\d+)/.exec(String(headers['ratelimit'])) ?? [];
      return Number(found);
    };
    const earlier = await left();
    assert.ok(earlier > 0);
    const many = await batch({
      addresses: Array.from({ length: 1_000 }, (_, index) => `8.8.${index % 256}.1`),
    });
    assert.equal(linesOf(many).length, 1_000);
    assert.equal(earlier - (await left()), 1_001);
    const after = await left();
    for (const [body, status] of [
      [{ addresses: Array.from({ length: 1_001 }, () => '1.1.1.1') }, 400],
      [{ addresses: [] }, 400],
      [{}, 400],
      [{ addresses: ['1.1.1.1'], more: 1 }, 400],
      [{ addresses: ['1.1.1.1'], fields: 'nothing' }, 400],
      [{ addresses: 'x' }, 400],
      ['{"addresses":', 400],
      ['['.repeat(50_000), 400],
      [{ addresses: ['x'.repeat(70_000)] }, 413],
    ] as const)
      assert.equal((await batch(body)).status, status, JSON.stringify(body).slice(0, 60));
    assert.equal(after - (await left()), 1);
  });
});

describe('what is kept of it', () => {
  it('is nothing of the visitor, where the project logs its requests with their queries', async () => {
    const own = await openHouse({
      beside: house,
      addresses: await openTestAddresses(),
      trustedProxies: ['127.0.0.1/32'],
    });
    await addDomain(own, 'dom_01h0000000000000000000000g');
    await own.store.superuser('update vouchsafe.project set log_days = 7, log_queries = true where id = $1', [
      own.project,
    ]);
    const headers = { authorization: `Bearer ${own.key.secret.expose()}` };
    assert.equal((await own.get('/geocode/v1/json?q=Paris', { headers })).status, 200);
    assert.equal((await own.get(`/v1/visitor/${CALIFORNIAN}?fields=city`, { headers })).status, 200);
    assert.equal((await ask(`/v1/visitor?pid=${own.project}&fields=city`, { house: own })).status, 200);
    assert.equal((await ask(`/api/?pid=${own.project}`, { house: own })).status, 200);
    await own.close();
    const rows = await own.store.superuser(
      'select operation, query from vouchsafe.request_log where project_id = $1 order by operation',
      [own.project],
    );
    assert.deepEqual(rows, [
      { operation: 'geocoding.forward', query: 'q=Paris' },
      { operation: 'visitor.contract', query: null },
      { operation: 'visitor.lookup', query: null },
      { operation: 'visitor.own', query: null },
    ]);
  });
});
