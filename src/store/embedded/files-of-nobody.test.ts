import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { copyPreparedServer } from '../../../test/support/prepared-server.ts';
import { familyOf, isAlive, signalAll } from '../../../test/support/processes.ts';
import { connect, type Connection } from '../connection.ts';
import { chooseLauncher } from './account.ts';
import { findBinaries } from './binaries.ts';
import { removeFilesOfNobody } from './files-of-nobody.ts';
import { DATABASE_NAME } from './initialise.ts';
import { clearTheWay } from './orphan.ts';
import { readPasswords } from './passwords.ts';
import { spawnPostmaster, waitUntilReady, type Postmaster } from './postmaster.ts';
import { serverSettings } from './settings.ts';
import { prepareSocketDirectory, SOCKET_PORT, socketDirectoryOf } from './socket-directory.ts';

/** Numbers of relations that a new cluster does not reach. */
const NOBODYS = '4000000001';
const ALSO_NOBODYS = '4000000002';
const BYTES = 8192;
const LONG_AGO = new Date('2020-01-01');

const home = await copyPreparedServer();
const dataDirectory = join(home, 'postgres');
const STANDBY = join(dataDirectory, 'standby.signal');
const socketDirectory = socketDirectoryOf(home);
const superuser: Connection = {
  host: socketDirectory,
  port: SOCKET_PORT,
  user: 'vouchsafe_superuser',
  password: readPasswords(home)?.vouchsafe_superuser,
  database: DATABASE_NAME,
  role: undefined,
  tls: false,
};
const sessions: pg.Client[] = [];
let postmaster: Postmaster | undefined;

// The runner ends a test file that takes too long with a signal; a server must not outlive it.
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));

/** Started without what cleans up by itself, so that each test sees one run of it. */
const start = async (more: Readonly<Record<string, string>> = {}): Promise<void> => {
  const binaries = findBinaries(join(home, 'lib'));
  const launcher = chooseLauncher(home, binaries);
  await clearTheWay(dataDirectory);
  prepareSocketDirectory(socketDirectory, launcher);
  const settings = { ...serverSettings({ socketDirectory, durable: false, connections: 20 }), ...more };
  postmaster = spawnPostmaster({ binaries, launcher, dataDirectory, settings, onLog: () => undefined });
  await waitUntilReady(postmaster, superuser, 60_000);
};

const open = async (): Promise<pg.Client> => {
  const client = await connect(superuser, { name: 'test' });
  // One that the server ends is no failure of the test.
  client.on('error', () => undefined);
  sessions.push(client);
  return client;
};

const stop = async (): Promise<void> => {
  for (const session of sessions.splice(0)) await session.end();
  await postmaster?.stop();
  postmaster = undefined;
};

afterEach(async () => {
  await stop();
  // What a test left that failed.
  rmSync(STANDBY, { force: true });
  for (const name of readdirSync(join(dataDirectory, 'base'), { recursive: true, encoding: 'utf8' }))
    if (/400000000[12]/.test(name)) rmSync(join(dataDirectory, 'base', name), { force: true });
});
after(() => rmSync(home, { recursive: true, force: true }));

const ask = async (client: pg.Client, text: string): Promise<string> => {
  const { rows } = await client.query<{ found: string }>(text);
  return rows[0]?.found ?? '';
};

const folderOf = async (client: pg.Client): Promise<string> => {
  const oid = await ask(
    client,
    'select oid::text as found from pg_database where datname = current_database()',
  );
  return join(dataDirectory, 'base', oid);
};

const nodeOf = (client: pg.Client, table: string): Promise<string> =>
  ask(client, `select pg_relation_filenode('${table}')::text as found`);

/** A file of a relation that is in no catalogue. */
const leave = (path: string, written: Date): void => {
  writeFileSync(path, Buffer.alloc(BYTES));
  utimesSync(path, written, written);
};

const remove = (): Promise<number> => removeFilesOfNobody(superuser, dataDirectory);

describe('files of nobody', () => {
  it('are removed where a crash left them, and files of a table stay, however old', async () => {
    await start();
    const client = await open();
    const folder = await folderOf(client);
    await client.query('create table public.kept as select n from generate_series(1, 1000) n');
    const kept = await nodeOf(client, 'public.kept');
    await client.query('begin; create table public.lost as select n from generate_series(1, 1000) n');
    const lost = await nodeOf(client, 'public.lost');
    // Written, as by any checkpoint that a long load sees.
    await (await open()).query('checkpoint');
    const family = familyOf(postmaster?.pid ?? 0);
    // All at once: a session that sees its server die ends its transaction, and removes the file itself.
    signalAll(family, 'SIGSTOP');
    signalAll(family, 'SIGKILL');
    while (family.some(isAlive)) await sleep(10);
    await stop();
    assert.ok(statSync(join(folder, lost)).size > 0, 'the crash leaves it');
    for (const node of [kept, lost]) utimesSync(join(folder, node), LONG_AGO, LONG_AGO);
    leave(join(folder, `${NOBODYS}_fsm`), LONG_AGO);
    leave(join(folder, `${NOBODYS}.1`), LONG_AGO);
    leave(join(folder, '16383'), LONG_AGO);

    await start();
    assert.ok((await remove()) > 2 * BYTES);
    const left = readdirSync(folder);
    assert.ok(!left.includes(lost));
    assert.ok(!left.some((name) => name.startsWith(NOBODYS)));
    assert.ok(left.includes(kept));
    assert.ok(left.includes('16383'), 'a number of PostgreSQL’s own');
    assert.equal(await ask(await open(), 'select count(*)::text as found from public.kept'), '1000');
    assert.equal(await remove(), 0, 'nothing is left to do');
    rmSync(join(folder, '16383'));
  });

  it('stay where they were written since the start', async () => {
    await start();
    const file = join(await folderOf(await open()), NOBODYS);
    leave(file, new Date());
    assert.equal(await remove(), 0);
    assert.ok(existsSync(file));
    leave(file, LONG_AGO);
    assert.equal(await remove(), BYTES);
  });

  it('stay while a transaction is under way that may have made them', async () => {
    await start();
    const client = await open();
    const file = join(await folderOf(client), NOBODYS);
    leave(file, LONG_AGO);
    await client.query('begin; select pg_current_xact_id()');
    assert.equal(await remove(), 0);
    assert.ok(existsSync(file));
    await client.query('rollback');
    assert.equal(await remove(), BYTES);
  });

  it('stay while a transaction is prepared, which no session shows', async () => {
    await start({ max_prepared_transactions: '2' });
    const client = await open();
    const folder = await folderOf(client);
    await client.query('begin; create table public.prepared as select n from generate_series(1, 1000) n');
    const node = await nodeOf(client, 'public.prepared');
    await client.query("prepare transaction 'one'");
    await client.query('checkpoint');
    utimesSync(join(folder, node), LONG_AGO, LONG_AGO);
    assert.equal(await remove(), 0);
    await client.query("commit prepared 'one'");
    assert.equal(await ask(client, 'select count(*)::text as found from public.prepared'), '1000');
  });

  it('stay in a server that follows another’s log', async () => {
    const replica = { wal_level: 'replica' };
    await start(replica);
    const file = join(await folderOf(await open()), NOBODYS);
    await stop();
    leave(file, LONG_AGO);
    writeFileSync(STANDBY, '');
    await start(replica);
    assert.equal(await ask(await open(), 'select pg_is_in_recovery()::text as found'), 'true');
    assert.equal(await remove(), 0);
    assert.ok(existsSync(file));
    await stop();
    rmSync(STANDBY);
    await start();
    assert.equal(await remove(), BYTES);
  });

  it('may be gone before they are looked at', async () => {
    await start();
    const folder = await folderOf(await open());
    // What is listed, and is not there when it is asked for.
    symlinkSync(join(folder, 'not-there'), join(folder, ALSO_NOBODYS));
    leave(join(folder, NOBODYS), LONG_AGO);
    assert.equal(await remove(), BYTES);
  });

  it('may be gone before they are removed', async () => {
    await start();
    const [busy, watching] = [await open(), await open()];
    const folder = await folderOf(busy);
    const questions = `select query_start::text as found from pg_stat_activity
                        where application_name = 'vouchsafe files' and query ilike '%pg_prepared_xacts%'`;
    let bytes = 0;
    // On a machine that is slow enough it has given up before the transaction ends: then once more.
    while (bytes === 0) {
      for (const name of [NOBODYS, ALSO_NOBODYS]) leave(join(folder, name), LONG_AGO);
      await busy.query('begin; select pg_current_xact_id()');
      const over = new AbortController();
      const removing = remove().finally(() => over.abort());
      // It has listed the files when it asks for the second time.
      const asked = new Set<string>();
      while (asked.size < 2 && !over.signal.aborted) {
        const question = await ask(watching, questions);
        if (question !== '') asked.add(question);
      }
      rmSync(join(folder, NOBODYS));
      await busy.query('rollback');
      bytes = await removing;
    }
    assert.equal(bytes, BYTES, 'of the one that was there');
    assert.ok(!existsSync(join(folder, ALSO_NOBODYS)));
  });

  it('are told of where they cannot be removed', async () => {
    await start();
    const folder = await folderOf(await open());
    const path = join(folder, ALSO_NOBODYS);
    symlinkSync(join(folder, ALSO_NOBODYS), path);
    await assert.rejects(remove(), { code: 'ELOOP' });
  });
});

it('our own server prepares no transactions', () => {
  const settings = serverSettings({ socketDirectory, durable: true, connections: 1 });
  assert.equal(settings['max_prepared_transactions'], '0');
});
