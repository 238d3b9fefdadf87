/** What a stranger with all the addresses of the world can do to somebody's account: slow themselves down, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthenticator } from './support/authenticator.ts';
import {
  GOOD_PASSWORD,
  openSessionHouse,
  ORIGIN,
  OTHER_PASSWORD,
  type TestBrowser,
} from './support/session-house.ts';

const { house, hasher, browser, token, makeAccount } = await openSessionHouse();

const signIn = (tab: TestBrowser, email: string, password = GOOD_PASSWORD) =>
  tab.post('/v1/sessions', { email, password });
const guess = async (email: string, address?: string): Promise<string> => {
  const answer = await signIn(browser(address), email, OTHER_PASSWORD);
  return String(answer.json()['code']);
};
const repeat = async (
  times: number,
  one: (index: number) => Promise<string>,
): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (let index = 0; index < times; index += 1) {
    const code = await one(index);
    found[code] = (found[code] ?? 0) + 1;
  }
  return found;
};
/** Guesses from sources of their own until no unfamiliar browser may try a password for the address. */
const burn = (email: string) => repeat(40, () => guess(email));

test('a stranger who burns all budgets does not keep the owner out', async () => {
  const email = 'owner@example.com';
  const home = browser();
  await makeAccount(home, email);
  const authenticator = createAuthenticator({ origin: ORIGIN });
  // The owner has a passkey, which is a way of its own.
  const keyed = 'keyed@example.com';
  const asked = browser();
  await asked.post('/v1/sign-ups', { email: keyed, company_name: 'X' });
  const link = await token(keyed, 'sign-up');
  const made = (await asked.post('/v1/sign-ups/passkey-options', { token: link })).json()['options'];
  const passkey = { name: 'Laptop', response: authenticator.register(made) };
  assert.equal((await asked.post('/v1/sign-ups/confirm', { token: link, passkey })).status, 201);

  assert.deepEqual(await burn(email), { invalid_credentials: 30, passwords_paused: 10 });
  await burn(keyed);

  const paused = await signIn(browser(), email);
  assert.deepEqual(
    [paused.status, paused.json()['code']],
    [429, 'passwords_paused'],
    'also with the right password',
  );
  assert.match(String(paused.headers['retry-after']), /^\d+$/);
  assert.match(String(paused.json()['detail']), /passkey.*browser.*link/);

  assert.equal(
    (await signIn(home, email)).status,
    200,
    'in a browser that signed in before, the password works',
  );

  const cafe = browser();
  const options = (await cafe.post('/v1/sessions/passkey-options')).json()['options'];
  const byPasskey = await cafe.post('/v1/sessions/passkey', { response: authenticator.use(options) });
  assert.equal(byPasskey.status, 200, 'in an unfamiliar one, a passkey works');

  const library = browser();
  for (let index = 0; index < 12; index += 1) await browser().post('/v1/password-resets', { email });
  const reset = { token: await token(email, 'password-reset'), password: 'eleven damp candles argue' };
  assert.equal(
    (await library.post('/v1/password-resets/complete', reset)).status,
    200,
    'and so does the mailed link',
  );
  assert.equal(
    (await signIn(library, email, reset.password)).status,
    200,
    'after which the password works there',
  );
});

test('a stranger in the same house, behind the same address, does not keep a familiar browser out', async () => {
  const email = 'shared@example.com';
  const home = browser('198.51.100.9');
  await makeAccount(home, email);
  const found = await repeat(20, (index) =>
    guess(index % 2 === 0 ? email : `x${index}@example.com`, '198.51.100.9'),
  );
  assert.ok((found['too_many_attempts'] ?? 0) >= 5);
  assert.equal((await signIn(browser('198.51.100.9'), email)).status, 429);
  assert.equal((await signIn(home, email)).status, 200);
});

test('an address that has no account is slowed in the same way', async () => {
  await makeAccount(browser(), 'real@example.com');
  const [real, unreal] = [await burn('real@example.com'), await burn('unreal@example.com')];
  assert.deepEqual(real, unreal);
});

test('one source has five tries at one account and ten in all, and IPv6 counts by its /64', async () => {
  for (const [first, second, other] of [
    ['203.0.113.1', '::ffff:203.0.113.1', '203.0.113.2'],
    ['2001:db8:1:2::1', '2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:3::1'],
  ] as const) {
    const turn = (index: number) => (index % 2 === 0 ? first : second);
    const email = `v${first.length}@example.com`;
    assert.deepEqual(await repeat(8, (index) => guess(email, turn(index))), {
      invalid_credentials: 5,
      too_many_attempts: 3,
    });
    assert.deepEqual(await repeat(8, (index) => guess(`${index}${email}`, turn(index))), {
      invalid_credentials: 5,
      too_many_attempts: 3,
    });
    assert.equal(await guess(email, other), 'invalid_credentials', 'its neighbour is another source');
  }
});

test('a whole /48 has no more tries at one account than the account allows', async () => {
  const email = 'wide@example.com';
  const found = await repeat(60, (index) => guess(email, `2001:db8:9:${index.toString(16)}::${index}`));
  assert.deepEqual(found, { invalid_credentials: 30, passwords_paused: 30 });
});

test('signing in to an account of one’s own gives no further guesses at others', async () => {
  const address = '203.0.113.50';
  await makeAccount(browser(), 'mine@example.com');
  const found = await repeat(20, async (index) => {
    await signIn(browser(address), 'mine@example.com');
    return guess(`target${index}@example.com`, address);
  });
  assert.deepEqual(found, { invalid_credentials: 10, too_many_attempts: 10 });
});

test('guesses that are sent at once are no more guesses', async () => {
  const email = 'parallel@example.com';
  await makeAccount(browser(), email);
  const before = hasher.counts.verify;
  const codes = await Promise.all(Array.from({ length: 40 }, () => guess(email, '203.0.113.60')));
  assert.equal(codes.filter((code) => code === 'invalid_credentials').length, 5);
  assert.equal(hasher.counts.verify - before, 5, 'the others cost no hash');
});

test('being known to somebody else, or from before the credentials changed, is not being familiar', async () => {
  const email = 'epochs@example.com';
  const [old, stranger] = [browser(), browser()];
  const user = await makeAccount(old, email);
  await makeAccount(stranger, 'another@example.com');
  await house.store.superuser(
    'update vouchsafe.user_account set credential_epoch = credential_epoch + 1 where id = $1',
    [user],
  );
  await burn(email);
  for (const tab of [old, stranger])
    assert.equal((await signIn(tab, email)).json()['code'], 'passwords_paused');
  const forged = browser();
  for (const kind of ['session', 'pending', 'sign-up'])
    forged.cookies.set('__Host-vs-known', old.cookies.get(`__Host-vs-${kind}`) ?? 'x.y.z');
  assert.equal((await signIn(forged, email)).json()['code'], 'passwords_paused');
});

test('a familiar browser in other hands has five tries, and burns only its own', async () => {
  const email = 'stolen@example.com';
  const [home, laptop] = [browser(), browser()];
  await makeAccount(home, email);
  // A second later, since each sign-in is known by its second.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await signIn(laptop, email);
  const codes = await repeat(8, async () =>
    String((await signIn(laptop, email, OTHER_PASSWORD)).json()['code']),
  );
  assert.deepEqual(codes, { invalid_credentials: 5, too_many_attempts: 3 });
  assert.equal((await signIn(home, email)).status, 200);
});

test('nothing of who guesses, or at whom, stays anywhere', async () => {
  await burn('traceless@example.com');
  const [row] = await house.store.superuser(
    `select string_agg(query_to_xml(format('select * from vouchsafe.%I', table_name), true, false, '')::text, '') as all
       from information_schema.tables where table_schema = 'vouchsafe'`,
  );
  const kept = String(row?.['all']);
  assert.ok(kept.includes('owner@example.com'), 'the search sees what is there');
  for (const part of ['traceless', '203.0.113', '2001:db8', '198.51.100']) {
    assert.ok(!kept.includes(part), part);
    assert.ok(!house.lines.join('\n').includes(part), part);
  }
});
