import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { requestOf } from '../../test/support/request.ts';
import { Opaque } from '../foundation/opaque.ts';
import { generateKey } from '../gate/key-format.ts';
import type { AnyRoute } from '../http/route.ts';
import { LONGEST_LOGGED_QUERY } from './limits.ts';
import { loggedQuery, parametersByOperation } from './query-form.ts';

const NAMES = ['countrycode', 'limit', 'q'];
const form = (search: string): string => loggedQuery(NAMES, requestOf({ search }));
const formOf = (value: string): string => form(`q=${encodeURIComponent(value)}`);

const route = (changes: Partial<AnyRoute>): AnyRoute =>
  ({
    operation: 'places.find',
    countedAs: ['places.guess'],
    access: { secretKey: 'geocoding:read' },
    docs: {
      path: { place: {} },
      query: Object.fromEntries(
        ['q', 'key', 'api_key', 'pid', 'jsonp', 'callback', 'access_token', 'no_record', 'countrycode'].map(
          (name) => [name, {}],
        ),
      ),
    },
    ...changes,
  }) as AnyRoute;

describe('what may be logged', () => {
  it('are the declared parameters of operations that take a key, without those that identify', () => {
    const found = parametersByOperation([
      route({}),
      route({ operation: 'session.read', countedAs: [], access: { session: true } }),
    ]);
    assert.deepEqual([...found.keys()], ['places.find', 'places.guess']);
    assert.deepEqual(found.get('places.guess'), ['countrycode', 'place', 'q']);
  });

  it('is nothing of an operation that keeps nothing of what it is asked', () => {
    assert.deepEqual([...parametersByOperation([route({ keepsNothing: true })]).keys()], []);
  });
});

describe('a logged query', () => {
  it('is the same for the same question, however it was written', () => {
    for (const search of [
      'q=M%C3%BCnchen&limit=5',
      'limit=5&q=M%c3%bcnchen',
      '&limit=%35&&q=M%C3%BCnchen&key=vs_sk_x&unknown=1',
      'q=M%C3%BCnchen&q=other&limit=5',
    ])
      assert.equal(form(search), 'limit=5&q=M%C3%BCnchen', search);
    assert.equal(form('other=1&key=2'), '');
    assert.equal(form('q=%ff'), '');
    assert.equal(form('q='), 'q=');
    assert.equal(form('q=a%26limit%3D9'), 'q=a%26limit%3D9');
  });

  it('takes what stands in the path', () => {
    const request = { ...requestOf({ search: 'q=1' }), params: { place: 'a/b' } };
    assert.equal(loggedQuery(['place', 'q'], request), 'place=a%2Fb&q=1');
  });

  it('never holds a key, wherever and in whichever form one stands', () => {
    for (const kind of ['sk', 'pk'] as const) {
      const key = generateKey(kind, 'live').expose();
      assert.equal(formOf(`Paris ${key}, Texas`), 'q=Paris+%5Bkey%5D%2C+Texas');
      for (const written of [
        `${key}x`,
        key.slice(0, 30),
        key.toUpperCase(),
        `${key.slice(0, 20)} ${key.slice(20)}`,
        key.split('').join(' '),
        key.split('').join('\u200b'),
        encodeURIComponent(key).replaceAll('_', '%5F'),
        key.replaceAll('_', '%255f'),
        key.replaceAll('_', '\uff3f'),
        Buffer.from(key).toString('base64'),
        Buffer.from(`x${key}`).toString('base64'),
        Buffer.from(`xy${key}`).toString('base64url'),
        Buffer.from(`vs_pk_live_x:${key}`).toString('base64'),
        Buffer.from(key).toString('hex'),
        Buffer.from(key).toString('hex').toUpperCase(),
      ])
        assert.equal(formOf(`Paris ${written}`), 'q=%5Bkey%5D', written);
    }
  });

  it('is never longer than its column, and always what the beginning of the question was', () => {
    const cut = fc.string({ unit: 'binary', maxLength: 3000 });
    fc.assert(
      fc.property(cut, cut, (country, text) => {
        const request = requestOf({});
        const values = new Map([
          ['q', text.toWellFormed()],
          ['countrycode', country.toWellFormed()],
        ]);
        const query = loggedQuery(NAMES, {
          ...request,
          query: new Opaque({ ...request.query.expose(), values }),
        });
        assert.ok(query.length <= LONGEST_LOGGED_QUERY, String(query.length));
        for (const [name, value] of new URLSearchParams(query)) {
          const asked = values.get(name) ?? '';
          assert.ok(value === asked || asked.startsWith(value.slice(0, -1)), name);
        }
      }),
      { numRuns: 300 },
    );
    assert.equal(form(`q=${'x'.repeat(5000)}`).length, LONGEST_LOGGED_QUERY);
    assert.ok(form(`q=${'x'.repeat(5000)}`).endsWith('%E2%80%A6'));
  });
});
