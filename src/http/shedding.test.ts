/** What is turned away before anybody is identified, and what is not done for who is gone. */
import assert from 'node:assert/strict';
import { request as requestHttp, Agent, type IncomingMessage } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { requestOf } from '../../test/support/request.ts';
import type { Caller } from '../foundation/caller.ts';
import { systemClock } from '../foundation/clock.ts';
import { newId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import { ok, refused } from '../foundation/result.ts';
import { DEFAULT_EDGE_LIMITS } from './edge-limits.ts';
import { createOverload, SHED, type Overload } from './overload.ts';
import { createPipeline, type Steps } from './pipeline.ts';
import { defineRoute, type AnyRoute, type ErrorForm, type Reply, type Request } from './route.ts';
import { createRouter } from './router.ts';
import { createEdge } from './server.ts';

const caller: Caller = {
  credential: 'secret-key',
  company: newId('com', 1),
  project: newId('prj', 1),
  key: newId('key', 1),
  scopes: ['geocoding:read'],
  limits: { perSecond: 1, burst: 1, perDay: 10, perMonth: null, isSoft: false },
  keyLimits: undefined,
  logging: undefined,
};
const PAGE = 'https://shop.example';

const route = (path: string, changes: Partial<AnyRoute> = {}): AnyRoute =>
  defineRoute({
    operation: `thing.${path.slice(1)}`,
    method: 'GET',
    path,
    access: { secretKey: 'geocoding:read' },
    cost: 2,
    overPlainHttp: 'refuse',
    docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
    parse: () => undefined,
    handle: () => ({ status: 200, headers: {}, body: 'done' }),
    ...changes,
  });

const contract: ErrorForm = ({ status, headers }) => ({
  status,
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify({ contract: status }),
});

const ROUTES = [
  route('/key'),
  route('/contract', { errors: contract }),
  route('/page', { access: { secretKey: 'geocoding:read', browser: true } }),
  route('/session', { access: { session: true } }),
  route('/public', { access: { public: 'a test' } }),
];

interface Walked {
  readonly handle: (request: Request) => Reply | Promise<Reply>;
  readonly taken: string[];
}

const walk = (
  overload: Pick<Overload, 'admits' | 'restMs'> | undefined,
  changes: Partial<Steps> = {},
  routes: readonly AnyRoute[] = ROUTES,
): Walked => {
  const taken: string[] = [];
  const note = <Value>(step: string, value: Value): Value => {
    taken.push(step);
    return value;
  };
  const handle = createPipeline({
    router: createRouter(routes),
    clock: overload === undefined ? testClock() : systemClock,
    publicOrigin: 'https://vouchsafe.example',
    ...(overload === undefined ? {} : { overload }),
    steps: {
      identify: () => note('identify', ok(caller)),
      readLimits: () => [],
      limit: () => note('limit', ok(undefined)),
      authorise: () => note('authorise', ok(undefined)),
      noteChange: () => note('change', undefined),
      meter: (operation, status) => note(`${operation} ${status}`, undefined),
      refund: (_caller, cost) => note(`refund ${cost}`, undefined),
      admitStranger: () => note('stranger', true),
      reportBug: () => note('bug', undefined),
      ...changes,
    },
  });
  return { handle, taken };
};

const CLOSED: Pick<Overload, 'admits' | 'restMs'> = { admits: () => false, restMs: () => 7 };

describe('a request that is turned away', () => {
  for (const path of ['/key', '/contract', '/page', '/session', '/public', '/unknown']) {
    it(`costs no step but being counted: ${path}`, async () => {
      const { handle, taken } = walk(CLOSED);
      const reply = await handle(requestOf({ path }));
      assert.equal(reply.status, 503);
      assert.match(reply.headers['retry-after'] ?? '', /^[123]$/);
      assert.equal(reply.restMs, 7);
      assert.deepEqual(taken, [`${SHED} 503`]);
    });
  }

  it('is told so in the form of its contract', async () => {
    const { handle } = walk(CLOSED);
    assert.equal((await handle(requestOf({ path: '/contract' }))).body, '{"contract":503}');
    const { body } = await handle(requestOf({ path: '/key' }));
    assert.equal((JSON.parse(String(body)) as { code: string }).code, 'overloaded');
  });

  it('can be read by the page that sent it, where pages may call, and by no other', async () => {
    const { handle } = walk(CLOSED);
    const readerOf = async (path: string): Promise<string | undefined> => {
      const { extra = [] } = await handle(requestOf({ path, headers: { origin: PAGE } }));
      return extra[extra.indexOf('access-control-allow-origin') + 1];
    };
    assert.equal(await readerOf('/page'), PAGE);
    assert.equal(await readerOf('/session'), undefined);
  });

  it('is no preflight, which costs as little as turning it away', async () => {
    const headers = { origin: PAGE, 'access-control-request-method': 'GET' };
    const reply = await walk(CLOSED).handle(requestOf({ path: '/page', method: 'OPTIONS', headers }));
    assert.equal(reply.status, 204);
  });
});

const call = (port: number, path: string, agent?: Agent): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    requestHttp({ host: '127.0.0.1', port, path, agent: agent ?? false }, (message) => {
      message.resume().on('end', () => resolve(message));
    })
      .on('error', reject)
      .end();
  });

const serve = async (t: TestContext, handle: Walked['handle']): Promise<number> => {
  const edge = createEdge({
    handler: handle,
    onError: () => ({ status: 500, headers: {}, body: '' }),
    clock: systemClock,
  });
  t.after(() => edge.close(0));
  return (await edge.listen({ port: 0, host: '127.0.0.1' })).port;
};

describe('a thread whose work blocks it', () => {
  const hold = (milliseconds: number): void => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
  };
  const slow = route('/slow', {
    handle: () => {
      hold(20);
      return { status: 200, headers: {}, body: 'done' };
    },
  });

  it('serves some, turns the others away, and serves everybody when it has caught up', async (t) => {
    const told: string[] = [];
    const overload = createOverload({
      clock: systemClock,
      hooks: { onBegin: () => told.push('begin'), onEnd: (shed) => told.push(`end ${shed}`) },
    });
    t.after(() => overload.close());
    const { handle, taken } = walk(overload, {}, [slow, route('/quick')]);
    const port = await serve(t, handle);
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    t.after(() => agent.destroy());
    const ask = (path: string): Promise<IncomingMessage[]> =>
      Promise.all(Array.from({ length: 100 }, () => call(port, path, agent)));
    // Opens the connections, of which Node takes up one in each turn.
    await ask('/quick');
    const answers = await ask('/slow');
    const counts = Object.groupBy(answers, ({ statusCode }) => String(statusCode));
    assert.deepEqual(Object.keys(counts).toSorted(), ['200', '503']);
    assert.ok((counts['200']?.length ?? 0) >= 8);
    for (const { headers } of counts['503'] ?? []) {
      assert.match(headers['retry-after'] ?? '', /^[123]$/);
      assert.equal(headers['content-type'], 'application/problem+json');
    }
    // What was turned away cost nothing behind the edge.
    assert.equal(taken.filter((step) => step === 'thing.slow 200').length, counts['200']?.length);
    assert.equal(taken.filter((step) => step === 'identify').length, 100 + (counts['200']?.length ?? 0));
    assert.deepEqual(told, ['begin']);
    for (let request = 0; request < 5; request += 1)
      assert.equal((await call(port, '/slow')).statusCode, 200);
  });
});

describe('a connection that is to be left alone', () => {
  it('is not read meanwhile, and goes on afterwards', async (t) => {
    const seen: string[] = [];
    const port = await serve(t, ({ path }) => {
      seen.push(path);
      return { status: 503, headers: {}, body: '', restMs: path === '/long' ? 600_000 : 30 };
    });
    const [short, long] = [1, 1].map((maxSockets) => new Agent({ keepAlive: true, maxSockets }));
    t.after(() => {
      short?.destroy();
      long?.destroy();
    });
    await call(port, '/short', short);
    await call(port, '/short', short);
    await call(port, '/long', long);
    const resting = assert.rejects(call(port, '/never', long));
    for (let round = 0; round < 20; round += 1) await call(port, '/short');
    assert.ok(!seen.includes('/never'));
    long?.destroy();
    await resting;
  });

  it('is one whose client goes on after it was told to wait several times', async (t) => {
    let handled = 0;
    const port = await serve(t, () => {
      handled += 1;
      return { status: 429, headers: {}, body: '', restMs: 600_000 };
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const { maxIgnored } = DEFAULT_EDGE_LIMITS;
    for (let request = 0; request <= maxIgnored; request += 1) await call(port, '/', agent);
    const resting = assert.rejects(call(port, '/', agent));
    for (let round = 0; round < 10; round += 1) await call(port, '/');
    assert.equal(handled, maxIgnored + 1 + 10);
    agent.destroy();
    await resting;
  });

  it('rests no longer than until the next second, when what a project may use begins anew', async () => {
    const quota = undefined;
    const busy = walk(undefined, {
      limit: () => refused({ limit: 'per-second', of: 'project', retryAfterMs: 10, quota }),
    });
    const { status, restMs = 0, isRefusal } = await busy.handle(requestOf({ path: '/key' }));
    assert.equal(status, 429);
    assert.ok(restMs > 0 && restMs <= 1000, String(restMs));
    assert.equal(isRefusal, undefined);
  });

  it('is no stranger’s, whose refusals have a pace of their own, except where look-ups have no places', async () => {
    const identify = (): ReturnType<Steps['identify']> => refused('invalid');
    const { handle } = walk(undefined, { identify });
    for (const [path, status] of [
      ['/key', 401],
      ['/session', 401],
      ['/contract', 401],
      ['/unknown', 404],
    ] as const) {
      const reply = await handle(requestOf({ path }));
      assert.deepEqual([reply.status, reply.isRefusal, reply.restMs], [status, true, undefined]);
    }
    assert.equal((await handle(requestOf({ path: '/public' }))).isRefusal, undefined);
    const slowed = walk(undefined, { identify, admitStranger: () => false });
    const late = await slowed.handle(requestOf({ path: '/key' }));
    assert.deepEqual([late.status, late.isRefusal, late.restMs], [429, true, undefined]);
    const full = walk(undefined, {
      identify: () => Promise.reject(new Problem(503, 'unavailable', 'Too many')),
    });
    const rests = new Set<number>();
    for (let request = 0; request < 50; request += 1) {
      const { status, isRefusal, restMs = 0 } = await full.handle(requestOf({ path: '/key' }));
      assert.deepEqual([status, isRefusal], [503, true]);
      assert.ok(restMs >= 1000 && restMs < 2000, String(restMs));
      rests.add(restMs);
    }
    assert.equal(rests.size, 50);
  });
});

describe('a client that has gone away', () => {
  const gone = (): Request => ({ ...requestOf({ path: '/key' }), isGone: () => true });

  it('costs nobody anything that had not begun', async () => {
    const { handle, taken } = walk(undefined, { identify: () => Promise.resolve(ok(caller)) });
    assert.equal((await handle(gone())).status, 499);
    assert.deepEqual(taken, ['thing.key 499']);
  });

  it('gets back what was spent before', async () => {
    const { handle, taken } = walk(undefined, { authorise: () => Promise.resolve(ok(undefined)) });
    await handle(gone());
    assert.deepEqual(taken, ['identify', 'limit', 'refund 2', 'thing.key 499']);
  });

  it('is not asked after where nothing had to be waited for', async () => {
    const { handle, taken } = walk(undefined);
    assert.equal((await handle(gone())).status, 200);
    assert.ok(taken.includes('thing.key 200'));
  });
});
