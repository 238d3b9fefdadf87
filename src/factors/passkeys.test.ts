import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { createAuthenticator, type Deviations } from '../../test/support/authenticator.ts';
import { testDatabase, type RawSql } from '../../test/support/database.ts';
import { newId, type UserId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import type { Database } from '../store/database.ts';
import { storePasskey } from './passkey-service.ts';
import { createPasskeys, userToBe, type Passkeys } from './passkeys.ts';
import { authenticationResponse, registrationResponse } from './schemas.ts';

const ORIGIN = 'https://vouch.example:8443';
const clock = testClock();
let database: Database;
let superuser: RawSql;
let passkeys: Passkeys;

before(async () => {
  ({ database, superuser } = await testDatabase());
  passkeys = createPasskeys({ database, rpId: 'vouch.example', rpName: 'Vouchsafe', origin: ORIGIN, clock });
});

const newUser = async (user: UserId = newId('usr', clock.now())): Promise<UserId> => {
  const day = '2026-11-22';
  await superuser(
    'insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, $2, now(), $3)',
    [user, `${user}@example.com`, day],
  );
  return user;
};

const register = async (
  user: UserId,
  authenticator = createAuthenticator({ origin: ORIGIN }),
  wrong: Deviations = {},
) => {
  const person = { userName: 'a@example.com', displayName: 'A', exclude: [] };
  const options = await passkeys.registrationOptions({ purpose: 'enrol', boundTo: user, ...person });
  const response = registrationResponse.parse(authenticator.register(options, wrong));
  return passkeys.verifyRegistration({ purpose: 'enrol', boundTo: user, response });
};

const enrol = async (user: UserId, authenticator = createAuthenticator({ origin: ORIGIN })) => {
  const passkey = await register(user, authenticator);
  const item = await database.user(user, (tx) =>
    storePasskey(tx, user, { name: 'Laptop', passkey, now: clock.now() }),
  );
  return { authenticator, id: item.id };
};

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.ok(error.status === 400 || error.status === 401);
    return error.code;
  }
  return 'nothing was refused';
};

const signIn = async (authenticator: ReturnType<typeof createAuthenticator>, wrong: Deviations = {}) => {
  const options = await passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
  const response = authenticationResponse.parse(authenticator.use(options, wrong));
  return passkeys.verifyAuthentication({ purpose: 'sign-in', boundTo: null, response });
};

test('a passkey that was made for a user signs that user in, time and again', async () => {
  const user = await newUser();
  const { authenticator, id } = await enrol(user);
  assert.deepEqual(await signIn(authenticator), { passkey: id, user, credentialEpoch: 1 });
  assert.deepEqual(await signIn(authenticator), { passkey: id, user, credentialEpoch: 1 });
  const [row] = await superuser(
    'select counter::int, used_on::text, synced from vouchsafe.passkey where id = $1',
    [id],
  );
  assert.deepEqual(row, { counter: 2, used_on: '2026-11-22', synced: false });
});

test('the options ask for a passkey that names its user and verifies them, and leave out those that are there', async () => {
  const user = await newUser();
  const { authenticator } = await enrol(user);
  const [credential = ''] = authenticator.passkeys();
  const known = { credentialId: Buffer.from(credential, 'base64url'), transports: ['internal'] };
  const options = await passkeys.registrationOptions({
    purpose: 'enrol',
    boundTo: user,
    userName: 'a@example.com',
    displayName: 'A',
    exclude: [known],
  });
  assert.equal(options.rp.id, 'vouch.example');
  assert.equal(Buffer.from(options.user.id, 'base64url').toString(), user);
  assert.equal(options.authenticatorSelection?.userVerification, 'required');
  assert.equal(options.authenticatorSelection?.residentKey, 'required');
  assert.equal(options.attestation, 'none');
  assert.throws(() => authenticator.register(options), /InvalidStateError/);
  const request = await passkeys.authenticationOptions({ purpose: 'proof', boundTo: user, allow: [known] });
  assert.equal(request.userVerification, 'required');
  assert.deepEqual(request.allowCredentials, [
    { id: credential, type: 'public-key', transports: ['internal'] },
  ]);
});

test('a passkey of a sign-up names the user that is to be', async () => {
  const signUp = newId('sup', clock.now());
  const user = await newUser(userToBe(signUp));
  const authenticator = createAuthenticator({ origin: ORIGIN, synced: true, counts: false });
  const options = await passkeys.registrationOptions({
    purpose: 'sign-up',
    boundTo: signUp,
    userName: 'a@example.com',
    displayName: 'A',
    exclude: [],
  });
  const response = registrationResponse.parse(authenticator.register(options));
  const passkey = await passkeys.verifyRegistration({ purpose: 'sign-up', boundTo: signUp, response });
  assert.equal(passkey.synced, true);
  assert.deepEqual(passkey.transports, ['internal', 'hybrid']);
  await database.user(user, (tx) => storePasskey(tx, user, { name: 'First', passkey, now: clock.now() }));
  assert.equal((await signIn(authenticator)).user, user);
  assert.equal((await signIn(authenticator)).user, user, 'one that does not count says 0 again');
});

const WRONG_REGISTRATIONS: Readonly<Record<string, Deviations>> = {
  'another origin': { origin: 'https://evil.example' },
  'the same host at another port': { origin: 'https://vouch.example' },
  'another relying party': { rpId: 'evil.example' },
  'an answer to signing in': { type: 'webauthn.get' },
  'nobody verified': { userVerified: false },
  'nobody present': { userPresent: false },
  'a credential id that is too short': { credentialId: Buffer.alloc(8, 1) },
  'a credential id that is too long': { credentialId: Buffer.alloc(1024, 1) },
};

for (const [name, wrong] of Object.entries(WRONG_REGISTRATIONS)) {
  test(`refuses a registration with ${name}`, async () => {
    const user = await newUser();
    const made = createAuthenticator({ origin: ORIGIN });
    const given = { userName: 'a', displayName: 'A', exclude: [] };
    const options = await passkeys.registrationOptions({ purpose: 'enrol', boundTo: user, ...given });
    const response = made.register(options, wrong);
    assert.equal(
      await codeOf(passkeys.verifyRegistration({ purpose: 'enrol', boundTo: user, response })),
      'passkey_invalid',
    );
  });
}

const WRONG_USES: Readonly<Record<string, Deviations>> = {
  'another origin': { origin: 'https://evil.example' },
  'another relying party': { rpId: 'evil.example' },
  'an answer to making a passkey': { type: 'webauthn.create' },
  'nobody verified': { userVerified: false },
  'nobody present': { userPresent: false },
  'another key': { wrongKey: true },
  'no user named': { userHandle: null },
  'an empty user named': { userHandle: '' },
  'another user named': { userHandle: Buffer.from('usr_01h0000000000000000000000a').toString('base64url') },
};

for (const [name, wrong] of Object.entries(WRONG_USES)) {
  test(`refuses a sign-in with ${name}`, async () => {
    const { authenticator } = await enrol(await newUser());
    assert.equal(await codeOf(signIn(authenticator, wrong)), 'passkey_refused');
  });
}

test('refuses answers given inside a page of somebody else, and to a challenge that is not ours', async () => {
  const user = await newUser();
  const { authenticator } = await enrol(user);
  assert.equal(await codeOf(signIn(authenticator, { crossOrigin: true })), 'challenge_over');
  assert.equal(await codeOf(signIn(authenticator, { topOrigin: 'https://evil.example' })), 'challenge_over');
  const foreign = randomBytes(32).toString('base64url');
  assert.equal(await codeOf(signIn(authenticator, { challenge: foreign })), 'challenge_over');
  assert.equal(await codeOf(register(user, undefined, { challenge: foreign })), 'challenge_over');
  assert.equal(await codeOf(register(user, undefined, { crossOrigin: true })), 'challenge_over');
});

test('an answer counts once, even if it comes ten times at once', async () => {
  const { authenticator } = await enrol(await newUser());
  const options = await passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
  const response = authenticationResponse.parse(authenticator.use(options));
  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, () =>
      passkeys.verifyAuthentication({ purpose: 'sign-in', boundTo: null, response }),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('an answer that was refused cannot be mended and sent again', async () => {
  const { authenticator } = await enrol(await newUser());
  const options = await passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
  const ask = (wrong: Deviations) =>
    codeOf(
      passkeys.verifyAuthentication({
        purpose: 'sign-in',
        boundTo: null,
        response: authenticator.use(options, wrong),
      }),
    );
  assert.equal(await ask({ wrongKey: true }), 'passkey_refused');
  assert.equal(await ask({}), 'challenge_over');
});

test('a challenge is over after five minutes', async () => {
  const { authenticator } = await enrol(await newUser());
  const options = await passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
  clock.advance(5 * 60_000);
  const response = authenticator.use(options);
  assert.equal(
    await codeOf(passkeys.verifyAuthentication({ purpose: 'sign-in', boundTo: null, response })),
    'challenge_over',
  );
});

test('an answer to one purpose is none to another, and one for a user none for another user', async () => {
  const [mine, other] = [await newUser(), await newUser()];
  const { authenticator } = await enrol(mine);
  const second = await passkeys.authenticationOptions({ purpose: 'second-factor', boundTo: mine });
  const answer = authenticator.use(second);
  assert.equal(
    await codeOf(passkeys.verifyAuthentication({ purpose: 'proof', boundTo: mine, response: answer })),
    'challenge_over',
  );
  const proof = await passkeys.authenticationOptions({ purpose: 'proof', boundTo: mine });
  assert.equal(
    await codeOf(
      passkeys.verifyAuthentication({ purpose: 'proof', boundTo: other, response: authenticator.use(proof) }),
    ),
    'challenge_over',
  );
  const options = await passkeys.registrationOptions({
    purpose: 'enrol',
    boundTo: mine,
    userName: 'a',
    displayName: 'A',
    exclude: [],
  });
  const made = createAuthenticator({ origin: ORIGIN }).register(options);
  assert.equal(
    await codeOf(passkeys.verifyRegistration({ purpose: 'enrol', boundTo: other, response: made })),
    'challenge_over',
  );
});

test('a passkey of one user never proves another, although it answers the other’s challenge', async () => {
  const [attacker, victim] = [await newUser(), await newUser()];
  const { authenticator } = await enrol(attacker);
  for (const purpose of ['second-factor', 'proof'] as const) {
    const options = await passkeys.authenticationOptions({ purpose, boundTo: victim });
    for (const userHandle of [undefined, null, Buffer.from(victim).toString('base64url')]) {
      const fresh = await passkeys.authenticationOptions({ purpose, boundTo: victim });
      const response = authenticator.use(
        { ...options, challenge: fresh.challenge },
        userHandle === undefined ? {} : { userHandle },
      );
      assert.equal(
        await codeOf(passkeys.verifyAuthentication({ purpose, boundTo: victim, response })),
        'passkey_refused',
      );
    }
  }
});

test('a counter that does not grow is refused, as that of a copied passkey', async () => {
  const { authenticator } = await enrol(await newUser());
  await signIn(authenticator, { counter: 7 });
  for (const counter of [7, 6, 0]) {
    assert.equal(await codeOf(signIn(authenticator, { counter })), 'passkey_refused');
  }
  assert.ok(await signIn(authenticator, { counter: 8 }));
});

test('what an authenticator says of its own make is dropped unread, certificates and all', async () => {
  const user = await newUser();
  // With this the library would check a chain, and ask a stranger's server for revocation lists.
  const statement = new Map<string, never>([
    ['alg', -7 as never],
    ['sig', Buffer.alloc(70, 1) as never],
    ['x5c', [Buffer.alloc(300, 2)] as never],
  ]);
  for (const format of ['packed', 'tpm', 'android-safetynet', 'of-the-future']) {
    const passkey = await register(user, undefined, { format, statement });
    assert.equal(passkey.userVerified, true);
  }
});

test('no garbage in place of an answer is more than a plain no', async () => {
  const user = await newUser();
  const { authenticator } = await enrol(user);
  const person = { userName: 'a', displayName: 'A', exclude: [] };
  const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');
  const nested = Buffer.concat([Buffer.alloc(20_000, 0x81), Buffer.from([0])]);
  const garbage = [
    base64url(randomBytes(300)),
    base64url(nested),
    base64url(Buffer.alloc(1)),
    // A map, a list and a text that claim to be longer than memory.
    base64url(Buffer.from('bbffffffffffffffff', 'hex')),
    base64url(Buffer.from('9bffffffffffffffff', 'hex')),
    base64url(Buffer.from('7a7fffffff', 'hex')),
    base64url(Buffer.from('a0', 'hex')),
    'A',
  ];
  for (const bytes of garbage) {
    const options = await passkeys.registrationOptions({ purpose: 'enrol', boundTo: user, ...person });
    const made = createAuthenticator({ origin: ORIGIN }).register(options);
    const broken = { ...made, response: { ...made.response, attestationObject: bytes } };
    assert.equal(
      await codeOf(passkeys.verifyRegistration({ purpose: 'enrol', boundTo: user, response: broken })),
      'passkey_invalid',
    );
    const request = await passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
    const used = authenticator.use(request);
    for (const field of ['authenticatorData', 'signature'] as const) {
      const again = await passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
      const answer = authenticator.use(again);
      const response = { ...answer, response: { ...answer.response, [field]: bytes } };
      assert.equal(
        await codeOf(passkeys.verifyAuthentication({ purpose: 'sign-in', boundTo: null, response })),
        'passkey_refused',
      );
    }
    const response = { ...used, response: { ...used.response, clientDataJSON: bytes } };
    assert.equal(
      await codeOf(passkeys.verifyAuthentication({ purpose: 'sign-in', boundTo: null, response })),
      'challenge_over',
    );
  }
  for (const text of ['null', '[]', '{}', '{"challenge":7}', '"x"', '{"challenge":{"a":1}}']) {
    const request = await passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
    const used = authenticator.use(request);
    const response = { ...used, response: { ...used.response, clientDataJSON: base64url(text) } };
    assert.equal(
      await codeOf(passkeys.verifyAuthentication({ purpose: 'sign-in', boundTo: null, response })),
      'challenge_over',
    );
  }
});

test('no challenge lies in the database, only its digest', async () => {
  const options = await passkeys.authenticationOptions({ purpose: 'sign-in', boundTo: null });
  const rows = await superuser('select c::text as row, digest from vouchsafe.ceremony c');
  const bytes = Buffer.from(options.challenge, 'base64url');
  assert.ok(rows.length > 0);
  for (const { row, digest } of rows) {
    assert.ok(!String(row).includes(options.challenge) && !String(row).includes(bytes.toString('hex')));
    assert.notDeepEqual(digest, bytes);
  }
});
