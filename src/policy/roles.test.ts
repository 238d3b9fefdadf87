import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ROLES, type Role } from '../foundation/caller.ts';
import { may, mayChangeRole, PERMISSIONS, type Permission } from './roles.ts';

const permissions = Object.keys(PERMISSIONS) as Permission[];
/** What was done by whom is not for everybody to read. */
const BEYOND_VIEWERS = new Set<string>(['audit.read', 'logs.read', 'projects.try', 'webhooks.read']);
const role = fc.constantFrom<Role>(...ROLES);
const maybe = fc.option(role, { nil: undefined });

describe('the table of roles', () => {
  it('gives an owner everything, and each role all that the one below it has', () => {
    for (const permission of permissions) {
      assert.ok(may('owner', permission), permission);
      const allowed = ROLES.map((one) => may(one, permission));
      assert.deepEqual(
        allowed,
        [...allowed].sort((a, b) => Number(b) - Number(a)),
        permission,
      );
    }
  });

  it('lets a viewer do nothing but read and leave', () => {
    const beyondReading = new Set<string>(['company.leave']);
    for (const permission of permissions) {
      const reads = permission.endsWith('.read') && !BEYOND_VIEWERS.has(permission);
      assert.equal(may('viewer', permission), reads || beyondReading.has(permission));
    }
  });

  it('says in words what each permission is', () => {
    for (const permission of permissions) assert.match(PERMISSIONS[permission].description, /^[A-Z].{5,}/);
  });
});

describe('changing roles', () => {
  it('is for owners and admins', () => {
    fc.assert(
      fc.property(role, maybe, maybe, (actor, from, to) => {
        if (actor === 'member' || actor === 'viewer') assert.equal(mayChangeRole(actor, from, to), false);
        if (actor === 'owner') assert.equal(mayChangeRole(actor, from, to), true);
      }),
    );
  });

  it('never lets an admin make, change or remove an owner, by however many steps', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(maybe, maybe), { maxLength: 20 }), maybe, (steps, start) => {
        let now: Role | undefined = start;
        for (const [, to] of steps) {
          if (!mayChangeRole('admin', now, to)) continue;
          assert.notEqual(now, 'owner');
          now = to;
        }
        if (start === 'owner') assert.equal(now, 'owner');
        else assert.notEqual(now, 'owner');
      }),
    );
  });
});
