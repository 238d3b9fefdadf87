import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthenticator } from '../../test/support/authenticator.ts';
import {
  GOOD_PASSWORD,
  openSessionHouse,
  ORIGIN,
  type BrowserAnswer,
  type TestBrowser,
} from '../../test/support/session-house.ts';

const { house, browser, mails, makeAccount, enrolTotp, addRecoveryCode, token } = await openSessionHouse();
const { superuser } = house.store;

const SECOND = '/v1/sessions/second-factor';
const signIn = (tab: TestBrowser, email: string) =>
  tab.post('/v1/sessions', { email, password: GOOD_PASSWORD });
const codeOf = (answer: BrowserAnswer) => [answer.status, answer.json()['code']];

/** An account with an app; `tab` stands between the two steps. */
const openHalfWay = async (email: string) => {
  const user = await makeAccount(browser(), email);
  const code = await enrolTotp(user);
  const tab = browser();
  const answer = await signIn(tab, email);
  return { user, code, tab, answer };
};

/** Signs up by a passkey; gives the authenticator that holds it. */
const openWithPasskey = async (email: string) => {
  const tab = browser();
  await tab.post('/v1/sign-ups', { email, company_name: 'Tin Lantern' });
  const link = await token(email, 'sign-up');
  const authenticator = createAuthenticator({ origin: ORIGIN });
  const options = (await tab.post('/v1/sign-ups/passkey-options', { token: link })).json()['options'];
  const passkey = { name: 'Laptop', response: authenticator.register(options) };
  const confirmed = await tab.post('/v1/sign-ups/confirm', { token: link, passkey });
  assert.equal(confirmed.status, 201, confirmed.body);
  return { tab, authenticator, user: (confirmed.json()['user'] as { id: string }).id };
};

const signInByPasskey = async (tab: TestBrowser, authenticator: ReturnType<typeof createAuthenticator>) => {
  const options = (await tab.post('/v1/sessions/passkey-options')).json()['options'];
  return tab.post('/v1/sessions/passkey', { response: authenticator.use(options) });
};

test('with a second factor the password leads half-way, and a code the rest', async () => {
  const { tab, answer, code, user } = await openHalfWay('two@example.com');
  assert.deepEqual(answer.json(), { state: 'second_factor', methods: ['totp'] });
  assert.deepEqual([...tab.cookies.keys()], ['__Host-vs-pending']);
  const done = await tab.post(SECOND, { totp: code() });
  assert.equal(done.status, 200, done.body);
  assert.equal(done.json()['state'], 'signed_in');
  assert.deepEqual([...tab.cookies.keys()].sort(), ['__Host-vs-known', '__Host-vs-session']);
  const shown = (await tab.send('GET', '/v1/session')).json();
  assert.equal(shown['second_factor'], true);
  const rows = await superuser(
    'select is_strong from vouchsafe.session where user_id = $1 order by id desc limit 1',
    [user],
  );
  assert.deepEqual(rows, [{ is_strong: true }]);
});

test('a pending sign-in is not a session, in any cookie or header', async () => {
  const { tab, user } = await openHalfWay('pending@example.com');
  const before = await superuser('select from vouchsafe.session where user_id = $1', [user]);
  assert.equal(before.length, 1, 'the one of signing up: half a sign-in leaves no row');
  const pending = tab.cookies.get('__Host-vs-pending') ?? '';
  const headers: Record<string, string>[] = [
    { cookie: `__Host-vs-pending=${pending}` },
    { cookie: `__Host-vs-session=${pending}` },
    { cookie: `__Host-vs-session=${pending}; __Host-vs-pending=${pending}` },
    { cookie: `__Host-vs-known=${pending}; __Host-vs-sign-up=${pending}` },
    { authorization: `Bearer ${pending}` },
    { 'x-api-key': pending },
  ];
  const routes = house.app.routes.filter(({ access }) => 'session' in access || 'member' in access);
  assert.ok(routes.length >= 6);
  for (const route of routes) {
    const path = route.path.replaceAll(/:[a-z]+/g, 'ses_01h0000000000000000000000a');
    for (const header of headers) {
      const answer = await browser().send(route.method, path, undefined, header);
      assert.deepEqual(
        codeOf(answer),
        [401, 'sign_in_required'],
        `${route.operation} ${Object.keys(header).join()}`,
      );
    }
  }
});

test('a session, a known browser and a sign-up are no pending sign-in', async () => {
  const tab = browser();
  await makeAccount(tab, 'reverse@example.com');
  const asked = browser();
  await asked.post('/v1/sign-ups', { email: 'asked@example.com', company_name: 'X' });
  const values = [...tab.cookies.values(), ...asked.cookies.values()];
  assert.equal(values.length, 3);
  for (const value of values) {
    const answer = await browser().send(
      'POST',
      SECOND,
      { totp: '123456' },
      { cookie: `__Host-vs-pending=${value}` },
    );
    assert.deepEqual(codeOf(answer), [401, 'sign_in_required']);
  }
});

test('a code is accepted once: of parallel requests with the same one exactly one gets a session', async () => {
  const { tab, code, user } = await openHalfWay('once@example.com');
  const other = browser();
  await signIn(other, 'once@example.com');
  const sessions = await superuser('select from vouchsafe.session where user_id = $1', [user]);
  const totp = code();
  const answers = await Promise.all([tab, other, tab, other].map((one) => one.post(SECOND, { totp })));
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [200, 401, 401, 401],
  );
  const after = await superuser('select from vouchsafe.session where user_id = $1', [user]);
  assert.equal(after.length, sessions.length + 1);
  const third = browser();
  await signIn(third, 'once@example.com');
  assert.deepEqual(codeOf(await third.post(SECOND, { totp })), [401, 'invalid_code'], 'nor later');
  assert.equal((await third.post(SECOND, { totp: code(1) })).status, 200, 'the next one is');
});

test('a recovery code works once, mails the owner, and tells how many are left', async () => {
  const { tab, user } = await openHalfWay('recover@example.com');
  await addRecoveryCode(user, 'abcdefghjk');
  await addRecoveryCode(user, '0123456789');
  const second = browser();
  assert.deepEqual((await signIn(second, 'recover@example.com')).json()['methods'], [
    'totp',
    'recovery_code',
  ]);
  const answers = await Promise.all(
    [tab, second].map((one) => one.post(SECOND, { recovery_code: 'ABCDE-FGHJK' })),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [200, 401],
  );
  assert.equal(answers.find(({ status }) => status === 200)?.json()['recovery_codes_left'], 1);
  const [mail, ...more] = (await mails('recover@example.com')).filter(
    ({ template }) => template === 'recovery-code-used',
  );
  assert.deepEqual([mail?.params, more.length], [{ left: 1 }, 0]);
  const third = browser();
  await signIn(third, 'recover@example.com');
  assert.deepEqual(codeOf(await third.post(SECOND, { recovery_code: 'abcdefghjk' })), [401, 'invalid_code']);
});

test('guessing codes is slowed for each user, whatever the source', async () => {
  const { user } = await openHalfWay('codes@example.com');
  assert.ok(user);
  const statuses: number[] = [];
  for (let index = 0; index < 7; index += 1) {
    const tab = browser();
    await signIn(tab, 'codes@example.com');
    statuses.push((await tab.post(SECOND, { totp: '000000' })).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
});

test('who knows the password and burns the codes does not keep a familiar browser out', async () => {
  const { tab, code } = await openHalfWay('burnt@example.com');
  assert.equal((await tab.post(SECOND, { totp: code(-1) })).status, 200);
  for (let index = 0; index < 6; index += 1) {
    const thief = browser();
    await signIn(thief, 'burnt@example.com');
    await thief.post(SECOND, { totp: '000000' });
  }
  await signIn(tab, 'burnt@example.com');
  assert.equal((await tab.post(SECOND, { totp: code() })).status, 200);
});

test('a pending sign-in from before the credentials changed leads nowhere, and uses no code up', async () => {
  const { tab, code, user } = await openHalfWay('epoch@example.com');
  await superuser('update vouchsafe.user_account set credential_epoch = credential_epoch + 1 where id = $1', [
    user,
  ]);
  const totp = code();
  assert.deepEqual(codeOf(await tab.post(SECOND, { totp })), [401, 'session_ended']);
  const again = browser();
  await signIn(again, 'epoch@example.com');
  assert.equal((await again.post(SECOND, { totp })).status, 200);
});

test('refuses a second step with no proof, two, or one of another form', async () => {
  const { tab } = await openHalfWay('form@example.com');
  for (const body of [
    {},
    { totp: '123456', recovery_code: 'abcde-fghjk' },
    { totp: 123456 },
    { totp: '12345' },
    { passkey: {} },
  ]) {
    const answer = await tab.post(SECOND, body);
    assert.deepEqual(codeOf(answer), [400, 'invalid_request'], JSON.stringify(body));
  }
});

test('a sign-up by passkey has no password, and the passkey alone is a strong sign-in', async () => {
  const { authenticator, user } = await openWithPasskey('key@example.com');
  assert.equal((await superuser('select from vouchsafe.password where user_id = $1', [user])).length, 0);
  const tab = browser();
  const answer = await signInByPasskey(tab, authenticator);
  assert.equal(answer.status, 200, answer.body);
  assert.equal((await tab.send('GET', '/v1/session')).json()['second_factor'], true);
});

test('the answer of a passkey counts once, and only for what it was asked for', async () => {
  const { authenticator } = await openWithPasskey('replay@example.com');
  const tab = browser();
  const options = (await tab.post('/v1/sessions/passkey-options')).json()['options'];
  const response = authenticator.use(options);
  const answers = await Promise.all(
    [1, 2, 3].map(() => browser().post('/v1/sessions/passkey', { response })),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [200, 400, 400],
  );
  const signedIn = browser();
  await signInByPasskey(signedIn, authenticator);
  const forProof = (await signedIn.post('/v1/session/proof/passkey-options')).json()['options'];
  const misused = await browser().post('/v1/sessions/passkey', { response: authenticator.use(forProof) });
  assert.deepEqual(codeOf(misused), [400, 'challenge_over']);
});

test('a passkey of somebody else is no second step and no proof', async () => {
  const mine = await openWithPasskey('mine@example.com');
  const theirs = await openWithPasskey('theirs@example.com');
  const options = (await mine.tab.post('/v1/session/proof/passkey-options')).json()['options'] as object;
  const response = theirs.authenticator.use({ ...options, allowCredentials: [] });
  assert.deepEqual(codeOf(await mine.tab.post('/v1/session/proof', { passkey: response })), [
    401,
    'passkey_refused',
  ]);
});

test('a passkey takes the second step; one without user verification does not', async () => {
  const { user, authenticator } = await openWithPasskey('second@example.com');
  await superuser(`insert into vouchsafe.password select $1, phc, now() from vouchsafe.password limit 1`, [
    user,
  ]);
  for (const [userVerified, status] of [
    [false, 401],
    [true, 200],
  ] as const) {
    const tab = browser();
    assert.deepEqual((await signIn(tab, 'second@example.com')).json()['methods'], ['passkey']);
    const options = (await tab.post(`${SECOND}/passkey-options`)).json()['options'];
    const answer = await tab.post(SECOND, { passkey: authenticator.use(options, { userVerified }) });
    assert.equal(answer.status, status, answer.body);
  }
});

test('a sign-up without a password is not confirmed by one, nor the other way round', async () => {
  const tab = browser();
  await tab.post('/v1/sign-ups', { email: 'method@example.com', company_name: 'X' });
  const link = await token('method@example.com', 'sign-up');
  assert.equal((await tab.post('/v1/sign-ups/read', { token: link })).json()['needs'], 'passkey');
  const answer = await tab.post('/v1/sign-ups/confirm', { token: link, password: GOOD_PASSWORD });
  assert.deepEqual(codeOf(answer), [400, 'sign_up_method_wrong']);
  await tab.post('/v1/sign-ups', { email: 'other@example.com', company_name: 'X', password: GOOD_PASSWORD });
  const second = await token('other@example.com', 'sign-up');
  const options = await tab.post('/v1/sign-ups/passkey-options', { token: second });
  assert.deepEqual(codeOf(options), [400, 'sign_up_method_wrong']);
});
