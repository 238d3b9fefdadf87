/** Requests of people with marks wherever they can put something, and one person's journey with what they consented to. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveKey } from '../../src/foundation/derive.ts';
import { linkToken, type LinkPurpose } from '../../src/foundation/link.ts';
import { COOKIES } from '../../src/gate/cookies.ts';
import { freshMark } from '../../src/promises/marks.ts';
import { markedHeaders, type Marks, type Scene } from './marked-requests.ts';
import type { Answer, RunningServer } from './server.ts';
import { createAuthenticatorApp, decodeBase32 } from './totp.ts';
import { traceText, type Trace } from './traces.ts';

const OURS = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' } as const;

/** Everything that a stranger can send to the endpoints of people, right and wrong; nothing of it may be kept. */
export const accountScenes = (marks: Marks): readonly Scene[] => {
  const { make, note } = marks;
  const password = (place: string): string => note('password', `${make(place)} otters juggle`);
  const email = (place: string): string => `${make(place)}@${make('domain')}.example`;
  const token = (): string => note('token', (make('token') + 'A'.repeat(43)).slice(0, 43));
  const scene = (
    name: string,
    path: string,
    status: number,
    body: unknown,
    more: Partial<Scene> = {},
  ): Scene => ({
    name,
    path: `/v1${path}`,
    method: 'POST',
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
    headers: { ...OURS, ...more.headers },
  });
  const cookies = Object.values(COOKIES)
    .map((name) => `${name}=${make('token')}.${make('sealed')}`)
    .join('; ');
  const base64 = (): string => note('passkey', Buffer.from(make('passkey').repeat(3)).toString('base64url'));
  const passkey = {
    id: base64(),
    rawId: base64(),
    type: 'public-key',
    clientExtensionResults: { [make('extension')]: make('extended') },
    response: {
      clientDataJSON: base64(),
      authenticatorData: base64(),
      signature: base64(),
      userHandle: base64(),
    },
  };
  return [
    scene('sign in', '/sessions', 401, { email: email('who'), password: password('wrong') }),
    scene('password as address', '/sessions', 400, { email: password('typed'), password: password('again') }),
    scene(
      'another site',
      '/sessions',
      403,
      { email: email('cross') },
      { headers: { 'sec-fetch-site': 'cross-site' } },
    ),
    scene('unknown field', '/sessions', 400, { [make('fieldname')]: make('fieldvalue') }),
    scene('wrong types', '/sessions', 400, { email: [make('list')], password: { [make('key')]: 1 } }),
    scene('broken JSON', '/sessions', 400, `{"email":"${make('broken')}`),
    scene('deep JSON', '/sessions', 400, `{"a":${'['.repeat(100)}"${make('deep')}"`),
    scene('a form', '/sessions', 415, `email=${make('form')}&password=${make('formpassword')}`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    scene('large', '/sessions', 413, { email: make('largemail').repeat(5000) }),
    scene('weak sign-up', '/sign-ups', 400, {
      email: email('weak'),
      password: note('password', make('').slice(0, 9)),
      company_name: make('weakcompany'),
    }),
    scene('sign-up without an address', '/sign-ups', 400, {
      email: make('noaddress'),
      company_name: make('company'),
    }),
    scene('sign-up with a bad name', '/sign-ups', 400, {
      email: email('badname'),
      company_name: `${make('nul')}\0`,
    }),
    scene('a link that is none', '/sign-ups/read', 410, { token: token() }),
    scene('confirm', '/sign-ups/confirm', 410, { token: token(), password: password('confirm') }),
    scene('forgotten', '/password-resets', 202, { email: email('forgotten') }),
    scene('reset', '/password-resets/complete', 410, { token: token(), password: password('reset') }),
    scene('moved', '/email-changes/confirm', 401, { token: token() }),
    scene('invited', '/invitations/read', 410, { token: token() }),
    scene('accept', '/invitations/accept', 410, {
      token: token(),
      password: password('accept'),
      name: make('acceptname'),
    }),
    scene('passkey', '/sessions/passkey', 400, { response: passkey }),
    scene(
      'second step',
      '/sessions/second-factor',
      401,
      { recovery_code: make('code') },
      { headers: { cookie: cookies } },
    ),
    scene(
      'session',
      `/account/password?${make('query')}=${make('value')}`,
      401,
      { password: password('new') },
      {
        headers: { cookie: cookies },
      },
    ),
    scene(
      'bearer',
      '/account/email',
      401,
      { email: email('bearer') },
      {
        headers: { authorization: `Bearer ${make('sessiontoken')}` },
      },
    ),
    {
      name: 'company',
      path: `/v1/companies/${make('companyid')}/keys?project=${make('project')}`,
      status: 401,
      headers: { cookie: cookies },
    },
    {
      name: 'dashboard',
      path: `/dashboard/${make('page')}?${make('q')}=1`,
      status: 200,
      headers: { cookie: cookies },
    },
  ];
};

/** What somebody put into their account, and so may be kept, and where. */
export interface Consented {
  readonly what: string;
  readonly value: string;
  /** Tables of ours that it may stand in. */
  readonly tables: readonly string[];
  readonly traces: readonly Trace[];
}

const consent = (what: string, value: string, tables: readonly string[]): Consented => ({
  what,
  value,
  tables,
  traces: traceText(`consented ${what}`, value),
});

/** Signs up and does what people do, with all else marked; gives what may be kept. */
export const liveAccount = async (server: RunningServer, marks: Marks): Promise<readonly Consented[]> => {
  const { make, note } = marks;
  const from = marks.addresses[2] ?? '';
  const mark = freshMark();
  const email = consent('address', `${mark}mail@example.com`, ['user_account', 'sign_up', 'mail']);
  const company = consent('company', `${mark}company`, ['company', 'sign_up', 'mail', 'audit_event']);
  const person = consent('name', `${mark}person`, ['user_account', 'mail']);
  const key = consent('key', `${mark}key`, ['key', 'audit_event', 'mail']);
  const guest = consent('guest', `${mark}guest@example.net`, ['invitation', 'mail']);
  const jar = new Map<string, string>();
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const { cookie = '', ...headers } = markedHeaders(marks);
    const answer = await server.request(`/v1${path}?${make('accountquery')}=1`, {
      method,
      from,
      headers: {
        ...headers,
        ...OURS,
        cookie: [...[...jar].map((pair) => pair.join('=')), cookie].join('; '),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
      if (value !== '') note(`cookie ${name}`, value);
    }
    return answer;
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the endpoint said
  const done = async (status: number, method: string, path: string, body?: unknown): Promise<any> => {
    const answer = await call(method, path, body);
    assert.equal(answer.status, status, `${method} ${path} ${answer.body}`);
    return answer.body === '' ? {} : JSON.parse(answer.body);
  };
  const linkKey = deriveKey(readFileSync(join(server.home.dataDir, 'secrets', 'master')), 'link');
  /** Its digest is kept, which says nothing of a token of 256 bits. */
  const link = async (recipient: string, purpose: LinkPurpose): Promise<string> => {
    const [row] = await server.sql<{ link_id: string }>(
      'select link_id from vouchsafe.mail where recipient = $1 and link_purpose = $2 order by id desc limit 1',
      [recipient, purpose],
    );
    return marks.keepSecret(`token of ${purpose}`, linkToken(linkKey, purpose, row?.link_id ?? '').expose());
  };
  const password = note('password', `${make('right')} violet kettle hums`);
  await done(202, 'POST', '/sign-ups', { email: email.value, password, company_name: company.value });
  const confirmed = await done(201, 'POST', '/sign-ups/confirm', {
    token: await link(email.value, 'sign-up'),
  });
  const place = `/companies/${confirmed.memberships[0].company}`;
  await done(200, 'PATCH', '/account', { name: person.value });
  await done(401, 'POST', '/session/proof', { password: note('password', `${make('wrongproof')} violet`) });
  await done(200, 'POST', '/session/proof', { password });
  await done(400, 'PATCH', '/account', { name: `a\n${make('badname')}` });
  await done(400, 'POST', '/account/password', { password: note('password', make('').slice(0, 12)) });
  const moved = note('token', (make('movedtoken') + 'A'.repeat(43)).slice(0, 43));
  await done(410, 'POST', '/email-changes/confirm', { token: moved });
  const projects = await done(200, 'GET', `${place}/projects`);
  const made = await done(201, 'POST', `${place}/projects/${projects.items[0].id}/keys`, { name: key.value });
  note('secret key', made.secret);
  await done(404, 'GET', `/companies/com_${make('nocompany')}`);
  await done(404, 'DELETE', `/sessions/ses_${'0'.repeat(26)}`, {});
  await done(201, 'POST', `${place}/invitations`, { email: guest.value, role: 'viewer' });
  const totp = await done(200, 'POST', '/account/totp', {});
  note('secret of the app', totp.secret);
  note('secret of the app in bytes', decodeBase32(totp.secret).toString('hex'));
  await done(400, 'POST', '/account/totp/confirm', { code: '000000' });
  const app = createAuthenticatorApp(totp.secret);
  const { recovery_codes: codes } = await done(200, 'POST', '/account/totp/confirm', {
    code: await app.code(),
  });
  for (const code of codes) note('recovery code', code);
  await done(200, 'POST', '/sessions', { email: email.value, password });
  await done(401, 'POST', '/sessions/second-factor', { recovery_code: make('wrongcode') });
  await done(200, 'POST', '/sessions/second-factor', { recovery_code: codes[0] });
  await done(202, 'POST', '/password-resets', { email: email.value });
  await link(email.value, 'password-reset');
  await link(guest.value, 'invitation');
  await done(200, 'GET', '/sessions');
  assert.equal((await call('POST', '/account/export', {})).status, 200);
  return [email, company, person, key, guest];
};
