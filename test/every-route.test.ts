/** Every route of the table, found by itself: what holds for all of them whatever they do. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { adminRoutes } from '../src/admin/routes.ts';
import { setTimeout as pause } from 'node:timers/promises';
import type { CompanyId } from '../src/foundation/ids.ts';
import { COOKIES } from '../src/gate/cookies.ts';
import { generateKey } from '../src/gate/key-format.ts';
import type { AnyRoute } from '../src/http/route.ts';
import { may, type Permission } from '../src/policy/roles.ts';
import { ROLES, type Role } from '../src/foundation/caller.ts';
import { type Answer, type House, openHouse, withKey } from './support/house.ts';
import { signIn } from './support/people.ts';

let house: House;
before(async () => {
  house = await openHouse();
});

/** A path that matches the route's pattern; of a company that there is, where it is of one. */
const pathOf = (route: AnyRoute, company: CompanyId = house.company): string =>
  route.path
    .replace(':company', company)
    .replaceAll(/:[a-z]\w*/gi, 'x')
    .replace(/\*$/, 'x');

const keyed = (): AnyRoute[] => house.app.routes.filter((route) => 'secretKey' in route.access);
/** Routes that a cookie opens. */
const people = (): AnyRoute[] =>
  house.app.routes.filter(({ access }) => 'session' in access || 'member' in access || 'pending' in access);
/** Routes that say why they may be called from anywhere; a cookie has no say in them. */
const isFromAnywhere = ({ access }: AnyRoute): boolean => 'public' in access && access.anywhere !== undefined;
/** Below the share of a second that strangers have. */
const takeBreath = (): Promise<void> => pause(25);
const send = (route: AnyRoute, options: Parameters<House['get']>[1] = {}): Promise<Answer> =>
  house.get(pathOf(route), { method: route.method, ...options });

/** A body without the one part of an envelope that changes by itself, as JSON or XML. */
const withoutTime = (body: string): string =>
  body.replace(/"timestamp":\{[^}]*\}|<timestamp>.*<\/timestamp>/s, '');

const assertNoInnerDetail = (answer: Answer): void => {
  assert.doesNotMatch(
    answer.body,
    /node_modules|\.ts:\d|at \w+ \(|vouchsafe\.(?:key|project)|SELECT|stack/,
    answer.body.slice(0, 300),
  );
  assert.equal(answer.headers['x-powered-by'], undefined);
  assert.equal(answer.headers['server'], undefined);
};

describe('every route', () => {
  it('is in the table once, under a noun.verb, with a reason where it is public', () => {
    const { routes } = house.app;
    assert.ok(routes.length >= 10, `${routes.length} routes`);
    assert.ok(keyed().length >= 1);
    for (const route of routes) {
      assert.match(route.operation, /^[a-z]+(?:-[a-z]+)*\.[a-z][a-zA-Z]*(?:-[a-z]+)*$/);
      if ('public' in route.access)
        assert.ok(route.access.public.length > 10, `${route.operation} says why it is public`);
      else
        assert.equal(
          route.cost > 0,
          'secretKey' in route.access,
          `${route.operation} costs a project something`,
        );
      assert.ok(route.docs.summary.length > 0 && route.docs.description.length > 0, route.operation);
    }
  });

  it('that needs a key refuses a caller without one, and one with any wrong one, in the same way', async () => {
    const revoked = await house.keys.create({
      company: house.company,
      project: house.project,
      name: 'Revoked',
    });
    await house.keys.revoke(house.company, revoked.id, 'test');
    for (const route of keyed()) {
      // VisitorAPI's contract has statuses of its own for "no project was named" and for "there is no such project".
      const [missing, invalid] = route.operation === 'visitor.contract' ? [400, 404] : [401, 401];
      const without = await send(route);
      assert.equal(without.status, missing, route.operation);
      assert.ok(missing !== 401 || without.headers['www-authenticate'], route.operation);
      const wrong = [
        'x',
        'x'.repeat(100_000).slice(0, 200),
        generateKey('sk', 'live').expose(),
        generateKey('pk', 'live').expose(),
        house.key.publicKey,
        `${house.key.secret.expose()}x`,
        revoked.secret.expose(),
      ];
      const answers = new Set<string>();
      for (const key of wrong) {
        const answer = await send(route, { headers: { authorization: `Bearer ${key}` } });
        assert.equal(answer.status, invalid, route.operation);
        assertNoInnerDetail(answer);
        assert.ok(key === 'x' || !answer.body.includes(key));
        const { date: _date, ...headers } = answer.headers;
        answers.add(JSON.stringify([withoutTime(answer.body), headers, answer.reason]));
        await takeBreath();
      }
      assert.equal(answers.size, 1, `${route.operation} answers wrong keys in ${answers.size} ways`);
    }
  });

  it('that needs a key refuses a key without the scope', async () => {
    const key = await house.keys.create({ company: house.company, project: house.project, name: 'No scope' });
    await house.store.superuser(`update vouchsafe.key set scopes = '{}' where id = $1`, [key.id]);
    for (const route of keyed()) {
      const answer = await send(route, { headers: { authorization: `Bearer ${key.secret.expose()}` } });
      assert.equal(answer.status, 403, route.operation);
      assertNoInnerDetail(answer);
    }
  });

  it('that needs a key refuses a project that has used its day or its second', async () => {
    for (const route of keyed()) {
      const path = pathOf(route);
      // A project of its own, of which no route before has used up the second: that is looked at before the day.
      const spent = await house.accounts.createCompany({
        companyName: 'Spent',
        projectName: 'Spent',
        limits: { perSecond: 1, burst: 1, perDay: 0, perMonth: null, isSoft: false },
      });
      const key = await house.keys.create({ ...spent, name: 'Spent' });
      const headers = { authorization: `Bearer ${key.secret.expose()}` };
      const statuses = new Set<number>();
      for (let round = 0; round < 6 || (statuses.size < 2 && round < 100); round += 1) {
        if (round >= 6) await takeBreath();
        const answer = await house.get(path, { method: route.method, headers });
        assert.ok(Number(answer.headers['retry-after']) >= 1, route.operation);
        statuses.add(answer.status);
      }
      assert.deepEqual(statuses, new Set([402, 429]), route.operation);
    }
  });

  it('that needs a person asks for a sign-in, in the same way whatever the cookie', async () => {
    for (const route of people()) {
      const answers = new Set<string>();
      for (const cookie of [undefined, `${COOKIES.session}=x`, `${COOKIES.pending}=x`]) {
        const answer = await house.call(route.method, pathOf(route), cookie === undefined ? {} : { cookie });
        assert.deepEqual([answer.status, answer.json()['code']], [401, 'sign_in_required'], route.operation);
        answers.add(answer.body);
        await takeBreath();
      }
      assert.equal(answers.size, 1, route.operation);
    }
  });

  it('that a cookie opens or sets refuses what another site may have sent, whatever the cookie', async () => {
    const { cookie } = await signIn(house, { memberships: { [house.company]: 'owner' } });
    const foreign: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ['another site', { 'sec-fetch-site': 'cross-site' }],
      ['another site, as a page of ours', { 'sec-fetch-site': 'cross-site', origin: 'https://localhost' }],
      ['a site beside ours', { 'sec-fetch-site': 'same-site' }],
      ['a bookmark', { 'sec-fetch-site': 'none' }],
      ['two sites at once', { 'sec-fetch-site': 'same-origin, cross-site' }],
      ['another origin', { origin: 'https://evil.example' }],
      ['an origin that begins like ours', { origin: 'https://localhost.evil.example' }],
      ['another port', { origin: 'https://localhost:8443' }],
      ['plain HTTP', { origin: 'http://localhost' }],
      ['a page without an origin', { origin: 'null' }],
      ['our origin as a referrer', { referer: 'https://localhost/dashboard' }],
      ['nobody knows whom', {}],
    ];
    let checked = 0;
    for (const route of house.app.routes) {
      if ('secretKey' in route.access || route.method === 'GET' || isFromAnywhere(route)) continue;
      checked += 1;
      const path = pathOf(route);
      for (const [who, headers] of foreign) {
        for (const jar of [cookie, undefined]) {
          const { method } = route;
          const all = { 'content-type': 'application/json', 'content-length': '2', ...headers };
          const sent = { ...all, ...(jar === undefined ? {} : { cookie: jar }) };
          const answer = await house.get(path, { method, headers: sent, body: '{}' });
          const seen = [answer.status, answer.json()['code'], answer.headers['set-cookie']];
          assert.deepEqual(seen, [403, 'cross_site', undefined], `${route.operation} from ${who}`);
        }
      }
    }
    assert.ok(checked >= 40);
    for (const route of people().filter(({ method }) => method === 'GET')) {
      const answer = await house.call('GET', pathOf(route), {
        cookie,
        headers: { 'sec-fetch-site': 'cross-site' },
      });
      assert.deepEqual([answer.status, answer.json()['code']], [403, 'cross_site'], route.operation);
    }
  });

  it('that may be called from anywhere says why, and takes and sets no cookie', async () => {
    const { cookie } = await signIn(house, { memberships: { [house.company]: 'owner' } });
    const found = house.app.routes.filter(isFromAnywhere);
    assert.deepEqual(
      found.map(({ operation }) => operation),
      ['exposed-keys.report'],
    );
    for (const route of found) {
      const reason = 'public' in route.access ? route.access.anywhere : undefined;
      assert.ok((reason ?? '').length > 10, route.operation);
      const answers = new Set<string>();
      for (const more of [
        {},
        { cookie },
        { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      ]) {
        const headers = { 'content-type': 'application/json', 'content-length': '2', ...more };
        const answer = await house.get(pathOf(route), { method: route.method, headers, body: '{}' });
        answers.add(JSON.stringify([answer.status, answer.headers['set-cookie'], answer.body]));
      }
      assert.equal(answers.size, 1, [...answers].join());
    }
  });

  it('of our API is kept by no cache, gives a browser nothing to run, and is shared with no other origin', async () => {
    for (const route of house.app.routes.filter(({ path }) => path.startsWith('/v1/'))) {
      const { user, cookie } = await signIn(house, { memberships: { [house.company]: 'owner' } });
      const pending = house.cookies.pending({ user, credentialEpoch: 1 }, Date.now()).split(';', 1)[0] ?? '';
      for (const jar of [`${cookie}; ${pending}`, '']) {
        const answer = await house.call(route.method, pathOf(route), { cookie: jar });
        const { headers } = answer;
        assert.equal(headers['cache-control'], 'no-store', `${route.operation} ${answer.status}`);
        assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.doesNotMatch(headers['content-type'] ?? '', /html|script/);
        for (const name of Object.keys(headers))
          assert.doesNotMatch(name, /^access-control-/, route.operation);
      }
      await takeBreath();
    }
  });

  it('of a company is open to the roles that the table names, and hidden from strangers', async () => {
    for (const route of people()) {
      if (!('member' in route.access)) continue;
      const codeFor = async (role: Role | undefined): Promise<unknown> => {
        const memberships = role === undefined ? {} : { [house.company]: role };
        const { cookie } = await signIn(house, { memberships, provenAgoMs: 3_000_000 });
        const answer = await house.call(route.method, pathOf(route), { cookie });
        return answer.status < 400 ? 'done' : answer.json()['code'];
      };
      assert.equal(await codeFor(undefined), 'company_not_found', route.operation);
      for (const role of ROLES) {
        const isAllowed = may(role, route.access.member as Permission);
        const code = await codeFor(role);
        if (!isAllowed) assert.equal(code, 'forbidden', `${route.operation} as ${role}`);
        else if (route.fresh === true)
          assert.equal(code, 'fresh_proof_required', `${route.operation} as ${role}`);
        else assert.notEqual(code, 'company_not_found', `${route.operation} as ${role}`);
      }
    }
  });

  it('answers a call without input with its own answer or a clear refusal, never with a 5xx', async () => {
    for (const route of house.app.routes) {
      let answer: Answer;
      if ('secretKey' in route.access) answer = await send(route, withKey(house));
      else {
        const { user, cookie } = await signIn(house, { memberships: { [house.company]: 'owner' } });
        const pending =
          house.cookies.pending({ user, credentialEpoch: 1 }, Date.now()).split(';', 1)[0] ?? '';
        answer = await house.call(route.method, pathOf(route), { cookie: `${cookie}; ${pending}` });
      }
      assert.ok(answer.status < 500, `${route.operation} ${answer.status}`);
      if (answer.status >= 400 || !('public' in route.access)) assertNoInnerDetail(answer);
    }
  });

  it('tells other methods which one it answers', async () => {
    for (const route of house.app.routes) {
      const taken = house.app.routes.filter(({ path }) => path === route.path).map(({ method }) => method);
      const other = ['PUT', 'PATCH', 'DELETE', 'OPTIONS'].find(
        (method) => !(taken as readonly string[]).includes(method),
      );
      const answer = await house.get(pathOf(route), { method: other });
      assert.equal(answer.status, 405, route.operation);
      assert.ok(answer.headers.allow?.split(', ').includes(route.method), route.operation);
      await takeBreath();
    }
  });

  it('refuses a body that is too large', async () => {
    for (const route of house.app.routes) {
      const body = 'x'.repeat(200_000);
      const answer = await send(route, { headers: { 'content-length': String(body.length) }, body });
      // What may be longer is not even read for strangers.
      const mayBeLonger = route.body !== undefined || route.streamsBody === true;
      assert.ok(
        mayBeLonger ? [401, 403].includes(answer.status) : answer.status === 413 || answer.status === 410,
        `${route.operation} ${answer.status}`,
      );
    }
  });

  it('carries the headers that every answer has', async () => {
    for (const route of house.app.routes) {
      const answer = await send(route);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', route.operation);
      assert.equal(answer.headers['referrer-policy'], 'no-referrer', route.operation);
      assert.ok(
        String(answer.headers['content-security-policy']).includes("default-src 'none'"),
        route.operation,
      );
      assert.match(String(answer.headers.vary), /\borigin\b/i, route.operation);
      assert.equal(answer.headers['set-cookie'], undefined);
      await takeBreath();
    }
  });

  it('over plain HTTP redirects or refuses, and never answers', async () => {
    for (const route of house.app.routes) {
      const answer = await house.getPlainly(`${pathOf(route)}?q=x`, { method: route.method });
      if (route.overPlainHttp === 'redirect' && route.method === 'GET') {
        assert.equal(answer.status, 301, route.operation);
        assert.equal(answer.headers.location, `https://localhost${pathOf(route)}?q=x`);
      } else {
        assert.equal(answer.status, 403, route.operation);
        assert.equal(answer.headers.location, undefined);
      }
      assert.equal(answer.headers['strict-transport-security'], undefined);
    }
  });

  it('of the administrative listener says why it is open and answers only to a local name', async () => {
    const routes = adminRoutes({ isReady: () => true } as never);
    assert.ok(routes.length >= 4);
    for (const route of routes) {
      assert.ok('public' in route.access);
      const { requestOf } = await import('./support/request.ts');
      for (const host of [
        'evil.example',
        'localhost.evil.example',
        '127.0.0.1.evil.example:9090',
        '',
        '10.0.0.1:9090',
      ]) {
        assert.throws(
          () => route.parse(requestOf({ headers: { host } })),
          { status: 403 },
          `${route.operation} ${host}`,
        );
      }
      for (const host of ['localhost:9090', '127.0.0.1:9090', '[::1]:9090', 'localhost']) {
        route.parse(requestOf({ headers: { host } }));
      }
    }
  });
});

describe('every page', () => {
  /** Of each page the exact policy; a nonce changes with every answer. */
  const POLICIES: Readonly<Record<string, string>> = {
    '/dashboard':
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  };

  it('brings its exact policy, nothing that the policy would stop, and nothing of other sites', async () => {
    const pages = house.app.routes.filter(
      ({ docs }) => docs.replies[200]?.type.startsWith('text/html') === true,
    );
    assert.ok(pages.length >= 4);
    const nonces = new Set<string>();
    for (const route of pages) {
      const answer = await send(route);
      assert.equal(answer.status, 200, route.operation);
      const policy = String(answer.headers['content-security-policy']);
      assert.doesNotMatch(policy, /unsafe-|\*|https?:|blob:|strict-dynamic/, route.operation);
      for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
        assert.ok(policy.split('; ').includes(part), `${route.operation}: ${part}`);
      assert.equal(answer.headers['cross-origin-opener-policy'], 'same-origin', route.operation);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.equal(answer.headers['x-frame-options'], 'DENY');
      assert.equal(answer.headers['referrer-policy'], 'no-referrer');
      assert.equal(answer.headers['set-cookie'], undefined);
      assert.doesNotMatch(
        answer.body,
        /<script(?![^>]*\ssrc=)[^>]*>|<[^>]+\s(?:on\w+|style)=|javascript:/i,
        route.operation,
      );
      for (const [, address] of answer.body.matchAll(
        /<(?:script|link|img|iframe|form|base)\b[^>]*\b(?:src|href|action)="([^"]*)"/g,
      ))
        assert.match(address ?? '', /^\/(?!\/)/, `${route.operation} loads ${address}`);
      const [, nonce] = /'nonce-([^']+)'/.exec(policy) ?? [];
      if (route.path.startsWith('/dashboard')) {
        assert.match(nonce ?? '', /^[A-Za-z0-9+/]{22}==$/);
        assert.equal(policy.replace(nonce ?? '', 'NONCE'), POLICIES['/dashboard']);
        assert.equal(answer.headers['cache-control'], 'no-store', 'a nonce is good once');
        nonces.add(nonce ?? '');
      }
      for (const [, other] of answer.body.matchAll(/\bnonce="([^"]*)"/g)) assert.equal(other, nonce);
    }
    assert.ok(nonces.size >= 2, 'each answer has a nonce of its own');
  });
});
