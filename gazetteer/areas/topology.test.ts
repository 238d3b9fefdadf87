import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packAreas, unpackAreas, type AreaFacts } from './file.ts';
import { cutIntoArcs, joinArcs, type Line } from './topology.ts';

/** The corners of a closed ring from its least one on, in the direction in which the next is less. */
const canonical = (ring: Line): string => {
  const corners: string[] = [];
  for (let at = 0; at + 2 < ring.length; at += 2) corners.push(`${ring[at]},${ring[at + 1]}`);
  const turned = (list: readonly string[]): string => {
    const start = list.indexOf([...list].sort()[0]!);
    return [...list.slice(start), ...list.slice(0, start)].join(' ');
  };
  return [turned(corners), turned([...corners].reverse())].sort()[0]!;
};

const square = (x: number, y: number, size: number): Line => [
  x,
  y,
  x + size,
  y,
  x + size,
  y + size,
  x,
  y + size,
  x,
  y,
];

test('two squares side by side share one arc, and each is whole again', () => {
  const rings = [square(0, 0, 10), square(10, 0, 10)];
  const { arcs, rings: cut } = cutIntoArcs(rings);
  assert.equal(arcs.length, 3);
  const used = cut.map((ring) => ring.map((part) => (part < 0 ? ~part : part)));
  assert.equal(used[0]!.filter((arc) => used[1]!.includes(arc)).length, 1);
  cut.forEach((ring, index) => assert.equal(canonical(joinArcs(arcs, ring)), canonical(rings[index]!)));
});

test('a hole and the enclave in it share their only arc, wherever each of them begins', () => {
  const hole: Line = [2, 2, 2, 4, 4, 4, 4, 2, 2, 2];
  const enclave: Line = [4, 4, 4, 2, 2, 2, 2, 4, 4, 4];
  const { arcs, rings } = cutIntoArcs([square(0, 0, 10), hole, enclave]);
  assert.equal(arcs.length, 2);
  assert.deepEqual(
    rings.slice(1).map((ring) => ring.map((part) => (part < 0 ? ~part : part))),
    [[1], [1]],
  );
  assert.equal(canonical(joinArcs(arcs, rings[2]!)), canonical(enclave));
});

/** A chessboard's squares, some of them missing, each turned and begun as it comes. */
const boards = fc
  .array(fc.record({ x: fc.nat(4), y: fc.nat(4), start: fc.nat(3), reverse: fc.boolean() }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((squares) =>
    [...new Map(squares.map((each) => [`${each.x} ${each.y}`, each])).values()].map(
      ({ x, y, start, reverse }) => {
        const ring = square(x * 10, y * 10, 10).slice(0, 8);
        const corners = [0, 1, 2, 3].map((at) => ring.slice(at * 2, at * 2 + 2));
        if (reverse) corners.reverse();
        const turned = [...corners.slice(start), ...corners.slice(0, start)];
        return [...turned, turned[0]!].flat();
      },
    ),
  );

test('any squares of a board are whole again after cutting, packing and unpacking, and no edge is kept twice', () => {
  fc.assert(
    fc.property(boards, (rings) => {
      const topology = cutIntoArcs(rings);
      const facts: AreaFacts = {
        iso: 'XX-1',
        country: 'XX',
        name: 'Ą',
        lat: 1.5,
        lng: -2,
        state: '',
        wikidata: 42,
        rings: rings.length,
      };
      const file = unpackAreas(packAreas({ ...topology, areas: [facts], outlined: ['XX.1'] }));
      assert.deepEqual(file.areas, [facts]);
      assert.deepEqual(file.outlined, ['XX.1']);
      file.rings.forEach((ring, index) =>
        assert.equal(canonical(joinArcs(file.arcs, ring)), canonical(rings[index]!)),
      );
      const edges = file.arcs.flatMap((arc) =>
        Array.from({ length: arc.length / 2 - 1 }, (_, at) =>
          [arc.slice(at * 2, at * 2 + 2).join(), arc.slice(at * 2 + 2, at * 2 + 4).join()].sort().join(' '),
        ),
      );
      assert.equal(new Set(edges).size, edges.length);
    }),
    { numRuns: 300, seed: 11 },
  );
});

test('a file that ends too early is an error', () => {
  const whole = packAreas({ ...cutIntoArcs([square(0, 0, 10)]), areas: [], outlined: [] });
  assert.throws(() => unpackAreas(whole.subarray(0, whole.length - 3)));
});
