/** What callers of a whole house may use: by plan, by project, by key; what they are told of it, and how soon it holds. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createPlans, type Plans } from '../src/accounts/plans.ts';
import { systemClock } from '../src/foundation/clock.ts';
import type { ProjectLimits } from '../src/foundation/caller.ts';
import type { CreatedKey } from '../src/keys/service.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';
import { parseItems } from './support/structured-fields.ts';

const GEOCODE = '/geocode/v1/json?q=Paris';
const OPEN: ProjectLimits = {
  perSecond: 100_000,
  burst: 100_000,
  perDay: null,
  perMonth: null,
  isSoft: false,
};

let house: House;
let owner: Visitor;
let plans: Plans;
before(async () => {
  house = await openHouse();
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  plans = createPlans(house.store.database, systemClock);
});

const ask = (key: CreatedKey = house.key, at = house): Promise<Answer> =>
  at.get(GEOCODE, { headers: { authorization: `Bearer ${key.secret.expose()}` } });
const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  house.call(method, path, { cookie: owner.cookie, ...(body === undefined ? {} : { body }) });
const limit = (limits: Partial<ProjectLimits> | null): Promise<void> =>
  house.accounts.setLimits(house.company, house.project, limits === null ? null : { ...OPEN, ...limits });

/** Asks until the status is there; gives the milliseconds that it took. */
const until = async (status: number, asking: () => Promise<Answer>): Promise<number> => {
  const start = performance.now();
  while ((await asking()).status !== status) {
    assert.ok(performance.now() - start < 5000, `no ${status}`);
    await pause(20);
  }
  return performance.now() - start;
};

const contractFields = ({ headers }: Answer): (string | undefined)[] =>
  ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'ratelimit', 'ratelimit-policy'].map(
    (name) => headers[name]?.toString(),
  );

const nextMonth = (now: number): number => {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / 1000;
};

describe('limits of a project', () => {
  it('hold within a second on every process after they were set, and after they were lifted', async () => {
    const second = await openHouse({ beside: house });
    const asks = [house, second].map((at) => () => ask(house.key, at));
    for (const asking of asks) assert.equal((await asking()).status, 200);
    await limit({ perDay: 0 });
    for (const asking of asks) assert.ok((await until(402, asking)) < 1000);
    await limit({});
    for (const asking of asks) assert.ok((await until(200, asking)) < 1000);
    await second.close();
  });

  it('are those of its plan where it has none, and another plan holds within a second', async () => {
    await limit(null);
    await plans.set({ name: 'none', limits: { ...OPEN, perDay: 0 } });
    await plans.set({ name: 'all', limits: OPEN });
    await plans.give(house.company, 'all');
    assert.ok((await until(200, () => ask())) < 1000);
    await plans.give(house.company, 'none');
    assert.ok((await until(402, () => ask())) < 1000);
    await plans.set({ name: 'none', limits: { ...OPEN, perDay: 1_000_000 } });
    assert.ok((await until(200, () => ask())) < 1000);
    await limit({});
  });

  it('refuse what a month has no room for until the next one, in the words of the contract', async () => {
    await limit({ perDay: 500, perMonth: 0 });
    await until(402, () => ask());
    const answer = await ask();
    const reset = nextMonth(Date.now());
    assert.equal(answer.reason, 'quota exceeded');
    assert.deepEqual(contractFields(answer), ['0', '0', String(reset), undefined, undefined]);
    const wait = Number(answer.headers['retry-after']);
    assert.ok(Math.abs(Date.now() / 1000 + wait - reset) <= 2, String(wait));
    await limit({ perDay: 500, perMonth: 1_000_000 });
    await until(200, () => ask());
    const [shown, left, turn] = contractFields(await ask());
    assert.deepEqual([shown, turn], ['500', String((Math.floor(Date.now() / 86_400_000) + 1) * 86_400)]);
    assert.ok(Number(left) >= 490, 'what the month refused did not cost the day');
    await limit({});
  });

  it('answer beyond soft units, with none left, and the project is told to be over', async () => {
    await limit({ perDay: 1, isSoft: true });
    await until(200, () => ask());
    for (let round = 0; round < 5; round += 1) assert.equal((await ask()).status, 200);
    assert.equal(contractFields(await ask())[1], '0');
    const path = `/v1/companies/${house.company}/projects/${house.project}`;
    for (let round = 0; (await api('GET', path)).json()['over_quota'] !== true; round += 1) {
      assert.ok(round < 100, 'not counted');
      await pause(50);
    }
    await limit({});
  });

  it('let the burst through at once, and say when the next one fits', async () => {
    await limit({ perSecond: 1, burst: 20 });
    await pause(1000);
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask()));
    const admitted = answers.filter(({ status }) => status === 200).length;
    assert.ok(admitted >= 20 && admitted <= 23, String(admitted));
    const late = answers.find(({ status }) => status === 429);
    assert.equal(late?.headers['retry-after'], '1');
    await limit({});
  });
});

describe('limits of a key', () => {
  it('are set by its owner, hold within a second, and leave other keys alone', async () => {
    const key = await house.keys.create({ company: house.company, project: house.project, name: 'Own' });
    await until(200, () => ask(key));
    const path = `/v1/companies/${house.company}/keys/${key.id}`;
    const changed = await api('PATCH', path, { per_day: 3 });
    assert.deepEqual([changed.status, changed.json()['per_day']], [200, 3]);
    assert.ok((await until(402, () => ask(key))) < 1000);
    assert.equal((await ask()).status, 200);
    assert.equal((await api('PATCH', path, { per_day: null, per_second: 1 })).status, 200);
    assert.ok((await until(200, () => ask(key))) < 1000);
    assert.ok((await until(429, () => ask(key))) < 1000);
    assert.equal((await ask()).status, 200);
  });
});

describe('our own API', () => {
  it('says how its caller stands, in fields that a strict reader takes', async () => {
    const { headers } = await api('GET', '/v1/session');
    const [policy] = parseItems(String(headers['ratelimit-policy']));
    assert.deepEqual(
      [policy?.value, policy?.parameters.get('q'), policy?.parameters.get('w')],
      ['burst', 30, 1],
    );
    const [state] = parseItems(String(headers['ratelimit']));
    assert.equal(state?.value, 'burst');
    assert.ok(Number(state?.parameters.get('r')) < 30);
  });

  it('says with a refusal what is used up and when to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => api('GET', '/v1/session')));
    const late = answers.find(({ status }) => status === 429);
    assert.ok(late !== undefined);
    assert.equal(late.headers['content-type'], 'application/problem+json');
    const [state] = parseItems(String(late.headers['ratelimit']));
    assert.deepEqual([state?.value, state?.parameters.get('r')], ['burst', 0]);
    assert.ok(Number(late.headers['retry-after']) >= Number(state?.parameters.get('t')));
  });

  it('says so as well where nobody stands behind a request', async () => {
    const answers = await Promise.all(Array.from({ length: 80 }, () => house.get('/v1/session')));
    const late = answers.find(({ status }) => status === 429);
    assert.ok(late !== undefined);
    const [state] = parseItems(String(late.headers['ratelimit']));
    assert.deepEqual([state?.value, state?.parameters.get('r')], ['attempts', 0]);
    const refused = answers.find(({ status }) => status === 401);
    assert.equal(refused?.headers['ratelimit'], undefined);
  });

  it('leaves the contract’s answers as they are', async () => {
    for (const answer of [await ask(), await house.get(GEOCODE)])
      assert.deepEqual(contractFields(answer).slice(3), [undefined, undefined]);
  });
});
