import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createHolds } from './holds.ts';

test('takes from whoever has held longest when there is too much', () => {
  const evicted: string[] = [];
  const holds = createHolds<string>(100, (holder) => evicted.push(holder));
  holds.add('first', 40);
  holds.add('second', 40);
  holds.add('first', 10);
  assert.deepEqual(evicted, []);
  holds.add('third', 20);
  assert.deepEqual(evicted, ['first']);
  holds.add('fourth', 200);
  assert.deepEqual(evicted, ['first', 'second', 'third', 'fourth']);
});

test('counts whoever makes progress as the newest', () => {
  const evicted: string[] = [];
  const holds = createHolds<string>(100, (holder) => evicted.push(holder));
  holds.add('first', 50);
  holds.add('second', 50);
  holds.reduce('first', 10);
  holds.add('third', 20);
  assert.deepEqual(evicted, ['second']);
});

test('never holds more than there is room for, and forgets who needs nothing', () => {
  const step = fc.record({
    does: fc.constantFrom('add', 'add', 'add', 'reduce', 'release'),
    holder: fc.integer({ min: 0, max: 5 }),
    amount: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const expected = new Map<number, number>();
      const holds = createHolds<number>(100, (holder) => expected.delete(holder));
      for (const { does, holder, amount } of steps) {
        const before = expected.get(holder);
        if (does === 'add') {
          expected.set(holder, (before ?? 0) + amount);
          holds.add(holder, amount);
        } else if (does === 'release' || (before !== undefined && before <= amount)) {
          expected.delete(holder);
          if (does === 'release') holds.release(holder);
          else holds.reduce(holder, amount);
        } else {
          if (before !== undefined) expected.set(holder, before - amount);
          holds.reduce(holder, amount);
        }
        const total = [...expected.values()].reduce((sum, value) => sum + value, 0);
        assert.ok(total <= 100);
      }
      // With everybody gone there is room for all of it again.
      for (let holder = 0; holder <= 5; holder += 1) holds.release(holder);
      expected.set(9, 100);
      holds.add(9, 100);
      assert.equal(expected.get(9), 100);
    }),
  );
});
