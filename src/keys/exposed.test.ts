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
import { isId } from '../foundation/ids.ts';
import { hmacSha256 } from '../foundation/secret.ts';
import { generateKey } from '../gate/key-format.ts';
import { findSecret } from '../gate/store.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { createExposedKeys } from './exposed.ts';

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const report = (secret: unknown): Promise<Reply> =>
  stage.call('POST', '/v1/exposed-keys', { secret }, '198.51.100.9');
const made = async (scene: Scene): Promise<{ id: string; secret: string }> => {
  const path = `/v1/companies/${scene.company}/projects/${scene.project}/keys`;
  const { body } = await scene.owner.call('POST', path, { name: 'Found' });
  return { id: body.key.id as string, secret: body.secret as string };
};
const rowOf = async (id: string): Promise<Record<string, unknown>> => {
  const [row] = await stage.store.superuser('select * from vouchsafe.key where id = $1', [id]);
  assert.ok(row);
  return row;
};
const works = async (secret: string): Promise<boolean> => {
  const [row] = await stage.database.run(findSecret, [hmacSha256(PEPPER, secret)]);
  return row !== undefined && row.revoked_at === null;
};
const mailsTo = async ({ owner, other }: Scene): Promise<unknown[]> =>
  (await stage.mails())
    .filter(
      ({ template, recipient }) =>
        template === 'key-exposed' && [owner.email, other.email].includes(recipient),
    )
    .map(({ params }) => params);

describe('a reported secret', () => {
  it('is revoked at once with its pair, and all owners are told', async () => {
    const scene = await makeScene(stage);
    const { id, secret } = await made(scene);
    const answer = await report(secret);
    assert.deepEqual([answer.status, answer.body], [202, { taken: true }]);
    const row = await rowOf(id);
    const now = new Date(stage.clock.now());
    assert.deepEqual([row['revoked_at'], row['exposed_at']], [now, now]);
    assert.equal(await works(secret), false);
    const mail = {
      companyName: 'Company',
      projectName: 'Maps',
      keyName: 'Found',
      how: 'reported',
      ended: 'pair',
    };
    const told = await mailsTo(scene);
    assert.equal(told.length, 2);
    for (const params of told) assert.deepEqual({ ...(params as object), companyName: 'Company' }, mail);
    const events = await stage.store.superuser(
      "select actor, target, details from vouchsafe.audit_event where action = 'keys.expose' and company_id = $1",
      [scene.company],
    );
    assert.deepEqual(events, [
      { actor: null, target: id, details: { name: 'Found', how: 'reported', ended: 'pair' } },
    ]);
    assert.doesNotMatch(await dumpTables(stage), /198\.51\.100\.9/);
    assert.ok(!(await dumpTables(stage)).includes(secret.slice(11)));
  });

  it('from before a rotation ends alone', async () => {
    const scene = await makeScene(stage);
    const { id, secret: first } = await made(scene);
    const rotated = await scene.owner.call('POST', `/v1/companies/${scene.company}/keys/${id}/rotate`, {});
    const second = rotated.body.secret as string;
    assert.equal((await report(first)).status, 202);
    assert.deepEqual([await works(first), await works(second)], [false, true]);
    const row = await rowOf(id);
    assert.deepEqual([row['revoked_at'], row['exposed_at'], row['previous_expires_at']], [null, null, null]);
    assert.equal((await mailsTo(scene)).length, 2);
    assert.equal((await report(second)).status, 202);
    assert.equal(await works(second), false);
  });

  it('that is none of ours, or is over, gets the same answer and changes nothing', async () => {
    const scene = await makeScene(stage);
    const { secret } = await made(scene);
    const known = await report(secret);
    const earlier = await dumpTables(stage);
    for (const other of [secret, generateKey('sk', 'live').expose(), generateKey('sk', 'test').expose()])
      assert.deepEqual(await report(other), known);
    assert.equal(await dumpTables(stage), earlier);
  });

  it('that cannot be one is refused without a look, and not echoed', async () => {
    const secret = generateKey('sk', 'live').expose();
    const earlier = await dumpTables(stage);
    for (const text of [
      '',
      'x',
      `${secret}x`,
      secret.slice(0, -1),
      generateKey('pk', 'live').expose(),
      secret.replace('v', 'ѵ'),
      'x'.repeat(100_000),
      null,
      7,
      [secret],
    ]) {
      const answer = await report(text);
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.field],
        [400, 'invalid_request', '/secret'],
      );
      assert.ok(!JSON.stringify(answer.body).includes(secret.slice(11)));
    }
    assert.equal(await dumpTables(stage), earlier);
    assert.deepEqual(stage.bugs, []);
  });

  it('is revoked and told of once, however many report it at the same time', async () => {
    const scene = await makeScene(stage);
    const { secret } = await made(scene);
    const answers = await Promise.all(Array.from({ length: 8 }, () => report(secret)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    assert.equal((await mailsTo(scene)).length, 2);
  });
});

describe('a secret seen over plain HTTP', () => {
  it('is told of once, and ends where its project says so', async () => {
    for (const revokes of [false, true]) {
      const scene = await makeScene(stage);
      const { id, secret } = await made(scene);
      await stage.store.superuser('update vouchsafe.project set revoke_exposed = $2 where id = $1', [
        scene.project,
        revokes,
      ]);
      assert.ok(isId('key', id));
      const { seenInPlainText } = createExposedKeys({
        database: stage.database,
        pepper: PEPPER,
        enqueueMail,
      });
      const now = stage.clock.now();
      for (let times = 0; times < 3; times += 1)
        assert.equal(await seenInPlainText(scene.company, id, now), revokes);
      assert.equal(await works(secret), !revokes);
      const told = await mailsTo(scene);
      assert.deepEqual(
        told.map((params) => (params as Record<string, unknown>)['ended']),
        revokes ? ['pair', 'pair'] : ['nothing', 'nothing'],
      );
    }
  });
});
