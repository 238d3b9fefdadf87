import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { beforeServerStops, testDatabase } from '../../test/support/database.ts';
import { linkToken } from '../foundation/link.ts';
import { createDatabase } from '../store/database.ts';
import { enqueueMail } from './outbox.ts';
import { mailedLinksNowhere, mailForgotten, type MailPromiseOptions } from './promises.ts';

const linkKey = createSecretKey(Buffer.alloc(32, 7));
const id = 'inv_01h0000000000000000000000a';

const openScene = async () => {
  const store = await testDatabase();
  const database = createDatabase({ connection: { ...store.connections.owner, role: 'vouchsafe_jobs' } });
  beforeServerStops(() => database.close());
  const clock = testClock();
  const options: MailPromiseOptions = { database, linkKey, keepsMail: true, clock };
  const invite = () =>
    store.database.system((tx) =>
      enqueueMail(
        tx,
        {
          template: 'invitation',
          recipient: 'bob@example.com',
          params: { companyName: 'Maps', role: 'viewer', inviterName: null },
          link: { purpose: 'invitation', id },
          expiresAt: new Date(clock.now() + 3_600_000),
        },
        clock.now(),
      ),
    );
  return { store, clock, options, invite };
};

test('a link that no table holds keeps the promise, and the check leaves nothing behind', async () => {
  const { store, options, invite } = await openScene();
  await invite();
  const { state, evidence } = await mailedLinksNowhere(options).check();
  assert.equal(state, 'kept');
  assert.match(evidence, /those of 1 other mails/);
  assert.equal((await store.superuser('select from vouchsafe.mail')).length, 1);
  assert.equal((await store.superuser('select from graphile_worker._private_jobs')).length, 1);
});

test('a token in the outbox or in the queue breaks the promise', async () => {
  const token = linkToken(linkKey, 'invitation', id).expose();
  for (const leak of [
    `update vouchsafe.mail set params = params || jsonb_build_object('url', 'https://a.example/#token=${token}')`,
    `update vouchsafe.mail set params = params || jsonb_build_object('t', '${Buffer.from(token, 'base64url').toString('hex')}')`,
    `update graphile_worker._private_jobs set last_error = 'could not send ${token}'`,
  ]) {
    const { store, options, invite } = await openScene();
    await invite();
    await store.superuser(leak);
    assert.equal((await mailedLinksNowhere(options).check()).state, 'broken', leak);
  }
});

test('mail that stays too long breaks the promise, in the outbox and in the mailbox', async () => {
  const { store, clock, options, invite } = await openScene();
  await invite();
  const check = async (keepsMail: boolean) => (await mailForgotten({ ...options, keepsMail }).check()).state;
  assert.equal(await check(false), 'kept');
  clock.advance(4 * 3_600_000);
  assert.equal(await check(false), 'broken');
  await store.superuser('update vouchsafe.mail set delivered_at = $1', [new Date(clock.now())]);
  assert.equal(await check(true), 'kept');
  clock.advance(8 * 86_400_000);
  assert.equal(await check(true), 'broken');
  assert.equal(await check(false), 'broken');
});

test('what cannot be looked at is not called kept', async () => {
  const { options, store } = await openScene();
  const app = { ...options, database: store.database };
  await assert.rejects(mailedLinksNowhere(app).check());
  await assert.rejects(mailForgotten(app).check());
});
