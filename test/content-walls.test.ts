/** Content of datasets is closed: every relation in vouchsafe_data, to whoever has no right on the dataset, and to hostile names. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { COLUMN_TYPES } from '../src/services/datasets/query/column-types.ts';
import { decideAccess } from '../src/services/datasets/access/rules.ts';
import {
  actAs,
  fillGeneration,
  makeCompany,
  makeDataset,
  quote,
  readVersion,
  relation,
  type ContentActor,
} from './support/content.ts';
import { testDatabase, type RawSql, type TestDatabase } from './support/database.ts';
import { actorsOf, datasetFacts, drawWorld, grantOf, writeWorld } from './support/dataset-world.ts';

let store: TestDatabase;
before(async () => {
  store = await testDatabase();
});

const COLUMNS = [
  { name: 'id', type: 'int4' },
  { name: 'v', type: 'text' },
];

/** What is wrong with the relations of content; empty when nothing is. */
const findOpenings = async (sql: RawSql): Promise<readonly string[]> => {
  const found: string[] = [];
  const relations = await sql(`
    select c.oid, c.relname as name, c.relkind as kind, c.relrowsecurity and c.relforcerowsecurity as forced,
           pg_get_userbyid(c.relowner) as owner, substring(c.relname from '^(dst_[0-9a-z]{26})_g[0-9]+') as dataset,
           substring(c.relname from '_g[0-9]+(.*)$') as part,
           (select string_agg(distinct a.privilege_type, ' ' order by a.privilege_type)
              from aclexplode(c.relacl) a where a.grantee = 'vouchsafe_app'::regrole) as granted,
           (select string_agg(distinct a.privilege_type, ' ' order by a.privilege_type)
              from pg_attribute t, aclexplode(t.attacl) a where t.attrelid = c.oid and a.grantee = 'vouchsafe_app'::regrole) as granted_columns,
           exists (select from pg_attribute t, aclexplode(t.attacl) a
                    where t.attrelid = c.oid and t.attname like 'vouchsafe:%') as "opensHidden",
           exists (select from aclexplode(c.relacl) a where a.grantee not in ('vouchsafe_app'::regrole, c.relowner)) as "opensToOthers",
           exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'vouchsafe_guard' and t.tgenabled = 'O') as guarded,
           array(select p.polname || ' ' || p.polcmd::text || ' ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' / '
                        || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
                   from pg_policy p where p.polrelid = c.oid and p.polroles <> array['vouchsafe_system'::regrole::oid]
                  order by 1) as policies,
           case when c.relkind = 'v' then pg_get_viewdef(c.oid) end as view
      from pg_class c where c.relnamespace = 'vouchsafe_data'::regnamespace and c.relkind not in ('i', 'S', 't', 'I') order by 2`);
  for (const one of relations) {
    const say = (what: string): void => void found.push(`${String(one['name'])}: ${what}`);
    const may = (right: number): string =>
      `( SELECT (dataset_rank_of_actor('${String(one['dataset'])}'::text) >= ${right}))`;
    const gate = `(dataset_rank_of_actor('${String(one['dataset'])}'::text) >= 1)`;
    const policies = (one['policies'] as readonly string[]).map((text) =>
      text
        .replaceAll(/\s+/g, ' ')
        .replaceAll('vouchsafe.dataset_rank', 'dataset_rank')
        .replaceAll(' AS "?column?"', ''),
    );
    if (one['dataset'] === null) say('belongs to no dataset');
    if (one['owner'] !== 'vouchsafe_system') say('has another owner');
    if (one['opensToOthers'] === true) say('is granted to others');
    if (one['opensHidden'] === true) say('grants a hidden column');
    if (one['kind'] === 'v') {
      const view = String(one['view']).replaceAll('vouchsafe.dataset_rank', 'dataset_rank');
      const tables = view.match(/FROM vouchsafe_data/g)?.length ?? 0;
      if (one['granted'] !== 'SELECT') say('grants more than reading');
      // Asked once, at the top: behind its one table, or behind the union of the two.
      const top = tables === 1 ? view.indexOf('FROM vouchsafe_data') : view.lastIndexOf(') held');
      const isLast = top > 0 && view.indexOf(gate) > top && view.lastIndexOf('FROM vouchsafe_data') <= top;
      if (view.split(gate).length !== 2 || !isLast) say(`shows rows without asking for the right: ${view}`);
    } else if (one['kind'] !== 'r') say('is no table');
    else if (one['part'] === '_past') {
      if (one['granted'] !== null || one['granted_columns'] !== null) say('is granted');
      if (one['forced'] !== true) say('row-level security is not forced');
    } else if (one['forced'] === true) {
      if (one['guarded'] !== true) say('has no guard');
      if (one['granted'] !== 'DELETE SELECT' || one['granted_columns'] !== 'INSERT UPDATE')
        say('has other grants');
      const expected = [
        `may_delete d ${may(2)} / `,
        `may_insert a / ${may(2)}`,
        `may_read r ${may(1)} / `,
        `may_update w ${may(2)} / ${may(2)}`,
      ];
      if (JSON.stringify(policies) !== JSON.stringify(expected))
        say(`has other policies: ${policies.join('; ')}`);
    } else {
      // Not published: takes rows past the guard, and shows none.
      if (one['guarded'] !== true) say('has no guard');
      if (one['granted'] !== null || one['granted_columns'] !== 'INSERT') say('has other grants');
    }
  }
  return found;
};

/** Every relation of one dataset, and its tables. */
const relationsOf = async (dataset: string): Promise<readonly string[]> =>
  (
    await store.superuser(
      `select relname as name from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind in ('r', 'v')
        and relname like $1 || '%' order by 1`,
      [dataset],
    )
  ).map(({ name }) => String(name));

test('every relation of content is closed, whatever was done to its dataset', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const { generation } = await fillGeneration(store, actor, dataset, COLUMNS, [[1, 'a']], ['id']);
  await fillGeneration(store, actor, dataset, [{ name: 'x', type: 'jsonb' }], [['{}']]);
  await actAs(store, actor, (sql) =>
    sql('select vouchsafe.make_generation($1, $2, $3)', [dataset, JSON.stringify(COLUMNS), []]),
  );
  assert.deepEqual(await findOpenings(store.superuser), []);
  assert.equal((await relationsOf(dataset)).length, 9, 'two that are published, and one that is not');
  for (const [break_, mend] of [
    [
      `alter table ${relation(dataset, generation)} no force row level security`,
      `alter table ${relation(dataset, generation)} force row level security`,
    ],
    [
      `create policy open on ${relation(dataset, generation)} to vouchsafe_app using (true)`,
      `drop policy open on ${relation(dataset, generation)}`,
    ],
    [
      `grant select on ${relation(dataset, generation, '_past')} to vouchsafe_app`,
      `revoke select on ${relation(dataset, generation, '_past')} from vouchsafe_app`,
    ],
    ['create view vouchsafe_data.open as select 1 as one', 'drop view vouchsafe_data.open'],
    [
      `alter table ${relation(dataset, generation)} disable trigger vouchsafe_guard`,
      `alter table ${relation(dataset, generation)} enable trigger vouchsafe_guard`,
    ],
  ] as const) {
    await store.superuser(break_);
    assert.notDeepEqual(await findOpenings(store.superuser), [], break_);
    await store.superuser(mend);
  }
  assert.deepEqual(await findOpenings(store.superuser), []);
});

/** What this actor sees and can write of a dataset, even with more grants than the server has. */
const tryEverything = async (actor: ContentActor, dataset: string): Promise<readonly string[]> => {
  const done: string[] = [];
  for (const name of await relationsOf(dataset)) {
    const table = `vouchsafe_data.${quote(name)}`;
    const attempt = async (what: string, text: string): Promise<void> => {
      try {
        await actAs(store, actor, async (sql) => {
          await sql(
            "select set_config('vouchsafe.at_version', '1', true), set_config('vouchsafe.edit', $1, true), set_config('vouchsafe.version', '3', true), set_config('vouchsafe.edit_counts', '{0,0,0}', true)",
            [name],
          );
          if ((await sql(text)).length > 0) done.push(`${what} ${name}`);
          throw new Error('nothing of this stays');
        });
      } catch {
        // A refusal is as good as no row.
      }
    };
    await attempt('read', `select * from ${table}`);
    await attempt('insert', `insert into ${table} (id, v) values (7, 'x') returning 1`);
    await attempt('update', `update ${table} set v = 'x' returning 1`);
    await attempt('delete', `delete from ${table} returning 1`);
  }
  return done;
};

test('nobody without a scope, and nobody of another company, reads or writes a row, whatever the server is granted', async () => {
  const own = await makeCompany(store);
  const other = await makeCompany(store);
  const dataset = await makeDataset(store, own, 'private');
  const { generation } = await fillGeneration(
    store,
    own,
    dataset,
    COLUMNS,
    [
      [1, 'a'],
      [2, 'b'],
    ],
    ['id'],
  );
  await actAs(store, own, async (sql) => {
    await sql('select * from vouchsafe.begin_edit($1)', [dataset]);
    await sql(`update ${relation(dataset, generation)} set v = 'c' where id = 1`);
    await sql('select * from vouchsafe.end_edit($1)', [dataset]);
    await sql('select vouchsafe.make_generation($1, $2, $3)', [dataset, JSON.stringify(COLUMNS), []]);
  });
  for (const name of await relationsOf(dataset))
    await store.superuser(`grant all on vouchsafe_data.${quote(name)} to vouchsafe_app`);
  for (const actor of [
    {},
    other,
    { company: own.company, user: other.user },
    { user: own.user },
    { company: own.company },
  ]) {
    assert.deepEqual(await tryEverything(actor, dataset), [], JSON.stringify(actor));
  }
  assert.ok(
    (await tryEverything(own, dataset)).length >= 6,
    'the owner does, so that the check above can fail',
  );
  await store.superuser(`alter table ${relation(dataset, generation)} disable trigger vouchsafe_guard`);
  for (const actor of [{}, other, { company: own.company }])
    assert.deepEqual(
      (await tryEverything(actor, dataset)).filter((one) => one.endsWith(`_g${generation}`)),
      [],
      'row-level security by itself',
    );
});

test('the right of an actor is what the pure function decides, in random worlds', async () => {
  await fc.assert(
    fc.asyncProperty(drawWorld, async (draft) => {
      const world = await writeWorld(store.superuser, draft, Date.now());
      for (const actor of actorsOf(world)) {
        const rights = await actAs(store, { company: actor.companyId, user: actor.userId }, (sql) =>
          sql('select d.id, vouchsafe.dataset_right(d.id) as "right" from unnest($1::text[]) as d (id)', [
            world.datasets.map(({ id }) => id),
          ]),
        );
        assert.deepEqual(
          rights.map((row) => row['right']),
          world.datasets.map(
            (one) => decideAccess(actor, datasetFacts(one), grantOf(world, one, actor), world.now).right,
          ),
        );
      }
    }),
    { numRuns: 10 },
  );
});

test('a change outside of an edit is refused, and so is one of the past, of a hidden column, or under a false name', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const { generation: old } = await fillGeneration(store, actor, dataset, COLUMNS, [[1, 'a']], ['id']);
  const { generation } = await fillGeneration(store, actor, dataset, COLUMNS, [[1, 'b']], ['id']);
  const table = relation(dataset, generation);
  const attempt = (...statements: readonly string[]): Promise<void> =>
    actAs(store, actor, async (sql) => {
      for (const one of statements) await sql(one);
    });
  const begin = `select * from vouchsafe.begin_edit('${dataset}')`;
  for (const [code, ...statements] of [
    ['VD010', `update ${table} set v = 'x'`],
    ['VD010', `insert into ${table} (id) values (2)`],
    ['VD010', `delete from ${table}`],
    ['VD010', `select vouchsafe.end_edit('${dataset}')`],
    ['VD010', begin, `update ${relation(dataset, old)} set v = 'x'`],
    ['VD010', begin, "select set_config('vouchsafe.version', '9', true)", `delete from ${table}`],
    ['42501', begin, `update ${table} set "vouchsafe:since" = 1`],
    ['428C9', begin, `insert into ${table} (id, "vouchsafe:row") values (2, 7)`],
    ['42501', begin, `delete from ${relation(dataset, generation, '_past')}`],
    ['42501', begin, `truncate ${table}`],
    ['42501', `drop table ${table}`],
    ['42501', 'create table vouchsafe_data.mine (id int)'],
    ['42501', `update vouchsafe.dataset set current_version = 1 where id = '${dataset}'`],
    ['42501', 'select * from vouchsafe.dataset_version'],
    ['42501', `select vouchsafe.drop_content('${dataset}_g${generation}')`],
    ['VD008', `select vouchsafe.drop_generation('${dataset}', ${old})`],
    ['VD008', `select vouchsafe.publish_generation('${dataset}', ${old}, 'upload', null)`],
    ['VD011', `select vouchsafe.count_differences('${dataset}', 1, 3)`],
  ] as const)
    await assert.rejects(attempt(...statements), { code }, statements.join('; '));
});

const HOSTILE = [
  '"; drop schema vouchsafe cascade; --',
  "'; drop table x; --",
  'a"b',
  'a\\b',
  '%I %s %L $1',
  'select',
  'ID',
  'id',
  'Id',
  ' ',
  'ß…𝕏',
  'ǅ',
  'ä'.repeat(31),
  'x'.repeat(63),
  '{1,2}',
  'was',
  'fresh',
  'content',
  'number',
  'key',
  't',
];

test('names that would be SQL are names, through edits, versions and differences', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const columns = HOSTILE.map((name) => ({ name, type: 'text' }));
  const rows = [HOSTILE.map((name) => `1 ${name}`), HOSTILE.map((name) => `2 ${name}`)];
  const key = HOSTILE.slice(0, 4);
  const { generation } = await fillGeneration(store, actor, dataset, columns, rows, key);
  await actAs(store, actor, async (sql) => {
    await sql('select * from vouchsafe.begin_edit($1)', [dataset]);
    for (const name of HOSTILE)
      await sql(
        `update ${relation(dataset, generation)} set ${quote(name)} = 'new' where ${quote('id')} = '1 id' or ${quote('ID')} = 'new'`,
      );
    await sql('select * from vouchsafe.end_edit($1)', [dataset]);
  });
  await fillGeneration(store, actor, dataset, columns, rows, key);
  const shown = (found: readonly Record<string, unknown>[]): unknown =>
    found.map((row) => HOSTILE.map((name) => row[name]));
  assert.deepEqual(shown(await readVersion(store, actor, dataset, 1)), rows);
  assert.deepEqual(shown(await readVersion(store, actor, dataset, 3)), rows);
  const [, first] = await actAs(store, actor, (sql) =>
    sql('select kind, key, before, after from vouchsafe.list_differences($1, 1, 2, 0, 9) order by kind', [
      dataset,
    ]),
  );
  assert.deepEqual(Object.keys(first?.['before'] as object), HOSTILE);
  assert.deepEqual(
    await findOpenings(store.superuser).then((found) => found.filter((one) => one.startsWith(dataset))),
    [],
  );
});

test('columns that cannot be are refused for a reason of their own', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const make = (columns: unknown, key: readonly (string | null)[] = []): Promise<unknown> =>
    actAs(store, actor, (sql) =>
      sql('select vouchsafe.make_generation($1, $2, $3)', [dataset, JSON.stringify(columns), key]),
    );
  const named = (...names: readonly unknown[]): unknown => names.map((name) => ({ name, type: 'text' }));
  for (const [code, columns, key] of [
    ['VD003', named('vouchsafe:row')],
    ['VD003', named('Vouchsafe:x')],
    ['VD003', named('')],
    ['VD003', named('x'.repeat(64))],
    ['VD003', named('ä'.repeat(32))],
    ['VD003', named('a\nb')],
    ['VD003', named('ctid')],
    ['VD003', named('tableoid')],
    ['VD003', named(7)],
    ['VD003', [{ type: 'text' }]],
    ['VD004', [{ name: 'a', type: 'text; drop table x' }]],
    ['VD004', [{ name: 'a', type: 'regclass' }]],
    ['VD004', [{ name: 'a', type: 'text[][]' }]],
    ['VD004', [{ name: 'a' }]],
    ['VD005', []],
    ['VD005', {}],
    ['VD005', named(...Array.from({ length: 10_000 }, (_, index) => `c${index}`))],
    ['VD006', named('a', 'b', 'a')],
    ['VD007', named('a'), ['b']],
    ['VD007', named('a'), ['a', 'a']],
    ['VD007', named('a'), [null]],
    ['VD007', [{ name: 'a', type: 'json' }], ['a']],
  ] as const)
    await assert.rejects(make(columns, key), { code }, JSON.stringify(columns).slice(0, 80));
  assert.deepEqual(await relationsOf(dataset), []);
});

test('fifteen hundred columns and every type there is can be had', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const many = Array.from({ length: 1500 }, (_, index) => ({ name: `column ${index}`, type: 'bool' }));
  await fillGeneration(store, actor, dataset, many, [many.map(() => true)]);
  const all = COLUMN_TYPES.map((type) => ({ name: type, type }));
  await fillGeneration(store, actor, dataset, all, [all.map(() => null)]);
  assert.equal((await readVersion(store, actor, dataset, 1)).length, 1);
  assert.equal((await readVersion(store, actor, dataset, 2)).length, 1);
  const [counts] = await actAs(store, actor, (sql) =>
    sql('select added::int, removed::int from vouchsafe.count_differences($1, 1, 2)', [dataset]),
  );
  assert.deepEqual(counts, { added: 1, removed: 1 });
});

test('with a dataset go its tables, also when it is being read, and when its company goes', async () => {
  const actor = await makeCompany(store);
  const [first, second] = [await makeDataset(store, actor), await makeDataset(store, actor)];
  const { generation } = await fillGeneration(store, actor, first, COLUMNS, [[1, 'a']]);
  await fillGeneration(store, actor, second, COLUMNS, [[1, 'a']]);
  const reader = await actAs(store, actor, async (sql) => {
    await sql(`select * from ${relation(first, generation, '_now')}`);
    // Another transaction, while this one holds its lock on the view's table.
    await store.superuser('delete from vouchsafe.dataset where id = $1', [first]);
    return sql(`select * from ${relation(first, generation, '_now')}`);
  });
  assert.deepEqual(reader, [], 'the right went at once');
  assert.notEqual((await relationsOf(first)).length, 0, 'what was being read is left over');
  const [swept] = await actAs(store, {}, (sql) => sql('select vouchsafe.drop_remains(100) as dropped'));
  assert.equal(swept?.['dropped'], 1);
  assert.deepEqual(await relationsOf(first), []);
  await actAs(store, {}, (sql) => sql('select * from vouchsafe.erase_company($1)', [actor.company]));
  assert.deepEqual(await relationsOf(second), []);
});

test('what nobody published within a day is dropped, and what is fresh or in use is not', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  await fillGeneration(store, actor, dataset, COLUMNS, [[1, 'a']]);
  const make = (): Promise<unknown> =>
    actAs(store, actor, (sql) =>
      sql('select vouchsafe.make_generation($1, $2, $3)', [dataset, JSON.stringify(COLUMNS), []]),
    );
  await make();
  await store.superuser(
    "update vouchsafe.dataset_generation set made_at = now() - interval '25 hours' where dataset_id = $1",
    [dataset],
  );
  await make();
  const before_ = (await relationsOf(dataset)).length;
  const [swept] = await actAs(store, {}, (sql) => sql('select vouchsafe.drop_remains(100) as dropped'));
  assert.deepEqual([swept?.['dropped'], (await relationsOf(dataset)).length], [1, before_ - 1]);
});
