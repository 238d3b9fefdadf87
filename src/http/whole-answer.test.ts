import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '../foundation/clock.ts';
import { ensureLocalCertificate } from './local-ca.ts';
import type { Reply, Request } from './route.ts';
import { createEdge, type EdgeOptions } from './server.ts';
import { canSendWhole, proveWhole } from './whole-answer.ts';

/** Only an answer whose headers are frozen goes out whole; the same one with others is written by Node. */
const HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
const FROZEN = Object.freeze({ ...HEADERS });
const LARGE = 'x'.repeat(8 * 1024 * 1024);

const later = <Value>(value: Value, milliseconds = 30): Promise<Value> =>
  new Promise((resolve) => setTimeout(() => resolve(value), milliseconds));

const handler = ({ path, method, query }: Request): Reply | Promise<Reply> => {
  const headers = query.expose().values.has('node') ? { ...HEADERS } : FROZEN;
  const text = { status: 200, headers, body: `${method} ${path}` };
  if (path === '/slow') return later(text);
  if (path === '/extra') return { ...text, extra: ['x-one', '1', 'x-two', 'two words'] };
  if (path === '/bytes') return { ...text, body: 'Z\u00fcrich \u00ff\u0000', isBytes: true };
  if (path === '/utf8') return { ...text, body: 'Z\u00fcrich \u{1f30d}' };
  if (path === '/empty') return { ...text, body: '' };
  if (path === '/large') return { ...text, body: LARGE };
  if (path === '/split') return { ...text, extra: ['x-split', 'a\r\nx-injected: b'] };
  if (path === '/framing') return { ...text, extra: ['content-length', '1'] };
  if (path === '/created') return { ...text, status: 201 };
  if (path === '/reason') return { ...text, reason: 'Fine' };
  return text;
};

interface Place {
  readonly open: () => Promise<Socket>;
}

const start = async (t: TestContext, secure: boolean, options: Partial<EdgeOptions> = {}): Promise<Place> => {
  const dir = await mkdtemp(join(tmpdir(), 'whole-'));
  t.after(() => rm(dir, { recursive: true }));
  const paths = secure ? await ensureLocalCertificate(dir, { now: Date.now() }) : undefined;
  const read = (path: string): Promise<string> => readFile(path, 'utf8');
  const certificate =
    paths === undefined ? undefined : { cert: await read(paths.certPath), key: await read(paths.keyPath) };
  const ca = paths === undefined ? undefined : await read(paths.caPath);
  const edge = createEdge({
    handler,
    onError: () => ({ status: 500, headers: {}, body: 'our fault' }),
    clock: systemClock,
    ...options,
    ...(certificate === undefined ? {} : { certificate }),
  });
  t.after(() => edge.close(0));
  const { port } = await edge.listen({ port: 0, host: '127.0.0.1' });
  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const place = { port, host: '127.0.0.1', allowHalfOpen: true };
      const onOpen = (): void => resolve(socket);
      const socket: Socket =
        ca === undefined
          ? connect(place, onOpen)
          : connectTls({ ...place, servername: 'localhost', ca }, onOpen);
      socket.on('error', reject);
      t.after(() => socket.destroy());
    });
  return { open };
};

const ask = (path: string, { method = 'GET', version = '1.1', fields = '' } = {}): string =>
  `${method} ${path} HTTP/${version}\r\nHost: a.example\r\n${fields}\r\n`;

/** All that comes until the text ends as is wanted, or the connection does. */
const readUntil = (socket: Socket, isDone: (text: string) => boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const finish = (): void => {
      socket.off('data', take);
      socket.off('end', finish);
      resolve(text);
    };
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (isDone(text)) finish();
    };
    socket.on('data', take);
    socket.once('end', finish);
    socket.once('error', reject);
  });

const toEnd = (socket: Socket): Promise<string> => readUntil(socket, () => false);

/** One answer to one request on an open connection. */
const exchange = async (socket: Socket, request: string): Promise<string> => {
  const answer = readUntil(socket, (text) => {
    const end = text.indexOf('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    return end !== -1 && (request.startsWith('HEAD') || text.length >= end + 4 + length);
  });
  socket.write(request);
  return answer;
};

const undated = (text: string): string => text.replaceAll(/Date: [^\r]*/g, 'Date: …');
const bodiesIn = (text: string): string[] =>
  [...text.matchAll(/(?:GET|HEAD|POST) \/[a-z]+/g)].map(([body]) => body);

test('this Node goes on as whole answers rely on', async () => {
  await proveWhole();
  assert.equal(canSendWhole(), true);
});

for (const secure of [false, true])
  describe(`over ${secure ? 'HTTPS' : 'HTTP'}`, () => {
    test('a whole answer has the very bytes that Node would send', async (t) => {
      const socket = await (await start(t, secure)).open();
      for (const path of ['/a', '/extra', '/bytes', '/utf8', '/empty', '/created', '/reason']) {
        const whole = await exchange(socket, ask(path));
        assert.equal(undated(whole), undated(await exchange(socket, ask(`${path}?node`))), path);
        assert.match(
          whole,
          /\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\nConnection: keep-alive\r\n/,
        );
      }
    });

    test('requests on one connection are answered in their order, also those that were sent ahead', async (t) => {
      const socket = await (await start(t, secure)).open();
      for (let turn = 0; turn < 3; turn += 1)
        assert.match(await exchange(socket, ask('/again')), /GET \/again$/);
      const paths = ['/first', '/slow', '/third', '/extra', '/created', '/last'];
      const all = readUntil(socket, (text) => text.endsWith('GET /last'));
      socket.write(paths.map((path) => ask(path)).join(''));
      assert.deepEqual(
        bodiesIn(await all),
        paths.map((path) => `GET ${path}`),
      );
      assert.match(await exchange(socket, ask('/after')), /GET \/after$/);
    });

    test('HEAD has no body, and POST is answered behind its own', async (t) => {
      const socket = await (await start(t, secure)).open();
      assert.match(
        await exchange(socket, ask('/head', { method: 'HEAD' })),
        /content-length: 10\r\n[^]*\r\n\r\n$/,
      );
      const post = ask('/post', { method: 'POST', fields: 'Content-Length: 3\r\n' });
      assert.match(await exchange(socket, `${post}abc`), /POST \/post$/);
      assert.match(await exchange(socket, ask('/after')), /GET \/after$/);
    });

    test('a connection that is to end with its answer does', async (t) => {
      const place = await start(t, secure);
      for (const request of [
        ask('/a', { fields: 'Connection: close\r\n' }),
        ask('/a', { fields: 'CONNECTION: Close\r\n' }),
        ask('/a', { fields: 'Connection: keep-alive, close\r\n' }),
        ask('/a', { version: '1.0' }),
      ]) {
        const socket = await place.open();
        const all = toEnd(socket);
        socket.write(request);
        const answer = await all;
        assert.match(answer, /\r\nConnection: close\r\n/, request);
        assert.match(answer, /GET \/a$/, request);
      }
    });

    test('whoever sends a request and the end of its side together is answered', async (t) => {
      const place = await start(t, secure);
      const socket = await place.open();
      const all = toEnd(socket);
      // Over TLS Node ends its side before it has sent a second one.
      const paths = secure ? ['/one'] : ['/one', '/two'];
      socket.end(paths.map((path) => ask(path)).join(''));
      assert.deepEqual(
        bodiesIn(await all),
        paths.map((path) => `GET ${path}`),
      );
    });

    test('garbage behind a request is answered behind it', async (t) => {
      const socket = await (await start(t, secure)).open();
      const all = toEnd(socket);
      socket.write(`${ask('/good')}\u0001garbage\r\n\r\n`);
      assert.match(await all, /^HTTP\/1\.1 200 [^]*GET \/goodHTTP\/1\.1 4\d\d /);
    });

    test('CONNECT behind a request that is worked on is never answered in its place', async (t) => {
      const socket = await (await start(t, secure)).open();
      const ended = toEnd(socket).catch(() => '');
      socket.write(`${ask('/slow')}CONNECT a.example:1 HTTP/1.1\r\nHost: a.example\r\n\r\n`);
      assert.doesNotMatch(await ended, /not a proxy|HTTP\/1\.1 400/);
    });

    test('no field of an answer can end its line or say how long it is', async (t) => {
      const socket = await (await start(t, secure)).open();
      const split = await exchange(socket, ask('/split'));
      assert.match(split, /^HTTP\/1\.1 500 /);
      assert.doesNotMatch(split, /injected/);
      const whole = await exchange(await (await start(t, secure)).open(), ask('/framing'));
      assert.doesNotMatch(whole, /content-length: 1\r\n[^]*GET \/framing[^]/);
    });

    test('a large answer is taken as slowly as its reader likes, and the connection goes on', async (t) => {
      const socket = await (await start(t, secure)).open();
      const answer = readUntil(socket, (text) => text.length > LARGE.length && text.endsWith('x'));
      socket.pause();
      socket.write(ask('/large'));
      await later(undefined, 100);
      socket.resume();
      const text = await answer;
      assert.equal(text.length - text.indexOf('\r\n\r\n') - 4, LARGE.length);
      assert.match(await exchange(socket, ask('/after')), /GET \/after$/);
    });

    test('whoever does not take a large answer is cut off, and counted', async (t) => {
      let cuts = 0;
      const limits = { answerTimeoutMs: 100, slowestBytesPerSecond: 100_000_000 };
      const hooks = { onCut: () => void (cuts += 1) };
      const socket = await (await start(t, secure, { limits, hooks })).open();
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(ask('/large'));
      for (let turn = 0; turn < 100; turn += 1) {
        if (cuts > 0) break;
        await later(undefined, 50);
      }
      assert.equal(cuts, 1);
    });
  });
