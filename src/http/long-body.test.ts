/** Bodies longer than strangers may send: read when the caller is known, whole or piece by piece, at a pace, within a room. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Caller } from '../foundation/caller.ts';
import { systemClock } from '../foundation/clock.ts';
import { newId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import { ok, refused } from '../foundation/result.ts';
import type { EdgeLimits } from './edge-limits.ts';
import { createPipeline } from './pipeline.ts';
import { streamOf } from './request-stream.ts';
import { defineRoute, type AnyRoute, type Reply, type Request } from './route.ts';
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
const MOST = 1_000_000;
const answer = (body: string): Reply => ({ status: 200, headers: {}, body });

const route = (changes: Partial<AnyRoute>): AnyRoute =>
  defineRoute({
    operation: 'thing.do',
    method: 'POST',
    path: '/thing',
    access: { secretKey: 'geocoding:read' },
    cost: 1,
    overPlainHttp: 'refuse',
    docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
    parse: (request) => request.body.expose(),
    handle: (body: Uint8Array) => answer(String(body.length)),
    ...changes,
  });

interface Place {
  readonly port: number;
  /** Codes of what ended streams early. */
  readonly ends: string[];
}

/** Places that take long bodies, and callers who are known by the header `x-who: known`. */
const start = async (
  t: TestContext,
  limits: Partial<EdgeLimits> = {},
  identified: Promise<void> = Promise.resolve(),
): Promise<Place> => {
  const ends: string[] = [];
  const routes = [
    route({ body: { maxBytes: MOST } }),
    route({ operation: 'short.do', path: '/short' }),
    route({ operation: 'named.do', path: '/named/:name', body: { maxBytes: MOST } }),
    route({
      operation: 'stream.do',
      path: '/stream',
      streamsBody: true,
      parse: (request) => request,
      handle: async (request: Request) => {
        const hash = createHash('sha256');
        try {
          for await (const piece of streamOf(request)) hash.update(piece);
        } catch (error) {
          ends.push(error instanceof Problem ? error.code : 'bug');
          throw error;
        }
        return answer(hash.digest('hex'));
      },
    }),
    route({
      operation: 'early.do',
      path: '/early',
      streamsBody: true,
      parse: () => undefined,
      handle: () => answer('enough'),
    }),
  ];
  const router = createRouter(routes);
  const handler = createPipeline({
    router,
    clock: systemClock,
    publicOrigin: undefined,
    steps: {
      identify: async (request) => {
        await identified;
        return request.exposeHeader('x-who') === 'known' ? ok(caller) : refused('invalid');
      },
      limit: () => ok(undefined),
      readLimits: () => [],
      authorise: async () => ok(undefined),
      noteChange: () => undefined,
      meter: () => undefined,
      refund: () => undefined,
      admitStranger: () => true,
      reportBug: () => undefined,
    },
  });
  const edge = createEdge({
    handler,
    onError: () => ({ status: 500, headers: {}, body: '' }),
    bodyOf: router.bodyOf,
    clock: systemClock,
    limits: { lingerMs: 200, ...limits },
  });
  t.after(() => edge.close(0));
  const { port } = await edge.listen({ port: 0, host: '127.0.0.1' });
  return { port, ends };
};

const KNOWN = { 'x-who': 'known' } as const;

const open = (port: number, path: string, headers: Record<string, string>, agent?: Agent): ClientRequest =>
  requestHttp({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: agent ?? false });

const answerTo = async (sent: ClientRequest): Promise<{ message: IncomingMessage; text: string }> => {
  sent.on('error', () => undefined);
  const [message] = (await once(sent, 'response')) as [IncomingMessage];
  return { message, text: (await message.toArray()).join('') };
};

const post = (
  port: number,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = KNOWN,
  agent?: Agent,
): ReturnType<typeof answerTo> => {
  const sent = open(port, path, headers, agent);
  const answered = answerTo(sent);
  sent.end(body);
  return answered;
};

const CHUNKED = { ...KNOWN, 'transfer-encoding': 'chunked' };

test('reads a long body whole, of a known length or in chunks, and the connection goes on', async (t) => {
  const { port } = await start(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (const headers of [KNOWN, CHUNKED, KNOWN]) {
    for (const path of ['/thing', '/named/a']) {
      const { message, text } = await post(port, path, Buffer.alloc(MOST, 'x'), headers, agent);
      assert.equal(text, String(MOST));
      assert.equal(message.headers.connection, 'keep-alive');
      ports.add(message.socket?.localPort);
    }
  }
  assert.equal((await post(port, '/thing', 'short', KNOWN, agent)).text, '5');
});

test('answers a body that is longer than its place takes with 413', async (t) => {
  const { port } = await start(t);
  const body = Buffer.alloc(MOST + 1, 'x');
  for (const [path, headers] of [
    ['/thing', KNOWN],
    ['/thing', CHUNKED],
    ['/short', KNOWN],
    ['/short', CHUNKED],
    ['/nowhere', KNOWN],
  ] as const) {
    const { message, text } = await post(port, path, body, headers);
    assert.equal(message.statusCode, 413, path);
    assert.match(text, /"code":"body_too_large"/);
    assert.equal(message.headers.connection, 'close');
  }
});

test('reads nothing more of a body while nobody knows whose it is, and refuses strangers readably', async (t) => {
  let known: () => void = () => undefined;
  const { port } = await start(t, {}, new Promise<void>((resolve) => (known = resolve)));
  const sent = open(port, '/stream', { 'content-length': String(256 * 1024 * 1024) });
  const answered = answerTo(sent);
  let isWritten = false;
  sent.write(Buffer.alloc(64 * 1024 * 1024), () => {
    isWritten = true;
  });
  // By the time that it has answered others many times, it would have read on.
  for (let round = 0; round < 20; round += 1) await post(port, '/nowhere', '');
  assert.equal(isWritten, false);
  known();
  const { message, text } = await answered;
  assert.equal(message.statusCode, 401);
  assert.match(text, /"code":"invalid_key"/);
  sent.destroy();
});

test('asks for a body that waits to be asked for when its caller is known, and never a stranger for his', async (t) => {
  const { port } = await start(t);
  const waiting = { 'content-length': String(MOST), expect: '100-continue' };
  const stranger = open(port, '/thing', waiting);
  let isAsked = false;
  stranger.once('continue', () => {
    isAsked = true;
  });
  stranger.flushHeaders();
  assert.equal((await answerTo(stranger)).message.statusCode, 401);
  assert.equal(isAsked, false);

  const sent = open(port, '/thing', { ...KNOWN, ...waiting });
  sent.flushHeaders();
  await once(sent, 'continue');
  const answered = answerTo(sent);
  sent.end(Buffer.alloc(MOST));
  assert.equal((await answered).text, String(MOST));
});

test('hands a stream on piece by piece, the same bytes at any length', async (t) => {
  const { port } = await start(t);
  for (const length of [0, 1, 65_536, 65_537, 30_000_000]) {
    const body = Buffer.alloc(length, 'abcdefg');
    const { text } = await post(port, '/stream', body);
    assert.equal(text, createHash('sha256').update(body).digest('hex'));
  }
});

test('tells the handler of a stream that its client has gone', async (t) => {
  const { port, ends } = await start(t);
  const sent = open(port, '/stream', CHUNKED);
  sent.on('error', () => undefined);
  sent.write(Buffer.alloc(100_000));
  await new Promise((resolve) => setTimeout(resolve, 50));
  sent.destroy();
  while (ends.length === 0) await post(port, '/thing', 'x');
  assert.deepEqual(ends, ['client_gone']);
});

test('cuts a sender who stops in the middle, and tells him so', async (t) => {
  const { port, ends } = await start(t, { betweenBytesMs: 100, checkIntervalMs: 20 });
  for (const path of ['/thing', '/stream']) {
    const sent = open(port, path, CHUNKED);
    const answered = answerTo(sent);
    sent.write(Buffer.alloc(100_000));
    const { message, text } = await answered;
    assert.equal(message.statusCode, 408);
    assert.match(text, /"code":"request_timeout"/);
  }
  assert.deepEqual(ends, ['request_timeout']);
});

test('cuts a sender whose bytes drip, of a short body and of a long one', async (t) => {
  const { port } = await start(t, {
    requestTimeoutMs: 200,
    betweenBytesMs: 10_000,
    slowestBytesPerSecond: 1_000_000,
    checkIntervalMs: 20,
  });
  for (const path of ['/thing', '/short']) {
    const sent = open(port, path, CHUNKED);
    const answered = answerTo(sent);
    const drip = setInterval(() => sent.write('x'), 20);
    assert.equal((await answered).message.statusCode, 408);
    clearInterval(drip);
  }
});

test('answers before the end of a body where the handler wants no more of it, and closes', async (t) => {
  const { port } = await start(t);
  const { message, text } = await post(port, '/early', Buffer.alloc(5_000_000));
  assert.equal(text, 'enough');
  assert.equal(message.headers.connection, 'close');
});

/** Begins a long body with these headers and leaves it at that. */
const dawdle = async (t: TestContext, port: number, who: string, bytes: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  socket.write(
    `POST /thing HTTP/1.1\r\nHost: a\r\nX-Who: ${who}\r\nContent-Length: ${MOST}\r\n\r\n${'x'.repeat(bytes)}`,
  );
  for (let round = 0; round < 5; round += 1) await post(port, '/thing', 'y');
  return socket;
};

const firstOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));

test('takes the room for long bodies from the one that has dawdled longest', async (t) => {
  const { port } = await start(t, { maxHeldOfKnown: 1_500_000 });
  const first = await dawdle(t, port, 'known', 600_000);
  const answered = firstOf(first);
  const second = await dawdle(t, port, 'known', 600_000);
  const third = await dawdle(t, port, 'known', 600_000);
  assert.match(await answered, /^HTTP\/1\.1 503 [^]*"code":"unavailable"/);
  for (const socket of [second, third]) {
    const whole = firstOf(socket);
    socket.write('x'.repeat(MOST - 600_000));
    assert.match(await whole, /^HTTP\/1\.1 (200|503) /);
  }
});

test('strangers who send long bodies take the room of strangers and of nobody else', async (t) => {
  const { port } = await start(t, { maxHeldBytes: 300_000 });
  const known = await dawdle(t, port, 'known', 500_000);
  const strangers = await Promise.all(
    Array.from({ length: 20 }, async () => firstOf(await dawdle(t, port, 'nobody', 100_000))),
  );
  for (const text of strangers) assert.match(text, /^HTTP\/1\.1 401 /);
  const whole = firstOf(known);
  known.write('x'.repeat(MOST - 500_000));
  assert.match(await whole, /^HTTP\/1\.1 200 /);
});

test('refuses a public route that would read long bodies', () => {
  for (const changes of [{ body: { maxBytes: MOST } }, { streamsBody: true }] as const) {
    assert.throws(() => createRouter([route({ access: { public: 'a test' }, ...changes })]), /longer body/);
  }
});
