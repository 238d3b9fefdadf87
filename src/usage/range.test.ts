import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { daysOf, monthsOf, rangeOf } from './range.ts';

const START = Date.UTC(2020, 0, 1);
const dayAt = (offset: number): string => new Date(START + offset * 86_400_000).toISOString().slice(0, 10);

describe('a range of days', () => {
  it('covers each day once, over leap years and ends of years', () => {
    fc.assert(
      fc.property(fc.nat(60_000), fc.nat(365), (offset, length) => {
        const [from, to] = [dayAt(offset), dayAt(offset + length)];
        const days = daysOf(rangeOf(from, to, 0));
        assert.equal(days.length, length + 1);
        assert.deepEqual([days[0], days.at(-1)], [from, to]);
        assert.equal(new Set(days).size, days.length);
      }),
    );
  });

  it('is thirty days where none is asked for, or twelve months with their first days', () => {
    fc.assert(
      fc.property(fc.nat(60_000), (offset) => {
        const now = START + offset * 86_400_000 + 1;
        const days = daysOf(rangeOf(undefined, undefined, now));
        assert.deepEqual([days.length, days.at(-1)], [30, dayAt(offset)]);
        const year = rangeOf(undefined, undefined, now, 'month');
        const months = monthsOf(year);
        assert.deepEqual([months.length, months.at(-1)], [12, dayAt(offset).slice(0, 7)]);
        assert.ok(year.from.endsWith('-01'));
      }),
    );
  });
});
