import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMPANY_A, PROJECT_A } from '../../test/support/companies.ts';
import { testDatabase, type RawSql, type TestDatabase } from '../../test/support/database.ts';
import { newId } from '../foundation/ids.ts';
import { migrate, MIGRATIONS_DIRECTORY } from '../store/migrate.ts';
import { newWriter, parametersOf } from './batch.ts';
import { BUCKETS } from './board.ts';
import { addUsage, dropUsageBefore, oldestUsageMonth } from './store.ts';
import type { UsageCount } from './usage.ts';

const seedProject = async (superuser: RawSql): Promise<void> => {
  await superuser("insert into vouchsafe.company (id, name, created_at) values ($1, 'A', now())", [
    COMPANY_A,
  ]);
  await superuser(
    "insert into vouchsafe.project (id, company_id, name, per_second, created_at) values ($1, $2, 'A', 1, now())",
    [PROJECT_A, COMPANY_A],
  );
};

let scene: TestDatabase;
before(async () => {
  scene = await testDatabase();
  await seedProject(scene.superuser);
});

const counter = (more: Partial<UsageCount> = {}): UsageCount => ({
  company: COMPANY_A,
  project: PROJECT_A,
  key: '',
  operation: 'a.b',
  day: '2026-11-22',
  outcome: 'ok',
  durations: Array.from({ length: BUCKETS }, (_, bucket) => (bucket < 2 ? 1 : 0)),
  ...more,
});

const total = async (operation: string): Promise<readonly { count: number; measured: number }[]> =>
  (await scene.superuser(
    `select count::int, (select sum(d)::int from unnest(durations) d) as measured
       from vouchsafe.usage_day where operation = $1 order by key_id, day, outcome`,
    [operation],
  )) as never;

describe('adding usage', () => {
  it('adds counts and buckets to one row a counter, and each batch once', async () => {
    const { database } = scene;
    const writer = newWriter();
    const key = newId('key', 0);
    const batch = {
      number: 7,
      counts: [counter(), counter(), counter({ key }), counter({ day: '2027-02-28' })],
    };
    assert.deepEqual(await database.run(addUsage, parametersOf(writer, batch)), [{ written: 3 }]);
    // The answer was lost on the way.
    assert.deepEqual(await database.run(addUsage, parametersOf(writer, batch)), [{ written: 0 }]);
    assert.deepEqual(await database.run(addUsage, parametersOf(writer, { ...batch, number: 6 })), [
      { written: 0 },
    ]);
    assert.deepEqual(await database.run(addUsage, parametersOf(newWriter(), batch)), [{ written: 3 }]);
    const rows = await scene.superuser(
      "select key_id, day::text, count::int, durations::int[] from vouchsafe.usage_day where operation = 'a.b' order by key_id, day",
    );
    const zeros = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert.deepEqual(rows, [
      { key_id: '', day: '2026-11-22', count: 8, durations: [4, 4, ...zeros] },
      { key_id: '', day: '2027-02-28', count: 4, durations: [2, 2, ...zeros] },
      { key_id: key, day: '2026-11-22', count: 4, durations: [2, 2, ...zeros] },
    ]);
  });

  it('of many workers at once, in whatever order, loses nothing and never waits in a circle', async () => {
    const keys = Array.from({ length: 12 }, (_, at) => newId('key', at));
    const days = ['2028-01-31', '2028-02-01'];
    const workers = Array.from({ length: 8 }, (_, at) => ({
      database: scene.createDatabase({ poolSize: 1 }),
      writer: newWriter(),
      turned: at,
    }));
    const counts = keys.flatMap((key) =>
      days.flatMap((day) =>
        (['ok', 'refused'] as const).map((outcome) =>
          counter({ key, day, outcome, operation: 'many.at-once' }),
        ),
      ),
    );
    await Promise.all(
      workers.map(async ({ database, writer, turned }) => {
        for (let number = 1; number <= 25; number += 1) {
          const at = (turned * 7 + number * 5) % counts.length;
          const order = [...counts.slice(at), ...counts.slice(0, at)];
          if (turned % 2 === 0) order.reverse();
          await database.run(addUsage, parametersOf(writer, { number, counts: order }));
        }
      }),
    );
    const rows = await total('many.at-once');
    assert.equal(rows.length, counts.length);
    assert.ok(rows.every(({ count, measured }) => count === 8 * 25 * 2 && measured === count));
  });

  it('loses at most what was not flushed when processes are killed, and counts nothing twice', async () => {
    const script = fileURLToPath(new URL('../../test/support/count-usage.ts', import.meta.url));
    const caller = { company: COMPANY_A, project: PROJECT_A, key: newId('key', 0) };
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, [script, JSON.stringify(scene.connections.app), JSON.stringify(caller)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const told = await Promise.all(
      children.map(async (child) => {
        const most = { counted: 0, added: 0 };
        let flushes = 0;
        const exited = new Promise((resolve) => child.once('exit', resolve));
        for await (const line of createInterface(child.stdout)) {
          const [what, number] = line.split(' ');
          if (what === 'counted' || what === 'added') most[what] = Number(number);
          if (what === 'added' && (flushes += 1) === 5) child.kill('SIGKILL');
        }
        await exited;
        return most;
      }),
    );
    // A statement that was under way when its process died is over, one way or the other.
    for (;;) {
      const [row] = await scene.superuser(
        "select count(*)::int as busy from pg_stat_activity where datname = current_database() and query like '%add_usage%' and state = 'active' and pid <> pg_backend_pid()",
      );
      if (row?.['busy'] === 0) break;
    }
    const [row] = await scene.superuser(
      'select sum(count)::int as count, count(*)::int as rows from vouchsafe.usage_day where key_id = $1',
      [caller.key],
    );
    const found = Number(row?.['count']);
    const [added, counted] = [told.map((one) => one.added), told.map((one) => one.counted)].map((all) =>
      all.reduce((sum, one) => sum + one, 0),
    );
    assert.ok((added ?? 0) > 0);
    assert.ok(found >= (added ?? 0), `${found} found of ${added} that were acknowledged`);
    assert.ok(found <= (counted ?? 0), `${found} found of ${counted} that were counted`);
    assert.ok(Number(row?.['rows']) <= 6, 'one row a counter, whichever process counted');
  });

  it('forgets a writer that wrote nothing for two days', async () => {
    const writer = newWriter();
    await scene.database.run(addUsage, parametersOf(writer, { number: 1, counts: [counter()] }));
    const isKnown = async (): Promise<boolean> =>
      (await scene.superuser('select from vouchsafe.usage_writer where writer = $1', [writer])).length === 1;
    await scene.app("select vouchsafe.sweep_usage('2026-11-01')");
    assert.equal(await isKnown(), true);
    await scene.superuser(
      "update vouchsafe.usage_writer set written_at = now() - interval '49 hours' where writer = $1",
      [writer],
    );
    await scene.app("select vouchsafe.sweep_usage('2026-11-01')");
    assert.equal(await isKnown(), false);
  });

  it('is dropped by whole months, and the oldest that is left is known', async () => {
    const store = await testDatabase();
    await store.superuser(
      "select vouchsafe.make_usage_month(m) from unnest('{2025-09-01,2025-10-01}'::date[]) m",
    );
    assert.deepEqual(await store.database.run(oldestUsageMonth, []), [{ oldest: '2025-09-01' }]);
    assert.deepEqual(await store.database.run(dropUsageBefore, ['2025-10-22']), [{ dropped: 1 }]);
    assert.deepEqual(await store.database.run(oldestUsageMonth, []), [{ oldest: '2025-10-01' }]);
  });
});

describe('the migration', () => {
  it('keeps the counts of an installation that told no keys apart, and adds to them', async () => {
    const earlier = mkdtempSync(join(tmpdir(), 'vs-earlier-'));
    after(() => rmSync(earlier, { recursive: true, force: true }));
    for (const name of readdirSync(MIGRATIONS_DIRECTORY))
      if (name < '0012' || name === 'after-each.sql')
        cpSync(join(MIGRATIONS_DIRECTORY, name), join(earlier, name));
    const { connections, superuser, database } = await testDatabase({ migrated: false });
    await migrate({ connection: connections.owner, directory: earlier });
    await seedProject(superuser);
    const old = "select vouchsafe.add_usage(array[$1], array[$2], '{a.b}', array[$3::date], '{ok}', '{41}')";
    await superuser(old, [COMPANY_A, PROJECT_A, '2026-11-22']);
    await superuser(old, [COMPANY_A, PROJECT_A, '2026-10-31']);
    await migrate({ connection: connections.owner });
    await database.run(addUsage, parametersOf(newWriter(), { number: 1, counts: [counter()] }));
    assert.deepEqual(
      await superuser(
        `select key_id, day::text, count::int, (select sum(d)::int from unnest(durations) d) as measured
           from vouchsafe.usage_day order by day`,
      ),
      [
        { key_id: '', day: '2026-10-31', count: 41, measured: 0 },
        { key_id: '', day: '2026-11-22', count: 43, measured: 2 },
      ],
    );
  });
});
