import assert from 'node:assert/strict';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, before, test } from 'node:test';
import {
  startReceiver,
  verifyMessage,
  withStatus,
  type Receiver,
} from '../../test/support/webhook-receiver.ts';
import { createGuard } from './guard.ts';
import type { Resolve } from './resolve.ts';
import { createSend, type Outcome, type SendOptions } from './send.ts';
import { newSecret, signMessage, writeSecret } from './signature.ts';

const LOOPBACK = ['127.0.0.0/8'];
const toLoopback: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
const BODY = '{"type":"test","timestamp":"2026-11-22T12:00:00.000Z","data":{}}';
const secret = newSecret();
const never = new AbortController().signal;

let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
});

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
  receiver.answer(withStatus(204));
});

const sendTo = (
  url: string,
  { resolve = toLoopback, ...options }: Partial<SendOptions> & { readonly resolve?: Resolve } = {},
  stop: AbortSignal = never,
): Promise<Outcome> => {
  const send = createSend({
    guard: createGuard({ networks: LOOPBACK, resolve }),
    version: '0.0.0',
    ca: receiver.ca,
    ...options,
  });
  return send({ url, body: BODY, headers: signMessage([secret], 'dlv_1', BODY, Date.now()) }, stop);
};

/** A server without TLS, which says what the test wants it to. */
const listen = async (onConnection: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

test('a message arrives whole, signed, as JSON, over a connection that is closed', async () => {
  const outcome = await sendTo(receiver.url());
  assert.deepEqual(outcome, { kind: 'answered', status: 204, retryAfter: undefined });
  const taken = receiver.taken.at(-1);
  assert.ok(taken);
  assert.equal(taken.path, 'POST /hooks');
  assert.equal(taken.body, BODY);
  assert.equal(taken.headers['content-type'], 'application/json');
  assert.equal(taken.headers['user-agent'], 'Vouchsafe/0.0.0');
  assert.equal(taken.headers.connection, 'close');
  assert.equal(taken.headers.host, `localhost:${receiver.port}`);
  assert.deepEqual(verifyMessage(writeSecret(secret).expose(), taken), JSON.parse(BODY));
});

test('a redirect is an answer, and is not followed', async () => {
  const seen = receiver.taken.length;
  for (const status of [301, 302, 303, 307, 308]) {
    receiver.answer(withStatus(status, { location: receiver.url() }));
    assert.deepEqual(await sendTo(receiver.url()), { kind: 'answered', status, retryAfter: undefined });
  }
  assert.equal(receiver.taken.length - seen, 5);
});

test('the connection goes to the address that was looked at, whatever the name leads to by then', async () => {
  // DNS rebinding: the first answer is harmless, every one after it is not.
  let questions = 0;
  const rebinding: Resolve = async () => {
    questions += 1;
    return [{ address: questions === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
  };
  assert.equal((await sendTo(receiver.url(), { resolve: rebinding })).kind, 'answered');
  assert.equal(questions, 1);
  assert.deepEqual(await sendTo(receiver.url(), { resolve: rebinding }), {
    kind: 'failed',
    reason: 'not_public',
  });
});

test('what is not public is refused before anything is connected', async () => {
  let connections = 0;
  const port = await listen(() => void (connections += 1));
  const guard = createGuard({ networks: [], resolve: toLoopback });
  for (const host of ['hooks.example', '127.0.0.1'])
    assert.deepEqual(await sendTo(`https://${host}:${port}/`, { guard }), {
      kind: 'failed',
      reason: 'not_public',
    });
  assert.deepEqual(await sendTo(`https://2130706433:${port}/`, { guard }), { kind: 'failed', reason: 'url' });
  assert.deepEqual(await sendTo(`http://localhost:${port}/`), { kind: 'failed', reason: 'url' });
  assert.equal(connections, 0);
});

test('a certificate of nobody known, or of another name, is refused', async () => {
  const seen = receiver.taken.length;
  const strange = createSend({
    guard: createGuard({ networks: LOOPBACK, resolve: toLoopback }),
    version: '0.0.0',
  });
  const message = { body: BODY, headers: signMessage([secret], 'dlv_1', BODY, Date.now()) };
  assert.deepEqual(await strange({ ...message, url: receiver.url() }, never), {
    kind: 'failed',
    reason: 'tls',
  });
  assert.deepEqual(await sendTo(receiver.url('hooks.example')), { kind: 'failed', reason: 'tls' });
  assert.equal((await sendTo(receiver.url('127.0.0.1'))).kind, 'answered');
  assert.equal(receiver.taken.length - seen, 1);
});

test('who does not speak TLS, speaks something else in it, or is not there, is told apart', async () => {
  const plain = await listen((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
  assert.deepEqual(await sendTo(`https://localhost:${plain}/`), { kind: 'failed', reason: 'tls' });
  const silent = await listen((socket) => socket.destroy());
  assert.deepEqual(await sendTo(`https://localhost:${silent}/`), { kind: 'failed', reason: 'connection' });
  receiver.answer((response) => void response.socket?.end('220 smtp.example ESMTP\r\n'));
  assert.deepEqual(await sendTo(receiver.url()), { kind: 'failed', reason: 'protocol' });
  const unused = await startReceiver();
  await unused.close();
  assert.deepEqual(await sendTo(unused.url(), { ca: unused.ca }), { kind: 'failed', reason: 'connection' });
});

test('an answer that never comes, or a name server that never speaks, ends with the deadline', async () => {
  receiver.answer(() => undefined);
  assert.deepEqual(await sendTo(receiver.url(), { deadlineMs: 200 }), { kind: 'failed', reason: 'timeout' });
  const mute: Resolve = (_name, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  const outcome = await sendTo(receiver.url(), { deadlineMs: 100, resolve: mute });
  assert.deepEqual(outcome, { kind: 'failed', reason: 'timeout' });
});

test('an answer that goes on for ever is known by its status; little of it is read', async () => {
  let written = 0;
  receiver.answer((response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(16_384);
    const write = (): void => {
      if (response.destroyed) return;
      written += chunk.length;
      if (response.write(chunk)) setImmediate(write);
      else response.once('drain', write);
    };
    write();
  });
  assert.deepEqual(await sendTo(receiver.url()), { kind: 'answered', status: 200, retryAfter: undefined });
  // What the kernel took on both sides counts as written.
  assert.ok(written < 32_000_000, `${written}`);
  receiver.answer((response) => {
    response.writeHead(500);
    response.write('x');
  });
  const outcome = await sendTo(receiver.url(), { deadlineMs: 300 });
  assert.deepEqual(outcome, { kind: 'answered', status: 500, retryAfter: undefined });
});

test('headers without end, and a switch to another protocol, are no answers', async () => {
  receiver.answer((response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`);
  });
  assert.deepEqual(await sendTo(receiver.url()), { kind: 'failed', reason: 'protocol' });
  receiver.answer((response) => {
    response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
  });
  assert.deepEqual(await sendTo(receiver.url()), { kind: 'failed', reason: 'protocol' });
});

test('who stops the process learns nothing and says nothing', async () => {
  receiver.answer(() => undefined);
  const stop = new AbortController();
  const sending = sendTo(receiver.url(), {}, stop.signal);
  setTimeout(() => stop.abort(), 50);
  assert.deepEqual(await sending, { kind: 'stopped' });
});

test('proxies that the environment names are not used', async () => {
  let asked = 0;
  const proxy = createPlainServer(() => void (asked += 1)).on('connect', (_request, socket) => {
    asked += 1;
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  endings.push(() => proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const script = `
    import { createSend } from ${JSON.stringify(new URL('send.ts', import.meta.url).href)};
    import { createGuard } from ${JSON.stringify(new URL('guard.ts', import.meta.url).href)};
    import { get } from 'node:https';
    const url = ${JSON.stringify(receiver.url('127.0.0.1'))};
    const send = createSend({ guard: createGuard({ networks: ['127.0.0.0/8'] }), version: '0', ca: ${JSON.stringify(receiver.ca)} });
    const headers = { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' };
    const outcome = await send({ url, body: '{}', headers }, new AbortController().signal);
    const usual = await new Promise((done) => get(url, () => done('answer')).on('error', () => done('error')));
    process.stdout.write(JSON.stringify([outcome.status, usual]));`;
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: {
      ...process.env,
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      NO_PROXY: '',
      no_proxy: '',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  // Node's own agent did ask the proxy, so that the test could have failed.
  assert.deepEqual([said, asked], ['[204,"error"]', 1]);
});
