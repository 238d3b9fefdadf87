import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBuilding } from './building.ts';
import { connect, type Connection } from './connection.ts';
import { createDatabase } from './database.ts';
import { openCluster, type Cluster } from './embedded/cluster.ts';
import { openStore } from './open.ts';
import { renderedStatement } from './rendered.ts';
import { assertConfinedRole } from './roles.ts';
import { statement } from './statement.ts';

const whoAmI = statement({
  name: 'test.who-am-i',
  text: 'select current_user::text as name',
  columns: { name: 'text' },
});

const ROLES = ['vouchsafe_app', 'vouchsafe_owner', 'vouchsafe_system', 'vouchsafe_jobs'];

const home = mkdtempSync(join(tmpdir(), 'vs-external-'));
let cluster: Cluster;

const run = async (connection: Connection, text: string): Promise<void> => {
  const client = await connect(connection, { name: 'test' });
  await client.query(text);
  await client.end();
};

/** A server as an operator would bring it: none of our roles, one login with a database of its own. */
before(async () => {
  cluster = await openCluster({ dataDir: home, mode: 'serve', durable: false });
  const elsewhere = { ...cluster.superuser, database: 'postgres' };
  await run(elsewhere, 'drop database vouchsafe');
  await run(elsewhere, 'revoke set on parameter temp_file_limit from vouchsafe_app');
  for (const role of ROLES) await run(elsewhere, `drop role ${role}`);
});

after(async () => {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
});

const url = (login: string): string =>
  `postgresql://${login}:secret@%2F${home.slice(1).replaceAll('/', '%2F')}%2Frun/${login}`;
const makeLogin = async (login: string, rights: string): Promise<void> => {
  const elsewhere = { ...cluster.superuser, database: 'postgres' };
  await run(elsewhere, `create role ${login} login password 'secret' ${rights}`);
  await run(elsewhere, `create database ${login} owner ${login}`);
};

/** Makes and drops an index of a table of content as whoever logs in, and sends nothing else. */
const buildsIndexes = async (builder: Connection): Promise<void> => {
  await run(builder, 'create table vouchsafe_data.tried (x int)');
  const building = await openBuilding(builder);
  try {
    assert.equal(await building.claim('tried'), true);
    await building.run(
      renderedStatement('create index concurrently tried_x on vouchsafe_data.tried using btree (x)'),
    );
    assert.equal(await building.progress(), undefined);
    await building.run(renderedStatement('drop index concurrently if exists vouchsafe_data.tried_x'));
    for (const text of ['drop table vouchsafe_data.tried', 'select * from vouchsafe.mail'])
      await assert.rejects(building.run(renderedStatement(text)), { code: 'undeclared' });
  } finally {
    await building.close();
  }
  await run(builder, 'drop table vouchsafe_data.tried');
};

test('a login without the right to make roles is told the SQL that an administrator must run, and then works', async () => {
  await makeLogin('plain', '');
  const store = await openStore({ dataDir: '/nowhere', databaseUrl: url('plain'), mode: 'serve' });
  const sql: string[] = [];
  await assert.rejects(store.migrate(), (error: Error) => {
    assert.equal(error.name, 'CannotStart');
    sql.push(error.message.slice(error.message.indexOf('create role')));
    return true;
  });
  await run({ ...cluster.superuser, database: 'plain' }, sql.join(' '));
  assert.equal((await store.migrate()).version > 0, true);
  const database = createDatabase({ connection: store.app });
  assert.deepEqual(await database.run(whoAmI, []), [{ name: 'vouchsafe_app' }]);
  await database.close();
  await buildsIndexes(store.builder);
  await store.close();
});

test('a login that may make roles prepares an empty database by itself, also twice', async () => {
  await makeLogin('maker', 'createrole');
  const elsewhere = { ...cluster.superuser, database: 'postgres' };
  await run({ ...elsewhere, database: 'plain' }, `drop owned by ${ROLES.join(', ')} cascade`);
  await run(elsewhere, 'drop database plain');
  for (const role of ROLES) await run(elsewhere, `drop role ${role}`);
  const store = await openStore({ dataDir: '/nowhere', databaseUrl: url('maker'), mode: 'serve' });
  assert.equal((await store.migrate()).applied.length > 0, true);
  assert.deepEqual((await store.migrate()).applied, []);
  assert.equal(store.kind, 'external');
  await buildsIndexes(store.builder);
});

test('a server role that row-level security would not bind is refused', async () => {
  const app: Connection = { ...cluster.superuser, database: 'maker', role: 'vouchsafe_app' };
  await assertConfinedRole(app);
  await run({ ...cluster.superuser, database: 'maker' }, 'alter role vouchsafe_app bypassrls');
  await assert.rejects(assertConfinedRole(app), {
    name: 'CannotStart',
    message: /bypasses row-level security/,
  });
  await run({ ...cluster.superuser, database: 'maker' }, 'alter role vouchsafe_app nobypassrls');
  await assert.rejects(assertConfinedRole({ ...app, role: 'vouchsafe_owner' }), { message: /owns tables/ });
  await assert.rejects(assertConfinedRole({ ...app, role: undefined }), { message: /is a superuser/ });
});

test('a database that is not there is told in a sentence, without the password', async () => {
  const store = await openStore({
    dataDir: '/nowhere',
    databaseUrl: 'postgresql://me:geheim@127.0.0.1:1/shop',
    mode: 'serve',
  });
  await assert.rejects(
    store.migrate(),
    (error: Error) =>
      error.name === 'CannotStart' && /ECONNREFUSED/.test(error.message) && !error.message.includes('geheim'),
  );
});
