import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GOOD_PASSWORD,
  openSessionHouse,
  OTHER_PASSWORD,
  type BrowserAnswer,
  type TestBrowser,
} from '../../test/support/session-house.ts';

const { house, browser, mails, token, makeAccount, enrolTotp, untilRefused } = await openSessionHouse();
const { superuser } = house.store;

const codeOf = (answer: BrowserAnswer) => [answer.status, answer.json()['code']];
const ask = (email: string, tab = browser()) => tab.post('/v1/password-resets', { email });
const complete = (link: string, password = OTHER_PASSWORD, tab = browser()) =>
  tab.post('/v1/password-resets/complete', { token: link, password });
const signIn = (email: string, password: string, tab: TestBrowser = browser()) =>
  tab.post('/v1/sessions', { email, password });
const resets = async (email: string) =>
  (await mails(email)).filter(({ template }) => template === 'password-reset').length;

test('a mailed link sets the password, ends every session, says so by mail and signs nobody in', async () => {
  const tab = browser();
  await makeAccount(tab, 'reset@example.com');
  assert.deepEqual([(await ask('Reset@example.com')).status, await resets('reset@example.com')], [202, 1]);
  const elsewhere = browser();
  const answer = await complete(
    await token('reset@example.com', 'password-reset'),
    OTHER_PASSWORD,
    elsewhere,
  );
  assert.deepEqual([answer.status, answer.body], [200, '{}']);
  assert.deepEqual([...elsewhere.cookies.keys()], ['__Host-vs-known']);
  assert.equal((await elsewhere.send('GET', '/v1/session')).status, 401);
  assert.equal((await signIn('reset@example.com', GOOD_PASSWORD)).status, 401);
  assert.equal((await signIn('reset@example.com', OTHER_PASSWORD)).status, 200);
  assert.equal((await mails('reset@example.com')).at(-1)?.template, 'password-changed');
  assert.equal(await untilRefused(tab), 401);
});

test('a link works once, also when it is used twice at the same time', async () => {
  await makeAccount(browser(), 'once@example.com');
  await ask('once@example.com');
  const link = await token('once@example.com', 'password-reset');
  const answers = await Promise.all(['a', 'b', 'c'].map((end) => complete(link, `${OTHER_PASSWORD} ${end}`)));
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [200, 410, 410],
  );
  assert.deepEqual(codeOf(await complete(link)), [410, 'link_invalid']);
});

test('asking again leaves the earlier link good, and using one ends all of them', async () => {
  await makeAccount(browser(), 'again@example.com');
  await ask('again@example.com');
  const first = await token('again@example.com', 'password-reset');
  await ask('again@example.com');
  const second = await token('again@example.com', 'password-reset');
  assert.notEqual(first, second);
  assert.equal((await complete(first)).status, 200);
  assert.deepEqual(codeOf(await complete(second)), [410, 'link_invalid']);
});

test('a link lasts half an hour, and a change of address that was under way ends with the old password', async () => {
  const user = await makeAccount(browser(), 'time@example.com');
  await superuser(
    `insert into vouchsafe.email_change values ('emc_01h0000000000000000000000a', $1, 'thief@example.com', $2, now(), now() + interval '1 day')`,
    [user, Buffer.alloc(32)],
  );
  await ask('time@example.com');
  const [row] = await superuser(
    "select expires_at - created_at = interval '30 minutes' as is_half from vouchsafe.password_reset where user_id = $1",
    [user],
  );
  assert.equal(row?.['is_half'], true);
  const early = await token('time@example.com', 'password-reset');
  await superuser('update vouchsafe.password_reset set expires_at = now() where user_id = $1', [user]);
  assert.deepEqual(codeOf(await complete(early)), [410, 'link_invalid']);
  await ask('time@example.com');
  assert.equal((await complete(await token('time@example.com', 'password-reset'))).status, 200);
  const [change] = await superuser('select used_at from vouchsafe.email_change where user_id = $1', [user]);
  assert.notEqual(change?.['used_at'], null);
});

test('the second factor stays: a reset leads half-way only', async () => {
  const user = await makeAccount(browser(), 'factor@example.com');
  await enrolTotp(user);
  await ask('factor@example.com');
  // With a second factor eight characters are enough.
  assert.equal(
    (await complete(await token('factor@example.com', 'password-reset'), 'plum-otter9')).status,
    200,
  );
  const answer = await signIn('factor@example.com', 'plum-otter9');
  assert.deepEqual(answer.json(), { state: 'second_factor', methods: ['totp'] });
});

test('a password that cannot be used leaves the link and the old password as they were', async () => {
  const tab = browser();
  await makeAccount(tab, 'refused@example.com');
  await ask('refused@example.com');
  const link = await token('refused@example.com', 'password-reset');
  for (const [password, code] of [
    ['short', 'password_too_short'],
    ['refused@example.com!', 'password_contains_identity'],
    ['my tinlantern shines on', 'password_contains_identity'],
    ['x'.repeat(1025), 'password_too_long'],
  ] as const) {
    const answer = await complete(link, password);
    assert.deepEqual([...codeOf(answer), answer.json()['field']], [400, code, '/password'], password);
  }
  assert.equal((await tab.send('GET', '/v1/session')).status, 200);
  assert.equal((await complete(link)).status, 200);
});

test('an unknown address gets the same answer, and no mail', async () => {
  await makeAccount(browser(), 'known@example.com');
  const [known, unknown] = [await ask('known@example.com'), await ask('unknown@example.com')];
  assert.deepEqual({ ...known, json: 0 }, { ...unknown, json: 0 });
  assert.equal((await mails('unknown@example.com')).length, 0);
});

test('a fourth mail to one address is not sent, and the answer does not say so', async () => {
  await makeAccount(browser(), 'many@example.com');
  for (let index = 0; index < 5; index += 1) assert.equal((await ask('many@example.com')).body, '{}');
  assert.equal(await resets('many@example.com'), 3);
});

test('tokens of other purposes, of others’ making and of other forms are refused alike, and guessing is slowed', async () => {
  const tab = browser();
  await tab.post('/v1/sign-ups', { email: 'fresh@example.com', company_name: 'X' });
  const foreign = await token('fresh@example.com', 'sign-up');
  const answers: BrowserAnswer[] = [];
  for (const link of [foreign, '', 'A'.repeat(43), '../../etc', 'é'.repeat(43)])
    answers.push(await complete(link, OTHER_PASSWORD, tab));
  for (const answer of answers) assert.deepEqual(codeOf(answer), [410, 'link_invalid']);
  const statuses = new Set<number>();
  for (let index = 0; index < 20; index += 1)
    statuses.add((await complete('A'.repeat(43), OTHER_PASSWORD, tab)).status);
  assert.deepEqual([...statuses], [410, 429]);
});

test('no token lies in any table', async () => {
  await makeAccount(browser(), 'table@example.com');
  await ask('table@example.com');
  const links = [
    await token('table@example.com', 'password-reset'),
    await token('table@example.com', 'sign-up'),
  ];
  for (const table of ['mail', 'password_reset', 'sign_up']) {
    const kept = JSON.stringify(await superuser(`select to_jsonb(t) as row from vouchsafe.${table} t`));
    for (const link of links) {
      assert.ok(!kept.includes(link));
      assert.ok(!kept.includes(Buffer.from(link, 'base64url').toString('hex')));
    }
  }
});
