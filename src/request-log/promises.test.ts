import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClock, type TestClock } from '../../test/support/clock.ts';
import { COMPANY_A, PROJECT_A, seedCompanies } from '../../test/support/companies.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { newId } from '../foundation/ids.ts';
import type { PromiseDefinition } from '../foundation/promise.ts';
import { requestLogForgotten } from './promises.ts';
import { expireLogs } from './retention.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Scene {
  readonly store: TestDatabase;
  readonly clock: TestClock;
  readonly promise: PromiseDefinition;
}

/** A house whose log has been looked after, an hour after its start. */
const open = async (): Promise<Scene> => {
  const store = await testDatabase();
  const clock = testClock();
  await seedCompanies(store.superuser);
  const { database } = store;
  const promise = requestLogForgotten({ database, clock, home: async () => ({ company: COMPANY_A }) });
  await promise.check();
  clock.advance(HOUR_MS);
  await expireLogs(database, clock.now());
  return { store, clock, promise };
};

const everything = async ({ store: { superuser } }: Scene): Promise<unknown> => [
  await superuser('select * from vouchsafe.request_log order by id'),
  await superuser('select * from vouchsafe.project order by id'),
  await superuser('select * from vouchsafe.key_epoch'),
  await superuser("select relname from pg_class where relname like 'request_log%' order by 1"),
];

describe('the promise about the request log', () => {
  it('is kept, says when the job ran and how old the oldest row is, and leaves no trace', async () => {
    const scene = await open();
    const { store, clock, promise } = scene;
    await store.superuser(
      "update vouchsafe.project set log_days = 7, log_from = '2026-01-01' where id = $1",
      [PROJECT_A],
    );
    await store.superuser('update vouchsafe.request_log set at = $1', [new Date(clock.now() - 5 * HOUR_MS)]);
    clock.advance(20 * 60_000);
    const earlier = await everything(scene);
    const { state, evidence } = await promise.check();
    assert.equal(state, 'kept', evidence);
    assert.match(evidence, /last ran 20 minutes ago; the oldest row is 5 hours old\. 1 log requests/);
    assert.match(promise.sentence({}), /off unless .* 1 to 180 days/);
    assert.deepEqual(await everything(scene), earlier);
  });

  it('is broken when the job no longer runs', async () => {
    const { clock, promise } = await open();
    clock.advance(2 * HOUR_MS + 1);
    const { state, evidence } = await promise.check();
    assert.equal(state, 'broken');
    assert.match(evidence, /has not run/);
  });

  it('is broken when a row is older than its project wants, or a day older than any may be', async () => {
    const { store, clock, promise } = await open();
    const { superuser } = store;
    await superuser('update vouchsafe.project set log_days = 3 where id = $1', [PROJECT_A]);
    const age = async (ms: number): Promise<string> => {
      const at = new Date(clock.now() - ms);
      await superuser('select vouchsafe.make_log_day($1)', [at.toISOString().slice(0, 10)]);
      await superuser(
        `insert into vouchsafe.request_log (id, company_id, project_id, at, operation, status, duration_us)
         values ($1, $2, $3, $4, 'geocoding.forward', 200, 1)`,
        [newId('log', at.getTime()), COMPANY_A, PROJECT_A, at],
      );
      return (await promise.check()).state;
    };
    assert.equal(await age(3 * DAY_MS + HOUR_MS), 'kept');
    assert.equal(await age(3 * DAY_MS + 3 * HOUR_MS), 'broken');
    await superuser('delete from vouchsafe.request_log');
    assert.equal((await promise.check()).state, 'kept');
    await superuser("select vouchsafe.make_log_day('2026-01-01')");
    assert.equal((await promise.check()).state, 'broken');
  });

  it('is broken by a job that forgets rows or days, and by a writer that asks nobody', async () => {
    for (const [sabotage, said] of [
      [
        `create or replace function vouchsafe.expire_request_log(project text, at timestamptz, most bigint, batch int)
         returns bigint language sql as 'select 0::bigint'`,
        /older than the days of its project/,
      ],
      [
        `create or replace function vouchsafe.drop_log_days_before(day date) returns int language sql as 'select 0'`,
        /was not dropped/,
      ],
      [
        `create trigger anybody before insert on vouchsafe.project for each row execute function vouchsafe.anybody()`,
        /does not log/,
      ],
    ] as const) {
      const { store, promise } = await open();
      await store.superuser(`create function vouchsafe.anybody() returns trigger language plpgsql as
        'begin new.log_days := coalesce(new.log_days, 1); return new; end'`);
      await store.superuser('grant execute on function vouchsafe.anybody() to public');
      await store.superuser(sabotage);
      const { state, evidence } = await promise.check();
      assert.equal(state, 'broken', sabotage);
      assert.match(evidence, said);
    }
  });
});
