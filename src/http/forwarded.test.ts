import assert from 'node:assert/strict';
import { request as requestHttp } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../foundation/clock.ts';
import { forwardedAddress, parseNode, readFor, type IsTrusted } from './forwarded.ts';
import type { Reply } from './route.ts';
import { createEdge, type EdgeOptions } from './server.ts';

/** 10.0.0.0/8 and fd00::/8 are ours. */
const isOurs: IsTrusted = (address) => /^(?:10\.|fd)/.test(address);
const PEER = '10.0.0.1';

/** Lines of `X-Forwarded-For`, or of `Forwarded` where they begin with its name. */
const resolve = (...lines: string[]): string =>
  forwardedAddress(
    lines.flatMap((line) =>
      line.startsWith('Forwarded: ') ? ['Forwarded', line.slice(11)] : ['X-Forwarded-For', line],
    ),
    PEER,
    isOurs,
  );

describe('the address that a trusted proxy passes on', () => {
  it('is read from the right, past proxies that are trusted, and not a hop further', () => {
    assert.equal(resolve('192.0.2.1'), '192.0.2.1');
    assert.equal(resolve('203.0.113.9, 192.0.2.1'), '192.0.2.1');
    assert.equal(resolve('203.0.113.9, 192.0.2.1, 10.1.1.1, 10.2.2.2'), '192.0.2.1');
    assert.equal(resolve('203.0.113.9,192.0.2.1 ,\t10.1.1.1'), '192.0.2.1');
    assert.equal(resolve('10.3.3.3, 10.1.1.1'), '10.3.3.3', 'somebody inside');
  });

  it('is read over several lines as over one', () => {
    assert.equal(resolve('203.0.113.9', '192.0.2.1, 10.1.1.1', '10.2.2.2'), '192.0.2.1');
    assert.equal(
      resolve('Forwarded: for=203.0.113.9', 'Forwarded: for=192.0.2.1, for=10.2.2.2'),
      '192.0.2.1',
    );
    assert.equal(resolve('Forwarded: for="203.0.113.9', 'Forwarded: for=192.0.2.1'), '192.0.2.1');
  });

  it('is the last proxy that is known where what it wrote is no address', () => {
    for (const wrong of [
      'unknown',
      '_hidden',
      '',
      ' ',
      'localhost',
      '192.0.2.256',
      '192.0.2.1:port',
      '192.0.2.1:123456',
      '192.0.2.01',
      '127.1',
      '0x7f000001',
      '2130706433',
      '192.0.2.1/24',
      '192.0.2.1%eth0',
      '[192.0.2.1]',
      '[2001:db8::1',
      '2001:db8::1]',
      '[2001:db8::1]x',
      '2001:db8::1::2',
      '[[2001:db8::1]]',
      '"192.0.2.1"',
      'for=192.0.2.1',
      '192.0.2.1 192.0.2.2',
      '192.0.2.1;192.0.2.2',
      'unix:/run/proxy.sock',
      '192.0.2.1\u0000',
      '１92.0.2.1',
      '1'.repeat(600),
    ]) {
      assert.equal(resolve(wrong), PEER, wrong);
      assert.equal(resolve(`192.0.2.1, ${wrong}`), PEER, `after ${wrong} nothing is guessed`);
      assert.equal(resolve(`192.0.2.1, ${wrong}, 10.7.7.7`), '10.7.7.7', `${wrong} before a proxy`);
      assert.equal(resolve(`${wrong}, 192.0.2.1`), '192.0.2.1', `${wrong} from the client`);
      assert.equal(resolve(wrong, '192.0.2.1'), '192.0.2.1', `${wrong} from the client, in a line`);
    }
    assert.equal(resolve('192.0.2.1, 10.1.1.1,'), PEER, 'an empty hop is one that says nothing');
  });

  it('is written as a connection of our own would have it', () => {
    for (const [written, meant] of [
      ['192.0.2.1:8080', '192.0.2.1'],
      ['192.0.2.1:_port', '192.0.2.1'],
      ['[2001:DB8:0::1]:443', '2001:db8::1'],
      ['[2001:db8::1]', '2001:db8::1'],
      ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
      ['::FFFF:C000:0201', '192.0.2.1'],
      ['[::ffff:192.0.2.1]:443', '192.0.2.1'],
      ['fe80::1%eth0', 'fe80::1'],
      ['[fe80::1%25eth0]:443', 'fe80::1'],
    ] as const) {
      assert.equal(resolve(written), meant, written);
      assert.equal(resolve(`Forwarded: for="${written}"`), meant, written);
    }
  });

  it('finds a trusted proxy in every spelling', () => {
    assert.equal(resolve('192.0.2.1, ::ffff:10.1.1.1'), '192.0.2.1');
    assert.equal(resolve('192.0.2.1, [FD00:0::1]:443'), '192.0.2.1');
  });

  it('takes the `for` of Forwarded, whatever stands beside it', () => {
    assert.equal(resolve('Forwarded: proto=https;for=192.0.2.1;by=10.0.0.1'), '192.0.2.1');
    assert.equal(resolve('Forwarded: For="[2001:db8:cafe::17]:4711"'), '2001:db8:cafe::17');
    assert.equal(resolve('Forwarded: for=192.0.2.1; host="a.example, for=203.0.113.9"'), '192.0.2.1');
    assert.equal(resolve('Forwarded: for=192.0.2.1;host="a\\", for=203.0.113.9;x=\\""'), '192.0.2.1');
    assert.equal(resolve('Forwarded: for=192.0.2.1;host="a\\\\"'), '192.0.2.1');
    for (const wrong of [
      'for=unknown',
      'for=_gazonk',
      'for=',
      'by=192.0.2.1',
      'for=192.0.2.1;for=192.0.2.2',
      'for=192.0.2.1;;proto=https',
      'for="192.0.2.1',
      'for=192.0.2.1"',
      'for = 192.0.2.1',
      'for=192.0.2.1 by=x',
      '192.0.2.1',
      `for=192.0.2.1;host=${'a'.repeat(600)}`,
    ])
      assert.equal(resolve(`Forwarded: ${wrong}`), PEER, wrong);
    assert.equal(readFor('for="\\1\\9\\2.0.2.1"'), '192.0.2.1', 'a needless escape (RFC 9110 §5.6.4)');
  });

  it('cannot be forged by what a client sends before its proxy adds the truth', () => {
    for (const forged of [
      'for="',
      'for="203.0.113.9',
      'for=203.0.113.9;host="x\\',
      'for=203.0.113.9, for="\\"',
      ',,,,',
      '"'.repeat(33),
      '\\',
    ]) {
      assert.equal(resolve(`Forwarded: ${forged}, for=192.0.2.1`), '192.0.2.1', forged);
      assert.equal(resolve(`Forwarded: ${forged}`, 'Forwarded: for=192.0.2.1'), '192.0.2.1', forged);
      assert.equal(resolve(`${forged}, 192.0.2.1`), '192.0.2.1', forged);
    }
  });

  it('believes neither field where both came and disagree', () => {
    assert.equal(resolve('192.0.2.1', 'Forwarded: for=192.0.2.1'), '192.0.2.1');
    assert.equal(resolve('192.0.2.1', 'Forwarded: for=203.0.113.9'), PEER);
    assert.equal(resolve('Forwarded: for=192.0.2.1', '203.0.113.9'), PEER);
    assert.equal(resolve('192.0.2.1', 'Forwarded: garbage'), PEER);
    assert.equal(resolve('192.0.2.1', 'Forwarded: '), PEER);
    assert.equal(resolve('192.0.2.1', 'Forwarded: for="[::ffff:192.0.2.1]:80"'), '192.0.2.1');
  });

  it('is the peer where no field came', () => {
    assert.equal(forwardedAddress([], PEER, isOurs), PEER);
    assert.equal(
      forwardedAddress(['X-Real-IP', '192.0.2.1', 'X_Forwarded_For', '192.0.2.1'], PEER, isOurs),
      PEER,
    );
  });

  it('reads sixteen hops at most, and of a header of 128 kB no more than its end', () => {
    const proxies = (count: number): string =>
      Array.from({ length: count }, (_, n) => `10.1.0.${n}`).join(', ');
    assert.equal(resolve(`192.0.2.1, ${proxies(15)}`), '192.0.2.1');
    assert.equal(resolve(`192.0.2.1, ${proxies(16)}`), '10.1.0.0');
    let read = 0;
    const counting: IsTrusted = (address) => {
      read += 1;
      return isOurs(address);
    };
    forwardedAddress(['x-forwarded-for', '10.1.1.1,'.repeat(15_000) + '10.1.1.1'], PEER, counting);
    assert.equal(read, 16);
    for (const long of [
      '"'.repeat(128_000),
      'a'.repeat(128_000),
      '\\'.repeat(128_000),
      ','.repeat(128_000),
    ]) {
      assert.equal(resolve(long), PEER);
      assert.equal(resolve(`Forwarded: ${long}`), PEER);
    }
  });

  it('never throws, and never answers with anything that did not come', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('for=', '"', '\\', ',', ';', '[', ']', ':80', '%eth0', 'unknown', '10.9.9.9', ', '),
    );
    const line = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('x-forwarded-for', 'Forwarded'), line)), (lines) => {
        const address = forwardedAddress(lines.flat(), PEER, isOurs);
        assert.ok(address === PEER || parseNode(address) === address, address);
      }),
    );
  });

  it('is the truth that a proxy added, whatever came before', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (forged, client) => {
        fc.pre(!isOurs(client));
        assert.equal(resolve(`${forged}, ${client}`), client);
        assert.equal(resolve(`Forwarded: ${forged}, for=${client}`), client);
      }),
    );
  });
});

/** An edge for which 127.1.0.0/16 are trusted proxies; its answer is the address that it sees. */
const start = async (t: TestContext, options: Partial<EdgeOptions> = {}): Promise<number> => {
  const edge = createEdge({
    handler: ({ address }): Reply => ({ status: 200, headers: {}, body: address.expose() }),
    onError: () => ({ status: 500, headers: {}, body: 'our fault' }),
    clock: systemClock,
    isTrusted: (address) => address.startsWith('127.1.'),
    ...options,
  });
  t.after(() => edge.close(0));
  return (await edge.listen({ port: 0, host: '127.0.0.1' })).port;
};

const ask = (port: number, localAddress: string, headers: Record<string, string> = {}): Promise<string> =>
  new Promise((done, reject) => {
    requestHttp({ host: '127.0.0.1', port, localAddress, agent: false, headers }, (message) => {
      void message.toArray().then((chunks) => done(chunks.join('')));
    })
      .on('error', reject)
      .end();
  });

/** Opens connections one after the other; returns how many are still open a moment later. */
const hold = async (t: TestContext, port: number, localAddress: string, count: number): Promise<number> => {
  const sockets: Socket[] = [];
  for (let opened = 0; opened < count; opened += 1) {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    socket.on('error', () => undefined);
    // One that is reset at once may never be told that it was connected.
    await new Promise<void>((done) => socket.once('connect', done).once('close', () => done()));
    sockets.push(socket);
  }
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  await sleep(200);
  return sockets.filter((socket) => !socket.destroyed).length;
};

// Elsewhere a client cannot choose among addresses of loopback.
if (process.platform === 'linux') {
  describe('at the edge', () => {
    const forged = { 'x-forwarded-for': '192.0.2.1' };

    it('a header that is forged from outside is ignored', async (t) => {
      const port = await start(t);
      assert.equal(await ask(port, '127.2.0.1', forged), '127.2.0.1');
      assert.equal(await ask(port, '127.2.0.1', { forwarded: 'for=192.0.2.1' }), '127.2.0.1');
      assert.equal(await ask(port, '127.1.0.1', forged), '192.0.2.1');
      assert.equal(await ask(port, '127.1.0.1'), '127.1.0.1');
    });

    it('nobody is believed where no proxy is configured', async (t) => {
      const edge = createEdge({
        handler: ({ address }): Reply => ({ status: 200, headers: {}, body: address.expose() }),
        onError: () => ({ status: 500, headers: {}, body: '' }),
        clock: systemClock,
      });
      t.after(() => edge.close(0));
      const { port } = await edge.listen({ port: 0, host: '127.0.0.1' });
      assert.equal(await ask(port, '127.1.0.1', forged), '127.1.0.1');
    });

    it('each request on a connection of a proxy has its own address, and is not laid to the next', async (t) => {
      const port = await start(t);
      const socket = connect({ host: '127.0.0.1', port, localAddress: '127.1.0.1' });
      t.after(() => socket.destroy());
      const get = (lines: string): string => `GET / HTTP/1.1\r\nhost: a\r\n${lines}\r\n`;
      socket.write(
        get('x-forwarded-for: 192.0.2.1\r\n') +
          get('') +
          get('x-forwarded-for: 192.0.2.2\r\nX-FORWARDED-FOR: 192.0.2.3\r\n'),
      );
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      while (!text.includes('192.0.2.3')) await sleep(10);
      assert.deepEqual(text.match(/\d+\.\d+\.\d+\.\d+/g), ['192.0.2.1', '127.1.0.1', '192.0.2.3']);
    });

    it('the connections of a proxy are not those of one source', async (t) => {
      const port = await start(t, { limits: { maxConnectionsPerSource: 3, maxConnections: 12 } });
      assert.equal(await hold(t, port, '127.1.0.1', 8), 8);
      assert.ok((await hold(t, port, '127.2.0.1', 6)) <= 3);
    });

    it('a proxy opens as many connections in a second as it needs, also when we are behind', async (t) => {
      const overload = { noteConnection: () => undefined, isBehind: () => true };
      const port = await start(t, { limits: { maxHurriedPerSource: 2 }, overload });
      assert.equal(await hold(t, port, '127.1.0.1', 8), 8);
      assert.ok((await hold(t, port, '127.2.0.1', 8)) < 8);
    });

    it('a proxy is read on while one of its clients is told to wait', async (t) => {
      const handler = ({ address }: { address: { expose(): string } }): Reply =>
        address.expose() === '192.0.2.1'
          ? { status: 429, headers: {}, body: 'wait', restMs: 60_000 }
          : { status: 200, headers: {}, body: `good ${address.expose()}` };
      const port = await start(t, { handler, limits: { maxIgnored: 1 } });
      const socket = connect({ host: '127.0.0.1', port, localAddress: '127.1.0.1' });
      t.after(() => socket.destroy());
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      const get = (client: string): string =>
        `GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: ${client}\r\n\r\n`;
      for (let count = 1; count <= 4; count += 1) {
        socket.write(get('192.0.2.1'));
        while (text.split('wait').length <= count) await sleep(5);
      }
      socket.write(get('192.0.2.2'));
      while (!text.includes('good 192.0.2.2')) await sleep(5);
    });
  });
}
