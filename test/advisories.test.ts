/**
 * Published advisories of a well-known library for signing in (better-auth, and its neighbours), each as what an
 * attacker would do to a running house: real database, real TLS. Named by the class and the id.
 *
 * Not here, since nothing of the kind is built; whoever builds it begins with these:
 * GHSA-cq3f-vc6p-68fh (device flow), GHSA-392p-2q2v-4372 and GHSA-pw9m-5jxm-xr6h (refresh tokens), GHSA-p2fr-6hmx-4528
 * (resource indicators), GHSA-j8v8-g9cx-5qf4 (SCIM), GHSA-5rr4-8452-hf4v and GHSA-gv74-j8m3-fg5f (SSO registration),
 * GHSA-9h47-pqcx-hjr4 (defaults of OAuth), GHSA-7rqj-j65f-68wh and GHSA-x445-f3h2-j279 (sign-in with other providers):
 * no OAuth, SSO or SCIM. Of GHSA-86j7-9j95-vpqj (redirects) and GHSA-xr8f-h2gw-9xh6 (privileges of clients) the parts
 * that concern links in mails and roles are below.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { deriveKey } from '../src/foundation/derive.ts';
import { COOKIES } from '../src/gate/cookies.ts';
import type { AnyRoute } from '../src/http/route.ts';
import { createLetterWriter } from '../src/mail/templates.ts';
import { createAuthenticator } from './support/authenticator.ts';
import { signIn } from './support/people.ts';
import {
  GOOD_PASSWORD,
  openReviewedHouse,
  OTHER_PASSWORD,
  type Account,
  type Browser,
  type Seen,
} from './support/reviewed-house.ts';

const reviewed = await openReviewedHouse();
const { house, browser, makeAccount, enrolTotp, token, count, digest, pathOf, untilSignedOut } = reviewed;
const { superuser } = house.store;
/** Signed in, where what is sent again and again needs a session. */
const roamer = await makeAccount('roamer@example.com');

const codeOf = ({ status, body }: Seen): string =>
  `${status} ${body.startsWith('{') ? ((JSON.parse(body) as { code?: string }).code ?? '') : ''}`.trim();
const signInWith = (tab: Browser, email: string, password = GOOD_PASSWORD): Promise<Seen> =>
  tab.post('/v1/sessions', { email, password });
/** Everything that a session opens; what a pending sign-in opens is left aside. */
const roomsOfPeople = (): readonly AnyRoute[] =>
  house.app.routes.filter(({ access }) => 'session' in access || 'member' in access);
const fromElsewhere = (): Browser => browser();

/** How often each outcome came of requests sent at once. */
const race = async (requests: readonly (() => Promise<Seen>)[]): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const answer of await Promise.all(requests.map((send) => send()))) {
    const code = codeOf(answer);
    found[code] = (found[code] ?? 0) + 1;
  }
  return found;
};
const times = <Value>(many: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: many }, (_, index) => make(index));

describe('CVE-2025-61928, GHSA-99h5-pjcv-gr6v: keys made without authentication', () => {
  it('nobody makes, changes, rotates, revokes or lists a key but a member who may', async () => {
    const owner = await makeAccount('keys@example.com');
    const path = `/v1/companies/${owner.company}/projects/${owner.project}/keys`;
    const made = (await owner.browser.post(path, { name: 'First' })).json();
    const before = await digest('key');
    const body = { name: 'Mine', user_id: owner.user, userId: owner.user, created_by: owner.user };
    const stranger = await makeAccount('stranger@example.com');
    const viewer = await signIn(house, { memberships: { [owner.company as never]: 'viewer' } });
    const routes = house.app.routes.filter(({ operation }) => operation.startsWith('keys.'));
    assert.ok(routes.length >= 5);
    for (const route of routes) {
      const place = route.path
        .replace(':company', owner.company)
        .replace(':project', owner.project)
        .replace(':key', made.key.id);
      const sent = route.method === 'GET' ? undefined : body;
      const send = async (cookie: string, headers = {}): Promise<string> =>
        codeOf(await fromElsewhere().send(route.method, place, sent, { cookie, headers }));
      assert.equal(await send(''), '401 sign_in_required', route.operation);
      for (const kind of ['known', 'sign-up'] as const) {
        const value = owner.browser.cookies.get(COOKIES[kind]) ?? '';
        assert.equal(await send(`${COOKIES.session}=${value}`), '401 sign_in_required');
      }
      for (const secret of [house.key.secret.expose(), made.secret as string])
        assert.equal(await send('', { authorization: `Bearer ${secret}` }), '401 sign_in_required');
      assert.equal(await send(stranger.browser.jar()), '404 company_not_found', route.operation);
      if (route.method !== 'GET')
        assert.equal(await send(viewer.cookie), '403 forbidden', `${route.operation} as a viewer`);
    }
    assert.equal(await digest('key'), before);
  });

  it('a member of one company reaches no key or project of another through their own company’s path', async () => {
    const [mine, theirs] = [await makeAccount('mine@example.com'), await makeAccount('theirs@example.com')];
    const path = (account: Account): string =>
      `/v1/companies/${account.company}/projects/${account.project}/keys`;
    const made = (await theirs.browser.post(path(theirs), { name: 'Theirs' })).json();
    const before = await digest('key');
    const own = `/v1/companies/${mine.company}`;
    for (const [method, place, body] of [
      ['POST', `${own}/projects/${theirs.project}/keys`, { name: 'Mine' }],
      ['PATCH', `${own}/keys/${made.key.id}`, { name: 'Mine' }],
      ['POST', `${own}/keys/${made.key.id}/rotate`, {}],
      ['DELETE', `${own}/keys/${made.key.id}`, undefined],
      ['PATCH', `${own}/projects/${theirs.project}`, { name: 'Mine' }],
      ['DELETE', `${own}/projects/${theirs.project}`, undefined],
      ['GET', `${own}/projects/${theirs.project}`, undefined],
    ] as const) {
      const answer = await mine.browser.send(method, place, body);
      assert.equal(answer.status, 404, `${method} ${place} ${answer.body}`);
    }
    assert.equal(await digest('key'), before);
  });
});

describe('GHSA-xg6x-h9c9-2m83: the second factor bypassed by a cached session', () => {
  it('what stands between password and second factor opens no room, in whatever place it is sent', async () => {
    const account = await makeAccount('second@example.com');
    await enrolTotp(account);
    const tab = browser();
    const first = await signInWith(tab, account.email);
    assert.equal(first.json().state, 'second_factor');
    assert.deepEqual([...tab.cookies.keys()], [COOKIES.pending], 'no session, and no known browser');
    const pending = tab.cookies.get(COOKIES.pending) ?? '';
    const known = account.browser.cookies.get(COOKIES.known) ?? '';
    const cookies = [
      `${COOKIES.pending}=${pending}`,
      ...Object.values(COOKIES).map((name) => `${name}=${pending}`),
      `${COOKIES.session}=${known}`,
      `${COOKIES.session}=${pending}; ${COOKIES.pending}=${pending}; ${COOKIES.known}=${known}`,
    ];
    for (const route of roomsOfPeople()) {
      const place = pathOf(route, account.company);
      for (const cookie of cookies) {
        const answer = await fromElsewhere().send(route.method, place, undefined, { cookie });
        assert.equal(codeOf(answer), '401 sign_in_required', `${route.operation} ${cookie.slice(0, 30)}`);
        assert.deepEqual(answer.setCookies, []);
      }
    }
    for (const headers of [
      { authorization: `Bearer ${pending}` },
      { authorization: `Cookie ${COOKIES.session}=${pending}` },
      { 'x-api-key': pending },
      { 'set-cookie': `${COOKIES.session}=${pending}` },
    ]) {
      const answer = await fromElsewhere().send('GET', '/v1/session', undefined, { headers });
      assert.equal(codeOf(answer), '401 sign_in_required');
    }
    const inAddress = await fromElsewhere().get(`/v1/session?key=${pending}&session=${pending}`);
    assert.equal(codeOf(inAddress), '401 sign_in_required');
  });

  it('a browser that is known, a new password and a followed link still leave the second step to take', async () => {
    const account = await makeAccount('still@example.com');
    await enrolTotp(account);
    const home = account.browser;
    await home.send('DELETE', '/v1/session');
    assert.equal((await signInWith(home, account.email)).json().state, 'second_factor', 'a known browser');
    await browser().post('/v1/password-resets', { email: account.email });
    const elsewhere = browser();
    const link = await token(account.email, 'password-reset');
    const done = await elsewhere.post('/v1/password-resets/complete', {
      token: link,
      password: OTHER_PASSWORD,
    });
    assert.equal(done.status, 200, done.body);
    assert.equal(elsewhere.cookies.has(COOKIES.session), false);
    assert.equal((await elsewhere.get('/v1/session')).status, 401);
    const after = await signInWith(elsewhere, account.email, OTHER_PASSWORD);
    assert.equal(after.json().state, 'second_factor', 'after a reset');
    assert.equal((await home.get('/v1/session')).status, 401);
    // Of before the reset.
    assert.equal((await home.post('/v1/sessions/second-factor', { totp: '000000' })).status, 401);
  });

  it('a session of before the second factor proves nothing fresh, however young its password is', async () => {
    const account = await makeAccount('before@example.com');
    const thief = browser();
    assert.equal((await signInWith(thief, account.email)).json().state, 'signed_in');
    assert.equal((await thief.get('/v1/session')).status, 200);
    await enrolTotp(account);
    const fresh = roomsOfPeople().filter((route) => route.fresh === true);
    assert.ok(fresh.length >= 10);
    for (const route of fresh) {
      const answer = await thief.send(route.method, pathOf(route, account.company));
      assert.equal(codeOf(answer), '403 fresh_proof_required', route.operation);
      assert.deepEqual(answer.json().methods, ['totp'], route.operation);
    }
    assert.equal(
      codeOf(await thief.post('/v1/session/proof', { password: GOOD_PASSWORD })),
      '403 proof_method_refused',
    );
    assert.equal(await count('totp', 'user_id = $1 and confirmed_at is not null', [account.user]), 1);
    assert.equal((await account.browser.post('/v1/account/recovery-codes')).status, 200, 'its owner may');
  });

  it('a company that requires a second factor is closed to sessions without, those of before included', async () => {
    const account = await makeAccount('required@example.com');
    const old = browser();
    await signInWith(old, account.email);
    const place = `/v1/companies/${account.company}`;
    assert.equal((await old.get(place)).status, 200);
    await enrolTotp(account);
    const changed = await account.browser.send('PATCH', place, { require_second_factor: true });
    assert.equal(changed.status, 200, changed.body);
    assert.equal(codeOf(await old.get(place)), '403 second_factor_required');
    assert.equal((await account.browser.get(place)).status, 200);
  });
});

describe('CVE-2026-45364: limits evaded by turning through a /64', () => {
  const turning = (net: string) => (index: number) =>
    browser(`${net}:${index.toString(16)}:${(index * 7919).toString(16)}:0:1`);
  for (const [what, most, send] of [
    ['guesses at one account', 5, (tab: Browser) => signInWith(tab, 'v6@example.com', OTHER_PASSWORD)],
    [
      'guesses at many accounts',
      10,
      (tab: Browser, index: number) => signInWith(tab, `v6-${index}@example.com`, OTHER_PASSWORD),
    ],
    [
      'sign-ups',
      10,
      (tab: Browser, index: number) =>
        tab.post('/v1/sign-ups', { email: `su${index}@example.com`, company_name: 'X' }),
    ],
    [
      'requests for reset links',
      10,
      (tab: Browser, index: number) => tab.post('/v1/password-resets', { email: `r${index}@example.com` }),
    ],
    ['tokens of sign-ups', 20, (tab: Browser) => tab.post('/v1/sign-ups/read', { token: 'A'.repeat(43) })],
    [
      'tokens of resets',
      20,
      (tab: Browser) =>
        tab.post('/v1/password-resets/complete', { token: 'A'.repeat(43), password: OTHER_PASSWORD }),
    ],
    [
      'tokens of changes',
      20,
      (tab: Browser) =>
        tab.post('/v1/email-changes/confirm', { token: 'A'.repeat(43) }, { cookie: roamer.browser.jar() }),
    ],
    [
      'tokens of invitations',
      20,
      (tab: Browser) => tab.post('/v1/invitations/read', { token: 'A'.repeat(43) }),
    ],
    ['challenges', 20, (tab: Browser) => tab.post('/v1/sessions/passkey-options')],
  ] as const) {
    it(`${what}: a /64 has what one address has, its neighbour has its own`, async () => {
      const net = `2001:db8:${most.toString(16)}:${what.length.toString(16)}${what.charCodeAt(0).toString(16)}`;
      const tab = turning(net);
      const answers = await Promise.all(times(most + 5, (index) => send(tab(index), index)));
      const refused = answers.filter(({ status }) => status === 429).length;
      // One may be given back while they are sent.
      assert.ok(refused >= 3 && refused <= 5, `${refused} of ${answers.length} were refused`);
      assert.notEqual((await send(browser(`${net.slice(0, -1)}f::1`), 99)).status, 429);
    });
  }
});

describe('GHSA-g38m-r43w-p2q7: accounts linked, or hijacked before they are there', () => {
  it('whoever signs up with somebody’s address gets nothing of what the owner of the address makes', async () => {
    const email = 'victim@example.com';
    const [attacker, victim] = [browser(), browser()];
    await attacker.post('/v1/sign-ups', { email, password: OTHER_PASSWORD, company_name: 'Trap' });
    const trap = await token(email, 'sign-up');
    assert.equal((await victim.post('/v1/sign-ups/read', { token: trap })).json().needs, 'password');
    const followed = await victim.post('/v1/sign-ups/confirm', { token: trap });
    assert.equal(codeOf(followed), '403 sign_up_password_required');
    const guessed = await victim.post('/v1/sign-ups/confirm', { token: trap, password: GOOD_PASSWORD });
    assert.equal(codeOf(guessed), '403 sign_up_password_required');
    await victim.post('/v1/sign-ups', { email, password: GOOD_PASSWORD, company_name: 'Home' });
    const own = await token(email, 'sign-up');
    assert.equal((await victim.post('/v1/sign-ups/confirm', { token: own })).status, 201);
    assert.equal(codeOf(await signInWith(attacker, email, OTHER_PASSWORD)), '401 invalid_credentials');
    // The trap's link, even in the hands of whoever asked for it, now leads nowhere.
    const late = await attacker.post('/v1/sign-ups/confirm', { token: trap });
    assert.equal(codeOf(late), '409 account_exists');
    assert.equal(attacker.cookies.has(COOKIES.session), false);
    assert.equal(await count('user_account', 'email = $1', [email]), 1);
  });

  it('signing up at an address that has an account changes nothing of it, and gives nobody a link', async () => {
    const account = await makeAccount('taken@example.com');
    const before = await digest('user_account', 'password', 'member', 'session');
    const attacker = browser();
    await attacker.post('/v1/sign-ups', {
      email: 'Taken@EXAMPLE.com',
      password: OTHER_PASSWORD,
      company_name: 'Trap',
    });
    assert.equal(await digest('user_account', 'password', 'member', 'session'), before);
    const [mail] = await superuser(
      'select template, link_id from vouchsafe.mail where recipient = $1 order by id desc limit 1',
      [account.email],
    );
    assert.deepEqual(mail, { template: 'sign-up-exists', link_id: null });
    // The row that the attempt left has a token nobody was told; even who had it would get no further.
    const [row] = await superuser('select id from vouchsafe.sign_up where email = $1 and used_at is null', [
      account.email,
    ]);
    assert.ok(row !== undefined);
  });

  it('an address is an account’s only once its owner has followed the link; one that is taken stays where it is', async () => {
    const [mine, theirs] = [await makeAccount('linker@example.com'), await makeAccount('owned@example.com')];
    assert.equal((await mine.browser.post('/v1/account/email', { email: theirs.email })).status, 202);
    assert.equal((await mine.browser.get('/v1/session')).json().user.email, mine.email);
    const link = await token(theirs.email, 'email-change');
    const confirmed = await mine.browser.post('/v1/email-changes/confirm', { token: link });
    assert.equal(codeOf(confirmed), '409 email_taken');
    assert.equal((await theirs.browser.get('/v1/session')).json().user.id, theirs.user);
    assert.equal((await signInWith(browser(), theirs.email)).json().user.id, theirs.user);
  });

  it('somebody whose address an attacker asked for attaches it to no account by following the link', async () => {
    const attacker = await makeAccount('hijacker@example.com');
    const device = createAuthenticator({ origin: 'https://localhost' });
    const { options } = (await attacker.browser.post('/v1/account/passkeys/options')).json();
    const passkey = { name: 'Trap', response: device.register(options) };
    assert.equal((await attacker.browser.post('/v1/account/passkeys', passkey)).status, 200);
    const owner = await makeAccount('reader@example.com');
    const wanted = 'readers-other-address@example.com';
    assert.equal((await attacker.browser.post('/v1/account/email', { email: wanted })).status, 202);
    const link = await token(wanted, 'email-change');
    const tables = ['user_account', 'email_change', 'session', 'password', 'passkey', 'mail'];
    const before_ = await digest(...tables);
    const signedOut = await browser().post('/v1/email-changes/confirm', { token: link });
    assert.equal(codeOf(signedOut), '401 sign_in_required');
    const signedIn = await owner.browser.post('/v1/email-changes/confirm', { token: link });
    assert.equal(codeOf(signedIn), '410 link_invalid');
    const none = await owner.browser.post('/v1/email-changes/confirm', { token: 'A'.repeat(43) });
    assert.deepEqual([none.status, none.json()], [signedIn.status, signedIn.json()], 'as for no link at all');
    assert.equal(await digest(...tables), before_);
    // The address is still free for an account of its owner's own.
    assert.notEqual((await makeAccount(wanted)).user, attacker.user);
  });
});

describe('GHSA-2vg6-77g8-24mp: what survives the deletion of a user', () => {
  it('no session, pending sign-in, known browser, link or passkey does; nor does a new account inherit any', async () => {
    const account = await makeAccount('leaver@example.com');
    const { app } = await enrolTotp(account);
    const half = browser();
    await signInWith(half, account.email);
    await browser().post('/v1/password-resets', { email: account.email });
    const reset = await token(account.email, 'password-reset');
    await account.browser.post('/v1/account/email', { email: 'next@example.com' });
    const change = await token('next@example.com', 'email-change');
    const old = account.browser.jar();
    const deleted = await account.browser.send('DELETE', '/v1/account', { email: account.email });
    assert.equal(deleted.status, 200, deleted.body);
    for (const kind of Object.values(COOKIES))
      assert.ok(
        deleted.setCookies.some((line) => line.startsWith(`${kind}=;`)),
        kind,
      );
    assert.equal(await untilSignedOut(browser(), old), 401);
    const again = await makeAccount('leaver@example.com');
    assert.notEqual(again.user, account.user);
    for (const [route, cookie] of roomsOfPeople().map((one) => [one, old] as const)) {
      const answer = await fromElsewhere().send(route.method, pathOf(route, again.company), undefined, {
        cookie,
      });
      assert.equal(codeOf(answer), '401 sign_in_required', route.operation);
    }
    const second = await half.post('/v1/sessions/second-factor', { totp: await app.code() });
    assert.equal(second.status, 401);
    const complete = { token: reset, password: OTHER_PASSWORD };
    assert.equal(codeOf(await browser().post('/v1/password-resets/complete', complete)), '410 link_invalid');
    assert.equal(
      codeOf(await again.browser.post('/v1/email-changes/confirm', { token: change })),
      '410 link_invalid',
    );
    assert.equal((await signInWith(browser(), again.email)).json().state, 'signed_in', 'no factor of before');
  });
});

describe('GHSA-fmh4-wcc4-5jm3: invitations that belong to somebody else', () => {
  const invite = async (owner: Account, email: string, role = 'member'): Promise<string> => {
    const made = await owner.browser.post(`/v1/companies/${owner.company}/invitations`, { email, role });
    assert.equal(made.status, 201, made.body);
    return token(email, 'invitation');
  };

  it('opens for the invited address alone, with the role that was given, once', async () => {
    const [owner, other, guest] = [
      await makeAccount('inviter@example.com'),
      await makeAccount('other@example.com'),
      await makeAccount('guest@example.com'),
    ];
    const link = await invite(owner, guest.email, 'viewer');
    assert.equal(
      codeOf(await other.browser.post('/v1/invitations/accept', { token: link })),
      '403 other_account',
    );
    assert.equal(
      codeOf(await browser().post('/v1/invitations/accept', { token: link })),
      '401 sign_in_required',
    );
    const made = { token: link, password: OTHER_PASSWORD, name: 'Thief' };
    assert.equal(codeOf(await browser().post('/v1/invitations/accept', made)), '401 sign_in_required');
    for (const more of [{ role: 'owner' }, { email: other.email }, { company: other.company }]) {
      const answer = await guest.browser.post('/v1/invitations/accept', { token: link, ...more });
      assert.equal(codeOf(answer), '400 invalid_request');
    }
    const accepted = await guest.browser.post('/v1/invitations/accept', { token: link });
    const membership = accepted
      .json()
      .memberships.find((one: { company: string }) => one.company === owner.company);
    assert.equal(membership.role, 'viewer');
    assert.equal((await guest.browser.post('/v1/invitations/accept', { token: link })).status, 410);
  });

  it('is seen and withdrawn by its own company only, and is void once its maker may not invite', async () => {
    const [owner, stranger] = [await makeAccount('host@example.com'), await makeAccount('rival@example.com')];
    const link = await invite(owner, 'asked@example.com');
    const list = await owner.browser.get(`/v1/companies/${owner.company}/invitations`);
    const { id } = list.json().items[0];
    const through = `/v1/companies/${stranger.company}/invitations/${id}`;
    assert.equal((await stranger.browser.send('DELETE', through)).status, 404);
    const direct = `/v1/companies/${owner.company}/invitations/${id}`;
    assert.equal(codeOf(await stranger.browser.send('DELETE', direct)), '404 company_not_found');
    await superuser('update vouchsafe.invitation set invited_by = null where id = $1', [id]);
    const late = await browser().post('/v1/invitations/accept', { token: link, password: OTHER_PASSWORD });
    assert.equal(codeOf(late), '410 link_invalid');
    assert.equal(await count('user_account', "email = 'asked@example.com'"), 0, 'nothing half-done');
  });
});

describe('GHSA-7w99-5wm4-3g79: codes and links redeemed twice by asking at once', () => {
  it('of many who follow one link at the same time, one gets through', async () => {
    const email = 'racer@example.com';
    const tab = browser();
    await tab.post('/v1/sign-ups', { email, password: GOOD_PASSWORD, company_name: 'Race' });
    const link = await token(email, 'sign-up');
    const cookie = tab.jar();
    const confirm = () => browser().post('/v1/sign-ups/confirm', { token: link }, { cookie });
    const confirmed = await race(times(8, () => confirm));
    assert.deepEqual([confirmed['201'], confirmed['410 link_invalid']], [1, 7], JSON.stringify(confirmed));
    assert.equal(await count('user_account', 'email = $1', [email]), 1);
    assert.equal(await count('company', "name = 'Race'"), 1);

    await browser().post('/v1/password-resets', { email });
    const reset = await token(email, 'password-reset');
    const complete = (index: number) => () =>
      browser().post('/v1/password-resets/complete', {
        token: reset,
        password: `nine otters juggle cold plum ${'abcdefgh'[index]}`,
      });
    const completed = await race(times(8, complete));
    assert.deepEqual([completed['200'], completed['410 link_invalid']], [1, 7], JSON.stringify(completed));

    const account = await makeAccount('mover@example.com');
    await account.browser.post('/v1/account/email', { email: 'moved@example.com' });
    const change = await token('moved@example.com', 'email-change');
    const signedIn = account.browser.jar();
    const move = () => browser().post('/v1/email-changes/confirm', { token: change }, { cookie: signedIn });
    const moved = await race(times(8, () => move));
    // The first ends the session of the others, before them or under them.
    const late = (moved['401 session_ended'] ?? 0) + (moved['401 sign_in_required'] ?? 0);
    assert.deepEqual([moved['200'], late], [1, 7], JSON.stringify(moved));

    const owner = await makeAccount('racehost@example.com');
    const invited = { email: 'raceguest@example.com', role: 'member' };
    await owner.browser.post(`/v1/companies/${owner.company}/invitations`, invited);
    const invitation = await token(invited.email, 'invitation');
    const accept = () =>
      browser().post('/v1/invitations/accept', { token: invitation, password: OTHER_PASSWORD });
    const accepted = await race(times(8, () => accept));
    assert.equal(accepted['200'], 1, JSON.stringify(accepted));
    assert.equal(await count('member', 'company_id = $1', [owner.company]), 2);
    assert.equal(await count('user_account', 'email = $1', [invited.email]), 1);
  });

  it('two accounts that race for one address do not both get it', async () => {
    const racers = [await makeAccount('left@example.com'), await makeAccount('right@example.com')];
    const links: string[] = [];
    for (const one of racers) {
      await one.browser.post('/v1/account/email', { email: 'wanted@example.com' });
      links.push(await token('wanted@example.com', 'email-change'));
    }
    const confirmed = await race(
      racers.map(
        (one, index) => () => one.browser.post('/v1/email-changes/confirm', { token: links[index] }),
      ),
    );
    assert.deepEqual(confirmed, { 200: 1, '409 email_taken': 1 });
  });
});

describe('better-auth #8067: a one-time password used twice', () => {
  it('of many with the same code at the same time one signs in, and nobody later; so with recovery codes', async () => {
    const account = await makeAccount('otp@example.com');
    const { app, codes } = await enrolTotp(account);
    const halves: Browser[] = [];
    for (let index = 0; index < 4; index += 1) {
      const tab = browser();
      assert.equal((await signInWith(tab, account.email)).json().state, 'second_factor');
      halves.push(tab);
    }
    const totp = await app.code();
    const found = await race(halves.map((tab) => () => tab.post('/v1/sessions/second-factor', { totp })));
    assert.deepEqual(found, { 200: 1, '401 invalid_code': 3 });
    const proof = await account.browser.post('/v1/session/proof', { totp });
    assert.equal(codeOf(proof), '401 invalid_code', 'nor is it a fresh proof');

    const [recovery = ''] = codes;
    // A code was right, so the budget is whole again but for the three that were wrong after it.
    const tabs: Browser[] = [];
    for (let index = 0; index < 2; index += 1) {
      const tab = browser();
      assert.equal((await signInWith(tab, account.email)).json().state, 'second_factor');
      tabs.push(tab);
    }
    const used = await race(
      tabs.map((tab) => () => tab.post('/v1/sessions/second-factor', { recovery_code: recovery })),
    );
    assert.equal(used['200'], 1, JSON.stringify(used));
    assert.equal(await count('recovery_code', 'user_id = $1 and used_at is null', [account.user]), 9);
  });
});

describe('better-auth #8843: passkeys of somebody else', () => {
  it('are not renamed, removed, or used for another’s second step or proof; a challenge is its maker’s, once', async () => {
    const [mine, theirs] = [await makeAccount('key1@example.com'), await makeAccount('key2@example.com')];
    const device = createAuthenticator({ origin: 'https://localhost' });
    const enrol = async (account: Account, options?: unknown): Promise<Seen> => {
      const made = options ?? (await account.browser.post('/v1/account/passkeys/options')).json().options;
      return account.browser.post('/v1/account/passkeys', {
        name: 'Laptop',
        response: device.register(made),
      });
    };
    const foreign = (await mine.browser.post('/v1/account/passkeys/options')).json().options;
    assert.equal(codeOf(await enrol(theirs, foreign)), '400 challenge_over', 'a challenge of another user');
    const added = await enrol(theirs);
    assert.equal(added.status, 200, added.body);
    const { id } = added.json().passkey;
    const before = await digest('passkey');
    const place = `/v1/account/passkeys/${id}`;
    assert.equal(codeOf(await mine.browser.send('PATCH', place, { name: 'Mine' })), '404 passkey_not_found');
    assert.equal(codeOf(await mine.browser.send('DELETE', place)), '404 passkey_not_found');
    assert.equal(await digest('passkey'), before);

    await enrolTotp(mine);
    const half = browser();
    await signInWith(half, mine.email);
    const step = (await half.post('/v1/sessions/second-factor/passkey-options')).json().options;
    const other = device.use({ ...step, allowCredentials: [] });
    assert.equal(
      codeOf(await half.post('/v1/sessions/second-factor', { passkey: other })),
      '401 passkey_refused',
    );
    const proof = (await mine.browser.post('/v1/session/proof/passkey-options')).json().options;
    const shown = device.use({ ...proof, allowCredentials: [] });
    assert.equal(
      codeOf(await mine.browser.post('/v1/session/proof', { passkey: shown })),
      '401 passkey_refused',
    );

    const tab = browser();
    const options = (await tab.post('/v1/sessions/passkey-options')).json().options;
    const response = device.use(options);
    const found = await race(times(6, () => () => browser().post('/v1/sessions/passkey', { response })));
    assert.deepEqual(found, { 200: 1, '400 challenge_over': 5 });
  });
});

describe('GHSA-xr8f-h2gw-9xh6, and roles of organisations: privileges taken by fields that nobody asked for', () => {
  const EXTRA = [
    'role',
    'company',
    'company_id',
    'user',
    'user_id',
    'is_strong',
    'credential_epoch',
    'id',
    'admin',
  ];
  /** Below a passkey's own answer browsers put what they like; none of it is read. */
  const isBrowsers = (path: string): boolean => /\/(?:response|passkey)(?:\/|$)/.test(path);

  it('every object in every body takes the fields that are documented, and no other', () => {
    const bodies = house.app.routes.filter(({ docs }) => docs.body !== undefined);
    assert.ok(bodies.length >= 30);
    // Rows have the columns that their owner chose, and AuthZEN wants members that it does not know to be ignored: both
    // change nothing of who may do what.
    const isOpen = (operation: string): boolean =>
      /^(?:authzen\.|datasets\.(?:addRows|changeRows|putRow|insert|update|upsert)$)/.test(operation);
    const walk = (operation: string, schema: Record<string, unknown>, path: string): void => {
      if (`${operation} ${path}` === 'playground.ask /parameters')
        // A query, whose names are those of the route that is asked: texts, which nothing else reads.
        assert.deepEqual(schema['additionalProperties'], { type: 'string', maxLength: 2000 });
      else if (schema['type'] === 'object' && !isBrowsers(path))
        assert.equal(schema['additionalProperties'], false, `${operation} ${path}`);
      for (const [name, inner] of Object.entries(schema['properties'] ?? {}))
        walk(operation, inner as Record<string, unknown>, `${path}/${name}`);
      for (const several of ['anyOf', 'oneOf', 'allOf'])
        for (const inner of (schema[several] as Record<string, unknown>[] | undefined) ?? [])
          walk(operation, inner, path);
    };
    for (const { operation, docs } of bodies) {
      if (isOpen(operation)) continue;
      const schema = z.toJSONSchema(docs.body!, { io: 'input', unrepresentable: 'any' });
      walk(operation, schema, '');
    }
  });

  it('a body with a field too many changes nothing, and the answer does not repeat its name', async () => {
    const account = await makeAccount('fields@example.com');
    const viewer = await makeAccount('small@example.com');
    await superuser("insert into vouchsafe.member values ($1, $2, 'viewer', now())", [
      account.company,
      viewer.user,
    ]);
    const company = `/v1/companies/${account.company}`;
    const bodies: readonly (readonly [string, string, object])[] = [
      ['POST', '/v1/sign-ups', { email: 'a@example.com', password: GOOD_PASSWORD, company_name: 'X' }],
      ['POST', '/v1/sessions', { email: account.email, password: GOOD_PASSWORD }],
      ['PATCH', '/v1/account', { name: 'Ada' }],
      ['POST', '/v1/account/password', { password: OTHER_PASSWORD }],
      ['POST', '/v1/account/email', { email: 'b@example.com' }],
      ['POST', '/v1/companies', { name: 'X' }],
      ['PATCH', company, { name: 'X' }],
      ['POST', `${company}/projects`, { name: 'X' }],
      ['PATCH', `${company}/projects/${account.project}`, { name: 'X' }],
      ['POST', `${company}/projects/${account.project}/keys`, { name: 'X' }],
      ['PATCH', `${company}/members/${viewer.user}`, { role: 'admin', expected_role: 'viewer' }],
      ['POST', `${company}/invitations`, { email: 'c@example.com', role: 'viewer' }],
      ['DELETE', '/v1/account', { email: account.email }],
      ['DELETE', company, { name: 'Tin Lantern' }],
    ];
    const tables = [
      'user_account',
      'company',
      'member',
      'project',
      'key',
      'invitation',
      'sign_up',
      'password',
      'mail',
    ];
    const before = await digest(...tables);
    for (const [method, path, body] of bodies) {
      for (const name of EXTRA.filter((one) => !Object.hasOwn(body, one)).slice(0, 4)) {
        const cookie = account.browser.jar();
        const answer = await fromElsewhere().send(method, path, { ...body, [name]: 'owner' }, { cookie });
        assert.equal(codeOf(answer), '400 invalid_request', `${method} ${path} ${name}`);
        assert.equal(answer.body.includes(`"${name}"`), false);
        // Below what one session may ask for in a second.
        await new Promise((resolve) => setTimeout(resolve, 35));
      }
    }
    assert.equal(await digest(...tables), before);
  });

  it('nobody makes themselves, or anybody, more than they are', async () => {
    const owner = await makeAccount('boss@example.com');
    const admin = await makeAccount('admin@example.com');
    await superuser("insert into vouchsafe.member values ($1, $2, 'admin', now())", [
      owner.company,
      admin.user,
    ]);
    await untilMember(admin, owner.company);
    const members = `/v1/companies/${owner.company}/members`;
    const before = await digest('member', 'invitation');
    for (const [user, body] of [
      [admin.user, { role: 'owner', expected_role: 'admin' }],
      [owner.user, { role: 'viewer', expected_role: 'owner' }],
    ] as const)
      assert.equal((await admin.browser.send('PATCH', `${members}/${user}`, body)).status, 403);
    assert.equal((await admin.browser.send('DELETE', `${members}/${owner.user}`)).status, 403);
    const invitations = `/v1/companies/${owner.company}/invitations`;
    const made = await admin.browser.post(invitations, { email: 'x@example.com', role: 'owner' });
    assert.equal(made.status, 403);
    for (const role of ['OWNER', 'root', ['owner'], { $ne: null }, null, 0]) {
      const answer = await owner.browser.post(invitations, { email: 'x@example.com', role });
      assert.equal(codeOf(answer), '400 invalid_request', JSON.stringify(role));
    }
    assert.equal(await digest('member', 'invitation'), before);
  });
});

/** Until the process has heard that somebody has become a member. */
const untilMember = async (account: Account, company: string): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await account.browser.get(`/v1/companies/${company}`)).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  assert.fail('never became a member');
};

describe('GHSA-86j7-9j95-vpqj, and poisoned links: addresses that the request names', () => {
  it('no header of a request gets into a link or a letter', async () => {
    const evil = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-original-host': 'evil.example',
      forwarded: 'host=evil.example;proto=http',
      origin: 'https://evil.example',
      referer: 'https://evil.example/',
    };
    const account = await makeAccount('poison@example.com');
    const tab = browser();
    const answers = [
      await tab.post('/v1/password-resets', { email: account.email }, { headers: evil }),
      await tab.post(
        '/v1/sign-ups',
        { email: 'new-poison@example.com', company_name: 'X' },
        { headers: evil },
      ),
      await account.browser.post('/v1/account/email', { email: 'p2@example.com' }, { headers: evil }),
      await account.browser.post(
        `/v1/companies/${account.company}/invitations`,
        { email: 'p3@example.com', role: 'viewer' },
        { headers: evil },
      ),
    ];
    for (const { status, body, headers } of answers) {
      assert.ok(status === 202 || status === 201, body);
      assert.equal(JSON.stringify([body, headers]).includes('evil'), false);
    }
    const write = createLetterWriter({
      publicUrl: 'https://localhost',
      linkKey: deriveKey(house.master, 'link'),
    });
    const mails = await superuser(
      "select * from vouchsafe.mail where recipient in ('poison@example.com', 'new-poison@example.com', 'p2@example.com', 'p3@example.com')",
    );
    assert.ok(mails.length >= 6);
    for (const mail of mails) {
      assert.equal(JSON.stringify(mail).includes('evil'), false);
      const letter = write(mail as never);
      const text = JSON.stringify(letter);
      assert.equal(text.includes('evil'), false);
      for (const [address] of text.matchAll(/https?:\/\/[^\s"'<>\\]+/g))
        assert.ok(address.startsWith('https://localhost/dashboard'), address);
    }
  });
});

describe('tokens played back', () => {
  const ends: Readonly<Record<string, (account: Account) => Promise<Seen>>> = {
    'signing out': ({ browser: tab }) => tab.send('DELETE', '/v1/session'),
    'ending it in the list': async ({ browser: tab }) => {
      const { id } = (await tab.get('/v1/session')).json();
      return tab.send('DELETE', `/v1/sessions/${id}`);
    },
    'a new password': ({ browser: tab }) => tab.post('/v1/account/password', { password: OTHER_PASSWORD }),
    'a new address': async (account) => {
      const email = `new-${account.email}`;
      await account.browser.post('/v1/account/email', { email });
      const other = browser();
      await signInWith(other, account.email);
      return other.post('/v1/email-changes/confirm', { token: await token(email, 'email-change') });
    },
    'a reset password': async ({ email }) => {
      await browser().post('/v1/password-resets', { email });
      const link = await token(email, 'password-reset');
      return browser().post('/v1/password-resets/complete', { token: link, password: OTHER_PASSWORD });
    },
  };
  for (const [index, [what, end]] of Object.entries(ends).entries()) {
    it(`a cookie of before ${what} is worth nothing, in this browser or another one`, async () => {
      const account = await makeAccount(`replay${index}@example.com`);
      const other = browser();
      await signInWith(other, account.email);
      const old = account.browser.jar();
      const ended = await end(account);
      assert.ok(ended.status < 300, ended.body);
      assert.equal(await untilSignedOut(browser(), old), 401);
      if (what === 'signing out' || what === 'ending it in the list')
        assert.equal((await other.get('/v1/session')).status, 200, 'the other session goes on');
      else assert.equal(await untilSignedOut(other), 401, 'every other session has ended');
    });
  }
});

describe('cookies', () => {
  it('of all that was sent above are for this host, HTTPS and the server alone, and end where they should', async () => {
    const account = await makeAccount('cookies@example.com');
    const out = await account.browser.send('DELETE', '/v1/session');
    assert.deepEqual(
      out.setCookies.map((line) => line.split(';', 2).join(';')),
      [`${COOKIES.session}=; Max-Age=0`, `${COOKIES.pending}=; Max-Age=0`],
    );
    const names = Object.values(COOKIES);
    const { setCookies } = reviewed;
    assert.ok(setCookies.length > 200);
    for (const line of setCookies) {
      const [, name = '', value = '', age = '', rest] =
        /^([^=]+)=([^;]*); Max-Age=(\d+); (.*)$/.exec(line) ?? [];
      assert.ok((names as readonly string[]).includes(name), line);
      assert.equal(rest, 'Path=/; Secure; HttpOnly; SameSite=Lax', line);
      assert.match(value, /^(?:[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)?$/);
      assert.equal(value === '', age === '0', line);
      assert.ok(line.length < 1024, 'far below what browsers keep');
    }
    for (const name of names) {
      assert.ok(
        setCookies.some((line) => line.startsWith(`${name}=ey`)),
        `${name} was set`,
      );
      assert.ok(
        setCookies.some((line) => line.startsWith(`${name}=;`)),
        `${name} was ended`,
      );
    }
  });
});
