import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  GOOD_PASSWORD,
  openSessionHouse,
  OTHER_PASSWORD,
  type BrowserAnswer,
  type TestBrowser,
} from '../../test/support/session-house.ts';

const { house, hasher, browser, makeAccount, enrolTotp, untilRefused } = await openSessionHouse();
const { superuser } = house.store;

const codeOf = (answer: BrowserAnswer) => [answer.status, answer.json()['code']];
const signIn = (tab: TestBrowser, email: string) =>
  tab.post('/v1/sessions', { email, password: GOOD_PASSWORD });
const show = (tab: TestBrowser) => tab.send('GET', '/v1/session');
const prove = (tab: TestBrowser, body: object) => tab.post('/v1/session/proof', body);
const idOf = async (tab: TestBrowser) => (await show(tab)).json()['id'] as string;

const freshOf = async (tab: TestBrowser) => Date.parse(String((await show(tab)).json()['fresh_until']));

test('a proof renews the token and nothing else: the same session, fresh for ten minutes', async () => {
  const tab = browser();
  await makeAccount(tab, 'proof@example.com');
  const [id, before] = [await idOf(tab), tab.cookies.get('__Host-vs-session')];
  const answer = await prove(tab, { password: GOOD_PASSWORD });
  assert.equal(answer.status, 200, answer.body);
  assert.notEqual(tab.cookies.get('__Host-vs-session'), before);
  assert.equal(await idOf(tab), id);
  const until = Date.parse(String(answer.json()['fresh_until']));
  assert.ok(Math.abs(until - Date.now() - 600_000) < 60_000);
  assert.ok(Math.abs((await freshOf(tab)) - until) < 1001, 'to the second of the token');
  assert.equal((await show(tab)).json()['second_factor'], false, 'a password makes no session strong');
});

test('a wrong proof is refused, and guessing is slowed', async () => {
  const tab = browser();
  await makeAccount(tab, 'wrong@example.com');
  const codes: unknown[] = [];
  for (let index = 0; index < 6; index += 1)
    codes.push((await prove(tab, { password: OTHER_PASSWORD })).json()['code']);
  assert.deepEqual(codes, [...Array.from({ length: 5 }, () => 'invalid_credentials'), 'too_many_attempts']);
  assert.equal((await show(tab)).status, 200);
});

test('with a second factor enrolled the password proves nothing, and a code makes the session strong', async () => {
  const tab = browser();
  const user = await makeAccount(tab, 'strong@example.com');
  const code = await enrolTotp(user);
  assert.deepEqual(codeOf(await prove(tab, { password: GOOD_PASSWORD })), [403, 'proof_method_refused']);
  const totp = code();
  const answers = await Promise.all([1, 2, 3].map(() => prove(tab, { totp })));
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [200, 401, 401],
    'each code once',
  );
  assert.equal((await show(tab)).json()['second_factor'], true);
  assert.ok((await freshOf(tab)) > Date.now() + 540_000);
});

test('a session of before the second factor does not say that its proof is fresh', async () => {
  const tab = browser();
  const user = await makeAccount(tab, 'weak@example.com');
  assert.ok((await freshOf(tab)) > Date.now() + 540_000);
  await enrolTotp(user);
  // Until the process has heard of the factor.
  for (let tries = 0; tries < 400 && (await freshOf(tab)) > Date.now(); tries += 1) await pause(5);
  assert.ok((await freshOf(tab)) <= Date.now());
  assert.equal((await show(tab)).json()['second_factor'], false);
});

test('a factor that is enrolled while the password is looked at makes that proof void', async () => {
  const tab = browser();
  const user = await makeAccount(tab, 'during@example.com');
  hasher.onVerify = async () => {
    hasher.onVerify = () => Promise.resolve();
    await enrolTotp(user);
  };
  assert.deepEqual(codeOf(await prove(tab, { password: GOOD_PASSWORD })), [403, 'proof_method_refused']);
});

test('a session that ended while it was proved stays ended', async () => {
  const tab = browser();
  const user = await makeAccount(tab, 'ended@example.com');
  hasher.onVerify = async () => {
    hasher.onVerify = () => Promise.resolve();
    await superuser('update vouchsafe.session set ended_at = now() where user_id = $1', [user]);
  };
  const before = tab.cookies.get('__Host-vs-session');
  assert.deepEqual(codeOf(await prove(tab, { password: GOOD_PASSWORD })), [401, 'session_ended']);
  assert.equal(tab.cookies.get('__Host-vs-session'), before, 'no new token');
  assert.equal(await untilRefused(tab), 401);
});

test('a recovery code is no proof for what cannot be undone', async () => {
  const tab = browser();
  await makeAccount(tab, 'recovery@example.com');
  assert.deepEqual(codeOf(await prove(tab, { recovery_code: 'abcde-fghjk' })), [400, 'invalid_request']);
  for (const body of [{}, { password: GOOD_PASSWORD, totp: '123456' }])
    assert.deepEqual(codeOf(await prove(tab, body)), [400, 'invalid_request']);
});

test('signing out ends the session everywhere, also for a copy of its cookie', async () => {
  const tab = browser();
  await makeAccount(tab, 'out@example.com');
  const copy = browser();
  for (const [name, value] of tab.cookies) copy.cookies.set(name, value);
  assert.equal((await show(copy)).status, 200);
  const answer = await tab.send('DELETE', '/v1/session');
  assert.deepEqual([answer.status, answer.body], [204, '']);
  assert.deepEqual([...tab.cookies.keys()], ['__Host-vs-known'], 'the browser stays known');
  assert.equal(await untilRefused(copy), 401);
  assert.equal(
    (
      await superuser(
        "select from vouchsafe.session where ended_at is null and user_id = (select id from vouchsafe.user_account where email = 'out@example.com')",
      )
    ).length,
    0,
  );
});

test('the list shows when and roughly where, and no address', async () => {
  const tab = browser('192.0.2.77');
  await makeAccount(tab, 'list@example.com');
  const phone = browser('2001:db8:7::1');
  const agent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';
  await phone.send(
    'POST',
    '/v1/sessions',
    { email: 'list@example.com', password: GOOD_PASSWORD },
    { 'user-agent': agent },
  );
  const listed = await tab.send('GET', '/v1/sessions');
  const items = listed.json()['items'] as Record<string, unknown>[];
  assert.deepEqual(
    items.map(({ current, browser: family, platform, second_factor }) => [
      current,
      family,
      platform,
      second_factor,
    ]),
    [
      [false, 'Safari', 'iOS', false],
      [true, 'Firefox', 'Linux', false],
    ],
  );
  for (const { last_seen_at } of items) assert.match(String(last_seen_at), /:(?:00|15|30|45):00\.000Z$/);
  const kept = JSON.stringify(await superuser('select * from vouchsafe.session'));
  for (const part of ['192.0.2', '2001:db8', 'Mozilla', 'iPhone'])
    assert.ok(!kept.includes(part) && !listed.body.includes(part), part);
});

test('ends one of one’s own sessions, all others, and nobody else’s', async () => {
  const [mine, second, third, stranger] = [browser(), browser(), browser(), browser()];
  await makeAccount(mine, 'end@example.com');
  await makeAccount(stranger, 'stranger@example.com');
  for (const tab of [second, third]) await signIn(tab, 'end@example.com');
  const target = await idOf(second);
  const foreign = await stranger.send('DELETE', `/v1/sessions/${target}`);
  assert.deepEqual(codeOf(foreign), [404, 'session_not_found']);
  assert.equal((await show(second)).status, 200);
  assert.equal((await mine.send('DELETE', `/v1/sessions/${target}`)).status, 204);
  assert.equal(await untilRefused(second), 401);
  const again = await mine.send('DELETE', `/v1/sessions/${target}`);
  assert.equal(again.body, foreign.body, 'one that is over and one of somebody else are the same');
  assert.deepEqual((await mine.send('DELETE', '/v1/sessions')).json(), { ended: 1 });
  assert.equal(await untilRefused(third), 401);
  assert.equal((await show(mine)).status, 200);
  assert.equal((await show(stranger)).status, 200);
  assert.deepEqual(
    (await mine.send('DELETE', '/v1/sessions')).json(),
    { ended: 0 },
    'a second click does nothing',
  );
  assert.equal((await mine.send('DELETE', '/v1/sessions/ses_x')).status, 400);
});

test('what changes something is refused from another site', async () => {
  const tab = browser();
  await makeAccount(tab, 'site@example.com');
  for (const [method, path] of [
    ['DELETE', '/v1/session'],
    ['DELETE', '/v1/sessions'],
    ['POST', '/v1/session/proof'],
  ] as const) {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ]) {
      assert.deepEqual(codeOf(await tab.send(method, path, undefined, headers)), [403, 'cross_site']);
    }
  }
  assert.equal((await show(tab)).status, 200);
});

test('a log line says nothing of who signed in', () => {
  const lines = house.lines.join('\n');
  for (const part of ['example.com', '192.0.2', '2001:db8', 'Mozilla', '__Host', GOOD_PASSWORD])
    assert.ok(!lines.includes(part), part);
});
