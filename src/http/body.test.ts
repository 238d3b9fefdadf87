/** Bodies over real sockets: whole, in pieces, broken off, too long, too many. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { systemClock } from '../foundation/clock.ts';
import { createBodyBuffer } from './body-buffer.ts';
import type { EdgeLimits } from './edge-limits.ts';
import type { Request } from './route.ts';
import { createEdge } from './server.ts';

interface Place {
  readonly port: number;
  readonly seen: Request[];
}

/** Answers with the length of what came. */
const start = async (t: TestContext, limits: Partial<EdgeLimits> = {}): Promise<Place> => {
  const seen: Request[] = [];
  const edge = createEdge({
    handler: (request) => {
      seen.push(request);
      return { status: 200, headers: {}, body: String(request.body.expose().length) };
    },
    onError: () => ({ status: 500, headers: {}, body: '' }),
    clock: systemClock,
    limits: { lingerMs: 50, ...limits },
  });
  t.after(() => edge.close(0));
  const { port } = await edge.listen({ port: 0, host: '127.0.0.1' });
  return { port, seen };
};

const send = (
  port: number,
  method: string,
  pieces: readonly string[],
  headers = {},
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = requestHttp({ host: '127.0.0.1', port, method, headers, agent: false }, resolve);
    sent.on('error', reject);
    for (const piece of pieces) sent.write(piece);
    sent.end();
  });

const textOf = async (message: IncomingMessage): Promise<string> => (await message.toArray()).join('');

/** Begins a request with these bytes and leaves it at that. */
const begin = async (port: number, bytes: string): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
};

const head = (length: number): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

test('hands on the bytes of a body as they came, and shows them to nobody who prints the request', async (t) => {
  const { port, seen } = await start(t);
  await send(port, 'POST', ['{"secret":', '"größer"}']);
  await send(port, 'DELETE', ['abc'], { 'content-length': '3' });
  const texts = seen.map(({ body }) => Buffer.from(body.expose()).toString());
  assert.deepEqual(texts, ['{"secret":"größer"}', 'abc']);
  for (const print of [inspect(seen[0], { depth: 9, showHidden: true }), JSON.stringify(seen[0])])
    assert.doesNotMatch(print, /secret|größer/);
});

test('gives all requests without a body the same empty one, and keeps nothing of what comes with GET', async (t) => {
  const { port, seen } = await start(t);
  await send(port, 'POST', []);
  await send(port, 'GET', []);
  await send(port, 'GET', ['abc'], { 'content-length': '3' });
  assert.equal(seen.length, 3);
  for (const { body } of seen) assert.equal(body.expose().length, 0);
  assert.equal(seen[1]!.body, seen[2]!.body);
});

test('takes a body of exactly the longest length, and answers a longer one with 413', async (t) => {
  const { port, seen } = await start(t, { maxBodyBytes: 1000 });
  assert.equal(await textOf(await send(port, 'POST', ['x'.repeat(1000)])), '1000');
  for (const headers of [{ 'content-length': '1001' }, { 'transfer-encoding': 'chunked' }]) {
    const answer = await send(port, 'POST', ['x'.repeat(500), 'x'.repeat(501)], headers);
    assert.equal(answer.statusCode, 413);
    assert.match(await textOf(answer), /"code":"body_too_large"/);
  }
  assert.equal(seen.length, 1);
});

test('never serves a request whose body was broken off', async (t) => {
  const { port, seen } = await start(t);
  const socket = await begin(port, `${head(10)}abc`);
  socket.destroy();
  assert.equal(await textOf(await send(port, 'POST', ['ok'])), '2');
  assert.equal(seen.length, 1);
});

test('asks for a body that waits to be asked for, and hands it on', async (t) => {
  const { port } = await start(t);
  const sent = requestHttp({
    host: '127.0.0.1',
    port,
    method: 'PUT',
    agent: false,
    headers: { expect: '100-continue', 'content-length': '4' },
  });
  sent.flushHeaders();
  await once(sent, 'continue');
  sent.end('abcd');
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  assert.equal(await textOf(answer), '4');
});

test('takes the room for too many bodies from the one that has dawdled longest, and from no other', async (t) => {
  const { port, seen } = await start(t, { maxBodyBytes: 1000, maxHeldBytes: 2500 });
  const dawdle = async (): Promise<{ readonly socket: Socket; readonly answer: Promise<string> }> => {
    const socket = await begin(port, head(1000) + 'x'.repeat(999));
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    // By the time that it has answered others, the server has heard of it.
    for (let round = 0; round < 3; round += 1) await textOf(await send(port, 'POST', ['y']));
    t.after(() => socket.destroy());
    return { socket, answer };
  };
  const longest = await dawdle();
  const others = [await dawdle(), await dawdle()];
  assert.match(await longest.answer, /^HTTP\/1\.1 503 [^]*retry-after: 1\r\n[^]*"code":"unavailable"/);
  for (const { socket, answer } of others) {
    socket.write('x');
    assert.match(await answer, /^HTTP\/1\.1 200 [^]*1000$/);
  }
  assert.equal(seen.filter(({ body }) => body.expose().length === 1000).length, 2);
});

test('puts a body together the same way however it was cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 }), (chunks) => {
      const buffer = createBodyBuffer();
      for (const chunk of chunks) buffer.add(chunk);
      return Buffer.concat(chunks).equals(buffer.take());
    }),
  );
});
