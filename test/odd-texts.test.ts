/** Every route of our own API, with texts in its path and query that nobody means: refused or not found, and never a bug. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { AnyRoute } from '../src/http/route.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { makeDataset } from './support/make-dataset.ts';
import { signIn, type Visitor } from './support/people.ts';

/** As they stand in a target. */
const ODD = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%FF',
  '%F0%9F%92%A9',
  '%25',
  "'",
  '-1',
  '1.5',
  '1e9',
  '2147483648',
  '9223372036854775808',
  'null',
  'a'.repeat(255),
];

/** What one person may ask in a second. */
const PER_PERSON = 25;

let house: House;
let dataset: string;
let owner: Visitor;
let asked = 0;
/** Somebody who has not asked much yet. */
const somebody = async (): Promise<Visitor> => {
  if (asked % PER_PERSON === 0) owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  asked += 1;
  return owner;
};

before(async () => {
  house = await openHouse();
  const made = await signIn(house, { memberships: { [house.company]: 'owner' } });
  dataset = await makeDataset(house.store, {
    company: house.company,
    owner: made.user,
    name: 'wells',
    columns: [
      { name: 'id', type: 'int8' },
      { name: 'name', type: 'text' },
    ],
    rows: [{ id: 1, name: 'x' }],
  });
});

const KNOWN = (): Readonly<Record<string, string>> => ({
  company: house.company,
  project: house.project,
  key: house.key.id,
  dataset,
  name: 'wells',
  version: '1',
});

const pathOf = ({ path }: AnyRoute, name?: string, odd?: string): string =>
  path
    .replaceAll(/:([a-z]\w*)/gi, (_, param: string) =>
      param === name ? String(odd) : (KNOWN()[param] ?? 'x'),
    )
    .replace(/\*$/, 'x');

/** Of PostgREST's conventions, whose names are those of columns. */
const CONVENTIONS = [
  'id=eq.',
  'name=like.',
  'name=in.(',
  'id=not.is.',
  'select=',
  'select=id::',
  'order=',
  'limit=',
  'or=(id.eq.',
];

/** Each place of a route in which a text may stand, with an odd one in it. */
const targetsOf = (route: AnyRoute): string[] => {
  const params = [...route.path.matchAll(/:([a-z]\w*)/gi)].map(([, name = '']) => name);
  const queries = [
    ...Object.keys(route.docs.query ?? {}).map((name) => `${name}=`),
    ...(/^\/datasets\/v1\/|\/(?:rows|download)$/.test(route.path) ? CONVENTIONS : []),
  ];
  return ODD.flatMap((odd) =>
    params
      .filter((name) => name !== 'company')
      .map((name) => pathOf(route, name, odd))
      .concat(queries.map((query) => `${pathOf(route)}?${query}${odd}`)),
  );
};

const ask = async (route: AnyRoute, path: string, secret: string): Promise<Answer> => {
  const { method, access } = route;
  if ('secretKey' in access)
    return house.get(path, { method, headers: { authorization: `Bearer ${secret}` } });
  const { cookie } = await somebody();
  return house.call(method, path, {
    cookie,
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }),
  });
};

describe('odd texts', () => {
  for (const kind of ['session', 'member', 'secretKey'] as const)
    it(`in the path and query of routes for a ${kind} are never a bug`, async () => {
      const { secret } = await house.keys.create({
        company: house.company,
        project: house.project,
        name: 'Odd',
        scopes: ['geocoding:read', 'visitor:read', 'datasets:read', 'datasets:write'],
      });
      const bugs: string[] = [];
      let answers = 0;
      for (const route of house.app.routes.filter(({ access }) => kind in access))
        for (const target of targetsOf(route)) {
          const { status, body } = await ask(route, target, secret.expose());
          answers += 1;
          assert.notEqual(status, 429, 'the route was reached');
          if (status >= 500)
            bugs.push(`${route.method} ${target.slice(0, 200)} ${status} ${body.slice(0, 200)}`);
        }
      assert.ok(answers > 0);
      assert.deepEqual(bugs, []);
    });
});
