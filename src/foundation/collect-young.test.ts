import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectYoung } from './collect-young.ts';

const MEBIBYTE = 1024 * 1024;

test('frees buffers that nobody has any more, and no others', () => {
  const kept = Buffer.alloc(MEBIBYTE, 7);
  collectYoung();
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 4; count += 1) Buffer.alloc(MEBIBYTE, count);
  assert.ok(process.memoryUsage().arrayBuffers >= before + 4 * MEBIBYTE);
  collectYoung();
  // The sweeper may still be at the last of them.
  collectYoung();
  assert.ok(process.memoryUsage().arrayBuffers <= before + MEBIBYTE);
  assert.ok(kept.every((byte) => byte === 7));
});
