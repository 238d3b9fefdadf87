/** Decisions about datasets for a company's own programs, as OpenID AuthZEN 1.0 has them asked and answered. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { newId, type CompanyId, type Id } from '../src/foundation/ids.ts';
import { type Answer, type House, openHouse } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';

let house: House;
let owner: Visitor;
let member: Visitor;
let guest: Visitor;
let away: CompanyId;
let shared: Id<'dst'>;
let hidden: Id<'dst'>;
let foreign: Id<'dst'>;
/** A key of the house's company with `datasets:read`. */
let secret: string;
let keyWithoutScope: string;

const insertDataset = async (company: string, name: string, visibility: string): Promise<Id<'dst'>> => {
  const id = newId('dst', Date.now());
  await house.store.superuser(
    `insert into vouchsafe.dataset (id, company_id, name, visibility, shared_outside, created_at)
     values ($1, $2, $3, $4, true, now())`,
    [id, company, name, visibility],
  );
  return id;
};

before(async () => {
  house = await openHouse({ perSecond: 1000, perDay: 100_000 });
  const { company, project } = house;
  away = newId('com', Date.now());
  await house.store.superuser(
    "insert into vouchsafe.company (id, name, created_at, datasets_outside) values ($1, 'Away', now(), true)",
    [away],
  );
  await house.store.superuser('update vouchsafe.company set datasets_outside = true where id = $1', [
    company,
  ]);
  owner = await signIn(house, { memberships: { [company]: 'owner' } });
  member = await signIn(house, { memberships: { [company]: 'member' } });
  guest = await signIn(house, { memberships: { [away]: 'owner' } });
  shared = await insertDataset(company, 'wells', 'company');
  hidden = await insertDataset(company, 'secret_wells', 'private');
  foreign = await insertDataset(away, 'theirs', 'company');
  for (const dataset of [shared, hidden])
    await house.store.superuser(
      `insert into vouchsafe.dataset_grant (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at)
       values ($1, $2, $3, $4, $5, 'read', now())`,
      [newId('grt', Date.now()), dataset, company, guest.user, away],
    );
  const made = await house.keys.create({ company, project, name: 'Decisions', scopes: ['datasets:read'] });
  secret = made.secret.expose();
  const other = await house.keys.create({ company, project, name: 'Maps', scopes: ['geocoding:read'] });
  keyWithoutScope = other.secret.expose();
});

const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  house.get(`/access/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const user = (id: string, company?: string): object => ({
  type: 'user',
  id,
  ...(company === undefined ? {} : { properties: { company } }),
});
const question = (subject: object, name: string, id: string): object => ({
  subject,
  action: { name },
  resource: { type: 'dataset', id },
});
const decide = async (subject: object, name: string, id: string): Promise<unknown> => {
  const answer = await post('evaluation', question(subject, name, id));
  assert.equal(answer.status, 200, answer.body);
  return answer.json()['decision'];
};
const results = async (path: string, body: object): Promise<readonly Record<string, unknown>[]> => {
  const answer = await post(path, body);
  assert.equal(answer.status, 200, answer.body);
  return answer.json()['results'] as Record<string, unknown>[];
};

describe('one decision', () => {
  it('is what the rules say, with the rule', async () => {
    for (const [subject, name, id, expected] of [
      [user(owner.user), 'manage', shared, true],
      [user(member.user), 'manage', shared, false],
      [user(member.user), 'can_modify', shared, true],
      [user(member.email), 'modify', 'wells', true],
      [user(guest.user), 'read', shared, true],
      [user(guest.user, away), 'read', shared, true],
      [user(guest.user, away), 'modify', shared, false],
      [user(guest.user, house.company), 'read', shared, false],
      [user(member.user, away), 'read', shared, false],
    ] as const)
      assert.equal(await decide(subject, name, id), expected, `${JSON.stringify(subject)} ${name}`);
    const answer = await post('evaluation', question(user(guest.user), 'read', shared));
    assert.deepEqual(answer.json(), { decision: true, context: { reason: 'grant' } });
  });

  it('is no, in the same words, of all that the key does not see and of all that there is not', async () => {
    const no = '{"decision":false,"context":{"reason":"not_shared"}}';
    const [nobody, nowhere] = [newId('usr', Date.now()), newId('dst', Date.now())];
    const asked: readonly object[] = [
      question(user(owner.user), 'read', hidden),
      question(user(guest.user), 'read', hidden),
      question(user(guest.user), 'read', foreign),
      question(user(guest.user), 'read', 'theirs'),
      question(user(owner.user), 'read', nowhere),
      question(user(nobody), 'read', shared),
      question(user(guest.email), 'read', shared),
      question(user('nobody@example.com'), 'read', shared),
      question(user('x'), 'read', shared),
      question(user('\0'), 'read', '\0'),
      question(user(owner.user, 'x'), 'read', shared),
      question(user(owner.user), 'delete', shared),
      question(user(owner.user), '__proto__', shared),
      { ...question(user(owner.user), 'read', shared), resource: { type: 'table', id: shared } },
      { ...question(user(owner.user), 'read', shared), subject: { type: 'group', id: owner.user } },
    ];
    for (const body of asked) {
      const answer = await post('evaluation', body);
      assert.deepEqual([answer.status, answer.body], [200, no], JSON.stringify(body));
    }
  });

  it('ignores what it does not know, repeats the name of the request, and asks for what is required', async () => {
    const answer = await post(
      'evaluation',
      { ...question(user(owner.user), 'read', shared), context: { time: 'now' }, later: 1 },
      { 'x-request-id': 'bfe9eb29-ab87' },
    );
    assert.deepEqual(
      [answer.status, answer.headers['x-request-id'], answer.headers['content-type']],
      [200, 'bfe9eb29-ab87', 'application/json'],
    );
    for (const body of [
      '',
      '{',
      '[]',
      '{}',
      { subject: user(owner.user) },
      { ...question({}, 'read', shared) },
    ])
      assert.equal((await post('evaluation', body)).status, 400, JSON.stringify(body));
    assert.equal((await post('evaluations', { subject: user(owner.user) })).status, 400);
  });

  it('is for keys with the scope alone', async () => {
    const body = question(user(owner.user), 'read', shared);
    const refused = await post('evaluation', body, { authorization: `Bearer ${keyWithoutScope}` });
    assert.equal(refused.status, 403);
    const answer = await house.call('POST', '/access/v1/evaluation', { body, cookie: owner.cookie });
    assert.equal(answer.status, 401);
  });
});

describe('several decisions', () => {
  const many = async (more: object): Promise<unknown> => {
    const answer = await post('evaluations', {
      subject: user(owner.user),
      action: { name: 'read' },
      evaluations: [shared, hidden, 'wells'].map((id) => ({ resource: { type: 'dataset', id } })),
      ...more,
    });
    assert.equal(answer.status, 200, answer.body);
    return (answer.json()['evaluations'] as { decision: boolean }[]).map(({ decision }) => decision);
  };

  it('come in their order, with defaults, and end where they are told to', async () => {
    assert.deepEqual(await many({}), [true, false, true]);
    assert.deepEqual(await many({ options: { evaluations_semantic: 'execute_all' } }), [true, false, true]);
    assert.deepEqual(await many({ options: { evaluations_semantic: 'deny_on_first_deny' } }), [true, false]);
    assert.deepEqual(await many({ options: { evaluations_semantic: 'permit_on_first_permit' } }), [true]);
    assert.deepEqual(
      await many({
        evaluations: [
          { action: { name: 'manage' }, resource: { type: 'dataset', id: shared } },
          {
            subject: user(member.user),
            action: { name: 'manage' },
            resource: { type: 'dataset', id: shared },
          },
          {},
        ],
      }),
      [true, false, false],
    );
  });

  it('are one where there is no list, and a hundred at most', async () => {
    const one = await post('evaluations', question(user(owner.user), 'read', shared));
    assert.deepEqual(one.json(), { decision: true, context: { reason: 'company_owner' } });
    const item = question(user(owner.user), 'read', shared);
    assert.equal(
      (await post('evaluations', { evaluations: Array.from({ length: 101 }, () => item) })).status,
      400,
    );
    assert.equal(
      (await post('evaluations', { evaluations: [], options: { evaluations_semantic: 'x' } })).status,
      400,
    );
  });
});

it('each decision of several is a unit, and what is refused is none', async () => {
  const spentBy = async (count: number, status: number): Promise<number> => {
    // A lookup says how many units of the project are left, and is one itself.
    const left = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${keyWithoutScope}` };
      const answer = await house.get('/geocode/v1/json?q=Rome', { headers });
      assert.equal(answer.status, 200, answer.body);
      return Number(answer.headers['x-ratelimit-remaining']);
    };
    const had = await left();
    const item = question(user(owner.user), 'read', shared);
    const evaluations = Array.from({ length: count }, () => item);
    assert.equal((await post('evaluations', { evaluations })).status, status);
    return had - (await left()) - 1;
  };
  assert.deepEqual([await spentBy(30, 200), await spentBy(101, 400)], [30, 0]);
});

describe('a search', () => {
  it('finds people, datasets and actions that a decision would allow, and nothing beyond', async () => {
    const people = await results('search/subject', question({ type: 'user' }, 'read', shared));
    assert.deepEqual(new Set(people.map(({ id }) => id)), new Set([owner.user, member.user, guest.user]));
    assert.equal(people.length, 3);
    for (const { id, properties } of people)
      assert.equal(await decide({ type: 'user', id, properties }, 'read', shared), true);
    assert.deepEqual(
      (await results('search/subject', question({ type: 'user' }, 'manage', 'wells'))).map(({ id }) => id),
      [owner.user],
    );
    for (const id of [hidden, foreign, 'theirs', newId('dst', 1), '\0'])
      assert.deepEqual(await results('search/subject', question({ type: 'user' }, 'read', id)), []);
    const search = (subject: object, name = 'read'): Promise<readonly Record<string, unknown>[]> =>
      results('search/resource', { subject, action: { name }, resource: { type: 'dataset' } });
    const found = [{ type: 'dataset', id: shared, properties: { name: 'wells' } }];
    for (const subject of [user(owner.user), user(member.email), user(guest.user), user(guest.user, away)])
      assert.deepEqual(await search(subject), found);
    for (const subject of [user(newId('usr', 1)), user(guest.user, house.company), user(guest.email)])
      assert.deepEqual(await search(subject), []);
    assert.deepEqual(await search(user(guest.user), 'modify'), []);
    assert.deepEqual(
      await results('search/action', {
        subject: user(member.user),
        resource: { type: 'dataset', id: shared },
      }),
      [{ name: 'read' }, { name: 'modify' }],
    );
  });

  it('goes on page by page, and takes no other token', async () => {
    const body = question({ type: 'user' }, 'read', shared);
    const ids: unknown[] = [];
    for (let token = ''; ;) {
      const page = { limit: 1, ...(token === '' ? {} : { token }) };
      const answer = (await post('search/subject', { ...body, page })).json() as {
        results: { id: string }[];
        page: { next_token: string; count: number };
      };
      assert.equal(answer.page.count, answer.results.length);
      ids.push(...answer.results.map(({ id }) => id));
      token = answer.page.next_token;
      if (token === '') break;
    }
    assert.deepEqual(new Set(ids), new Set([owner.user, member.user, guest.user]));
    assert.equal(ids.length, 3);
    for (const token of ['x', `${owner.user}.x`, "'", '\0'])
      assert.equal((await post('search/subject', { ...body, page: { token } })).status, 400, token);
    const resources = { subject: user(owner.user), action: { name: 'read' }, resource: { type: 'dataset' } };
    assert.equal((await post('search/resource', { ...resources, page: { token: 'x' } })).status, 400);
  });
});

it('the decision point says where it is', async () => {
  const answer = await house.get('/.well-known/authzen-configuration');
  assert.equal(answer.status, 200);
  const found = answer.json();
  assert.equal(
    found['access_evaluation_endpoint'],
    `${String(found['policy_decision_point'])}/access/v1/evaluation`,
  );
});

it('every answer bears the name that the request had, whatever is wrong with it', async () => {
  const named = { 'x-request-id': 'bfe9eb29-ab87' };
  const fine = question(user(member.user), 'read', shared);
  const path = '/access/v1/evaluation';
  const authorised = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const send = (method: string, at: string, headers: Readonly<Record<string, string>>, body?: string) =>
    house.get(at, { method, headers: { ...headers, ...named }, ...(body === undefined ? {} : { body }) });
  const answers: readonly (readonly [number, Answer])[] = [
    [200, await post('evaluation', fine, named)],
    [200, await send('GET', '/.well-known/authzen-configuration', {})],
    [400, await post('evaluation', {}, named)],
    [400, await post('evaluation', 'no JSON', named)],
    [401, await send('POST', path, { 'content-type': 'application/json' }, '{}')],
    [403, await post('evaluation', fine, { ...named, authorization: `Bearer ${keyWithoutScope}` })],
    [404, await send('GET', '/access/v1/nothing', authorised)],
    [405, await send('GET', path, authorised)],
    [413, await post('evaluation', ' '.repeat(70_000), named)],
    [415, await post('evaluation', fine, { ...named, 'content-type': 'text/plain' })],
  ];
  for (const [status, answer] of answers)
    assert.deepEqual([answer.status, answer.headers['x-request-id']], [status, 'bfe9eb29-ab87'], answer.body);
  // As everywhere in our own API its callers are told how they stand.
  assert.ok(answers[2]?.[1].headers['ratelimit'] !== undefined);
  // What could not stand in a header field is not repeated; nor is a name of what is no decision.
  const long = await post('evaluation', {}, { 'x-request-id': 'x'.repeat(300) });
  assert.equal(long.headers['x-request-id'], undefined);
  const other = await send('GET', '/v1/nothing', authorised);
  assert.deepEqual([other.status, other.headers['x-request-id']], [404, undefined]);
  let late: Answer | undefined;
  for (let round = 0; round < 20 && late === undefined; round += 1) {
    const burst = await Promise.all(Array.from({ length: 100 }, () => send('POST', path, {}, '{}')));
    late = burst.find(({ status }) => status === 429);
  }
  assert.deepEqual([late?.status, late?.headers['x-request-id']], [429, 'bfe9eb29-ab87']);
});
