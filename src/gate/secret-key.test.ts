import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../foundation/ids.ts';
import { hmacKey, hmacSha256, randomSecretBytes } from '../foundation/secret.ts';
import { requestOf } from '../../test/support/request.ts';
import { createKeyCache } from './key-cache.ts';
import { generateKey } from './key-format.ts';
import { createSecretKeyGate, type SecretKeyGate, type SecretRow } from './secret-key.ts';

const pepper = hmacKey(randomSecretBytes(32));
const secret = generateKey('sk', 'live').expose();
const row = (changes: Partial<SecretRow> = {}): SecretRow => ({
  key_id: newId('key', 1),
  company_id: newId('com', 1),
  project_id: newId('prj', 1),
  public_key: generateKey('pk', 'live').expose(),
  digest: hmacSha256(pepper, secret),
  scopes: ['geocoding:read', 'a-scope-of-a-later-version'],
  networks: [],
  is_previous: false,
  per_second: 10,
  burst: 10,
  per_day: 100,
  per_month: null,
  is_soft: false,
  key_per_second: null,
  key_per_day: null,
  is_logged: false,
  logs_queries: false,
  expires_at: null,
  revoked_at: null,
  ...changes,
});

interface House {
  readonly gate: SecretKeyGate;
  readonly cache: ReturnType<typeof createKeyCache>;
  readonly lookups: () => number;
  current: boolean;
  now: number;
}

const house = (answer: (digest: Buffer) => SecretRow | undefined | Promise<SecretRow | undefined>): House => {
  let lookups = 0;
  const cache = createKeyCache(10);
  const state = { current: true, now: 1000 };
  const gate = createSecretKeyGate({
    pepper,
    cache,
    find: async (digest) => {
      lookups += 1;
      return answer(digest);
    },
    isCurrent: () => state.current,
    now: () => state.now,
  });
  return Object.assign(state, { gate, cache, lookups: () => lookups });
};

const bearer = (key: string): ReturnType<typeof requestOf> =>
  requestOf({ headers: { authorization: `Bearer ${key}` } });

describe('identifying by a secret key', () => {
  it('asks the database once and remembers the answer', async () => {
    const known = row();
    const { gate, lookups } = house((digest) => (digest.equals(known.digest) ? known : undefined));
    for (let round = 0; round < 3; round += 1) {
      const verdict = await gate.identify(bearer(secret));
      assert.ok(verdict.ok);
      assert.equal(verdict.value.key, known.key_id);
      assert.deepEqual(verdict.value.scopes, ['geocoding:read']);
    }
    assert.equal(lookups(), 1);
  });

  it('refuses a malformed key without any database work', async () => {
    const { gate, lookups } = house(() => row());
    for (const key of ['x', `${secret}x`, secret.slice(0, -1), generateKey('pk', 'live').expose()]) {
      assert.deepEqual(await gate.identify(bearer(key)), { ok: false, reason: 'malformed' });
    }
    assert.equal(lookups(), 0);
  });

  it('refuses unknown, revoked and expired keys, and a row whose digest is another', async () => {
    const cases: [SecretRow | undefined, string][] = [
      [undefined, 'unknown'],
      [row({ revoked_at: new Date(1) }), 'revoked'],
      [row({ expires_at: new Date(1000) }), 'expired'],
      [row({ digest: randomSecretBytes(32) }), 'unknown'],
    ];
    for (const [answer, reason] of cases) {
      const { gate } = house(() => answer);
      assert.deepEqual(await gate.identify(bearer(secret)), { ok: false, reason });
    }
  });

  it('lets a remembered key expire', async () => {
    const state = house(() => row({ expires_at: new Date(2000) }));
    assert.ok((await state.gate.identify(bearer(secret))).ok);
    state.now = 2000;
    assert.deepEqual(await state.gate.identify(bearer(secret)), { ok: false, reason: 'expired' });
  });

  it('refuses a pair whose halves do not belong together', async () => {
    const known = row();
    const { gate } = house(() => known);
    const pair = (publicKey: string): ReturnType<typeof requestOf> =>
      requestOf({
        headers: { authorization: `Basic ${Buffer.from(`${publicKey}:${secret}`).toString('base64')}` },
      });
    assert.ok((await gate.identify(pair(known.public_key))).ok);
    const wrong = await gate.identify(pair(generateKey('pk', 'live').expose()));
    assert.deepEqual(wrong, { ok: false, reason: 'wrong-pair' });
  });

  it('asks the database for every request while changes cannot be heard', async () => {
    const state = house(() => row());
    await state.gate.identify(bearer(secret));
    state.current = false;
    await state.gate.identify(bearer(secret));
    await state.gate.identify(bearer(secret));
    assert.equal(state.lookups(), 3);
  });

  it('does not remember an answer that a revocation has overtaken', async () => {
    let release = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    const known = row();
    const { gate, cache } = house(async () => {
      await waiting;
      return known;
    });
    const verdict = gate.identify(bearer(secret));
    cache.forget(known.key_id);
    release();
    await verdict;
    assert.equal(cache.size, 0);
  });

  it('asks once for many requests with the same key at the same time', async () => {
    const { gate, lookups } = house(() => row());
    await Promise.all(Array.from({ length: 20 }, async () => gate.identify(bearer(secret))));
    assert.equal(lookups(), 1);
  });

  it('slows a flood of guesses, and still looks for a key that comes from elsewhere', async () => {
    const known = row();
    const { gate } = house((digest) => (digest.equals(known.digest) ? known : new Promise(() => {})));
    const guess = () => gate.identify(bearer(generateKey('sk', 'live').expose()));
    for (let count = 0; count < 32; count += 1) void guess();
    assert.throws(guess, { code: 'rate_limited', status: 429 });
    const elsewhere = requestOf({ headers: { authorization: `Bearer ${secret}` }, address: '192.0.2.1' });
    assert.ok((await gate.identify(elsewhere)).ok);
  });

  it('lets no guesses take the place of a key that was good before', async () => {
    const known = row();
    const state = house((digest) => (digest.equals(known.digest) ? known : new Promise(() => {})));
    assert.ok((await state.gate.identify(bearer(secret))).ok);
    for (const change of ['forget', 'forgetAll'] as const) {
      state.cache[change](known.key_id);
      for (let count = 0; count < 64; count += 1) {
        const from = requestOf({
          headers: { authorization: `Bearer ${generateKey('sk', 'live').expose()}` },
          address: `192.0.2.${count}`,
        });
        try {
          void state.gate.identify(from);
        } catch {
          break;
        }
      }
      assert.equal(state.cache.size, 0);
      assert.ok((await state.gate.identify(bearer(secret))).ok, change);
    }
  });
});

describe('the memory of known keys', () => {
  it('holds no key in clear', async () => {
    const cache = createKeyCache(10);
    assert.ok(!cache.nameOf(secret).includes(secret.slice(11, 20)));
    assert.notEqual(cache.nameOf(secret), createKeyCache(10).nameOf(secret), 'names are salted per process');
  });

  it('never holds more than its capacity', async () => {
    const cache = createKeyCache(2);
    const known = { caller: { key: 'key_1', project: 'prj_1' }, publicKey: '', expiresAt: 1 } as never;
    for (const name of ['a', 'b', 'c']) cache.put(name, known);
    assert.equal(cache.size, 2);
    assert.equal(cache.get('a'), undefined);
  });

  it('knows the names of what it forgot, as many as it can hold', () => {
    const cache = createKeyCache(2);
    const known = { caller: { key: 'key_1', project: 'prj_1' }, publicKey: '', expiresAt: 1 } as never;
    for (const name of ['a', 'b', 'c', 'd', 'e']) cache.put(name, known);
    const familiar = (): string => ['a', 'b', 'c', 'd', 'e', 'f'].filter(cache.isFamiliar).join('');
    assert.equal(familiar(), 'bcde', 'two that are remembered and two that had to go');
    cache.forgetAll();
    assert.equal(familiar(), 'de');
    cache.put('f', known);
    cache.forget('key_1');
    assert.equal(familiar(), 'ef');
    assert.equal(cache.get('f'), undefined);
  });

  it('forgets all keys of a project', () => {
    const cache = createKeyCache(10);
    const of = (key: string, project: string): never =>
      ({ caller: { key, project }, publicKey: '', expiresAt: 1 }) as never;
    cache.put('a', of('key_1', 'prj_1'));
    cache.put('b', of('key_2', 'prj_1'));
    cache.put('c', of('key_3', 'prj_2'));
    cache.forget('prj_1');
    assert.equal(cache.size, 1);
  });
});
