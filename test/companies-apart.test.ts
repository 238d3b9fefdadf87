/** Companies and roles, over the route table: no route of a company answers a stranger, or a role without its permission. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { featureTable } from '../src/features.ts';
import { ROLES } from '../src/foundation/caller.ts';
import { newId } from '../src/foundation/ids.ts';
import type { AnyRoute } from '../src/http/route.ts';
import { may, PERMISSIONS, type Permission } from '../src/policy/roles.ts';
import {
  CHANGES,
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  setRole,
} from './support/control-plane.ts';
import { addDataset, DATASET_CHANGES, type DatasetScene } from './support/dataset-changes.ts';
import type { Stage } from './support/signed-in.ts';

let ours: readonly AnyRoute[] = [];
let routes: readonly AnyRoute[] = [];

/** Routes of other rooms stand in the table as well: what lets callers in does not depend on what they are made of. */
const withOthers = (made: readonly AnyRoute[]): readonly AnyRoute[] => {
  const known = new Set(made.map(({ operation }) => operation));
  return [...made, ...featureTable().filter(({ operation }) => !known.has(operation))];
};

const isOfCompany = ({ path }: AnyRoute): boolean => path.includes('/:company');

/** A path with this company, and things of a scene behind it. */
const pathIn = (
  { path }: AnyRoute,
  company: string,
  { project, key, domain, owner, invitation, dataset, grant, outside, asked }: DatasetScene,
): string =>
  path
    .replace(':company', company)
    .replace(':dataset/invitations/:invitation', `:dataset/invitations/${outside}`)
    .replace(':dataset', dataset)
    .replace(':grant', grant)
    .replace(':request', asked)
    .replace(/:(?:restoration|comparison)/, newId('op', 0))
    .replaceAll(/:(?:a|b|number)\b/g, '1')
    .replace(/:index$/, '1')
    .replace(':project', project)
    .replace(':key', key)
    .replace(':user', owner.user)
    .replace(':domain', domain)
    .replace(':invitation', invitation.id);

const bodyOf = ({ operation }: AnyRoute, scene: DatasetScene): unknown =>
  (DATASET_CHANGES[operation]?.(scene) ?? CHANGES[operation]?.(scene))?.body;

describe('a route of a company', () => {
  let stage: Stage;
  let a: DatasetScene;
  let b: DatasetScene;
  before(async () => {
    stage = await openStage((parts) => {
      ours = controlPlaneRoutes(parts);
      return (routes = withOthers(ours));
    });
    a = await addDataset(stage, await makeScene(stage));
    b = await addDataset(stage, await makeScene(stage));
  });

  it('asks for a permission', () => {
    const found = routes.filter(isOfCompany);
    assert.ok(found.length >= 20, `${found.length} routes`);
    for (const { operation, access } of found) assert.ok('member' in access, operation);
  });

  it('answers an owner of another company as if there were no such company, and does nothing', async () => {
    const nowhere = newId('com', stage.clock.now());
    const bodies = new Map(
      [...Object.entries(CHANGES), ...Object.entries(DATASET_CHANGES)].map(([operation, callOf]) => [
        operation,
        callOf(a).body,
      ]),
    );
    const earlier = await dumpTables(stage);
    for (const route of routes.filter(isOfCompany)) {
      const body = route.method === 'GET' ? undefined : (bodies.get(route.operation) ?? {});
      const foreign = await b.owner.call(route.method, pathIn(route, a.company, a), body);
      const missing = await b.owner.call(route.method, pathIn(route, nowhere, a), body);
      const strange = await b.owner.call(route.method, pathIn(route, 'x%01', a), body);
      const zero = await b.owner.call(route.method, pathIn(route, 'x%00', a), body);
      assert.equal(foreign.status, 404, route.operation);
      assert.equal(foreign.body.code, 'company_not_found', route.operation);
      assert.deepEqual([missing.status, missing.body], [404, foreign.body], route.operation);
      assert.deepEqual([strange.status, strange.body], [404, foreign.body], route.operation);
      // A zero byte is in no path at all: the router says so before any company is looked for.
      assert.deepEqual([zero.status, zero.body.code], [404, 'not_found'], route.operation);
    }
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });

  it('does not reach into another company by the ids behind it', async () => {
    const earlier = await dumpTables(stage);
    let count = 0;
    for (const route of ours.filter(
      (one) => isOfCompany(one) && /:(?:project|key|user|invitation|dataset|request)/.test(one.path),
    )) {
      const body = route.method === 'GET' ? undefined : bodyOf(route, a);
      const answer = await b.owner.call(route.method, pathIn(route, b.company, a), body);
      assert.equal(answer.status, 404, `${route.operation} ${JSON.stringify(answer.body)}`);
      count += 1;
    }
    assert.ok(count >= 9, `${count} routes`);
    for (const query of [`usage?project=${a.project}`, `keys?project=${a.project}`]) {
      const answer = await b.owner.call('GET', `/v1/companies/${b.company}/${query}`);
      assert.ok(answer.status === 404 || answer.body.items.length === 0, query);
    }
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });

  it('does not answer who is not signed in', async () => {
    for (const route of routes.filter(isOfCompany)) {
      const answer = await stage.call(route.method, pathIn(route, a.company, a), {});
      assert.equal(answer.status, 401, route.operation);
    }
  });

  it('does not do what needs a fresh proof on an old one', async () => {
    const earlier = await dumpTables(stage);
    stage.clock.advance(11 * 60_000);
    for (const route of routes.filter((one) => isOfCompany(one) && one.fresh === true)) {
      const answer = await a.owner.call(route.method, pathIn(route, a.company, a), bodyOf(route, a) ?? {});
      assert.deepEqual([answer.status, answer.body.code], [403, 'fresh_proof_required'], route.operation);
    }
    assert.equal(await dumpTables(stage), earlier);
    const fresh = new Set(routes.filter((one) => one.fresh === true).map(({ operation }) => operation));
    for (const operation of [
      'keys.create',
      'keys.rotate',
      'members.change',
      'members.remove',
      'invitations.create',
      'audit.export',
      'projects.delete',
    ])
      assert.ok(fresh.has(operation), operation);
  });
});

describe('every role', () => {
  it('is let into exactly those routes whose permission it has', async () => {
    const stage = await openStage((parts) =>
      withOthers(controlPlaneRoutes(parts)).map((route) =>
        // Seeded through the API by real handlers; the matrix asks only who is let in.
        isOfCompany(route)
          ? Object.assign({}, route, {
              parse: () => undefined,
              handle: () => ({ status: 200, headers: {}, body: '"in"' }),
            })
          : route,
      ),
    );
    const owner = await stage.person();
    const somebody = await stage.person();
    const company = await stage.company([owner, somebody]);
    const used = new Set<string>();
    for (const role of ROLES) {
      await setRole(stage, company, somebody.user, role);
      for (const route of routes.filter(isOfCompany)) {
        const permission = ('member' in route.access ? route.access.member : '') as Permission;
        used.add(permission);
        const path = route.path.replace(':company', company).replaceAll(/:[a-z]+/g, 'x');
        const answer = await somebody.call(route.method, path, route.method === 'GET' ? undefined : {});
        const isIn = answer.status === 200;
        assert.equal(isIn, may(role, permission), `${role} ${route.operation} ${answer.status}`);
        if (!isIn) assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], route.operation);
      }
    }
    // Some are looked at inside a handler, or by routes that leave.
    const elsewhere = new Set(['company.secure', 'company.export', 'company.delete', 'keys.reveal']);
    for (const permission of Object.keys(PERMISSIONS))
      assert.ok(used.has(permission) || elsewhere.has(permission), permission);
    assert.deepEqual(stage.bugs, []);
  });
});
