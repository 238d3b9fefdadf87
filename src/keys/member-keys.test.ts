import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  PEPPER,
  type Scene,
} from '../../test/support/control-plane.ts';
import type { Reply, Stage } from '../../test/support/signed-in.ts';
import { hmacSha256 } from '../foundation/secret.ts';
import { findSecret } from '../gate/store.ts';

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const keysOf = ({ company }: Scene): string => `/v1/companies/${company}/keys`;
const create = (scene: Scene, name: unknown = 'Key'): Promise<Reply> =>
  scene.owner.call('POST', `/v1/companies/${scene.company}/projects/${scene.project}/keys`, { name });
const rotate = (scene: Scene, key: string, body: object = {}): Promise<Reply> =>
  scene.owner.call('POST', `${keysOf(scene)}/${key}/rotate`, body);

/** Until when a secret works, as the gate would find it now; undefined for one that does not. */
const worksUntil = async (secret: string): Promise<number | undefined> => {
  const [row] = await stage.database.run(findSecret, [hmacSha256(PEPPER, secret)]);
  if (row === undefined || row.revoked_at !== null) return undefined;
  const end = row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY;
  return end > stage.clock.now() ? end : undefined;
};

const HOUR = 3_600_000;

describe('keys', () => {
  it('are made with a secret that is told once and kept nowhere', async () => {
    const scene = await makeScene(stage);
    const { status, body } = await create(scene, '  Müller’s „server“ 🗝  ');
    assert.equal(status, 201);
    assert.match(body.secret, /^vs_sk_live_/);
    assert.deepEqual(
      [body.key.name, body.key.created_by, body.key.last_used_at],
      ['Müller’s „server“ 🗝', scene.owner.user, null],
    );
    assert.equal(await worksUntil(body.secret), Number.POSITIVE_INFINITY);
    assert.ok(!(await dumpTables(stage)).includes(body.secret.slice(11)));
    const listed = await scene.owner.call('GET', keysOf(scene));
    assert.deepEqual(listed.body.items[0], body.key);
    assert.ok(!JSON.stringify(listed.body).includes('vs_sk_'));
  });

  it('refuse names that are none', async () => {
    const scene = await makeScene(stage);
    const earlier = await dumpTables(stage);
    for (const name of [
      '',
      '   ',
      'x'.repeat(81),
      'a\nb',
      'a\u0000b',
      '\u202etxt',
      '\u200b',
      '\ud800',
      'vs_sk_live_abc',
      'VS_SK_live',
      7,
      null,
      ['x'],
      { a: 1 },
    ]) {
      const answer = await create(scene, name);
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.field],
        [400, 'invalid_request', '/name'],
        JSON.stringify(name),
      );
      assert.doesNotMatch(JSON.stringify(answer.body), /vs_sk_live_abc/);
    }
    assert.equal((await create(scene, '🗝'.repeat(80))).status, 201);
    assert.equal(
      (await scene.owner.call('PATCH', `${keysOf(scene)}/${scene.key}`, { name: 'x', secret: 'y' })).status,
      400,
    );
    assert.notEqual(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });

  it('are renamed, and a name that stays leaves no trace in the log', async () => {
    const scene = await makeScene(stage);
    const path = `${keysOf(scene)}/${scene.key}`;
    assert.equal((await scene.owner.call('PATCH', path, { name: 'Other' })).body.name, 'Other');
    const earlier = await dumpTables(stage);
    assert.equal((await scene.owner.call('PATCH', path, { name: 'Other' })).status, 200);
    assert.equal(await dumpTables(stage), earlier);
  });

  it('are no longer marked as exposed when their secret is another one', async () => {
    const scene = await makeScene(stage);
    const made = await create(scene);
    const { id } = made.body.key as { id: string };
    await stage.store.superuser('update vouchsafe.key set exposed_at = now() where id = $1', [id]);
    const rotated = await rotate(scene, id, { overlap_hours: 0 });
    assert.equal(rotated.body.key.exposed_at, null);
  });

  it('are rotated with an overlap in which both secrets work, and the owners are told', async () => {
    const scene = await makeScene(stage);
    const made = await create(scene);
    const { id } = made.body.key;
    const first = made.body.secret as string;
    const rotated = await rotate(scene, id, { overlap_hours: 2 });
    assert.equal(rotated.status, 200);
    const second = rotated.body.secret as string;
    const now = stage.clock.now();
    assert.deepEqual(
      [await worksUntil(first), await worksUntil(second)],
      [now + 2 * HOUR, Number.POSITIVE_INFINITY],
    );
    assert.equal(rotated.body.key.previous_secret_expires_at, new Date(now + 2 * HOUR).toISOString());
    assert.equal(rotated.body.key.id, id);
    assert.equal(rotated.body.key.public_key, made.body.key.public_key);
    const told = (await stage.mails()).filter(({ template }) => template === 'key-rotated').slice(-2);
    assert.deepEqual(
      new Set(told.map(({ recipient }) => recipient)),
      new Set([scene.owner.email, scene.other.email]),
    );
    stage.clock.advance(2 * HOUR);
    assert.deepEqual(
      [await worksUntil(first), await worksUntil(second)],
      [undefined, Number.POSITIVE_INFINITY],
    );
    const later = await scene.owner.browser();
    const { body } = await later.call('GET', keysOf(scene));
    assert.equal(body.items.find((key: { id: string }) => key.id === id).previous_secret_expires_at, null);
  });

  it('have at most two secrets, and one where no overlap is wanted', async () => {
    const scene = await makeScene(stage);
    const first = (await create(scene)).body;
    const second = (await rotate(scene, first.key.id)).body;
    const third = (await rotate(scene, first.key.id)).body;
    const works = async (...secrets: string[]): Promise<boolean[]> =>
      Promise.all(secrets.map(async (secret) => (await worksUntil(secret)) !== undefined));
    assert.deepEqual(await works(first.secret, second.secret, third.secret), [false, true, true]);
    const fourth = (await rotate(scene, first.key.id, { overlap_hours: 0 })).body;
    assert.equal(fourth.key.previous_secret_expires_at, null);
    assert.deepEqual(await works(second.secret, third.secret, fourth.secret), [false, false, true]);
  });

  it('are rotated once by a double click that says what it saw', async () => {
    const scene = await makeScene(stage);
    const made = (await create(scene)).body;
    const seen = {
      expected_previous_secret_expires_at: made.key.previous_secret_expires_at as string | null,
    };
    const answers = await Promise.all([rotate(scene, made.key.id, seen), rotate(scene, made.key.id, seen)]);
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [200, 409],
    );
    assert.ok(await worksUntil(made.secret), 'the secret that is in use still works');
    const now = answers.find(({ status }) => status === 200)?.body.key.previous_secret_expires_at;
    assert.equal(
      (await rotate(scene, made.key.id, { expected_previous_secret_expires_at: now })).status,
      200,
    );
  });

  it('leave the quota alone when they are rotated', async () => {
    const scene = await makeScene(stage);
    const limitsOf = async (): Promise<unknown> =>
      (await stage.store.superuser('select * from vouchsafe.limits_of($1)', [scene.project]))[0];
    const earlier = await limitsOf();
    await rotate(scene, scene.key);
    assert.deepEqual(await limitsOf(), earlier);
    const rows = await stage.store.superuser('select id from vouchsafe.key where project_id = $1', [
      scene.project,
    ]);
    assert.equal(rows.length, 1);
  });

  it('are revoked with both secrets, for good, and as often as one likes', async () => {
    const scene = await makeScene(stage);
    const made = (await create(scene)).body;
    const rotated = (await rotate(scene, made.key.id)).body;
    const path = `${keysOf(scene)}/${made.key.id}`;
    const first = await scene.owner.call('DELETE', path);
    assert.deepEqual([first.status, first.body.revoked_at], [200, new Date(stage.clock.now()).toISOString()]);
    const earlier = await dumpTables(stage);
    stage.clock.advance(1000);
    assert.deepEqual((await scene.owner.call('DELETE', path)).body, first.body);
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(
      [await worksUntil(made.secret), await worksUntil(rotated.secret)],
      [undefined, undefined],
    );
    const again = await rotate(scene, made.key.id);
    assert.deepEqual([again.status, again.body.code], [409, 'key_revoked']);
  });

  it('take an overlap of whole hours up to a week', async () => {
    const scene = await makeScene(stage);
    for (const overlap_hours of [-1, 1.5, 169, '24', null, Number.MAX_SAFE_INTEGER]) {
      assert.equal((await rotate(scene, scene.key, { overlap_hours })).status, 400, String(overlap_hours));
    }
    assert.equal((await rotate(scene, scene.key, { overlap_hours: 168 })).status, 200);
  });

  it('are a hundred at most that work, however many are made at the same time', async () => {
    const scene = await makeScene(stage);
    await stage.store.superuser(
      `insert into vouchsafe.key (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at)
       select 'key_01h00000000000' || left(md5($1 || n), 12), $1, $2, 'vs_pk_live_' || md5($1 || n), sha256(($1 || n)::bytea), 0, 'k', '{}', now()
       from (select translate(left(md5($1 || i), 12), 'abcdef', 'bcdefg') as n from generate_series(1, 97) i) numbers`,
      [scene.company, scene.project],
    );
    const answers = await Promise.all(Array.from({ length: 4 }, () => create(scene)));
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [201, 201, 409, 409],
    );
    assert.equal((await scene.owner.call('DELETE', `${keysOf(scene)}/${scene.key}`)).status, 200);
    assert.equal((await create(scene)).status, 201);
    assert.deepEqual(stage.bugs, []);
  });
});
