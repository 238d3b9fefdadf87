/** Versions of datasets against a model: every version stays what it was, and differences are the differences. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import {
  actAs,
  fillGeneration,
  makeCompany,
  makeDataset,
  readVersion,
  relation,
  type ContentActor,
} from './support/content.ts';
import { connect } from '../src/store/connection.ts';
import { testDatabase, type RawSql, type TestDatabase } from './support/database.ts';

let store: TestDatabase;
before(async () => {
  store = await testDatabase();
});

/** What a model holds: texts as they are in the table, by the key. */
type Rows = ReadonlyMap<number, string | null>;

interface Change {
  readonly do: 'insert' | 'update' | 'delete' | 'upsert';
  readonly id: number;
  readonly text: string | null;
}

type Step =
  | { readonly kind: 'edit'; readonly changes: readonly Change[] }
  | { readonly kind: 'replace'; readonly rows: readonly (readonly [number, string | null])[] }
  | { readonly kind: 'append'; readonly rows: readonly (readonly [number, string | null])[] }
  | { readonly kind: 'restore'; readonly which: number };

const id = fc.integer({ min: 1, max: 8 });
const text = fc.option(fc.constantFrom('', 'a', 'b', '1.0', '1.00', ' ', 'ß', '"; drop'), { nil: null });
const rows = fc.uniqueArray(fc.tuple(id, text), { maxLength: 6, selector: ([one]) => one });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      changes: fc.array(
        fc.record({
          do: fc.constantFrom('insert', 'update', 'delete', 'upsert'),
          id,
          text,
        }) as fc.Arbitrary<Change>,
        { minLength: 1, maxLength: 6 },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replace' as const), rows }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('append' as const), rows }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), which: fc.nat() }) },
);

const COLUMNS = [
  { name: 'id', type: 'int4' },
  { name: 'Text "; --', type: 'text' },
];
const TEXT = '"Text ""; --"';

const applyTo = (model: Map<number, string | null>, { do: what, id: key, text: value }: Change): void => {
  if (what === 'delete') model.delete(key);
  else if (what === 'upsert' || (what === 'insert') !== model.has(key)) model.set(key, value);
};

const runChange = async (sql: RawSql, table: string, change: Change): Promise<void> => {
  const values = [change.id, change.text];
  const insert = `insert into ${table} (id, ${TEXT}) values ($1, $2) on conflict (id) do`;
  if (change.do === 'insert') await sql(`${insert} nothing`, values);
  if (change.do === 'upsert') await sql(`${insert} update set ${TEXT} = excluded.${TEXT}`, values);
  if (change.do === 'update') await sql(`update ${table} set ${TEXT} = $2 where id = $1`, values);
  if (change.do === 'delete') await sql(`delete from ${table} where id = $1`, [change.id]);
};

const plain = (found: readonly Record<string, unknown>[]): readonly (readonly unknown[])[] =>
  found.map((row) => [row['id'], row['Text "; --']] as const).sort(([a], [b]) => Number(a) - Number(b));

const sorted = (model: Rows): readonly (readonly unknown[])[] => [...model].sort(([a], [b]) => a - b);

interface Differences {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

const differ = (a: Rows, b: Rows): Differences => ({
  added: [...b.keys()].filter((key) => !a.has(key)).length,
  changed: [...b].filter(([key, value]) => a.has(key) && a.get(key) !== value).length,
  removed: [...a.keys()].filter((key) => !b.has(key)).length,
});

const appendRows = async (
  sql: RawSql,
  dataset: string,
  added: readonly (readonly [number, string | null])[],
): Promise<void> => {
  const [made] = await sql('select vouchsafe.make_generation($1, $2, $3) as number', [
    dataset,
    JSON.stringify(COLUMNS),
    ['id'],
  ]);
  const staged = relation(dataset, Number(made?.['number']));
  for (const row of added) await sql(`insert into ${staged} (id, ${TEXT}) values ($1, $2)`, [...row]);
  await sql('select vouchsafe.append_generation($1, $2, null)', [dataset, made?.['number']]);
};

const restore = async (sql: RawSql, dataset: string, version: number): Promise<void> => {
  const [made] = await sql('select vouchsafe.make_generation($1, $2, $3) as number', [
    dataset,
    JSON.stringify(COLUMNS),
    ['id'],
  ]);
  for (let after: unknown = 0; after !== null;) {
    // Two at a time, so that there is more than one part.
    const [part] = await sql('select vouchsafe.restore_part($1, $2, $3, $4, 2) as last', [
      dataset,
      version,
      made?.['number'],
      after,
    ]);
    after = part?.['last'] ?? null;
  }
  await sql("select vouchsafe.publish_generation($1, $2, 'restore', null)", [dataset, made?.['number']]);
};

/** Does a step to the dataset and to the model; what the table holds afterwards. */
const takeStep = async (
  actor: ContentActor,
  dataset: string,
  versions: readonly Rows[],
  next: Step,
): Promise<Rows> => {
  const now = new Map(versions.at(-1));
  if (next.kind === 'replace') {
    await fillGeneration(store, actor, dataset, COLUMNS, next.rows, ['id']);
    return new Map(next.rows);
  }
  if (next.kind === 'restore') {
    const which = next.which % versions.length;
    await actAs(store, actor, (sql) => restore(sql, dataset, which + 1));
    return versions[which]!;
  }
  if (next.kind === 'append') {
    const added = next.rows.filter(([key]) => !now.has(key));
    await actAs(store, actor, (sql) => appendRows(sql, dataset, added));
    return new Map([...now, ...added]);
  }
  await actAs(store, actor, async (sql) => {
    const [edit] = await sql('select * from vouchsafe.begin_edit($1)', [dataset]);
    for (const change of next.changes) {
      await runChange(sql, relation(dataset, Number(edit?.['generation'])), change);
      applyTo(now, change);
    }
    await sql('select * from vouchsafe.end_edit($1)', [dataset]);
  });
  return now;
};

const currentVersion = async (dataset: string): Promise<number> =>
  Number(
    (await store.superuser('select current_version from vouchsafe.dataset where id = $1', [dataset]))[0]?.[
      'current_version'
    ],
  );

const compareIn = async (sql: RawSql, dataset: string, a: number, b: number): Promise<Differences> => {
  const [counts] = await sql(
    'select added::int, changed::int, removed::int from vouchsafe.count_differences($1, $2, $3)',
    [dataset, a, b],
  );
  const listed = await sql('select kind from vouchsafe.list_differences($1, $2, $3, 0, 1000)', [
    dataset,
    a,
    b,
  ]);
  const kinds = { added: 0, changed: 0, removed: 0 };
  for (const { kind } of listed) kinds[kind as keyof typeof kinds] += 1;
  assert.deepEqual(kinds, { ...counts }, 'as many are listed as are counted');
  return kinds;
};

const compare = (actor: ContentActor, dataset: string, a: number, b: number): Promise<Differences> =>
  actAs(store, actor, (sql) => compareIn(sql, dataset, a, b));

test('every version stays what the table was, and two differ as their models do', async () => {
  const actor = await makeCompany(store);
  await fc.assert(
    fc.asyncProperty(rows, fc.array(step, { minLength: 1, maxLength: 7 }), async (first, steps) => {
      const dataset = await makeDataset(store, actor);
      await fillGeneration(store, actor, dataset, COLUMNS, first, ['id']);
      const versions: Rows[] = [new Map(first)];
      for (const next of steps) {
        const after = await takeStep(actor, dataset, versions, next);
        const current = await currentVersion(dataset);
        // No version where nothing was touched.
        if (current > versions.length) versions.push(after);
        assert.equal(current, versions.length);
        assert.deepEqual(sorted(after), sorted(versions.at(-1)!));
      }
      for (const [index, model] of versions.entries())
        assert.deepEqual(plain(await readVersion(store, actor, dataset, index + 1)), sorted(model));
      await actAs(store, actor, async (sql) => {
        for (const [a, one] of versions.entries())
          for (const [b, other] of versions.entries())
            assert.deepEqual(
              await compareIn(sql, dataset, a + 1, b + 1),
              differ(one, other),
              `${a + 1} ${b + 1}`,
            );
      });
      const listed = await actAs(store, actor, (sql) =>
        sql('select rows::int from vouchsafe.list_versions($1, 1000, 1000) order by number', [dataset]),
      );
      assert.deepEqual(
        listed.map((row) => row['rows']),
        versions.map(({ size }) => size),
      );
    }),
    { numRuns: 12 },
  );
});

test('what an edit counts is the difference to the version before, unless it undoes itself', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const { generation } = await fillGeneration(
    store,
    actor,
    dataset,
    COLUMNS,
    [
      [1, 'a'],
      [2, 'b'],
      [3, null],
    ],
    ['id'],
  );
  const table = relation(dataset, generation);
  const edit = (...statements: readonly string[]): Promise<Record<string, unknown> | undefined> =>
    actAs(store, actor, async (sql) => {
      await sql('select * from vouchsafe.begin_edit($1)', [dataset]);
      for (const one of statements) await sql(one);
      const [ended] = await sql(
        'select version, added::int, changed::int, removed::int from vouchsafe.end_edit($1)',
        [dataset],
      );
      return ended;
    });
  assert.deepEqual(await edit(`update ${table} set ${TEXT} = ${TEXT}`), {
    version: 1,
    added: 0,
    changed: 0,
    removed: 0,
  });
  assert.deepEqual(await edit(`insert into ${table} (id) values (4)`, `delete from ${table} where id = 4`), {
    version: 1,
    added: 0,
    changed: 0,
    removed: 0,
  });
  assert.deepEqual(
    await edit(
      `update ${table} set ${TEXT} = 'c' where id < 3`,
      `update ${table} set ${TEXT} = 'd' where id = 1`,
      `delete from ${table} where id = 2`,
      `insert into ${table} (id) values (9), (10)`,
    ),
    { version: 2, added: 2, changed: 1, removed: 1 },
  );
});

test('without a key, rows of two uploads are the same by all that they hold, as often as they are there', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const columns = [
    { name: 'n', type: 'numeric' },
    { name: 'j', type: 'json' },
  ];
  await fillGeneration(store, actor, dataset, columns, [
    ['1.0', '{"a": 1}'],
    ['1.0', '{"a": 1}'],
    ['2', null],
  ]);
  await fillGeneration(store, actor, dataset, columns, [
    ['1.0', '{"a": 1}'],
    ['1.00', '{"a": 1}'],
    ['2', null],
  ]);
  assert.deepEqual(await compare(actor, dataset, 1, 2), { added: 1, changed: 0, removed: 1 });
  const [removed, added] = await actAs(store, actor, (sql) =>
    sql('select kind, before, after from vouchsafe.list_differences($1, 1, 2, 0, 9) order by kind desc', [
      dataset,
    ]),
  );
  assert.deepEqual(
    [removed, added],
    [
      { kind: 'removed', before: { n: '1.0', j: '{"a": 1}' }, after: null },
      { kind: 'added', before: null, after: { n: '1.00', j: '{"a": 1}' } },
    ],
  );
});

test('of two who edit at once the second waits, and sees what the first has done', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const { generation } = await fillGeneration(store, actor, dataset, COLUMNS, [[1, '0']], ['id']);
  const add = (): Promise<void> =>
    actAs(store, actor, async (sql) => {
      await sql('select * from vouchsafe.begin_edit($1)', [dataset]);
      await sql(`update ${relation(dataset, generation)} set ${TEXT} = (${TEXT}::int + 1)::text`);
      await sql('select * from vouchsafe.end_edit($1)', [dataset]);
    });
  await Promise.all([add(), add(), add(), add()]);
  assert.deepEqual(plain(await readVersion(store, actor, dataset, 5)), [[1, '4']]);
  assert.deepEqual(plain(await readVersion(store, actor, dataset, 3)), [[1, '2']]);
});

test('a version that was expected and is no more is refused, and nothing of the upload stays', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  await fillGeneration(store, actor, dataset, COLUMNS, [[1, 'a']], ['id']);
  const publish = (expected: number): Promise<unknown> =>
    actAs(store, actor, async (sql) => {
      const [made] = await sql('select vouchsafe.make_generation($1, $2, $3) as number', [
        dataset,
        JSON.stringify(COLUMNS),
        [],
      ]);
      await sql("select vouchsafe.publish_generation($1, $2, 'upload', $3)", [
        dataset,
        made?.['number'],
        expected,
      ]);
    });
  const both = await Promise.allSettled([publish(1), publish(1)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const refusal = both.find((one) => one.status === 'rejected');
  assert.equal(refusal?.status === 'rejected' && (refusal.reason as { code: string }).code, 'VD002');
  const tables = await store.superuser(
    "select relname from pg_class where relnamespace = 'vouchsafe_data'::regnamespace and relkind = 'r' and relname like $1 || '%'",
    [dataset],
  );
  assert.equal(tables.length, 4, 'two generations, each with its past');
});

test('rows of equal key are refused, and the dataset stays as it was', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  await fillGeneration(store, actor, dataset, COLUMNS, [[1, 'a']], ['id']);
  await assert.rejects(
    fillGeneration(
      store,
      actor,
      dataset,
      COLUMNS,
      [
        [1, 'a'],
        [1, 'b'],
      ],
      ['id'],
    ),
    { code: '23505' },
  );
  assert.deepEqual(plain(await readVersion(store, actor, dataset, 1)), [[1, 'a']]);
  assert.equal(await currentVersion(dataset), 1);
});

test('rows that edits add are numbered in the order in which they come, whatever connection brings them', async () => {
  const actor = await makeCompany(store);
  const dataset = await makeDataset(store, actor);
  const { generation } = await fillGeneration(store, actor, dataset, COLUMNS, [[0, 'first']], ['id']);
  // A pool's: each keeps the numbers that it has taken.
  const clients = await Promise.all([1, 2].map(() => connect(store.connections.app, { name: 'test' })));
  try {
    for (let key = 1; key <= 6; key += 1) {
      const client = clients[key % 2];
      await client?.query('begin');
      await client?.query(
        "select set_config('vouchsafe.company_id', $1, true), set_config('vouchsafe.user_id', $2, true)",
        [actor.company, actor.user],
      );
      await client?.query('select * from vouchsafe.begin_edit($1)', [dataset]);
      await client?.query(`insert into ${relation(dataset, generation)} (id) values ($1)`, [key]);
      await client?.query('select * from vouchsafe.end_edit($1)', [dataset]);
      await client?.query('commit');
    }
  } finally {
    for (const client of clients) await client.end();
  }
  const found = await actAs(store, actor, (sql) =>
    sql(`select id from ${relation(dataset, generation, '_now')} order by "vouchsafe:row"`),
  );
  assert.deepEqual(
    found.map((row) => row['id']),
    [0, 1, 2, 3, 4, 5, 6],
  );
});
