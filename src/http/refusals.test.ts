/** Strangers who are refused at a pace, on real sockets. Nothing here looks at a clock: a pace of nearly nothing stands still. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '../foundation/clock.ts';
import { makeLocalCertificate } from '../../test/support/local-certificate.ts';
import type { RefusalPace } from './refusals.ts';
import type { Reply, Request } from './route.ts';
import { createEdge, type Edge, type EdgeOptions } from './server.ts';

const { certificate, ca } = await makeLocalCertificate();

/** One refusal, and then none for as long as any test lasts. */
const STILL: Partial<RefusalPace> = { perSecond: 0.001, atOnce: 1, mostSeconds: 1e9 };

const refusal: Reply = { status: 401, headers: {}, body: 'who?', isRefusal: true };
const good: Reply = { status: 200, headers: Object.freeze({}), body: 'good' };

interface Place {
  readonly port: number;
  readonly edge: Edge;
  /** Paths that reached the handler. */
  readonly seen: string[];
  cuts: number;
  /** Codes of what the edge itself refused. */
  readonly ownRefusals: string[];
}

/** `/good…` comes from somebody, `/open…` from nobody who needs to be known, all else is refused. */
const answer = (request: Request): Reply | Promise<Reply> => {
  const { path } = request;
  if (path.startsWith('/good')) request.noteKnown?.();
  const reply = path.startsWith('/good') || path.startsWith('/open') ? good : refusal;
  if (path.endsWith('/never')) return new Promise(() => undefined);
  return path.endsWith('/later') ? pause(5).then(() => reply) : reply;
};

const open = async (
  t: TestContext,
  refusalPace: Partial<RefusalPace>,
  options: Partial<EdgeOptions> = {},
): Promise<Place> => {
  const seen: string[] = [];
  const edge = createEdge({
    handler: (request) => {
      seen.push(request.path);
      return answer(request);
    },
    onError: () => ({ status: 500, headers: {}, body: '' }),
    clock: systemClock,
    refusalPace,
    hooks: { onCut: () => (place.cuts += 1), onRefused: (code) => place.ownRefusals.push(code) },
    ...options,
  });
  t.after(() => edge.close(0));
  const { port } = await edge.listen({ port: 0, host: '127.0.0.1' });
  const place: Place = { port, edge, seen, cuts: 0, ownRefusals: [] };
  return place;
};

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** A connection that sends this, and all that it was answered. */
const begin = async (
  t: TestContext,
  port: number,
  bytes: string,
): Promise<{ readonly socket: Socket; text: string }> => {
  const socket = connect({ port, host: '127.0.0.1' });
  const client = { socket, text: '' };
  socket.on('error', () => undefined).on('data', (chunk) => (client.text += String(chunk)));
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  socket.write(bytes);
  return client;
};

const statusesIn = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!);

/** One request over a new connection; its status, and 0 where the connection was closed instead. */
const ask = (port: number, path: string): Promise<number> =>
  new Promise((resolve) => {
    requestHttp({ host: '127.0.0.1', port, path, agent: false }, (message) => {
      message.resume().on('end', () => resolve(message.statusCode ?? 0));
    })
      .on('error', () => resolve(0))
      .end();
  });

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await pause(5);
};

/** Long enough for anything that would be done to be done: others are served meanwhile. */
const serveOthers = async (port: number): Promise<void> => {
  for (let round = 0; round < 20; round += 1) assert.equal(await ask(port, '/good'), 200);
};

describe('a connection that was refused', () => {
  it('has nothing else looked at until the answer is out, however much was sent ahead', async (t) => {
    const place = await open(t, STILL);
    const { port, seen } = place;
    const { socket } = await begin(t, port, get('/1') + get('/2') + get('/3') + get('/good/4'));
    await until(() => seen.includes('/2'));
    // A turn later: what one turn brings is read together.
    await pause(20);
    socket.write(get('/5').repeat(2000));
    await serveOthers(port);
    // More than may be sent ahead, had it been read.
    assert.deepEqual(place.ownRefusals, []);
    assert.deepEqual(
      seen.filter((path) => path !== '/good'),
      ['/1', '/2'],
    );
  });

  it('has its requests looked at one by one, also where that takes a while', async (t) => {
    const { port, seen } = await open(t, STILL);
    const client = await begin(t, port, get('/1'));
    await until(() => client.text !== '');
    client.socket.write(get('/never') + get('/3'));
    await until(() => seen.includes('/never'));
    await serveOthers(port);
    assert.ok(!seen.includes('/3'));
  });

  it('is answered in order, and goes on as if nothing had been', async (t) => {
    const { port } = await open(t, { leastMs: 0 });
    const paths = ['/1', '/good/2', '/3/later', '/good/4/later', '/5', '/open/6', '/good/7'];
    const client = await begin(t, port, paths.map(get).join(''));
    const expected = ['401', '200', '401', '200', '401', '200', '200'];
    await until(() => statusesIn(client.text).length === expected.length);
    assert.deepEqual(statusesIn(client.text), expected);
    client.socket.write(get('/good/8'));
    await until(() => statusesIn(client.text).length === expected.length + 1);
  });

  it('may bring bodies, and wait for permission to send them', async (t) => {
    const { port } = await open(t, { leastMs: 0 });
    const post = (path: string, more = ''): string =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n${more}\r\n`;
    const client = await begin(
      t,
      port,
      `${get('/1')}${post('/2')}body${post('/good/3', 'Expect: 100-continue\r\n')}`,
    );
    await until(() => statusesIn(client.text).includes('100'));
    client.socket.write(`body${get('/4')}`);
    const expected = ['401', '401', '100', '200', '401'];
    await until(() => statusesIn(client.text).length === expected.length);
    assert.deepEqual(statusesIn(client.text), expected);
  });

  it('is not mixed up with garbage that follows, and closed then', async (t) => {
    const { port } = await open(t, STILL);
    assert.equal(await ask(port, '/1'), 401);
    const client = await begin(t, port, `${get('/2')}garbage\r\n\r\n`);
    if (!client.socket.closed) await once(client.socket, 'close');
    assert.equal(client.text, '');
    await serveOthers(port);
  });

  it('leaves nothing behind when its client leaves first', { timeout: 60_000 }, async (t) => {
    const descriptors = (): number =>
      existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : Number.NaN;
    const { port, seen } = await open(t, { perSecond: 100, atOnce: 1 });
    const before_ = descriptors();
    const clients = await Promise.all(Array.from({ length: 50 }, () => begin(t, port, get('/1').repeat(3))));
    await until(() => seen.length >= 50);
    for (const [index, { socket }] of clients.entries())
      if (index % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
    // Not a number where descriptors cannot be counted, which is never more.
    await until(() => !(descriptors() > before_));
    assert.equal(await ask(port, '/good'), 200);
  });

  it('gets its answer at once when the server closes', async (t) => {
    const { port, edge, seen } = await open(t, STILL);
    const clients = await Promise.all(Array.from({ length: 5 }, () => begin(t, port, get('/1'))));
    await until(() => seen.length === 5);
    await edge.close(600_000);
    await until(() => clients.every(({ socket }) => socket.closed));
    for (const { text } of clients) assert.match(text, /^HTTP\/1\.1 401 /);
    // The pace lets one of them go before, if there is time for it.
    assert.ok(clients.filter(({ text }) => /connection: close/i.test(text)).length >= 4);
  });
});

describe('the pace', () => {
  it('lets whoever fails for the first time go before those who go on failing', async (t) => {
    const { port, seen } = await open(t, { perSecond: 2, atOnce: 21, mostSeconds: 1e9, early: 1 });
    const stubborn = await Promise.all(Array.from({ length: 20 }, () => begin(t, port, get('/1'))));
    const answers = (): number => stubborn.reduce((sum, { text }) => sum + statusesIn(text).length, 0);
    await until(() => answers() === 20);
    for (const { socket } of stubborn) socket.write(get('/2'));
    await until(() => seen.length === 40);
    assert.equal(await ask(port, '/3'), 401);
    assert.ok(answers() < 40);
  });

  it('is that of first failures again after a success, and not after what anybody may ask', async (t) => {
    const isFirst = async (path: string): Promise<boolean> => {
      const { port, seen } = await open(t, {
        perSecond: 1,
        atOnce: 1,
        mostSeconds: 1e9,
        early: 1,
        leastMs: 0,
      });
      const client = await begin(t, port, get('/1'));
      const answers = (): number => statusesIn(client.text).length;
      await until(() => answers() === 1);
      client.socket.write(get(path));
      await until(() => answers() === 2);
      client.socket.write(get('/2'));
      await until(() => seen.length === 3);
      const other = await begin(t, port, get('/3'));
      await until(() => answers() === 3 || other.text !== '');
      return answers() === 3;
    };
    assert.ok(await isFirst('/good'));
    assert.ok(!(await isFirst('/open')));
  });

  it('does not hold up others who come through the same trusted proxy', async (t) => {
    const { port } = await open(t, STILL, { isTrusted: () => true });
    const client = await begin(t, port, get('/1') + get('/2') + get('/3') + get('/good/4'));
    // Its connections are few, and each is open until its answer is out.
    await until(() => statusesIn(client.text).length === 4);
    assert.deepEqual(statusesIn(client.text), ['401', '401', '401', '200']);
  });

  it('looks at requests with a body one at a time as well', async (t) => {
    const { port, seen } = await open(t, STILL);
    const post = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx`;
    const client = await begin(t, port, get('/1'));
    await until(() => statusesIn(client.text).length === 1);
    client.socket.write(post('/2') + post('/3') + post('/4'));
    await until(() => seen.includes('/2'));
    await serveOthers(port);
    assert.deepEqual(
      seen.filter((path) => !path.startsWith('/good')),
      ['/1', '/2'],
    );
  });

  it('gives every other turn to who has waited for seconds, however many fail for the first time', async (t) => {
    let ahead = 0;
    const clock = { now: systemClock.now, monotonic: () => systemClock.monotonic() + ahead };
    const { port, seen } = await open(
      t,
      { perSecond: 0.2, atOnce: 1, mostSeconds: 1e9, early: 1 },
      { clock },
    );
    const patient = await begin(t, port, get('/1'));
    await until(() => statusesIn(patient.text).length === 1);
    patient.socket.write(get('/2'));
    await until(() => seen.includes('/2'));
    const others = [await begin(t, port, get('/3')), await begin(t, port, get('/4'))];
    await until(() => seen.includes('/4'));
    const answered = (): number =>
      [patient, ...others].reduce((sum, { text }) => sum + statusesIn(text).length, 0);
    for (const count of [2, 3]) {
      ahead += 5500;
      await until(() => answered() === count);
    }
    assert.equal(statusesIn(patient.text).length, 2);
  });
});

describe('new connections while many are refused', () => {
  const from = (port: number, path: string, localAddress: string): Promise<number> =>
    new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        path,
        ca,
        agent: false,
        localAddress,
      };
      requestHttps(options, (message) => {
        message.resume().on('end', () => resolve(message.statusCode ?? 0));
      })
        .on('error', () => resolve(0))
        .end();
    });

  it(
    'wait where their source goes on failing, the longest of too many are closed, and others are let in at once',
    { timeout: 60_000 },
    async (t) => {
      const place = await open(t, { pressed: -1, suspectsPerSecond: 0 }, { certificate });
      const { port, seen } = place;
      for (let request = 0; request < 4; request += 1) assert.equal(await from(port, '/1', '127.0.0.2'), 401);
      const flood = Array.from({ length: 500 }, () => {
        const below = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
        below.on('error', () => undefined);
        const socket = connectTls({ socket: below, servername: 'localhost', ca });
        socket.on('error', () => undefined).once('secureConnect', () => socket.write(get('/1')));
        return socket;
      });
      t.after(() => {
        for (const socket of flood) socket.destroy();
      });
      await until(() => place.cuts > 0);
      for (let request = 0; request < 5; request += 1)
        assert.equal(await from(port, '/good', '127.0.0.3'), 200);
      assert.equal(seen.filter((path) => path === '/1').length, 4);
    },
  );

  it('of such a source are let in one by one, and at once when somebody is known behind it', async (t) => {
    const place = await open(t, { pressed: -1, suspectsPerSecond: 20 }, { certificate });
    const call = (path: string): Promise<number> => from(place.port, path, '127.0.0.2');
    for (let request = 0; request < 25; request += 1) assert.equal(await call('/1'), 401);
    assert.equal(await call('/good'), 200);
    const answers = await Promise.all(Array.from({ length: 300 }, () => call('/good')));
    assert.ok(answers.every((status) => status === 200));
    assert.equal(place.cuts, 0);
  });
});
