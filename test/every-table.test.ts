/** Every table is closed: row-level security forced, a policy on it for companies or users, or a reason why it needs none. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect } from '../src/store/connection.ts';
import { findExcessRights } from '../src/store/roles.ts';
import { COMPANY_A, COMPANY_B, KEY_A, KEY_B, seedCompanies, USER_A, USER_B } from './support/companies.ts';
import { testDatabase, type RawSql, type TestDatabase } from './support/database.ts';

/** Tables that belong to no company and no user, and why nothing in them needs to. */
const SHARED: Readonly<Record<string, string>> = {
  ceremony: 'challenges of browsers, known by their digest; nobody can answer one without its authenticator',
  company: 'is the company itself; its own policies compare the id',
  installation: 'one row about the installation: fingerprint and public key, no secret',
  key_epoch: 'one number; only system functions may see it',
  request_log_upkeep: 'one time: when rows of request logs that are too old were last deleted',
  rate_node:
    'what nodes admitted lately by 64 bits of a digest, for a minute; only a system function may see it',
  ring_key: 'keys of sessions, each wrapped under a master key that is not in the database',
  sign_up: 'not yet users, known by the digest of a mailed link',
  user_account: 'is the user itself; its own policies compare the id',
  plan: 'what the plans of the installation allow; the same for everybody, and set by the operator',
  promise_check: 'public history of the security page, append-only',
  schema_migration: 'which migrations ran; written by the owner only',
  usage_writer: 'random names of threads and numbers of batches; only system functions may see it',
};

interface Table {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly ofCompany: boolean;
  readonly ofUser: boolean;
  /** `name: expression` of those that hold for everyone. */
  readonly policies: readonly string[];
}

const listTables = async (sql: RawSql): Promise<readonly Table[]> =>
  (await sql(`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id') as "ofCompany",
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id') as "ofUser",
           array(select p.polname || ': ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '')
                 from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polroles = '{0}')::text[] as policies
    from pg_class c where c.relnamespace = 'vouchsafe'::regnamespace and c.relkind in ('r', 'p') order by 1`)) as unknown as Table[];

/** Policies about the user of the transaction; what they show is proved below. */
const USER_POLICIES = /^(?:user_only|user_sees|user_leaves|own_row|of_member): .*vouchsafe\.user_id/s;

const asksForScope = (policy: string): boolean =>
  policy.includes('vouchsafe.company_id') || USER_POLICIES.test(policy);

/** What is wrong with the tables, views and functions of the schema; empty when nothing is. */
const findOpenings = async (sql: RawSql): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { name, enabled, forced, ofCompany, ofUser, policies } of await listTables(sql)) {
    if (!enabled || !forced) found.push(`${name}: row-level security is not forced`);
    if (!policies.every(asksForScope))
      found.push(`${name}: a policy for everyone does not ask for the company or the user`);
    if (ofCompany && !policies.some((policy) => policy.startsWith('company_only: ')))
      found.push(`${name}: no company policy`);
    if (ofUser && !policies.some((policy) => USER_POLICIES.test(policy)))
      found.push(`${name}: no user policy`);
    if (!ofCompany && !ofUser && SHARED[name] === undefined)
      found.push(`${name}: belongs to no company and no user, without a reason`);
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
  await scene.superuser("update vouchsafe.key set scopes = '{datasets:write}'");
});

/** Runs `work` as the server's role with these settings, and takes back what it did. */
const inScope = async <Value>(
  settings: Readonly<Record<string, string>>,
  work: (sql: RawSql) => Promise<Value>,
): Promise<Value> => {
  const client = await connect(scene.connections.app, { name: 'test' });
  try {
    await client.query('begin');
    for (const [name, value] of Object.entries(settings))
      await client.query('select set_config($1, $2, true)', [name, value]);
    return await work(async (text, values) => {
      const { rows, rowCount } = await client.query<Record<string, unknown>>(text, [...(values ?? [])]);
      return rows.length > 0 ? rows : Array.from({ length: rowCount ?? 0 }, () => ({}));
    });
  } finally {
    await client.end();
  }
};

/** Who acts in the company, where a table shows its rows to them alone; for all others the company is enough. */
interface ActorOf {
  readonly setting: string;
  readonly a: string;
  readonly b: string;
}
const BY_KEY: ActorOf = { setting: 'vouchsafe.key_id', a: KEY_A, b: KEY_B };
const ACTORS: Readonly<Record<string, ActorOf>> = {
  dataset_comparison: { setting: 'vouchsafe.user_id', a: USER_A, b: USER_B },
  upload: BY_KEY,
  upload_part: BY_KEY,
  upload_rejection: BY_KEY,
};

const asCompany = <Value>(
  company: string | undefined,
  work: (sql: RawSql) => Promise<Value>,
  table = '',
): Promise<Value> => {
  if (company === undefined) return inScope({}, work);
  const actor = ACTORS[table];
  return inScope(
    {
      'vouchsafe.company_id': company,
      ...(actor === undefined ? {} : { [actor.setting]: company === COMPANY_A ? actor.a : actor.b }),
    },
    work,
  );
};

const asUser = <Value>(user: string, work: (sql: RawSql) => Promise<Value>): Promise<Value> =>
  inScope({ 'vouchsafe.user_id': user }, work);

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
  await superuser('create table vouchsafe.planted_of_user (user_id text)');
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
    'planted_of_user: row-level security is not forced',
    'planted_of_user: no user policy',
    'planted_shared: row-level security is not forced',
    'planted_shared: a policy for everyone does not ask for the company or the user',
    'planted_shared: belongs to no company and no user, without a reason',
    'planted_view: a view that looks past row-level security',
    'planted: a function open to everyone, or without a search path of its own',
  ]);
  await superuser('select vouchsafe.protect_tables()');
  assert.equal(
    (await findOpenings(superuser)).filter((line) => /^planted(?:_of_user)?:.*(?:forced|policy)/.test(line))
      .length,
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
    const seen = await asCompany(
      COMPANY_A,
      (sql) => sql(`select ${column} as company from vouchsafe.${name}`),
      name,
    );
    assert.ok(seen.length > 0 && seen.every(({ company }) => company === COMPANY_A), name);
    if (ACTORS[name] !== undefined) {
      const others = await asCompany(COMPANY_A, (sql) => sql(`select from vouchsafe.${name}`));
      assert.equal(others.length, 0, `${name} is shown to nobody but who made it`);
    }
    for (const change of [
      `update vouchsafe.${name} set ${column} = ${column}`,
      `delete from vouchsafe.${name}`,
    ]) {
      const foreign = await asCompany(
        COMPANY_A,
        (sql) => sql(`${change} where ${column} = $1`, [COMPANY_B]),
        name,
      );
      assert.equal(foreign.length, 0, change);
      const own = await asCompany(
        COMPANY_A,
        (sql) => sql(`${change} where ${column} = $1`, [COMPANY_A]),
        name,
      );
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
      asCompany(COMPANY_A, (sql) => sql(insert, values), name),
      { code: '42501' },
      name,
    );
    await assert.rejects(
      asCompany(COMPANY_B, (sql) => sql(insert, values), name),
      { code: '23505' },
      `${name} of its own: only the double is refused`,
    );
    const give = `update vouchsafe.${name} set ${column} = $2 where ${column} = $1`;
    await assert.rejects(
      asCompany(COMPANY_A, (sql) => sql(give, [COMPANY_A, COMPANY_B]), name),
      { code: '42501' },
      name,
    );
  }
});

const userTables = async (): Promise<readonly Table[]> =>
  (await listTables(scene.superuser)).filter(({ name, ofUser }) => ofUser || name === 'user_account');

const userColumn = (table: Table): string => (table.ofUser ? 'user_id' : 'id');

test('no table of users shows a row while no user is set', async () => {
  const tables = await userTables();
  assert.ok(tables.length >= 9, `${tables.length} tables`);
  for (const { name } of tables) {
    for (const user of ['', 'usr_', '*']) {
      const rows = await asUser(user, (sql) => sql(`select from vouchsafe.${name}`));
      assert.equal(rows.length, 0, name);
    }
  }
});

test('a user sees, changes and removes their own rows and nobody else’s', async () => {
  for (const table of await userTables()) {
    const { name } = table;
    const column = userColumn(table);
    const all = await scene.superuser(`select ${column} as user from vouchsafe.${name}`);
    for (const user of [USER_A, USER_B])
      assert.ok(
        all.some((row) => row['user'] === user),
        `${name} has rows of both`,
      );
    const seen = await asUser(USER_B, (sql) => sql(`select ${column} as user from vouchsafe.${name}`));
    assert.ok(seen.length > 0 && seen.every((row) => row['user'] === USER_B), name);
    const remove = `delete from vouchsafe.${name} where ${column} = $1`;
    const change = `update vouchsafe.${name} set ${column} = ${column} where ${column} = $1`;
    for (const sql_ of [remove, change]) {
      assert.equal((await asUser(USER_B, (sql) => sql(sql_, [USER_A]))).length, 0, sql_);
    }
    assert.ok((await asUser(USER_B, (sql) => sql(remove, [USER_B]))).length > 0, `${name}: own rows can go`);
    const changed = await asUser(USER_B, (sql) => sql(change, [USER_B]));
    // What belongs to a company as well is changed on behalf of the company alone: nobody gives themselves a role.
    assert.equal(
      changed.length > 0,
      !table.ofCompany,
      `${name}: own rows can be changed, unless they are a company’s`,
    );
  }
});

test('a user cannot write rows in the name of another, and none into a company', async () => {
  for (const table of await userTables()) {
    const { name } = table;
    const column = userColumn(table);
    const [row] = await scene.superuser(
      `select to_jsonb(t) as row from vouchsafe.${name} t where ${column} = $1`,
      [USER_A],
    );
    const insert = `insert into vouchsafe.${name} select * from jsonb_populate_record(null::vouchsafe.${name}, $1)`;
    const values = [JSON.stringify(row?.['row'])];
    await assert.rejects(
      asUser(USER_B, (sql) => sql(insert, values)),
      { code: '42501' },
      name,
    );
    const code = table.ofCompany ? '42501' : '23505';
    await assert.rejects(
      asUser(USER_A, (sql) => sql(insert, values)),
      { code },
      `${name} of their own: only the double is refused, or what is a company’s`,
    );
  }
});

test('who is in a company sees the names of its members, and companies of their own', async () => {
  const both = { 'vouchsafe.company_id': COMPANY_A, 'vouchsafe.user_id': USER_B };
  const users = await inScope(both, (sql) => sql('select id from vouchsafe.user_account order by id'));
  assert.deepEqual(
    users.map(({ id }) => id),
    [USER_A, USER_B],
  );
  const inside = await asCompany(COMPANY_A, (sql) => sql('select id from vouchsafe.user_account'));
  assert.deepEqual(inside, [{ id: USER_A }]);
  const companies = await asUser(USER_B, (sql) => sql('select id from vouchsafe.company'));
  assert.deepEqual(companies, [{ id: COMPANY_B }]);
  const renamed = await asUser(USER_B, (sql) => sql("update vouchsafe.company set name = 'Mine'"));
  assert.equal(renamed.length, 0);
});
