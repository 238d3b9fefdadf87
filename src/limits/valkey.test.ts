/** Against a real Valkey or Redis, where one is installed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer } from 'node:tls';
import { ensureLocalCertificate } from '../http/local-ca.ts';
import { systemClock } from '../foundation/clock.ts';
import { CannotStart } from '../store/cannot-start.ts';
import { recordingLog } from '../../test/support/log.ts';
import { NO_VALKEY, startValkey } from '../../test/support/valkey.ts';
import { CELL, createLedgerBuffer, openLedger, WHOLE_SHARE } from './ledger.ts';
import type { QuotaAccount } from './quota-store.ts';
import { takeFromRate } from './rate.ts';
import { openExchange, valkeyNamespace } from './shared-engine.ts';
import { startSharing } from './shared-loop.ts';
import { openValkey, type ValkeyClient } from './valkey-client.ts';
import { createValkeyExchange } from './valkey-exchange.ts';
import { createValkeyQuotaStore } from './valkey-quota.ts';
import { parseValkeyUrl } from './valkey-url.ts';

const NOTHING = new Uint8Array(0);
const [A, B] = ['a'.repeat(16), 'b'.repeat(16)];
const HERE = valkeyNamespace(Buffer.alloc(32, 1));
const ELSEWHERE = valkeyNamespace(Buffer.alloc(32, 2));
const HARD = { limit: 100, isSoft: false };
const DAY = '2026-11-22';
const CONNECTION = {
  host: '127.0.0.1',
  port: 1,
  user: 'u',
  password: undefined,
  database: 'd',
  role: undefined,
  tls: false,
};

const account = (subject: string, period: 'day' | 'month' = 'day'): QuotaAccount => ({
  subject,
  project: subject,
  period,
});

const until = async (isSo: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await isSo()) return;
    await sleep(20);
  }
  assert.fail(`never: ${what}`);
};

describe('limits in Valkey', { skip: NO_VALKEY }, async () => {
  if (NO_VALKEY !== false) return;
  const server = await startValkey();
  const folder = mkdtempSync(joinPath(tmpdir(), 'vs-valkey-tls-'));
  const clients: ValkeyClient[] = [];
  const join = (): ValkeyClient => {
    const client = openValkey(parseValkeyUrl(server.url)!);
    clients.push(client);
    return client;
  };
  after(async () => {
    for (const client of clients) await client.close();
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('give each node what the others of its installation last said', async () => {
    const client = join();
    const [here, elsewhere] = [createValkeyExchange(client, HERE), createValkeyExchange(client, ELSEWHERE)];
    assert.deepEqual(await here.swap({ node: A, beat: 3, state: NOTHING }), []);
    assert.deepEqual(await elsewhere.swap({ node: B, beat: 1, state: NOTHING }), []);
    const state = Buffer.from([0, 32, 10, 255, 37, 1]);
    const [first] = await here.swap({ node: B, beat: 4, state });
    assert.deepEqual([first?.node, first?.beat, first?.state.length], [A, 3, 0]);
    const [second] = await here.swap({ node: A, beat: 4, state: NOTHING });
    assert.deepEqual([second?.node, second?.beat], [B, 4]);
    assert.deepEqual(Buffer.from(second?.state ?? []), state);
  });

  it('forget nodes that nothing was heard of for long, and what others wrote there', async () => {
    const client = join();
    const exchange = createValkeyExchange(client, valkeyNamespace(Buffer.alloc(32, 3)));
    const key = `${valkeyNamespace(Buffer.alloc(32, 3))}:nodes`;
    const write = 'return redis.call("HSET", KEYS[1], ARGV[1], redis.call("TIME")[1] - ARGV[2] .. ARGV[3])';
    await client.run(write, [key], [A, 5, ' 1 x']);
    await client.run(write, [key], [B, 11, ' 1 x']);
    await client.run(write, [key], ['c'.repeat(16), 61, ' 1 x']);
    await client.run(write, [key], ['d'.repeat(16), 1, 'nonsense']);
    await client.run(write, [key], ['no node', 1, ' 1 x']);
    const heard = await exchange.swap({ node: 'e'.repeat(16), beat: 1, state: NOTHING });
    assert.deepEqual(
      heard.map(({ node }) => node),
      [A],
    );
    assert.equal(await client.run('return redis.call("HLEN", KEYS[1])', [key], []), 4);
    const left = Number(await client.run('return redis.call("TTL", KEYS[1])', [key], []));
    assert.ok(left > 0 && left <= 60, String(left));
  });

  it('lease exactly the plan, however many ask at once', async () => {
    const stores = [join(), join(), join()].map((client) => createValkeyQuotaStore(client, HERE));
    const asks = Array.from({ length: 60 }, (_, index) =>
      stores[index % 3]!.lease(account('prj_many'), DAY, 7, HARD),
    );
    const granted = (await Promise.all(asks)).map((lease) => lease.granted);
    assert.equal(
      granted.reduce((sum, units) => sum + units, 0),
      100,
    );
    assert.ok(granted.every((units) => units >= 0 && units <= 7));
    assert.deepEqual(await stores[0]!.lease(account('prj_many'), DAY, 7, HARD), { granted: 0, remaining: 0 });
  });

  it('take back what was not used, keep periods, subjects and installations apart, and let soft plans owe', async () => {
    const client = join();
    const store = createValkeyQuotaStore(client, HERE);
    const mine = account('prj_apart');
    await store.lease(mine, DAY, 60, HARD);
    await store.giveBack(mine, DAY, 20);
    assert.deepEqual(await store.lease(mine, DAY, 0, HARD), { granted: 0, remaining: 60 });
    await store.giveBack(mine, DAY, 1000);
    assert.equal((await store.lease(mine, DAY, 0, HARD)).remaining, 100, 'never below nothing');
    await store.lease(mine, DAY, 100, HARD);
    for (const [other, starts] of [
      [account('prj_other'), DAY],
      [account('prj_apart', 'month'), '2026-11-01'],
      [mine, '2026-11-23'],
    ] as const)
      assert.equal((await store.lease(other, starts, 10, HARD)).granted, 10, `${other.subject} ${starts}`);
    const elsewhere = createValkeyQuotaStore(client, ELSEWHERE);
    assert.equal((await elsewhere.lease(mine, DAY, 10, HARD)).granted, 10);
    assert.deepEqual(await store.lease(mine, DAY, 30, { limit: 100, isSoft: true }), {
      granted: 30,
      remaining: -30,
    });
    assert.deepEqual(await store.lease(mine, DAY, 5, { limit: 120, isSoft: false }), {
      granted: 0,
      remaining: -10,
    });
  });

  it('keep no number for long after its period', async () => {
    const client = join();
    const store = createValkeyQuotaStore(client, HERE);
    const ttlOf = async (key: string): Promise<number> =>
      Number(await client.run('return redis.call("TTL", KEYS[1])', [key], []));
    await store.lease(account('prj_ttl'), DAY, 1, HARD);
    await store.giveBack(account('prj_ttl'), DAY, 1);
    await store.lease(account('prj_ttl', 'month'), '2026-11-01', 1, HARD);
    const [day, month] = [
      await ttlOf(`${HERE}:quota:day:${DAY}:prj_ttl`),
      await ttlOf(`${HERE}:quota:month:2026-11-01:prj_ttl`),
    ];
    assert.ok(day > 86_400 && day <= 2 * 86_400, String(day));
    assert.ok(month > 31 * 86_400 && month <= 33 * 86_400, String(month));
  });

  it('remember what was used when the memory was lost, and do not hold what was given back against anybody', async () => {
    const client = join();
    const [one, two] = [createValkeyQuotaStore(client, HERE), createValkeyQuotaStore(client, HERE)];
    const mine = account('prj_lost');
    await one.lease(mine, DAY, 70, HARD);
    await two.lease(mine, DAY, 20, HARD);
    await two.giveBack(mine, DAY, 20);
    await one.giveBack(mine, DAY, 30);
    // The second saw 90 and gave back 20; nothing was lost, and 40 is what counts.
    assert.equal((await two.lease(mine, DAY, 0, HARD)).remaining, 60);
    await client.run('return redis.call("FLUSHALL")', [], []);
    assert.deepEqual(await two.lease(mine, DAY, 100, HARD), { granted: 60, remaining: 0 });
    assert.deepEqual(await one.lease(mine, DAY, 100, HARD), { granted: 0, remaining: 0 });
    // Nobody who was there is there any more: the plan begins anew, once.
    await client.run('return redis.call("FLUSHALL")', [], []);
    const fresh = createValkeyQuotaStore(client, HERE);
    assert.equal((await fresh.lease(mine, DAY, 1000, HARD)).granted, 100);
  });

  it('refuse to start with a wrong password, in a sentence without it, and start without a server', async () => {
    const url = `redis://:wr0ng@127.0.0.1:${server.port}`;
    await assert.rejects(openExchange(CONNECTION, { url, namespace: HERE }), (error) => {
      assert.ok(error instanceof CannotStart);
      assert.match(error.message, /refuses the user or the password of VALKEY_URL/);
      assert.ok(!error.message.includes('wr0ng'));
      return true;
    });
    const nobody = await openExchange(CONNECTION, { url: 'redis://127.0.0.1:1', namespace: HERE });
    await assert.rejects(nobody.swap({ node: A, beat: 1, state: NOTHING }));
    await nobody.close();
  });

  it('are not told to a server whose certificate nobody vouches for', async () => {
    const local = await ensureLocalCertificate(folder, { now: systemClock.now() });
    const words = { key: readFileSync(local.keyPath), cert: readFileSync(local.certPath) };
    let isGreeted = false;
    const stranger = createServer(words, (socket) => {
      isGreeted = true;
      socket.on('error', () => undefined).on('data', () => socket.write('+OK\r\n'));
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { port } = stranger.address() as AddressInfo;
    const client = openValkey(parseValkeyUrl(`rediss://:secret@localhost:${port}`)!);
    await assert.rejects(client.run('return 1', [], []));
    assert.equal(isGreeted, false);
    await client.close();
    // It would have spoken with whoever trusts it.
    const trusting = connect({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: readFileSync(local.caPath),
    });
    await once(trusting, 'secureConnect');
    trusting.destroy();
    stranger.close();
  });

  it('let requests flow while it hangs, is killed and comes back, and say so once each time', async () => {
    const namespace = valkeyNamespace(Buffer.alloc(32, 4));
    const nodes = await Promise.all(
      [1, 2].map(async () => {
        const ledger = openLedger(createLedgerBuffer(64));
        const log = recordingLog();
        const exchange = await openExchange(CONNECTION, { url: server.url, namespace });
        return { ledger, log, sharing: await startSharing({ ledger, exchange, clock: systemClock, log }) };
      }),
    );
    let admitted = 0;
    // Load all the while, on both.
    const pressing = setInterval(() => {
      for (const { ledger } of nodes)
        for (let count = 0; count < 10; count += 1)
          if (takeFromRate(ledger, ledger.slotOf('prj'), 100, 100, systemClock.now()) === 0) admitted += 1;
    }, 10);
    try {
      const allUp = (isUp: boolean) => () => nodes.every(({ sharing }) => sharing.isUp() === isUp);
      await until(() => nodes.every(({ sharing }) => sharing.nodes() === 2), 'they know each other');
      const began = systemClock.monotonic();
      const before = admitted;
      server.pause();
      await until(allUp(false), 'they notice that it hangs');
      await sleep(1000);
      server.resume();
      await until(allUp(true), 'they notice that it goes on');
      await server.kill();
      await until(allUp(false), 'they notice that it is gone');
      // Until parts are even, which nobody who hears of nobody can improve upon.
      await until(
        () =>
          nodes.every(
            ({ ledger }) => Atomics.load(ledger.cells, ledger.slotOf('prj') + CELL.share) === WHOLE_SHARE / 2,
          ),
        'each has half',
      );
      await server.start();
      await until(allUp(true), 'they find it again');
      const seconds = (systemClock.monotonic() - began) / 1000;
      const [least, most] = [100 * seconds * 0.6, 100 * seconds * 1.1 + 100];
      assert.ok(admitted - before > least, `${admitted - before} in ${seconds} s`);
      assert.ok(admitted - before < most, `${admitted - before} in ${seconds} s`);
      for (const { log, sharing } of nodes) {
        assert.equal(sharing.nodes(), 2);
        assert.equal(log.messages.filter((line) => line.includes('cannot be shared')).length, 2);
        assert.equal(log.messages.filter((line) => line.includes('other nodes again')).length, 2);
      }
    } finally {
      clearInterval(pressing);
      for (const { sharing } of nodes) await sharing.close();
    }
  });
});

describe('VALKEY_URL', () => {
  it('may name a user, a password, a port and a database, in four forms', () => {
    const settings = parseValkeyUrl('valkeys://me:a%40b@valkey.example.com:7000/3');
    assert.deepEqual(
      { ...settings, password: settings?.password?.expose() },
      { host: 'valkey.example.com', port: 7000, tls: true, user: 'me', password: 'a@b', database: 3 },
    );
    assert.equal(parseValkeyUrl('rediss://:secret@redis.example.com')?.tls, true);
    for (const here of ['redis://localhost', 'valkey://127.0.0.1/', 'redis://[::1]:6380/15'])
      assert.equal(parseValkeyUrl(here)?.tls, false, here);
    assert.equal(parseValkeyUrl('redis://[::1]')?.host, '::1');
    assert.equal(String(parseValkeyUrl('redis://:secret@localhost')?.password), '[redacted]');
  });

  it('leads to another machine over TLS only', () => {
    for (const text of ['redis://redis.example.com', 'valkey://10.0.0.1', 'redis://localhost.example.com'])
      assert.equal(parseValkeyUrl(text), undefined, text);
  });
});
