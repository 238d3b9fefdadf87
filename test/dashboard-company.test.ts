/** What the dashboard's company pages decide without a browser. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { AuditEvent, Key } from '../dashboard/src/api/shapes.ts';
import { actorOf, sentenceOf } from '../dashboard/src/pages/company/parts/audit-sentences.ts';
import { curlLine } from '../dashboard/src/pages/company/parts/curl-line.ts';
import { shortKey, stateOf, works } from '../dashboard/src/pages/company/parts/key-state.ts';
import { rolesToGive } from '../dashboard/src/pages/company/parts/roles.ts';
import { mayChangeRole, may } from '../src/policy/roles.ts';

const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;
const NOW = Date.parse('2026-06-01T12:00:00Z');

const event = (action: string, details: AuditEvent['details'] = {}): AuditEvent => ({
  id: 'aud_1',
  at: '2026-06-01T12:00:00Z',
  actor: null,
  action,
  target: null,
  details,
});

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
    .filter((text) => text.includes('recordAudit') || text.includes('changeAsMember'));

describe('the audit log on the page', () => {
  it('has a sentence for every action that the server writes', () => {
    const actions = new Set(
      sources(new URL('../src', import.meta.url).pathname).flatMap((text) =>
        [...text.matchAll(/action: '([a-z.-]+)'/g)].map(([, action]) => action!),
      ),
    );
    assert.ok(actions.size >= 15, `${actions.size} actions found`);
    for (const action of actions) {
      const sentence = sentenceOf(event(action), () => undefined);
      assert.ok(!sentence.startsWith(action), `${action} has no sentence`);
      assert.doesNotMatch(sentence, /“”|undefined|null/, action);
    }
  });

  it('shows an action that it does not know by its name', () => {
    assert.equal(
      sentenceOf(event('moon.land', { crew: 3 }), () => undefined),
      'moon.land (crew: 3)',
    );
    assert.equal(
      sentenceOf(event('constructor'), () => undefined),
      'constructor',
    );
  });

  it('names who did it as far as it is known', () => {
    const by = { ...event('keys.create'), actor: { id: 'usr_1', name: null } };
    assert.equal(
      actorOf(by, (user) => (user === 'usr_1' ? 'ada@example.com' : undefined)),
      'ada@example.com',
    );
    assert.equal(
      actorOf(by, () => undefined),
      'A former member',
    );
    assert.equal(
      actorOf(event('keys.create'), () => undefined),
      'The operator or a former member',
    );
    assert.equal(
      actorOf(event('webhooks.disable'), () => undefined),
      'The server',
    );
    assert.equal(
      actorOf(event('projects.limit'), () => undefined),
      'The operator',
    );
  });

  it('writes numbers as they are read', () => {
    const say = (action: string, details: Record<string, number | boolean | null>): string =>
      sentenceOf(event(action, details), () => undefined);
    assert.equal(
      say('logs.delete', { requests: 1 }),
      'deleted one request from the request log of a project',
    );
    assert.equal(
      say('logs.delete', { requests: 1201 }),
      'deleted 1,201 requests from the request log of a project',
    );
    assert.equal(
      say('projects.limit', { per_second: 1, burst: 40, per_day: 250_000, per_month: null, is_soft: true }),
      'set the limits of a project to one request in a second, 40 at once, 250,000 in a day and any number in a month; more is answered all the same',
    );
  });
});

describe('roles to choose from', () => {
  const table = { roles: ROLES.map((role) => ({ role, permissions: [] })), permissions: [] };
  it('are those that the server lets this person give', () => {
    for (const actor of ROLES.filter((role) => may(role, 'members.change'))) {
      for (const from of [undefined, ...ROLES]) {
        const given = ROLES.filter((to) => mayChangeRole(actor, from, to));
        assert.deepEqual(rolesToGive(table, actor, from), given, `${actor} to one who is ${from}`);
      }
    }
  });
});

describe('the state of a key', () => {
  const key: Key = {
    id: 'key_1',
    project: 'prj_1',
    name: 'A',
    public_key: 'vs_pk_live_abcdefghijklmnop',
    scopes: [],
    networks: [],
    per_second: null,
    per_day: null,
    created_at: '2026-01-01T00:00:00Z',
    created_by: null,
    last_used_at: null,
    expires_at: null,
    revoked_at: null,
    exposed_at: null,
    previous_secret_expires_at: null,
  };
  const before = '2026-06-01T11:59:59Z';
  const after = '2026-06-01T12:00:01Z';
  const cases: [string, Partial<Key>, string, boolean][] = [
    ['nothing special', {}, 'active', true],
    ['a rotation under way', { previous_secret_expires_at: after }, 'rotating', true],
    ['a rotation that is over', { previous_secret_expires_at: before }, 'active', true],
    ['an end to come', { expires_at: after }, 'active', true],
    ['an end that has come', { expires_at: before, previous_secret_expires_at: after }, 'expired', false],
    ['a revocation', { revoked_at: before, expires_at: before }, 'revoked', false],
  ];
  for (const [what, part, state, isWorking] of cases) {
    it(`is right for ${what}`, () => {
      assert.equal(stateOf({ ...key, ...part }, NOW), state);
      assert.equal(works({ ...key, ...part }, NOW), isWorking);
    });
  }

  it('comes with a name short enough for a table', () => {
    assert.equal(shortKey(key.public_key), 'vs_pk_…klmnop');
    assert.equal(shortKey('short'), 'short');
  });
});

describe('the first call', () => {
  it('names the certificate of an installation on this machine, and only there', () => {
    for (const hostname of ['localhost', '127.0.0.1', '[::1]']) {
      assert.match(
        curlLine({ origin: `https://${hostname}:8443`, hostname }),
        /^curl --cacert \S+ca\.pem -H /,
      );
    }
    assert.equal(
      curlLine({ origin: 'https://geo.example.org', hostname: 'geo.example.org' }, 'vs_sk_live_1'),
      'curl -H "X-Api-Key: vs_sk_live_1" "https://geo.example.org/geocode/v1/json?q=Berlin"',
    );
  });
});
