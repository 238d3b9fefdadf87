import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordingLog } from '../../test/support/log.ts';
import { requestOf } from '../../test/support/request.ts';
import type { BrowserCaller, KeyCaller } from '../foundation/caller.ts';
import { isId, newId, timeOfId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import { createDroppedBuffer, droppedGauge, openDropped } from './dropped.ts';
import { createRequestLog, type LoggedRequest, type RequestLog } from './recorder.ts';

const NOON = Date.UTC(2026, 10, 22, 12, 0, 0, 123);
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
const answered = { operation: 'geocoding.forward', status: 200, milliseconds: 1.2345, now: NOON };
const search = 'q=Paris&key=secret';

interface Bench {
  readonly log: RequestLog;
  readonly written: LoggedRequest[][];
  readonly messages: readonly string[];
  readonly dropped: () => number;
  fail: Error | undefined;
}

const open = (mostWaiting = 3): Bench => {
  const buffer = createDroppedBuffer();
  const messages = recordingLog();
  const bench: Bench = {
    written: [],
    messages: messages.messages,
    dropped: () => droppedGauge(buffer).value,
    fail: undefined,
    log: createRequestLog({
      write: async (rows) => {
        if (bench.fail !== undefined) throw bench.fail;
        bench.written.push([...rows]);
      },
      parameters: new Map([['geocoding.forward', ['q']]]),
      dropped: openDropped(buffer),
      log: messages,
      flushMs: 1e9,
      mostWaiting,
    }),
  };
  return bench;
};

const note = ({ log }: Bench, queries = false, now = NOON): void =>
  log.note(caller, { queries }, requestOf({ search }), { ...answered, now });

describe('a request', () => {
  it('becomes a row with whose it is, what was done, how it ended and how long it took, and no more', async () => {
    const bench = open();
    note(bench);
    note(bench, true);
    const browser: BrowserCaller = { ...caller, credential: 'browser', key: undefined, domain: undefined };
    bench.log.note(browser, { queries: false }, requestOf({ search }), { ...answered, status: 429 });
    await bench.log.flush();
    const [rows = []] = bench.written;
    const { company, project, key } = caller;
    const common = { at: NOON, company, project, operation: 'geocoding.forward', durationUs: 1235 };
    assert.deepEqual(
      rows.map(({ id: _id, ...row }) => row),
      [
        { ...common, key, status: 200, query: '' },
        { ...common, key, status: 200, query: 'q=Paris' },
        { ...common, key: '', status: 429, query: '' },
      ],
    );
    for (const { id } of rows) assert.ok(isId('log', id) && timeOfId(id) === NOON, id);
    await bench.log.close();
  });

  it('that asks for no record leaves none', async () => {
    const bench = open();
    for (const parts of [{ search: `${search}&no_record=1` }, { search, headers: { 'x-no-record': '1' } }])
      bench.log.note(caller, { queries: true }, requestOf(parts), answered);
    await bench.log.close();
    assert.deepEqual([bench.written, bench.dropped()], [[], 0]);
  });
});

describe('rows that wait', () => {
  it('are so many at most; what comes beyond them is counted and told of once', async () => {
    const bench = open(2);
    for (let count = 0; count < 5; count += 1) note(bench);
    assert.deepEqual([bench.dropped(), bench.messages.length], [3, 1]);
    await bench.log.flush();
    assert.equal(bench.written[0]?.length, 2);
    for (let count = 0; count < 3; count += 1) note(bench);
    assert.deepEqual([bench.dropped(), bench.messages.length], [4, 2]);
    await bench.log.close();
  });

  it('are kept while the database is away, in their order, and no more of them', async () => {
    const bench = open(3);
    bench.fail = new Problem(503, 'unavailable', 'Service unavailable');
    note(bench, false, 1);
    note(bench, false, 2);
    const flushing = bench.log.flush();
    note(bench, false, 3);
    note(bench, false, 4);
    await flushing;
    assert.equal(bench.dropped(), 1);
    bench.fail = undefined;
    await bench.log.flush();
    assert.deepEqual(
      bench.written.map((rows) => rows.map(({ at }) => at)),
      [[1, 2, 3]],
    );
    await bench.log.close();
  });

  it('are let go where the database refuses them, so that those after them get through', async () => {
    const bench = open();
    bench.fail = new Error('refused');
    note(bench);
    await bench.log.flush();
    bench.fail = undefined;
    note(bench);
    await bench.log.flush();
    assert.deepEqual([bench.dropped(), bench.written.length, bench.messages.length], [1, 1, 1]);
    await bench.log.close();
  });

  it('are counted as lost when the process ends without a database', async () => {
    const bench = open();
    bench.fail = new Problem(503, 'unavailable', 'Service unavailable');
    note(bench);
    await bench.log.close();
    assert.equal(bench.dropped(), 1);
  });
});
