import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideAccess, includesRight, RIGHTS, type Actor, type DatasetFacts, type Grant } from './rules.ts';

const user = fc.constantFrom('ada', 'ben', 'cleo');
const company = fc.constantFrom('oil', 'gas');
const time = fc.integer({ min: 0, max: 10 });

const actor: fc.Arbitrary<Actor> = fc.record(
  { userId: user, companyId: company, role: fc.constantFrom('owner', 'admin', 'member', 'viewer') },
  { requiredKeys: ['userId', 'companyId'] },
);
const dataset: fc.Arbitrary<DatasetFacts> = fc.record({
  companyId: company,
  ownerId: user,
  visibility: fc.constantFrom('company', 'private'),
  sharedOutside: fc.boolean(),
});
const grant: fc.Arbitrary<Grant> = fc.record(
  { userId: user, companyId: company, right: fc.constantFrom('read', 'modify'), until: time },
  { requiredKeys: ['userId', 'companyId', 'right'] },
);
const maybe = fc.option(grant, { nil: undefined });

const rightOf = (who: Actor, what: DatasetFacts, given: Grant | undefined, now: number): string =>
  decideAccess(who, what, given, now).right;

const always = (
  check: (who: Actor, what: DatasetFacts, given: Grant | undefined, now: number) => void,
): void => fc.assert(fc.property(actor, dataset, maybe, time, check), { numRuns: 5_000 });

/** The same rules as a list of sentences, each a reason to have a right; written without the function's layers. */
const allowed = (
  who: Actor,
  what: DatasetFacts,
  given: Grant | undefined,
  now: number,
): readonly string[] => {
  const home = who.companyId === what.companyId;
  const counts =
    given !== undefined &&
    given.userId === who.userId &&
    given.companyId === who.companyId &&
    now < (given.until ?? Infinity) &&
    (home || what.sharedOutside);
  const owns = home && who.userId === what.ownerId;
  const shared = home && what.visibility === 'company';
  const manage =
    (home && who.role === 'owner') || (owns && who.role !== 'viewer') || (shared && who.role === 'admin');
  const modify = manage || (shared && who.role === 'member') || (counts && given.right === 'modify');
  const read = modify || owns || (shared && who.role === 'viewer') || counts;
  return [...(read ? ['read'] : []), ...(modify ? ['modify'] : []), ...(manage ? ['manage'] : [])];
};

test('the function decides what the sentences say', () => {
  always((who, what, given, now) => {
    const found = RIGHTS.slice(1).filter((right) =>
      includesRight(decideAccess(who, what, given, now).right, right),
    );
    assert.deepEqual(found, who.role === undefined ? [] : allowed(who, what, given, now));
  });
});

test('who acts in another company sees nothing without a grant for that company', () => {
  always((who, what, given, now) => {
    if (who.companyId === what.companyId) return;
    const isFor = given?.userId === who.userId && given.companyId === who.companyId && what.sharedOutside;
    if (!isFor) assert.equal(rightOf(who, what, given, now), 'none');
  });
});

test('a grant that has ended is no grant, to the millisecond', () => {
  always((who, what, given) => {
    if (given?.until === undefined) return;
    assert.equal(rightOf(who, what, given, given.until), rightOf(who, what, undefined, given.until));
    const { until: _, ...endless } = given;
    assert.equal(rightOf(who, what, given, given.until - 1), rightOf(who, what, endless, given.until - 1));
  });
});

test('a grant never takes a right away, and never lets anybody manage', () => {
  always((who, what, given, now) => {
    const without = decideAccess(who, what, undefined, now).right;
    const { right } = decideAccess(who, what, given, now);
    assert.ok(includesRight(right, without));
    if (right === 'manage') assert.equal(without, 'manage');
  });
});

test('who is no member of the company in which they act can do nothing', () => {
  always((who, what, given, now) => {
    const { role: _, ...stranger } = who;
    assert.deepEqual(decideAccess(stranger, what, given, now), { right: 'none', reason: 'no_member' });
  });
});

test('every decision has a reason, and nothing is the only right without one', () => {
  always((who, what, given, now) => {
    const { right, reason } = decideAccess(who, what, given, now);
    assert.equal(right === 'none', reason === 'no_member' || reason === 'not_shared');
  });
});
