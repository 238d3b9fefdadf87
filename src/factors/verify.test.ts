import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { testClock } from '../../test/support/clock.ts';
import { testDatabase, type RawSql } from '../../test/support/database.ts';
import { untilWaiting } from '../../test/support/waiting.ts';
import { newId, type UserId } from '../foundation/ids.ts';
import { hmacKey } from '../foundation/secret.ts';
import type { Database } from '../store/database.ts';
import { openSecret, sealSecret } from '../foundation/box.ts';
import { replaceRecoveryCodes } from './enrol.ts';
import { acceptTotpStep, removeTotp, startTotp } from './store.ts';
import { totpCodeAt, totpStepAt } from './totp.ts';
import { useRecoveryCode, verifyTotp } from './verify.ts';

const boxKey = hmacKey(Buffer.alloc(32, 1));
const codeKey = hmacKey(Buffer.alloc(32, 2));
const secret = Buffer.alloc(20, 5);
const clock = testClock();
let database: Database;
let superuser: RawSql;

before(async () => {
  const store = await testDatabase();
  ({ superuser } = store);
  database = store.createDatabase({ poolSize: 12 });
});

const newUser = async (confirmed = true): Promise<UserId> => {
  const user = newId('usr', clock.now());
  const at = new Date(clock.now());
  await superuser(
    'insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, $2, $3::timestamptz, $3::timestamptz::date)',
    [user, `${user}@example.com`, at],
  );
  await superuser(
    'insert into vouchsafe.totp (user_id, box, created_at, confirmed_at) values ($1, $2, $3, $4)',
    [user, sealSecret(boxKey, user, secret), at, confirmed ? at : null],
  );
  return user;
};

const codeAt = (now: number): string => totpCodeAt(secret, totpStepAt(now));
const verify = (user: UserId, code: string, now: number): Promise<boolean> =>
  database.user(user, (tx) => verifyTotp(tx, boxKey, user, code, now));
const use = (user: UserId, code: string) =>
  database.user(user, (tx) => useRecoveryCode(tx, codeKey, user, code, clock.now()));

test('a code is accepted once, and one of before never again', async () => {
  const user = await newUser();
  const now = clock.now();
  assert.equal(await verify(user, codeAt(now), now), true);
  assert.equal(await verify(user, codeAt(now), now), false);
  assert.equal(await verify(user, codeAt(now - 30_000), now), false);
  assert.equal(await verify(user, codeAt(now + 30_000), now), true);
  assert.equal(await verify(user, codeAt(now + 60_000), now + 30_000), true);
});

test('of eight requests at once with the same code exactly one is let in', async () => {
  const user = await newUser();
  const now = clock.now();
  const [row] = await superuser('select box from vouchsafe.totp where user_id = $1', [user]);
  const verdicts: Promise<boolean>[] = [];
  // All of them have read that the code is fresh before the first one can write that it was used.
  await database.user(user, async (tx) => {
    await tx.one(acceptTotpStep, [user, row?.['box'] as Buffer, 1]);
    for (let index = 0; index < 8; index += 1) verdicts.push(verify(user, codeAt(now), now));
    await untilWaiting(superuser, 8);
  });
  assert.equal((await Promise.all(verdicts)).filter(Boolean).length, 1);
});

test('a code of an app that was replaced while it was checked is refused', async () => {
  const user = await newUser();
  const now = clock.now();
  const [row] = await superuser('select box from vouchsafe.totp where user_id = $1', [user]);
  let verdict: Promise<boolean> | undefined;
  await database.user(user, async (tx) => {
    await tx.one(acceptTotpStep, [user, row?.['box'] as Buffer, 1]);
    verdict = verify(user, codeAt(now), now);
    await untilWaiting(superuser, 1);
    await tx.all(removeTotp, [user]);
    await tx.one(startTotp, [user, sealSecret(boxKey, user, Buffer.alloc(20, 6)), new Date(now)]);
  });
  assert.equal(await verdict, false);
});

test('an app that was not confirmed, and a user without one, prove nothing', async () => {
  const now = clock.now();
  assert.equal(await verify(await newUser(false), codeAt(now), now), false);
  const user = await newUser();
  await superuser('delete from vouchsafe.totp where user_id = $1', [user]);
  assert.equal(await verify(user, codeAt(now), now), false);
});

test('hostile codes are wrong codes', async () => {
  const user = await newUser();
  for (const code of ['', ' ', '000000000000', '١٢٣٤٥٦', '1'.repeat(60_000), '\0\0\0\0\0\0', '💥💥💥']) {
    assert.equal(await verify(user, code, clock.now()), false);
    assert.equal((await use(user, code)).ok, false);
  }
});

test('a box opens for its own user and key only, and not when a bit of it was changed', () => {
  const [user, other] = [newId('usr', 0), newId('usr', 0)];
  const box = sealSecret(boxKey, user, secret);
  assert.ok(!box.includes(secret));
  assert.deepEqual(openSecret(boxKey, user, box), secret);
  assert.throws(() => openSecret(boxKey, other, box));
  assert.throws(() => openSecret(codeKey, user, box));
  for (let index = 0; index < box.length; index += 1) {
    const changed = Buffer.from(box);
    changed[index] = changed[index]! ^ 1;
    assert.throws(() => openSecret(boxKey, user, changed));
  }
});

test('a recovery code works once, counts down, and is nobody else’s', async () => {
  const [user, other] = [await newUser(), await newUser()];
  const codes = await database.user(user, (tx) => replaceRecoveryCodes(tx, codeKey, user, clock.now()));
  await database.user(other, (tx) => replaceRecoveryCodes(tx, codeKey, other, clock.now()));
  assert.equal(new Set(codes).size, 10);
  assert.deepEqual(await use(other, codes[0]!), { ok: false, left: 10 });
  assert.deepEqual(await use(user, codes[0]!.toUpperCase()), { ok: true, left: 9 });
  assert.deepEqual(await use(user, codes[0]!), { ok: false, left: 9 });
  const verdicts = await Promise.all(Array.from({ length: 12 }, () => use(user, codes[1]!)));
  assert.equal(verdicts.filter(({ ok }) => ok).length, 1);
  assert.deepEqual(await use(user, codes[2]!), { ok: true, left: 7 });
});

test('replaced recovery codes are gone, used ones too', async () => {
  const user = await newUser();
  const old = await database.user(user, (tx) => replaceRecoveryCodes(tx, codeKey, user, clock.now()));
  await use(user, old[0]!);
  const fresh = await database.user(user, (tx) => replaceRecoveryCodes(tx, codeKey, user, clock.now()));
  for (const code of old) assert.equal((await use(user, code)).ok, false);
  assert.deepEqual(await use(user, fresh[0]!), { ok: true, left: 9 });
  const rows = await superuser('select r::text as row from vouchsafe.recovery_code r where user_id = $1', [
    user,
  ]);
  assert.equal(rows.length, 10);
  for (const code of fresh) assert.ok(!rows.some(({ row }) => String(row).includes(code.replace('-', ''))));
});
