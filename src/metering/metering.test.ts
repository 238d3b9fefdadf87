import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../foundation/ids.ts';
import type { KeyCaller } from '../foundation/caller.ts';
import { recordingLog } from '../../test/support/log.ts';
import { createBoardBuffer, openBoard, outcomeOf } from './board.ts';
import { createExposition } from './exposition.ts';
import { createKeyUse } from './key-use.ts';
import { createUsage, type UsageCount } from './usage.ts';

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

describe('the board', () => {
  it('adds up what several threads record', () => {
    const operations = ['a.b', 'c.d'];
    const buffer = createBoardBuffer(operations);
    const [one, two] = [openBoard(buffer, operations), openBoard(buffer, operations)];
    one.record('c.d', 'ok', 0.4);
    two.record('c.d', 'ok', 3);
    two.record('c.d', 'failed', 10_000);
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
  it('is one counter per project, operation, day and outcome, with nothing else in it', async () => {
    const added: UsageCount[] = [];
    const usage = createUsage({
      add: async (counts) => void added.push(...counts),
      keyUse: noKeyUse,
      log: recordingLog(),
    });
    usage.count(caller, 'a.b', 'ok', NOON);
    usage.count(caller, 'a.b', 'ok', NOON + 1);
    usage.count(caller, 'a.b', 'refused', NOON);
    usage.count(caller, 'a.b', 'ok', NOON + 86_400_000);
    await usage.close();
    const { company, project } = caller;
    assert.deepEqual(added, [
      { company, project, operation: 'a.b', day: '2026-11-22', outcome: 'ok', count: 2 },
      { company, project, operation: 'a.b', day: '2026-11-22', outcome: 'refused', count: 1 },
      { company, project, operation: 'a.b', day: '2026-11-23', outcome: 'ok', count: 1 },
    ]);
  });

  it('keeps what could not be added, and loses nothing of what came meanwhile', async () => {
    let away = true;
    let total = 0;
    const log = recordingLog();
    const usage = createUsage({
      add: async (counts) => {
        if (away) throw new Error('away');
        for (const { count } of counts) total += count;
      },
      keyUse: noKeyUse,
      log,
    });
    usage.count(caller, 'a.b', 'ok', NOON);
    const flushing = usage.flush();
    usage.count(caller, 'a.b', 'ok', NOON);
    await flushing;
    away = false;
    await usage.close();
    assert.equal(total, 2);
    assert.equal(log.messages.length, 1);
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
      usage.count(caller, 'a.b', 'ok', NOON + minute * 60_000);
      await usage.flush();
    }
    assert.deepEqual(touched, [[[caller.key], NOON]]);
    usage.count(caller, 'a.b', 'refused', NOON + 15 * 60_000);
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
});
