import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import {
  array,
  assert,
  boolean,
  constant,
  integer,
  oneof,
  property,
  shuffledSubarray,
  tuple,
} from 'fast-check';
import { groupRings, isInRing, joinWays, measureRing } from './osm-rings.ts';

const way = (...ids: number[]): Float64Array => Float64Array.from(ids);

const box = (south: number, west: number, size: number): Int32Array =>
  Int32Array.of(south, west, south, west + size, south + size, west + size, south + size, west, south, west);

test('joins ways of any order and direction into the rings that they were cut from', () => {
  const rings = array(
    tuple(integer({ min: 3, max: 30 }), array(integer({ min: 1, max: 1000 }), { maxLength: 6 })),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  assert(
    property(
      rings,
      array(boolean(), { minLength: 60, maxLength: 60 }),
      oneof(constant(0), integer()),
      (shapes, turns, seed) => {
        const ways: Float64Array[] = [];
        shapes.forEach(([size, cuts], number) => {
          const ids = Array.from({ length: size + 1 }, (_, at) => 1000 * number + (at % size));
          const ends = [...new Set([0, ...cuts.map((cut) => cut % size), size])].toSorted((a, b) => a - b);
          for (const [at, start] of ends.slice(0, -1).entries())
            ways.push(way(...ids.slice(start, (ends[at + 1] ?? 0) + 1)));
        });
        const mixed = ways
          .map((refs, at) => (turns[at] === true ? refs.slice().reverse() : refs))
          .toSorted((a, b) => (((a[0] ?? 0) * 7919 + seed) % 13) - (((b[0] ?? 0) * 7919 + seed) % 13));
        const joined = joinWays(mixed);
        equal(joined.open, 0);
        const sizes = (all: readonly Float64Array[]) =>
          all.map((ring) => new Set(ring).size).toSorted((a, b) => a - b);
        deepEqual(
          sizes(joined.rings),
          shapes.map(([size]) => size).toSorted((a, b) => a - b),
        );
        for (const ring of joined.rings) equal(ring[0], ring.at(-1));
      },
    ),
  );
});

test('counts chains that do not close, and leaves them out', () => {
  const { rings, open } = joinWays([way(1, 2, 3), way(3, 4), way(5, 6, 7, 5), way(9)]);
  deepEqual([rings.map((ring) => Array.from(ring)), open], [[[5, 6, 7, 5]], 1]);
});

test('does not hang where very many ways meet in one node', () => {
  const ways = Array.from({ length: 20_000 }, (_, at) => way(0, at + 1));
  ok(joinWays(ways).open > 0);
});

test('puts holes into the ring that they lie in', () => {
  const outers = [box(0, 0, 100), box(0, 200, 100)];
  const hole = box(40, 240, 10);
  const lost = box(500, 500, 10);
  deepEqual(groupRings(outers, [hole, lost]), [[outers[0]], [outers[1], hole]]);
});

test('measures area and centre, and tells what is inside', () => {
  deepEqual(measureRing(box(100, 200, 10)), { area: 200, lat: 105, lng: 205 });
  deepEqual(measureRing(Int32Array.of(5, 6, 5, 6)), { area: 0, lat: 5, lng: 6 });
  assert(
    property(shuffledSubarray([1, 3, 5, 7, 9], { minLength: 2, maxLength: 2 }), ([lat = 0, lng = 0]) => {
      equal(isInRing(box(0, 0, 10), lat, lng), true);
      equal(isInRing(box(0, 0, 10), lat + 10, lng), false);
    }),
  );
});
