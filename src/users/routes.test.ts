import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openStage, SOME_PHC, type Stage } from '../../test/support/signed-in.ts';
import { untilWaiting } from '../../test/support/waiting.ts';
import { newId } from '../foundation/ids.ts';
import { linkToken } from '../foundation/link.ts';
import { Secret } from '../foundation/secret.ts';
import { createHashThreads } from '../passwords/hash-threads.ts';
import type { PasswordHasher } from '../passwords/hasher.ts';
import { createUserRoutes } from './routes.ts';
import { lockUser } from './store.ts';

/** Eighteen signs of no word, and nine. */
const LONG = 'vq7-Wm2 kZr9-Tb4xu';
const SHORT = 'vq7-Wm2kZ';

let stage: Stage;
let hasher: PasswordHasher;

before(async () => {
  hasher = createHashThreads({ count: 1, queueLimit: 8 });
  stage = await openStage((parts) => createUserRoutes({ ...parts, hasher }));
});
beforeEach(async () => {
  // Budgets of mails are full again.
  stage.clock.advance(3_600_000);
  await stage.store.superuser('delete from vouchsafe.mail');
});
after(async () => {
  await hasher.close();
  assert.deepEqual(stage.bugs, []);
});

const CONFIRM = '/v1/email-changes/confirm';
const tokenOf = (id: string): string => linkToken(stage.linkKey, 'email-change', id).expose();
/** The tokens of the links that wait in the outbox, the oldest first. */
const tokens = async (): Promise<readonly string[]> =>
  (await stage.mails()).flatMap(({ link_id: id }) => (id === null ? [] : [tokenOf(id)]));
const letters = async (): Promise<readonly string[]> =>
  (await stage.mails()).map(({ template, recipient }) => `${template} ${recipient}`);
const emailOf = async (user: string): Promise<unknown> =>
  (await stage.store.superuser('select email from vouchsafe.user_account where id = $1', [user]))[0]?.[
    'email'
  ];
const phcOf = async (user: string): Promise<string | undefined> =>
  (await stage.store.superuser('select phc from vouchsafe.password where user_id = $1', [user]))[0]?.[
    'phc'
  ] as string | undefined;
const livingSessions = async (user: string): Promise<number> =>
  (
    await stage.store.superuser('select id from vouchsafe.session where user_id = $1 and ended_at is null', [
      user,
    ])
  ).length;
const addPasskeyRow = (user: string) =>
  stage.store.superuser(
    "insert into vouchsafe.passkey values ($1, $2, $3, $4, 0, '{}', false, 'Key', now())",
    [newId('pky', 0), user, Buffer.from(user), Buffer.alloc(77)],
  );

test('a name is changed, trimmed, and taken away', async () => {
  const person = await stage.person();
  const named = await person.call('PATCH', '/v1/account', { name: '  Ada Lovelace 👩‍💻 ' });
  assert.deepEqual(
    [named.status, named.body],
    [200, { id: person.user, email: person.email, name: 'Ada Lovelace 👩‍💻' }],
  );
  const long = await person.call('PATCH', '/v1/account', { name: '𝔄'.repeat(100) });
  assert.equal(long.status, 200);
  const none = await person.call('PATCH', '/v1/account', { name: null });
  assert.equal(none.body.name, null);
});

test('names that could add a header, turn text round or are no text are refused', async () => {
  const person = await stage.person();
  const names = [
    '',
    ' ',
    'a\r\nBcc: x@example.com',
    'a\0b',
    '\u202eabc',
    '\u2066a',
    'a\u2028b',
    '\ud800',
    '\t',
    'x'.repeat(101),
  ];
  for (const name of [...names, 7, ['a'], {}, undefined]) {
    const { status, body } = await person.call('PATCH', '/v1/account', { name });
    assert.deepEqual(
      [status, body.code, body.field],
      [400, 'invalid_request', '/name'],
      JSON.stringify(name),
    );
    assert.ok(!JSON.stringify(body).includes('Bcc'));
  }
  const unknown = await person.call('PATCH', '/v1/account', { name: 'a', email: 'x@example.com' });
  assert.equal(unknown.status, 400);
  assert.equal(await emailOf(person.user), person.email);
});

test('a new password ends all other sessions, links and changes under way, and keeps this one', async () => {
  const person = await stage.person();
  const other = await person.browser();
  await person.call('POST', '/v1/account/email', { email: 'attacker@example.com' });
  await stage.store.superuser('insert into vouchsafe.password_reset values ($1, $2, $3, now(), $4)', [
    newId('rst', 0),
    person.user,
    Buffer.alloc(32, 3),
    new Date(stage.clock.now() + 3_600_000),
  ]);
  const [link = ''] = await tokens();
  await stage.store.superuser('delete from vouchsafe.mail');

  const changed = await person.call('POST', '/v1/account/password', { password: LONG });
  assert.equal(changed.status, 204);
  assert.deepEqual(
    changed.cookies.map((cookie) => cookie.split('=')[0]),
    ['__Host-vs-session', '__Host-vs-known'],
  );
  const phc = await phcOf(person.user);
  assert.ok((await hasher.verify(new Secret(LONG), phc, 'test')).ok);
  assert.equal((await person.call('PATCH', '/v1/account', { name: 'A' })).status, 200);
  assert.equal((await other.call('PATCH', '/v1/account', { name: 'B' })).status, 401);
  assert.equal(await livingSessions(person.user), 1);
  assert.deepEqual(await letters(), [`password-changed ${person.email}`]);
  const late = await person.call('POST', CONFIRM, { token: link });
  assert.deepEqual([late.status, late.body.code], [410, 'link_invalid']);
  const open = await stage.store.superuser(
    'select id from vouchsafe.password_reset where user_id = $1 and used_at is null',
    [person.user],
  );
  assert.deepEqual(open, []);
});

test('fifteen signs are asked for until a second factor is enrolled, eight after', async () => {
  const person = await stage.person({ isStrong: true });
  const short = await person.call('POST', '/v1/account/password', { password: SHORT });
  assert.deepEqual([short.status, short.body.code], [400, 'password_too_short']);
  assert.equal(await phcOf(person.user), SOME_PHC);
  await addPasskeyRow(person.user);
  assert.equal((await person.call('POST', '/v1/account/password', { password: SHORT })).status, 204);
});

test('somebody who came with a passkey sets a first password', async () => {
  const person = await stage.person({ password: false, isStrong: true });
  await addPasskeyRow(person.user);
  assert.equal((await person.call('POST', '/v1/account/password', { password: LONG })).status, 204);
  assert.ok((await hasher.verify(new Secret(LONG), await phcOf(person.user), 'test')).ok);
});

test('a password made of one’s name, address or company is refused, and so are common and endless ones', async () => {
  const person = await stage.person({ email: 'wilhelmina@example.com' });
  await stage.company([person]);
  const words = [
    'wilhelmina-wilhelmina',
    'Northwind Northwind',
    'correct horse battery staple',
    'x'.repeat(5000),
  ];
  const codes: unknown[] = [];
  for (const password of words) {
    const { status, body } = await person.call('POST', '/v1/account/password', { password });
    assert.equal(status, 400, password);
    assert.ok(!JSON.stringify(body).includes(password));
    codes.push(body.code);
  }
  assert.deepEqual(codes.slice(0, 2), ['password_contains_identity', 'password_contains_identity']);
  assert.equal(codes[3], 'password_too_long');
  for (const password of ['', 7, null, ['a'], undefined]) {
    assert.equal((await person.call('POST', '/v1/account/password', { password })).status, 400);
  }
  assert.equal(await phcOf(person.user), SOME_PHC);
});

test('a short password is not set where the second factor went while it was hashed', async () => {
  const person = await stage.person({ isStrong: true });
  await addPasskeyRow(person.user);
  let answer: ReturnType<typeof person.call> | undefined;
  // Holds the change at the user's row, behind the hashing, until the factor is gone.
  await stage.database.user(person.user, async (tx) => {
    await tx.one(lockUser, [person.user]);
    answer = person.call('POST', '/v1/account/password', { password: SHORT });
    await untilWaiting(stage.store.superuser, 1);
    await stage.store.superuser('delete from vouchsafe.passkey where user_id = $1', [person.user]);
  });
  const { status, body } = await answer!;
  assert.deepEqual([status, body.code], [409, 'changed_meanwhile']);
  assert.equal(await phcOf(person.user), SOME_PHC);
});

test('two passwords set at once by two sessions: one is set, and its session alone goes on', async () => {
  const person = await stage.person();
  const other = await person.browser();
  const [first, second] = await Promise.all([
    person.call('POST', '/v1/account/password', { password: LONG }),
    other.call('POST', '/v1/account/password', { password: `${LONG}!` }),
  ]);
  assert.deepEqual(
    [first.status, second.status].toSorted((a, b) => a - b),
    [204, 401],
  );
  assert.equal(await livingSessions(person.user), 1);
  const winner = first.status === 204 ? LONG : `${LONG}!`;
  assert.ok((await hasher.verify(new Secret(winner), await phcOf(person.user), 'test')).ok);
  assert.deepEqual(await letters(), [`password-changed ${person.email}`]);
});

test('an address is changed by the link that went to the new one, once, and every session ends', async () => {
  const person = await stage.person();
  await person.browser();
  const asked = await person.call('POST', '/v1/account/email', { email: ' New.Address@Example.COM ' });
  assert.deepEqual([asked.status, asked.body], [202, {}]);
  assert.equal(await emailOf(person.user), person.email, 'not before it is confirmed');
  assert.deepEqual(await letters(), [
    'email-change-confirm new.address@example.com',
    `email-change-notice ${person.email}`,
  ]);
  const [token = ''] = await tokens();
  const rows = await stage.store.superuser('select e::text as row from vouchsafe.email_change e');
  assert.ok(!JSON.stringify(rows).includes(token));

  await stage.store.superuser('insert into vouchsafe.password_reset values ($1, $2, $3, now(), $4)', [
    newId('rst', 0),
    person.user,
    Buffer.alloc(32, 4),
    new Date(stage.clock.now() + 3_600_000),
  ]);
  await stage.store.superuser('delete from vouchsafe.mail');
  const confirmed = await person.call('POST', CONFIRM, { token });
  assert.deepEqual([confirmed.status, confirmed.body], [200, { sessions_ended: 2 }]);
  assert.equal(await emailOf(person.user), 'new.address@example.com');
  assert.equal(await livingSessions(person.user), 0);
  assert.equal((await person.call('PATCH', '/v1/account', { name: 'A' })).status, 401);
  assert.deepEqual(
    (await stage.mails()).map(({ recipient }) => recipient),
    [person.email],
    'the old address hears of it',
  );
  const open = await stage.store.superuser(
    'select id from vouchsafe.password_reset where user_id = $1 and used_at is null',
    [person.user],
  );
  assert.deepEqual(open, [], 'a link that lies in the old mailbox opens nothing');
  const later = await person.browser();
  const again = await later.call('POST', CONFIRM, { token });
  assert.deepEqual([again.status, again.body.code], [410, 'link_invalid']);
});

test('the link is of use to the user who asked alone, in whichever of their browsers', async () => {
  const [person, reader] = [await stage.person(), await stage.person()];
  await person.call('POST', '/v1/account/email', { email: 'readers@example.com' });
  const [token = ''] = await tokens();
  const outside = await stage.call('POST', CONFIRM, { token });
  assert.deepEqual([outside.status, outside.body.code], [401, 'sign_in_required']);
  const foreign = await reader.call('POST', CONFIRM, { token });
  const missing = await reader.call('POST', CONFIRM, { token: 'A'.repeat(43) });
  assert.deepEqual([foreign.status, foreign.body.code], [410, 'link_invalid']);
  assert.deepEqual([foreign.body, foreign.cookies], [missing.body, missing.cookies], 'as for no link at all');
  assert.deepEqual(
    [await emailOf(person.user), await emailOf(reader.user)],
    [person.email, reader.email],
    'nothing changed',
  );
  assert.deepEqual([await livingSessions(person.user), await livingSessions(reader.user)], [1, 1]);
  const other = await person.browser();
  assert.equal((await other.call('POST', CONFIRM, { token })).status, 200, 'the link was not used up');
  assert.equal(await emailOf(person.user), 'readers@example.com');
});

test('a session that ends while it confirms changes nothing', async () => {
  const person = await stage.person();
  await person.call('POST', '/v1/account/email', { email: 'meanwhile@example.com' });
  const [token = ''] = await tokens();
  let answer: ReturnType<typeof person.call> | undefined;
  // Holds the change at the user's row, behind the gate, until the session has ended.
  await stage.database.user(person.user, async (tx) => {
    await tx.one(lockUser, [person.user]);
    answer = person.call('POST', CONFIRM, { token });
    await untilWaiting(stage.store.superuser, 1);
    await stage.store.superuser('update vouchsafe.session set ended_at = now() where id = $1', [
      person.session,
    ]);
  });
  const { status, body } = await answer!;
  assert.deepEqual([status, body.code], [401, 'session_ended']);
  assert.equal(await emailOf(person.user), person.email);
  const again = await person.browser();
  assert.equal((await again.call('POST', CONFIRM, { token })).status, 200);
});

test('of ten confirmations at once one changes the address', async () => {
  const person = await stage.person();
  await person.call('POST', '/v1/account/email', { email: 'ten@example.com' });
  const [token] = await tokens();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => person.call('POST', CONFIRM, { token }, `198.51.100.${index}`)),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  // It ended the session of all of them.
  assert.equal(answers.filter(({ status }) => status === 401).length, 9);
  assert.deepEqual(
    (await letters()).filter((letter) => letter.startsWith('email-changed ')),
    [`email-changed ${person.email}`],
  );
});

test('a link is over after a day, and when another one was asked for', async () => {
  const person = await stage.person();
  await person.call('POST', '/v1/account/email', { email: 'first@example.com' });
  await person.call('POST', '/v1/account/email', { email: 'second@example.com' });
  const [first, second] = await tokens();
  const old = await person.call('POST', CONFIRM, { token: first });
  assert.deepEqual([old.status, old.body.code], [410, 'link_invalid']);
  stage.clock.advance(24 * 3_600_000);
  const later = await person.browser();
  const late = await later.call('POST', CONFIRM, { token: second });
  assert.deepEqual([late.status, late.body.code], [410, 'link_invalid']);
  assert.equal(await emailOf(person.user), person.email);
});

test('asking says the same whether the address has an account or not; the link says that it is taken', async () => {
  const [person, holder] = [await stage.person(), await stage.person({ email: 'holder@example.com' })];
  const free = await person.call('POST', '/v1/account/email', { email: 'nobody@example.com' });
  const taken = await person.call('POST', '/v1/account/email', { email: 'holder@example.com' });
  assert.deepEqual([free.status, free.body, free.cookies], [taken.status, taken.body, taken.cookies]);
  const [, token] = await tokens();
  const refused = await person.call('POST', CONFIRM, { token });
  assert.deepEqual([refused.status, refused.body.code], [409, 'email_taken']);
  assert.equal(await emailOf(person.user), person.email);
  assert.equal(await emailOf(holder.user), 'holder@example.com');
  assert.equal(await livingSessions(person.user), 1, 'nothing of it is half done');
  // Once the other account is gone, the link is as good as before.
  await stage.store.superuser('delete from vouchsafe.user_account where id = $1', [holder.user]);
  assert.equal((await person.call('POST', CONFIRM, { token })).status, 200);
});

test('two users who want the same free address at once: one gets it', async () => {
  const people = [await stage.person(), await stage.person()];
  for (const one of people) await one.call('POST', '/v1/account/email', { email: 'wanted@example.com' });
  const links = await tokens();
  const answers = await Promise.all(
    people.map((one, index) => one.call('POST', CONFIRM, { token: links[index] })),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 409],
  );
});

test('addresses that are none, look like another, or are one’s own already are refused', async () => {
  const person = await stage.person({ email: 'own@example.com' });
  const wrong = [
    'x',
    'a@b',
    'a@example.com\r\nBcc: x@example.com',
    'а@example.com',
    'a@еxample.com',
    'a b@example.com',
    '<a@example.com>',
  ];
  for (const email of wrong) {
    const { status, body } = await person.call('POST', '/v1/account/email', { email });
    assert.deepEqual([status, body.code], [400, 'email_invalid'], email);
  }
  for (const email of ['', 'a'.repeat(400), 7, null, ['a@example.com'], { a: 1 }]) {
    assert.equal((await person.call('POST', '/v1/account/email', { email })).status, 400);
  }
  const same = await person.call('POST', '/v1/account/email', { email: 'OWN@example.com' });
  assert.deepEqual([same.status, same.body.code], [409, 'email_same']);
  assert.deepEqual(await letters(), []);
});

test('nobody has us mail one address, or from one account, again and again', async () => {
  const people = [];
  for (let index = 0; index < 5; index += 1) people.push(await stage.person());
  for (const one of people) {
    assert.equal((await one.call('POST', '/v1/account/email', { email: 'victim@example.com' })).status, 202);
  }
  const toVictim = (await letters()).filter((letter) => letter.endsWith(' victim@example.com'));
  assert.equal(toVictim.length, 3);
  const [, , , , last] = people;
  const more = [];
  for (let index = 0; index < 3; index += 1) {
    more.push(await last!.call('POST', '/v1/account/email', { email: `other${index}@example.com` }));
  }
  assert.deepEqual(
    more.map(({ status }) => status),
    [202, 202, 429],
  );
  assert.equal(more[2]!.body.code, 'too_many_attempts');
});

test('tokens that are none of ours are refused alike, and guessing them is slowed', async () => {
  const person = await stage.person();
  const guesses: unknown[] = [
    'x',
    'A'.repeat(43),
    tokenOf(newId('emc', 0)),
    `${'A'.repeat(42)}=`,
    "' or 1=1 --",
  ];
  for (const token of guesses) {
    const { status, body } = await person.call('POST', CONFIRM, { token }, '203.0.113.7');
    assert.deepEqual([status, body.code], [410, 'link_invalid']);
  }
  for (const token of ['', 7, null, ['A'], 'A'.repeat(201)]) {
    assert.equal((await person.call('POST', CONFIRM, { token }, '203.0.113.8')).status, 400);
  }
  let slowed = 0;
  for (let index = 0; index < 30; index += 1) {
    // One household has a /64; all of its addresses are one source.
    const { status } = await person.call(
      'POST',
      CONFIRM,
      { token: 'A'.repeat(43) },
      `2001:db8:1:2::${index}`,
    );
    if (status === 429) slowed += 1;
  }
  assert.equal(slowed, 10);
});

test('without a proof of the last ten minutes neither password nor address change', async () => {
  const person = await stage.person();
  stage.clock.advance(10 * 60_000 + 1000);
  for (const [path, body] of [
    ['/v1/account/password', { password: LONG }],
    ['/v1/account/email', { email: 'a@example.com' }],
  ] as const) {
    const answer = await person.call('POST', path, body);
    assert.deepEqual([answer.status, answer.body.code], [403, 'fresh_proof_required']);
    assert.equal((await stage.call('POST', path, body)).status, 401);
  }
});
