import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from './turns.ts';

const refusal = (): Error => new Error('full');

test('one name runs so many at once, in order, and never holds up another', async () => {
  const turns = createTurns({ most: 2, mostWaiting: 2, refusal });
  const done: string[] = [];
  const open: (() => void)[] = [];
  const begun: string[] = [];
  const start = (name: string, label: string): Promise<void> =>
    turns(name, async () => {
      begun.push(label);
      await new Promise<void>((resolve) => open.push(resolve));
      done.push(label);
    });
  const all = [start('a', 'a1'), start('a', 'a2'), start('a', 'a3'), start('a', 'a4'), start('b', 'b1')];
  await assert.rejects(start('a', 'a5'), /full/);
  assert.deepEqual(begun, ['a1', 'a2', 'b1']);
  while (done.length < all.length) {
    open.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  assert.deepEqual(begun, ['a1', 'a2', 'b1', 'a3', 'a4']);
});

test('work that fails gives its turn on', async () => {
  const turns = createTurns({ most: 1, mostWaiting: 1, refusal });
  const failing = turns('a', () => Promise.reject(new Error('mine')));
  const next = turns('a', () => Promise.resolve(7));
  await assert.rejects(failing, /mine/);
  assert.equal(await next, 7);
  assert.equal(await turns('a', () => Promise.resolve(8)), 8);
});
