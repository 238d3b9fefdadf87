import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMPANY_A, KEY_A, seedCompanies } from '../../test/support/companies.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { recordingLog } from '../../test/support/log.ts';
import type { FailureNews, FailureStep } from '../gate/failures.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { createFailureNotices } from './failure-notices.ts';

const T = Date.parse('2026-11-22T12:00:00Z');
const DAY = 86_400_000;
const PUBLIC_A = `vs_pk_live_${'a'.repeat(32)}`;

const failed = (count: number, at = T): FailureStep => ({ kind: 'failed', count, firstAt: at, lastAt: at });
const ended = (count: number, at = T): FailureStep => ({ kind: 'ended', count, longest: count, at });

const open = async () => {
  const store = await testDatabase();
  await seedCompanies(store.superuser);
  await store.superuser('delete from vouchsafe.key_failure; delete from vouchsafe.failure_notice');
  await store.superuser('delete from vouchsafe.mail');
  const record = createFailureNotices({ database: store.database, enqueueMail, log: recordingLog() });
  const say = async (...steps: FailureStep[]): Promise<void> =>
    assert.deepEqual(await record([{ publicKey: PUBLIC_A, steps }]), []);
  return { store, record, say };
};

const mailsOf = async ({ superuser }: TestDatabase): Promise<[string, string, Record<string, unknown>][]> =>
  (await superuser('select template, recipient, params from vouchsafe.mail order by created_at, id')).map(
    ({ template, recipient, params }) => [
      String(template),
      String(recipient),
      params as Record<string, unknown>,
    ],
  );

describe('failed attempts against a key', () => {
  it('are told of at the twentieth in a row, once, with what there is to know', async () => {
    const { store, say } = await open();
    await say(failed(1, T), failed(18, T + 1000));
    assert.deepEqual(await mailsOf(store), []);
    await say(failed(1, T + 2000));
    const [mail, ...others] = await mailsOf(store);
    assert.deepEqual(others, []);
    assert.deepEqual(mail?.slice(0, 2), ['key-failures', 'a@example.com']);
    assert.deepEqual(mail?.[2], {
      companyName: 'Company a',
      projectName: 'Maps',
      keyName: 'First',
      publicKey: 'vs_pk_live_aaaaaa…aaaa',
      count: 20,
      firstAt: new Date(T).toISOString(),
      lastAt: new Date(T + 2000).toISOString(),
      untoldStreaks: 0,
      untoldFailures: 0,
    });
    await say(failed(500, T + 3000));
    assert.equal((await mailsOf(store)).length, 1, 'one mail a row');
    const events = await store.superuser(
      "select actor, target, details from vouchsafe.audit_event where action = 'keys.failures'",
    );
    assert.deepEqual(events, [
      { actor: null, target: KEY_A, details: { name: 'First', count: 20, mailed: true } },
    ]);
  });

  it('are ended by successes of their own sources alone', async () => {
    const { store, say } = await open();
    for (let round = 0; round < 10; round += 1) await say(failed(19), ended(19));
    assert.deepEqual(await mailsOf(store), []);
    // Somebody's own programs succeed all the time; another source fails meanwhile.
    for (let round = 0; round < 18; round += 1) await say(failed(1), failed(1), ended(1));
    assert.deepEqual(await mailsOf(store), []);
    await say(failed(1), failed(1));
    assert.equal((await mailsOf(store)).length, 1);
  });

  it('come right whichever thread writes first', async () => {
    const { store, say } = await open();
    await say(ended(15));
    await say(failed(15), failed(19));
    assert.deepEqual(await mailsOf(store), []);
    const [row] = await store.superuser('select open from vouchsafe.key_failure where key_id = $1', [KEY_A]);
    assert.equal(row?.['open'], 19);
  });

  it('start anew after a day without any', async () => {
    const { store, say } = await open();
    await say(failed(19, T));
    await say(failed(19, T + DAY + 1));
    assert.deepEqual(await mailsOf(store), []);
  });

  it('are mailed once a day at most, and what was left out is in the next', async () => {
    const { store, say } = await open();
    await say(failed(20, T), ended(20, T));
    await store.superuser('delete from vouchsafe.mail');
    await say(failed(25, T + 1000), ended(25, T + 1000), failed(30, T + 2000), ended(30, T + 2000));
    assert.deepEqual(
      (await mailsOf(store)).filter(([template]) => template === 'key-failures'),
      [],
    );
    await say(failed(22, T + DAY));
    const mail = (await mailsOf(store)).find(([template]) => template === 'key-failures');
    assert.deepEqual(
      [mail?.[2]['count'], mail?.[2]['untoldStreaks'], mail?.[2]['untoldFailures']],
      [22, 2, 55],
    );
  });

  it('that a success follows are a second, louder mail, which the first does not hold back', async () => {
    const { store, say } = await open();
    await say(failed(20));
    await say(ended(20, T + 5000));
    assert.deepEqual(
      (await mailsOf(store)).map(([template]) => template),
      ['key-failures', 'key-success-after-failures'],
    );
    await say(failed(19), ended(19));
    assert.equal((await mailsOf(store)).length, 2, 'nineteen are not enough');
    await say(failed(40), ended(40, T + 6000));
    assert.equal((await mailsOf(store)).length, 2, 'one a day');
    await say(failed(20, T + DAY + 6000), ended(20, T + DAY + 6000));
    const last = (await mailsOf(store)).findLast(([template]) => template === 'key-success-after-failures');
    assert.equal(last?.[2]['untoldAlarms'], 1);
  });

  it('are told to the address that the company chose, else to all owners', async () => {
    const { store, say } = await open();
    await store.superuser("update vouchsafe.company set contact_email = 'ops@example.com' where id = $1", [
      COMPANY_A,
    ]);
    await say(failed(20));
    assert.deepEqual(
      (await mailsOf(store)).map(([, recipient]) => recipient),
      ['ops@example.com'],
    );
  });

  it('of keys that there are not, or not any more, leave nothing', async () => {
    const { store, record, say } = await open();
    await say(failed(1));
    await store.superuser('delete from vouchsafe.key where id = $1', [KEY_A]);
    const news: FailureNews[] = [
      { publicKey: PUBLIC_A, steps: [failed(30), ended(30)] },
      { publicKey: 'vs_pk_live_unknown', steps: [failed(30)] },
    ];
    assert.deepEqual(await record(news), []);
    assert.deepEqual(await mailsOf(store), []);
    assert.deepEqual(
      await store.superuser('select 1 from vouchsafe.key_failure where company_id = $1', [COMPANY_A]),
      [],
    );
  });

  it('that are recorded by four processes at the same time are one mail', { timeout: 120_000 }, async () => {
    const { store } = await open();
    const child = fileURLToPath(new URL('../../test/support/fail-often.ts', import.meta.url));
    const codes = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const input = JSON.stringify({
          connection: store.connections.app,
          publicKey: PUBLIC_A,
          times: 500,
          at: T,
        });
        const running = spawn(process.execPath, [child], { stdio: ['pipe', 'inherit', 'inherit'] });
        running.stdin.end(input);
        const [code] = await once(running, 'exit');
        return code as number;
      }),
    );
    assert.deepEqual(codes, [0, 0, 0, 0]);
    assert.equal((await mailsOf(store)).length, 1);
    const [row] = await store.superuser(
      'select open, noticed_at from vouchsafe.key_failure where key_id = $1',
      [KEY_A],
    );
    assert.equal(row?.['open'], 2000);
  });
});
