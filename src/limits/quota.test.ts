import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { QuotaState } from '../foundation/caller.ts';
import { createLedgerBuffer, openLedger, type Ledger } from './ledger.ts';
import type { QuotaStore } from './quota-store.ts';
import { createQuota, readStoreUp, type Quota, type Spending } from './quota.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;

interface MemoryStore extends QuotaStore {
  limit: number;
  /** Whether it does not answer; `silent` does not even say so. */
  away: boolean | 'silent';
  asked: number;
  used: Map<string, number>;
  /** What counts as used in all periods together. */
  total(): number;
}

/** A store with the contract of `lease_quota`, in memory, for the arithmetic; the one of SQL has tests of its own. */
const storeOf = (limit: number): MemoryStore => {
  const used = new Map<string, number>();
  const answer = async (): Promise<void> => {
    store.asked += 1;
    if (store.away === 'silent') await new Promise(() => undefined);
    await Promise.resolve();
    if (store.away) throw new Error('away');
  };
  const store: MemoryStore = {
    limit,
    away: false,
    asked: 0,
    used,
    total: () => [...used.values()].reduce((sum, units) => sum + units, 0),
    lease: async ({ subject, period }, starts, want, { isSoft }) => {
      await answer();
      const row = `${subject} ${period} ${starts}`;
      const before = used.get(row) ?? 0;
      const granted = isSoft ? want : Math.max(0, Math.min(want, store.limit - before));
      used.set(row, before + granted);
      return { granted, remaining: store.limit - before - granted };
    },
    giveBack: async ({ subject, period }, starts, units) => {
      await answer();
      const row = `${subject} ${period} ${starts}`;
      used.set(row, Math.max(0, (used.get(row) ?? 0) - units));
    },
  };
  return store;
};

interface Meter {
  readonly ledger: Ledger;
  readonly quota: Quota;
  spend(now?: number, cost?: number): Promise<Spending>;
  read(now?: number): QuotaState;
  refund(now?: number): void;
}

interface MeterOptions {
  readonly buffer?: SharedArrayBuffer;
  readonly period?: 'day' | 'month';
  readonly isSoft?: boolean;
  readonly onStoreState?: (isUp: boolean) => void;
}

/** One thread of a process that spends one account, of a plan as large as the store's limit at the moment. */
const meterOf = (store: MemoryStore, options: MeterOptions = {}): Meter => {
  const { buffer = createLedgerBuffer(8), period = 'day', isSoft = false, onStoreState } = options;
  const ledger = openLedger(buffer);
  const quota = createQuota({ ledger, store, ...(onStoreState === undefined ? {} : { onStoreState }) });
  const account = quota.open({ subject: 'prj', project: 'prj', period });
  return {
    ledger,
    quota,
    spend: async (now = NOON, cost = 1) => quota.spend(account, store.limit, isSoft, cost, now),
    read: (now = NOON) => quota.read(account, store.limit, now),
    refund: (now = NOON) => quota.refund(account, 1, now),
  };
};

const spendAll = async (meter: Meter, times: number, now = NOON): Promise<number> => {
  let spent = 0;
  for (let round = 0; round < times; round += 1) if ((await meter.spend(now)) === 'spent') spent += 1;
  return spent;
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a quota', () => {
  it('grants exactly the plan over several processes, each with several threads', async () => {
    for (const limit of [1, 7, 100, 5000]) {
      const store = storeOf(limit);
      const buffers = [1, 2, 3].map(() => createLedgerBuffer(8));
      const meters = buffers.flatMap((buffer) => [meterOf(store, { buffer }), meterOf(store, { buffer })]);
      let granted = 0;
      for (let round = 0; round < limit + 10; round += 1) {
        const outcomes = await Promise.all(meters.map((meter) => meter.spend(NOON + round)));
        granted += outcomes.filter((outcome) => outcome === 'spent').length;
      }
      assert.equal(granted, limit);
    }
  });

  it('is never exceeded, whatever is spent, given back, stopped and killed where', async () => {
    const steps = fc.array(
      fc.record({ node: fc.nat(2), kind: fc.nat(9), cost: fc.integer({ min: 1, max: 4 }) }),
      {
        minLength: 50,
        maxLength: 300,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 400 }), steps, async (limit, walk) => {
        const store = storeOf(limit);
        const nodes = [meterOf(store), meterOf(store), meterOf(store)];
        let spent = 0;
        for (const { node, kind, cost } of walk) {
          const meter = nodes[node] as Meter;
          // Most steps spend, several at once; others end a process in order, kill one, or give one unit back.
          if (kind === 0) await meter.quota.close(NOON);
          if (kind <= 1) nodes[node] = meterOf(store);
          else if (kind === 2 && spent > 0) {
            meter.refund();
            spent -= 1;
          } else {
            const outcomes = await Promise.all([meter.spend(NOON, cost), meter.spend(NOON, cost)]);
            spent += cost * outcomes.filter((outcome) => outcome === 'spent').length;
          }
          assert.ok(spent <= limit, `${spent} of ${limit}`);
          assert.ok(store.total() <= limit);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets nobody go short when many wait for one lease', async () => {
    const meter = meterOf(storeOf(40));
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => meter.spend()));
    assert.equal(outcomes.filter((outcome) => outcome === 'spent').length, 40);
  });

  it('counts down by one, tells the turn of its period, and takes back what was not needed', async () => {
    const meter = meterOf(storeOf(1000));
    assert.equal(await meter.spend(), 'spent');
    assert.deepEqual(meter.read(), {
      limit: 1000,
      remaining: 999,
      resetSeconds: Date.UTC(2026, 10, 23) / 1000,
    });
    await meter.spend();
    assert.equal(meter.read().remaining, 998);
    meter.refund();
    assert.equal(meter.read().remaining, 999);
    const month = meterOf(storeOf(5), { period: 'month' });
    await month.spend();
    assert.deepEqual(month.read(), { limit: 5, remaining: 4, resetSeconds: Date.UTC(2026, 11, 1) / 1000 });
  });

  it('starts anew with the day or the month, and never before', async () => {
    const turns = { day: Date.UTC(2026, 10, 23), month: Date.UTC(2026, 11, 1) } as const;
    for (const [period, turn] of Object.entries(turns)) {
      const store = storeOf(3);
      const meter = meterOf(store, { period: period as 'day' | 'month' });
      assert.equal(await spendAll(meter, 5, turn - DAY_MS), 3);
      assert.equal(await spendAll(meter, 5, turn - 1), 0);
      assert.equal(await spendAll(meter, 5, turn), 3);
      assert.deepEqual([...store.used.values()], [3, 3]);
      assert.ok(
        [...store.used.keys()].includes(`prj ${period} ${new Date(turn).toISOString().slice(0, 10)}`),
      );
    }
  });

  it('is not turned back by a request from just before midnight', async () => {
    const store = storeOf(100_000);
    const meter = meterOf(store);
    const midnight = NOON + DAY_MS / 2;
    await spendAll(meter, 10, midnight);
    await settled();
    const asked = store.asked;
    for (let round = 0; round < 5; round += 1) {
      await meter.spend(midnight - 1);
      await meter.spend(midnight + 1);
    }
    assert.equal(store.asked, asked);
  });

  it('cannot spend yesterday’s lease today', async () => {
    const store = storeOf(100);
    const meter = meterOf(store);
    await meter.spend();
    store.used.set('prj day 2026-11-23', 100);
    assert.equal(await meter.spend(NOON + DAY_MS), 'used-up');
  });

  it('does not ask the store for every refused request', async () => {
    const store = storeOf(1);
    const meter = meterOf(store);
    await meter.spend();
    assert.equal(await spendAll(meter, 100), 0);
    assert.ok(store.asked <= 3, String(store.asked));
    await meter.spend(NOON + 1001);
    assert.ok(store.asked <= 4, String(store.asked));
  });

  it('keeps a fiftieth of the plan in hand at most, which is what a killed process takes with it', async () => {
    for (const limit of [1, 60, 2500, 100_000]) {
      const store = storeOf(limit);
      const buffer = createLedgerBuffer(8);
      const threads = [meterOf(store, { buffer }), meterOf(store, { buffer }), meterOf(store, { buffer })];
      let spent = 0;
      for (let round = 0; round < Math.min(limit, 3000); round += 1) {
        const thread = threads[round % 3] as Meter;
        if ((await thread.spend(NOON + round)) === 'spent') spent += 1;
        await settled();
        assert.ok(store.total() - spent <= Math.max(1, limit / 50), `${store.total() - spent} of ${limit}`);
      }
    }
  });

  it('holds a lowered plan at once, and lets a raised one be used at once', async () => {
    const store = storeOf(1000);
    const meter = meterOf(store);
    await meter.spend();
    await settled();
    store.limit = 0;
    assert.equal(await meter.spend(), 'used-up');
    assert.equal(store.total(), 1, 'the rest of the lease went back');
    store.limit = 3;
    const left: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await meter.spend();
      left.push(meter.read().remaining);
    }
    assert.deepEqual(left, [1, 0, 0, 0]);
    assert.equal(store.total(), 3);
  });

  it('gives back what was leased and not used when it closes', async () => {
    const store = storeOf(1000);
    const meter = meterOf(store);
    await meter.spend();
    await meter.quota.close(NOON);
    assert.equal(store.total(), 1);
  });
});

describe('a soft quota', () => {
  it('answers beyond its units, shows that none is left, and counts every one', async () => {
    const store = storeOf(10);
    const meter = meterOf(store, { isSoft: true });
    for (let round = 0; round < 50; round += 1) {
      assert.equal(await meter.spend(NOON + round), 'spent');
      await settled();
      assert.equal(meter.read().remaining, Math.max(0, 10 - round - 1));
    }
    await meter.quota.close(NOON);
    assert.equal(store.total(), 50);
  });

  it('goes on without its store, and pays afterwards, also for a day that is over', async () => {
    const store = storeOf(1000);
    const meter = meterOf(store, { isSoft: true });
    store.away = true;
    assert.equal(await spendAll(meter, 70), 70);
    await settled();
    store.away = false;
    const midnight = NOON + DAY_MS / 2;
    assert.equal(await spendAll(meter, 5, midnight), 5);
    await settled();
    await meter.quota.close(midnight);
    assert.deepEqual(
      [...store.used],
      [
        ['prj day 2026-11-22', 70],
        ['prj day 2026-11-23', 5],
      ],
    );
  });
});

describe('a quota whose store is away', () => {
  it('is spent as far as it is leased, and then nobody waits', async () => {
    const store = storeOf(1000);
    const meter = meterOf(store);
    await meter.spend();
    await settled();
    const inHand = store.total() - 1;
    assert.ok(inHand >= 10, 'there is always something in hand');
    store.away = true;
    assert.equal(await spendAll(meter, inHand), inHand);
    assert.equal(await meter.spend(), 'away');
    const { asked } = store;
    for (let round = 0; round < 100; round += 1) assert.equal(await meter.spend(), 'away');
    assert.equal(store.asked, asked, 'a flood is not passed on');
    store.away = false;
    assert.equal(await meter.spend(NOON + 1001), 'spent');
    let granted = inHand + 2;
    for (let round = 0; round < 1100; round += 1)
      if ((await meter.spend(NOON + 1001 + round)) === 'spent') granted += 1;
    assert.equal(granted, 1000, 'the plan and no more');
  });

  it('is told once, and once when it answers again, by whichever thread sees it', async () => {
    const store = storeOf(1000);
    const told: boolean[] = [];
    const buffer = createLedgerBuffer(8);
    const onStoreState = (isUp: boolean): void => void told.push(isUp);
    const threads = [meterOf(store, { buffer, onStoreState }), meterOf(store, { buffer, onStoreState })];
    const [one, two] = threads as [Meter, Meter];
    assert.equal(readStoreUp(one.ledger), 1);
    await one.spend();
    assert.deepEqual(told, [], 'that it is there is no news');
    store.away = true;
    for (let round = 0; round < 40; round += 1)
      await Promise.all([one.spend(NOON + round * 500), two.spend(NOON + round * 500)]);
    assert.deepEqual(told, [false]);
    assert.equal(readStoreUp(two.ledger), 0);
    store.away = false;
    await two.spend(NOON + 60_000);
    assert.deepEqual(told, [false, true]);
    assert.equal(readStoreUp(one.ledger), 1);
  });

  it('hangs nobody where the store does not even fail', async () => {
    const store = storeOf(1000);
    const meter = meterOf(store);
    store.away = 'silent';
    const outcomes = await Promise.all([meter.spend(), meter.spend(NOON, 3)]);
    assert.deepEqual(outcomes, ['away', 'away']);
    assert.equal(await meter.spend(NOON + 2500), 'away', 'at once');
    assert.equal(store.asked, 1);
  });
});
