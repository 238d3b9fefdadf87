import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, test } from 'node:test';
import { createResolve, NameUnknown } from './resolve.ts';

/** An answer's records as bytes, or its code (RFC 1035 §4.1.1); nothing for no answer at all. */
type Zone = (name: string, type: 'A' | 'AAAA') => readonly Buffer[] | number | undefined;

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const readName = (question: Buffer): string => {
  const labels: string[] = [];
  for (let at = 12; question[at] !== 0; at += (question[at] ?? 0) + 1)
    labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] ?? 0)));
  return labels.join('.');
};

/** A name server on loopback, over UDP (RFC 1035 §4.2.1). */
const serveNames = async (zone: Zone): Promise<string> => {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.on('message', (message, { port, address }) => {
    const end = message.indexOf(0, 12) + 5;
    const found = zone(readName(message), message.readUInt16BE(end - 4) === 1 ? 'A' : 'AAAA');
    if (found === undefined) return;
    const records = typeof found === 'number' ? [] : found;
    const head = Buffer.from(message.subarray(0, 12));
    head.writeUInt16BE(0x8180 | (typeof found === 'number' ? found : 0), 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    const answers = records.map((data) => {
      const record = Buffer.from([
        0xc0,
        12,
        0,
        data.length === 4 ? 1 : 28,
        0,
        1,
        0,
        0,
        0,
        60,
        0,
        data.length,
      ]);
      return Buffer.concat([record, data]);
    });
    socket.send(Buffer.concat([head, message.subarray(12, end), ...answers]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return `127.0.0.1:${socket.address().port}`;
};

const V4 = Buffer.from([93, 184, 215, 14]);
const V6 = Buffer.from('20010db8000000000000000000000001', 'hex');
const never = new AbortController().signal;
const [NO_SUCH_NAME, SERVER_FAILURE] = [3, 2];

test('a name’s addresses of both kinds are found', async () => {
  const server = await serveNames((name, type) =>
    name === 'both.example' ? [type === 'A' ? V4 : V6] : NO_SUCH_NAME,
  );
  assert.deepEqual(await createResolve([server])('both.example', never), [
    { address: '93.184.215.14', family: 4 },
    { address: '2001:db8::1', family: 6 },
  ]);
});

test('one kind is enough, and a name that is not there has none', async () => {
  const server = await serveNames((name, type) =>
    name === 'four.example' ? (type === 'A' ? [V4] : []) : NO_SUCH_NAME,
  );
  const resolve = createResolve([server]);
  assert.deepEqual(await resolve('four.example', never), [{ address: '93.184.215.14', family: 4 }]);
  assert.deepEqual(await resolve('none.example', never), []);
});

test('a name server that fails says nothing about a name', async () => {
  const server = await serveNames(() => SERVER_FAILURE);
  await assert.rejects(createResolve([server])('any.example', never), NameUnknown);
});

test('a name server that is silent is not waited for longer than one wants to wait', async () => {
  const server = await serveNames(() => undefined);
  await assert.rejects(createResolve([server])('any.example', AbortSignal.timeout(100)), {
    name: 'TimeoutError',
  });
});

test('a name in this machine’s own list of hosts is not looked up there', async () => {
  const server = await serveNames(() => NO_SUCH_NAME);
  assert.deepEqual(await createResolve([server])('localhost', never), []);
});
