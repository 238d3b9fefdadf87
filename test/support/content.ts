/** Datasets with rows for tests: whoever acts, and plain SQL on their behalf as the server's role. */
import { newId, type CompanyId, type Id, type UserId } from '../../src/foundation/ids.ts';
import { connect } from '../../src/store/connection.ts';
import type { RawSql, TestDatabase } from './database.ts';

export interface ContentActor {
  readonly company?: string;
  readonly user?: string;
}

/** Runs `work` as the server would on behalf of this actor, in one transaction that is committed. */
export const actAs = async <Value>(
  store: TestDatabase,
  { company = '', user = '' }: ContentActor,
  work: (sql: RawSql) => Promise<Value>,
): Promise<Value> => {
  const client = await connect(store.connections.app, { name: 'test' });
  try {
    await client.query('begin');
    await client.query(
      "select set_config('vouchsafe.company_id', $1, true), set_config('vouchsafe.user_id', $2, true)",
      [company, user],
    );
    const value = await work(
      async (text, values) => (await client.query<Record<string, unknown>>(text, [...(values ?? [])])).rows,
    );
    await client.query('commit');
    return value;
  } finally {
    await client.end();
  }
};

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** SQL of a table or view of content. */
export const relation = (dataset: string, generation: number, part = ''): string =>
  `vouchsafe_data.${quote(`${dataset}_g${generation}${part}`)}`;

/** A company with an owner, past row-level security. */
export const makeCompany = async (
  store: TestDatabase,
  role = 'owner',
): Promise<{ readonly company: CompanyId; readonly user: UserId }> => {
  const [company, user] = [newId('com', Date.now()), newId('usr', Date.now())];
  await store.superuser("insert into vouchsafe.company (id, name, created_at) values ($1, 'Wells', now())", [
    company,
  ]);
  await store.superuser(
    'insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, $2, now(), now())',
    [user, `${user}@example.com`],
  );
  await store.superuser('insert into vouchsafe.member values ($1, $2, $3, now())', [company, user, role]);
  return { company, user };
};

/** A dataset of theirs without content. */
export const makeDataset = async (
  store: TestDatabase,
  { company, user }: { readonly company: string; readonly user: string },
  visibility: 'company' | 'private' = 'company',
): Promise<Id<'dst'>> => {
  const id = newId('dst', Date.now());
  await store.superuser(
    `insert into vouchsafe.dataset (id, company_id, name, owner_id, visibility, created_at) values ($1, $2, $3, $4, $5, now())`,
    [id, company, `d${id.slice(-8)}`, user, visibility],
  );
  return id;
};

export interface TestColumn {
  readonly name: string;
  readonly type: string;
}

/** Makes a generation, fills it (a list of rows, each as long as the columns), and publishes it; its number. */
export const fillGeneration = async (
  store: TestDatabase,
  actor: ContentActor,
  dataset: string,
  columns: readonly TestColumn[],
  rows: readonly (readonly unknown[])[],
  key: readonly string[] = [],
): Promise<{ readonly generation: number; readonly version: number }> =>
  actAs(store, actor, async (sql) => {
    const [made] = await sql('select vouchsafe.make_generation($1, $2, $3) as number', [
      dataset,
      JSON.stringify(columns),
      key,
    ]);
    const generation = Number(made?.['number']);
    const names = columns.map(({ name }) => quote(name)).join(', ');
    const places = columns.map((_, index) => `$${index + 1}`).join(', ');
    for (const row of rows)
      await sql(`insert into ${relation(dataset, generation)} (${names}) values (${places})`, row);
    const [done] = await sql("select vouchsafe.publish_generation($1, $2, 'upload', null) as version", [
      dataset,
      generation,
    ]);
    return { generation, version: Number(done?.['version']) };
  });

/** The rows of a version as the server's role sees them on behalf of an actor, in their order. */
export const readVersion = async (
  store: TestDatabase,
  actor: ContentActor,
  dataset: string,
  version: number,
): Promise<readonly Record<string, unknown>[]> =>
  actAs(store, actor, async (sql) => {
    const [found] = await sql('select generation from vouchsafe.open_dataset($1, $2)', [dataset, version]);
    await sql("select set_config('vouchsafe.at_version', $1, true)", [String(version)]);
    return sql(
      `select * from ${relation(dataset, Number(found?.['generation']), '_at')} order by "vouchsafe:row"`,
    );
  });
