import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BUCKETS, createBoardBuffer, openBoard } from './board.ts';
import { estimateOf, percentilesOf, sumDurations } from './percentiles.ts';

/** Milliseconds into buckets, as the server does it. */
const bucketsOf = (durations: readonly number[]): number[] => {
  const board = openBoard(createBoardBuffer(['a.b']), ['a.b']);
  const buckets = Array.from({ length: BUCKETS }, () => 0);
  for (const one of durations) {
    const bucket = board.record('a.b', 'ok', one);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return buckets;
};

const MILLISECONDS = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { minLength: 1 });
const SHARE = fc.double({ min: 0.01, max: 1, noNaN: true });

describe('percentiles from buckets', () => {
  it('are bounded by the bucket in which the exact one lies', () => {
    fc.assert(
      fc.property(MILLISECONDS, SHARE, (durations, share) => {
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
        const estimate = estimateOf(bucketsOf(durations), share);
        assert.ok(estimate !== undefined);
        if (estimate.at_most_ms === null) {
          assert.ok(exact > estimate.estimate_ms);
          return;
        }
        assert.ok(exact <= estimate.at_most_ms);
        assert.ok(estimate.estimate_ms <= estimate.at_most_ms);
        // Both lie in the same bucket, and none is wider than two and a half times its lower bound, but for the first.
        assert.ok(estimate.at_most_ms <= Math.max(0.5, exact * 2.5 + 1e-9));
      }),
    );
  });

  it('never fall as the share grows', () => {
    fc.assert(
      fc.property(MILLISECONDS, SHARE, SHARE, (durations, a, b) => {
        const buckets = bucketsOf(durations);
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((share) => estimateOf(buckets, share));
        assert.ok((low?.estimate_ms ?? 1) <= (high?.estimate_ms ?? 0));
      }),
    );
  });

  it('say nothing where nothing was measured, and no more than "longer" beyond the last bound', () => {
    assert.equal(percentilesOf(bucketsOf([])), null);
    const longer = { estimate_ms: 2500, at_most_ms: null };
    assert.deepEqual(percentilesOf(bucketsOf([9000])), { p50: longer, p90: longer, p99: longer });
    assert.deepEqual(percentilesOf(bucketsOf([3, 3, 3, 3]))?.p50, { estimate_ms: 3.75, at_most_ms: 5 });
  });

  it('of several counters are those of all their requests', () => {
    fc.assert(
      fc.property(MILLISECONDS, MILLISECONDS, (some, others) => {
        assert.deepEqual(sumDurations([bucketsOf(some), bucketsOf(others)]), bucketsOf([...some, ...others]));
      }),
    );
  });
});
