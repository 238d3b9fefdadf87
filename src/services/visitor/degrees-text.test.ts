import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { degreesText } from './degrees-text.ts';

test('degrees are written as the language writes numbers', () => {
  const units = fc.integer({ min: -180_000_000, max: 180_000_000 });
  fc.assert(
    fc.property(units, fc.constantFrom(1, 10, 1000, 100_000), (value, step) => {
      const degrees = (value - (value % step)) / 1e6;
      assert.equal(degreesText(degrees), String(degrees));
    }),
    { numRuns: 5000 },
  );
  fc.assert(fc.property(fc.double(), (value) => assert.equal(degreesText(value), String(value))));
  for (const value of [0, -0, 1e-6, -1e-6, 0.1, -0.000_01, 90, -180, 51.5, Number.NaN, 1e-7, 1e21])
    assert.equal(degreesText(value), String(value));
});
