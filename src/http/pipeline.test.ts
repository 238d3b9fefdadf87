import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { requestOf } from '../../test/support/request.ts';
import type { Caller, QuotaState } from '../foundation/caller.ts';
import { newId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import { ok, refused } from '../foundation/result.ts';
import { createPipeline, type Steps, UNMATCHED } from './pipeline.ts';
import { defineRoute, type AnyRoute, type Reply, type Request } from './route.ts';
import { createRouter } from './router.ts';

const caller: Caller = {
  credential: 'secret-key',
  company: newId('com', 1),
  project: newId('prj', 1),
  key: newId('key', 1),
  scopes: ['geocoding:read'],
  limits: { perSecond: 1, perDay: 10 },
};
const quota: QuotaState = { limit: 10, remaining: 9, resetSeconds: 1_800_000_000 };
const done: Reply = { status: 200, headers: {}, body: 'done' };

const route = (changes: Partial<AnyRoute> = {}): AnyRoute =>
  defineRoute({
    operation: 'thing.do',
    method: 'GET',
    path: '/thing',
    access: { secretKey: 'geocoding:read' },
    cost: 2,
    overPlainHttp: 'refuse',
    docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
    parse: () => undefined,
    handle: () => done,
    ...changes,
  });

interface Walked {
  readonly send: (request?: Request) => Promise<Reply>;
  readonly steps: string[];
}

/** A pipeline whose steps write down that they were taken. */
const walk = (table: AnyRoute, changes: Partial<Steps> = {}): Walked => {
  const steps: string[] = [];
  const note = <Value>(step: string, value: Value): Value => {
    steps.push(step);
    return value;
  };
  const handler = createPipeline({
    router: createRouter([
      {
        ...table,
        parse: (request) => note('parse', table.parse(request)),
        handle: (input, context) => note('handle', table.handle(input, context)),
      },
    ]),
    clock: testClock(),
    steps: {
      identify: () => note('identify', ok(caller)),
      limit: () => note('limit', ok(quota)),
      authorise: () => note('authorise', ok(caller)),
      meter: (operation, status) => note(`meter ${operation} ${status}`, undefined),
      refund: (_caller, cost) => note(`refund ${cost}`, undefined),
      admitStranger: () => note('stranger', true),
      reportBug: () => note('bug', undefined),
      ...changes,
    },
  });
  return { send: async (request = requestOf({ path: '/thing' })) => handler(request), steps };
};

const codeOf = (reply: Reply): unknown => (JSON.parse(String(reply.body)) as { code: unknown }).code;

describe('the walk of a request', () => {
  it('takes every step in the order that is the policy', async () => {
    const { send, steps } = walk(route());
    assert.equal((await send()).status, 200);
    assert.deepEqual(steps, ['identify', 'limit', 'authorise', 'parse', 'handle', 'meter thing.do 200']);
  });

  it('takes the same steps where each has to be waited for', async () => {
    const { send, steps } = walk(route({ handle: async () => done }), {
      identify: async () => ok(caller),
      limit: async () => ok(quota),
    });
    assert.equal((await send()).status, 200);
    assert.deepEqual(steps, ['authorise', 'parse', 'handle', 'meter thing.do 200']);
  });

  it('identifies nobody on a public route', async () => {
    const { send, steps } = walk(route({ access: { public: 'a test' } }));
    await send();
    assert.deepEqual(steps, ['parse', 'handle', 'meter thing.do 200']);
  });

  it('parses nothing before the caller is known, limited and authorised', async () => {
    const refusals: [Partial<Steps>, number, string][] = [
      [{ identify: () => refused('missing') }, 401, 'missing_key'],
      [{ identify: async () => refused('invalid') }, 401, 'invalid_key'],
      [{ identify: () => refused('invalid'), admitStranger: () => false }, 429, 'rate_limited'],
      [{ limit: () => refused({ limit: 'per-second', quota: undefined }) }, 429, 'rate_limited'],
      [{ limit: async () => refused({ limit: 'per-day', quota }) }, 402, 'quota_exceeded'],
      [{ authorise: () => refused('scope-missing') }, 403, 'forbidden'],
    ];
    for (const [changes, status, code] of refusals) {
      const { send, steps } = walk(route(), changes);
      const reply = await send();
      assert.deepEqual([reply.status, codeOf(reply)], [status, code]);
      assert.ok(!steps.includes('parse'), code);
      assert.equal(steps.at(-1), `meter thing.do ${status}`);
    }
  });

  it('says when to come back', async () => {
    const perDay = await walk(route(), { limit: () => refused({ limit: 'per-day', quota }) }).send();
    const seconds = Number(perDay.headers['retry-after']);
    assert.equal(seconds, Math.ceil(quota.resetSeconds - testClock().now() / 1000));
    const perSecond = await walk(route(), { limit: () => refused({ limit: 'per-second', quota }) }).send();
    assert.equal(perSecond.headers['retry-after'], '1');
  });

  it('gives back what a refused or failed request has spent, once', async () => {
    const broken = route({
      parse: () => {
        throw new Problem(400, 'bad', 'Bad');
      },
    });
    const { send, steps } = walk(broken);
    assert.equal((await send()).status, 400);
    assert.deepEqual(
      steps.filter((step) => step.startsWith('refund')),
      ['refund 2'],
    );
  });

  it('shows the quota as it is after the refund', async () => {
    let shown: QuotaState | undefined;
    const broken = route({
      handle: async () => {
        throw new Error('a bug');
      },
      errors: (problem, context) => {
        shown = context.quota;
        return { status: problem.status, headers: {}, body: '' };
      },
    });
    await walk(broken).send();
    assert.equal(shown?.remaining, 11);
  });

  it('shows a bug as an opaque 500, whether thrown or rejected', async () => {
    const bugs: AnyRoute[] = [
      route({
        handle: () => {
          throw new Error('SECRET');
        },
      }),
      route({ handle: () => Promise.reject(new Error('SECRET')) }),
      route({
        parse: () => {
          throw new TypeError('SECRET');
        },
      }),
    ];
    for (const bug of bugs) {
      const { send, steps } = walk(bug);
      const reply = await send();
      assert.equal(reply.status, 500);
      assert.ok(!JSON.stringify(reply).includes('SECRET'));
      assert.equal(steps.filter((step) => step === 'bug').length, 1);
    }
  });

  it('counts a request under the narrower name that its input has', async () => {
    const { send, steps } = walk(route({ countedAs: ['thing.undo'], countAs: () => 'thing.undo' }));
    await send();
    assert.equal(steps.at(-1), 'meter thing.undo 200');
  });

  it('answers unknown paths and methods, and slows whoever makes many', async () => {
    const { send, steps } = walk(route());
    assert.equal((await send(requestOf({ path: '/nothing' }))).status, 404);
    const wrongMethod = await send(requestOf({ path: '/thing', method: 'DELETE' }));
    assert.equal(wrongMethod.status, 405);
    assert.equal(wrongMethod.headers['allow'], 'GET');
    assert.deepEqual(steps, ['stranger', `meter ${UNMATCHED} 404`, 'stranger', `meter ${UNMATCHED} 405`]);
    const slowed = await walk(route(), { admitStranger: () => false }).send(requestOf({ path: '/nothing' }));
    assert.equal(slowed.status, 429);
  });

  it('hands the handler the path’s parameters', async () => {
    let seen: unknown;
    const table = route({
      path: '/thing/:id',
      parse: (request) => {
        seen = request.params['id'];
        return undefined;
      },
    });
    await walk(table).send(requestOf({ path: '/thing/a%20b' }));
    assert.equal(seen, 'a b');
  });
});
