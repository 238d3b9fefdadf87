/** Every table is closed: row-level security forced, a company policy on it, or a reason why it needs none. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from '../src/store/connection.ts';
import { findExcessRights } from '../src/store/roles.ts';
import { COMPANY_A, COMPANY_B, seedCompanies } from './support/companies.ts';
import { testDatabase, type RawSql, type TestDatabase } from './support/database.ts';

/** Tables that belong to no company, and why nothing in them needs to. */
const SHARED: Readonly<Record<string, string>> = {
  company: 'is the company itself; its own policy compares the id',
  installation: 'one row about the installation: fingerprint and public key, no secret',
  key_epoch: 'one number; only system functions may see it',
  promise_check: 'public history of the security page, append-only',
  schema_migration: 'which migrations ran; written by the owner only',
};

interface Table {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly ofCompany: boolean;
  readonly policies: readonly string[];
}

const listTables = async (sql: RawSql): Promise<readonly Table[]> =>
  (await sql(`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id') as "ofCompany",
           array(select p.polname || ': ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '')
                 from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polroles = '{0}')::text[] as policies
    from pg_class c where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p') order by 1`)) as unknown as Table[];

/** What is wrong with the tables, views and functions of the schema; empty when nothing is. */
const findOpenings = async (sql: RawSql): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { name, enabled, forced, ofCompany, policies } of await listTables(sql)) {
    if (!enabled || !forced) found.push(`${name}: row-level security is not forced`);
    const others = policies.filter((policy) => !policy.includes('vouchsafe.company_id'));
    if (others.length > 0) found.push(`${name}: a policy for everyone does not ask for the company`);
    if (ofCompany && policies.length === 0) found.push(`${name}: no company policy`);
    if (!ofCompany && SHARED[name] === undefined)
      found.push(`${name}: belongs to no company, without a reason`);
  }
  for (const { name } of await sql(`
    select relname as name from pg_class where relnamespace = 'vouchsafe'::regnamespace and relkind in ('v', 'm', 'f')
      and not coalesce(reloptions @> '{security_invoker=true}', false)`)) {
    found.push(`${String(name)}: a view that looks past row-level security`);
  }
  for (const { name } of await sql(`
    select proname as name from pg_proc where pronamespace = 'vouchsafe'::regnamespace
      and (has_function_privilege('public', oid, 'execute')
           or (prosecdef and not coalesce(array_to_string(proconfig, ',') like '%search_path=pg_catalog, pg_temp%', false)))`)) {
    found.push(`${String(name)}: a function open to everyone, or without a search path of its own`);
  }
  return found;
};

let scene: TestDatabase;

before(async () => {
  scene = await testDatabase();
  await seedCompanies(scene.superuser);
  // Beyond what the server may do, so that row-level security is seen to hold by itself.
  await scene.superuser('grant all on all tables in schema vouchsafe to vouchsafe_app');
});

/** Runs `work` as the server's role with this company set. */
const asCompany = async <Value>(
  company: string | undefined,
  work: (sql: RawSql) => Promise<Value>,
): Promise<Value> => {
  const client = await connect(scene.connections.app, { name: 'test' });
  try {
    await client.query('begin');
    if (company !== undefined)
      await client.query("select set_config('vouchsafe.company_id', $1, true)", [company]);
    return await work(async (text, values) => {
      const { rows, rowCount } = await client.query<Record<string, unknown>>(text, [...(values ?? [])]);
      return rows.length > 0 ? rows : Array.from({ length: rowCount ?? 0 }, () => ({}));
    });
  } finally {
    await client.end();
  }
};

const companyColumn = (table: Table): string => (table.ofCompany ? 'company_id' : 'id');

const companyTables = async (): Promise<readonly Table[]> =>
  (await listTables(scene.superuser)).filter(({ name, ofCompany }) => ofCompany || name === 'company');

test('every table, partition, view and function is closed', async () => {
  const { superuser } = await testDatabase();
  assert.deepEqual(await findOpenings(superuser), []);
  const names = new Set((await listTables(superuser)).map(({ name }) => name));
  assert.deepEqual(
    Object.keys(SHARED).filter((name) => !names.has(name)),
    [],
    'no reason without a table',
  );
});

test('tables, views and functions that are open are found', async () => {
  const { superuser } = await testDatabase();
  await superuser('create table vouchsafe.planted (company_id text)');
  await superuser('create table vouchsafe.planted_shared (id text)');
  await superuser('alter table vouchsafe.planted_shared enable row level security');
  await superuser('create policy open on vouchsafe.planted_shared using (true)');
  await superuser('create view vouchsafe.planted_view as select * from vouchsafe.key');
  await superuser(
    "create function vouchsafe.planted() returns int language sql security definer as 'select 1'",
  );
  assert.deepEqual(await findOpenings(superuser), [
    'planted: row-level security is not forced',
    'planted: no company policy',
    'planted_shared: row-level security is not forced',
    'planted_shared: a policy for everyone does not ask for the company',
    'planted_shared: belongs to no company, without a reason',
    'planted_view: a view that looks past row-level security',
    'planted: a function open to everyone, or without a search path of its own',
  ]);
  await superuser('select vouchsafe.protect_tables()');
  assert.equal(
    (await findOpenings(superuser)).filter((line) => /^planted:.*(?:forced|policy)/.test(line)).length,
    0,
  );
});

test('the role of the server is bound by row-level security, and other roles are found not to be', async () => {
  assert.deepEqual(await findExcessRights(scene.connections.app), []);
  assert.deepEqual(await findExcessRights(scene.connections.owner), ['owns tables']);
  assert.notDeepEqual(await findExcessRights(scene.connections.superuser), []);
});

test('no table of companies shows a row while no company is set', async () => {
  for (const { name } of await companyTables()) {
    const rows = await asCompany(undefined, (sql) => sql(`select from vouchsafe.${name}`));
    assert.equal(rows.length, 0, name);
    const emptied = await asCompany('', (sql) => sql(`select from vouchsafe.${name}`));
    assert.equal(emptied.length, 0, name);
  }
});

test('a company sees, changes and removes its own rows and nobody else’s', async () => {
  for (const table of await companyTables()) {
    const { name } = table;
    const column = companyColumn(table);
    const all = await scene.superuser(`select ${column} as company from vouchsafe.${name}`);
    assert.ok(
      all.some(({ company }) => company === COMPANY_A) && all.some(({ company }) => company === COMPANY_B),
      `${name} has rows of both`,
    );
    const seen = await asCompany(COMPANY_A, (sql) =>
      sql(`select ${column} as company from vouchsafe.${name}`),
    );
    assert.ok(seen.length > 0 && seen.every(({ company }) => company === COMPANY_A), name);
    for (const change of [
      `update vouchsafe.${name} set ${column} = ${column}`,
      `delete from vouchsafe.${name}`,
    ]) {
      const foreign = await asCompany(COMPANY_A, (sql) => sql(`${change} where ${column} = $1`, [COMPANY_B]));
      assert.equal(foreign.length, 0, change);
      const own = await asCompany(COMPANY_A, (sql) => sql(`${change} where ${column} = $1`, [COMPANY_A]));
      assert.ok(own.length > 0, `${change} of own rows works, so that the check above can fail`);
    }
  }
});

test('a company cannot write rows in the name of another', async () => {
  for (const table of await companyTables()) {
    const { name } = table;
    const column = companyColumn(table);
    const [row] = await scene.superuser(
      `select to_jsonb(t) as row from vouchsafe.${name} t where ${column} = $1`,
      [COMPANY_B],
    );
    const insert = `insert into vouchsafe.${name} select * from jsonb_populate_record(null::vouchsafe.${name}, $1)`;
    const values = [JSON.stringify(row?.['row'])];
    await assert.rejects(
      asCompany(COMPANY_A, (sql) => sql(insert, values)),
      { code: '42501' },
      name,
    );
    await assert.rejects(
      asCompany(COMPANY_B, (sql) => sql(insert, values)),
      { code: '23505' },
      `${name} of its own: only the double is refused`,
    );
    const give = `update vouchsafe.${name} set ${column} = $2 where ${column} = $1`;
    await assert.rejects(
      asCompany(COMPANY_A, (sql) => sql(give, [COMPANY_A, COMPANY_B])),
      { code: '42501' },
      name,
    );
  }
});
