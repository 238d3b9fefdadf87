import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { daysOf } from './range.ts';
import { judgeDay, judgeRequests, judgeShare, PAST_DAYS, quantileOf, type DayCount } from './rules.ts';

const PAST = fc.array(fc.nat(100_000), { minLength: PAST_DAYS, maxLength: PAST_DAYS });
const steady = (value: number, days = PAST_DAYS): number[] =>
  Array.from({ length: days }, (_, at) => value + ((at * 37) % 11) - 5);

describe('a busy day', () => {
  it('is one far above what it usually is, and says what that is', () => {
    const usual = judgeRequests(41_200, steady(2_200));
    assert.deepEqual(usual, { low: 2195, high: 2204 });
    assert.equal(judgeRequests(4_000, steady(2_200)), undefined);
  });

  it('is none below a thousand requests, nor in the first two weeks of a project', () => {
    assert.equal(judgeRequests(999, steady(10)), undefined);
    assert.notEqual(judgeRequests(1000, steady(10)), undefined);
    assert.equal(judgeRequests(1_000_000, steady(10, 13)), undefined);
    assert.notEqual(judgeRequests(1_000_000, steady(10, 14)), undefined);
  });

  it('is a leap from nothing in a project that was there', () => {
    assert.deepEqual(
      judgeRequests(
        5_000,
        Array.from({ length: 28 }, () => 0),
      ),
      { low: 0, high: 0 },
    );
  });

  it('is no weekend after weekends that were as busy', () => {
    const weeks = Array.from({ length: 28 }, (_, at) => (at % 7 > 4 ? 20_000 : 2_000));
    assert.equal(judgeRequests(24_000, weeks), undefined);
    assert.notEqual(judgeRequests(60_000, weeks), undefined);
  });

  it('stays one as it grows, whatever the order of the days before', () => {
    fc.assert(
      fc.property(PAST, fc.nat(1_000_000), fc.nat(1_000_000), (past, requests, more) => {
        if (judgeRequests(requests, past) !== undefined)
          assert.notEqual(judgeRequests(requests + more, past), undefined);
        assert.deepEqual(judgeRequests(requests, past.toReversed()), judgeRequests(requests, past));
      }),
    );
  });

  it('is never one that three days before were as busy as', () => {
    fc.assert(
      fc.property(PAST, (past) => {
        assert.equal(judgeRequests(past.toSorted((a, b) => b - a)[2] ?? 0, past), undefined);
      }),
    );
  });

  it('is seen though one or two of the days before were wild', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.nat(10_000_000), (one, two) => {
        assert.notEqual(judgeRequests(20_000, [one, two, ...steady(2_200, 26)]), undefined);
      }),
    );
  });
});

describe('a share of refused or failed requests', () => {
  const quiet = Array.from({ length: 28 }, () => ({ part: 10, total: 1000 }));

  it('is told of where it is far above what it usually is', () => {
    assert.deepEqual(judgeShare({ part: 450, total: 1000 }, quiet), { low: 0.01, high: 0.01 });
    assert.equal(judgeShare({ part: 50, total: 1000 }, quiet), undefined);
    const often = quiet.map(() => ({ part: 500, total: 1000 }));
    assert.equal(judgeShare({ part: 740, total: 1000 }, often), undefined);
    assert.notEqual(judgeShare({ part: 750, total: 1000 }, often), undefined);
  });

  it('is not where there are few, or no past', () => {
    assert.equal(judgeShare({ part: 49, total: 1000 }, quiet), undefined);
    assert.equal(judgeShare({ part: 99, total: 99 }, quiet), undefined);
    assert.equal(judgeShare({ part: 450, total: 1000 }, quiet.slice(0, 6)), undefined);
    assert.equal(
      judgeShare(
        { part: 450, total: 1000 },
        quiet.map(() => ({ part: 0, total: 19 })),
      ),
      undefined,
    );
  });

  it('is never told of at or below the usual one, and stays told of as it grows', () => {
    const part = fc.nat(1000).chain((total) => fc.nat(total).map((some) => ({ part: some, total })));
    fc.assert(
      fc.property(part, fc.array(part, { maxLength: 28 }), fc.nat(1000), (now, past, more) => {
        const usual = judgeShare(now, past);
        if (usual === undefined) return;
        assert.ok(now.part / now.total > usual.high);
        const worse = Math.min(now.total, now.part + more);
        assert.notEqual(judgeShare({ part: worse, total: now.total }, past), undefined);
      }),
    );
  });
});

describe('a day of a project', () => {
  const past = daysOf({ from: '2026-10-25', to: '2026-11-21' });
  const on = (day: string, outcome: string, count: number, operation = 'a.b'): DayCount => ({
    operation,
    day,
    outcome,
    count,
  });

  it('is judged over all operations for what came, and by operation for what went wrong', () => {
    const counts = [
      ...past.flatMap((day) => [on(day, 'ok', 900), on(day, 'failed', 1), on(day, 'ok', 1000, 'c.d')]),
      on('2026-11-22', 'ok', 9000),
      on('2026-11-22', 'failed', 3000),
      on('2026-11-22', 'ok', 500, 'c.d'),
    ];
    const found = judgeDay(counts, '2026-11-22', past);
    assert.deepEqual(
      found.map(({ kind, subject, figure, total }) => [kind, subject, figure, total]),
      [
        ['busy', '', 12_500, null],
        ['failed', 'a.b', 3000, 12_000],
      ],
    );
    assert.deepEqual(
      judgeDay(counts, '2026-11-22', past.slice(-13)).map(({ kind }) => kind),
      ['failed'],
    );
    assert.deepEqual(judgeDay(counts, '2026-11-21', past.slice(0, -1)), []);
  });
});

describe('a quantile', () => {
  it('is one of the values, with at least its share at or below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const found = quantileOf(values, share);
          assert.ok(values.includes(found));
          assert.ok(values.filter((value) => value <= found).length >= share * values.length - 1e-9);
        },
      ),
    );
  });
});
