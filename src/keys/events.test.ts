import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { KEY_A, COMPANY_A, PROJECT_A, seedCompanies } from '../../test/support/companies.ts';
import { controlPlaneRoutes, makeScene, openStage } from '../../test/support/control-plane.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { recordingLog } from '../../test/support/log.ts';
import type { Stage } from '../../test/support/signed-in.ts';
import { hmacKey, randomSecretBytes } from '../foundation/secret.ts';
import type { FailureStep } from '../gate/failures.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { createFailureNotices } from './failure-notices.ts';
import { createKeys } from './service.ts';

const T = Date.parse('2026-11-22T12:00:00Z');
const clock = { now: () => T, monotonic: () => 0 };
const PUBLIC_A = `vs_pk_live_${'a'.repeat(32)}`;
const ABOUT = {
  key: KEY_A,
  key_name: 'First',
  project: PROJECT_A,
  project_name: 'Maps',
  public_key: 'vs_pk_live_aaaaaa…aaaa',
};

let stage: Stage;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
});
let store: TestDatabase;
beforeEach(async () => {
  store = await testDatabase();
  await seedCompanies(store.superuser);
  await store.superuser(
    'delete from vouchsafe.webhook_delivery; delete from vouchsafe.key_failure; delete from vouchsafe.failure_notice',
  );
  await store.superuser(
    "update vouchsafe.webhook set events = '{key.rotated,auth.failures,auth.success_after_failures}'",
  );
});

const told = async (): Promise<readonly unknown[]> =>
  (
    await store.superuser('select company_id, body from vouchsafe.webhook_delivery order by created_at, id')
  ).map(({ company_id: company, body }) => {
    assert.equal(company, COMPANY_A);
    return JSON.parse(String(body));
  });
const failed = (count: number, at: number): FailureStep => ({
  kind: 'failed',
  count,
  firstAt: at,
  lastAt: at,
});
const ended = (count: number, at: number): FailureStep => ({ kind: 'ended', count, longest: count, at });

test('webhooks are told of a key that the operator rotates, and never the secret', async () => {
  const keys = createKeys({
    database: store.database,
    pepper: hmacKey(randomSecretBytes(32)),
    pepperId: 0,
    clock,
    isLogged: true,
  });
  const { secret } = await keys.rotate(COMPANY_A, KEY_A, 24);
  await keys.rotate(COMPANY_A, KEY_A, 0);
  const timestamp = new Date(T).toISOString();
  const ends = new Date(T + 86_400_000).toISOString();
  const messages = await told();
  assert.equal(messages.length, 2);
  for (const until of [ends, null])
    assert.ok(
      messages.some(
        (message) =>
          JSON.stringify(message) ===
          JSON.stringify({
            type: 'key.rotated',
            timestamp,
            data: { ...ABOUT, previous_secret_expires_at: until },
          }),
      ),
      String(until),
    );
  assert.ok(!JSON.stringify(messages).includes(secret.expose().slice(11)));
});

test('webhooks are told of a key that a member rotates, in the same transaction', async () => {
  const scene = await makeScene(stage);
  const path = `/v1/companies/${scene.company}/keys/${scene.key}/rotate`;
  const of = (): Promise<Record<string, unknown>[]> =>
    stage.store.superuser(
      "select body::jsonb as body from vouchsafe.webhook_delivery where company_id = $1 and type = 'key.rotated'",
      [scene.company],
    );
  assert.equal((await scene.owner.call('POST', path, { overlap_hours: 200 })).status, 400);
  assert.deepEqual(await of(), []);
  assert.equal((await scene.owner.call('POST', path, {})).status, 200);
  const [message, ...others] = await of();
  assert.deepEqual(others, []);
  assert.ok(message);
  const { data } = message['body'] as { data: Record<string, unknown> };
  assert.deepEqual([data['key'], data['key_name'], data['project']], [scene.key, 'First', scene.project]);
});

test('webhooks are told of every row of failures, also of those that no mail is sent about', async () => {
  const record = createFailureNotices({ database: store.database, enqueueMail, log: recordingLog() });
  const say = (...steps: FailureStep[]): Promise<unknown> => record([{ publicKey: PUBLIC_A, steps }]);
  const at = (ms: number): string => new Date(T + ms).toISOString();
  await store.superuser('delete from vouchsafe.mail');
  await say(failed(19, T), failed(1, T + 1000));
  await say(failed(300, T + 2000));
  await say(ended(320, T + 3000));
  await say(failed(25, T + 4000));
  assert.deepEqual(await told(), [
    {
      type: 'auth.failures',
      timestamp: at(1000),
      data: { ...ABOUT, count: 20, first_at: at(0), last_at: at(1000) },
    },
    {
      type: 'auth.success_after_failures',
      timestamp: at(3000),
      data: { ...ABOUT, count: 320, succeeded_at: at(3000) },
    },
    {
      type: 'auth.failures',
      timestamp: at(4000),
      data: { ...ABOUT, count: 25, first_at: at(4000), last_at: at(4000) },
    },
  ]);
  const mails = await store.superuser('select template from vouchsafe.mail order by created_at, id');
  assert.deepEqual(
    mails.map(({ template }) => template),
    ['key-failures', 'key-success-after-failures'],
  );
});
