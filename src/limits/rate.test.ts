import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { CELL, createLedgerBuffer, openLedger, WHOLE_SHARE, type Ledger } from './ledger.ts';
import { giveBackToRate, readRate, takeFromRate } from './rate.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

const fresh = (): { ledger: Ledger; slot: number } => {
  const ledger = openLedger(createLedgerBuffer(8));
  return { ledger, slot: ledger.slotOf('prj_a') };
};

/** Requests at these instants that were admitted. */
const admitted = (ledger: Ledger, slot: number, rate: Rate, times: readonly number[]): number[] =>
  times.filter((now) => takeFromRate(ledger, slot, rate.perSecond, rate.burst, now) === 0);

interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

const rates = fc.record({
  perSecond: fc.integer({ min: 1, max: 3000 }),
  burst: fc.integer({ min: 1, max: 3000 }),
});
const gaps = fc.array(fc.oneof(fc.nat(3), fc.nat(300), fc.nat(20_000)), { minLength: 1, maxLength: 300 });

const timesOf = (steps: readonly number[]): number[] => {
  let now = NOON;
  return steps.map((step) => (now += step));
};

describe('the shared ledger', () => {
  it('gives a subject the same slot in every thread, and each subject its own', () => {
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

  it('lists those that were asked for lately, with their rates and how often, also to other threads', () => {
    const buffer = createLedgerBuffer(16);
    const [mine, others] = [openLedger(buffer), openLedger(buffer)];
    const [old, now, idle] = ['prj_old', 'prj_now', 'prj_idle'].map((id) => mine.slotOf(id)) as [
      number,
      number,
      number,
    ];
    takeFromRate(mine, old, 5, 10, NOON - 3000);
    for (let round = 0; round < 3; round += 1) takeFromRate(mine, now, 1, 1, NOON);
    const active = others.activeSlots(NOON - 1000);
    assert.deepEqual(
      active.map(({ slot, perSecond, burst }) => ({ slot, perSecond, burst })),
      [{ slot: now, perSecond: 1, burst: 1 }],
    );
    assert.equal(others.cells[now + CELL.asked], 3, 'refused ones as well');
    assert.deepEqual(
      others.activeSlots(NOON - 3000).map(({ slot }) => slot),
      [old, now],
    );
    assert.ok(!others.activeSlots(0).some(({ slot, perSecond }) => slot === idle && perSecond > 0));
    const elsewhere = openLedger(createLedgerBuffer(4));
    takeFromRate(elsewhere, elsewhere.slotOf('prj_now'), 1, 1, NOON);
    const [same] = elsewhere.activeSlots(NOON);
    assert.deepEqual([same?.idHigh, same?.idLow], [active[0]?.idHigh, active[0]?.idLow], 'on all nodes');
  });
});

describe('the rate', () => {
  it('admits the burst at once and then one by one, and a refused request costs nothing', () => {
    const { ledger, slot } = fresh();
    const rate = { perSecond: 10, burst: 25 };
    assert.equal(admitted(ledger, slot, rate, Array<number>(60).fill(NOON)).length, 25);
    assert.equal(admitted(ledger, slot, rate, Array<number>(60).fill(NOON + 99)).length, 0);
    assert.equal(admitted(ledger, slot, rate, Array<number>(60).fill(NOON + 100)).length, 1);
    assert.equal(admitted(ledger, slot, rate, Array<number>(60).fill(NOON + 1100)).length, 10);
    assert.equal(admitted(ledger, slot, rate, Array<number>(60).fill(NOON + 60_000)).length, 25);
  });

  it('never admits more than the burst and the rate over any span of time', () => {
    fc.assert(
      fc.property(rates, gaps, (rate, steps) => {
        const { ledger, slot } = fresh();
        const times = admitted(ledger, slot, rate, timesOf(steps));
        return times.every((start, first) =>
          times
            .slice(first)
            .every((end, count) => count + 1 <= rate.burst + (rate.perSecond * (end - start)) / 1000),
        );
      }),
    );
  });

  it('refuses nobody who asks no faster than it', () => {
    fc.assert(
      fc.property(rates, gaps, (rate, steps) => {
        const { ledger, slot } = fresh();
        const every = Math.ceil(1000 / rate.perSecond);
        const times = timesOf(steps.map((step) => step + every));
        return admitted(ledger, slot, rate, times).length === times.length;
      }),
    );
  });

  it('says to the fraction of a millisecond when one more fits', () => {
    fc.assert(
      fc.property(rates, fc.nat(5000), (rate, count) => {
        const { ledger, slot } = fresh();
        let wait = 0;
        for (let round = 0; round <= rate.burst + count && wait === 0; round += 1)
          wait = takeFromRate(ledger, slot, rate.perSecond, rate.burst, NOON);
        if (wait === 0) return true;
        const soon = NOON + Math.ceil(wait);
        if (soon - 1 >= NOON && wait > 1)
          assert.ok(takeFromRate(ledger, slot, rate.perSecond, rate.burst, soon - 1) > 0);
        return takeFromRate(ledger, slot, rate.perSecond, rate.burst, soon) === 0;
      }),
    );
  });

  it('tells what is left and when there is more, without spending', () => {
    const { ledger, slot } = fresh();
    const read = (now: number) => readRate(ledger, slot, 10, 3, now);
    assert.deepEqual(read(NOON), { remaining: 3, moreAfterMs: 0 });
    takeFromRate(ledger, slot, 10, 3, NOON);
    assert.deepEqual(read(NOON), { remaining: 2, moreAfterMs: 100 });
    takeFromRate(ledger, slot, 10, 3, NOON);
    takeFromRate(ledger, slot, 10, 3, NOON);
    assert.deepEqual(read(NOON + 40), { remaining: 0, moreAfterMs: 60 });
    giveBackToRate(ledger, slot, 10);
    assert.deepEqual(read(NOON), { remaining: 1, moreAfterMs: 100 });
    assert.deepEqual(read(NOON + 400), { remaining: 3, moreAfterMs: 0 });
  });

  it('is the process’s share where it is shared, and one request at least', () => {
    const { ledger, slot } = fresh();
    const rate = { perSecond: 100, burst: 40 };
    Atomics.store(ledger.cells, slot + CELL.share, WHOLE_SHARE / 4);
    assert.equal(admitted(ledger, slot, rate, Array<number>(99).fill(NOON)).length, 10);
    assert.equal(admitted(ledger, slot, rate, Array<number>(99).fill(NOON + 1000)).length, 10);
    const steadily = Array.from({ length: 2000 }, (_, index) => NOON + 2000 + index);
    assert.equal(admitted(ledger, slot, rate, steadily).length, 10 + 49);
    Atomics.store(ledger.cells, slot + CELL.share, 1);
    assert.equal(admitted(ledger, slot, rate, Array<number>(99).fill(NOON + 99_000)).length, 1);
    Atomics.store(ledger.cells, slot + CELL.share, WHOLE_SHARE);
    // What was far ahead with a tiny share is no further ahead than a whole burst now, from the first refusal on.
    takeFromRate(ledger, slot, rate.perSecond, rate.burst, NOON + 99_000);
    assert.equal(takeFromRate(ledger, slot, rate.perSecond, rate.burst, NOON + 99_010), 0);
  });

  it('that is lowered holds at once; one that is raised leaves nobody waiting for the old one', () => {
    const { ledger, slot } = fresh();
    admitted(ledger, slot, { perSecond: 1, burst: 100 }, Array<number>(100).fill(NOON));
    takeFromRate(ledger, slot, 1000, 10, NOON);
    assert.equal(takeFromRate(ledger, slot, 1000, 10, NOON + 1), 0);
    assert.equal(
      admitted(ledger, slot, { perSecond: 1, burst: 5 }, Array<number>(9).fill(NOON + 60_000)).length,
      5,
    );
  });

  it('wins nobody time by requests that come late', () => {
    const { ledger, slot } = fresh();
    const rate = { perSecond: 10, burst: 10 };
    let count = 0;
    for (let now = NOON; now < NOON + 1000; now += 10) {
      count += admitted(ledger, slot, rate, Array<number>(5).fill(now)).length;
      takeFromRate(ledger, slot, rate.perSecond, rate.burst, now - 50);
    }
    assert.ok(count <= 20, String(count));
  });

  it('goes on when the clock is set back', () => {
    const { ledger, slot } = fresh();
    admitted(ledger, slot, { perSecond: 10, burst: 10 }, Array<number>(9).fill(NOON + 3_600_000));
    const steadily = Array.from({ length: 20 }, (_, index) => NOON + index * 100);
    assert.ok(admitted(ledger, slot, { perSecond: 10, burst: 10 }, steadily).length >= 19);
  });

  it('holds for all threads of a process together', async () => {
    const buffer = createLedgerBuffer(8);
    const source = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { openLedger } = await import(workerData.ledger);
      const { takeFromRate } = await import(workerData.rate);
      const ledger = openLedger(workerData.buffer);
      const slot = ledger.slotOf('prj_a');
      let admitted = 0;
      for (let i = 0; i < 20000; i += 1) if (takeFromRate(ledger, slot, 1000, 5000, ${NOON}) === 0) admitted += 1;
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
    const { cells, slotOf } = openLedger(buffer);
    assert.equal(cells[slotOf('prj_a') + CELL.asked], 60_000);
  });
});
