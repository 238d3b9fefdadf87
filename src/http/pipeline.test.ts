import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { requestOf } from '../../test/support/request.ts';
import type { Caller, Membership, QuotaState, SessionCaller } from '../foundation/caller.ts';
import { newId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import { ok, refused } from '../foundation/result.ts';
import type { AuthoriseRefusal } from './access-problems.ts';
import { createPipeline, type Steps, UNMATCHED } from './pipeline.ts';
import { defineRoute, type AnyRoute, type CallContext, type Reply, type Request } from './route.ts';
import { createRouter } from './router.ts';

const caller: Caller = {
  credential: 'secret-key',
  company: newId('com', 1),
  project: newId('prj', 1),
  key: newId('key', 1),
  scopes: ['geocoding:read'],
  limits: { perSecond: 1, burst: 1, perDay: 10, perMonth: null, isSoft: false },
  keyLimits: undefined,
  logging: undefined,
};
const quota: QuotaState = { limit: 10, remaining: 9, resetSeconds: 1_800_000_000 };
const late = { of: 'project', retryAfterMs: 61_001, quota } as const;
const ORIGIN = 'https://vouchsafe.example';
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
    publicOrigin: ORIGIN,
    steps: {
      identify: () => note('identify', ok(caller)),
      limit: () => note('limit', ok(quota)),
      readLimits: () => [],
      authorise: () => note('authorise', ok(undefined)),
      noteChange: () => note('change', undefined),
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
      [{ limit: () => refused({ ...late, limit: 'per-second' }) }, 429, 'rate_limited'],
      [{ limit: async () => refused({ ...late, limit: 'per-day' }) }, 402, 'quota_exceeded'],
      [{ limit: () => refused({ ...late, limit: 'per-month' }) }, 402, 'quota_exceeded'],
      [{ limit: async () => refused({ ...late, limit: 'unavailable' }) }, 503, 'unavailable'],
      [{ authorise: () => refused({ because: 'scope-missing' }) }, 403, 'forbidden'],
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
    for (const limit of ['per-second', 'per-day', 'per-month', 'unavailable'] as const) {
      const reply = await walk(route(), { limit: () => refused({ ...late, limit }) }).send();
      assert.equal(reply.headers['retry-after'], '62');
    }
    const soon = await walk(route(), {
      limit: () => refused({ ...late, limit: 'per-second', retryAfterMs: 0.25 }),
    }).send();
    assert.equal(soon.headers['retry-after'], '1');
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

const person: SessionCaller = {
  credential: 'session',
  session: newId('ses', 1),
  user: newId('usr', 1),
  email: 'ada@example.com',
  name: null,
  provenAt: 0,
  isStrong: false,
  hasSecondFactor: false,
  memberships: new Map(),
  renewal: undefined,
};
const RENEWAL = '__Host-vs-session=younger; Path=/';
const as = (changes: Partial<SessionCaller>): Partial<Steps> => ({
  identify: () => ok({ ...person, ...changes }),
});
const personal = (changes: Partial<AnyRoute> = {}): AnyRoute =>
  route({ access: { session: true }, ...changes });
const samePage = (method: string, path = '/thing'): Request =>
  requestOf({ method, path, headers: { 'sec-fetch-site': 'same-origin' } });

describe('the walk of somebody who is signed in', () => {
  it('begins with the question whether another site sent it, before anything is looked at', async () => {
    for (const access of [{ session: true }, { pending: true }, { public: 'a test' }] as const) {
      const { send, steps } = walk(route({ method: 'POST', access }));
      const reply = await send(requestOf({ method: 'POST', path: '/thing' }));
      assert.deepEqual([reply.status, codeOf(reply)], [403, 'cross_site']);
      assert.deepEqual(steps, ['meter thing.do 403']);
    }
  });

  it('asks for a sign-in, in the same words for every reason, and slows whoever is asked often', async () => {
    const bodies = new Set<unknown>();
    for (const reason of ['missing', 'invalid'] as const) {
      const reply = await walk(personal(), { identify: () => refused(reason) }).send();
      assert.deepEqual([reply.status, codeOf(reply)], [401, 'sign_in_required']);
      bodies.add(reply.body);
    }
    assert.equal(bodies.size, 1);
    const slowed = await walk(personal(), {
      identify: () => refused('invalid'),
      admitStranger: () => false,
    }).send();
    assert.equal(slowed.status, 429);
  });

  it('says why it ends, as far as the caller may know', async () => {
    const refusals: [AuthoriseRefusal, number, string][] = [
      [{ because: 'no-member' }, 404, 'company_not_found'],
      [{ because: 'role' }, 403, 'forbidden'],
      [{ because: 'second-factor-required' }, 403, 'second_factor_required'],
      [{ because: 'proof-not-fresh', methods: ['totp', 'passkey'] }, 403, 'fresh_proof_required'],
    ];
    for (const [refusal, status, code] of refusals) {
      for (const verdict of [refused(refusal), Promise.resolve(refused(refusal))]) {
        const { send, steps } = walk(personal(), { ...as({}), authorise: () => verdict });
        const reply = await send();
        assert.deepEqual([reply.status, codeOf(reply)], [status, code]);
        assert.ok(!steps.includes('parse'));
        const { methods } = JSON.parse(String(reply.body)) as { methods?: unknown };
        assert.deepEqual(methods, code === 'fresh_proof_required' ? ['totp', 'passkey'] : undefined);
      }
    }
  });

  it('hands the handler the membership and the request with its parameters and body', async () => {
    const membership = { role: 'owner' } as Membership;
    let seen: CallContext | undefined;
    const table = route({
      method: 'PATCH',
      path: '/companies/:company',
      access: { member: 'company.change' },
      handle: (_input, context) => {
        seen = context;
        return done;
      },
    });
    const request = { ...samePage('PATCH', '/companies/com_1'), body: requestOf({ body: { a: 1 } }).body };
    await walk(table, { ...as({}), authorise: () => ok(membership) }).send(request);
    assert.equal(seen?.membership, membership);
    assert.equal(seen.request.params['company'], 'com_1');
    assert.equal(Buffer.from(seen.request.body.expose()).toString(), '{"a":1}');
  });

  it('sends a younger token along, but not with a reply that sets the session itself, nor with a failure', async () => {
    const cookiesOf = async (table: AnyRoute): Promise<readonly string[]> =>
      (await walk(table, as({ renewal: RENEWAL })).send()).extra ?? [];
    assert.deepEqual(await cookiesOf(personal()), ['set-cookie', RENEWAL]);
    const other = ['set-cookie', '__Host-vs-known=a'];
    assert.deepEqual(await cookiesOf(personal({ handle: () => ({ ...done, extra: other }) })), [
      ...other,
      'set-cookie',
      RENEWAL,
    ]);
    const own = ['x-a', 'b', 'set-cookie', '__Host-vs-session=; Max-Age=0'];
    assert.deepEqual(await cookiesOf(personal({ handle: async () => ({ ...done, extra: own }) })), own);
    const failing = personal({ handle: () => Promise.reject(new Problem(409, 'gone', 'Gone')) });
    assert.deepEqual(await cookiesOf(failing), []);
  });

  it('tells the others of a change before it is answered, and of no read', async () => {
    const { send, steps } = walk(personal({ method: 'POST' }), as({}));
    await send(samePage('POST'));
    assert.deepEqual(steps.slice(-3), ['handle', 'change', 'meter thing.do 200']);
    const reading = walk(personal(), as({}));
    await reading.send();
    assert.ok(!reading.steps.includes('change'));
  });

  it('gives units back to the periods that they were spent in, however long the request waited since', async () => {
    const clock = testClock();
    const spentAt: number[] = [];
    const refundedAt: number[] = [];
    const handler = createPipeline({
      router: createRouter([
        route({
          parse: () => {
            throw new Problem(400, 'bad', 'Bad');
          },
        }),
      ]),
      clock,
      publicOrigin: ORIGIN,
      steps: {
        identify: () => ok(caller),
        limit: async (_caller, _cost, now) => {
          spentAt.push(now);
          await Promise.resolve();
          clock.advance(86_400_000);
          return ok(quota);
        },
        readLimits: () => [],
        authorise: () => ok(undefined),
        noteChange: () => undefined,
        meter: () => undefined,
        refund: (_caller, _cost, now) => void refundedAt.push(now),
        admitStranger: () => true,
        reportBug: () => undefined,
      },
    });
    assert.equal((await handler(requestOf({ path: '/thing' }))).status, 400);
    assert.equal(refundedAt.length, 1);
    assert.deepEqual(refundedAt, spentAt);
  });
});
