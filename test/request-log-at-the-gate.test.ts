/** The request log of a whole house: off until it is on, on every worker within a second, and never in a request's way. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { generateKey } from '../src/gate/key-format.ts';
import { connect } from '../src/store/connection.ts';
import { openHouse, withKey, type Answer, type House } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';

const GEOCODE = '/geocode/v1/json';
const SHOP = 'https://shop.example';

let house: House;
let owner: Visitor;
before(async () => {
  house = await openHouse();
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  const made = await api('POST', `${projectPath()}/domains`, { domain: 'shop.example' });
  assert.equal(made.status, 201);
});

const projectPath = (): string => `/v1/companies/${house.company}/projects/${house.project}`;
const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  house.call(method, path, { cookie: owner.cookie, ...(body === undefined ? {} : { body }) });
const ask = (search: string, headers: Record<string, string> = {}, at = house): Promise<Answer> =>
  at.get(`${GEOCODE}${search}`, { headers: { ...withKey(house).headers, ...headers } });

type Row = Record<string, unknown>;
const rows = (): Promise<Row[]> =>
  house.store.superuser('select * from vouchsafe.request_log order by at, id');
const queries = async (): Promise<unknown[]> => (await rows()).map(({ query }) => query);

const until = async (what: string, isTrue: () => Promise<boolean>): Promise<number> => {
  const start = performance.now();
  while (!(await isTrue())) {
    assert.ok(performance.now() - start < 10_000, `never: ${what}`);
    await pause(20);
  }
  return performance.now() - start;
};

/** Turns the log on, off or otherwise, and waits until every process knows. */
const set = async (body: object): Promise<void> => {
  const answer = await api('PATCH', `${projectPath()}/log`, body);
  assert.equal(answer.status, 200, answer.body);
  await pause(1000);
};

/** Waits until what was asked has been written: rows come in the order of their workers, so a last one tells. */
const settle = async (count: number): Promise<Row[]> => {
  await until(`${count} rows`, async () => (await rows()).length >= count);
  // Longer than the time between two flushes, so that one too many would be seen.
  await pause(1300);
  const found = await rows();
  assert.equal(found.length, count, JSON.stringify(found));
  return found;
};

const empty = async (): Promise<void> => {
  assert.equal((await api('DELETE', `${projectPath()}/log`)).status, 200);
};

describe('the request log', () => {
  it('is off: nothing is written for anybody', async () => {
    assert.equal((await ask('?q=Paris')).status, 200);
    await pause(1500);
    assert.deepEqual(await rows(), []);
  });

  it('is on within a second on every process, and off again', async () => {
    const second = await openHouse({ beside: house });
    for (const at of [house, second]) assert.equal((await ask('?q=Paris', {}, at)).status, 200);
    await set({ days: 7 });
    for (const at of [house, second]) assert.equal((await ask('?q=Paris', {}, at)).status, 200);
    for (const row of await settle(2)) {
      const { id, at, duration_us: duration, ...rest } = row;
      assert.match(String(id), /^log_/);
      assert.ok(Math.abs(Date.now() - (at as Date).getTime()) < 10_000);
      assert.ok(Number(duration) >= 0 && Number(duration) < 5e6);
      assert.deepEqual(rest, {
        company_id: house.company,
        project_id: house.project,
        key_id: house.key.id,
        operation: 'geocoding.forward',
        status: 200,
        query: null,
      });
    }
    await set({ days: null });
    for (const at of [house, second]) assert.equal((await ask('?q=Paris', {}, at)).status, 200);
    await settle(2);
    await second.close();
    await empty();
  });

  it('holds what known callers did, however it ended, and nothing of strangers', async () => {
    await set({ days: 7, queries: true });
    const { publicKey, secret } = house.key;
    const page = { headers: { origin: SHOP } };
    const answers = [
      await ask('?q=Paris&limit=3'),
      await ask('?q=48.85,2.35'),
      await ask('?limit=1'),
      await ask(`?q=Rome&key=${secret.expose()}`),
      await house.get(`${GEOCODE}?q=Oslo&key=${publicKey}`, page),
      await house.get(`${GEOCODE}?q=Bonn&pid=${house.project}`, page),
    ];
    const strangers = [
      await house.get(`${GEOCODE}?q=Nowhere`),
      await house.get(`${GEOCODE}?q=Nowhere&key=${generateKey('sk', 'live').expose()}`),
      await house.get(`${GEOCODE}?q=Nowhere&key=${publicKey}`, {
        headers: { origin: 'https://evil.example' },
      }),
      await house.get('/geocode/v1/nowhere', { headers: withKey(house).headers }),
      await house.get('/v1/session', { headers: { cookie: owner.cookie } }),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 400, 200, 200, 200],
    );
    assert.ok(strangers.filter(({ status }) => status >= 400).length >= 4);
    const found = await settle(6);
    assert.deepEqual(
      found
        .map(({ operation, status, key_id: key, query }) => [operation, status, key, query])
        .sort((a, b) => String(a[3]).localeCompare(String(b[3]))),
      [
        ['geocoding.forward', 400, house.key.id, 'limit=1'],
        ['geocoding.forward', 200, house.key.id, 'limit=3&q=Paris'],
        ['geocoding.reverse', 200, house.key.id, 'q=48.85%2C2.35'],
        ['geocoding.forward', 200, null, 'q=Bonn'],
        ['geocoding.forward', 200, house.key.id, 'q=Oslo'],
        ['geocoding.forward', 200, house.key.id, 'q=Rome'],
      ],
    );
    await empty();
  });

  it('holds refusals by rate and by quota', async () => {
    await house.store.superuser(
      'update vouchsafe.project set per_second = 100000, per_day = 0 where id = $1',
      [house.project],
    );
    await until('a 402', async () => (await ask('?q=Quota')).status === 402);
    await house.store.superuser(
      'update vouchsafe.project set per_second = 1, burst = 1, per_day = null where id = $1',
      [house.project],
    );
    await until('a 429', async () => (await ask('?q=Rate')).status === 429);
    await house.store.superuser(
      'update vouchsafe.project set per_second = 100000, burst = null where id = $1',
      [house.project],
    );
    const statuses = async (): Promise<unknown[]> => (await rows()).map(({ status }) => status);
    await until('a row of each', async () => {
      const found = await statuses();
      return found.includes(402) && found.includes(429);
    });
    await until('a 200', async () => (await ask('?q=Free&no_record=1')).status === 200);
    await pause(1300);
    await empty();
  });

  it('holds nothing of requests that ask for no record, in whichever way', async () => {
    for (const search of [
      '&no_record=1',
      '&no_record=true',
      '&no_record',
      '&no_record=0&no_record=1',
      '&n%6F_record=1',
      '&NO_RECORD=1',
      '&no_record=%ff',
      '&no_record=1&limit=1&limit=2',
      '&no_record=1&q=%ff',
    ])
      await ask(`?q=Hidden${search}`);
    await ask('?no_record=1');
    await ask('?q=Hidden', { 'x-no-record': '1' });
    await house.get(`${GEOCODE}?q=Hidden&key=${house.key.publicKey}&no_record=1`, {
      headers: { origin: SHOP },
    });
    await ask('?q=Seen&no_record=0');
    assert.deepEqual(
      (await settle(1)).map(({ query }) => query),
      ['q=Seen'],
    );
    await empty();
  });

  it('never makes a request wait, nor loses a row for a database that was slow or gone for a moment', async () => {
    const client = await connect(house.store.connections.superuser, { name: 'test' });
    try {
      await client.query('begin; lock table vouchsafe.request_log in access exclusive mode');
      const start = performance.now();
      for (let count = 0; count < 20; count += 1) assert.equal((await ask(`?q=Waits${count}`)).status, 200);
      await pause(1500);
      assert.equal((await ask('?q=Still')).status, 200);
      assert.ok(performance.now() - start < 8000);
      await client.query('commit');
      await settle(21);
      assert.equal((await ask('?q=Blip')).status, 200);
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and usename = 'vouchsafe_app' and pid <> pg_backend_pid()`,
      );
      await settle(22);
    } finally {
      await client.end();
    }
    await empty();
  });

  it('goes on without what the database refuses, and says so once', async () => {
    const owned =
      'vouchsafe.write_request_log(text[], bigint[], text[], text[], text[], text[], bigint[], bigint[], text[])';
    await until('an answer', async () => (await ask('?q=Before&no_record=1')).status === 200);
    await house.store.superuser(`revoke execute on function ${owned} from vouchsafe_app`);
    const told = (): number => house.lines.filter((line) => line.includes('request_log_dropped')).length;
    assert.equal(told(), 0);
    assert.equal((await ask('?q=Lost')).status, 200);
    await until('it is told', async () => told() === 1);
    assert.equal((await ask('?q=Lost')).status, 200);
    await pause(1300);
    assert.equal(told(), 1);
    await house.store.superuser(`grant execute on function ${owned} to vouchsafe_app`);
    assert.equal((await ask('?q=Kept')).status, 200);
    await settle(1);
    assert.deepEqual(await queries(), ['q=Kept']);
    assert.doesNotMatch(house.lines.join('\n'), /Lost|Kept|Paris/);
  });
});
