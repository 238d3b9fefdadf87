import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { Opaque } from '../foundation/opaque.ts';
import { createLedgerBuffer, openLedger } from './ledger.ts';
import { createQuota, type QuotaStore } from './quota.ts';
import { takeFromWindow } from './rate.ts';
import { sourceOf } from './source.ts';
import { createStrangers } from './strangers.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

describe('the shared ledger', () => {
  it('gives a project the same slot in every thread, and each project its own', () => {
    const buffer = createLedgerBuffer(64);
    const [one, two] = [openLedger(buffer), openLedger(buffer)];
    const slots = new Set<number>();
    for (let index = 0; index < 40; index += 1) {
      const slot = one.slotOf(`prj_${index}`);
      assert.equal(two.slotOf(`prj_${index}`), slot);
      slots.add(slot);
    }
    assert.equal(slots.size, 40);
  });

  it('says so when it is full', () => {
    const ledger = openLedger(createLedgerBuffer(2));
    ledger.slotOf('a');
    ledger.slotOf('b');
    assert.throws(() => ledger.slotOf('c'), /full/);
  });
});

describe('the limit per second', () => {
  it('admits exactly the limit in one second, and a refused request costs nothing', () => {
    const { cells, slotOf } = openLedger(createLedgerBuffer(8));
    const slot = slotOf('a');
    const admitted = Array.from({ length: 50 }, () => takeFromWindow(cells, slot, 10, NOON)).filter(Boolean);
    assert.equal(admitted.length, 10);
    assert.ok(takeFromWindow(cells, slot, 11, NOON));
  });

  it('never admits more than the limit and one in any second, whatever the timing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { minLength: 1, maxLength: 200 }), (gaps) => {
        const { cells, slotOf } = openLedger(createLedgerBuffer(8));
        const slot = slotOf('a');
        const times: number[] = [];
        let now = NOON;
        for (const gap of gaps) {
          now += gap;
          if (takeFromWindow(cells, slot, 5, now)) times.push(now);
        }
        // The sliding window assumes that last second's requests came evenly; a burst at its end is the worst case.
        return times.every(
          (start) => times.filter((time) => time >= start && time < start + 1000).length <= 10,
        );
      }),
    );
  });

  it('holds for all threads of a process together', async () => {
    const buffer = createLedgerBuffer(8);
    const source = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { openLedger } = await import(workerData.ledger);
      const { takeFromWindow } = await import(workerData.rate);
      const { cells, slotOf } = openLedger(workerData.buffer);
      const slot = slotOf('a');
      let admitted = 0;
      for (let i = 0; i < 20000; i += 1) if (takeFromWindow(cells, slot, 5000, ${NOON})) admitted += 1;
      parentPort.postMessage(admitted);`;
    const workerData = {
      buffer,
      ledger: new URL('ledger.ts', import.meta.url).href,
      rate: new URL('rate.ts', import.meta.url).href,
    };
    const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
    const counts = await Promise.all(
      Array.from(
        { length: 3 },
        () =>
          new Promise<number>((resolve, reject) => {
            const worker = new Worker(url, { workerData });
            worker.once('message', resolve);
            worker.once('error', reject);
          }),
      ),
    );
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      5000,
    );
  });
});

/** A store with the contract of `lease_quota`, in memory, for the arithmetic; the SQL is tested in the store. */
const storeOf = (perDay: number): QuotaStore & { used: number; asked: number } => {
  const store = {
    used: 0,
    asked: 0,
    lease: async (_project: string, _day: string, want: number) => {
      store.asked += 1;
      await Promise.resolve();
      const granted = Math.max(0, Math.min(want, perDay - store.used));
      store.used += granted;
      return { granted, remaining: perDay - store.used };
    },
    giveBack: async (_project: string, _day: string, units: number) => {
      store.used -= units;
    },
  };
  return store;
};

describe('the quota of a day', () => {
  it('grants exactly the plan over several processes, and tells what is left', async () => {
    for (const perDay of [1, 7, 100, 5000]) {
      const store = storeOf(perDay);
      const processes = [1, 2, 3].map(() => createQuota(openLedger(createLedgerBuffer(8)), store));
      let granted = 0;
      for (let round = 0; round < perDay * 3 + 10; round += 1) {
        const states = await Promise.all(processes.map(async (quota) => quota.spend('prj', perDay, 1, NOON)));
        granted += states.filter((state) => state !== undefined).length;
      }
      assert.equal(granted, perDay);
    }
  });

  it('lets nobody go short when many wait for one lease', async () => {
    const quota = createQuota(openLedger(createLedgerBuffer(8)), storeOf(40));
    const states = await Promise.all(Array.from({ length: 60 }, async () => quota.spend('prj', 40, 1, NOON)));
    assert.equal(states.filter((state) => state !== undefined).length, 40);
  });

  it('counts down by one and starts anew at midnight UTC', async () => {
    const quota = createQuota(openLedger(createLedgerBuffer(8)), storeOf(1000));
    assert.deepEqual(await quota.spend('prj', 1000, 1, NOON), {
      limit: 1000,
      remaining: 999,
      resetSeconds: Date.UTC(2026, 10, 23) / 1000,
    });
    assert.equal((await quota.spend('prj', 1000, 1, NOON))?.remaining, 998);
    quota.refund('prj', 1, NOON);
    assert.equal(quota.peek('prj', 1000, NOON).remaining, 999);
  });

  it('does not ask the store for every refused request', async () => {
    const store = storeOf(1);
    const quota = createQuota(openLedger(createLedgerBuffer(8)), store);
    await quota.spend('prj', 1, 1, NOON);
    for (let round = 0; round < 100; round += 1)
      assert.equal(await quota.spend('prj', 1, 1, NOON), undefined);
    assert.ok(store.asked <= 2, String(store.asked));
    await quota.spend('prj', 1, 1, NOON + 1001);
    assert.ok(store.asked <= 3);
  });

  it('cannot spend yesterday’s lease today', async () => {
    const store = storeOf(100);
    const quota = createQuota(openLedger(createLedgerBuffer(8)), store);
    await quota.spend('prj', 100, 1, NOON);
    store.used = 100;
    assert.equal(await quota.spend('prj', 100, 1, NOON + 86_400_000), undefined);
  });

  it('holds a lowered plan at once, and lets a raised one be used at once', async () => {
    const plan = { perDay: 1000 };
    let used = 0;
    const store: QuotaStore = {
      lease: async (_project, _day, want) => {
        const granted = Math.max(0, Math.min(want, plan.perDay - used));
        used += granted;
        return { granted, remaining: Math.max(0, plan.perDay - used) };
      },
      giveBack: async (_project, _day, units) => {
        used -= units;
      },
    };
    const quota = createQuota(openLedger(createLedgerBuffer(8)), store);
    await quota.spend('prj', 1000, 1, NOON);
    plan.perDay = 0;
    assert.equal(await quota.spend('prj', 0, 1, NOON), undefined);
    assert.equal(used, 1, 'the rest of the lease went back');
    plan.perDay = 3;
    const remaining: (number | undefined)[] = [];
    for (let round = 0; round < 4; round += 1)
      remaining.push((await quota.spend('prj', 3, 1, NOON))?.remaining);
    assert.deepEqual(remaining, [1, 0, undefined, undefined]);
  });

  it('gives back what was leased and not used when it closes', async () => {
    const store = storeOf(1000);
    const quota = createQuota(openLedger(createLedgerBuffer(8)), store);
    await quota.spend('prj', 1000, 1, NOON);
    await quota.close(NOON);
    assert.equal(store.used, 1);
  });
});

describe('requests that nobody stands behind', () => {
  it('are slowed by source, and only for the second', () => {
    const strangers = createStrangers(3);
    const [one, two] = [new Opaque('192.0.2.1'), new Opaque('192.0.2.2')];
    const admitted = Array.from({ length: 10 }, () => strangers.admit(one, NOON)).filter(Boolean);
    assert.equal(admitted.length, 3);
    assert.ok(strangers.admit(two, NOON));
    assert.ok(strangers.admit(one, NOON + 1000));
  });

  it('count IPv6 by its /64 and mapped IPv4 as IPv4', () => {
    assert.equal(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:2:ffff::9'));
    assert.notEqual(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
    assert.equal(sourceOf('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(sourceOf('fe80::1%eth0'), sourceOf('fe80::2'));
    assert.equal(sourceOf('::1'), sourceOf('0:0:0:0::1'));
  });
});
