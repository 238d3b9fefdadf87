import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { testClock, type TestClock } from '../../test/support/clock.ts';
import { createOverload, turnedAway, type Overload, type OverloadLimits } from './overload.ts';

const LIMITS: OverloadLimits = {
  turnMs: 50,
  patienceMs: 300,
  alertMs: 10_000,
  mostRestMs: 1000,
  leastPerTurn: 8,
  leastGain: 3,
};

interface Loop {
  readonly overload: Overload;
  readonly clock: TestClock;
  readonly begun: string[];
  /** One turn in which so many requests wait; how many were worked on. */
  turn(requests: number): number;
  idle(milliseconds: number): void;
}

/** An event loop whose requests take as long as is said here. */
const loopOf = (t: TestContext, cost: { work: number; refusal: number }, limits = LIMITS): Loop => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = testClock();
  const begun: string[] = [];
  const after: (() => void)[] = [];
  const overload = createOverload({
    clock,
    limits,
    hooks: { onBegin: () => begun.push('begin'), onEnd: (shed) => begun.push(`end ${shed}`) },
    afterTurn: (callback) => after.push(callback),
  });
  t.after(() => overload.close());
  const pass = (milliseconds: number): void => clock.advance(milliseconds);
  return {
    overload,
    clock,
    begun,
    turn: (requests) => {
      let admitted = 0;
      for (let request = 0; request < requests; request += 1) {
        const isAdmitted = overload.admits(clock.monotonic());
        if (isAdmitted) admitted += 1;
        pass(isAdmitted ? cost.work : cost.refusal);
      }
      for (const callback of after.splice(0)) callback();
      return admitted;
    },
    idle: (milliseconds) => {
      pass(milliseconds);
      t.mock.timers.tick(milliseconds);
    },
  };
};

describe('a thread that is asked more than it can do', () => {
  it('turns nothing away while turns are short, however many there are', (t) => {
    const { turn, begun } = loopOf(t, { work: 1, refusal: 0.02 });
    for (let count = 0; count < 1000; count += 1) assert.equal(turn(50), 50);
    assert.deepEqual(begun, []);
  });

  it('works off a burst that is done within its patience', (t) => {
    const { turn, idle, begun } = loopOf(t, { work: 1, refusal: 0.02 });
    for (let burst = 0; burst < 20; burst += 1) {
      assert.equal(turn(290), 290);
      idle(100);
    }
    assert.deepEqual(begun, []);
  });

  it('turns the newest requests of each turn away when it has been behind for longer', (t) => {
    const { turn, begun } = loopOf(t, { work: 1, refusal: 0.02 });
    for (let count = 0; count < 3; count += 1) assert.equal(turn(100), 100);
    // From now on what is worked on fits into the time of a turn, whether twice or twenty times as much is asked.
    for (const asked of [100, 100, 200, 1000, 60]) assert.equal(turn(asked), 51);
    assert.deepEqual(begun, ['begin']);
  });

  it('gives in within a single turn that does not end', (t) => {
    const { turn } = loopOf(t, { work: 1, refusal: 0.02 });
    assert.equal(turn(5000), 301);
  });

  it('always works on some requests of a turn, however long each takes', (t) => {
    const { turn } = loopOf(t, { work: 100, refusal: 0.02 });
    turn(10);
    for (let count = 0; count < 10; count += 1) assert.equal(turn(20), LIMITS.leastPerTurn);
  });

  it('goes on answering what costs hardly more than turning it away', (t) => {
    const { turn, overload } = loopOf(t, { work: 0.03, refusal: 0.02 });
    let admitted = 0;
    for (let count = 0; count < 100; count += 1) admitted += turn(5000);
    assert.ok(admitted > 490_000, String(admitted));
    assert.ok(overload.isBehind());
  });

  it('is over as soon as a turn was short, and forgives a burst again after a while', (t) => {
    const { turn, idle, begun } = loopOf(t, { work: 1, refusal: 0.02 });
    turn(1000);
    assert.equal(turn(100), 51);
    turn(10);
    // Still alert: the patience of two turns.
    assert.equal(turn(290), 101);
    idle(LIMITS.alertMs + 1);
    assert.equal(turn(290), 290);
    assert.deepEqual(begun, ['begin', `end ${699 + 49 + 189}`]);
  });

  it('tells once that it began, and once that it has ended, however long it went on', (t) => {
    const { turn, idle, begun } = loopOf(t, { work: 1, refusal: 0.02 });
    for (let count = 0; count < 500; count += 1) {
      turn(400);
      idle(1);
    }
    assert.deepEqual(begun, ['begin']);
    idle(LIMITS.alertMs);
    idle(LIMITS.alertMs);
    assert.equal(begun.length, 2);
  });

  it('lets connections come back at twice the rate of its work, one after the other', (t) => {
    const { overload, clock } = loopOf(t, { work: 1, refusal: 1 / 64 });
    const rests: number[] = [];
    for (let request = 0; request < 3000; request += 1) {
      const isAdmitted = overload.admits(clock.monotonic());
      clock.advance(isAdmitted ? 1 : 1 / 64);
      if (!isAdmitted) rests.push(overload.restMs());
    }
    assert.ok(rests.length > 2500);
    for (const [index, rest] of rests.entries())
      assert.equal(rest, Math.floor(((index + 1) / 2) % LIMITS.mostRestMs));
  });

  it('is behind while it is late, and not after it was idle', (t) => {
    const { overload, turn, idle } = loopOf(t, { work: 1, refusal: 0.02 });
    assert.ok(!overload.isBehind());
    turn(400);
    assert.ok(overload.isBehind());
    idle(51);
    assert.ok(!overload.isBehind());
  });

  it('is behind through connections alone, whose requests never come', (t) => {
    const { overload, clock } = loopOf(t, { work: 1, refusal: 0.02 });
    overload.noteConnection();
    clock.advance(301);
    assert.ok(overload.isBehind());
  });

  it('never lets a turn last much longer than its time and its refusals, whatever is asked', (t) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 5000 }),
        // In halves, so that sums are exact.
        fc.integer({ min: 1, max: 12 }).map((halves) => halves / 2),
        (requests, work) => {
          t.mock.timers.reset();
          const { turn } = loopOf(t, { work, refusal: 1 / 64 });
          fc.pre(requests * work > 100);
          while (turn(requests) === requests);
          const most = Math.max(LIMITS.turnMs, (LIMITS.leastPerTurn - 1) * work) + work;
          return turn(requests) * work <= most;
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the answer to who is turned away', () => {
  it('is a 503 that says when to come back, not to all the same', () => {
    const problems = Array.from({ length: 6 }, turnedAway);
    for (const { status, code } of problems) assert.deepEqual([status, code], [503, 'overloaded']);
    const seconds = problems.map(({ headers }) => Number(headers['retry-after']));
    assert.deepEqual(
      seconds.toSorted((a, b) => a - b),
      [1, 1, 2, 2, 3, 3],
    );
  });
});
