import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { sendPieces } from './edge-pieces.ts';
import { ensureLocalCertificate } from './local-ca.ts';

/** An alert of TLS 1.2, which is the last one where its type can still be read (RFC 5246, A.1); the end has no other. */
const ALERT = 21;

const typesOf = (bytes: Buffer): number[] => {
  const types: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes[at] ?? 0);
  return types;
};

test('an answer to HTTP/1.0 over TLS that breaks off has no end of TLS, and a whole one has it', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'cut-'));
  t.after(() => rm(parent, { recursive: true }));
  const { certPath, keyPath } = await ensureLocalCertificate(parent, { now: Date.now() });
  const [cert, key] = await Promise.all([readFile(certPath), readFile(keyPath)]);
  let isBroken = false;
  async function* pieces(): AsyncGenerator<string> {
    yield 'first';
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (isBroken) throw new Error('broken');
  }
  const server = createHttpsServer({ cert, key, maxVersion: 'TLSv1.2' }, (_request, response) =>
    sendPieces(response, '', pieces()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let told: Buffer[] = [];
  // Stands between, and sees the records.
  const between = createServer((client) => {
    const up = connect((server.address() as AddressInfo).port, '127.0.0.1');
    for (const one of [client, up]) one.on('error', () => undefined);
    up.on('data', (bytes) => told.push(bytes));
    client.pipe(up);
    up.pipe(client);
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
    between.close();
  });
  for (isBroken of [false, true]) {
    told = [];
    const socket = connectTls({
      port: (between.address() as AddressInfo).port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
    });
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
    socket.write('GET / HTTP/1.0\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    assert.match(text, /first$/);
    const types = typesOf(Buffer.concat(told));
    assert.equal(types.includes(ALERT), !isBroken);
  }
});
