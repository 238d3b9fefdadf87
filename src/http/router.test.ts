import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { problemJson } from './problem-json.ts';
import type { AnyRoute, ErrorForm } from './route.ts';
import { createRouter, type RouteMatch } from './router.ts';

const contractForm: ErrorForm = () => ({ status: 418, headers: {}, body: '' });

const route = (operation: string, path: string, more: Partial<AnyRoute> = {}): AnyRoute => ({
  operation,
  method: 'GET',
  path,
  access: { secretKey: 'geocoding:read' },
  cost: 1,
  overPlainHttp: 'refuse',
  docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
  parse: () => undefined,
  handle: () => ({ status: 200, headers: {}, body: '' }),
  ...more,
});

const page = { access: { public: 'a page' } } as const;

const router = createRouter(
  [
    route('home.show', '/', page),
    route('geocoding.query', '/geocode/v1/json', { errors: contractForm }),
    route('keys.list', '/v1/keys'),
    route('keys.create', '/v1/keys', { method: 'POST' }),
    route('keys.show', '/v1/keys/:keyId'),
    route('assets.show', '/assets/*', page),
  ],
  [
    { prefix: '/', errors: problemJson },
    { prefix: '/geocode/', errors: contractForm },
  ],
);

const operationOf = (match: RouteMatch): string | undefined =>
  match.kind === 'match' ? match.route.operation : undefined;

test('finds a route by its method and path, with or without a slash at the end', () => {
  assert.equal(operationOf(router.match('GET', '/geocode/v1/json')), 'geocoding.query');
  assert.equal(operationOf(router.match('GET', '/geocode/v1/json/')), 'geocoding.query');
  assert.equal(operationOf(router.match('GET', '/')), 'home.show');
  assert.equal(operationOf(router.match('POST', '/v1/keys')), 'keys.create');
});

test('hands over path parameters decoded', () => {
  const match = router.match('GET', '/v1/keys/a%2Fb%C3%BC');
  assert.equal(match.kind === 'match' ? match.params['keyId'] : undefined, 'a/bü');
  const asset = router.match('GET', '/assets/a/b.css');
  assert.equal(asset.kind === 'match' ? asset.params['*'] : undefined, 'a/b.css');
});

test('gives no parameters to a path that has none', () => {
  const match = router.match('GET', '/v1/keys');
  assert.deepEqual(match.kind === 'match' ? match.params : undefined, {});
});

test('names the methods that a path answers when this is not one of them', () => {
  for (const method of ['PATCH', 'PROPFIND', 'OPTIONS', 'BREW', '__proto__']) {
    const match = router.match(method, '/v1/keys');
    assert.deepEqual(match.kind === 'method' ? match.allow : undefined, ['GET', 'POST'], method);
  }
  const contract = router.match('POST', '/geocode/v1/json');
  assert.deepEqual(contract.kind === 'method' ? [contract.allow, contract.errors] : undefined, [
    ['GET'],
    contractForm,
  ]);
});

test('serves HEAD on public pages only, where it is listed beside GET', () => {
  assert.equal(operationOf(router.match('HEAD', '/')), 'home.show');
  assert.equal(router.match('HEAD', '/geocode/v1/json').kind, 'method');
  const match = router.match('POST', '/');
  assert.deepEqual(match.kind === 'method' ? match.allow : undefined, ['GET', 'HEAD']);
});

test('answers unknown paths in the form of the longest prefix', () => {
  assert.equal(router.match('GET', '/geocode/v2/json').errors, contractForm);
  assert.equal(router.match('GET', '/geocoder').errors, problemJson);
  assert.equal(createRouter([]).errorsFor('/anything'), problemJson);
});

test('finds nothing at a path that is broken, too long, or has a parameter that is too long', () => {
  for (const path of [
    '/v1/keys/%ff',
    '/v1/keys/%',
    '/v1/keys/%c0%ae',
    `/assets/${'a'.repeat(3_000)}`,
    `/v1/keys/${'a'.repeat(300)}`,
    '',
  ]) {
    assert.equal(router.match('GET', path).kind, 'none', path.slice(0, 30));
  }
});

test('does not follow dots, doubled slashes or another case', () => {
  for (const path of ['/v1/../v1/keys', '//v1/keys', '/v1//keys', '/V1/keys', '/v1/keys;a=b']) {
    assert.equal(router.match('GET', path).kind, 'none', path);
  }
});

test('never throws, whatever the path is', () => {
  const piece = fc.constantFrom(
    '/',
    'v1',
    'keys',
    '%',
    '%2',
    '%2F',
    '%ff',
    '..',
    ';',
    '#',
    '?',
    '*',
    ':',
    '\0',
    'é',
  );
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: piece }), (method, path) => {
      router.match(method, path);
      router.match('GET', `/${path}`);
    }),
  );
});

test('refuses two routes with one operation', () => {
  assert.throws(() => createRouter([route('a.b', '/a'), route('a.b', '/b')]), /two routes are called a\.b/);
});

test('refuses two routes at one place, also under other parameter names', () => {
  assert.throws(() => createRouter([route('a.b', '/a'), route('a.c', '/a')]), /two routes answer GET \/a/);
  assert.throws(() => createRouter([route('a.b', '/a/:x'), route('a.c', '/a/:y')]), /two routes answer/);
});

test('refuses an operation that is not a noun and a verb, also among the narrower names', () => {
  for (const operation of ['geocode', 'a.b.c', 'A.b', 'a.', 'a b.c']) {
    assert.throws(() => createRouter([route(operation, '/a')]), /not a noun\.verb/, operation);
  }
  assert.throws(() => createRouter([route('a.b', '/a', { countedAs: ['nonsense'] })]), /not a noun\.verb/);
});

test('refuses patterns with regular expressions, several parameters in a segment, or optional parts', () => {
  for (const path of ['/a/:b(^\\d+$)', '/:a-:b', '/a/:b?', '/a*', 'a', '/a/', '/*/b', '']) {
    assert.throws(() => createRouter([route('a.b', path)]), /not a path of plain segments/, path);
  }
});

test('takes names of several words, and refuses a table whose demands nobody could meet', () => {
  const thing: AnyRoute = {
    operation: 'sign-ups.passkey-options',
    method: 'POST',
    path: '/v1/things/:company',
    access: { member: 'company.read' },
    fresh: true,
    cost: 0,
    overPlainHttp: 'refuse',
    docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
    parse: () => undefined,
    handle: () => ({ status: 200, headers: {}, body: '' }),
  };
  createRouter([thing]);
  for (const wrong of [
    { path: '/v1/things/:id' },
    { access: { public: 'a test' } },
    { access: { pending: true } },
    { operation: 'sign_ups.create' },
    { operation: 'sign-ups.' },
    { operation: '-ups.create' },
  ] as Partial<AnyRoute>[]) {
    assert.throws(() => createRouter([{ ...thing, ...wrong }]), Error, JSON.stringify(wrong));
  }
});
