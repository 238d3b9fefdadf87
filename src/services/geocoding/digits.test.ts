import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  putAscii,
  putBytes,
  putDegrees,
  putFive,
  putFixedDegrees,
  putScaled,
  putTwo,
  putWhole,
} from './digits.ts';

const START = 7;
const page = Buffer.alloc(4_096);

/** What a function writes at a place in the middle; nothing around it may change. */
const written = (put: (page: Buffer, at: number) => number): string => {
  page.fill(0x21);
  const end = put(page, START);
  assert.equal(page.toString('latin1', 0, START), '!'.repeat(START));
  assert.equal(page[end], 0x21);
  return page.toString('latin1', START, end);
};

test('writes every number of two digits', () => {
  for (let value = 0; value < 100; value++)
    assert.equal(
      written((to, at) => putTwo(to, at, value)),
      String(value).padStart(2, '0'),
    );
});

test('writes every number of five digits', () => {
  for (let value = 0; value < 100_000; value++) {
    const end = putFive(page, START, value);
    assert.equal(end, START + 5);
    assert.equal(page.toString('latin1', START, end), String(value).padStart(5, '0'));
  }
});

test('writes whole numbers as JSON does', () => {
  const check = (value: number): void =>
    assert.equal(
      written((to, at) => putWhole(to, at, value)),
      String(value),
    );
  for (let power = 1; power <= 1_000_000_000; power *= 10)
    for (const value of [power - 1, power, power + 1, 9 * power].filter((one) => one < 2 ** 31)) check(value);
  check(2 ** 31);
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), check), { numRuns: 5_000 });
});

test('writes decimals with the places that are asked for, and without zeros where they are not wanted', () => {
  const value = fc.integer({ min: -30_000_000_000, max: 30_000_000_000 });
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 5 }), (units, places) => {
      const [sign, size] = [units < 0 ? '-' : '', String(Math.abs(units)).padStart(places + 1, '0')];
      const whole = `${sign}${size.slice(0, -places)}`;
      const fraction = size.slice(-places);
      assert.equal(
        written((to, at) => putScaled(to, at, units, places, false)),
        `${whole}.${fraction}`,
      );
      const trimmed = fraction.replace(/0+$/u, '');
      assert.equal(
        written((to, at) => putScaled(to, at, units, places, true)),
        trimmed === '' ? whole : `${whole}.${trimmed}`,
      );
    }),
    { numRuns: 5_000 },
  );
});

test('writes degrees with five places, or with as many as they need', () => {
  fc.assert(
    fc.property(fc.integer({ min: -18_000_000, max: 18_000_000 }), (units) => {
      assert.equal(
        written((to, at) => putFixedDegrees(to, at, units)),
        (units / 100_000).toFixed(5),
      );
      assert.equal(
        written((to, at) => putDegrees(to, at, units)),
        String(units === 0 ? 0 : JSON.stringify(units / 100_000)),
      );
    }),
    { numRuns: 5_000 },
  );
});

test('copies texts and bytes of any length', () => {
  for (const length of [0, 1, 11, 12, 13, 300, 3_000]) {
    const text = 'abcdefghij'.repeat(300).slice(0, length);
    assert.equal(
      written((to, at) => putAscii(to, at, text)),
      text,
    );
    assert.equal(
      written((to, at) => putBytes(to, at, Buffer.from(text))),
      text,
    );
  }
});
