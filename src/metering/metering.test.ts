import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../foundation/ids.ts';
import type { BrowserCaller, KeyCaller } from '../foundation/caller.ts';
import { recordingLog } from '../../test/support/log.ts';
import { BUCKETS, createBoardBuffer, openBoard, outcomeOf } from './board.ts';
import { createExposition } from './exposition.ts';
import { createKeyUse } from './key-use.ts';
import { createUsage, MOST_COUNTERS, type UsageBatch, type UsageCount } from './usage.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const caller: KeyCaller = {
  credential: 'secret-key',
  company: newId('com', 1),
  project: newId('prj', 1),
  key: newId('key', 1),
  scopes: [],
  limits: { perSecond: 1, burst: 1, perDay: null, perMonth: null, isSoft: false },
  keyLimits: undefined,
  logging: undefined,
};
/** A page that gave its project's id. */
const browser: BrowserCaller = { ...caller, credential: 'browser', key: undefined, domain: undefined };

describe('the board', () => {
  it('adds up what several threads record', () => {
    const operations = ['a.b', 'c.d'];
    const buffer = createBoardBuffer(operations);
    const [one, two] = [openBoard(buffer, operations), openBoard(buffer, operations)];
    assert.equal(one.record('c.d', 'ok', 0.4), 0);
    two.record('c.d', 'ok', 3);
    assert.equal(two.record('c.d', 'failed', 10_000), BUCKETS - 1);
    const tallies = one.read();
    assert.deepEqual(
      tallies.map(({ operation, outcome, count }) => [operation, outcome, count]),
      [
        ['c.d', 'ok', 2],
        ['c.d', 'failed', 1],
      ],
    );
    assert.ok(Math.abs((tallies[0]?.seconds ?? 0) - 0.0034) < 1e-9);
    assert.equal(tallies[1]?.buckets.at(-1), 1);
  });

  it('adds durations beyond what half of a number holds', () => {
    const board = openBoard(createBoardBuffer(['a.b']), ['a.b']);
    for (let hour = 0; hour < 5; hour += 1) board.record('a.b', 'ok', 3_600_000);
    assert.equal(board.read()[0]?.seconds, 5 * 3600);
    assert.equal(board.read()[0]?.count, 5);
  });

  it('refuses an operation that is not in the route table', () => {
    const board = openBoard(createBoardBuffer(['a.b']), ['a.b']);
    assert.throws(() => board.record('x.y', 'ok', 1));
  });

  it('tells whose fault an answer was', () => {
    assert.deepEqual([200, 308, 400, 402, 429, 500, 503].map(outcomeOf), [
      'ok',
      'ok',
      'refused',
      'refused',
      'refused',
      'failed',
      'failed',
    ]);
  });
});

describe('the metrics page', () => {
  it('shows cumulative buckets, sum and count in Prometheus form', async () => {
    const board = openBoard(createBoardBuffer(['a.b']), ['a.b']);
    board.record('a.b', 'ok', 0.4);
    board.record('a.b', 'ok', 40);
    const page = await createExposition(board.read, () => [
      { name: 'vouchsafe_x', help: 'X.', value: 3 },
    ]).text();
    assert.match(
      page,
      /vouchsafe_request_duration_seconds_bucket\{le="0.0005",operation="a.b",outcome="ok"\} 1\n/,
    );
    assert.match(page, /_bucket\{le="\+Inf",operation="a.b",outcome="ok"\} 2\n/);
    assert.match(page, /vouchsafe_request_duration_seconds_count\{operation="a.b",outcome="ok"\} 2\n/);
    assert.match(page, /# TYPE vouchsafe_request_duration_seconds histogram/);
    assert.match(page, /^vouchsafe_x 3$/m);
    assert.match(page, /process_cpu_user_seconds_total/);
  });
});

const noKeyUse = createKeyUse({ touch: async () => undefined, log: recordingLog() });

describe('usage', () => {
  const BUCKETS_OF = (...filled: readonly (readonly [bucket: number, count: number])[]): number[] =>
    Array.from({ length: BUCKETS }, (_, bucket) => filled.find(([at]) => at === bucket)?.[1] ?? 0);

  it('is one counter per project, key, operation, day and outcome, with nothing but durations in it', async () => {
    const added: UsageCount[] = [];
    const usage = createUsage({
      add: async ({ counts }) => void added.push(...counts),
      keyUse: noKeyUse,
      log: recordingLog(),
    });
    usage.count(caller, 'a.b', 'ok', 0, NOON);
    usage.count(caller, 'a.b', 'ok', 12, NOON + 1);
    usage.count({ ...caller }, 'a.b', 'ok', 0, NOON + 2);
    usage.count(caller, 'a.b', 'refused', 3, NOON);
    usage.count({ ...caller, key: newId('key', 2) }, 'a.b', 'ok', 1, NOON);
    usage.count(browser, 'a.b', 'ok', 1, NOON);
    usage.count(caller, 'a.b', 'ok', 0, NOON + 86_400_000);
    await usage.close();
    const { company, project, key } = caller;
    const same = { company, project, key, operation: 'a.b', day: '2026-11-22', outcome: 'ok' };
    assert.deepEqual(added, [
      { ...same, durations: BUCKETS_OF([0, 2], [12, 1]) },
      { ...same, outcome: 'refused', durations: BUCKETS_OF([3, 1]) },
      { ...same, key: added[2]?.key, durations: BUCKETS_OF([1, 1]) },
      { ...same, key: '', durations: BUCKETS_OF([1, 1]) },
      { ...same, day: '2026-11-23', durations: BUCKETS_OF([0, 1]) },
    ]);
    assert.notEqual(added[2]?.key, key);
  });

  it('is sent again as the same batch when no answer came, and loses nothing of what came meanwhile', async () => {
    let away = true;
    const sent: UsageBatch[] = [];
    const log = recordingLog();
    const usage = createUsage({
      add: async (batch) => {
        sent.push(structuredClone(batch));
        if (!away) return;
        usage.count(caller, 'a.b', 'ok', 0, NOON);
        throw new Error('away');
      },
      keyUse: noKeyUse,
      log,
    });
    usage.count(caller, 'a.b', 'ok', 0, NOON);
    await usage.flush();
    away = false;
    await usage.close();
    assert.deepEqual(
      sent.map(({ number, counts }) => [number, counts.map(({ durations }) => durations[0])]),
      [
        [1, [1]],
        [1, [1]],
        [2, [1]],
      ],
    );
    assert.equal(log.messages.length, 1);
  });

  it('of very many keys is sent in bounded batches', async () => {
    const sizes: number[] = [];
    const numbers: number[] = [];
    const usage = createUsage({
      add: async ({ number, counts }) => {
        numbers.push(number);
        sizes.push(counts.length);
      },
      keyUse: noKeyUse,
      log: recordingLog(),
    });
    for (let at = 0; at < 2 * MOST_COUNTERS + 1; at += 1)
      usage.count({ ...caller, key: newId('key', at) }, 'a.b', 'ok', 0, NOON);
    await usage.close();
    assert.deepEqual(sizes, [MOST_COUNTERS, MOST_COUNTERS, 1]);
    assert.deepEqual(numbers, [1, 2, 3]);
  });
});

describe('the use of keys', () => {
  it('is written down once a quarter of an hour, however often a key is used', async () => {
    const touched: [readonly string[], number][] = [];
    const keyUse = createKeyUse({
      touch: async (keys, at) => void touched.push([keys, at]),
      log: recordingLog(),
    });
    const usage = createUsage({ add: async () => undefined, keyUse, log: recordingLog() });
    for (const minute of [0, 1, 14]) {
      usage.count(caller, 'a.b', 'ok', 0, NOON + minute * 60_000);
      await usage.flush();
    }
    assert.deepEqual(touched, [[[caller.key], NOON]]);
    usage.count(caller, 'a.b', 'refused', 0, NOON + 15 * 60_000);
    await usage.close();
    assert.deepEqual(touched[1], [[caller.key], NOON + 15 * 60_000]);
  });

  it('is written down later where the database was away', async () => {
    let away = true;
    const touched: string[] = [];
    const log = recordingLog();
    const keyUse = createKeyUse({
      touch: async (keys) => {
        if (away) throw new Error('away');
        touched.push(...keys);
      },
      log,
    });
    keyUse.note('key_1', NOON);
    await keyUse.flush();
    away = false;
    await keyUse.flush();
    await keyUse.flush();
    assert.deepEqual(touched, ['key_1']);
    assert.equal(log.messages.length, 1);
  });

  it('is written down at once where a key was deleted while the others were being written', async () => {
    let tries = 0;
    const log = recordingLog();
    const keyUse = createKeyUse({
      touch: async () => {
        tries += 1;
        if (tries === 1) throw new Error('a key of it is gone');
      },
      log,
    });
    keyUse.note('key_1', NOON);
    await keyUse.flush();
    assert.deepEqual([tries, log.messages.length], [2, 0]);
  });
});
