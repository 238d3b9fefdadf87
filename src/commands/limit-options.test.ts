import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from './command.ts';
import { hasLimits, limitsFrom, sayLimits } from './limit-options.ts';

const BEFORE = { perSecond: 10, burst: 10, perDay: 2500, perMonth: null, isSoft: false };

describe('limits on the command line', () => {
  it('leave as it was what is not said, and a burst goes with its second until it is said', () => {
    assert.deepEqual(limitsFrom({}, BEFORE), BEFORE);
    assert.deepEqual(limitsFrom({ 'per-second': '50' }, BEFORE), { ...BEFORE, perSecond: 50, burst: 50 });
    const burst = limitsFrom({ burst: '99' }, BEFORE);
    assert.deepEqual(burst, { ...BEFORE, burst: 99 });
    assert.deepEqual(limitsFrom({ 'per-second': '5' }, burst), { ...burst, perSecond: 5 });
    assert.deepEqual(limitsFrom({ 'per-day': 'none', 'per-month': '0', soft: true }, BEFORE), {
      ...BEFORE,
      perDay: null,
      perMonth: 0,
      isSoft: true,
    });
    assert.equal(limitsFrom({ hard: true }, { ...BEFORE, isSoft: true }).isSoft, false);
    assert.equal(limitsFrom({ 'per-day': '1' }, { ...BEFORE, isSoft: true }).isSoft, true);
  });

  it('are refused with an example where they are no such numbers', () => {
    for (const values of [
      { 'per-second': '0' },
      { 'per-second': 'none' },
      { 'per-second': '1000001' },
      { 'per-second': '1e3' },
      { burst: '-1' },
      { burst: '' },
      { 'per-day': 'any' },
      { 'per-day': '2000000001' },
      { 'per-month': '12.5' },
      { 'per-month': '' },
      { soft: true, hard: true },
    ])
      assert.throws(() => limitsFrom(values, BEFORE), UsageError, JSON.stringify(values));
  });

  it('are told from words about something else', () => {
    assert.equal(hasLimits({}), false);
    assert.equal(hasLimits({ hard: true }), true);
    assert.equal(hasLimits({ 'per-day': 'none' }), true);
  });

  it('are said in words', () => {
    assert.equal(sayLimits(BEFORE), '10 a second, 2500 a day');
    assert.equal(
      sayLimits({ perSecond: 1, burst: 5, perDay: null, perMonth: 9, isSoft: true }),
      '1 a second, 5 at once, any number a day, 9 a month, soft',
    );
  });
});
