import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLine, type Line, type LineOptions, type Place } from './line.ts';

/** A line whose work ends when the test says so. */
const openLine = (options: Partial<LineOptions> = {}) => {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const line: Line = createLine({
    serve: ({ delivery }) => {
      started.push(delivery);
      return new Promise((resolve) => ends.set(delivery, resolve));
    },
    ...options,
  });
  const add = (delivery: string, webhook: string, company = webhook): void =>
    line.add({ delivery, webhook, company } satisfies Place);
  const end = async (delivery: string): Promise<void> => {
    ends.get(delivery)?.();
    // The line goes on when the promise of the work has settled.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { line, started, add, end };
};

test('one webhook is served one at a time, in order, and others meanwhile', async () => {
  const { started, add, end } = openLine();
  add('a1', 'a');
  add('a2', 'a');
  add('a3', 'a');
  add('b1', 'b');
  assert.deepEqual(started, ['a1', 'b1']);
  await end('a1');
  assert.deepEqual(started, ['a1', 'b1', 'a2']);
  await end('b1');
  await end('a2');
  assert.deepEqual(started, ['a1', 'b1', 'a2', 'a3']);
});

test('one company has a few places, however many webhooks it has', async () => {
  const { started, add, end } = openLine({ mostOfCompany: 2 });
  for (const name of ['a', 'b', 'c']) add(`${name}1`, name, 'one');
  add('z1', 'z', 'two');
  assert.deepEqual(started, ['a1', 'b1', 'z1']);
  await end('b1');
  assert.deepEqual(started, ['a1', 'b1', 'z1', 'c1']);
});

test('no more are served at once than there are places', async () => {
  const { started, add, end } = openLine({ most: 2 });
  for (const name of ['a', 'b', 'c']) add(`${name}1`, name);
  assert.deepEqual(started, ['a1', 'b1']);
  await end('a1');
  assert.deepEqual(started, ['a1', 'b1', 'c1']);
});

test('a delivery stands in line once, and a webhook has so many', async () => {
  const { started, add, end } = openLine({ longest: 2 });
  for (const delivery of ['1', '2', '2', '3', '4']) add(delivery, 'a');
  for (const delivery of ['1', '2', '3', '4']) await end(delivery);
  assert.deepEqual(started, ['1', '2', '3']);
  add('5', 'a');
  assert.deepEqual(started, ['1', '2', '3', '5']);
});

test('a line that closes waits for those who are served, and for nobody else', async () => {
  const { line, started, add, end } = openLine();
  add('a1', 'a');
  add('a2', 'a');
  let isClosed = false;
  const closing = line.close().then(() => (isClosed = true));
  await end('x');
  assert.equal(isClosed, false);
  await end('a1');
  await closing;
  add('b1', 'b');
  assert.deepEqual(started, ['a1']);
});
