import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { requestOf, type RequestParts } from '../../test/support/request.ts';
import type { Caller } from '../foundation/caller.ts';
import { newId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import { ok, refused } from '../foundation/result.ts';
import { createPipeline, type Steps } from './pipeline.ts';
import { defineRoute, type AnyRoute, type Reply } from './route.ts';
import { createRouter } from './router.ts';

const ORIGIN = 'https://shop.example';
const page: Caller = {
  credential: 'browser',
  company: newId('com', 1),
  project: newId('prj', 1),
  key: undefined,
  domain: newId('dom', 1),
  scopes: ['geocoding:read'],
  limits: { perSecond: 1, burst: 1, perDay: 10, perMonth: null, isSoft: false },
  keyLimits: undefined,
  logging: undefined,
};
const late = { of: 'project', retryAfterMs: 700, quota: undefined } as const;
const server: Caller = { ...page, credential: 'secret-key', key: newId('key', 1) };

const route = (changes: Partial<AnyRoute> = {}): AnyRoute =>
  defineRoute({
    operation: 'thing.do',
    method: 'GET',
    path: '/thing',
    access: { secretKey: 'geocoding:read', browser: true },
    cost: 1,
    overPlainHttp: 'refuse',
    docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
    parse: () => undefined,
    handle: () => ({ status: 200, headers: {}, extra: ['x-more', '1'], body: 'done' }),
    ...changes,
  });

interface Walked {
  readonly send: (parts: RequestParts) => Promise<Reply>;
  readonly taken: string[];
}

const walk = (routes: readonly AnyRoute[], changes: Partial<Steps> = {}): Walked => {
  const taken: string[] = [];
  const handler = createPipeline({
    router: createRouter(routes),
    clock: testClock(),
    publicOrigin: 'https://vouchsafe.example',
    steps: {
      identify: () => {
        taken.push('identify');
        return ok(page);
      },
      readLimits: () => [],
      limit: () => {
        taken.push('limit');
        return ok(undefined);
      },
      authorise: () => ok(undefined),
      noteChange: () => void taken.push('change'),
      meter: (operation, status) => void taken.push(`${operation} ${status}`),
      refund: () => undefined,
      admitStranger: () => {
        taken.push('stranger');
        return true;
      },
      reportBug: () => undefined,
      ...changes,
    },
  });
  return { send: async (parts) => handler(requestOf({ path: '/thing', ...parts })), taken };
};

/** Every CORS field of a reply, by name; a field that is there twice is an error. */
const corsOf = ({ headers, extra = [] }: Reply): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  const fields = [...Object.entries(headers).flat(), ...extra];
  for (let index = 0; index < fields.length; index += 2) {
    const [name = '', value = ''] = fields.slice(index, index + 2);
    if (!name.startsWith('access-control-')) continue;
    assert.ok(!(name in found), `${name} twice`);
    found[name] = value;
  }
  return found;
};
const readerOf = (reply: Reply): string | undefined => corsOf(reply)['access-control-allow-origin'];

const BAD_ORIGINS = [
  'null',
  '',
  `${ORIGIN}/`,
  `${ORIGIN}, ${ORIGIN}`,
  '*',
  'file://',
  'https://SHOP.example',
];

describe('an answer to a page', () => {
  it('names the very origin that asked, without credentials', async () => {
    const reply = await walk([route()]).send({ headers: { origin: ORIGIN } });
    assert.deepEqual(corsOf(reply), {
      'access-control-allow-origin': ORIGIN,
      'access-control-expose-headers':
        'ratelimit, ratelimit-policy, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset',
    });
    assert.ok(reply.extra?.includes('x-more'));
    assert.equal(reply.body, 'done');
  });

  it('names nobody where no page asked, or a server with its secret', async () => {
    assert.deepEqual(corsOf(await walk([route()]).send({})), {});
    const asServer = walk([route()], { identify: () => ok(server) });
    assert.deepEqual(corsOf(await asServer.send({ headers: { origin: ORIGIN } })), {});
  });

  it('that is an error is readable as well, whoever asked, and in its own form', async () => {
    const cases: [Partial<Steps>, Partial<AnyRoute>, number, string][] = [
      [{ identify: () => refused('missing') }, {}, 401, 'missing_key'],
      [{ identify: async () => refused('invalid') }, {}, 401, 'invalid_key'],
      [{ identify: () => refused('origin-not-allowed') }, {}, 403, 'origin_not_allowed'],
      [{ identify: () => refused('origin-missing') }, {}, 403, 'origin_missing'],
      [{ identify: () => refused('no-domain') }, {}, 403, 'no_domain'],
      [{ identify: () => refused('secret-in-browser') }, {}, 403, 'secret_in_browser'],
      [{ identify: () => refused('invalid'), admitStranger: () => false }, {}, 429, 'rate_limited'],
      [{ limit: () => refused({ ...late, limit: 'per-second' }) }, {}, 429, 'rate_limited'],
      [{ limit: () => refused({ ...late, limit: 'per-day' }) }, {}, 402, 'quota_exceeded'],
      [{ authorise: () => refused({ because: 'scope-missing' }) }, {}, 403, 'forbidden'],
      [
        {},
        {
          parse: () => {
            throw new Problem(400, 'bad', 'Bad');
          },
        },
        400,
        'bad',
      ],
      [
        {},
        {
          handle: async () => {
            throw new Error('bug');
          },
        },
        500,
        'internal',
      ],
    ];
    for (const [steps, changes, status, code] of cases) {
      const reply = await walk([route(changes)], steps).send({ headers: { origin: 'https://any.example' } });
      assert.deepEqual(
        [reply.status, (JSON.parse(String(reply.body)) as { code: string }).code],
        [status, code],
      );
      assert.equal(readerOf(reply), 'https://any.example', code);
      assert.equal(corsOf(reply)['access-control-allow-credentials'], undefined);
    }
    const wrongMethod = await walk([route()]).send({ method: 'DELETE', headers: { origin: ORIGIN } });
    assert.deepEqual([wrongMethod.status, readerOf(wrongMethod)], [405, ORIGIN]);
  });

  it('never names what is no origin, nor `null`', async () => {
    for (const origin of BAD_ORIGINS) {
      const reply = await walk([route()], { identify: () => refused('origin-not-allowed') }).send({
        headers: { origin },
      });
      assert.deepEqual([reply.status, corsOf(reply)], [403, {}], origin);
    }
  });

  it('is there on no route that is not safe for browsers', async () => {
    const closed = route({ access: { secretKey: 'geocoding:read' } });
    for (const identify of [() => ok(page), () => refused('invalid')] as Steps['identify'][]) {
      const reply = await walk([closed], { identify }).send({ headers: { origin: ORIGIN } });
      assert.deepEqual(corsOf(reply), {});
    }
    const missing = await walk([route()]).send({ path: '/nothing', headers: { origin: ORIGIN } });
    assert.deepEqual([missing.status, corsOf(missing)], [404, {}]);
  });

  it('counts as no change of anybody', async () => {
    const { send, taken } = walk([route({ method: 'POST' })]);
    await send({ method: 'POST', headers: { origin: ORIGIN } });
    assert.deepEqual(taken, ['identify', 'limit', 'thing.do 200']);
  });
});

describe('a preflight', () => {
  const ask = (origin: string | undefined, method: string | undefined, more: object = {}): RequestParts => ({
    method: 'OPTIONS',
    headers: {
      ...(origin === undefined ? {} : { origin }),
      ...(method === undefined ? {} : { 'access-control-request-method': method }),
      'access-control-request-headers': 'x-api-key',
      ...more,
    },
  });

  it('is answered without a key and without any cost, and may be kept', async () => {
    const { send, taken } = walk([route()]);
    const reply = await send(ask(ORIGIN, 'GET'));
    assert.equal(reply.status, 204);
    assert.equal(reply.body, '');
    assert.deepEqual(reply.headers, {
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'authorization, content-type, x-api-key',
      'access-control-max-age': '7200',
      vary: 'access-control-request-method, access-control-request-headers',
    });
    assert.deepEqual(taken, ['http.preflight 204']);
  });

  it('is refused where there is nothing to allow', async () => {
    const closed = route({
      operation: 'thing.keep',
      path: '/closed',
      access: { secretKey: 'geocoding:read' },
    });
    const open = route({ operation: 'thing.show', path: '/open', access: { public: 'a test' }, cost: 0 });
    const { send, taken } = walk([route(), closed, open]);
    const refusals: RequestParts[] = [
      ...BAD_ORIGINS.map((origin) => ask(origin, 'GET')),
      ask(undefined, 'GET'),
      ask(ORIGIN, undefined),
      ask(ORIGIN, 'POST'),
      ask(ORIGIN, 'get'),
      ask(ORIGIN, 'HEAD'),
      ask(ORIGIN, 'OPTIONS'),
      ask(ORIGIN, 'TRACE'),
      ask(ORIGIN, '*'),
      ask(ORIGIN, 'GET, GET'),
      { ...ask(ORIGIN, 'GET'), path: '/closed' },
      { ...ask(ORIGIN, 'GET'), path: '/open' },
      { ...ask(ORIGIN, 'GET'), path: '/nothing' },
    ];
    for (const parts of refusals) {
      const reply = await send(parts);
      assert.ok(reply.status === 404 || reply.status === 405, JSON.stringify(parts));
      assert.equal(corsOf(reply)['access-control-allow-methods'], undefined);
      assert.equal(corsOf(reply)['access-control-allow-headers'], undefined);
    }
    assert.ok(!taken.includes('identify') && !taken.includes('limit'));
  });
});
