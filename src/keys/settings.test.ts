import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import {
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  type Scene,
} from '../../test/support/control-plane.ts';
import type { Reply, Stage } from '../../test/support/signed-in.ts';

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const make = ({ owner, company, project }: Scene, body: object): Promise<Reply> =>
  owner.call('POST', `/v1/companies/${company}/projects/${project}/keys`, { name: 'Key', ...body });
const change = ({ owner, company, key }: Scene, body: object): Promise<Reply> =>
  owner.call('PATCH', `/v1/companies/${company}/keys/${key}`, body);
const inDays = (days: number): string => new Date(stage.clock.now() + days * 86_400_000).toISOString();

describe('settings of a key', () => {
  it('are chosen when it is made, and are all open where nothing is said', async () => {
    const scene = await makeScene(stage);
    const expires_at = inDays(30);
    const made = await make(scene, {
      scopes: ['geocoding:read', 'geocoding:read'],
      networks: ['192.0.2.0/24', '2001:DB8::/32', '192.0.2.0/24'],
      expires_at,
    });
    assert.equal(made.status, 201);
    const { scopes, networks, expires_at: end, created_by } = made.body.key;
    assert.deepEqual(
      [scopes, networks, end, created_by],
      [['geocoding:read'], ['192.0.2.0/24', '2001:db8::/32'], expires_at, scene.owner.user],
    );
    const open = (await make(scene, {})).body.key;
    assert.deepEqual(
      [open.scopes, open.networks, open.expires_at],
      [['geocoding:read', 'visitor:read', 'datasets:read'], [], null],
    );
  });

  it('are changed one by one, and the log says what, but no network', async () => {
    const scene = await makeScene(stage);
    const first = await change(scene, { networks: ['192.0.2.7'] });
    assert.deepEqual([first.status, first.body.networks], [200, ['192.0.2.7/32']]);
    const tomorrow = inDays(1);
    const second = await change(scene, { expires_at: tomorrow });
    assert.deepEqual([second.body.networks, second.body.expires_at], [['192.0.2.7/32'], tomorrow]);
    const third = await change(scene, { networks: [], expires_at: null });
    assert.deepEqual([third.body.networks, third.body.expires_at], [[], null]);
    const events = await stage.store.superuser(
      "select details from vouchsafe.audit_event where action = 'keys.change' and target = $1 order by at, id",
      [scene.key],
    );
    assert.deepEqual(
      events.map(({ details }) => details).find((details) => 'networks' in (details as object)),
      { name: 'First', networks: 1, networks_before: 0 },
    );
    assert.doesNotMatch(JSON.stringify(events), /192\.0\.2/);
    const earlier = await dumpTables(stage);
    assert.equal((await change(scene, { networks: [], name: 'First' })).status, 200);
    assert.equal(await dumpTables(stage), earlier, 'what is as it was leaves no trace');
  });

  it('may be limits of its own, which can be lifted again, and the log says so', async () => {
    const scene = await makeScene(stage);
    const made = (await make(scene, { per_second: 5, per_day: 0 })).body.key;
    assert.deepEqual([made.per_second, made.per_day], [5, 0]);
    const first = await change(scene, { per_second: 7, per_day: 1000 });
    assert.deepEqual([first.status, first.body.per_second, first.body.per_day], [200, 7, 1000]);
    const second = await change(scene, { per_second: null });
    assert.deepEqual([second.body.per_second, second.body.per_day], [null, 1000]);
    const { body } = await scene.owner.call('GET', `/v1/companies/${scene.company}/keys`);
    const shown = body.items.find((one: { id: string }) => one.id === scene.key);
    assert.deepEqual([shown.per_second, shown.per_day], [null, 1000]);
    const events = await stage.store.superuser(
      "select details from vouchsafe.audit_event where action = 'keys.change' and target = $1 order by at, id",
      [scene.key],
    );
    const details = events.map((event) => event['details']);
    for (const expected of [
      { name: 'First', per_second: 7, per_second_before: null, per_day: 1000, per_day_before: null },
      { name: 'First', per_second: null, per_second_before: 7 },
    ])
      assert.ok(
        details.some((found) => isDeepStrictEqual(found, expected)),
        JSON.stringify(details),
      );
  });

  it('other than the name ask for a fresh proof', async () => {
    const scene = await makeScene(stage);
    stage.clock.advance(11 * 60_000);
    for (const body of [
      { networks: [] },
      { expires_at: null },
      { scopes: ['geocoding:read'] },
      { per_second: null },
      { per_day: 5 },
    ]) {
      const answer = await change(scene, body);
      assert.deepEqual([answer.status, answer.body.code], [403, 'fresh_proof_required']);
    }
    assert.equal((await change(scene, { name: 'Other' })).status, 200);
    await scene.owner.prove();
    assert.equal((await change(scene, { networks: ['::1'] })).status, 200);
  });

  it('are refused where they make no sense', async () => {
    const scene = await makeScene(stage);
    const earlier = await dumpTables(stage);
    const wrong: [object, string][] = [
      [{ networks: Array.from({ length: 21 }, (_, index) => `10.0.${index}.0/24`) }, '/networks'],
      [{ networks: ['10.0.0.1/8'] }, '/networks/0'],
      [{ networks: ['vs_sk_live_abc'] }, '/networks/0'],
      [{ networks: ['x'.repeat(100_000)] }, '/networks/0'],
      [{ networks: '10.0.0.0/8' }, '/networks'],
      [{ networks: [7] }, '/networks/0'],
      [{ scopes: [] }, '/scopes'],
      [{ scopes: ['admin:write'] }, '/scopes/0'],
      [{ scopes: 'geocoding:read' }, '/scopes'],
      [{ expires_at: inDays(0) }, '/expires_at'],
      [{ expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
      [{ expires_at: '9999-12-31T00:00:00Z' }, '/expires_at'],
      [{ expires_at: 'tomorrow' }, '/expires_at'],
      [{ expires_at: 1 }, '/expires_at'],
      [{ per_second: 0 }, '/per_second'],
      [{ per_second: 1_000_001 }, '/per_second'],
      [{ per_second: '5' }, '/per_second'],
      [{ per_day: -1 }, '/per_day'],
      [{ per_day: 1.5 }, '/per_day'],
      [{ per_day: 2_000_000_001 }, '/per_day'],
    ];
    for (const [body, field] of wrong) {
      for (const answer of [await change(scene, body), await make(scene, body)]) {
        assert.deepEqual(
          [answer.status, answer.body.code, answer.body.field],
          [400, 'invalid_request', field],
          JSON.stringify(body).slice(0, 80),
        );
      }
    }
    assert.equal((await change(scene, {})).status, 400);
    assert.equal((await change(scene, { revoked_at: null })).status, 400);
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });

  it('of a revoked key stay as they are; its name does not have to', async () => {
    const scene = await makeScene(stage);
    await scene.owner.call('DELETE', `/v1/companies/${scene.company}/keys/${scene.key}`);
    const answer = await change(scene, { expires_at: inDays(9) });
    assert.deepEqual([answer.status, answer.body.code], [409, 'key_revoked']);
    assert.equal((await change(scene, { name: 'Dead' })).status, 200);
  });

  it('bring a key back that had ended, unless there are as many as may be', async () => {
    const scene = await makeScene(stage);
    await change(scene, { expires_at: inDays(1) });
    stage.clock.advance(86_400_000);
    const owner = await scene.owner.browser();
    const path = `/v1/companies/${scene.company}/keys/${scene.key}`;
    await stage.store.superuser(
      `insert into vouchsafe.key (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at)
       select 'key_01h00000000000' || left(md5($1 || n), 12), $1, $2, 'vs_pk_live_' || md5($1 || n), sha256(($1 || n)::bytea), 0, 'k', '{}', now()
       from (select translate(left(md5($1 || i), 12), 'abcdef', 'bcdefg') as n from generate_series(1, 100) i) numbers`,
      [scene.company, scene.project],
    );
    const full = await owner.call('PATCH', path, { expires_at: inDays(5) });
    assert.deepEqual([full.status, full.body.code], [409, 'too_many_keys']);
    await stage.store.superuser("delete from vouchsafe.key where company_id = $1 and name = 'k'", [
      scene.company,
    ]);
    assert.equal((await owner.call('PATCH', path, { expires_at: null })).status, 200);
  });

  it('are two people’s at the same time without one undoing the other', async () => {
    const scene = await makeScene(stage);
    const { key, company } = scene;
    const path = `/v1/companies/${company}/keys/${key}`;
    const end = inDays(3);
    await Promise.all([
      scene.owner.call('PATCH', path, { networks: ['192.0.2.0/24'] }),
      scene.other.call('PATCH', path, { expires_at: end }),
      scene.owner.call('PATCH', path, { name: 'Both' }),
    ]);
    const { body } = await scene.owner.call('GET', `/v1/companies/${company}/keys`);
    const shown = body.items.find((one: { id: string }) => one.id === key);
    assert.deepEqual([shown.name, shown.networks, shown.expires_at], ['Both', ['192.0.2.0/24'], end]);
  });
});
