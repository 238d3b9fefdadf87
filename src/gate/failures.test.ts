import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { recordingLog } from '../../test/support/log.ts';
import { Opaque } from '../foundation/opaque.ts';
import { Problem } from '../foundation/problem.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import { createFailuresBuffer, openFailureTable, readRefusals } from './failure-table.ts';
import { createFailures, type FailureNews, type Failures } from './failures.ts';
import { generateKey } from './key-format.ts';

const T = Date.parse('2026-11-22T12:00:00Z');
const PUBLIC = generateKey('pk', 'live').expose();
const HOUR = 3_600_000;

const openTable = (sets = 64) => {
  const buffer = createFailuresBuffer(sets);
  const key = randomSecretBytes(32);
  return { buffer, key, table: openFailureTable(buffer, key) };
};

describe('the table of failures', () => {
  it('slows a source after twenty failures in a row, a second, then two, up to a minute', () => {
    const { table } = openTable();
    let now = T;
    for (let count = 1; count <= 20; count += 1)
      assert.deepEqual(table.fail(PUBLIC, '192.0.2.1', now), { count, retryAfter: 0 });
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const { retryAfter } = table.fail(PUBLIC, '192.0.2.1', now);
      waits.push(retryAfter);
      now += retryAfter * 1000;
      assert.equal(table.fail(PUBLIC, '192.0.2.1', now).retryAfter, 0, 'looked at after the wait');
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert.equal(table.fail(PUBLIC, '192.0.2.2', now).count, 1, 'another source');
    assert.equal(table.fail(generateKey('pk', 'live').expose(), '192.0.2.1', now).count, 1, 'another key');
  });

  it('ends the row of one source alone', () => {
    const { table } = openTable();
    for (let count = 0; count < 5; count += 1) table.fail(PUBLIC, 'a', T);
    for (let count = 0; count < 3; count += 1) table.fail(PUBLIC, 'b', T);
    assert.equal(table.end(PUBLIC, 'a', T), 5);
    assert.equal(table.end(PUBLIC, 'a', T), 0);
    assert.equal(table.end(PUBLIC, 'c', T), 0);
    assert.equal(table.fail(PUBLIC, 'b', T).count, 4);
    assert.equal(table.fail(PUBLIC, 'a', T).count, 1);
  });

  it('forgets a source within the hour and leaves nothing of it in memory', () => {
    const { table, buffer } = openTable();
    table.fail(PUBLIC, '192.0.2.1', T);
    const marks = new Int32Array(buffer).filter((word) => word !== 0).length;
    assert.ok(marks > 1);
    assert.ok(table.isMarked(table.markOf(PUBLIC), T));
    table.sweep(T + HOUR - 1000);
    // The mark of the key alone is left: when any source failed, not which.
    assert.equal(new Int32Array(buffer).filter((word) => word !== 0).length, 1);
    assert.equal(table.isMarked(table.markOf(PUBLIC), T + HOUR), false);
    assert.equal(table.end(PUBLIC, '192.0.2.1', T + HOUR), 0);
  });

  it('holds no address in clear, and keeps a long row when a flood of fresh sources comes', () => {
    const { table, buffer } = openTable(1);
    for (let count = 0; count < 30; count += 1) table.fail(PUBLIC, '192.0.2.77', T);
    for (let source = 0; source < 5000; source += 1)
      table.fail(PUBLIC, `10.0.${source >> 8}.${source & 255}`, T);
    assert.equal(table.end(PUBLIC, '192.0.2.77', T), 30);
    assert.ok(!Buffer.from(new Uint8Array(buffer)).includes('192.0.2'));
  });

  it('counts what several threads see as one', async () => {
    const { table, buffer, key } = openTable();
    const code = `
      const { workerData: { file, buffer, key, name } } = require('node:worker_threads');
      import(file).then(({ openFailureTable }) => {
        const table = openFailureTable(buffer, key);
        for (let turn = 0; turn < 5000; turn += 1) table.fail(name, 'source ' + turn % 3, ${T});
      });`;
    const file = new URL('failure-table.ts', import.meta.url).href;
    await Promise.all(
      Array.from(
        { length: 3 },
        () =>
          new Promise((resolve, reject) => {
            const worker = new Worker(code, { eval: true, workerData: { file, buffer, key, name: PUBLIC } });
            worker.once('exit', resolve);
            worker.once('error', reject);
          }),
      ),
    );
    const sum = ['source 0', 'source 1', 'source 2'].reduce((all, one) => all + table.end(PUBLIC, one, T), 0);
    assert.equal(sum, 15_000);
  });

  it('counts refusals by reason for the operator', () => {
    const { table, buffer } = openTable();
    table.count('other-network');
    table.count('other-network');
    table.count('missing');
    assert.deepEqual(
      Object.entries(readRefusals(buffer)).filter(([, count]) => count > 0),
      [
        ['missing', 1],
        ['other-network', 2],
      ],
    );
  });
});

interface Desk {
  readonly failures: Failures;
  readonly seen: FailureNews[];
  answer: (news: readonly FailureNews[]) => Promise<readonly FailureNews[]>;
}

const desk = (): Desk => {
  const seen: FailureNews[] = [];
  const state: Pick<Desk, 'answer'> = { answer: () => Promise.resolve([]) };
  const failures = createFailures({
    table: openTable().table,
    sourceOf: (address) => address,
    record: (news) => {
      seen.push(...news);
      return state.answer(news);
    },
    now: () => T,
    log: recordingLog(),
  });
  return Object.assign(state, { failures, seen });
};

const FROM = new Opaque('192.0.2.1');

describe('the watch of failures', () => {
  it('passes on what happened in its order', async () => {
    const { failures, seen } = desk();
    for (let count = 0; count < 19; count += 1) failures.failed(PUBLIC, FROM, T + count);
    failures.succeeded(PUBLIC, FROM, T + 100);
    failures.failed(PUBLIC, FROM, T + 200);
    await failures.flush();
    assert.deepEqual(seen, [
      {
        publicKey: PUBLIC,
        steps: [
          { kind: 'failed', count: 19, firstAt: T, lastAt: T + 18 },
          { kind: 'ended', count: 19, longest: 19, at: T + 100 },
          { kind: 'failed', count: 1, firstAt: T + 200, lastAt: T + 200 },
        ],
      },
    ]);
    await failures.close();
  });

  it('tries again what could not be written, before what came meanwhile, and loses no count', async () => {
    const state = desk();
    state.answer = (news) => Promise.resolve(news);
    state.failures.failed(PUBLIC, FROM, T);
    await state.failures.flush();
    state.answer = () => Promise.reject(new Error('away'));
    state.failures.failed(PUBLIC, FROM, T + 1);
    await state.failures.flush();
    state.answer = () => Promise.resolve([]);
    state.seen.length = 0;
    await state.failures.flush();
    assert.deepEqual(state.seen[0]?.steps, [{ kind: 'failed', count: 2, firstAt: T, lastAt: T + 1 }]);
    await state.failures.close();
    assert.equal(state.seen.length, 1);
  });

  it('refuses a source that goes on with 429 and goes on counting', async () => {
    const { failures, seen } = desk();
    let refused = 0;
    for (let count = 0; count < 50; count += 1) {
      try {
        failures.failed(PUBLIC, FROM, T);
      } catch (error) {
        assert.ok(error instanceof Problem && error.status === 429);
        assert.equal(error.headers?.['retry-after'], '1');
        refused += 1;
      }
    }
    assert.equal(refused, 30);
    await failures.close();
    assert.deepEqual(seen[0]?.steps, [{ kind: 'failed', count: 50, firstAt: T, lastAt: T }]);
  });

  it('does not grow without end under a flood of made-up keys', async () => {
    const { failures, seen } = desk();
    for (let key = 0; key < 3000; key += 1) failures.failed(`made-up public key ${key}`, FROM, T);
    await failures.close();
    assert.equal(seen.length, 1000);
  });
});
