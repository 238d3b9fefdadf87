import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boxOf } from './box.ts';

const degrees = (value: number): number => value * 100_000;
const line = (west: number, south: number, east: number, north: number): number[] =>
  [west, south, east, south, east, north, west, north].map(degrees);
const boxIn = (...lines: number[][]): number[] | undefined => boxOf(lines)?.map((value) => value / 100_000);

test('a box around lines on one side of the world is south, west, north, east', () => {
  assert.deepEqual(boxIn(line(5, 47, 15, 55), line(6, 46, 7, 48)), [46, 5, 55, 15]);
  assert.deepEqual(boxIn(line(-75, 40, -70, 45), line(100, 10, 110, 20)), [10, -75, 45, 110]);
});

test('lines on both sides of the antimeridian have a box astride it, whose west is more than its east', () => {
  assert.deepEqual(boxIn(line(177, -19, 180, -16), line(-180, -18, -179, -15)), [-19, 177, -15, -179]);
  assert.deepEqual(boxIn(line(-179, 51, -130, 71), line(172, 52, 174, 53)), [51, 172, 71, -130]);
});

test('what ends at the antimeridian does not go beyond it, and what goes all the way round has no ends', () => {
  assert.deepEqual(boxIn(line(170, 0, 180, 1)), [0, 170, 1, 180]);
  assert.deepEqual(boxIn(line(-180, 0, -170, 1)), [0, -180, 1, -170]);
  assert.deepEqual(boxIn(line(-180, -90, 180, -60)), [-90, -180, -60, 180]);
  assert.equal(boxIn(), undefined);
});

test('every line lies in the box, and no box is wider than the plain one', () => {
  const spans = fc.array(
    fc
      .tuple(fc.integer({ min: -180, max: 170 }), fc.nat(10))
      .map(([west, width]) => [west, west + width] as const),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(spans, (all) => {
      const [, west = 0, , east = 0] = boxIn(...all.map(([from, to]) => line(from, 0, to, 1)))!;
      const width = (east - west + 360) % 360 || (east === west ? 0 : 360);
      for (const [from, to] of all) {
        const after = (from - west + 720) % 360;
        assert.ok(after + (to - from) <= width + 1e-9, `${from} ${to} in ${west} ${east}`);
      }
      const plain = Math.max(...all.map(([, to]) => to)) - Math.min(...all.map(([from]) => from));
      assert.ok(width <= plain);
    }),
    { seed: 5 },
  );
});
