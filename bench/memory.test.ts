import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySection } from './memory.ts';
import { residentMb } from './resident.ts';

test('tells what the first worker takes, and each further one', () => {
  const { targets, tables } = memorySection([[200, 210, 220], [260], [310, 330]], { index: 75, alone: 150 });
  assert.deepEqual(
    targets.map(({ got }) => got),
    [150, 210, 55],
  );
  assert.deepEqual(tables[0]?.rows.at(-1), ['each further worker', '55.0']);
});

test('reads what a process occupies', () => {
  const own = residentMb(process.pid);
  assert.ok(Number.isNaN(own) || (own > 10 && own < 10_000), String(own));
});
