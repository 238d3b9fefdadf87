import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { freePort } from '../../test/support/free-port.ts';
import { newId, type CompanyId } from '../foundation/ids.ts';
import type { CheckResult } from '../foundation/promise.ts';
import { usageCountedNotRecorded } from '../metering/promises.ts';
import { countVisibleRows } from '../promises/store.ts';
import { listColumns } from './catalog/store.ts';
import { createDatabase, type Database } from './database.ts';
import { chooseLauncher } from './embedded/account.ts';
import { findBinaries } from './embedded/binaries.ts';
import { openCluster } from './embedded/cluster.ts';
import { spawnPostmaster, waitUntilReady } from './embedded/postmaster.ts';
import { serverSettings } from './embedded/settings.ts';
import { parseStatements } from './parse-statements.ts';
import { companiesApart, databaseOffTheNetwork, judgeReach, parameterisedOnly } from './promises.ts';
import { registeredStatements, statement } from './statement.ts';

const addCompany = async (store: TestDatabase): Promise<CompanyId> => {
  const company = newId('com', Date.UTC(2026, 10, 22));
  const project = newId('prj', Date.UTC(2026, 10, 22));
  await store.superuser('insert into vouchsafe.company values ($1, $2, now())', [company, 'One of several']);
  await store.superuser(
    'insert into vouchsafe.project (id, company_id, name, per_second, created_at) values ($1, $2, $3, 10, now())',
    [project, company, 'Project'],
  );
  return company;
};

const checkApart = async (violate: (store: TestDatabase) => Promise<unknown>): Promise<CheckResult> => {
  const store = await testDatabase();
  const company = await addCompany(store);
  await addCompany(store);
  await violate(store);
  const { database } = store;
  return companiesApart({
    database,
    someCompany: async () => company,
    visibleRows: async (one) =>
      one === undefined
        ? (await database.run(countVisibleRows, ['']))[0]!
        : (await database.company(one, (tx) => tx.one(countVisibleRows, [one])))!,
  }).check();
};

describe('the promise that companies are apart', () => {
  it('is kept by the schema as it is', async () => {
    const { state, evidence } = await checkApart(async () => undefined);
    assert.equal(state, 'kept', evidence);
  });

  const violations: Readonly<Record<string, string>> = {
    'a new table with a company_id and no row-level security':
      'create table vouchsafe.note (company_id text); grant select on vouchsafe.note to vouchsafe_app',
    'row-level security that is not forced': 'alter table vouchsafe.key no force row level security',
    'row-level security that is switched off': 'alter table vouchsafe.project disable row level security',
    'one more policy that shows everything':
      'create policy generous on vouchsafe.key for select using (true)',
    'one more policy that lets everything be written':
      'create policy generous on vouchsafe.key for insert to vouchsafe_app with check (true)',
    'one more policy by which a user writes past the company':
      "create policy generous on vouchsafe.member for update using (user_id = (select nullif(current_setting('vouchsafe.user_id', true), '')))",
    'a policy about a user that shows more than their own':
      "create policy generous on vouchsafe.member for select using (role <> 'owner' or user_id = (select nullif(current_setting('vouchsafe.user_id', true), '')))",
    'a policy that shares every dataset of those who are granted one':
      "create policy generous on vouchsafe.dataset for select using (company_id = any (array(select g.company_id from vouchsafe.dataset_grant g where g.user_id = (select nullif(current_setting('vouchsafe.user_id', true), '')))))",
    'a policy that shares datasets without asking whether they may be shared':
      "create policy generous on vouchsafe.dataset for select using (id = any (array(select g.dataset_id from vouchsafe.dataset_grant g where g.user_id = (select nullif(current_setting('vouchsafe.user_id', true), '')) and g.acting_company_id = (select nullif(current_setting('vouchsafe.company_id', true), '')) and (g.until is null or g.until > statement_timestamp()))))",
    'a list of what is granted that asks nobody whether it is over':
      "create or replace function vouchsafe.granted_datasets() returns setof text language sql stable begin atomic select g.dataset_id from vouchsafe.dataset_grant g where g.user_id = nullif(current_setting('vouchsafe.user_id', true), '') and g.acting_company_id = nullif(current_setting('vouchsafe.company_id', true), ''); end",
    'a list of what is granted that has rights of its own':
      'alter function vouchsafe.granted_datasets() security definer',
    'a company_only policy that is not about the company':
      'drop policy company_only on vouchsafe.project; create policy company_only on vouchsafe.project using (company_id is not null)',
  };
  for (const [name, sql] of Object.entries(violations)) {
    it(`is broken by ${name}`, async () => {
      const { state } = await checkApart((store) => store.superuser(sql));
      assert.equal(state, 'broken');
    });
  }

  it('is broken by a server role that owns a table', async () => {
    const { state, evidence } = await checkApart((store) =>
      store.superuser('alter table vouchsafe.quota_use owner to vouchsafe_app'),
    );
    assert.deepEqual(
      [state, evidence],
      ['broken', "The server's database role could look past row-level security."],
    );
  });

  it('is broken by a server that connects as a superuser', async () => {
    const store = await testDatabase();
    const database = createDatabase({ connection: store.connections.superuser });
    try {
      const definition = companiesApart({
        database,
        someCompany: () => addCompany(store),
        visibleRows: async () => ({ others: 0, own: 1 }),
      });
      assert.equal((await definition.check()).state, 'broken');
    } finally {
      await database.close();
    }
  });

  it('looks at every table that has a company_id', async () => {
    const store = await testDatabase();
    const columns = await store.database.run(listColumns, []);
    const tables = columns.filter(({ name }) => name === 'company_id').map(({ relation }) => relation);
    assert.ok(tables.length >= 8);
    // Mail is put in by a function and read by the role of jobs alone. Versions of datasets are asked for through functions that look at the right.
    for (const table of ['mail', 'dataset_generation', 'dataset_version']) {
      await assert.rejects(store.app(`select from vouchsafe.${table}`), { code: '42501' });
      tables.splice(tables.indexOf(table), 1);
    }
    for (const table of tables) assert.ok(countVisibleRows.text.includes(`vouchsafe.${table} `), table);
  });
});

describe('the promise that use is counted, not recorded', () => {
  const check = async (sql?: string): Promise<CheckResult> => {
    const store = await testDatabase();
    if (sql !== undefined) await store.superuser(sql);
    return usageCountedNotRecorded(store.database, { now: () => Date.UTC(2026, 10, 22, 12) }).check();
  };

  it('is kept by the schema as it is, also after months were added', async () => {
    const { state, evidence } = await check("select vouchsafe.make_usage_month(date '2027-03-01')");
    assert.equal(state, 'kept', evidence);
  });

  it('is broken by a month that should be gone, and says of which oldest one there are counters', async () => {
    const kept = await check("select vouchsafe.make_usage_month(date '2025-10-31')");
    assert.deepEqual([kept.state, /2025-10/.test(kept.evidence)], ['kept', true], kept.evidence);
    const { state, evidence } = await check("select vouchsafe.make_usage_month(date '2025-09-30')");
    assert.equal(state, 'broken');
    assert.match(evidence, /2025-09/);
  });

  it('names the column that was added', async () => {
    const { state, evidence } = await check('alter table vouchsafe.usage_day add column ip inet');
    assert.equal(state, 'broken');
    assert.match(evidence, /usage_day\.ip/);
  });

  const violations: Readonly<Record<string, string>> = {
    'a new table': 'create table vouchsafe.request_notes (query text)',
    'a view': 'create view vouchsafe.recent as select 1 as one',
    'a column of another type': 'alter table vouchsafe.quota_use alter column used type numeric',
    'a column that is gone': 'alter table vouchsafe.key drop column exposed_at cascade',
    'a table elsewhere that the server may write to':
      'create table public.elsewhere (query text); grant insert on public.elsewhere to vouchsafe_app',
  };
  for (const [name, sql] of Object.entries(violations)) {
    it(`is broken by ${name}`, async () => {
      assert.equal((await check(sql)).state, 'broken');
    });
  }
});

const closes: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closes.reverse()) await close();
});

/** A PostgreSQL that was started with other settings than ours. */
const startOpenly = async (violation: Readonly<Record<string, string>>): Promise<Database> => {
  const home = mkdtempSync(join(tmpdir(), 'vs-open-'));
  const cluster = await openCluster({ dataDir: home, mode: 'serve', durable: false, connections: 20 });
  await cluster.stop();
  const port = await freePort();
  const binaries = findBinaries(join(home, 'lib'));
  const settings = {
    ...serverSettings({ socketDirectory: cluster.socketDirectory, durable: false, connections: 20 }),
    ...violation,
  };
  const postmaster = spawnPostmaster({
    binaries,
    launcher: chooseLauncher(home, binaries),
    dataDirectory: join(home, 'postgres'),
    settings: { ...settings, port: String(port) },
    onLog: () => undefined,
  });
  const connection = { ...cluster.app, port };
  await waitUntilReady(postmaster, connection, 20_000);
  const database = createDatabase({ connection });
  closes.push(async () => {
    await database.close();
    await postmaster.stop();
    rmSync(home, { recursive: true, force: true });
  });
  return database;
};

describe('the promise that the database is off the network', () => {
  it('is kept by the embedded server', async () => {
    const { database } = await testDatabase();
    for (const kind of ['embedded', 'external'] as const) {
      assert.equal((await databaseOffTheNetwork(database, kind).check()).state, 'kept');
    }
  });

  const violations = [{ listen_addresses: '127.0.0.1' }, { unix_socket_permissions: '0777' }];
  for (const violation of violations) {
    it(`is broken by an embedded server with ${JSON.stringify(violation)}`, async () => {
      const database = await startOpenly(violation);
      assert.equal((await databaseOffTheNetwork(database, 'embedded').check()).state, 'broken');
    });
  }

  it('is broken by an external database that is reached over a network in clear, or with an old TLS', () => {
    const reach = { listens: '*', permissions: '0777', socket: false, loopback: false, tls: '' };
    assert.equal(judgeReach('external', { ...reach, tls: 'TLSv1.3' }).state, 'kept');
    assert.equal(judgeReach('external', { ...reach, loopback: true }).state, 'kept');
    assert.equal(judgeReach('external', reach).state, 'broken');
    assert.equal(judgeReach('external', { ...reach, tls: 'TLSv1.1' }).state, 'broken');
  });
});

describe('the promise of parameterised statements', () => {
  it('is kept, broken by a statement that is declared later, and by a text that PostgreSQL refuses', async () => {
    const { database, connections } = await testDatabase();
    const parse = (texts: readonly string[]) => parseStatements(connections.app, texts);
    const atStart = parameterisedOnly({ database, statements: registeredStatements, parse });
    const kept = await atStart.check();
    assert.equal(kept.state, 'kept', kept.evidence);
    statement({ name: 'test.declared-late', text: 'select 1 as one', columns: { one: 'int4' } });
    assert.match((await atStart.check()).evidence, /while the server was answering/);

    const withAnother = async (
      text: string,
      params: readonly ['text'] | readonly [],
    ): Promise<CheckResult> => {
      const odd = { name: 'test.odd', text, params, columns: {} };
      return parameterisedOnly({
        database,
        statements: () => [...registeredStatements(), odd],
        parse,
      }).check();
    };
    assert.match(
      (await withAnother('select no_such_column', [])).evidence,
      /refuses the statement test\.odd/,
    );
    assert.match((await withAnother('select 1; select 2', [])).evidence, /refuses the statement test\.odd/);
    assert.match((await withAnother("select 'O''Brien'", ['text'])).evidence, /another number of parameters/);
  });

  it('is broken by a database layer that sends what is not declared', async () => {
    const { database, connections } = await testDatabase();
    const parse = (texts: readonly string[]) => parseStatements(connections.app, texts);
    const generous = {
      run: async (...call: Parameters<typeof database.run>) =>
        call[0].name === 'store.undeclared' ? [] : database.run(...call),
    };
    const { state, evidence } = await parameterisedOnly({
      database: generous as typeof database,
      statements: registeredStatements,
      parse,
    }).check();
    assert.deepEqual(
      [state, evidence],
      ['broken', 'The database layer sent a statement that is not declared.'],
    );
  });
});

describe('parsing without running', () => {
  it('counts parameters, gives the reason of a refusal, and goes on after it', async () => {
    const { connections } = await testDatabase();
    const parsed = await parseStatements(connections.app, ['select $1::text, $2::int', 'selec', 'select 1']);
    assert.deepEqual(parsed, [{ parameters: 2 }, { refusal: '42601' }, { parameters: 0 }]);
  });
});
