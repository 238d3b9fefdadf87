import { deepEqual, equal } from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { array, assert, integer, property, uniqueArray } from 'fast-check';
import { openCoordinates, writeCoordinates } from './osm-coordinates.ts';
import { readNumbers, sortNumbers } from './osm-ids.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodes-'));
after(() => rmSync(folder, { recursive: true }));

const ids = { min: -1000, max: 20_000_000_000 };

const sorted = (values: Iterable<number>): number[] => {
  const path = join(folder, 'ids.bin');
  const sorter = sortNumbers(path);
  for (const value of values) sorter.add(value);
  const count = sorter.finish();
  const reader = readNumbers(path);
  const read: number[] = [];
  for (let value = reader.next(); !Number.isNaN(value); value = reader.next()) read.push(value);
  reader.close();
  equal(read.length, count);
  return read;
};

test('gives numbers back sorted and each once', () => {
  assert(
    property(array(integer(ids)), (values) => {
      deepEqual(
        sorted(values),
        [...new Set(values)].toSorted((a, b) => a - b),
      );
    }),
  );
});

test('sorts more numbers than it holds in memory, and leaves nothing beside the file', () => {
  const count = 9_000_000;
  const path = join(folder, 'many.bin');
  const sorter = sortNumbers(path);
  // Every number below the prime comes up, in no order; half of them twice.
  const prime = 6_000_011;
  for (let at = 0; at < count; at += 1) sorter.add((at * 7919) % prime);
  equal(sorter.finish(), prime);
  const reader = readNumbers(path);
  let wrong = 0;
  for (let expected = 0; expected < prime; expected += 1) if (reader.next() !== expected) wrong += 1;
  equal(Number.isNaN(reader.next()), true);
  reader.close();
  equal(wrong, 0);
  deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('many')),
    ['many.bin'],
  );
});

test('finds every node that was written and none that was not', () => {
  assert(
    property(uniqueArray(integer(ids), { maxLength: 200 }), integer(ids), (values, other) => {
      const rising = values.toSorted((a, b) => a - b);
      const path = join(folder, 'nodes.bin');
      const writer = writeCoordinates(path);
      for (const id of rising) writer.add(id, id % 1000, -(id % 777));
      const { firstIds, count } = writer.finish();
      equal(count, values.length);
      const coordinates = openCoordinates(path, firstIds);
      const into = new Int32Array(4);
      for (const id of values) {
        equal(coordinates.find(id, into, 2), true);
        // Integers have no negative zero, which a remainder of -1000 is.
        deepEqual([into[2], into[3]], [0 + (id % 1000), 0 - (id % 777)]);
      }
      equal(coordinates.find(other, into, 0), values.includes(other));
      coordinates.close();
    }),
  );
});

test('finds nodes over very many blocks', () => {
  const path = join(folder, 'blocks.bin');
  const writer = writeCoordinates(path);
  for (let at = 0; at < 50_000; at += 1) writer.add(3 * at, at, -at);
  const { firstIds } = writer.finish();
  equal(firstIds.length, Math.ceil(50_000 / 4096));
  const coordinates = openCoordinates(path, firstIds);
  const into = new Int32Array(2);
  let wrong = 0;
  for (let at = 0; at < 50_000; at += 1) {
    if (!coordinates.find(3 * at, into, 0) || into[0] !== at) wrong += 1;
    if (coordinates.find(3 * at + 1, into, 0)) wrong += 1;
  }
  equal(wrong, 0);
  coordinates.close();
});
