import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { requestOf } from '../../test/support/request.ts';
import { systemClock } from '../foundation/clock.ts';
import { createPlainHttpHandler, type PlainHttpOptions } from './plain-http.ts';
import type { AnyRoute, ErrorForm } from './route.ts';
import { createRouter } from './router.ts';
import { createEdge } from './server.ts';

const contractForm: ErrorForm = ({ status }) => ({ status, headers: {}, body: 'contract' });

const route = (operation: string, path: string, more: Partial<AnyRoute> = {}): AnyRoute => ({
  operation,
  method: 'GET',
  path,
  access: { secretKey: 'geocoding:read', browser: true },
  cost: 1,
  overPlainHttp: 'refuse',
  docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
  parse: () => undefined,
  handle: () => ({ status: 200, headers: {}, body: 'served in plain text' }),
  ...more,
});

const router = createRouter(
  [
    route('home.show', '/', { access: { public: 'a page' }, overPlainHttp: 'redirect' }),
    route('geocoding.query', '/geocode/v1/json', { errors: contractForm, overPlainHttp: 'redirect' }),
    route('keys.list', '/v1/keys'),
    route('keys.create', '/v1/keys', { method: 'POST', overPlainHttp: 'redirect' }),
  ],
  [{ prefix: '/geocode/', errors: contractForm }],
);

const start = async (t: TestContext, options: Partial<PlainHttpOptions> = {}): Promise<number> => {
  const handler = createPlainHttpHandler({
    router,
    publicUrl: 'https://api.example.com:8443',
    clock: systemClock,
    onPlainRequest: () => undefined,
    onHookError: () => undefined,
    ...options,
  });
  const edge = createEdge({
    handler,
    onError: () => ({ status: 500, headers: {}, body: '' }),
    clock: systemClock,
  });
  t.after(() => edge.close(0));
  return (await edge.listen({ port: 0, host: '127.0.0.1' })).port;
};

const call = (
  port: number,
  path: string,
  method = 'GET',
  more: Readonly<Record<string, string>> = {},
): Promise<IncomingMessage & { text: string }> =>
  new Promise((resolve, reject) => {
    get(
      { host: '127.0.0.1', port, path, method, agent: false, headers: { host: 'evil.example', ...more } },
      (message) => {
        void message.toArray().then((chunks) => resolve(Object.assign(message, { text: chunks.join('') })));
      },
    ).on('error', reject);
  });

test('sends pages and wire-compatible reads to the public URL for good, with path and query', async (t) => {
  const port = await start(t);
  for (const path of [
    '/',
    '/?a=b',
    '/geocode/v1/json?q=Paris%2C+Texas&key=k',
    '/geocode/v1/json/?q=a%0d%0ab',
  ]) {
    const { statusCode, headers, text } = await call(port, path);
    assert.deepEqual([statusCode, headers.location], [301, `https://api.example.com:8443${path}`]);
    assert.equal(headers['strict-transport-security'], undefined);
    assert.equal(headers['cache-control'], 'no-store');
    assert.doesNotMatch(text, /served/);
  }
  assert.equal((await call(port, '/', 'HEAD')).statusCode, 301);
});

test('refuses our own API, everything that changes state, and unknown paths, without a redirect', async (t) => {
  const port = await start(t);
  const refused = [
    ['GET', '/v1/keys'],
    ['POST', '/v1/keys'],
    ['POST', '/'],
    ['DELETE', '/v1/keys'],
    ['GET', '/nothing'],
    ['GET', '//evil.example/'],
    ['GET', '/%ff'],
  ] as const;
  for (const [method, path] of refused) {
    const { statusCode, headers, text } = await call(port, path, method);
    assert.deepEqual([statusCode, headers.location], [403, undefined], path);
    assert.equal((JSON.parse(text) as { code: string }).code, 'https_required');
  }
});

test('refuses below a contract in the form of that contract', async (t) => {
  const port = await start(t);
  for (const [method, path] of [
    ['POST', '/geocode/v1/json'],
    ['GET', '/geocode/v9'],
  ] as const) {
    const { statusCode, text } = await call(port, path, method);
    assert.deepEqual([statusCode, text], [403, 'contract']);
  }
});

test('tells the script of a page why, instead of a redirect that would take its origin away', async (t) => {
  const port = await start(t);
  const origin = 'http://localhost:5173';
  for (const [method, path] of [
    ['GET', '/geocode/v1/json?q=x'],
    ['POST', '/geocode/v1/json'],
    ['GET', '/v1/keys'],
    ['DELETE', '/v1/keys'],
    ['GET', '/nothing'],
  ] as const) {
    const { statusCode, headers } = await call(port, path, method, { origin });
    assert.deepEqual([statusCode, headers.location], [403, undefined], path);
    assert.equal(headers['access-control-allow-origin'], origin, path);
    assert.equal(headers['access-control-allow-credentials'], undefined);
    assert.equal(headers.vary, 'origin');
  }
  for (const other of ['null', `${origin}/`, `${origin}, ${origin}`, '*']) {
    const refused = await call(port, '/v1/keys', 'GET', { origin: other });
    assert.deepEqual([refused.statusCode, refused.headers['access-control-allow-origin']], [403, undefined]);
    // As from a program that passes on what it got.
    assert.equal((await call(port, '/geocode/v1/json?q=x', 'GET', { origin: other })).statusCode, 301);
  }
  const page = await call(port, '/', 'GET', { origin });
  assert.deepEqual([page.statusCode, page.headers['access-control-allow-origin']], [301, undefined]);
});

test('lets no browser go on after a preflight to send a key in clear', async (t) => {
  const port = await start(t);
  for (const path of ['/geocode/v1/json', '/v1/keys', '/nothing']) {
    const { statusCode, headers } = await call(port, path, 'OPTIONS', {
      origin: 'http://localhost:5173',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-api-key',
    });
    assert.equal(statusCode, 403);
    for (const name of Object.keys(headers)) assert.doesNotMatch(name, /^access-control-/);
  }
});

test('does not redirect to an address that is longer than clients take', async (t) => {
  const { statusCode, headers } = await call(await start(t), `/?q=${'a'.repeat(20_000)}`);
  assert.deepEqual([statusCode, headers.location], [414, undefined]);
});

test('lets no line break into the Location, even where the parser let one through', () => {
  const handler = createPlainHttpHandler({
    router: { ...router, match: () => router.match('GET', '/') },
    publicUrl: 'https://a.example',
    clock: systemClock,
    onPlainRequest: () => undefined,
    onHookError: () => undefined,
  });
  const path = '/\r\nset-cookie: a=b\u0085é';
  const reply = handler(requestOf({ path }));
  assert.ok(!(reply instanceof Promise));
  assert.equal(reply.headers['location'], 'https://a.example/%0D%0Aset-cookie:%20a=b%85%E9');
});

test('shows every request to the hook, and does not wait for it', async (t) => {
  const seen: (string | undefined)[] = [];
  const port = await start(t, {
    onPlainRequest: (request, matched) => {
      seen.push(`${request.query.expose().values.get('key') ?? '-'} ${matched?.operation ?? '-'}`);
      return new Promise(() => undefined);
    },
  });
  await call(port, '/geocode/v1/json?key=k1');
  await call(port, '/v1/keys?key=k2');
  await call(port, '/nothing?key=k3', 'POST');
  assert.deepEqual(seen, ['k1 geocoding.query', 'k2 keys.list', 'k3 -']);
});

test('answers the same when the hook fails, and tells of it', async (t) => {
  const failures: unknown[] = [];
  const options = { onHookError: (error: unknown) => failures.push(error) };
  const throwing = await start(t, {
    ...options,
    onPlainRequest: () => {
      throw new Error('now');
    },
  });
  const rejecting = await start(t, { ...options, onPlainRequest: () => Promise.reject(new Error('later')) });
  assert.equal((await call(throwing, '/')).statusCode, 301);
  assert.equal((await call(rejecting, '/v1/keys')).statusCode, 403);
  assert.deepEqual(failures.map(String), ['Error: now', 'Error: later']);
});

test('redirects an old client that sends no Host', async (t) => {
  const port = await start(t);
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    connect(port, '127.0.0.1', function (this: Socket) {
      this.write('GET /?a=b HTTP/1.0\r\n\r\n');
    })
      .on('data', (chunk) => {
        text += chunk.toString('latin1');
      })
      .on('close', () => resolve(text));
  });
  assert.match(answer, /^HTTP\/1\.1 301 [^]*\r\nlocation: https:\/\/api\.example\.com:8443\/\?a=b\r\n/);
});
