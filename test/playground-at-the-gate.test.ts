/** The playground's endpoint at the doors of a whole house: who may ask, what it costs, and that nothing of it stays. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ROLES } from '../src/foundation/caller.ts';
import { newId } from '../src/foundation/ids.ts';
import { type Answer, type House, openHouse, withKey } from './support/house.ts';
import { signIn, type Visitor } from './support/people.ts';

let house: House;
let owner: Visitor;
before(async () => {
  house = await openHouse({ perDay: 1000 });
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
});

const pathOf = (company: string = house.company, project: string = house.project): string =>
  `/v1/companies/${company}/projects/${project}/playground`;
const ask = (
  parameters: Readonly<Record<string, string>>,
  { path = '/geocode/v1/json', who = owner, at = house, to = pathOf(at.company, at.project) } = {},
): Promise<Answer> => at.call('POST', to, { cookie: who.cookie, body: { path, parameters } });

/** What the route said, inside of what the playground said. */
const told = (answer: Answer): { status: number; type: string; body: string; duration_ms: number } => {
  assert.equal(answer.status, 200, answer.body);
  return answer.json() as never;
};
interface Envelope {
  readonly type?: string;
  readonly rate: { readonly remaining: number };
  readonly results: readonly { readonly formatted: string }[];
}

const envelopeOf = (answer: Answer): Envelope => JSON.parse(told(answer).body) as Envelope;

const withoutTime = (envelope: object): unknown => ({ ...envelope, timestamp: 0, rate: 0 });

/** Units of the day that are left, as the contract says it. */
const remaining = async (at = house, who = owner): Promise<number> =>
  envelopeOf(await ask({ q: 'Paris' }, { at, who })).rate.remaining;

describe('the playground', () => {
  it('answers what a program with a key is told, to whoever may spend, in every format', async () => {
    for (const role of ROLES.filter((one) => one !== 'viewer')) {
      const who = await signIn(house, { memberships: { [house.company]: role } });
      const found = envelopeOf(await ask({ q: 'Paris, Texas', no_annotations: '1' }, { who }));
      const same = await house.get('/geocode/v1/json?q=Paris%2C+Texas&no_annotations=1', withKey(house));
      assert.deepEqual(withoutTime(found), withoutTime(same.json()), role);
    }
    const { type, body, status } = told(await ask({ q: 'Łódź' }, { path: '/geocode/v1/xml' }));
    assert.deepEqual([status, type], [200, 'text/xml; charset=utf-8']);
    assert.match(body, /<formatted>Ł/);
    const geojson = envelopeOf(await ask({ q: '48.85,2.35' }, { path: '/geocode/v1/geojson' }));
    assert.equal(geojson.type, 'FeatureCollection');
    const typed = envelopeOf(await ask({ q: 'Greno' }, { path: '/geosearch' }));
    assert.match(typed.results[0]?.formatted ?? '', /^Grenoble/);
  });

  it('gives the errors of a route as they are, and says how long it took', async () => {
    const short = told(await ask({ q: 'x' }));
    assert.equal(short.status, 400);
    assert.equal(JSON.parse(short.body).status.message, 'missing or bad query');
    assert.ok(short.duration_ms >= 0 && short.duration_ms < 60_000);
    assert.equal(told(await ask({ q: 'x'.repeat(1100) })).status, 410);
    assert.equal(told(await ask({})).status, 400);
    assert.equal(told(await ask({ q: 'Paris', limit: '0', bounds: ';', proximity: '"' })).status, 200);
  });

  it('says who looks, by the browser that the member has, and what is known of any address', async () => {
    const ANDROID = 'Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0';
    const about = async (path: string): Promise<Record<string, Record<string, Record<string, unknown>>>> => {
      const answer = await house.call('POST', pathOf(), {
        cookie: owner.cookie,
        headers: { 'user-agent': ANDROID },
        body: { path, parameters: {} },
      });
      return JSON.parse(told(answer).body) as never;
    };
    const me = await about('/v1/visitor');
    assert.equal(me['special_use'], 'loopback');
    assert.match(String(me['user_agent']?.['browser']?.['name']), /^Firefox/);
    assert.equal(me['user_agent']?.['device']?.['type'], 'mobile');
    const other = await about('/v1/visitor/2001:DB8::1');
    assert.deepEqual([other['address'], other['special_use']], ['2001:db8::1', 'documentation']);
    assert.equal(other['user_agent'], undefined, 'nobody looks from there');
    const wrong = told(await ask({}, { path: '/v1/visitor/1.2.3.4.5' }));
    assert.deepEqual([wrong.status, JSON.parse(wrong.body).code], [400, 'invalid_address']);
  });

  it('takes only routes that it knows, and parameters that could be ones', async () => {
    const bodies: unknown[] = [
      {},
      { path: '/geocode/v1/json' },
      { path: '/v1/session', parameters: {} },
      { path: '/geocode/v1/json?key=x', parameters: {} },
      { path: '/v1/visitor/batch', parameters: {} },
      { path: '/v1/visitor/1.2.3.4/../../session', parameters: {} },
      { path: '/v1/visitor/1.2.3.4?key=x', parameters: {} },
      { path: '/api/', parameters: {} },
      { path: '/geocode/v1/json', parameters: { 'q&key': 'x' } },
      { path: '/geocode/v1/json', parameters: { q: 7 } },
      // Test keys of the contract would be answered at nobody's expense.
      { path: '/geocode/v1/json', parameters: { q: 'x', key: '6d0e711d72d74daeb2b0bfd2a5cdfdba' } },
      { path: '/geocode/v1/json', parameters: { q: 'x'.repeat(2001) } },
      { path: '/geocode/v1/json', parameters: [['q', 'x']] },
      {
        path: '/geocode/v1/json',
        parameters: Object.fromEntries(
          Array.from({ length: 31 }, (_none, index) => ['q'.repeat(index + 1), 'x']),
        ),
      },
      { path: '/geocode/v1/json', parameters: {}, key: house.key.publicKey },
    ];
    for (const body of bodies) {
      const answer = await house.call('POST', pathOf(), { cookie: owner.cookie, body });
      const said = JSON.stringify(body).slice(0, 200);
      assert.deepEqual([answer.status, answer.json()['code']], [400, 'invalid_request'], said);
    }
  });

  it('is not for viewers, who may see a project and not spend its units', async () => {
    const who = await signIn(house, { memberships: { [house.company]: 'viewer' } });
    const answer = await ask({ q: 'Paris' }, { who });
    assert.deepEqual([answer.status, answer.json()['code']], [403, 'forbidden']);
  });

  it('is for members of the company of the project alone', async () => {
    const other = await openHouse({ beside: house });
    const elsewhere = newId('com', 1);
    await house.store.superuser(
      "insert into vouchsafe.company (id, name, created_at) values ($1, 'Other', now())",
      [elsewhere],
    );
    const stranger = await signIn(house, { memberships: { [elsewhere]: 'owner' } });
    const outside = await ask({ q: 'Paris' }, { who: stranger });
    assert.deepEqual([outside.status, outside.json()['code']], [404, 'company_not_found']);
    // Their own company, and a project of ours behind it.
    const reached = await ask({ q: 'Paris' }, { who: stranger, to: pathOf(elsewhere) });
    const missing = await ask({ q: 'Paris' }, { to: pathOf(house.company, newId('prj', 1)) });
    for (const answer of [reached, missing])
      assert.deepEqual([answer.status, answer.json()['code']], [404, 'project_not_found']);
    assert.equal(reached.body, missing.body);
    assert.equal((await house.call('POST', pathOf(), { body: {} })).status, 401);
    await other.close();
  });

  it('spends a unit of the project for an answer, and none for a refusal', async () => {
    const left = await remaining();
    assert.equal(told(await ask({ q: 'x' })).status, 400);
    assert.equal(await remaining(), left - 1);
    assert.equal(told(await ask({ q: 'Pari' }, { path: '/geosearch' })).status, 200);
    assert.equal(await remaining(), left - 3);
    const byKey = await house.get('/geocode/v1/json?q=Paris', withKey(house));
    assert.deepEqual((byKey.json() as unknown as Envelope).rate.remaining, left - 4);
  });

  it('is held by the limits of the project, in words of the contract', async () => {
    const small = await openHouse({ perSecond: 1, perDay: 2 });
    const who = await signIn(small, { memberships: { [small.company]: 'member' } });
    const seen = new Set<number>();
    for (let round = 0; round < 200 && !seen.has(402); round += 1) {
      const { status } = told(await ask({ q: 'Paris' }, { who, at: small }));
      seen.add(status);
      await pause(50);
    }
    assert.deepEqual(seen, new Set([200, 402, 429]));
    await small.close();
  });

  it('is counted for the project without a key, and leaves nothing of what was asked, not even in its log', async () => {
    await house.store.superuser(
      `update vouchsafe.project set log_days = 7, log_queries = true where id = '${house.project}'`,
    );
    const mark = 'Zwybqarfluntz';
    assert.equal(told(await ask({ q: mark })).status, 200);
    assert.equal(told(await ask({ q: `${mark}, "` }, { path: '/geosearch' })).status, 200);
    const countOf = async (): Promise<number> => {
      const [row] = await house.store.superuser(
        `select coalesce(sum(count), 0)::int as count from vouchsafe.usage_day
         where project_id = '${house.project}' and key_id = '' and operation = 'geocoding.suggest'`,
      );
      return Number(row?.['count']);
    };
    for (let round = 0; (await countOf()) < 3; round += 1) {
      assert.ok(round < 200, 'counted');
      await pause(50);
    }
    const tables = await house.store.superuser(
      "select table_name from information_schema.tables where table_schema = 'vouchsafe' and table_type = 'BASE TABLE'",
    );
    assert.ok(tables.length > 10);
    for (const { table_name: name } of tables) {
      const [row] = await house.store.superuser(
        `select count(*)::int as count from vouchsafe.${String(name)} t where t::text ilike '%${mark}%'`,
      );
      assert.equal(row?.['count'], 0, String(name));
    }
    assert.ok(!house.lines.join('\n').includes(mark));
  });
});
