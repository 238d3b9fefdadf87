import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestOf } from '../test/support/request.ts';
import type { Caller, SessionCaller } from './foundation/caller.ts';
import { newId } from './foundation/ids.ts';
import type { Access, AnyRoute } from './http/route.ts';
import { authorise, refuseUnknownPermissions } from './route-policy.ts';

const NOW = 10_000_000;
const company = newId('com', 1);
const person: SessionCaller = {
  credential: 'session',
  session: newId('ses', 1),
  user: newId('usr', 1),
  email: 'ada@example.com',
  name: null,
  provenAt: NOW,
  isStrong: false,
  hasSecondFactor: false,
  memberships: new Map([[company, { company, companyName: '', role: 'admin', requiresSecondFactor: false }]]),
  renewal: undefined,
};
const key: Caller = {
  credential: 'secret-key',
  company,
  project: newId('prj', 1),
  key: newId('key', 1),
  scopes: ['geocoding:read'],
  limits: { perSecond: 1, burst: 1, perDay: null, perMonth: null, isSoft: false },
  keyLimits: undefined,
  logging: undefined,
};
const pending: Caller = { credential: 'pending', user: person.user, credentialEpoch: 1 };

const verdict = (caller: Caller, access: Access, fresh = false): unknown => {
  const request = { ...requestOf({}), params: { company } };
  const found = authorise(caller, { operation: 'thing.do', access, fresh } as AnyRoute, request, NOW);
  return found.ok ? (found.value?.role ?? 'allowed') : found.reason;
};

describe('a route and who calls it', () => {
  it('fit only where the credential is of the kind that the route asks for', () => {
    const accesses = {
      key: { secretKey: 'geocoding:read' },
      pending: { pending: true },
      session: { session: true },
      member: { member: 'company.read' },
    } as const;
    const callers = { key, pending, session: person } as const;
    const fits: Record<string, string> = {
      'key key': 'allowed',
      'pending pending': 'allowed',
      'session session': 'allowed',
      'session member': 'admin',
    };
    for (const [who, caller] of Object.entries(callers)) {
      for (const [what, access] of Object.entries(accesses)) {
        const expected = fits[`${who} ${what}`] ?? { because: 'scope-missing' };
        assert.deepEqual(verdict(caller, access), expected, `${who} ${what}`);
      }
    }
  });

  it('do not fit where a key lacks the scope, which it is told', () => {
    assert.deepEqual(verdict(key, { secretKey: 'datasets:write' }), {
      because: 'scope-missing',
      scope: 'datasets:write',
    });
  });

  it('fit on a company’s route by role, and by a fresh proof where one is asked for', () => {
    assert.deepEqual(verdict(person, { member: 'company.delete' }), { because: 'role' });
    assert.equal(verdict(person, { member: 'company.change' }, true), 'admin');
    const stale = { ...person, provenAt: NOW - 600_001 };
    assert.equal(verdict(stale, { member: 'company.change' }), 'admin');
    assert.deepEqual(verdict(stale, { member: 'company.change' }, true), {
      because: 'proof-not-fresh',
      methods: ['password'],
    });
    // Who may not do it at all is not asked to prove anything first.
    assert.deepEqual(verdict(stale, { member: 'company.delete' }, true), { because: 'role' });
  });

  it('name as proofs only what there is, and never a password beside a second factor', () => {
    const methods = (changes: Partial<SessionCaller>): unknown =>
      verdict({ ...person, provenAt: 0, ...changes }, { session: true }, true);
    assert.deepEqual(methods({ proofMethods: ['passkey'] }), {
      because: 'proof-not-fresh',
      methods: ['passkey'],
    });
    assert.deepEqual(methods({ hasSecondFactor: true }), {
      because: 'proof-not-fresh',
      methods: ['totp', 'passkey'],
    });
  });
});

describe('a table of routes', () => {
  it('is refused with a permission that nobody can have', () => {
    const table = (member: string): AnyRoute[] => [{ operation: 'thing.do', access: { member } } as AnyRoute];
    refuseUnknownPermissions(table('keys.change'));
    for (const wrong of ['keys.chnage', 'toString', '__proto__', ''])
      assert.throws(() => refuseUnknownPermissions(table(wrong)), /thing\.do/);
  });
});
