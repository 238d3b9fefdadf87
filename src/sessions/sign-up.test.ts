import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOOD_PASSWORD, openSessionHouse, OTHER_PASSWORD } from '../../test/support/session-house.ts';

const { house, hasher, browser, mails, token, makeAccount } = await openSessionHouse();
const { superuser } = house.store;

const signUp = (email: string) => ({ email, password: GOOD_PASSWORD, company_name: 'Tin Lantern' });
const count = async (table: string): Promise<number> =>
  Number((await superuser(`select count(*) as n from vouchsafe.${table}`))[0]?.['n']);

test('a sign-up that is confirmed makes user, company, project, owner, log entry and session at once', async () => {
  const tab = browser();
  const asked = await tab.post('/v1/sign-ups', signUp(' Ada@Example.COM '));
  assert.deepEqual([asked.status, asked.body], [202, '{}']);
  assert.equal(await count('user_account'), 0, 'an address counts only once its owner has followed the link');
  const link = await token('ada@example.com', 'sign-up');
  assert.deepEqual((await tab.post('/v1/sign-ups/read', { token: link })).json(), {
    email: 'ada@example.com',
    company_name: 'Tin Lantern',
    needs: 'nothing',
  });
  const confirmed = await tab.post('/v1/sign-ups/confirm', { token: link });
  assert.equal(confirmed.status, 201, confirmed.body);
  const body = confirmed.json();
  assert.equal(body['state'], 'signed_in');
  const [membership] = body['memberships'] as Record<string, unknown>[];
  assert.deepEqual(
    { ...membership, company: '' },
    {
      company: '',
      name: 'Tin Lantern',
      role: 'owner',
      requires_second_factor: false,
    },
  );
  const [project] = await superuser(
    'select p.name, l.* from vouchsafe.project p, vouchsafe.limits_of(p.id) l where p.company_id = $1',
    [membership?.['company']],
  );
  const { name, ...limits } = project ?? {};
  assert.equal(name, 'First project');
  assert.deepEqual(limits, { per_second: 10, burst: 10, per_day: 2500, per_month: null, is_soft: false });
  const [event] = await superuser('select * from vouchsafe.audit_event');
  assert.equal(event?.['action'], 'companies.create');
  const shown = (await tab.send('GET', '/v1/session')).json();
  assert.deepEqual(
    [shown['user'], shown['second_factor'], shown['recovery_codes_left']],
    [body['user'], false, 0],
  );
  assert.equal(tab.cookies.has('__Host-vs-sign-up'), false);
});

test('a link is used up by one of several confirmations at the same time', async () => {
  await browser().post('/v1/sign-ups', signUp('twice@example.com'));
  const body = { token: await token('twice@example.com', 'sign-up'), password: GOOD_PASSWORD };
  // All have found the link unused before any of them goes on.
  const { promise: allAreThere, resolve } = Promise.withResolvers<void>();
  let waiting = 0;
  hasher.onVerify = () => {
    waiting += 1;
    if (waiting === 4) resolve();
    return allAreThere;
  };
  const answers = await Promise.all([1, 2, 3, 4].map(() => browser().post('/v1/sign-ups/confirm', body)));
  hasher.onVerify = () => Promise.resolve();
  assert.deepEqual(
    answers.map(({ status }) => status).sort((x, y) => x - y),
    [201, 410, 410, 410],
  );
  const again = await browser().post('/v1/sign-ups/confirm', body);
  assert.deepEqual([again.status, again.json()['code']], [410, 'link_invalid']);
});

test('two sign-ups of one address that are confirmed at once make one account; the other link is used up', async () => {
  const tabs = [browser(), browser()];
  const tokens: string[] = [];
  for (const tab of tabs) {
    await tab.post('/v1/sign-ups', signUp('race@example.com'));
    tokens.push(await token('race@example.com', 'sign-up'));
  }
  const companies = await count('company');
  const answers = await Promise.all(
    tabs.map((tab, index) => tab.post('/v1/sign-ups/confirm', { token: tokens[index] })),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [201, 409],
  );
  const lost = answers.findIndex(({ status }) => status === 409);
  assert.equal(answers[lost]?.json()['code'], 'account_exists');
  assert.equal(await count('company'), companies + 1, 'nothing is half-done');
  const again = await tabs[lost]?.post('/v1/sign-ups/confirm', { token: tokens[lost] });
  assert.equal(again?.status, 410);
});

test('pre-hijacking: who follows a link that somebody else asked for does not confirm their password', async () => {
  const attacker = browser();
  await attacker.post('/v1/sign-ups', signUp('victim@example.com'));
  const link = await token('victim@example.com', 'sign-up');
  const victim = browser();
  assert.equal((await victim.post('/v1/sign-ups/read', { token: link })).json()['needs'], 'password');
  for (const password of [undefined, OTHER_PASSWORD]) {
    const refused = await victim.post('/v1/sign-ups/confirm', { token: link, password });
    assert.deepEqual([refused.status, refused.json()['code']], [403, 'sign_up_password_required']);
  }
  // A cookie of another sign-up is none for this one.
  await victim.post('/v1/sign-ups', signUp('somebody@example.com'));
  assert.equal((await victim.post('/v1/sign-ups/confirm', { token: link })).status, 403);
  assert.equal(
    (await superuser("select from vouchsafe.user_account where email = 'victim@example.com'")).length,
    0,
  );
  const honest = await browser().post('/v1/sign-ups/confirm', { token: link, password: GOOD_PASSWORD });
  assert.equal(honest.status, 201, 'on another device, with the password again');
});

test('guessing the password of a sign-up that is confirmed elsewhere is slowed', async () => {
  await browser().post('/v1/sign-ups', signUp('slow@example.com'));
  const link = await token('slow@example.com', 'sign-up');
  const tab = browser();
  const statuses: number[] = [];
  for (let index = 0; index < 7; index += 1)
    statuses.push((await tab.post('/v1/sign-ups/confirm', { token: link, password: OTHER_PASSWORD })).status);
  assert.deepEqual(statuses, [403, 403, 403, 403, 403, 429, 429]);
});

test('nothing tells whether an address has an account: status, body, cookies and steps are the same', async () => {
  await makeAccount(browser(), 'known@example.com');
  const look = async (email: string) => {
    const before = { ...hasher.counts };
    const answer = await browser().post('/v1/sign-ups', signUp(email));
    const hashed = [hasher.counts.hash - before.hash, hasher.counts.verify - before.verify];
    const cookies = answer.setCookies.map((line) => line.replace(/=[^;]*/, (value) => `=${value.length}`));
    return { status: answer.status, body: answer.body, headers: answer.headers, cookies, hashed };
  };
  const rows = await count('sign_up');
  assert.deepEqual(await look('known@example.com'), await look('fresh@example.com'));
  assert.equal(await count('sign_up'), rows + 2, 'the same is written either way');
  assert.deepEqual(
    (await mails('known@example.com')).map(({ template }) => template),
    ['sign-up-confirm', 'sign-up-exists'],
  );
  assert.deepEqual(
    (await mails('fresh@example.com')).map(({ template }) => template),
    ['sign-up-confirm'],
  );
});

test('a fourth mail to one address is not sent, and the answer does not say so', async () => {
  for (let index = 0; index < 5; index += 1) {
    const answer = await browser().post('/v1/sign-ups', signUp('flooded@example.com'));
    assert.deepEqual([answer.status, answer.body, answer.setCookies.length], [202, '{}', 1]);
  }
  assert.equal((await mails('flooded@example.com')).length, 3);
});

test('an expired link, a token of another purpose and anything else are refused alike', async () => {
  const tab = browser();
  await tab.post('/v1/sign-ups', signUp('late@example.com'));
  const link = await token('late@example.com', 'sign-up');
  await superuser("update vouchsafe.sign_up set expires_at = now() where email = 'late@example.com'");
  const answers = [link, `${link.slice(0, -1)}A`, link.slice(0, 42), '', 'x'.repeat(200), '\u0000'];
  for (const one of answers) {
    const answer = await tab.post('/v1/sign-ups/confirm', { token: one });
    assert.deepEqual([answer.status, answer.json()['code']], [410, 'link_invalid'], JSON.stringify(one));
  }
});

test('refuses addresses and names that are none, passwords that cannot be used, and unknown fields, naming the field', async () => {
  const refusals: readonly [Record<string, unknown>, string, string | undefined][] = [
    [{ email: 'аda@example.com' }, 'email_invalid', '/email'],
    [{ email: 'a@example.com\r\nBcc: b@example.com' }, 'email_invalid', '/email'],
    [{ email: 'x'.repeat(1001) }, 'invalid_request', '/email'],
    [{ email: 7 }, 'invalid_request', '/email'],
    [{ company_name: 'Tin\r\nBcc: a@example.com' }, 'invalid_request', '/company_name'],
    [{ company_name: ' ' }, 'invalid_request', '/company_name'],
    [{ company_name: 'x'.repeat(201) }, 'invalid_request', '/company_name'],
    [{ password: 'short' }, 'password_too_short', '/password'],
    [{ password: 'a'.repeat(257) }, 'password_too_long', '/password'],
    [{ password: 'tinlantern tinlantern' }, 'password_contains_identity', '/password'],
    [{ password: 'aaaaaaaaaaaaaaaaaaaa' }, 'password_guessable', '/password'],
    [{ password: '' }, 'invalid_request', '/password'],
    [{ is_admin: true }, 'invalid_request', undefined],
  ];
  for (const [change, code, field] of refusals) {
    const answer = await browser().post('/v1/sign-ups', { ...signUp('bad@example.com'), ...change });
    const body = answer.json();
    assert.deepEqual(
      [answer.status, body['code'], body['field']],
      [400, code, field],
      JSON.stringify(change),
    );
    assert.equal(answer.setCookies.length, 0);
  }
  assert.equal((await mails('bad@example.com')).length, 0);
});

test('what another site sends is refused before anything is looked at', async () => {
  const tab = browser();
  const answer = await tab.send('POST', '/v1/sign-ups', signUp('csrf@example.com'), {
    'sec-fetch-site': 'cross-site',
  });
  assert.deepEqual([answer.status, answer.json()['code']], [403, 'cross_site']);
  assert.equal((await mails('csrf@example.com')).length, 0);
});

test('a source that asks for many mails is slowed', async () => {
  const tab = browser();
  const statuses: number[] = [];
  for (let index = 0; index < 12; index += 1)
    statuses.push(
      (await tab.post('/v1/sign-ups', { email: `many${index}@example.com`, company_name: 'X' })).status,
    );
  assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 202), 429, 429]);
});
