import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestOf } from '../../test/support/request.ts';
import { Problem } from '../foundation/problem.ts';
import type { AnyRoute, Reply } from '../http/route.ts';
import { GENESIS_HASH, type HistoryEntry } from './history.ts';
import type { SecurityReport } from './report.ts';
import { promiseRoutes } from './routes.ts';
import { historySchema, reportSchema } from './schemas.ts';

const REPORT: SecurityReport = {
  installation: { name: 'Test', url: 'https://localhost', version: '0.0.0' },
  generatedAt: '2026-11-22T12:00:00.000Z',
  promises: [
    {
      id: 'tls-only',
      sentence: 'Everything is answered over TLS.',
      kind: 'repeatable from outside',
      state: 'unchecked',
      enforcedBy: 'The listener.',
      checkedAt: null,
      evidence: 'Not checked yet.',
      repeat: 'vouchsafe verify https://localhost',
    },
  ],
  history: { entries: 1, head: 'a'.repeat(64), publicKey: 'AAAA' },
};

const ENTRY: HistoryEntry = {
  seq: 1,
  promise: 'tls-only',
  state: 'kept',
  evidence: 'Seen.',
  checkedAt: '2026-11-22T12:00:00.000Z',
  previousHash: GENESIS_HASH,
  hash: 'a'.repeat(64),
  signature: 'AAAA',
};

const asked: (number | undefined)[] = [];
const routes = promiseRoutes({
  report: () => REPORT,
  history: async (before) => {
    asked.push(before);
    return [ENTRY];
  },
});
const routeOf = (operation: string): AnyRoute => routes.find((route) => route.operation === operation)!;

const call = async (operation: string, search = ''): Promise<Reply> => {
  const route = routeOf(operation);
  const input: unknown = route.parse(requestOf({ path: route.path, search }));
  return route.handle(input, { caller: undefined, quota: undefined, now: 0, signal: undefined } as never);
};

describe('the security report over HTTP', () => {
  it('is what the schema says, fresh every time, and open to every origin', async () => {
    const { status, headers, body } = await call('promises.show');
    assert.equal(status, 200);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['access-control-allow-origin'], '*');
    assert.deepEqual(reportSchema.parse(JSON.parse(String(body))), REPORT);
  });

  it('has a history that is what the schema says', async () => {
    const { body } = await call('promises.history');
    assert.deepEqual(historySchema.parse(JSON.parse(String(body))), { entries: [ENTRY] });
    assert.equal(asked.at(-1), undefined);
  });

  it('gives the history before an entry', async () => {
    await call('promises.history', 'before=501');
    assert.equal(asked.at(-1), 501);
  });

  it('refuses what is not the number of an entry, without repeating it', async () => {
    const wrong = [
      'before=',
      'before=0',
      'before=-1',
      'before=1.5',
      'before=1e3',
      'before=1&before=2',
      'before=%ff',
    ];
    for (const search of [...wrong, `before=${'9'.repeat(16)}`, 'before=secret']) {
      await assert.rejects(call('promises.history', search), (error) => {
        assert.ok(error instanceof Problem, search);
        assert.deepEqual([error.status, error.field], [400, 'before']);
        assert.doesNotMatch(JSON.stringify(error), /secret/);
        return true;
      });
    }
  });

  it('redirects from plain HTTP and costs nothing', () => {
    for (const route of routes)
      assert.deepEqual([route.overPlainHttp, route.cost, 'public' in route.access], ['redirect', 0, true]);
  });
});
