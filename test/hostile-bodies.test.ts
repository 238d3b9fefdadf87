/** Every endpoint that takes a body, and everything that a body can be instead of what was asked for. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { z } from 'zod';
import type { AnyRoute } from '../src/http/route.ts';
import { cookieOf, signIn } from './support/people.ts';
import { openReviewedHouse, type Account, type Seen } from './support/reviewed-house.ts';

const reviewed = await openReviewedHouse();
const { house, browser, makeAccount, pathOf, digest } = reviewed;
const MARK = 'marker7f3a9c';

const changing = house.app.routes.filter(
  ({ access, method }) => !('secretKey' in access) && method !== 'GET',
);
/** Of a wire contract, with other bodies and errors of their own: their tests send them what is bad. */
const OF_A_CONTRACT = [
  'dataset-uploads.append',
  'dataset-uploads.create',
  'dataset-uploads.remove',
  'datasets.addRows',
  'datasets.changeRows',
  'datasets.putRow',
  'datasets.removeRows',
];
const routes = changing.filter(({ operation }) => !OF_A_CONTRACT.includes(operation));
const withBody = routes.filter(({ docs }) => docs.body !== undefined);
const fieldsOf = (route: AnyRoute): readonly string[] =>
  Object.keys(z.toJSONSchema(route.docs.body!, { io: 'input', unrepresentable: 'any' }).properties ?? {});

/** Somebody who may do everything, freshly proved, in a session of its own so that none is slowed. */
const ownerCookie = async (): Promise<string> => {
  const { user, cookie } = await signIn(house, { memberships: { [house.company]: 'owner' } });
  return `${cookie}; ${cookieOf(house.cookies.pending({ user, credentialEpoch: 1 }, Date.now()))}`;
};
const sendRaw = async (
  route: AnyRoute,
  raw: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  cookie?: string,
): Promise<Seen> =>
  browser().send(route.method, pathOf(route, house.company), undefined, {
    raw: raw as string,
    headers,
    cookie: cookie ?? (await ownerCookie()),
  });

const assertClear = (answer: Seen, what: string): void => {
  assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.body}`);
  assert.equal(answer.headers['content-type'], 'application/problem+json', what);
  assert.equal(answer.headers['cache-control'], 'no-store', what);
  assert.doesNotMatch(
    answer.body,
    new RegExp(`${MARK}|__proto__|/src/|node_modules|\\.ts\\b|\\bat \\w+ \\(`),
    what,
  );
};

const KEPT = [
  'user_account',
  'company',
  'member',
  'project',
  'key',
  'invitation',
  'sign_up',
  'mail',
  'audit_event',
];

describe('a body', () => {
  it('of a form, of plain text, of another charset or of no type is 415 wherever one is sent', async () => {
    assert.ok(withBody.length >= 30);
    assert.equal(routes.length + OF_A_CONTRACT.length, changing.length);
    for (const route of routes) {
      const cookie = await ownerCookie();
      for (const type of [
        'text/plain',
        'text/plain; application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=application/json',
        'application/json; charset=utf-16',
        'application/json, text/plain',
        'application/jsonx',
        '',
      ]) {
        const answer = await sendRaw(route, '{}', { 'content-type': type }, cookie);
        assert.equal(answer.status, 415, `${route.operation} ${type}: ${answer.body}`);
      }
    }
  });

  it('that is no JSON object, too deep, not UTF-8, or of keys with a meaning of their own is refused everywhere', async () => {
    const raws: readonly (readonly [string, string | Buffer])[] = [
      ['a list', '[]'],
      ['a text', `"${MARK}"`],
      ['a number', '1'],
      ['nothing', 'null'],
      ['a truth', 'true'],
      ['only space', ' '],
      ['two', '{}{}'],
      ['half', `{"${MARK}":`],
      ['a byte order mark twice', '\ufeff\ufeff{}'],
      ['single quotes', "{'a':1}"],
      ['a comment', '{}//'],
      ['not a number', '{"email":NaN}'],
      ['a control character', '{"email":"\u0001"}'],
      ['deep lists', `{"email":${'['.repeat(30_000)}`],
      ['deep objects', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
      ['closed deep lists', `{"a":${'['.repeat(33)}${']'.repeat(33)}}`],
      ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
      ['a broken sequence', Buffer.from([0x7b, 0x22, 0x61, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
      ['an overlong sequence', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
      ['a surrogate in UTF-8', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
      ['a prototype', `{"__proto__":{"admin":true,"email":"${MARK}"}}`],
      ['a constructor', '{"constructor":{"prototype":{"admin":true}}}'],
      ['other keys of objects', '{"toString":1,"hasOwnProperty":1,"valueOf":1}'],
      ['a field that nobody knows', `{"${MARK}":1}`],
      [
        'many fields',
        JSON.stringify(Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`f${n}`, n]))),
      ],
    ];
    const unchanged = await digest(...KEPT.filter((table) => table !== 'user_account' && table !== 'member'));
    for (const route of withBody) {
      // As many as one session may send at once.
      assert.ok(raws.length <= 30);
      const cookie = await ownerCookie();
      for (const [what, raw] of raws) {
        const answer = await sendRaw(route, raw, {}, cookie);
        assertClear(answer, `${route.operation}, ${what}`);
        assert.equal(answer.status, 400, `${route.operation}, ${what}`);
      }
    }
    assert.equal(({} as { admin?: unknown }).admin, undefined);
    assert.equal(
      await digest(...KEPT.filter((table) => table !== 'user_account' && table !== 'member')),
      unchanged,
    );
  });

  it('whose fields hold something else than they should is refused, field by field', async () => {
    const values = [
      '1e999',
      '-0',
      'null',
      'true',
      '123456',
      '{}',
      '{"$ne":null}',
      '[]',
      `["${MARK}"]`,
      `[${'0,'.repeat(20_000)}0]`,
      '"\\ud800"',
      '"\\u0000"',
      `"${'x'.repeat(60_000)}"`,
      '""',
    ];
    for (const route of withBody) {
      for (const field of fieldsOf(route)) {
        const cookie = await ownerCookie();
        for (const value of values) {
          // Only what the schema itself takes may be done; a text of nothing is one of a token, and no token.
          const answer = await sendRaw(route, `{"${field}":${value}}`, {}, cookie);
          if (answer.status < 400) {
            const isPlain = value === 'null' || value === 'true';
            const sent = { [field]: JSON.parse(value) as unknown };
            assert.ok(
              isPlain && route.docs.body?.safeParse(sent).success === true,
              `${route.operation} ${field} ${value}: ${answer.status}`,
            );
            continue;
          }
          assertClear(answer, `${route.operation} ${field} ${value.slice(0, 20)}`);
        }
      }
    }
  });

  it('with a field twice counts by its last, as every reader of JSON has it, and checks that one', async () => {
    const cookie = await ownerCookie();
    const send = (raw: string): Promise<Seen> =>
      browser().send('PATCH', '/v1/account', undefined, { raw, cookie });
    assert.equal((await send('{"name":5,"name":"Ada"}')).json().name, 'Ada');
    assert.equal((await send('{"name":"Ada","name":5}')).status, 400);
    assert.equal((await send('{"name":"Ada","__proto__":{"name":"Eve"}}')).status, 400);
  });
});

describe('a name', () => {
  let account: Account;
  before(async () => {
    account = await makeAccount('names@example.com');
  });

  /** Wherever people give a name to something. */
  const givers = (): Readonly<Record<string, (name: unknown) => Promise<Seen>>> => {
    const company = `/v1/companies/${account.company}`;
    const as = async (method: string, path: string, body: object): Promise<Seen> => {
      // One session may ask thirty times in a second.
      await new Promise((resolve) => setTimeout(resolve, 35));
      return account.browser.send(method, path, body);
    };
    return {
      person: (name) => as('PATCH', '/v1/account', { name }),
      company: (name) => as('PATCH', company, { name }),
      project: (name) => as('PATCH', `${company}/projects/${account.project}`, { name }),
      signUp: (name) => browser().post('/v1/sign-ups', { email: 'n@example.com', company_name: name }),
      key: (name) => as('POST', `${company}/projects/${account.project}/keys`, { name }),
      invited: (name) => browser().post('/v1/invitations/accept', { token: 'A'.repeat(43), name }),
    };
  };

  it('that could add a line, turn the reading round, hide something or show nothing is refused everywhere', async () => {
    const names = [
      '',
      ' ',
      'a\0b',
      'a\r\nBcc: evil@example.net',
      'a\nb',
      'a\tb',
      'a\u0085b',
      'a\u2028b',
      'a\u001b[2Jb',
      'invoice\u202efdp.exe',
      'a\u2066b\u2069',
      '\u200b',
      '\u200d\u200d',
      '\ufeff',
      '\u3164',
      'North\u200bwind',
      'North\u00adwind',
      'North\u2060wind',
      'North\ufeffwind',
      'a\u200eb',
      `a${String.fromCodePoint(0xe0041, 0xe0042)}`,
      'a\ud800',
      'x'.repeat(201),
      'e\u0301'.repeat(401),
      `vs_sk_live_${'a'.repeat(32)}`,
      5,
      ['a'],
    ];
    for (const [what, give] of Object.entries(givers())) {
      for (const name of names) {
        const answer = await give(name);
        assertClear(answer, `${what} ${JSON.stringify(name)}`);
        assert.equal(answer.json().code, 'invalid_request', `${what} ${JSON.stringify(name)}`);
        assert.match(String(answer.json().field), /^\/(?:name|company_name)$/);
      }
    }
  });

  it('in any script, with what scripts and pictures need, or like something dangerous, stays as it is', async () => {
    const names = [
      'Zoë Müller-Lüdenscheidt',
      '山田太郎',
      'محمد بن موسى',
      'می\u200cخواهم',
      'क्\u200dष',
      '👩\u200d👩\u200d👧\u200d👦 & co',
      "O'Brien'); drop table vouchsafe.company; --",
      '<script>alert(1)</script>',
      '=HYPERLINK("https://evil.example")',
      '${7*7}{{7*7}}%s%n',
      '../../etc/passwd',
    ];
    const { person, company, project, key } = givers();
    for (const name of names) {
      for (const give of [person!, company!, project!]) {
        const answer = await give(name);
        assert.deepEqual([answer.status, answer.json().name], [200, name.normalize('NFC')], name);
      }
      assert.equal((await key!(name)).status, 201);
    }
    assert.equal(
      (await person!('  Ada\u0308 ')).json().name,
      'Ad\u00e4',
      'spaces around it, and one form of it',
    );
  });
});

describe('an address', () => {
  it('that looks like another one, holds a line break, or is none, is refused wherever one is asked for', async () => {
    const account = await makeAccount('addresses@example.com');
    const addresses = [
      'a@exаmple.com',
      'а@example.com',
      'a@ｅxample.com',
      'a@example。com\r\nBcc: evil@example.net',
      'a@example.com\r\nBcc: evil@example.net',
      'a@example.com\nb',
      'a\r\n@example.com',
      'a@example.com\0.evil.example',
      'a@example.com,evil@example.net',
      'a@example.com;evil@example.net',
      'a@example.com evil@example.net',
      '<a@example.com>',
      '"a"@example.com',
      'a@[127.0.0.1]',
      'a@127.0.0.1',
      'a@localhost',
      'a@b@example.com',
      'a@xn--exmple-cua.xn--com-',
      'a@example.com\u202e',
      'a\u200b@example.com',
      '@example.com',
      'a@',
      `${'a'.repeat(65)}@example.com`,
      `a@${'a'.repeat(64)}.com`,
      '',
    ];
    const company = `/v1/companies/${account.company}`;
    const before_ = await digest('mail', 'sign_up', 'email_change', 'invitation', 'company');
    for (const email of addresses) {
      for (const answer of [
        await browser().post('/v1/sign-ups', { email, company_name: 'X' }),
        await browser().post('/v1/password-resets', { email }),
        await account.browser.post('/v1/account/email', { email }),
        await account.browser.post(`${company}/invitations`, { email, role: 'viewer' }),
        await account.browser.send('PATCH', company, { contact_email: email }),
      ]) {
        assertClear(answer, JSON.stringify(email));
        assert.equal(answer.status, 400, `${JSON.stringify(email)} ${answer.body}`);
      }
      const signedIn = await browser().post('/v1/sessions', {
        email,
        password: 'violet kettle hums at dawn',
      });
      assert.ok(signedIn.status === 400 || signedIn.status === 401, JSON.stringify(email));
      // Three requests of this session in each round.
      await new Promise((resolve) => setTimeout(resolve, 105));
    }
    assert.equal(await digest('mail', 'sign_up', 'email_change', 'invitation', 'company'), before_);
  });
});
