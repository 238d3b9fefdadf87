import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { migrate, MIGRATIONS_DIRECTORY } from './migrate.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with only `after-each.sql` and the given migrations. */
const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-migrations-'));
  folders.push(folder);
  cpSync(join(MIGRATIONS_DIRECTORY, 'after-each.sql'), join(folder, 'after-each.sql'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};

const OWNER =
  'create policy owner on vouchsafe.schema_migration to vouchsafe_owner using (true) with check (true);';
const FIRST = { '0001_one.sql': `${OWNER} create table vouchsafe.one (company_id text);` };
const SECOND = { ...FIRST, '0002_two.sql': 'create table vouchsafe.two (id int);' };

const empty = () => testDatabase({ migrated: false });

test('an empty database gets every file in order, and a second run does nothing', async () => {
  const { connections } = await empty();
  const steps: string[] = [];
  const directory = folderWith(SECOND);
  const first = await migrate({
    connection: connections.owner,
    directory,
    onProgress: ({ name, done, total }) => steps.push(`${name} ${done}/${total}`),
  });
  assert.deepEqual(first, { applied: ['0001_one.sql', '0002_two.sql'], version: 2 });
  assert.deepEqual(steps, ['0001_one.sql 0/2', '0002_two.sql 1/2']);
  assert.deepEqual(await migrate({ connection: connections.owner, directory }), { applied: [], version: 2 });
});

test('processes that start at once apply each file once', async () => {
  const { connections, superuser } = await empty();
  const reports = await Promise.all(
    Array.from({ length: 4 }, () => migrate({ connection: connections.owner })),
  );
  assert.equal(
    reports.flatMap(({ applied }) => applied).filter((name) => name.startsWith('0001_')).length,
    1,
  );
  assert.equal((await superuser('select from vouchsafe.schema_migration where version = 1')).length, 1);
});

test('a file that was changed after it was applied stops the start', async () => {
  const { connections } = await empty();
  await migrate({ connection: connections.owner, directory: folderWith(FIRST) });
  const changed = folderWith({ '0001_one.sql': `${FIRST['0001_one.sql']} -- a thought` });
  await assert.rejects(migrate({ connection: connections.owner, directory: changed }), {
    name: 'CannotStart',
    message: /0001_one\.sql was changed/,
  });
});

test('a database from a newer release is left alone', async () => {
  const { connections } = await empty();
  await migrate({ connection: connections.owner, directory: folderWith(SECOND) });
  await assert.rejects(migrate({ connection: connections.owner, directory: folderWith(FIRST) }), {
    name: 'CannotStart',
    message: /newer than this Vouchsafe/,
  });
});

test('a file that fails leaves nothing behind, keeps those before it, and is told without values', async () => {
  const { connections, superuser } = await empty();
  const directory = folderWith({
    ...FIRST,
    '0002_bad.sql': "create table vouchsafe.half (id int); select 'mark-2b'::int;",
  });
  await assert.rejects(migrate({ connection: connections.owner, directory }), (error: Error) => {
    assert.match(error.message, /0002_bad\.sql failed .* 22P02/);
    assert.equal(JSON.stringify([error.message, error.stack, error.cause]).includes('mark-2b'), false);
    return true;
  });
  assert.deepEqual(
    await superuser(
      "select to_regclass('vouchsafe.half') as half, to_regclass('vouchsafe.one')::text as one",
    ),
    [{ half: null, one: 'one' }],
  );
});

test('a new table is closed without its migration saying so', async () => {
  const { connections, superuser } = await empty();
  await migrate({ connection: connections.owner, directory: folderWith(SECOND) });
  assert.deepEqual(
    await superuser(`select relname, relrowsecurity and relforcerowsecurity as closed,
                            exists (select from pg_policy where polrelid = c.oid and polname = 'company_only') as scoped
                     from pg_class c where relname in ('one', 'two') order by 1`),
    [
      { relname: 'one', closed: true, scoped: true },
      { relname: 'two', closed: true, scoped: false },
    ],
  );
});

test('a gap in the numbers is refused', async () => {
  const { connections } = await empty();
  const directory = folderWith({ ...FIRST, '0003_three.sql': 'select' });
  await assert.rejects(migrate({ connection: connections.owner, directory }), {
    name: 'CannotStart',
    message: /gap/,
  });
});
