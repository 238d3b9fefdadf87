import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMPANY_A, COMPANY_B, PROJECT_A, PROJECT_B, seedCompanies } from '../../test/support/companies.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { newId } from '../foundation/ids.ts';
import { expireLogs, keepLogDays } from './retention.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Days before noon of which there is a row. */
const AGES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 30, 179, 180, 181, 199];

/** Two companies that log, each with one row of each of these days. */
const scene = async (days: number, kept: number | null = null): Promise<TestDatabase> => {
  const store = await testDatabase();
  await seedCompanies(store.superuser);
  await store.superuser('delete from vouchsafe.request_log');
  await store.superuser('update vouchsafe.project set log_days = $1, log_kept_days = $2', [
    kept === null ? days : null,
    kept,
  ]);
  for (const age of AGES) {
    const at = NOON - age * DAY_MS;
    await store.superuser('select vouchsafe.make_log_day($1)', [new Date(at).toISOString().slice(0, 10)]);
    await store.superuser(
      `insert into vouchsafe.request_log (id, company_id, project_id, at, operation, status, duration_us)
       values ($1, $2, $3, $7, 'geocoding.forward', 200, 1), ($4, $5, $6, $7, 'geocoding.forward', 200, 1)`,
      [newId('log', at), COMPANY_A, PROJECT_A, newId('log', at), COMPANY_B, PROJECT_B, new Date(at)],
    );
  }
  return store;
};

const rowsOf = async (store: TestDatabase, company: string): Promise<number> =>
  (await store.superuser('select from vouchsafe.request_log where company_id = $1', [company])).length;

const daysOf = async (store: TestDatabase): Promise<string[]> =>
  (
    await store.superuser(
      `select relname from pg_class where relispartition and relkind = 'r' and relname like 'request\\_log\\_2%' order by 1`,
    )
  ).map(({ relname }) => String(relname).slice(-10).replaceAll('_', '-'));

describe('the job', () => {
  it('deletes what is older than the days of each project, and drops what nobody may have any more', async () => {
    const store = await scene(180);
    const { database, superuser } = store;
    await superuser('update vouchsafe.project set log_days = 7 where id = $1', [PROJECT_B]);
    await expireLogs(database, NOON + 1);
    assert.deepEqual([await rowsOf(store, COMPANY_A), await rowsOf(store, COMPANY_B)], [11, 7]);
    const days = await daysOf(store);
    // Of the oldest one the second half may still be in; it is empty here.
    assert.deepEqual([days[0], days[1], days.at(-1)], ['2026-05-26', '2026-05-27', '2026-11-25']);
    await superuser('update vouchsafe.project set log_days = 1');
    await expireLogs(database, NOON + HOUR_MS, { mostKept: 1e6, batch: 3 });
    assert.deepEqual([await rowsOf(store, COMPANY_A), await rowsOf(store, COMPANY_B)], [1, 1]);
    const [upkeep] = await superuser('select ran_at from vouchsafe.request_log_upkeep');
    assert.deepEqual(upkeep?.['ran_at'], new Date(NOON + HOUR_MS));
    // Time goes on without requests.
    await expireLogs(database, NOON + 300 * DAY_MS);
    assert.equal((await daysOf(store)).length, 4);
    assert.equal(await rowsOf(store, COMPANY_A), 0);
  });

  it('goes on where a log was turned off, by the days that it had', async () => {
    const store = await scene(0, 5);
    await expireLogs(store.database, NOON + 1);
    assert.deepEqual([await rowsOf(store, COMPANY_A), await rowsOf(store, COMPANY_B)], [5, 5]);
  });

  it('keeps so many rows of a project at most, the newest', async () => {
    const store = await scene(180);
    await expireLogs(store.database, NOON + 1, { mostKept: 8, batch: 4 });
    assert.deepEqual([await rowsOf(store, COMPANY_A), await rowsOf(store, COMPANY_B)], [8, 8]);
    const [oldest] = await store.superuser('select min(at) as at from vouchsafe.request_log');
    assert.deepEqual(oldest?.['at'], new Date(NOON - 7 * DAY_MS));
  });

  it('may be done by several nodes at the same time', async () => {
    const store = await scene(3);
    const nodes = [1, 2, 3].map(() => store.createDatabase());
    await Promise.all(nodes.map((node) => keepLogDays(node, NOON)));
    await Promise.all(nodes.map((node) => expireLogs(node, NOON + 1, { mostKept: 1e6, batch: 5 })));
    assert.deepEqual([await rowsOf(store, COMPANY_A), await rowsOf(store, COMPANY_B)], [3, 3]);
  });
});
