/** The link that whoever runs the installation sends: who can use it, once, for a quarter of an hour. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  controlPlaneRoutes,
  dumpTables,
  makeScene,
  openStage,
  PEPPER,
  setRole,
  type Scene,
} from '../../test/support/control-plane.ts';
import type { Person, Reply, Stage } from '../../test/support/signed-in.ts';
import { newId, type KeyId } from '../foundation/ids.ts';
import { linkToken } from '../foundation/link.ts';
import { hmacSha256 } from '../foundation/secret.ts';
import { findSecret } from '../gate/store.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { sendRevealLink } from './reveal-link.ts';
import { sweepReveals } from './store.ts';

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});

const MINUTE_MS = 60_000;
let sources = 0;
/** Another source each time, so that none is slowed. */
const fresh = (): string => `198.51.100.${(sources += 1)}`;

const sendTo = (scene: Scene, key: KeyId = scene.key): Promise<number> =>
  sendRevealLink({ ...stage, enqueueMail }, scene.company, key, stage.clock.now());

/** Sends a link; gives the token that is mailed. */
const send = async (scene: Scene): Promise<string> => {
  await sendTo(scene);
  const mail = (await stage.mails()).findLast(
    ({ template, recipient }) => template === 'key-reveal' && recipient === scene.owner.email,
  );
  assert.ok(mail?.link_id);
  return linkToken(stage.linkKey, 'key-reveal', mail.link_id).expose();
};
const use = (by: Person, token: unknown, more: object = {}, from = fresh()): Promise<Reply> =>
  by.call('POST', '/v1/key-reveals/use', { token, ...more }, from);
const read = (by: Person, token: unknown, from = fresh()): Promise<Reply> =>
  by.call('POST', '/v1/key-reveals/read', { token }, from);
const codeOf = ({ status, body }: Reply): readonly unknown[] => [status, body.code];
const opens = async (secret: string): Promise<boolean> => {
  const [row] = await stage.database.run(findSecret, [hmacSha256(PEPPER, secret)]);
  return row !== undefined && (row.expires_at === null || row.expires_at.getTime() > stage.clock.now());
};
/** A pair with a secret that the test knows. */
const makePair = async (scene: Scene): Promise<Scene & { readonly secret: string }> => {
  const path = `/v1/companies/${scene.company}/projects/${scene.project}/keys`;
  const { body } = await scene.owner.call('POST', path, { name: 'Lost' });
  return { ...scene, key: body.key.id as KeyId, secret: body.secret as string };
};

describe('a link to a new secret', () => {
  it('is mailed to every owner, written down, and holds no secret', async () => {
    const scene = await makeScene(stage);
    assert.equal(await sendTo(scene), 2);
    const mails = (await stage.mails()).filter(
      ({ template, recipient }) =>
        template === 'key-reveal' && [scene.owner.email, scene.other.email].includes(recipient),
    );
    assert.equal(mails.length, 2);
    assert.deepEqual(mails[0]?.params, { companyName: 'Northwind', projectName: 'Maps', keyName: 'First' });
    const events = await stage.store.superuser(
      "select actor, target, details from vouchsafe.audit_event where action = 'key-reveals.create' and company_id = $1",
      [scene.company],
    );
    assert.deepEqual(events, [{ actor: null, target: scene.key, details: { name: 'First', owners: 2 } }]);
    const token = linkToken(stage.linkKey, 'key-reveal', mails[0]?.link_id ?? '').expose();
    const dump = await dumpTables(stage);
    assert.ok(!dump.includes(token) && !dump.includes(Buffer.from(token).toString('hex')));
    assert.doesNotMatch(dump, /vs_sk_/);
  });

  it('shows its key without being used, then makes one secret, shows it, and is over', async () => {
    const scene = await makePair(await makeScene(stage));
    const token = await send(scene);
    const sentAt = stage.clock.now();
    for (let round = 0; round < 2; round += 1) {
      const shown = await read(scene.owner, token);
      assert.equal(shown.status, 200, JSON.stringify(shown.body));
      assert.deepEqual(
        [
          shown.body.company,
          shown.body.company_name,
          shown.body.project_name,
          shown.body.key.id,
          shown.body.key.name,
        ],
        [scene.company, 'Northwind', 'Maps', scene.key, 'Lost'],
      );
      assert.equal(Date.parse(shown.body.expires_at), sentAt + 15 * MINUTE_MS);
      assert.equal(shown.body.secret, undefined);
    }
    const made = await use(scene.owner, token, { overlap_hours: 2 });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    assert.match(made.body.secret, /^vs_sk_live_/);
    assert.equal(Date.parse(made.body.key.previous_secret_expires_at), stage.clock.now() + 2 * 3_600_000);
    assert.deepEqual([await opens(made.body.secret), await opens(scene.secret)], [true, true]);
    for (const answer of [await use(scene.owner, token), await read(scene.owner, token)])
      assert.deepEqual(codeOf(answer), [410, 'link_invalid']);
    const events = await stage.store.superuser(
      "select actor, target, details from vouchsafe.audit_event where action = 'key-reveals.use' and company_id = $1",
      [scene.company],
    );
    assert.deepEqual(events, [
      { actor: scene.owner.user, target: scene.key, details: { name: 'Lost', overlap_hours: 2 } },
    ]);
    const told = (await stage.mails()).filter(
      ({ template, recipient }) => template === 'key-rotated' && recipient === scene.other.email,
    );
    assert.equal(told.length, 1);
    assert.ok(!(await dumpTables(stage)).includes(String(made.body.secret).slice(11)));
    assert.deepEqual(stage.bugs, []);
  });

  it('leaves the usual day where no overlap is said, and none where that is wanted', async () => {
    for (const [more, isOpen, hours] of [
      [{}, true, 24],
      [{ overlap_hours: 0 }, false, null],
    ] as const) {
      const scene = await makePair(await makeScene(stage));
      const { body } = await use(scene.owner, await send(scene), more);
      assert.equal(await opens(scene.secret), isOpen);
      const endsAt = body.key.previous_secret_expires_at;
      assert.equal(
        endsAt,
        hours === null ? null : new Date(stage.clock.now() + hours * 3_600_000).toISOString(),
      );
    }
    const scene = await makeScene(stage);
    const token = await send(scene);
    for (const overlap of [-1, 169, 1.5, '24'])
      assert.deepEqual(codeOf(await use(scene.owner, token, { overlap_hours: overlap })), [
        400,
        'invalid_request',
      ]);
    assert.equal((await use(scene.owner, token)).status, 200);
  });

  it('is for an owner or admin of the company with a fresh proof, and stays for them when others try', async () => {
    const scene = await makeScene(stage);
    const stranger = (await makeScene(stage)).owner;
    const token = await send(scene);
    const earlier = await dumpTables(stage);
    for (const answer of [await use(stranger, token), await read(stranger, token)])
      assert.deepEqual(codeOf(answer), [404, 'company_not_found']);
    assert.deepEqual(codeOf(await stage.call('POST', '/v1/key-reveals/use', { token })), [
      401,
      'sign_in_required',
    ]);
    assert.equal(await dumpTables(stage), earlier);
    for (const role of ['member', 'viewer'] as const) {
      await setRole(stage, scene.company, scene.other.user, role);
      for (const answer of [await use(scene.other, token), await read(scene.other, token)])
        assert.deepEqual(codeOf(answer), [403, 'forbidden'], role);
    }
    await setRole(stage, scene.company, scene.other.user, 'admin');
    stage.clock.advance(11 * MINUTE_MS);
    assert.deepEqual(codeOf(await use(scene.other, token)), [403, 'fresh_proof_required']);
    await scene.other.prove();
    assert.equal((await use(scene.other, token)).status, 200);
    await scene.owner.prove();
    assert.deepEqual(codeOf(await use(scene.owner, token)), [410, 'link_invalid']);
  });

  it('asks for a second factor where the company does', async () => {
    const scene = await makeScene(stage);
    const token = await send(scene);
    await stage.store.superuser('update vouchsafe.company set require_second_factor = true where id = $1', [
      scene.company,
    ]);
    assert.deepEqual(codeOf(await use(scene.owner, token)), [403, 'second_factor_required']);
  });

  it('ends after a quarter of an hour, with the next one, and with its key', async () => {
    const scene = await makePair(await makeScene(stage));
    const first = await send(scene);
    const second = await send(scene);
    assert.deepEqual(codeOf(await use(scene.owner, first)), [410, 'link_invalid']);
    stage.clock.advance(15 * MINUTE_MS - 100);
    assert.equal((await read(scene.owner, second)).status, 200);
    stage.clock.advance(100);
    await scene.owner.prove();
    assert.deepEqual(codeOf(await use(scene.owner, second)), [410, 'link_invalid']);

    const third = await send(scene);
    const revoked = `/v1/companies/${scene.company}/keys/${scene.key}`;
    assert.equal((await scene.owner.call('DELETE', revoked)).status, 200);
    for (const answer of [await use(scene.owner, third), await read(scene.owner, third)])
      assert.deepEqual(codeOf(answer), [409, 'key_revoked']);
    await assert.rejects(sendTo(scene), { code: 'key_revoked' });
    await assert.rejects(sendTo(scene, newId('key', 1)), { code: 'key_not_found' });
    const other = await makeScene(stage);
    await assert.rejects(sendTo(scene, other.key), { code: 'key_not_found' });
  });

  it('is used once, however many use it at the same moment', async () => {
    const scene = await makePair(await makeScene(stage));
    const token = await send(scene);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => use(index % 2 === 0 ? scene.owner : scene.other, token)),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [200, 410, 410, 410, 410, 410],
    );
    assert.equal(await opens(scene.secret), true, 'a second rotation would have ended it');
    assert.deepEqual(stage.bugs, []);
  });

  it('is guessed at as slowly as others, in one answer for whatever is none', async () => {
    const { owner } = await makeScene(stage);
    const from = fresh();
    const bodies = new Set<string>();
    for (const token of ['', 'x', 'A'.repeat(43), 'A'.repeat(44), '\0', 'é'.repeat(43)]) {
      const answer = await use(owner, token, {}, from);
      assert.equal(answer.status, 410);
      bodies.add(JSON.stringify(answer.body));
    }
    assert.equal(bodies.size, 1);
    for (const token of ['A'.repeat(201), 7, null, ['A'.repeat(43)]])
      assert.deepEqual(codeOf(await use(owner, token, {}, from)), [400, 'invalid_request']);
    const statuses: number[] = [];
    for (let guess = 0; guess < 20; guess += 1)
      statuses.push((await read(owner, 'B'.repeat(43), from)).status);
    assert.deepEqual(new Set(statuses.slice(0, 14)), new Set([410]));
    assert.equal(statuses.at(-1), 429);
    assert.equal((await read(owner, 'B'.repeat(43))).status, 410, 'another source');
  });

  it('is sent to nobody where there is no owner, and forgotten when it is over', async () => {
    const company = newId('com', stage.clock.now());
    const [project, key] = [newId('prj', 1), newId('key', 1)];
    await stage.store.superuser(
      "insert into vouchsafe.company (id, name, created_at) values ($1, 'Trial', now())",
      [company],
    );
    await stage.store.superuser(
      "insert into vouchsafe.project (id, company_id, name, created_at) values ($1, $2, 'Maps', now())",
      [project, company],
    );
    await stage.store.superuser(
      `insert into vouchsafe.key (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at)
       values ($1, $2, $3, 'vs_pk_live_0000000000000000', $4, 0, 'Trial', '{geocoding:read}', now())`,
      [key, company, project, Buffer.alloc(32, 7)],
    );
    const parts = { ...stage, enqueueMail };
    await assert.rejects(sendRevealLink(parts, company, key, stage.clock.now()), { code: 'no_owner' });

    const scene = await makeScene(stage);
    await send(scene);
    const rows = (): Promise<readonly unknown[]> =>
      stage.store.superuser('select from vouchsafe.key_reveal where company_id = $1', [scene.company]);
    await stage.database.run(sweepReveals, [new Date(stage.clock.now())]);
    assert.equal((await rows()).length, 1);
    await stage.database.run(sweepReveals, [new Date(stage.clock.now() + 16 * MINUTE_MS)]);
    assert.equal((await rows()).length, 0);
  });
});
