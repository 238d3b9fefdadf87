import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClock, type TestClock } from '../../test/support/clock.ts';
import { requestOf } from '../../test/support/request.ts';
import type { SessionCaller } from '../foundation/caller.ts';
import { newId } from '../foundation/ids.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import type { Request } from '../http/route.ts';
import { RENEWAL_MS, SESSION_MS, type SessionTicket } from './claims.ts';
import { COOKIES, createCookies, type Cookies } from './cookies.ts';
import type { KeyRing } from './key-ring.ts';
import { createSessionGate, type SessionGate, type SessionRow } from './session.ts';
import { createSessionMemory, type SessionMemory } from './session-memory.ts';
import { tokenKeyOf, type TokenKey } from './session-token.ts';
import { createWriteMarksBuffer, openWriteMarks, type WriteMarks } from './write-marks.ts';

const MINUTE = 60_000;

interface Place {
  readonly gate: SessionGate;
  readonly cookies: Cookies;
  readonly memory: SessionMemory;
  readonly marks: WriteMarks;
  readonly clock: TestClock;
  readonly ticket: SessionTicket;
  readonly row: SessionRow;
  readonly touched: string[];
  readonly state: {
    row: SessionRow | undefined;
    current: boolean;
    lookups: number;
    keys: TokenKey[];
    unread: TokenKey[];
  };
}

const COMPANY = newId('com', 1);

const place = (wait?: Promise<void>): Place => {
  const clock = testClock();
  const start = clock.now();
  const [session, user] = [newId('ses', start), newId('usr', start)];
  const row: SessionRow = {
    session_id: session,
    user_id: user,
    email: 'ada@example.com',
    name: 'Ada',
    credential_epoch: 1,
    seen_at: new Date(start),
    expires_at: new Date(start + SESSION_MS),
    is_strong: false,
    has_password: true,
    has_totp: false,
    has_passkey: false,
    companies: [COMPANY],
    company_names: ['Engines'],
    roles: ['admin'],
    second_factor_required: [false],
  };
  const state: Place['state'] = {
    row,
    current: true,
    lookups: 0,
    keys: [tokenKeyOf('first-key', randomSecretBytes(32), 0)],
    unread: [],
  };
  const ring: KeyRing = {
    current: () => state.keys[0]!,
    find: (id) => state.keys.find((key) => key.id === id),
    lasting: tokenKeyOf('lasting0', randomSecretBytes(32), 0),
    currentSince: () => state.keys[0]!.createdAt,
    refresh: async () => {
      state.keys = [...state.unread.splice(0), ...state.keys];
    },
    close: () => undefined,
  };
  const cookies = createCookies(ring);
  const memory = createSessionMemory(100);
  const marks = openWriteMarks(createWriteMarksBuffer());
  const touched: string[] = [];
  const gate = createSessionGate({
    cookies,
    ring,
    memory,
    marks,
    find: async () => {
      state.lookups += 1;
      const found = state.row;
      await wait;
      return found;
    },
    touch: (_user, touchedSession) => void touched.push(touchedSession),
    isCurrent: () => state.current,
    now: clock.now,
  });
  const ticket = {
    session,
    user,
    credentialEpoch: 1,
    proofs: ['pwd'],
    provenAt: start,
    startedAt: start,
  } as const;
  return { gate, cookies, memory, marks, clock, ticket, row, touched, state };
};

const carrying = (setCookie: string): Request =>
  requestOf({ headers: { cookie: setCookie.slice(0, setCookie.indexOf(';')) } });

const signedIn = ({ cookies, ticket, clock }: Place): Request =>
  carrying(cookies.session(ticket, clock.now()));

const callerOf = async (house: Place, request: Request): Promise<SessionCaller> => {
  const verdict = await house.gate.identify(request);
  assert.ok(verdict.ok, verdict.ok ? '' : verdict.reason);
  return verdict.value;
};
const reasonOf = async (house: Place, request: Request): Promise<string> => {
  const verdict = await house.gate.identify(request);
  return verdict.ok ? 'identified' : verdict.reason;
};

describe('identifying by a session', () => {
  it('asks the database once and remembers who it is', async () => {
    const house = place();
    const request = signedIn(house);
    for (let round = 0; round < 3; round += 1) {
      const caller = await callerOf(house, request);
      assert.equal(caller.user, house.ticket.user);
      assert.equal(caller.provenAt, house.ticket.provenAt);
      assert.equal(caller.renewal, undefined);
      assert.deepEqual(caller.proofMethods, ['password']);
      assert.deepEqual(caller.memberships.get(COMPANY), {
        company: COMPANY,
        companyName: 'Engines',
        role: 'admin',
        requiresSecondFactor: false,
      });
      assert.equal(house.gate.isRemembered(caller), round > 0);
    }
    assert.equal(house.state.lookups, 1);
  });

  it('refuses who has no cookie, two, or a broken one, without asking the database', async () => {
    const house = place();
    const cookie = house.cookies.session(house.ticket, house.clock.now()).split(';')[0]!;
    assert.equal(await reasonOf(house, requestOf({})), 'missing');
    assert.equal(
      await reasonOf(house, requestOf({ headers: { cookie: `${cookie}; ${cookie}` } })),
      'ambiguous',
    );
    assert.equal(await reasonOf(house, requestOf({ headers: { cookie: cookie.slice(0, -1) } })), 'malformed');
    assert.equal(
      await reasonOf(
        house,
        requestOf({ headers: { cookie: `${cookie.slice(0, -2)}${cookie.endsWith('AA') ? 'BA' : 'AA'}` } }),
      ),
      'forged',
    );
    assert.equal(house.state.lookups, 0);
  });

  it('takes no other cookie of ours for it, under its own name or that of the session', async () => {
    const house = place();
    const now = house.clock.now();
    const person = { user: house.ticket.user, credentialEpoch: 1 };
    const others = [
      house.cookies.pending(person, now),
      house.cookies.known(person, now),
      house.cookies.signUp(newId('sup', now), now),
    ];
    for (const other of others) {
      assert.equal(await reasonOf(house, carrying(other)), 'missing');
      const renamed = `${COOKIES.session}=${other.slice(other.indexOf('=') + 1)}`;
      assert.equal(await reasonOf(house, carrying(renamed)), 'malformed');
    }
    const pending = await house.gate.identifyPending(signedIn(house));
    assert.deepEqual(pending, { ok: false, reason: 'missing' });
    assert.equal(house.state.lookups, 0);
  });

  it('refuses a session that has ended or is another user’s, and one whose row is older than its credentials', async () => {
    const house = place();
    const request = signedIn(house);
    const cases: [SessionRow | undefined, string][] = [
      [undefined, 'ended'],
      [{ ...house.row, user_id: newId('usr', 5) }, 'another-epoch'],
      [{ ...house.row, credential_epoch: 2 }, 'another-epoch'],
      [{ ...house.row, expires_at: new Date(house.clock.now()) }, 'expired'],
    ];
    for (const [row, reason] of cases) {
      house.memory.forgetAll();
      house.state.row = row;
      assert.equal(await reasonOf(house, request), reason);
    }
  });

  it('ends with the token, and in any case after twelve hours', async () => {
    const house = place();
    const request = signedIn(house);
    house.clock.advance(3_600_000);
    assert.equal(await reasonOf(house, request), 'expired');
  });

  it('notices a session’s end, and that of all of a user’s or company’s, when it is told', async () => {
    for (const which of ['session', 'user', 'company'] as const) {
      const house = place();
      const request = signedIn(house);
      await callerOf(house, request);
      house.state.row = undefined;
      assert.equal(await reasonOf(house, request), 'identified');
      house.memory.forget(which === 'company' ? COMPANY : house.ticket[which]);
      assert.equal(await reasonOf(house, request), 'ended', which);
    }
  });

  it('notices what the user’s own session has just changed without being told', async () => {
    const house = place();
    const request = signedIn(house);
    await callerOf(house, request);
    house.state.row = { ...house.row, roles: ['owner'] };
    house.marks.note(house.ticket.user);
    assert.equal((await callerOf(house, request)).memberships.get(COMPANY)?.role, 'owner');
  });

  it('asks the database for every request while changes cannot be heard, and after a quarter of an hour', async () => {
    const house = place();
    const request = signedIn(house);
    await callerOf(house, request);
    house.state.current = false;
    await callerOf(house, request);
    await callerOf(house, request);
    assert.equal(house.state.lookups, 3);
    house.state.current = true;
    house.clock.advance(15 * MINUTE);
    await callerOf(house, request);
    assert.equal(house.state.lookups, 4);
  });

  it('does not remember an answer that an end has overtaken', async () => {
    let release = (): void => undefined;
    const house = place(new Promise((resolve) => (release = resolve)));
    const verdict = house.gate.identify(signedIn(house));
    house.memory.forget(house.ticket.session);
    release();
    await verdict;
    assert.equal(house.memory.size, 0);
  });

  it('asks once for many requests at the same time, but never shares an answer across a change', async () => {
    let release = (): void => undefined;
    const house = place(new Promise((resolve) => (release = resolve)));
    const request = signedIn(house);
    const before = Array.from({ length: 5 }, () => house.gate.identify(request));
    assert.equal(house.state.lookups, 1);
    house.memory.forget(house.ticket.session);
    house.state.row = undefined;
    const after = house.gate.identify(request);
    release();
    for (const verdict of await Promise.all(before.map(async (one) => one))) assert.ok(verdict.ok);
    assert.deepEqual(await after, { ok: false, reason: 'ended' });
  });

  it('notes the last use, at most once a quarter of an hour', async () => {
    const house = place();
    await callerOf(house, signedIn(house));
    assert.deepEqual(house.touched, []);
    house.clock.advance(15 * MINUTE);
    await callerOf(house, signedIn(house));
    await callerOf(house, signedIn(house));
    assert.deepEqual(house.touched, [house.ticket.session]);
  });

  it('reads the ring again where a key is not known, and refuses where it stays unknown', async () => {
    const house = place();
    const next = tokenKeyOf('next-key', randomSecretBytes(32), 0);
    const [first] = house.state.keys;
    house.state.keys = [next];
    const request = signedIn(house);
    house.state.keys = [first!];
    assert.equal(await reasonOf(house, request), 'unknown-key');
    house.state.unread = [next];
    assert.equal(await reasonOf(house, request), 'identified');
  });
});

describe('a session’s renewal', () => {
  it('comes after a quarter of an hour, once the database has been asked, with the same proof and the same end', async () => {
    const house = place();
    const request = signedIn(house);
    await callerOf(house, request);
    house.clock.advance(RENEWAL_MS - 1);
    assert.equal((await callerOf(house, request)).renewal, undefined);
    house.clock.advance(1);
    const { renewal = '' } = await callerOf(house, request);
    assert.ok(renewal.startsWith(`${COOKIES.session}=`));
    assert.equal(house.state.lookups, 2);
    const claims = house.cookies.read('session', carrying(renewal), house.clock.now());
    assert.ok(claims.ok);
    assert.equal(claims.value.proven_at * 1000, house.ticket.provenAt);
    assert.equal(claims.value.abs * 1000, house.ticket.startedAt + SESSION_MS);
    const renewed = await callerOf(house, carrying(renewal));
    assert.equal(renewed.renewal, undefined);
    assert.equal(house.state.lookups, 2);
  });

  it('comes when the ring has turned', async () => {
    const house = place();
    const request = signedIn(house);
    await callerOf(house, request);
    house.clock.advance(MINUTE);
    house.state.keys = [
      tokenKeyOf('next-key', randomSecretBytes(32), house.clock.now()),
      ...house.state.keys,
    ];
    const { renewal } = await callerOf(house, request);
    const header = Buffer.from(renewal!.split('=')[1]!.split('.')[0]!, 'base64url').toString();
    assert.equal((JSON.parse(header) as { kid: string }).kid, 'next-key');
    assert.equal((await callerOf(house, carrying(renewal!))).renewal, undefined);
  });

  it('is not given to a session that has ended, even if nothing was heard of that', async () => {
    const house = place();
    const request = signedIn(house);
    await callerOf(house, request);
    house.state.row = undefined;
    house.clock.advance(RENEWAL_MS);
    assert.equal(await reasonOf(house, request), 'ended');
  });

  it('never leads beyond twelve hours', async () => {
    const house = place();
    let request = signedIn(house);
    for (let waited = 0; waited < SESSION_MS - 20 * MINUTE; waited += 20 * MINUTE) {
      house.clock.advance(20 * MINUTE);
      request = carrying((await callerOf(house, request)).renewal!);
    }
    house.clock.advance(20 * MINUTE);
    assert.equal(await reasonOf(house, request), 'expired');
  });
});

describe('going on with a session after a proof or a change of credentials', () => {
  it('makes a token with a younger proof or another epoch, for the same session', async () => {
    const house = place();
    house.clock.advance(MINUTE);
    const now = house.clock.now();
    const next = house.cookies.continueSession(
      signedIn(house),
      { provenAt: now, proofs: ['otp'], credentialEpoch: 2 },
      now,
    );
    const read = house.cookies.read('session', carrying(next!), now);
    assert.ok(read.ok);
    const { sid, ep, amr, proven_at } = read.value;
    assert.deepEqual([sid, ep, amr, proven_at * 1000], [house.ticket.session, 2, ['pwd', 'otp'], now]);
    assert.equal(house.cookies.continueSession(requestOf({}), {}, now), undefined);
  });

  it('leaves the cookie of before the change without worth', async () => {
    const house = place();
    const old = signedIn(house);
    await callerOf(house, old);
    const next = house.cookies.continueSession(old, { credentialEpoch: 2 }, house.clock.now());
    house.state.row = { ...house.row, credential_epoch: 2 };
    house.marks.note(house.ticket.user);
    assert.equal(await reasonOf(house, old), 'another-epoch');
    assert.equal(await reasonOf(house, carrying(next!)), 'identified');
  });
});

describe('somebody between the two steps', () => {
  it('is known for ten minutes, by whom and with which credentials', async () => {
    const house = place();
    const request = carrying(
      house.cookies.pending({ user: house.ticket.user, credentialEpoch: 7 }, house.clock.now()),
    );
    assert.deepEqual(await house.gate.identifyPending(request), {
      ok: true,
      value: { credential: 'pending', user: house.ticket.user, credentialEpoch: 7 },
    });
    house.clock.advance(10 * MINUTE);
    assert.deepEqual(await house.gate.identifyPending(request), { ok: false, reason: 'expired' });
  });
});

describe('the memory of sessions', () => {
  it('never holds more than its capacity, and drops the one that was asked for longest ago', () => {
    const memory = createSessionMemory(2);
    const known = (session: string): never =>
      ({ person: { session, user: '', memberships: new Map() } }) as never;
    for (const session of ['ses_a', 'ses_b', 'ses_a', 'ses_c']) memory.put(known(session));
    assert.equal(memory.size, 2);
    assert.equal(memory.get('ses_b'), undefined);
  });
});
