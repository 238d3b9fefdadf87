import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';
import { systemClock } from '../foundation/clock.ts';
import type { Certificate } from './edge-tls.ts';
import { exposeSearch } from './edge-request.ts';
import { ensureLocalCertificate } from './local-ca.ts';
import type { Reply, Request } from './route.ts';
import { createEdge, type Edge, type EdgeOptions } from './server.ts';

// Frozen, as those of the services are, so that answers go out whole wherever they can.
const good: Reply = {
  status: 200,
  headers: Object.freeze({ 'content-type': 'text/plain' }),
  body: 'good',
};

const fail = (): never => {
  throw new Error('inner');
};

const start = async (
  t: TestContext,
  options: Partial<EdgeOptions> = {},
): Promise<{ edge: Edge; port: number }> => {
  const edge = createEdge({
    handler: () => good,
    onError: () => ({ status: 500, headers: {}, body: 'our fault' }),
    clock: systemClock,
    ...options,
  });
  t.after(() => edge.close(0));
  const { port } = await edge.listen({ port: 0, host: '127.0.0.1' });
  return { edge, port };
};

interface Answer {
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const readAnswer = async (message: IncomingMessage): Promise<Answer> => ({
  status: message.statusCode,
  reason: message.statusMessage,
  headers: message.headers,
  body: (await message.toArray()).join(''),
});

const call = (port: number, path = '/', options: { method?: string; agent?: Agent } = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    httpGet({ host: '127.0.0.1', port, path, ...options }, (message) => resolve(readAnswer(message))).on(
      'error',
      reject,
    );
  });

const callTls = (port: number, ca: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    httpsGet({ host: 'localhost', port, ca, agent: false, family: 4 }, (message) =>
      resolve(readAnswer(message)),
    ).on('error', reject);
  });

const localCertificate = async (t: TestContext): Promise<Certificate & { ca: string }> => {
  const dir = await mkdtemp(join(tmpdir(), 'edge-'));
  t.after(() => rm(dir, { recursive: true }));
  const { caPath, certPath, keyPath } = await ensureLocalCertificate(dir, { now: Date.now() });
  const [ca, cert, key] = await Promise.all(
    [caPath, certPath, keyPath].map((path) => readFile(path, 'utf8')),
  );
  return { ca: ca!, cert: cert!, key: key! };
};

test('splits path and query, and shows nothing of a request to whoever prints it', async (t) => {
  let seen: Request | undefined;
  const { port } = await start(t, {
    handler: (request) => {
      seen = request;
      return good;
    },
  });
  await call(port, '/a%2Fb/?q=secret%20place&q=2?');
  assert.ok(seen !== undefined);
  assert.deepEqual(
    [seen.method, seen.path, seen.secure, seen.address.expose()],
    ['GET', '/a%2Fb/', false, '127.0.0.1'],
  );
  assert.deepEqual([...seen.query.expose().values], [['q', 'secret place']]);
  assert.equal(exposeSearch(seen), 'q=secret%20place&q=2?');
  assert.match(String(seen.headers.expose()['host']), /^127\.0\.0\.1:/);
  for (const print of [
    inspect(seen, { depth: 9, showHidden: true }),
    JSON.stringify(seen),
    String(seen.query),
  ]) {
    assert.doesNotMatch(print, /secret|127\.0\.0\.1/);
  }
});

test('writes status, reason, headers and body, as text or as bytes', async (t) => {
  const { port } = await start(t, {
    handler: ({ path }) => ({
      status: 402,
      reason: 'Quota Exceeded',
      headers: { 'x-one': '1' },
      body: path === '/bytes' ? Buffer.from('größer') : 'größer',
    }),
  });
  for (const path of ['/text', '/bytes']) {
    const { status, reason, headers, body } = await call(port, path);
    assert.deepEqual(
      [status, reason, headers['x-one'], body, headers['content-length']],
      [402, 'Quota Exceeded', '1', 'größer', '8'],
    );
  }
});

test('gives every answer the security headers, and tells nobody what it runs on', async (t) => {
  const { port } = await start(t, {
    handler: () => ({
      status: 200,
      body: '',
      headers: { server: 'x', 'x-powered-by': 'y', 'x-frame-options': 'ALLOWALL', vary: 'accept-encoding' },
    }),
  });
  const { headers } = await call(port);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
  assert.equal(headers.vary, 'origin, accept-encoding');
  assert.deepEqual(
    [headers['server'], headers['x-powered-by'], headers['strict-transport-security']],
    [undefined, undefined, undefined],
  );
});

test("keeps a page's own content security policy", async (t) => {
  const { port } = await start(t, {
    handler: () => ({ ...good, headers: { 'content-security-policy': "default-src 'self'" } }),
  });
  assert.equal((await call(port)).headers['content-security-policy'], "default-src 'self'");
});

test('answers HEAD, 204 and 304 without a body', async (t) => {
  const { port } = await start(t, { handler: ({ path }) => ({ ...good, status: Number(path.slice(1)) }) });
  const head = await call(port, '/200', { method: 'HEAD' });
  assert.deepEqual([head.body, head.headers['content-length']], ['', '4']);
  for (const status of [204, 304]) {
    const answer = await call(port, `/${status}`);
    assert.deepEqual([answer.status, answer.body, answer.headers['content-length']], [status, '', undefined]);
  }
});

test('turns whatever a handler throws, rejects with or wrongly returns into an opaque answer', async (t) => {
  const told: unknown[] = [];
  const handlers: Record<string, () => Reply | Promise<Reply>> = {
    '/throws': () => {
      throw new TypeError('inner');
    },
    '/rejects': () => Promise.reject(new TypeError('inner')),
    '/broken-header': () => ({ ...good, headers: { 'x-a': 'b\r\nc: d' } }),
    '/broken-name': () => ({ ...good, headers: { 'x a': 'b' } }),
    '/broken-reason': () => ({ ...good, reason: 'a\r\nb' }),
    '/throws-nothing': () => Promise.reject(undefined),
  };
  const { port } = await start(t, {
    handler: ({ path }) => handlers[path]!(),
    onError: (error) => {
      told.push(error);
      return { status: 500, headers: {}, body: 'our fault' };
    },
  });
  for (const path of Object.keys(handlers)) {
    const { status, body } = await call(port, path);
    assert.deepEqual([status, body], [500, 'our fault'], path);
  }
  assert.equal(told.length, Object.keys(handlers).length);
});

test('still answers when the explanation of an error fails too', async (t) => {
  const { port } = await start(t, { handler: fail, onError: fail });
  const { status, body } = await call(port);
  assert.equal(status, 500);
  assert.equal((JSON.parse(body) as { code: string }).code, 'internal');
});

test('drops the answer for a client that has left, and counts it', async (t) => {
  const entered = Promise.withResolvers<void>();
  const reply = Promise.withResolvers<Reply>();
  const aborted = Promise.withResolvers<void>();
  const { port } = await start(t, {
    handler: ({ path }) => {
      if (path === '/other') return good;
      entered.resolve();
      return reply.promise;
    },
    hooks: { onAborted: () => aborted.resolve() },
  });
  const gone = Promise.withResolvers<void>();
  const request = httpGet({ host: '127.0.0.1', port, agent: false });
  request.on('error', () => undefined).on('close', () => gone.resolve());
  await entered.promise;
  request.destroy();
  await gone.promise;
  // By the time that it has answered others, the server has heard of it.
  for (let round = 0; round < 3; round += 1) await call(port, '/other');
  reply.resolve(good);
  await aborted.promise;
});

test('tells which problems it answered by itself', async (t) => {
  const codes: string[] = [];
  const { port } = await start(t, {
    hooks: { onRefused: (code) => codes.push(code) },
    limits: { lingerMs: 10 },
  });
  await new Promise((resolve) => {
    connect(port, '127.0.0.1', function (this: Socket) {
      this.end('nonsense\r\n\r\n');
    })
      .resume()
      .on('close', resolve);
  });
  assert.deepEqual(codes, ['malformed_request']);
});

test('speaks TLS 1.2 and 1.3 with a client that trusts the CA, and nothing older', async (t) => {
  const { ca, ...certificate } = await localCertificate(t);
  const { port } = await start(t, { certificate });
  assert.equal((await callTls(port, ca)).body, 'good');
  const handshake = (
    version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3',
    ciphers?: string,
  ): Promise<string | null> =>
    new Promise((resolve) => {
      const socket = connectTls(
        {
          port,
          host: '127.0.0.1',
          servername: 'localhost',
          ca,
          minVersion: version,
          maxVersion: version,
          ...(ciphers === undefined ? {} : { ciphers }),
        },
        () => {
          resolve(socket.getProtocol());
          socket.destroy();
        },
      );
      socket.on('error', () => resolve('refused'));
    });
  assert.equal(await handshake('TLSv1.3'), 'TLSv1.3');
  assert.equal(await handshake('TLSv1.2'), 'TLSv1.2');
  for (const old of ['TLSv1', 'TLSv1.1'] as const)
    assert.equal(await handshake(old, 'DEFAULT@SECLEVEL=0'), 'refused');
  assert.equal(await handshake('TLSv1.2', 'ECDHE-ECDSA-AES128-SHA'), 'refused');
});

test('pins HTTPS for a public host only', async (t) => {
  const { ca, ...certificate } = await localCertificate(t);
  const pinned = async (publicHost: string): Promise<string | undefined> => {
    const { port } = await start(t, { certificate, publicHost });
    return (await callTls(port, ca)).headers['strict-transport-security'];
  };
  assert.equal(await pinned('api.example.com'), 'max-age=63072000');
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '[::1]', '192.0.2.1', ''])
    assert.equal(await pinned(host), undefined, host);
});

test('survives plain HTTP on the TLS port, a broken handshake and one that never ends', async (t) => {
  const { ca, ...certificate } = await localCertificate(t);
  const { port } = await start(t, { certificate, limits: { handshakeTimeoutMs: 200 } });
  const send = (bytes: string): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        if (bytes !== '') socket.write(Buffer.from(bytes, 'latin1'));
      });
      socket
        .resume()
        .on('error', () => undefined)
        .on('close', () => resolve());
    });
  await Promise.all([send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), send('\x16\x03\x01\x00\x05hello'), send('')]);
  assert.equal((await callTls(port, ca)).status, 200);
});

test('serves new connections with a new certificate, and refuses one that does not fit its key', async (t) => {
  const first = await localCertificate(t);
  const second = await localCertificate(t);
  const { edge, port } = await start(t, { certificate: { cert: first.cert, key: first.key } });
  await callTls(port, first.ca);
  assert.throws(() => edge.setCertificate({ cert: first.cert, key: second.key }));
  await callTls(port, first.ca);
  edge.setCertificate({ cert: second.cert, key: second.key });
  await callTls(port, second.ca);
  await assert.rejects(callTls(port, first.ca));
});

test('answers what is under way when it closes, and takes nothing new', { timeout: 20_000 }, async (t) => {
  const entered = Promise.withResolvers<void>();
  const reply = Promise.withResolvers<Reply>();
  const { edge, port } = await start(t, {
    handler: ({ path }) => {
      if (path !== '/slow') return good;
      entered.resolve();
      return reply.promise;
    },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  await call(port, '/', { agent });
  const underWay = call(port, '/slow');
  await entered.promise;
  const fresh = connect(port, '127.0.0.1').on('error', () => undefined);
  await new Promise((resolve) => fresh.once('connect', resolve));
  // A connection that is served shows that the one before it has been accepted.
  await call(port);
  const closed = edge.close(60_000);
  await assert.rejects(call(port));
  reply.resolve(good);
  const { status, headers } = await underWay;
  assert.deepEqual([status, headers.connection], [200, 'close']);
  // With an idle and a silent connection open, only the grace of a minute could hold this up.
  await closed;
  await edge.close(60_000);
});

test('destroys what has not ended within the grace', { timeout: 20_000 }, async (t) => {
  const { ca, ...certificate } = await localCertificate(t);
  const never = new Promise<Reply>(() => undefined);
  const entered = Promise.withResolvers<void>();
  const plain = await start(t, {
    handler: () => {
      entered.resolve();
      return never;
    },
  });
  const hanging = call(plain.port);
  await entered.promise;
  await Promise.all([assert.rejects(hanging), plain.edge.close(20)]);

  const tls = await start(t, { certificate, limits: { handshakeTimeoutMs: 120_000 } });
  const handshaking = connect(tls.port, '127.0.0.1').on('error', () => undefined);
  await new Promise((resolve) => handshaking.once('connect', resolve));
  await callTls(tls.port, ca);
  await tls.edge.close(20);
});

test('lets two edges share one port', async (t) => {
  const first = createEdge({ handler: () => good, onError: () => good, clock: systemClock });
  const second = createEdge({ handler: () => good, onError: () => good, clock: systemClock });
  t.after(() => Promise.all([first.close(0), second.close(0)]));
  const { port } = await first.listen({ port: 0, host: '127.0.0.1', reusePort: true });
  assert.equal((await second.listen({ port, host: '127.0.0.1', reusePort: true })).port, port);
});

test('takes up several new connections in each turn of its loop where the port is shared', async (t) => {
  const edge = createEdge({ handler: () => good, onError: () => good, clock: systemClock });
  t.after(() => edge.close(0));
  const { port } = await edge.listen({ port: 0, host: '127.0.0.1', reusePort: true });
  let turns = 0;
  const answered: number[] = [];
  const sockets = await Promise.all(
    Array.from({ length: 96 }, async () => {
      const socket = connect(port, '127.0.0.1');
      socket.once('data', () => answered.push(turns)).on('error', () => undefined);
      t.after(() => socket.destroy());
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      return socket;
    }),
  );
  while (answered.length < 96) {
    turns += 1;
    // A turn that is as long as one under load: everything that can happen in it does.
    const until = performance.now() + 5;
    while (performance.now() < until);
    await new Promise((resolve) => setImmediate(resolve));
  }
  // From one queue each takes a turn of its own.
  assert.ok(turns < 96, `${turns} turns`);
  assert.ok(sockets.every((socket) => !socket.destroyed));
});

test('says when a port is taken', async (t) => {
  const { port } = await start(t);
  const other = createEdge({ handler: () => good, onError: () => good, clock: systemClock });
  await assert.rejects(other.listen({ port, host: '127.0.0.1' }), { code: 'EADDRINUSE' });
  await other.close(0);
});

test('listens on loopback addresses only when told so', async (t) => {
  const edge = createEdge({ handler: () => good, onError: () => good, clock: systemClock });
  t.after(() => edge.close(0));
  const { port } = await edge.listenOnLoopback(0);
  assert.equal((await call(port)).status, 200);
  // Another program may have this port on another loopback address; a listener on all addresses would be in its way.
  const neighbour = createEdge({ handler: () => good, onError: () => good, clock: systemClock });
  t.after(() => neighbour.close(0));
  if (process.platform === 'linux') await neighbour.listen({ port, host: '127.0.0.2' });
});
