import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { connect, type Connection } from './connection.ts';
import { openCluster } from './embedded/cluster.ts';
import { migrate } from './migrate.ts';
import { openStore } from './open.ts';
import { migrateQueue } from './queue.ts';

const ask = async (connection: Connection, text: string): Promise<readonly Record<string, unknown>[]> => {
  const client = await connect(connection, { name: 'test' });
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

test('a data directory that an earlier version made gets the role of jobs at the next start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vs-earlier-'));
  after(() => rmSync(dataDir, { recursive: true, force: true }));
  const cluster = await openCluster({ dataDir, mode: 'serve', durable: false });
  await ask(cluster.superuser, 'drop role vouchsafe_jobs');
  await cluster.stop();
  const store = await openStore({ dataDir, mode: 'serve' });
  try {
    const steps: string[] = [];
    await store.migrate(({ name }) => steps.push(name));
    assert.ok(steps.includes('graphile_worker'), 'the progress of the queue’s schema is told');
    assert.deepEqual(await ask(store.jobs, 'select current_user::text as name'), [
      { name: 'vouchsafe_jobs' },
    ]);
    assert.deepEqual(
      await ask(
        store.jobs,
        "select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'vouchsafe_jobs'",
      ),
      [
        {
          rolcanlogin: false,
          rolsuper: false,
          rolbypassrls: false,
          rolcreaterole: false,
          rolcreatedb: false,
        },
      ],
    );
    assert.deepEqual((await store.migrate()).applied, []);
  } finally {
    await store.close();
  }
});

test('all of the queue belongs to the role of jobs, and the server’s own role may not look at it', async () => {
  const { superuser, app } = await testDatabase();
  const owners = await superuser(
    `select distinct pg_get_userbyid(relowner)::text as owner from pg_class where relnamespace = 'graphile_worker'::regnamespace
     union select pg_get_userbyid(nspowner)::text from pg_namespace where nspname = 'graphile_worker'`,
  );
  assert.deepEqual(owners, [{ owner: 'vouchsafe_jobs' }]);
  const [rights] = await app(
    `select has_schema_privilege('graphile_worker', 'usage') as usage,
            has_table_privilege('vouchsafe.mail', 'select') as mail,
            pg_has_role('vouchsafe_jobs', 'member') as member`,
  );
  assert.deepEqual(rights, { usage: false, mail: false, member: false });
});

test('the schema of the queue may be brought up to date by several processes at once', async () => {
  const { connections, superuser } = await testDatabase({ migrated: false });
  await Promise.all([1, 2, 3].map(() => migrate({ connection: connections.owner })));
  await Promise.all([1, 2].map(() => migrateQueue({ ...connections.owner, role: 'vouchsafe_jobs' })));
  const [row] = await superuser('select count(*)::int as count from graphile_worker.migrations');
  assert.ok(Number(row?.['count']) >= 20);
});
