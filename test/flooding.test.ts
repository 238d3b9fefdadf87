/**
 * Slow, greedy and flooding clients on real sockets, while a good client beside them is served every time. Nothing here
 * looks at a clock: what is bounded in time is bounded by short limits, and waited for.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { systemClock } from '../src/foundation/clock.ts';
import type { EdgeLimits } from '../src/http/edge-limits.ts';
import { makeLocalCertificate } from './support/local-certificate.ts';
import type { Reply, Request } from '../src/http/route.ts';
import { createEdge, type EdgeOptions } from '../src/http/server.ts';

const { certificate, ca } = await makeLocalCertificate();

/** Larger than what any system takes at once for a client that does not read. */
const LARGE = 'x'.repeat(12 * 2 ** 20);
const good: Reply = {
  status: 200,
  headers: Object.freeze({ 'content-type': 'text/plain' }),
  body: 'good',
};
const large: Reply = { ...good, body: LARGE };

interface Place {
  readonly port: number;
  /** Paths that reached the handler. */
  readonly handled: string[];
  /** Connections that were closed without a word. */
  cuts: number;
  /** Answers '/wait' requests. */
  release(): void;
}

const open = async (
  t: TestContext,
  limits: Partial<EdgeLimits>,
  options: Partial<EdgeOptions> = {},
): Promise<Place> => {
  const waiting: ((reply: Reply) => void)[] = [];
  const place = {
    port: 0,
    cuts: 0,
    handled: [] as string[],
    release: () => {
      for (const answer of waiting.splice(0)) answer(good);
    },
  };
  const handler = ({ path }: Request): Reply | Promise<Reply> => {
    place.handled.push(path);
    if (path === '/large') return large;
    return path === '/wait' ? new Promise((resolve) => waiting.push(resolve)) : good;
  };
  const edge = createEdge({
    handler,
    onError: () => ({ status: 500, headers: {}, body: '' }),
    clock: systemClock,
    limits: { lingerMs: 20, checkIntervalMs: 50, ...limits },
    hooks: { onCut: () => (place.cuts += 1) },
    ...options,
  });
  t.after(() => edge.close(0));
  place.port = (await edge.listen({ port: 0, host: '127.0.0.1' })).port;
  return place;
};

/** One request over a new connection; its status, and 0 where the connection was closed instead. */
const ask = (port: number, path = '/', from = '127.0.0.1'): Promise<number> =>
  new Promise((resolve) => {
    requestHttp({ host: '127.0.0.1', port, path, agent: false, localAddress: from }, (message) => {
      message.resume().on('end', () => resolve(message.statusCode ?? 0));
    })
      .on('error', () => resolve(0))
      .end();
  });

const askSecurely = (port: number): Promise<number> =>
  new Promise((resolve) => {
    requestHttps({ host: '127.0.0.1', servername: 'localhost', port, ca, agent: false }, (message) => {
      message.resume().on('end', () => resolve(message.statusCode ?? 0));
    })
      .on('error', () => resolve(0))
      .end();
  });

/** A connection that sends this and then does what its test says; it never minds being closed. */
const begin = async (t: TestContext, port: number, bytes: string, from = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  if (bytes !== '') socket.write(bytes);
  return socket;
};
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const closed = async (socket: Socket): Promise<void> => {
  if (!socket.closed) await once(socket, 'close');
};
const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await pause(10);
};

describe('slow clients', () => {
  it('cost a good one nothing, five hundred of them at once', { timeout: 120_000 }, async (t) => {
    const { port } = await open(t, {});
    const kinds = [
      'GET / HTTP/1.1\r\nHost: a\r\nX-A: ',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\nabc',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n',
      '',
      get('/large'),
    ];
    const slow = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const socket = await begin(t, port, kinds[index % kinds.length]!);
        socket.pause();
        return socket;
      }),
    );
    for (let request = 0; request < 100; request += 1) {
      for (const socket of slow) if (request % 10 === 0 && !socket.destroyed) socket.write('b');
      assert.equal(await ask(port), 200);
    }
  });

  it('do not keep an answer lying that they never take', async (t) => {
    const place = await open(t, { answerTimeoutMs: 200, slowestBytesPerSecond: LARGE.length * 10 });
    const stuck = await begin(t, place.port, get('/large'));
    stuck.pause();
    await until(() => place.cuts > 0);
    // The end is behind what nobody reads.
    stuck.resume();
    await closed(stuck);
    assert.equal(await ask(place.port, '/large'), 200);
    assert.equal(place.cuts, 1);
  });

  it('get all of an answer that they take as fast as is asked of them', async (t) => {
    const place = await open(t, { answerTimeoutMs: 20_000, slowestBytesPerSecond: LARGE.length });
    const slow = await begin(t, place.port, get('/large'));
    let bytes = 0;
    slow.on('data', (chunk) => {
      bytes += chunk.length;
      slow.pause();
      setTimeout(() => slow.resume(), 1);
    });
    await until(() => bytes > LARGE.length);
    assert.equal(place.cuts, 0);
  });

  it('share a room for untaken answers, which the slowest of them leave first', async (t) => {
    const place = await open(t, { maxUnsentBytes: LARGE.length * 2 });
    const stuck: Socket[] = [];
    for (let count = 0; count < 5; count += 1) {
      const socket = await begin(t, place.port, get('/large'));
      socket.pause();
      stuck.push(socket);
      await until(() => place.handled.length > count);
      assert.equal(await ask(place.port), 200);
      place.handled.pop();
    }
    await until(() => place.cuts === 3);
    assert.equal(await ask(place.port, '/large'), 200);
  });
});

describe('many connections', () => {
  it('of one source leave room for others, and the idlest of them make room for its own new ones', async (t) => {
    const place = await open(t, { maxConnectionsPerSource: 32, maxConnections: 64 });
    const idle = await Promise.all(Array.from({ length: 32 }, () => begin(t, place.port, '')));
    assert.equal(await ask(place.port, '/', '127.0.0.2'), 200);
    assert.ok(idle.every((socket) => !socket.destroyed));
    for (let request = 0; request < 20; request += 1) assert.equal(await ask(place.port), 200);
    assert.ok(idle.some((socket) => socket.destroyed));
    assert.ok(idle.some((socket) => !socket.destroyed));
  });

  it('do not push out those whose requests are being worked on', async (t) => {
    const place = await open(t, { maxConnectionsPerSource: 8 });
    const busy = Array.from({ length: 8 }, () => ask(place.port, '/wait'));
    await until(() => place.handled.length === 8);
    assert.equal(await ask(place.port), 0);
    assert.equal(await ask(place.port, '/', '127.0.0.2'), 200);
    place.release();
    assert.deepEqual(
      await Promise.all(busy),
      Array.from({ length: 8 }, () => 200),
    );
    await until(async () => (await ask(place.port)) === 200);
  });

  it('of many sources make room for whoever comes next', async (t) => {
    const place = await open(t, { maxConnectionsPerSource: 16, maxConnections: 32 });
    for (const host of [2, 3, 4, 5])
      await Promise.all(Array.from({ length: 16 }, () => begin(t, place.port, '', `127.0.0.${host}`)));
    for (let request = 0; request < 50; request += 1)
      assert.equal(await ask(place.port, '/', '127.0.0.9'), 200);
  });

  it('are not opened by the hundred by one source while the thread is behind, nor kept from others', async (t) => {
    let isBehind = true;
    const overload = { noteConnection: () => undefined, isBehind: () => isBehind };
    const place = await open(t, { maxHurriedPerSource: 10 }, { overload });
    const opened = await Promise.all(Array.from({ length: 100 }, () => ask(place.port)));
    assert.ok(opened.includes(200));
    assert.ok(opened.includes(0));
    assert.equal(await ask(place.port, '/', '127.0.0.2'), 200);
    isBehind = false;
    assert.equal(await ask(place.port), 200);
  });

  it('count by what the edge is told is one source', async (t) => {
    const place = await open(t, { maxConnectionsPerSource: 1 }, { sourceOf: () => 'all the same' });
    const busy = ask(place.port, '/wait', '127.0.0.2');
    await until(() => place.handled.length === 1);
    assert.equal(await ask(place.port, '/', '127.0.0.3'), 0);
    place.release();
    assert.equal(await busy, 200);
  });
});

describe('requests sent ahead', () => {
  it('are served in their order, as long as the answers are taken', async (t) => {
    const place = await open(t, { maxPipelined: 16 });
    const socket = await begin(t, place.port, '');
    const rounds = 300;
    const batch = Array.from({ length: 8 }, (_, index) => get(`/${index}`)).join('');
    let text = '';
    let sent = 1;
    socket.on('data', (chunk) => {
      text += String(chunk);
      const answers = text.split('HTTP/1.1 200 ').length - 1;
      // The next ones go out before the last ones are answered.
      while (sent < rounds && sent * 8 - answers < 8) {
        sent += 1;
        socket.write(batch);
      }
    });
    socket.write(batch);
    await until(() => text.split('HTTP/1.1 200 ').length - 1 === rounds * 8);
    assert.doesNotMatch(text, /HTTP\/1\.1 [345]/);
    assert.deepEqual(place.handled.slice(0, 9), ['/0', '/1', '/2', '/3', '/4', '/5', '/6', '/7', '/0']);
  });

  it('are refused when too many answers wait to be taken, and nothing after them is served', async (t) => {
    const place = await open(t, { maxPipelined: 16 });
    const socket = await begin(t, place.port, get('/').repeat(5000));
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    await closed(socket);
    assert.match(text, /HTTP\/1\.1 429 [^]*"code":"rate_limited"/);
    assert.ok(place.handled.length < 5000);
    assert.equal(await ask(place.port), 200);
  });

  it('do not pile up work that has to be waited for', async (t) => {
    const place = await open(t, { maxPipelined: 16 });
    await begin(t, place.port, get('/wait').repeat(2000));
    await until(() => place.handled.length >= 17);
    for (let request = 0; request < 10; request += 1) assert.equal(await ask(place.port), 200);
    assert.equal(place.handled.filter((path) => path === '/wait').length, 17);
  });

  it('are bounded on one connection, which is then closed on whoever goes on', async (t) => {
    const place = await open(t, { maxRequestsPerConnection: 100 });
    const socket = await begin(t, place.port, '');
    let last = '';
    socket.on('data', (chunk) => {
      last = String(chunk);
      socket.write(get('/').repeat(3));
    });
    socket.write(get('/'));
    await closed(socket);
    assert.equal(place.handled.length, 100);
    assert.match(last, /connection: close\r\n[^]*good$/i);
  });
});

describe('requests whose clients leave at once (CVE-2023-44487 without HTTP/2)', () => {
  const descriptors = (): number =>
    existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : Number.NaN;

  it('leave nothing behind, two thousand of them', { timeout: 120_000 }, async (t) => {
    const place = await open(t, {});
    const before_ = descriptors();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        Array.from(
          { length: round % 5 === 0 ? 25 : 125 },
          () =>
            new Promise<void>((resolve) => {
              const socket = connect(place.port, '127.0.0.1', () => {
                socket.write(get(round % 5 === 0 ? '/large' : '/wait'), () => socket.resetAndDestroy());
              });
              socket.on('error', () => undefined).on('close', () => resolve());
            }),
        ),
      );
      assert.equal(await ask(place.port), 200);
      place.release();
    }
    // Not a number where descriptors cannot be counted, which is never more.
    await until(() => !(descriptors() > before_ + 2));
    assert.equal(await ask(place.port), 200);
  });
});

describe('over TLS', () => {
  const openTls = (
    port: number,
    options: { readonly ALPNProtocols?: string[]; readonly maxVersion?: 'TLSv1.2' } = {},
  ): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ...options }, () => {
        socket.off('error', reject).on('error', () => undefined);
        resolve(socket);
      });
      socket.on('error', reject);
    });

  it('HTTP/2 is not spoken: not agreed on, not by prior knowledge, not by an upgrade', async (t) => {
    const { port } = await open(t, {}, { certificate });
    const both = await openTls(port, { ALPNProtocols: ['h2', 'http/1.1'] });
    assert.equal(both.alpnProtocol, 'http/1.1');
    both.destroy();
    // RFC 7301 §3.2: no protocol in common ends the handshake.
    await assert.rejects(openTls(port, { ALPNProtocols: ['h2'] }));

    const say = async (bytes: string): Promise<string> => {
      const socket = await openTls(port);
      socket.write(bytes);
      return Buffer.concat(await socket.toArray()).toString();
    };
    const preface = await say('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
    assert.match(preface, /^HTTP\/1\.1 400 [^]*connection: close/i);
    const upgrade = await say(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    );
    assert.match(upgrade, /^HTTP\/1\.1 200 [^]*good$/);
  });

  it('no handshake is asked for again', async (t) => {
    const { port } = await open(t, {}, { certificate });
    const socket = await openTls(port, { maxVersion: 'TLSv1.2' });
    t.after(() => socket.destroy());
    const outcome = await new Promise<Error | null>((resolve) => {
      socket.once('close', () => resolve(new Error('closed')));
      if (socket.renegotiate({ rejectUnauthorized: true }, resolve) !== true) resolve(new Error('not begun'));
    });
    assert.ok(outcome instanceof Error);
    assert.equal(await askSecurely(port), 200);
  });

  it(
    'handshakes that never end are ended, and cost others nothing meanwhile',
    { timeout: 60_000 },
    async (t) => {
      const { port } = await open(t, { handshakeTimeoutMs: 2000 }, { certificate });
      const hello = Buffer.from('16030100c8010000c40303', 'hex').toString('latin1');
      const halves = await Promise.all(
        Array.from({ length: 300 }, (_, index) => begin(t, port, index % 2 === 0 ? '' : hello)),
      );
      for (let request = 0; request < 20; request += 1) assert.equal(await askSecurely(port), 200);
      await Promise.all(halves.map((socket) => closed(socket.resume())));
      assert.equal(await askSecurely(port), 200);
    },
  );

  it('a client that does not take its answer is cut off, and a connection can be left alone', async (t) => {
    const limits = { answerTimeoutMs: 200, slowestBytesPerSecond: LARGE.length * 10 };
    const place = await open(t, limits, { certificate });
    const stuck = await openTls(place.port);
    stuck.pause();
    stuck.write(get('/large'));
    await until(() => place.cuts > 0);
    assert.equal(await askSecurely(place.port), 200);

    const seen: string[] = [];
    const resting = await open(
      t,
      {},
      {
        certificate,
        handler: ({ path }) => {
          seen.push(path);
          return { ...good, restMs: path === '/long' ? 600_000 : 20 };
        },
      },
    );
    const talk = async (...paths: readonly string[]): Promise<void> => {
      const socket = await openTls(resting.port);
      t.after(() => socket.destroy());
      for (const path of paths) {
        socket.write(get(path));
        if (path !== '/never') await once(socket, 'data');
      }
    };
    await talk('/short', '/short', '/long', '/never');
    for (let request = 0; request < 10; request += 1) assert.equal(await askSecurely(resting.port), 200);
    assert.ok(!seen.includes('/never'));
  });
});
