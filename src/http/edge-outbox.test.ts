import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutbox } from './edge-outbox.ts';

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what a turn has brought goes out at its end, in its order', async () => {
  const sent: number[] = [];
  const outbox = createOutbox((answer: number) => void sent.push(answer));
  outbox.put(1);
  await Promise.resolve();
  outbox.put(2);
  assert.deepEqual(sent, []);
  await endOfTurn();
  assert.deepEqual(sent, [1, 2]);
  outbox.put(3);
  await endOfTurn();
  assert.deepEqual(sent, [1, 2, 3]);
});

test('what was planned at the beginning of a turn is out before whoever waits for its end since then', async () => {
  const order: string[] = [];
  const outbox = createOutbox((answer: string) => void order.push(answer));
  outbox.plan();
  setImmediate(() => order.push('end of the turn'));
  outbox.put('answer');
  await endOfTurn();
  assert.deepEqual(order, ['answer', 'end of the turn']);
});

test('many of one turn do not wait for its end', () => {
  const sent: number[] = [];
  const outbox = createOutbox((answer: number) => void sent.push(answer));
  for (let answer = 0; answer < 100; answer += 1) outbox.put(answer);
  assert.ok(sent.length >= 64 && sent.length < 100, String(sent.length));
  outbox.flush();
  assert.deepEqual(
    sent,
    Array.from({ length: 100 }, (_, answer) => answer),
  );
});

test('what comes while others are sent is sent behind them, and nothing twice', async () => {
  const sent: string[] = [];
  const outbox = createOutbox((answer: string) => {
    sent.push(answer);
    if (answer === 'a') outbox.put('c');
  });
  outbox.put('a');
  outbox.put('b');
  await endOfTurn();
  await endOfTurn();
  assert.deepEqual(sent, ['a', 'b', 'c']);
});

test('one that cannot be sent takes no other with it', async () => {
  const sent: string[] = [];
  const outbox = createOutbox((answer: string) => {
    if (answer === 'broken') throw new Error('cannot be sent');
    sent.push(answer);
  });
  for (const answer of ['a', 'broken', 'b', 'c']) outbox.put(answer);
  assert.throws(() => outbox.flush(), /cannot be sent/);
  outbox.put('d');
  await endOfTurn();
  assert.deepEqual(sent, ['a', 'b', 'c', 'd']);
});
