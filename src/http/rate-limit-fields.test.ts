import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseItems, type Items } from '../../test/support/structured-fields.ts';
import type { LimitState } from '../foundation/caller.ts';
import { withRateLimits } from './rate-limit-fields.ts';
import type { Reply } from './route.ts';

const reply = (status: number, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: '',
});

const fieldsOf = ({ extra = [], headers }: Reply): { policy?: Items; state?: Items; retryAfter?: string } => {
  const field = (name: string): string | undefined => extra[extra.indexOf(name) + 1];
  return {
    ...(extra.includes('ratelimit-policy') ? { policy: parseItems(String(field('ratelimit-policy'))) } : {}),
    ...(extra.includes('ratelimit') ? { state: parseItems(String(field('ratelimit'))) } : {}),
    ...(headers['retry-after'] === undefined ? {} : { retryAfter: headers['retry-after'] }),
  };
};

const DAY: LimitState = { name: 'day', quota: 2500, windowSeconds: 86_400, remaining: 7, resetSeconds: 3600 };
const BURST: LimitState = { name: 'burst', quota: 10, windowSeconds: 1, remaining: 9, resetSeconds: 1 };

const states = fc.array(
  fc.record({
    name: fc.constantFrom('burst', 'day', 'month', 'key-burst', 'key-day'),
    quota: fc.nat(2_000_000_000),
    windowSeconds: fc.integer({ min: 1, max: 2_678_400 }),
    remaining: fc.oneof(fc.constant(0), fc.nat(2_000_000_000)),
    resetSeconds: fc.nat(2_678_400),
  }),
  { minLength: 1, maxLength: 5 },
);

describe('the RateLimit fields', () => {
  it('say the limits and what is left of them', () => {
    const { extra } = withRateLimits(reply(200), [BURST, DAY]);
    assert.deepEqual(extra, [
      'ratelimit-policy',
      '"burst";q=10;w=1, "day";q=2500;w=86400',
      'ratelimit',
      '"burst";r=9;t=1, "day";r=7;t=3600',
    ]);
  });

  it('are lists of strings with whole numbers as RFC 9651 has them, with q and r in every item', () => {
    fc.assert(
      fc.property(states, fc.constantFrom(200, 402, 429), (all, status) => {
        const { policy = [], state = [] } = fieldsOf(
          withRateLimits(reply(status, { 'retry-after': '1' }), all),
        );
        assert.deepEqual(
          policy.map(({ value, parameters }) => [value, parameters.get('q'), parameters.get('w')]),
          all.map(({ name, quota, windowSeconds }) => [name, quota, windowSeconds]),
        );
        assert.deepEqual(
          state.slice(0, all.length).map(({ value, parameters }) => [value, parameters.get('r')]),
          all.map(({ name, remaining }) => [name, remaining]),
        );
      }),
    );
  });

  it('never ask to come again before what is used up is there again', () => {
    fc.assert(
      fc.property(states, fc.nat(100_000), (all, wait) => {
        const told = withRateLimits(reply(429, { 'retry-after': String(wait) }), all);
        const { state = [], retryAfter } = fieldsOf(told);
        const usedUp = state.filter(({ parameters }) => parameters.get('r') === 0);
        assert.ok(usedUp.length > 0, 'a refusal names what is used up');
        for (const { parameters } of usedUp) assert.ok(Number(retryAfter) >= (parameters.get('t') ?? 0));
        assert.ok(Number(retryAfter) >= wait);
      }),
    );
  });

  it('name a limit that is nobody’s own without its policy, and leave other answers alone', () => {
    const refused = withRateLimits(reply(429, { 'retry-after': '30' }), []);
    assert.deepEqual(refused.extra, ['ratelimit', '"attempts";r=0;t=30']);
    assert.equal(refused.headers['retry-after'], '30');
    const plain = reply(404);
    assert.equal(withRateLimits(plain, []), plain);
  });
});
