import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestOf } from '../../test/support/request.ts';
import { Opaque } from '../foundation/opaque.ts';
import { SCOPES } from '../foundation/caller.ts';
import { newId } from '../foundation/ids.ts';
import { ok, refused } from '../foundation/result.ts';
import { createBrowserOriginCache } from './browser-origin-cache.ts';
import { createBrowserGate, type BrowserGate, type BrowserRow } from './browser-origin-gate.ts';
import { presentedKey } from './credential.ts';
import { generateKey } from './key-format.ts';
import type { SecretKeyGate } from './secret-key.ts';

const ORIGIN = 'https://shop.example';
const PUBLIC = generateKey('pk', 'live').expose();
const SECRET = generateKey('sk', 'live').expose();
const [company, project, key, domain] = [newId('com', 1), newId('prj', 1), newId('key', 1), newId('dom', 1)];

const row = (changes: Partial<BrowserRow> = {}): BrowserRow => ({
  company_id: company,
  project_id: project,
  key_id: key,
  scopes: ['geocoding:read', 'a-scope-of-a-later-version'],
  per_second: 10,
  burst: 10,
  per_day: 100,
  per_month: null,
  is_soft: false,
  key_per_second: null,
  key_per_day: null,
  is_logged: false,
  logs_queries: false,
  networks: null,
  expires_at: null,
  revoked_at: null,
  allow_localhost: false,
  domain_ids: [domain],
  origins: [ORIGIN],
  ...changes,
});

interface House {
  readonly identify: BrowserGate['identify'];
  readonly cache: ReturnType<typeof createBrowserOriginCache>;
  readonly lookups: () => readonly string[];
  current: boolean;
  now: number;
}

/** The gate of secret keys, for one that works. */
const secrets: SecretKeyGate = {
  identify: (request) => {
    const presented = presentedKey(request);
    if (!presented.ok) return presented;
    if (presented.value.secret.expose() !== SECRET) return refused('malformed');
    const limits = { perSecond: 10, burst: 10, perDay: 100, perMonth: null, isSoft: false };
    return ok({
      credential: 'secret-key',
      company,
      project,
      key,
      scopes: ['geocoding:read'],
      limits,
      keyLimits: undefined,
      logging: undefined,
    });
  },
};

/** Knows the rows by their names, and one secret key. */
const house = (rows: Readonly<Record<string, BrowserRow>>): House => {
  const lookups: string[] = [];
  const cache = createBrowserOriginCache(10);
  const state = { current: true, now: 1000 };
  const gate = createBrowserGate({
    secrets,
    cache,
    isCurrent: () => state.current,
    now: () => state.now,
    find: async (name) => {
      lookups.push(name);
      return rows[name];
    },
  });
  return Object.assign(state, { identify: gate.identify, cache, lookups: () => lookups });
};

const page = (search: string, headers: Readonly<Record<string, string>> = {}): ReturnType<typeof requestOf> =>
  requestOf({ search, headers: { origin: ORIGIN, 'sec-fetch-mode': 'cors', ...headers } });

const reasonOf = async (gate: House, request: ReturnType<typeof requestOf>): Promise<string> => {
  const verdict = await gate.identify(request);
  return verdict.ok ? verdict.value.credential : verdict.reason;
};

describe('identifying a page', () => {
  it('takes the public key wherever a key may stand, and the id of the project', async () => {
    const gate = house({ [PUBLIC]: row(), [project]: row({ key_id: null, scopes: null }) });
    for (const request of [
      page(`key=${PUBLIC}`),
      page('', { 'x-api-key': PUBLIC }),
      page('', { authorization: `Bearer ${PUBLIC}` }),
      page(`key=${PUBLIC}&pid=${project}`, { 'x-api-key': PUBLIC }),
    ]) {
      const verdict = await gate.identify(request);
      assert.ok(verdict.ok);
      assert.deepEqual(verdict.value, {
        credential: 'browser',
        company,
        project,
        key,
        domain,
        scopes: ['geocoding:read'],
        limits: { perSecond: 10, burst: 10, perDay: 100, perMonth: null, isSoft: false },
        keyLimits: undefined,
        logging: undefined,
      });
    }
    assert.equal(await reasonOf(gate, page(`pid=${PUBLIC}`)), 'browser');
    assert.equal(await reasonOf(gate, page(`pid=${PUBLIC}&key=${PUBLIC}`)), 'browser');
    assert.deepEqual(gate.lookups(), [PUBLIC], 'asked once, then remembered');
    const byId = await gate.identify(page(`pid=${project}`));
    assert.ok(byId.ok && byId.value.credential === 'browser');
    assert.deepEqual(
      [byId.value.key, byId.value.domain, byId.value.scopes],
      [undefined, domain, [...SCOPES]],
    );
  });

  it('refuses names that are none, are gone, or contradict each other', async () => {
    const other = newId('prj', 2);
    const gate = house({
      [PUBLIC]: row(),
      [generateKey('pk', 'live').expose()]: row(),
    });
    const revoked = house({ [PUBLIC]: row({ revoked_at: new Date(0) }) });
    const expired = house({ [PUBLIC]: row({ expires_at: new Date(1000) }) });
    assert.equal(await reasonOf(revoked, page(`key=${PUBLIC}`)), 'revoked');
    assert.equal(await reasonOf(expired, page(`key=${PUBLIC}`)), 'expired');
    for (const [search, reason] of [
      ['', 'missing'],
      [`key=${generateKey('pk', 'live').expose()}`, 'unknown'],
      [`key=${PUBLIC}x`, 'malformed'],
      [`key=${PUBLIC.slice(0, -1)}${PUBLIC.endsWith('x') ? 'y' : 'x'}`, 'malformed'],
      [`pid=${other}`, 'unknown'],
      ['pid=prj_x', 'malformed'],
      [`pid=${company}`, 'malformed'],
      [`pid=${project}&pid=${project}`, 'unreadable'],
      [`pid=${project}%ff`, 'unreadable'],
      [`key=${PUBLIC}%ff&pid=${project}`, 'unreadable'],
      [`key=${PUBLIC}&key=${PUBLIC}`, 'unreadable'],
      [`key=${PUBLIC}&pid=${other}`, 'contradictory'],
      [`key=${PUBLIC}&pid=${generateKey('pk', 'live').expose()}`, 'contradictory'],
      [`pid=${SECRET}`, 'malformed'],
      [`key=${'x'.repeat(300)}`, 'unreadable'],
    ])
      assert.equal(await reasonOf(gate, page(search ?? '')), reason, search);
    const basic = Buffer.from(`${PUBLIC}:`).toString('base64');
    assert.equal(await reasonOf(gate, page('', { authorization: `Basic ${basic}` })), 'malformed');
  });

  it('lets in no page but those of the project', async () => {
    const gate = house({ [PUBLIC]: row(), [project]: row({ key_id: null, scopes: null }) });
    for (const origin of [
      'https://evil.example',
      'null',
      `${ORIGIN}/`,
      `${ORIGIN}, ${ORIGIN}`,
      'http://localhost',
    ])
      assert.equal(await reasonOf(gate, page(`key=${PUBLIC}`, { origin })), 'origin-not-allowed', origin);
    assert.equal(await reasonOf(gate, requestOf({ search: `pid=${project}` })), 'origin-missing');
    assert.equal(
      await reasonOf(gate, requestOf({ search: `key=${PUBLIC}` })),
      'malformed',
      'as any wrong key',
    );
    const none = house({ [PUBLIC]: row({ domain_ids: [], origins: [] }) });
    assert.equal(await reasonOf(none, page(`key=${PUBLIC}`)), 'no-domain');
    const local = house({ [PUBLIC]: row({ domain_ids: [], origins: [], allow_localhost: true }) });
    const found = await local.identify(page(`key=${PUBLIC}`, { origin: 'http://localhost:5173' }));
    assert.ok(found.ok && found.value.credential === 'browser' && found.value.domain === undefined);
  });

  it('lets in pages of all hosts below a domain with a wildcard, and counts them for it', async () => {
    const wide = newId('dom', 2);
    const gate = house({
      [PUBLIC]: row({ domain_ids: [domain, wide], origins: [ORIGIN, 'https://*.shop.example'] }),
    });
    const domainOf = async (origin: string): Promise<unknown> => {
      const verdict = await gate.identify(page(`key=${PUBLIC}`, { origin }));
      return verdict.ok && verdict.value.credential === 'browser' ? verdict.value.domain : verdict;
    };
    assert.equal(await domainOf(ORIGIN), domain);
    assert.equal(await domainOf('https://a.shop.example'), wide);
    assert.equal(await domainOf('https://a.b.shop.example'), wide);
    assert.deepEqual(await domainOf('https://*.shop.example'), refused('origin-not-allowed'));
    const alone = house({ [PUBLIC]: row({ origins: ['https://*.shop.example'] }) });
    assert.equal(await reasonOf(alone, page(`key=${PUBLIC}`)), 'origin-not-allowed');
    assert.equal(
      await reasonOf(alone, page(`key=${PUBLIC}`, { origin: 'https://a.shop.example' })),
      'browser',
    );
  });

  it('asks for the networks of the key before anything is said of its domains', async () => {
    const networks = ['192.0.2.0/24', '2001:db8::/32'];
    const from = (address: string, search: string, origin = ORIGIN): ReturnType<typeof requestOf> =>
      requestOf({ search, address, headers: { origin, 'sec-fetch-mode': 'cors' } });
    for (const changes of [{}, { domain_ids: [], origins: [] }]) {
      const gate = house({ [PUBLIC]: row({ networks, ...changes }) });
      for (const origin of [ORIGIN, 'https://evil.example', 'null'])
        assert.equal(await reasonOf(gate, from('198.51.100.1', `key=${PUBLIC}`, origin)), 'other-network');
    }
    const gate = house({
      [PUBLIC]: row({ networks }),
      [project]: row({ key_id: null, scopes: null, networks: null }),
    });
    for (const address of ['192.0.2.7', '2001:db8::1'])
      assert.equal(await reasonOf(gate, from(address, `key=${PUBLIC}`)), 'browser');
    assert.equal(await reasonOf(gate, from('192.0.3.7', `key=${PUBLIC}`)), 'other-network');
    // The networks are the pair's; who gives the id of the project uses no pair.
    assert.equal(await reasonOf(gate, from('192.0.3.7', `pid=${project}`)), 'browser');
  });

  it('takes secret keys of servers, also with an Origin passed on, and none of a page', async () => {
    const gate = house({ [PUBLIC]: row() });
    for (let round = 0; round < 2; round += 1) {
      assert.equal(await reasonOf(gate, requestOf({ search: `key=${SECRET}` })), 'secret-key');
      assert.equal(
        await reasonOf(gate, requestOf({ search: `key=${SECRET}`, headers: { origin: ORIGIN } })),
        'secret-key',
      );
      assert.equal(await reasonOf(gate, page(`key=${SECRET}`)), 'secret-in-browser');
      assert.equal(await reasonOf(gate, page(`key=${SECRET}`, { origin: 'null' })), 'secret-in-browser');
    }
    assert.deepEqual(gate.lookups(), []);
  });

  it('trusts what it remembers only while changes are heard, and forgets what changed', async () => {
    const rows: Record<string, BrowserRow> = { [PUBLIC]: row() };
    const gate = house(rows);
    assert.equal(await reasonOf(gate, page(`key=${PUBLIC}`)), 'browser');
    rows[PUBLIC] = row({ domain_ids: [], origins: [] });
    assert.equal(await reasonOf(gate, page(`key=${PUBLIC}`)), 'browser');
    gate.current = false;
    assert.equal(await reasonOf(gate, page(`key=${PUBLIC}`)), 'no-domain');
    gate.current = true;
    rows[PUBLIC] = row();
    for (const id of [project, key]) {
      gate.cache.forget(id);
      assert.equal(await reasonOf(gate, page(`key=${PUBLIC}`)), 'browser');
    }
  });

  it('does not remember an answer that a change overtook', async () => {
    const gate = house({ [PUBLIC]: row() });
    const asked = gate.identify(page(`key=${PUBLIC}`));
    gate.cache.forget(newId('prj', 9));
    await asked;
    assert.equal(gate.cache.get(PUBLIC), undefined);
  });

  it('asks once for many at the same time, and has a bound', async () => {
    const gate = house({ [PUBLIC]: row() });
    await Promise.all(Array.from({ length: 20 }, async () => gate.identify(page(`key=${PUBLIC}`))));
    assert.equal(gate.lookups().length, 1);
    const flood = Array.from({ length: 32 }, async () => gate.identify(page(`pid=${newId('prj', 5)}`)));
    assert.throws(() => gate.identify(page(`pid=${newId('prj', 5)}`)), { code: 'rate_limited' });
    const elsewhere = { ...page(`pid=${newId('prj', 5)}`), address: new Opaque('192.0.2.9') };
    assert.deepEqual(await gate.identify(elsewhere), { ok: false, reason: 'unknown' });
    await Promise.all(flood);
  });
});
