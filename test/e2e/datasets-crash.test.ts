/** Loads and builds of indexes in the middle of which PostgreSQL, or all of it, is killed: nothing half-made stays, and all goes on. */
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { familyOf, postmasterOf, signalAll } from '../support/processes.ts';
import { makeHome, PACE_OF_PEOPLE_MS, until, type Exit, type RunningServer } from '../support/server.ts';
import { serve } from '../support/served.ts';
import { openTusClient, type TusClient } from '../support/tus-client.ts';

const STOPPED: Exit = { code: 0, signal: null };
const MEBIBYTE = 1024 * 1024;
const PART = 8 * MEBIBYTE;

const csvOf = (rows: number): Buffer =>
  Buffer.from(
    `id,name\n${Array.from({ length: rows }, (_, index) => `${index},"well ${(index * 7919) % 100_003} ${'x'.repeat(40)}"`).join('\n')}\n`,
  );
const SMALL = csvOf(10);
/** Long enough for something to happen meanwhile: some seconds. */
const LARGE = csvOf(400_000);

const send = async (person: TusClient, bytes: Buffer, path?: string): Promise<string> => {
  const upload = path ?? (await person.begin('wells.csv', bytes.length));
  for (let at = 0; at < bytes.length; at += PART) {
    const sent = await person.send(upload, at, bytes.subarray(at, at + PART));
    assert.equal(sent.status, 204, sent.code);
  }
  assert.equal((await person.rest(upload))['phase'], 'ready');
  return upload;
};

const load = async (
  person: TusClient,
  path: string,
  order: object,
): Promise<Readonly<Record<string, unknown>>> => {
  await person.client.ok('POST', `${path}/load`, order);
  return person.rest(path);
};

const rowsOf = async (person: TusClient, dataset: string): Promise<unknown> => {
  const base = `/v1/companies/${person.company}/datasets/${dataset}/rows`;
  const { status, body } = await person.client.call('GET', `${base}?select=id,name&order=id&limit=3`);
  return status === 200 ? body : status;
};

/** Tables and indexes of content, and the indexes among them that are not valid. */
const contentOf = (server: RunningServer): Promise<Record<string, unknown>[]> =>
  server.sql(
    `select relname::text as name, coalesce(indisvalid, true) as valid
       from pg_class left join pg_index on indexrelid = pg_class.oid
      where relnamespace = 'vouchsafe_data'::regnamespace and relkind in ('r', 'i') order by 1`,
  );

/** Files of the database that no table or index owns, as a crash leaves them. */
const orphansOf = async (server: RunningServer): Promise<readonly string[]> => {
  const [found] = await server.sql<{ oid: string; nodes: string[] }>(
    `select (select oid::text from pg_database where datname = current_database()) as oid,
            (select array_agg(pg_relation_filenode(oid)::text) from pg_class where pg_relation_filenode(oid) is not null) as nodes`,
  );
  const owned = new Set(found?.nodes);
  const folder = join(server.home.dataDir, 'postgres', 'base', found?.oid ?? '');
  return readdirSync(folder).filter((name) => {
    const node = /^(\d+)(?:_\w+)?(?:\.\d+)?$/.exec(name)?.[1];
    // Empty ones are PostgreSQL's marks until its next checkpoint.
    return (
      node !== undefined &&
      !owned.has(node) &&
      (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0) > 0
    );
  });
};

const untilNoOrphans = (server: RunningServer): Promise<void> =>
  until('files of nobody are removed', async () => (await orphansOf(server)).length === 0, 120_000);

const killDatabase = async (server: RunningServer): Promise<void> => {
  const { dataDir } = server.home;
  const postmaster = postmasterOf(dataDir);
  assert.ok(postmaster);
  signalAll(familyOf(postmaster), 'SIGKILL');
  await until(
    'the database is back',
    () => ![undefined, postmaster].includes(postmasterOf(dataDir)),
    120_000,
  );
  await until(
    'it answers',
    () =>
      server.sql('select 1').then(
        () => true,
        () => false,
      ),
    120_000,
  );
};

const untilCopying = (server: RunningServer): Promise<void> =>
  until(
    'rows are copied',
    async () =>
      (await server.sql('select 1 from pg_stat_progress_copy where tuples_processed > 20000')).length > 0,
    240_000,
  );
const untilBuilding = (server: RunningServer): Promise<void> =>
  until(
    'the index is built',
    async () =>
      (await server.sql("select 1 from pg_stat_progress_create_index where phase <> 'initializing'")).length >
      0,
    240_000,
  );

test('PostgreSQL or all that is killed in the middle of a load leaves the old version, and the load is done again or asks for its bytes', async () => {
  const home = await makeHome();
  let person: TusClient | undefined;
  let dataset = '';
  let path = '';
  let there: unknown;
  let content: unknown;
  {
    await using served = await serve({ home, env: { WORKERS: '1' } });
    const { server } = served;
    person = await openTusClient(server, 'crash@example.com');
    const made = await load(person, await send(person, SMALL), {
      new: { name: 'wells', visibility: 'company' },
    });
    dataset = String(made['dataset']);
    there = await rowsOf(person, dataset);
    content = await contentOf(server);
    path = await send(person, LARGE);
    await person.client.ok('POST', `${path}/load`, { dataset });
    await untilCopying(server);
    await killDatabase(server);
    const state = await person.rest(path);
    // Uploaded bytes are in no log of PostgreSQL's: after a crash they are asked for once more.
    assert.deepEqual([state['phase'], await person.offsetOf(path)], ['arriving', 0]);
    assert.deepEqual(await rowsOf(person, dataset), there);
    assert.deepEqual(await contentOf(server), content);
    await untilNoOrphans(server);
    await send(person, LARGE, path);
    await person.client.ok('POST', `${path}/load`, { dataset });
    await untilCopying(server);
    await server.kill('everything');
  }
  await using served = await serve({ home, env: { WORKERS: '1' } });
  const { server } = served;
  person = person.at(server);
  const state = await person.rest(path);
  assert.deepEqual([state['phase'], await person.offsetOf(path)], ['arriving', 0]);
  assert.deepEqual(await rowsOf(person, dataset), there);
  assert.deepEqual(await contentOf(server), content);
  await untilNoOrphans(server);
  await send(person, LARGE, path);
  const loaded = await load(person, path, { dataset });
  assert.deepEqual([loaded['phase'], loaded['version']], ['loaded', 2]);
  assert.deepEqual(await server.stop(), STOPPED);
});

test('PostgreSQL or all that is killed in the middle of building an index leaves none that is not valid, and it is built after all', async () => {
  const home = await makeHome();
  let person: TusClient | undefined;
  let indexes = '';
  const isReady = (count: number) => async (): Promise<boolean> => {
    const { status, body } = (await person?.client.call('GET', indexes).catch(() => undefined)) ?? {
      status: 0,
      body: {},
    };
    const states = (body.items ?? []).map(({ state }: { state: string }) => state);
    return status === 200 && states.length === count && states.every((one: string) => one === 'ready');
  };
  {
    await using served = await serve({ home, env: { WORKERS: '1' } });
    const { server } = served;
    person = await openTusClient(server, 'index@example.com');
    const made = await load(person, await send(person, LARGE), {
      new: { name: 'wells', visibility: 'company' },
    });
    indexes = `/v1/companies/${person.company}/datasets/${String(made['dataset'])}/indexes`;
    await person.client.ok('POST', indexes, { search: true });
    await untilBuilding(server);
    await killDatabase(server);
    await until('the index is ready', isReady(1), 400_000, PACE_OF_PEOPLE_MS);
    assert.ok((await contentOf(server)).every(({ valid }) => valid === true));
    await person.client.ok('POST', indexes, { columns: ['id'] });
    await untilBuilding(server);
    await server.kill('everything');
  }
  await using served = await serve({ home, env: { WORKERS: '1' } });
  const { server } = served;
  person = person.at(server);
  await until('the index is ready', isReady(2), 400_000, PACE_OF_PEOPLE_MS);
  assert.ok((await contentOf(server)).every(({ valid }) => valid === true));
  await untilNoOrphans(server);
  assert.deepEqual(await server.stop(), STOPPED);
});
