import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createAuthenticator } from '../../test/support/authenticator.ts';
import { openStage, ORIGIN, type Browser, type Person, type Stage } from '../../test/support/signed-in.ts';
import { untilWaiting } from '../../test/support/waiting.ts';
import { newId } from '../foundation/ids.ts';
import { lockUser } from '../users/store.ts';
import { createFactorRoutes, issuerOf } from './routes.ts';
import { totpCodeAt, totpStepAt } from './totp.ts';
import { useRecoveryCode, verifyTotp } from './verify.ts';

let stage: Stage;

before(async () => {
  stage = await openStage((parts) => createFactorRoutes({ ...parts, issuer: issuerOf(ORIGIN) }));
});
beforeEach(async () => {
  stage.clock.advance(60_000);
  await stage.store.superuser('delete from vouchsafe.mail');
});
after(() => assert.deepEqual(stage.bugs, []));

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const fromBase32 = (text: string): Buffer => {
  const bits = Array.from(text)
    .map((sign) => BASE32.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
};
const codeNow = (secret: string): string => totpCodeAt(fromBase32(secret), totpStepAt(stage.clock.now()));

const TOTP = '/v1/account/totp';
const PASSKEYS = '/v1/account/passkeys';
const newAuthenticator = () => createAuthenticator({ origin: ORIGIN });

const addTotp = async (browser: Browser) => {
  const { body } = await browser.call('POST', TOTP, {});
  const secret = String(body.secret);
  const confirmed = await browser.call('POST', `${TOTP}/confirm`, { code: codeNow(secret) });
  assert.equal(confirmed.status, 200);
  return { secret, codes: confirmed.body.recovery_codes as string[] | null };
};
const addPasskey = async (browser: Browser, authenticator = newAuthenticator(), name = 'Laptop') => {
  const { body } = await browser.call('POST', `${PASSKEYS}/options`, {});
  return browser.call('POST', PASSKEYS, { name, response: authenticator.register(body.options) });
};
const sessionOf = async ({ session }: Browser) =>
  (
    await stage.store.superuser(
      `select s.is_strong, s.ended_at is null and s.credential_epoch = u.credential_epoch as lives
         from vouchsafe.session s join vouchsafe.user_account u on u.id = s.user_id where s.id = $1`,
      [session],
    )
  )[0];
const templates = async (): Promise<readonly string[]> =>
  (await stage.mails()).map(({ template, recipient }) => `${template} ${recipient}`);
const show = async (browser: Browser) => (await browser.call('GET', '/v1/account/factors')).body;

test('an authenticator app counts once a code confirms it, and that code counts no second time', async () => {
  const person = await stage.person();
  const other = await person.browser();
  const started = await person.call('POST', TOTP, {});
  assert.equal(started.status, 200);
  assert.match(started.body.uri, /^otpauth:\/\/totp\/Vouchsafe(?:%20|\+)localhost:/);
  assert.deepEqual(await show(person), { password: true, totp: null, passkeys: [], recovery_codes_left: 0 });
  assert.deepEqual(await templates(), []);

  const code = codeNow(started.body.secret);
  const confirmed = await person.call('POST', `${TOTP}/confirm`, { code });
  assert.equal(confirmed.status, 200);
  assert.equal(new Set(confirmed.body.recovery_codes).size, 10);
  const since = new Date(stage.clock.now()).toISOString();
  const shown = await show(person);
  assert.deepEqual(shown.totp, { since });
  assert.equal(shown.recovery_codes_left, 10);
  assert.deepEqual(await templates(), [`factor-added ${person.email}`]);
  assert.deepEqual(await sessionOf(person), { is_strong: true, lives: true });
  assert.deepEqual(await sessionOf(other), { is_strong: false, lives: true });

  const { database, boxKey, codeKey, clock } = stage;
  const prove = (typed: string, now: number) =>
    database.user(person.user, (tx) => verifyTotp(tx, boxKey, person.user, typed, now));
  assert.equal(await prove(code, clock.now()), false);
  clock.advance(30_000);
  assert.equal(await prove(codeNow(started.body.secret), clock.now()), true);
  const [first] = confirmed.body.recovery_codes as string[];
  const used = await database.user(person.user, (tx) =>
    useRecoveryCode(tx, codeKey, person.user, first!, clock.now()),
  );
  assert.deepEqual(used, { ok: true, left: 9 });
});

test('starting again before confirming replaces the secret; a wrong code changes nothing', async () => {
  const person = await stage.person();
  const first = await person.call('POST', TOTP, {});
  const second = await person.call('POST', TOTP, {});
  assert.notEqual(first.body.secret, second.body.secret);
  const wrong = await person.call('POST', `${TOTP}/confirm`, { code: codeNow(first.body.secret) });
  assert.deepEqual([wrong.status, wrong.body.code, wrong.body.field], [400, 'code_wrong', '/code']);
  const right = await person.call('POST', `${TOTP}/confirm`, { code: codeNow(second.body.secret) });
  assert.equal(right.status, 200);
  const again = await person.call('POST', TOTP, {});
  assert.deepEqual([again.status, again.body.code], [409, 'totp_exists']);
  const twice = await person.call('POST', `${TOTP}/confirm`, { code: codeNow(second.body.secret) });
  assert.deepEqual([twice.status, twice.body.code], [409, 'totp_exists']);
});

test('what was not started, or more than an hour ago, cannot be confirmed', async () => {
  const person = await stage.person();
  const early = await person.call('POST', `${TOTP}/confirm`, { code: '123456' });
  assert.deepEqual([early.status, early.body.code], [409, 'totp_not_started']);
  const { body } = await person.call('POST', TOTP, {});
  stage.clock.advance(59 * 60_000);
  await person.prove();
  stage.clock.advance(2 * 60_000);
  const late = await person.call('POST', `${TOTP}/confirm`, { code: codeNow(body.secret) });
  assert.deepEqual([late.status, late.body.code], [409, 'totp_not_started']);
});

test('two tabs that add an app at once leave one secret, and it is that of the tab that can confirm', async () => {
  const person = await stage.person();
  const tabs = [person, await person.browser(), await person.browser()];
  const started = await Promise.all(tabs.map((tab) => tab.call('POST', TOTP, {})));
  assert.deepEqual(
    started.map(({ status }) => status),
    [200, 200, 200],
  );
  const confirmed = await Promise.all(
    started.map(({ body }, index) =>
      tabs[index]!.call('POST', `${TOTP}/confirm`, { code: codeNow(body.secret) }),
    ),
  );
  assert.equal(confirmed.filter(({ status }) => status === 200).length, 1);
  assert.equal((await show(person)).recovery_codes_left, 10);
  assert.deepEqual(await templates(), [`factor-added ${person.email}`]);
});

test('a double click on confirming shows one set of codes and sends one mail', async () => {
  const person = await stage.person();
  const { body } = await person.call('POST', TOTP, {});
  const code = codeNow(body.secret);
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => person.call('POST', `${TOTP}/confirm`, { code })),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 409, 409, 409],
  );
  assert.equal((await show(person)).recovery_codes_left, 10);
  assert.equal((await templates()).length, 1);
});

test('a passkey is added, shown, renamed and removed', async () => {
  const person = await stage.person();
  const other = await person.browser();
  const added = await addPasskey(person, newAuthenticator(), '  Ada’s key 🔑 ');
  assert.equal(added.status, 200);
  assert.equal(added.body.recovery_codes.length, 10);
  const { passkey } = added.body;
  assert.equal(passkey.name, 'Ada’s key 🔑');
  assert.equal(passkey.last_used_on, null);
  assert.deepEqual((await show(person)).passkeys, [passkey]);
  assert.deepEqual(await sessionOf(person), { is_strong: true, lives: true });

  const renamed = await person.call('PATCH', `${PASSKEYS}/${passkey.id}`, { name: 'Phone' });
  assert.deepEqual([renamed.status, renamed.body], [200, { ...passkey, name: 'Phone' }]);

  const removed = await person.call('DELETE', `${PASSKEYS}/${passkey.id}`);
  assert.equal(removed.status, 204);
  assert.ok(removed.cookies.some((one) => one.startsWith('__Host-vs-session=')));
  assert.deepEqual(await show(person), { password: true, totp: null, passkeys: [], recovery_codes_left: 0 });
  assert.deepEqual(await sessionOf(person), { is_strong: false, lives: true });
  assert.deepEqual(await sessionOf(other), { is_strong: false, lives: false });
  assert.equal((await other.call('GET', '/v1/account/factors')).status, 401);
  assert.deepEqual(await stage.mails(), [
    {
      template: 'factor-added',
      recipient: person.email,
      params: { name: 'Ada’s key 🔑', factor: 'passkey' },
      link_id: null,
    },
    {
      template: 'factor-removed',
      recipient: person.email,
      params: { name: 'Phone', factor: 'passkey' },
      link_id: null,
    },
  ]);
});

test('the cookie of before a factor was removed is void, and that of the answer goes on', async () => {
  const person = await stage.person();
  await addTotp(person);
  const thief = await person.browser();
  assert.equal((await thief.call('GET', '/v1/account/factors')).status, 200);
  assert.equal((await person.call('DELETE', TOTP)).status, 204);
  assert.equal((await person.call('GET', '/v1/account/factors')).status, 200);
  assert.equal((await thief.call('GET', '/v1/account/factors')).status, 401);
});

test('of several removals at once one removes, and one mail goes out', async () => {
  const person = await stage.person();
  await addTotp(person);
  const { body } = await addPasskey(person);
  await stage.store.superuser('delete from vouchsafe.mail');
  const removals = await Promise.all(
    Array.from({ length: 4 }, () => person.call('DELETE', `${PASSKEYS}/${body.passkey.id}`)),
  );
  assert.equal(removals.filter(({ status }) => status === 204).length, 1);
  assert.ok(removals.every(({ status }) => [204, 401, 404].includes(status)));
  assert.deepEqual(await templates(), [`factor-removed ${person.email}`]);
  const shown = await show(person);
  assert.deepEqual([shown.passkeys.length, shown.recovery_codes_left], [0, 10]);
  const apps = await Promise.all(Array.from({ length: 4 }, () => person.call('DELETE', TOTP)));
  assert.equal(apps.filter(({ status }) => status === 204).length, 1);
  const gone = await person.call('DELETE', TOTP);
  assert.deepEqual([gone.status, gone.body.code], [404, 'totp_not_found']);
});

test('the last way into an account cannot be removed, not even two at once', async () => {
  const person = await stage.person({ password: false });
  const first = (await addPasskey(person)).body.passkey.id;
  const refusal = await person.call('DELETE', `${PASSKEYS}/${first}`);
  assert.deepEqual([refusal.status, refusal.body.code], [409, 'only_way_in']);
  const second = (await addPasskey(person)).body.passkey.id;
  await addTotp(person);
  const both = await Promise.all([first, second].map((id) => person.call('DELETE', `${PASSKEYS}/${id}`)));
  assert.equal(both.filter(({ status }) => status === 204).length, 1);
  assert.equal((await show(person)).passkeys.length, 1);
});

test('the last factor stays where a company requires one, and goes where another one is left', async () => {
  const person = await stage.person();
  await stage.company([person], { requiresSecondFactor: true });
  await addTotp(person);
  const refusal = await person.call('DELETE', TOTP);
  assert.deepEqual([refusal.status, refusal.body.code], [409, 'second_factor_needed']);
  const { body } = await addPasskey(person);
  assert.equal(body.recovery_codes, null, 'there are codes already');
  const both = await Promise.all([
    person.call('DELETE', TOTP),
    person.call('DELETE', `${PASSKEYS}/${body.passkey.id}`),
  ]);
  assert.equal(both.filter(({ status }) => status === 204).length, 1);
  const shown = await show(person);
  assert.equal(shown.passkeys.length + (shown.totp === null ? 0 : 1), 1);
  assert.deepEqual(await sessionOf(person), { is_strong: true, lives: true });
});

test('nobody sees, renames or removes the passkey of somebody else', async () => {
  const [owner, stranger] = [await stage.person(), await stage.person()];
  const { body } = await addPasskey(owner);
  const path = `${PASSKEYS}/${body.passkey.id}`;
  for (const [method, sent] of [
    ['PATCH', { name: 'Mine' }],
    ['DELETE', undefined],
  ] as const) {
    const answer = await stranger.call(method, path, sent);
    assert.deepEqual([answer.status, answer.body.code], [404, 'passkey_not_found']);
  }
  assert.deepEqual((await show(stranger)).passkeys, []);
  assert.equal((await show(owner)).passkeys[0].name, 'Laptop');
  for (const id of [newId('pky', 0), 'pky_', 'x', '%00', 'usr_01h0000000000000000000000a']) {
    assert.equal((await owner.call('DELETE', `${PASSKEYS}/${id}`)).status, 404, id);
  }
});

test('a passkey made for one user’s challenge cannot be added by another, and none is added twice', async () => {
  const [owner, thief] = [await stage.person(), await stage.person()];
  const authenticator = newAuthenticator();
  const { body } = await owner.call('POST', `${PASSKEYS}/options`, {});
  const response = authenticator.register(body.options);
  const stolen = await thief.call('POST', PASSKEYS, { name: 'Mine', response });
  assert.deepEqual([stolen.status, stolen.body.code], [400, 'challenge_over']);
  assert.equal((await addPasskey(owner, authenticator)).status, 200);
  // The authenticator itself would refuse; a program that only says that it is one does not.
  const [, known] = authenticator.passkeys();
  const again = await thief.call('POST', `${PASSKEYS}/options`, {});
  const copy = newAuthenticator().register(again.body.options, {
    credentialId: Buffer.from(known!, 'base64url'),
  });
  const twice = await thief.call('POST', PASSKEYS, { name: 'Copy', response: copy });
  assert.deepEqual([twice.status, twice.body.code], [409, 'passkey_exists']);
  assert.deepEqual(await show(thief), { password: true, totp: null, passkeys: [], recovery_codes_left: 0 });
});

test('a double click on adding a passkey adds one', async () => {
  const person = await stage.person();
  const { body } = await person.call('POST', `${PASSKEYS}/options`, {});
  const response = newAuthenticator().register(body.options);
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => person.call('POST', PASSKEYS, { name: 'Laptop', response })),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 400, 400, 400],
  );
  assert.equal((await show(person)).passkeys.length, 1);
});

test('two factors added at once in two tabs come with one set of codes', async () => {
  const person = await stage.person();
  const other = await person.browser();
  const { body } = await person.call('POST', TOTP, {});
  const options = await other.call('POST', `${PASSKEYS}/options`, {});
  const response = newAuthenticator().register(options.body.options);
  const answers = await Promise.all([
    person.call('POST', `${TOTP}/confirm`, { code: codeNow(body.secret) }),
    other.call('POST', PASSKEYS, { name: 'Laptop', response }),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  assert.equal(answers.filter((answer) => answer.body.recovery_codes !== null).length, 1);
  assert.equal((await show(person)).recovery_codes_left, 10);
});

test('there are at most twenty passkeys, however many are added at once', async () => {
  const person = await stage.person();
  for (let index = 0; index < 18; index += 1) assert.equal((await addPasskey(person)).status, 200);
  const tabs = await Promise.all(
    Array.from({ length: 4 }, () => person.call('POST', `${PASSKEYS}/options`, {})),
  );
  const answers = await Promise.all(
    tabs.map(({ body }) =>
      person.call('POST', PASSKEYS, { name: 'More', response: newAuthenticator().register(body.options) }),
    ),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 200, 409, 409],
  );
  const full = await person.call('POST', `${PASSKEYS}/options`, {});
  assert.deepEqual([full.status, full.body.code], [409, 'too_many_passkeys']);
});

test('recovery codes are replaced on demand, and only beside a factor', async () => {
  const person = await stage.person();
  const none = await person.call('POST', '/v1/account/recovery-codes', {});
  assert.deepEqual([none.status, none.body.code], [409, 'no_second_factor']);
  const { codes } = await addTotp(person);
  await stage.store.superuser('delete from vouchsafe.mail');
  const fresh = await person.call('POST', '/v1/account/recovery-codes', {});
  assert.equal(fresh.status, 200);
  assert.equal(new Set([...fresh.body.recovery_codes, ...codes!]).size, 20);
  assert.deepEqual(await templates(), [`recovery-codes-replaced ${person.email}`]);
  const use = (code: string) =>
    stage.database.user(person.user, (tx) =>
      useRecoveryCode(tx, stage.codeKey, person.user, code, stage.clock.now()),
    );
  assert.deepEqual(await use(codes![0]!), { ok: false, left: 10 });
  assert.deepEqual(await use(fresh.body.recovery_codes[0]), { ok: true, left: 9 });
  await Promise.all(Array.from({ length: 3 }, () => person.call('POST', '/v1/account/recovery-codes', {})));
  assert.equal((await show(person)).recovery_codes_left, 10);
});

test('whoever has used all recovery codes gets new ones with the next factor', async () => {
  const person = await stage.person();
  const { codes } = await addTotp(person);
  for (const code of codes!) {
    await stage.database.user(person.user, (tx) =>
      useRecoveryCode(tx, stage.codeKey, person.user, code, stage.clock.now()),
    );
  }
  assert.equal((await addPasskey(person)).body.recovery_codes.length, 10);
});

test('without a proof of the last ten minutes nothing changes', async () => {
  const person = await stage.person();
  await addTotp(person);
  const { body } = await addPasskey(person);
  stage.clock.advance(10 * 60_000 + 1000);
  const calls: readonly [string, string, unknown][] = [
    ['POST', TOTP, {}],
    ['POST', `${TOTP}/confirm`, { code: '123456' }],
    ['DELETE', TOTP, undefined],
    ['POST', `${PASSKEYS}/options`, {}],
    ['POST', PASSKEYS, { name: 'x', response: {} }],
    ['DELETE', `${PASSKEYS}/${body.passkey.id}`, undefined],
    ['POST', '/v1/account/recovery-codes', {}],
  ];
  for (const [method, path, sent] of calls) {
    const answer = await person.call(method, path, sent);
    assert.deepEqual([answer.status, answer.body.code], [403, 'fresh_proof_required'], `${method} ${path}`);
    assert.equal((await stage.call(method, path, sent)).status, 401, `${method} ${path} without a session`);
  }
  assert.equal((await person.call('GET', '/v1/account/factors')).status, 200);
  await person.prove();
  assert.equal((await person.call('DELETE', TOTP)).status, 204);
});

test('a request of a session that was ended meanwhile changes nothing', async () => {
  const person = await stage.person();
  const other = await person.browser();
  const { body } = await other.call('POST', TOTP, {});
  const code = codeNow(body.secret);
  // Lets the other browser's request in, and holds it at the user's row until the session is over.
  const { superuser, database } = stage.store;
  let answer: Promise<{ status: number; body: { code?: string } }> | undefined;
  await database.user(person.user, async (tx) => {
    await tx.one(lockUser, [person.user]);
    answer = other.call('POST', `${TOTP}/confirm`, { code });
    await untilWaiting(superuser, 1);
    await superuser('update vouchsafe.session set ended_at = now() where id = $1', [other.session]);
  });
  const { status, body: refusal } = await answer!;
  assert.deepEqual([status, refusal.code], [401, 'session_ended']);
  assert.equal((await show(person)).totp, null);
});

test('hostile input gets a 400 that names the field and never shows what stood in it', async () => {
  const person = await stage.person();
  const options = (await person.call('POST', `${PASSKEYS}/options`, {})).body.options;
  const good = newAuthenticator().register(options);
  const long = 'A'.repeat(60_000);
  const bodies: readonly [string, unknown][] = [
    [`${TOTP}/confirm`, {}],
    [`${TOTP}/confirm`, { code: 123456 }],
    [`${TOTP}/confirm`, { code: '12345' }],
    [`${TOTP}/confirm`, { code: '1'.repeat(50_000) }],
    [`${TOTP}/confirm`, { code: '١٢٣٤٥٦' }],
    [`${TOTP}/confirm`, { code: { $gt: '' } }],
    [`${TOTP}/confirm`, { code: '123456', user: 'usr_x' }],
    [`${TOTP}/confirm`, '{"code":"123456"'],
    [TOTP, { secret: 'JBSWY3DPEHPK3PXP' }],
    [TOTP, []],
    [PASSKEYS, { name: '', response: good }],
    [PASSKEYS, { name: 'a\nBcc: x@example.com', response: good }],
    [PASSKEYS, { name: 'x'.repeat(101), response: good }],
    [PASSKEYS, { name: '\u202egnp', response: good }],
    [PASSKEYS, { name: '\ud800', response: good }],
    [PASSKEYS, { name: 'a' }],
    [PASSKEYS, { name: 'a', response: null }],
    [PASSKEYS, { name: 'a', response: 'x' }],
    [PASSKEYS, { name: 'a', response: { ...good, id: long } }],
    [PASSKEYS, { name: 'a', response: { ...good, id: '<script>' } }],
    [PASSKEYS, { name: 'a', response: { ...good, id: 'AAAA' } }],
    [PASSKEYS, { name: 'a', response: { ...good, type: 'password' } }],
    [PASSKEYS, { name: 'a', response: { ...good, response: [] } }],
    [PASSKEYS, { name: 'a', response: { ...good, response: { ...good.response, clientDataJSON: long } } }],
    [PASSKEYS, { name: 'a', response: { ...good, response: { ...good.response, attestationObject: long } } }],
    [PASSKEYS, { name: 'a', response: { ...good, response: { ...good.response, transports: 'usb' } } }],
    [PASSKEYS, { name: 'a', response: { ...good, response: { ...good.response, attestationObject: 7 } } }],
  ];
  for (const [path, sent] of bodies) {
    const { status, body } = await person.call('POST', path, sent);
    assert.equal(status, 400, `${path} ${JSON.stringify(sent).slice(0, 80)}`);
    assert.ok(!JSON.stringify(body).includes('Bcc') && JSON.stringify(body).length < 1000);
  }
  assert.deepEqual(await show(person), { password: true, totp: null, passkeys: [], recovery_codes_left: 0 });
});

test('no secret of a factor lies in the database in clear', async () => {
  const person: Person = await stage.person();
  const { secret, codes } = await addTotp(person);
  const bytes = fromBase32(secret);
  const tables = ['totp', 'recovery_code', 'mail', 'ceremony', 'session', 'user_account'];
  for (const table of tables) {
    const rows = await stage.store.superuser(`select t::text as row from vouchsafe.${table} t`);
    for (const { row } of rows) {
      const text = String(row).toLowerCase();
      assert.ok(!text.includes(secret.toLowerCase()) && !text.includes(bytes.toString('hex')), table);
      for (const code of codes!)
        assert.ok(!text.includes(code.replace('-', '')) && !text.includes(code), table);
    }
  }
});
