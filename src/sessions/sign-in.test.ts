import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword } from '../passwords/phc.ts';
import {
  GOOD_PASSWORD,
  openSessionHouse,
  OTHER_PASSWORD,
  type TestBrowser,
} from '../../test/support/session-house.ts';

const { house, hasher, browser, makeAccount, untilRefused } = await openSessionHouse();
const { superuser } = house.store;

const signIn = (tab: TestBrowser, email: string, password = GOOD_PASSWORD) =>
  tab.post('/v1/sessions', { email, password });
const show = (tab: TestBrowser) => tab.send('GET', '/v1/session');

test('a right password begins a session; the address may be written in upper case', async () => {
  const user = await makeAccount(browser(), 'right@example.com');
  await superuser(
    "update vouchsafe.user_account set active_on = '2026-01-01', warned_30_at = now(), warned_7_at = now() where id = $1",
    [user],
  );
  const tab = browser();
  const answer = await signIn(tab, 'RIGHT@Example.com ');
  assert.equal(answer.status, 200, answer.body);
  assert.equal(answer.json()['state'], 'signed_in');
  const names = answer.setCookies.map((line) => line.split('=')[0]);
  assert.deepEqual(names, ['__Host-vs-session', '__Host-vs-known', '__Host-vs-pending']);
  for (const line of answer.setCookies) assert.match(line, /; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  assert.equal((await show(tab)).status, 200);
  const [row] = await superuser('select * from vouchsafe.user_account where id = $1', [user]);
  assert.deepEqual([row?.['warned_30_at'], row?.['warned_7_at']], [null, null]);
  assert.equal(
    (await superuser("select from vouchsafe.user_account where id = $1 and active_on > '2026-01-01'", [user]))
      .length,
    1,
  );
});

test('an unknown address, a wrong password and an account without one get the same answer and the same work', async () => {
  await makeAccount(browser(), 'same@example.com');
  const keyless = await makeAccount(browser(), 'keyless@example.com');
  await superuser('delete from vouchsafe.password where user_id = $1', [keyless]);
  const look = async (email: string) => {
    const before = hasher.counts.verify;
    const answer = await signIn(browser(), email, OTHER_PASSWORD);
    return { answer: { ...answer, json: 0 }, verified: hasher.counts.verify - before };
  };
  const wrong = await look('same@example.com');
  assert.equal(wrong.answer.status, 401);
  assert.equal(JSON.parse(wrong.answer.body).code, 'invalid_credentials');
  assert.deepEqual([wrong.answer.setCookies, wrong.verified], [[], 1]);
  assert.deepEqual(await look('nobody@example.com'), wrong);
  assert.deepEqual(await look('keyless@example.com'), wrong);
});

test('no session outlives a password that is changed while the old one is looked at', async () => {
  const user = await makeAccount(browser(), 'race@example.com');
  hasher.onVerify = async () => {
    hasher.onVerify = () => Promise.resolve();
    await superuser(
      'update vouchsafe.user_account set credential_epoch = credential_epoch + 1 where id = $1',
      [user],
    );
  };
  const tab = browser();
  const before = await superuser('select from vouchsafe.session where user_id = $1', [user]);
  const answer = await signIn(tab, 'race@example.com');
  assert.deepEqual([answer.status, answer.json()['code']], [401, 'invalid_credentials']);
  assert.equal(tab.cookies.size, 0);
  assert.equal(
    (await superuser('select from vouchsafe.session where user_id = $1', [user])).length,
    before.length,
  );
});

test('a second factor that is enrolled while the password is looked at is asked for', async () => {
  const user = await makeAccount(browser(), 'enrol@example.com');
  hasher.onVerify = async () => {
    hasher.onVerify = () => Promise.resolve();
    await superuser('insert into vouchsafe.totp values ($1, $2, now(), now(), 0)', [user, Buffer.alloc(60)]);
  };
  assert.equal((await signIn(browser(), 'enrol@example.com')).status, 401);
  const answer = await signIn(browser(), 'enrol@example.com');
  assert.deepEqual(answer.json(), { state: 'second_factor', methods: ['totp'] });
});

test('sessions do not survive their user: deleted while signing in, and deleted later', async () => {
  const user = await makeAccount(browser(), 'gone@example.com');
  const tab = browser();
  await signIn(tab, 'gone@example.com');
  assert.equal((await show(tab)).status, 200);
  hasher.onVerify = async () => {
    hasher.onVerify = () => Promise.resolve();
    await superuser(
      'delete from vouchsafe.company where id in (select company_id from vouchsafe.member where user_id = $1)',
      [user],
    );
    await superuser('delete from vouchsafe.user_account where id = $1', [user]);
  };
  const late = browser();
  assert.equal((await signIn(late, 'gone@example.com')).status, 401);
  assert.equal(late.cookies.size, 0);
  assert.equal(await untilRefused(tab), 401);
  assert.equal((await superuser('select from vouchsafe.session where user_id = $1', [user])).length, 0);
});

test('a hash made at another cost becomes a current one at sign-in, unless it was changed meanwhile', async () => {
  const user = await makeAccount(browser(), 'outdated@example.com');
  const old = hashPassword(GOOD_PASSWORD, { ln: 11, r: 8, p: 1 });
  await superuser('update vouchsafe.password set phc = $2 where user_id = $1', [user, old]);
  assert.equal((await signIn(browser(), 'outdated@example.com')).status, 200);
  const [row] = await superuser('select phc from vouchsafe.password where user_id = $1', [user]);
  assert.match(String(row?.['phc']), /^\$scrypt\$ln=10,/);
  assert.equal(
    (await signIn(browser(), 'outdated@example.com')).status,
    200,
    'the same password still works',
  );
});

test('session fixation: a session that was in the browser before is never the one that begins', async () => {
  await makeAccount(browser(), 'fixed@example.com');
  const attacker = browser();
  await makeAccount(attacker, 'attacker@example.com');
  const planted = attacker.cookies.get('__Host-vs-session') ?? '';
  const victim = browser();
  victim.cookies.set('__Host-vs-session', planted);
  await signIn(victim, 'fixed@example.com');
  assert.notEqual(victim.cookies.get('__Host-vs-session'), planted);
  const [mine, theirs] = [(await show(victim)).json(), (await show(attacker)).json()];
  assert.notEqual(mine['id'], theirs['id']);
  assert.equal((theirs['user'] as { email: string }).email, 'attacker@example.com');
});

test('a password in every form of Unicode is the same password', async () => {
  await makeAccount(browser(), 'unicode@example.com', 'Å blåbär under ﬁne måne 9');
  for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
    const answer = await signIn(
      browser(),
      'unicode@example.com',
      'Å blåbär under ﬁne måne 9'.normalize(form),
    );
    assert.equal(answer.status, 200, form);
  }
});

test('refuses bodies of another form, naming the field', async () => {
  const bodies: readonly [unknown, number][] = [
    [{}, 400],
    [{ email: 'a@example.com' }, 400],
    [{ email: 'a@example.com', password: 1 }, 400],
    [{ email: 'a@example.com', password: 'x'.repeat(4097) }, 400],
    [{ email: 'a@example.com', password: 'x', remember: true }, 400],
    [[], 400],
    ['{', 400],
  ];
  for (const [body, status] of bodies)
    assert.equal((await browser().post('/v1/sessions', body)).status, status, JSON.stringify(body));
});
