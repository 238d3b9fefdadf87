/**
 * Whether an address has an account is nobody's business: for one that has and one that has not, every endpoint that a
 * stranger can ask gives the same answer, byte for byte, after the same statements and the same hashes. What time it
 * takes follows from that; it is measured and printed at the end, for a person to look at.
 */
import assert from 'node:assert/strict';
import { before, describe, it, test } from 'node:test';
import { performance } from 'node:perf_hooks';
import { RESET_ANSWER_MS } from '../src/sessions/rules.ts';
import { createAuthenticator } from './support/authenticator.ts';
import { openHouse } from './support/house.ts';
import {
  GOOD_PASSWORD,
  openReviewedHouse,
  OTHER_PASSWORD,
  type Browser,
  type Seen,
} from './support/reviewed-house.ts';

const reviewed = await openReviewedHouse();
const { house, hasher, work, browser, makeAccount, enrolTotp } = reviewed;

/** Addresses of one length: with an account, with one and a second factor, without a password, and without an account. */
const KNOWN = 'known@example.com';
const STRONG = 'twice@example.com';
const KEYED = 'keyed@example.com';
const UNKNOWN = 'nobdy@example.com';

before(async () => {
  await makeAccount(KNOWN);
  // So that as many mails of the kind have gone to the one as to the other.
  await browser().post('/v1/sign-ups', { email: UNKNOWN, company_name: 'Tin Lantern' });
  await enrolTotp(await makeAccount(STRONG));
  const { user } = await makeAccount(KEYED);
  await house.store.superuser('delete from vouchsafe.password where user_id = $1', [user]);
});

/** All that can be seen from outside, without what differs between any two answers. */
const seenFrom = ({ status, headers, body, setCookies }: Seen, email: string): object => {
  // What is left of a session's own limit depends on what it asked before, and not on an address.
  const { date: _date, 'set-cookie': _cookies, ratelimit: _left, ...rest } = headers;
  return {
    status,
    headers: rest,
    body: body
      .replaceAll(email, 'ADDRESS')
      .replaceAll(/\b(?:inv|usr|sup)_[0-9a-z]{26}\b/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'),
    cookies: setCookies.map((line) => ({ name: line.split('=', 1)[0], length: line.length })),
  };
};

interface Watched {
  readonly seen: object;
  readonly work: readonly string[];
  readonly hashes: object;
}

/** One request, what came of it and what it cost. */
const watch = async (send: (email: string) => Promise<Seen>, email: string): Promise<Watched> => {
  work.length = 0;
  const before_ = { ...hasher.counts };
  const answer = await send(email);
  const { hash, verify } = hasher.counts;
  const hashes = { hash: hash - before_.hash, verify: verify - before_.verify };
  return { seen: seenFrom(answer, email), work: [...work], hashes };
};

const assertSame = async (
  send: (email: string) => Promise<Seen>,
  emails: readonly string[],
  status: number,
): Promise<Watched> => {
  const unknown = await watch(send, UNKNOWN);
  assert.equal((unknown.seen as Seen).status, status, JSON.stringify(unknown.seen));
  for (const email of emails) assert.deepEqual(await watch(send, email), unknown, email);
  return unknown;
};

describe('a stranger cannot tell an address with an account from one without', () => {
  it('by signing in, with a wrong password, an empty-looking one, or one that is far too long', async () => {
    for (const password of [OTHER_PASSWORD, ' ', 'x'.repeat(4000)]) {
      const { hashes, work: done } = await assertSame(
        (email) => browser().post('/v1/sessions', { email, password }),
        [KNOWN, STRONG, KEYED, KNOWN.toUpperCase()],
        401,
      );
      assert.deepEqual(hashes, { hash: 0, verify: 1 });
      assert.deepEqual(done, ['sessions.find-sign-in']);
    }
  });

  it('by signing in too often', async () => {
    const addresses = new Map<string, Browser>();
    const send = (email: string): Promise<Seen> => {
      const tab = addresses.get(email) ?? browser();
      addresses.set(email, tab);
      return tab.post('/v1/sessions', { email, password: OTHER_PASSWORD });
    };
    for (let index = 0; index < 5; index += 1) await assertSame(send, [KNOWN, STRONG], 401);
    const { hashes } = await assertSame(
      async (email) => {
        const answer = await send(email);
        assert.match(String(answer.headers['retry-after']), /^\d+$/);
        return { ...answer, headers: { ...answer.headers, 'retry-after': 'some' } };
      },
      [KNOWN, STRONG],
      429,
    );
    assert.deepEqual(hashes, { hash: 0, verify: 0 });
  });

  it('by signing up, with a password, without, and more often than mails are sent', async () => {
    for (const password of [GOOD_PASSWORD, undefined, GOOD_PASSWORD, undefined, GOOD_PASSWORD]) {
      const signUp = { company_name: 'Tin Lantern', ...(password === undefined ? {} : { password }) };
      const { hashes } = await assertSame(
        (email) => browser().post('/v1/sign-ups', { email, ...signUp }),
        [KNOWN],
        202,
      );
      assert.deepEqual(hashes, { hash: password === undefined ? 0 : 1, verify: 0 });
    }
    const told = await house.store.superuser(
      "select distinct recipient from vouchsafe.mail where template = 'sign-up-exists'",
    );
    assert.deepEqual(
      told,
      [{ recipient: KNOWN }],
      'the mail tells, to whoever reads the mail of the address',
    );
  });

  it('by signing up with a password that is refused', async () => {
    for (const password of ['short', 'password1234567', 'x'.repeat(300)]) {
      await assertSame(
        (email) => browser().post('/v1/sign-ups', { email, password, company_name: 'X' }),
        [KNOWN, STRONG],
        400,
      );
    }
  });

  it('by asking for a reset link: the same answer, after a time that hides what is done', async () => {
    const send = async (email: string): Promise<Watched> => {
      const began = performance.now();
      const watched = await watch((to) => browser().post('/v1/password-resets', { email: to }), email);
      // A timer's lower end, which no busy machine can break; a millisecond of it is rounding.
      assert.ok(performance.now() - began >= RESET_ANSWER_MS - 2);
      return watched;
    };
    const unknown = await send(UNKNOWN);
    for (const email of [KNOWN, STRONG, KEYED]) {
      const known = await send(email);
      assert.deepEqual([known.seen, known.hashes], [unknown.seen, unknown.hashes], email);
      // Nobody's address is written down for asking; so this is more work, and the reason for the timer.
      assert.deepEqual(known.work.slice(0, unknown.work.length), unknown.work);
    }
    assert.deepEqual(unknown.work, ['sessions.find-sign-in']);
    for (let index = 0; index < 3; index += 1) {
      const [again, known] = [await send(UNKNOWN), await send(KNOWN)];
      assert.deepEqual(known.seen, again.seen, 'more often than mails are sent');
    }
  });

  it('by inviting it, or by taking it as one’s own new address', async () => {
    const inviter = await makeAccount('inviter@example.com');
    const invitations = `/v1/companies/${inviter.company}/invitations`;
    await assertSame(
      (email) => inviter.browser.post(invitations, { email, role: 'viewer' }),
      [KNOWN, STRONG, KEYED],
      201,
    );
    await assertSame((email) => inviter.browser.post('/v1/account/email', { email }), [KNOWN, STRONG], 202);
  });

  it('by asking for a challenge, or by showing a passkey that nobody knows', async () => {
    const options = await watch(() => browser().post('/v1/sessions/passkey-options'), UNKNOWN);
    const { options: given } = JSON.parse((options.seen as Seen).body) as {
      options: Record<string, unknown>;
    };
    assert.deepEqual(given['allowCredentials'] ?? [], [], 'no passkey is named to a stranger');
    const withAddress = await browser().post('/v1/sessions/passkey-options', { email: KNOWN });
    assert.equal(withAddress.status, 400, 'there is nothing to ask about an address');
    const device = createAuthenticator({ origin: 'https://localhost' });
    device.register({ rp: { id: 'localhost' }, user: { id: 'dXNy' }, challenge: 'AAAA' });
    const answer = await browser().post('/v1/sessions/passkey', { response: device.use(given) });
    assert.equal(answer.status, 401, answer.body);
  });
});

test('the time that a wrong password takes, with hashing as it is (printed, not judged)', async (t) => {
  const real = await openHouse();
  const { superuser } = real.store;
  const email = 'timed@example.com';
  await superuser(
    "insert into vouchsafe.user_account (id, email, created_at, active_on) values ('usr_01h0000000000000000000000a', $1, now(), '2026-11-22')",
    [email],
  );
  await superuser('insert into vouchsafe.password values ($1, $2, now())', [
    'usr_01h0000000000000000000000a',
    `$scrypt$ln=17,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  ]);
  const time = async (address: string): Promise<number> => {
    const began = performance.now();
    const answer = await real.call('POST', '/v1/sessions', {
      body: { email: address, password: OTHER_PASSWORD },
    });
    assert.equal(answer.status, 401);
    return performance.now() - began;
  };
  await time('warm@example.com');
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let round = 0; round < 4; round += 1) {
    known.push(await time(email));
    unknown.push(await time('untimed@example.com'));
  }
  const show = (times: readonly number[]): string =>
    times
      .toSorted((a, b) => a - b)
      .map((one) => one.toFixed(0))
      .join(', ');
  t.diagnostic(`with an account ${show(known)} ms; without ${show(unknown)} ms`);
});
