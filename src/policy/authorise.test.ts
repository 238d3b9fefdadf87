import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ROLES,
  type KeyCaller,
  type Membership,
  type PendingCaller,
  type Role,
  type SessionCaller,
} from '../foundation/caller.ts';
import { newId, type CompanyId } from '../foundation/ids.ts';
import { authoriseKey, authoriseMember, FRESH_MS, freshUntilOf, isFresh } from './authorise.ts';
import { may, PERMISSIONS, type Permission } from './roles.ts';

const [COMPANY, OTHER] = [newId('com', 1), newId('com', 2)];

const person = (memberships: readonly Membership[], changes: Partial<SessionCaller> = {}): SessionCaller => ({
  credential: 'session',
  session: newId('ses', 1),
  user: newId('usr', 1),
  email: 'ada@example.com',
  name: null,
  provenAt: 0,
  isStrong: false,
  hasSecondFactor: false,
  memberships: new Map(memberships.map((one) => [one.company, one])),
  renewal: undefined,
  ...changes,
});
const memberOf = (role: Role, requiresSecondFactor = false, company: CompanyId = COMPANY): Membership => ({
  company,
  companyName: 'Engines',
  role,
  requiresSecondFactor,
});

describe('what a key may do', () => {
  const key: KeyCaller = {
    credential: 'secret-key',
    company: COMPANY,
    project: newId('prj', 1),
    key: newId('key', 1),
    scopes: ['geocoding:read'],
    limits: { perSecond: 1, burst: 1, perDay: null, perMonth: null, isSoft: false },
    keyLimits: undefined,
    logging: undefined,
  };

  it('follows from its scopes', () => {
    assert.deepEqual(authoriseKey('geocoding:read', key), { ok: true, value: key });
    assert.deepEqual(authoriseKey('geocoding:read', { ...key, scopes: [] }), {
      ok: false,
      reason: 'scope-missing',
    });
  });

  it('is nothing that a person may do, whoever they are', () => {
    const pending: PendingCaller = { credential: 'pending', user: newId('usr', 1), credentialEpoch: 1 };
    for (const caller of [pending, person([memberOf('owner')], { isStrong: true })])
      assert.deepEqual(authoriseKey('geocoding:read', caller), { ok: false, reason: 'scope-missing' });
  });
});

describe('what a member may do', () => {
  const permission = fc.constantFrom(...(Object.keys(PERMISSIONS) as Permission[]));
  const role = fc.constantFrom(...ROLES);

  it('follows from the role in that very company, and from nothing else', () => {
    fc.assert(
      fc.property(permission, role, role, (needed, here, elsewhere) => {
        const caller = person([memberOf(here), memberOf(elsewhere, false, OTHER)]);
        const verdict = authoriseMember(needed, caller, COMPANY);
        return verdict.ok === may(here, needed) && (!verdict.ok || verdict.value.role === here);
      }),
    );
  });

  it('is nothing in a company that they do not belong to, or that there is not', () => {
    fc.assert(
      fc.property(permission, fc.oneof(fc.constant<string>(OTHER), fc.string()), (needed, company) => {
        const verdict = authoriseMember(needed, person([memberOf('owner')]), company);
        return !verdict.ok && verdict.reason === 'no-member';
      }),
    );
  });

  it('needs a second factor where the company requires one', () => {
    const member = memberOf('owner', true);
    assert.deepEqual(authoriseMember('company.read', person([member]), COMPANY), {
      ok: false,
      reason: 'second-factor-required',
    });
    // Enrolled is not shown.
    assert.equal(
      authoriseMember('company.read', person([member], { hasSecondFactor: true }), COMPANY).ok,
      false,
    );
    assert.ok(authoriseMember('company.read', person([member], { isStrong: true }), COMPANY).ok);
  });

  it('lets whoever cannot have the second factor that is required leave', () => {
    assert.ok(authoriseMember('company.leave', person([memberOf('viewer', true)]), COMPANY).ok);
  });

  it('tells of the role before the second factor, which would be of no use', () => {
    const verdict = authoriseMember('company.delete', person([memberOf('viewer', true)]), COMPANY);
    assert.deepEqual(verdict, { ok: false, reason: 'role' });
  });
});

describe('a proof of who one is', () => {
  it('is fresh for ten minutes', () => {
    const caller = person([], { provenAt: 1000 });
    assert.ok(isFresh(caller, 1000 + FRESH_MS));
    assert.ok(!isFresh(caller, 1001 + FRESH_MS));
    assert.equal(FRESH_MS, 600_000);
  });

  it('is none where a second factor is enrolled and this session never showed one', () => {
    const proof = { provenAt: 1000, hasSecondFactor: true };
    assert.ok(!isFresh(person([], { ...proof, isStrong: false }), 1000));
    assert.ok(isFresh(person([], { ...proof, isStrong: true }), 1000));
  });

  it('is said to be fresh until the last moment at which it counts, and no later than when it was shown where it never does', () => {
    const proof = { provenAt: 1000, hasSecondFactor: true };
    for (const caller of [person([], { provenAt: 1000 }), person([], { ...proof, isStrong: true })])
      assert.equal(freshUntilOf(caller), 1000 + FRESH_MS);
    assert.equal(freshUntilOf(person([], { ...proof, isStrong: false })), 1000);
  });
});
