import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { sendPieces } from './edge-pieces.ts';
import type { Reply } from './route.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server whose every answer is these pieces, and the answer to one request. */
const ask = async (
  pieces: () => NonNullable<Reply['pieces']>,
  limits?: Parameters<typeof sendPieces>[3],
): Promise<IncomingMessage> => {
  const server = createServer((_request, response) => sendPieces(response, '', pieces(), limits));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const [message] = (await once(request, 'response')) as [IncomingMessage];
  return message;
};

test('sends every piece in its order, however slowly they are read', async () => {
  const piece = (index: number): string => `${String(index).padStart(65_535, '.')}\n`;
  let made = 0;
  const message = await ask(function* () {
    for (; made < 200; made += 1) yield piece(made);
  });
  let text = '';
  message.setEncoding('utf8');
  for await (const chunk of message as AsyncIterable<string>) text += chunk;
  assert.equal(made, 200);
  assert.deepEqual(
    text
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.replaceAll('.', ''))),
    Array.from({ length: 200 }, (_, index) => index),
  );
});

test('makes no more pieces for a reader who has left', async () => {
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const message = await ask(function* () {
    try {
      for (;;) yield 'x'.repeat(65_536);
    } finally {
      ended();
    }
  });
  message.destroy();
  await end;
});

test('cuts the connection where a piece cannot be made, so that the answer does not look whole', async () => {
  const message = await ask(function* () {
    yield 'first';
    throw new Error('broken');
  });
  message.resume();
  const [error] = (await once(message, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  assert.equal(message.complete, false);
});

test('sends pieces that have to be waited for, texts and bytes alike', async () => {
  const message = await ask(async function* () {
    yield 'grö';
    await new Promise(setImmediate);
    yield Buffer.from('ßer');
  });
  assert.equal(Buffer.concat(await message.toArray()).toString(), 'größer');
});

test('makes no more of them for a reader who has left', async () => {
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const message = await ask(async function* () {
    try {
      for (;;) yield Buffer.alloc(65_536);
    } finally {
      ended();
    }
  });
  message.destroy();
  await end;
});

test('cuts the connection where the next cannot be had', async () => {
  const message = await ask(async function* () {
    yield 'first';
    await new Promise(setImmediate);
    throw new Error('broken');
  });
  message.resume();
  const [error] = (await once(message, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  assert.equal(message.complete, false);
});

test('lets go of what it holds for a reader who takes nothing any more', async () => {
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const message = await ask(
    async function* () {
      try {
        for (;;) yield Buffer.alloc(1_000_000);
      } finally {
        ended();
      }
    },
    { answerTimeoutMs: 100, slowestBytesPerSecond: 100_000_000 },
  );
  message.pause();
  await end;
  message.destroy();
});

for (const head of ['HTTP/1.0', 'HTTP/1.1\r\nhost: x', 'HTTP/1.1\r\nhost: x\r\nconnection: close'])
  test(`what breaks off never looks whole: ${head.replaceAll('\r\n', ', ')}`, async () => {
    let begin: () => void = () => undefined;
    const isRead = new Promise<void>((resolve) => {
      begin = resolve;
    });
    async function* pieces(): AsyncGenerator<string> {
      yield 'first';
      await isRead;
      throw new Error('broken');
    }
    const server = createServer((_request, response) => sendPieces(response, '', pieces()));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    let isReset = false;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      isReset = error.code === 'ECONNRESET';
    });
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (text.includes('first')) begin();
    });
    socket.write(`GET / ${head}\r\n\r\n`);
    await new Promise((resolve) => {
      socket.once('close', resolve);
    });
    assert.match(text, /first/);
    const isChunked = /\r\ntransfer-encoding: chunked\r\n/i.test(text);
    assert.ok(isReset || (isChunked && !text.endsWith('0\r\n\r\n')), text);
  });

test('cuts who does not take the last of an answer, though it was all made', async () => {
  const closed: boolean[] = [];
  const limits = { answerTimeoutMs: 100, slowestBytesPerSecond: 100_000_000_000 };
  const server = createServer({ highWaterMark: 100_000_000 }, (_request, response) => {
    response.once('close', () => closed.push(response.writableFinished));
    // Less than what may wait, so that it is not watched by itself.
    sendPieces(response, '', ['x'.repeat(50_000_000)], limits);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  while (closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(closed, [false]);
  socket.destroy();
});
