/** Indexes of datasets at the doors of a whole house: suggested from what was read, built while others read and write. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createIndexing, type Indexing } from '../src/datasets/indexes/indexing.ts';
import { connect, type Connection } from '../src/store/connection.ts';
import { createDatabase, type Database } from '../src/store/database.ts';
import { actAs, fillGeneration, makeDataset, quote, relation, type TestColumn } from './support/content.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { recordingLog } from './support/log.ts';
import { signIn, type Visitor } from './support/people.ts';

let house: House;
let owner: Visitor;
let viewer: Visitor;
let office: Database;
let builder: Connection;
let indexing: Indexing;
const log = recordingLog();

before(async () => {
  house = await openHouse();
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  viewer = await signIn(house, { memberships: { [house.company]: 'viewer' } });
  const { connections } = house.store;
  office = createDatabase({ connection: { ...connections.owner, role: 'vouchsafe_jobs' }, poolSize: 2 });
  builder = { ...connections.owner, role: 'vouchsafe_system' };
  indexing = createIndexing({ office, connection: builder, log, lookMs: 20 });
});
after(async () => {
  await indexing.close();
  await office.close();
});

const HOSTILE = `x"; drop table vouchsafe.company; --`;
const NOTE = `n"ote'), pg_sleep(9)); --`;
const COLUMNS: readonly TestColumn[] = [
  { name: 'id', type: 'int8' },
  { name: HOSTILE, type: 'int4' },
  { name: 'name', type: 'text' },
  { name: NOTE, type: 'varchar' },
  { name: 'data', type: 'jsonb' },
];

const call = async (method: string, path: string, body?: unknown, as = owner): Promise<Answer> => {
  for (;;) {
    const more = body === undefined ? {} : { body };
    const answer = await house.call(method, path, { cookie: as.cookie, ...more });
    if (answer.status !== 429) return answer;
    await pause(100);
  }
};

const actor = (): { readonly company: string; readonly user: string } => ({
  company: house.company,
  user: owner.user,
});

/** Fills a new generation with rows whose cells follow from their numbers, and publishes it. */
const fill = async (dataset: string, rows: number, columns = COLUMNS): Promise<number> => {
  const { generation } = await fillGeneration(house.store, actor(), dataset, columns, [], ['id']);
  if (rows > 0)
    await actAs(house.store, actor(), async (sql) => {
      await sql('select vouchsafe.begin_edit($1)', [dataset]);
      await sql(
        `insert into ${relation(dataset, generation)} (id, ${quote(HOSTILE)}, name, ${quote(NOTE)})
         select n, n % 1000, 'well ' || n || ' word' || n % 5000, 'drilled in field' || n % 70 from generate_series(1, $1::int) as n`,
        [rows],
      );
      await sql('select vouchsafe.end_edit($1)', [dataset]);
    });
  return generation;
};

const pathOf = (dataset: string, more = ''): string =>
  `/v1/companies/${house.company}/datasets/${dataset}${more}`;

interface Shown {
  readonly items: readonly {
    index: number | null;
    state: string;
    bytes: number | null;
    failure: string | null;
    reads: number;
  }[];
  readonly suggestions: readonly { kind: string; columns: string[]; count: number; why: string }[];
}

const look = async (dataset: string): Promise<Shown> => {
  const answer = await call('GET', pathOf(dataset, '/indexes'));
  assert.equal(answer.status, 200, answer.body);
  return answer.json() as unknown as Shown;
};

const until = async (dataset: string, is: (shown: Shown) => boolean): Promise<Shown> => {
  for (let tries = 0; tries < 500; tries += 1) {
    const shown = await look(dataset);
    if (is(shown)) return shown;
    await pause(20);
  }
  throw new assert.AssertionError({ message: `never so: ${JSON.stringify(await look(dataset))}` });
};

const stateOf = (shown: Shown, index = 1): string | undefined =>
  shown.items.find((item) => item.index === index)?.state;
const ready = (dataset: string, index = 1): Promise<Shown> =>
  until(dataset, (shown) => stateOf(shown, index) === 'ready');
const build = (dataset: string): Promise<void> => indexing.tasks['datasets.index']({ dataset });

const names = async (dataset: string): Promise<readonly string[]> =>
  (
    await house.store.superuser(
      "select relname as name from pg_class where relname ~ ('^' || $1 || '_g[0-9]+_i[0-9]+$') order by oid",
      [dataset],
    )
  ).map(({ name }) => String(name));

const planOf = async (dataset: string, generation: number, where: string): Promise<string> =>
  actAs(house.store, actor(), async (sql) =>
    JSON.stringify(
      await sql(`explain select * from ${relation(dataset, generation, '_now')} where ${where}`),
    ),
  );

describe('indexes of datasets', () => {
  it('are suggested from what was read, and built, and used, whatever the column is called', async () => {
    const dataset = await makeDataset(house.store, actor());
    const generation = await fill(dataset, 20_000);
    const filter = encodeURIComponent(`"${HOSTILE.replaceAll('"', '\\"')}"`);
    for (let read = 0; read < 20; read += 1)
      assert.equal((await call('GET', pathOf(dataset, `/rows?${filter}=eq.7&limit=1`))).status, 200);
    for (let read = 0; read < 20; read += 1)
      assert.equal((await call('GET', pathOf(dataset, '/search?q=word77&mode=words'))).status, 200);
    const shown = await until(dataset, ({ suggestions }) => suggestions.length === 2);
    for (const { count, why } of shown.suggestions) {
      assert.equal(count, 20);
      assert.match(why, / 20 times /);
    }
    assert.deepEqual(
      new Set(shown.suggestions.map(({ columns }) => columns[0])),
      new Set([undefined, HOSTILE]),
    );
    assert.equal(shown.items.length, 1, 'the key has one');

    const made = await call('POST', pathOf(dataset, '/indexes'), { columns: [HOSTILE] });
    assert.deepEqual(
      [made.status, made.json()['state'], made.json()['index']],
      [202, 'waiting', 1],
      made.body,
    );
    assert.equal((await call('POST', pathOf(dataset, '/indexes'), { search: true })).status, 202);
    await build(dataset);
    await ready(dataset, 1);
    const { items, suggestions } = await ready(dataset, 2);
    assert.ok(items.every(({ index, bytes }) => index === null || Number(bytes) > 0));
    assert.deepEqual(suggestions, []);
    assert.deepEqual(
      items.map(({ reads }) => reads),
      [0, 20, 20],
      'of the key, and of those that were suggested',
    );
    assert.match(await planOf(dataset, generation, `${quote(HOSTILE)} = 7`), /_i1/);
  });

  it('for search serve the very statement that search sends, and change nothing of what it finds', async () => {
    const dataset = await makeDataset(house.store, actor());
    await fill(dataset, 20_000);
    const path = pathOf(dataset, '/search?q=word77%20%22in%20field7%22&mode=words&select=id');
    const found = await call('GET', path);
    assert.equal(found.status, 200, found.body);
    assert.ok((JSON.parse(found.body) as unknown[]).length > 0, 'words of two columns together');
    assert.equal((await call('POST', pathOf(dataset, '/indexes'), { search: true })).status, 202);
    await build(dataset);
    await ready(dataset);
    const scans = async (): Promise<number> => {
      // Counts of what was used come late, from a process of their own.
      await pause(20);
      const [row] = await house.store.superuser(
        "select coalesce(sum(idx_scan), 0)::int as scans from pg_stat_all_indexes where indexrelname like $1 || '%\\_i1'",
        [dataset],
      );
      return Number(row?.['scans']);
    };
    assert.equal((await call('GET', path)).body, found.body);
    for (let tries = 0; (await scans()) === 0; tries += 1) {
      assert.ok(tries < 500, 'the index is used');
      assert.equal((await call('GET', path)).body, found.body);
    }
  });

  it('stop nobody from reading and writing while they are built', async () => {
    const dataset = await makeDataset(house.store, actor());
    const generation = await fill(dataset, 1000);
    const holding = await connect(house.store.connections.superuser, { name: 'test' });
    try {
      // The build waits for whoever has the table in a transaction, and is under way meanwhile.
      await holding.query('begin');
      await holding.query(`lock table ${relation(dataset, generation)} in row exclusive mode`);
      assert.equal(
        (await call('POST', pathOf(dataset, '/indexes'), { columns: ['id', HOSTILE] })).status,
        202,
      );
      await build(dataset);
      await until(dataset, (shown) => stateOf(shown) === 'building');
      const written = await call('POST', pathOf(dataset, '/rows'), { id: 5001, name: 'new' });
      assert.equal(written.status, 201, written.body);
      assert.equal((await call('GET', pathOf(dataset, '/rows?id=eq.5001'))).body.includes('new'), true);
      assert.equal(stateOf(await look(dataset)), 'building');
      await holding.query('commit');
      await ready(dataset);
    } finally {
      await holding.end();
    }
    const [row] = await house.store.superuser(
      `select count(*)::int as rows from ${relation(dataset, generation)} where id = 5001`,
    );
    assert.equal(row?.['rows'], 1);
  });

  it('that a crash has left unfinished are dropped and built anew', async () => {
    const dataset = await makeDataset(house.store, actor());
    const generation = await fill(dataset, 1000);
    assert.equal((await call('POST', pathOf(dataset, '/indexes'), { columns: [HOSTILE] })).status, 202);
    const broken = quote(`${dataset}_g${generation}_i1`);
    await house.store.superuser(`create index ${broken} on ${relation(dataset, generation)} (name)`);
    await house.store.superuser(
      `update pg_index set indisvalid = false where indexrelid = 'vouchsafe_data.${broken}'::regclass`,
    );
    await house.store.superuser(`alter index vouchsafe_data.${broken} set (fillfactor = 50)`);
    await indexing.resume();
    await ready(dataset);
    const [row] = await house.store.superuser(
      `select pg_get_indexdef('vouchsafe_data.${broken}'::regclass) as sql`,
    );
    assert.doesNotMatch(String(row?.['sql']), /\(name\)/);
  });

  it('go on in new generations, say what is missing there, and leave the old ones', async () => {
    const dataset = await makeDataset(house.store, actor());
    await fill(dataset, 100);
    for (const columns of [[HOSTILE], ['name']])
      assert.equal((await call('POST', pathOf(dataset, '/indexes'), { columns })).status, 202);
    await build(dataset);
    await ready(dataset, 2);
    const second = await fill(
      dataset,
      0,
      COLUMNS.filter(({ name }) => name !== 'name'),
    );
    const [queued] = await house.store.superuser(
      "select count(*)::int as jobs from graphile_worker._private_jobs where payload ->> 'dataset' = $1",
      [dataset],
    );
    assert.equal(queued?.['jobs'], 1, 'publishing has the queue look');
    await build(dataset);
    const shown = await until(dataset, (at) => stateOf(at, 1) === 'ready' && stateOf(at, 2) === 'failed');
    assert.equal(shown.items.find(({ index }) => index === 2)?.failure, 'no_such_column');
    assert.deepEqual(await names(dataset), [`${dataset}_g${second}_i1`]);
  });

  it('are taken away, and every change is in the log of the company without a name of a column', async () => {
    const dataset = await makeDataset(house.store, actor());
    await fill(dataset, 100);
    assert.equal((await call('POST', pathOf(dataset, '/indexes'), { columns: [HOSTILE] })).status, 202);
    await build(dataset);
    await ready(dataset);
    assert.equal((await call('DELETE', pathOf(dataset, '/indexes/1'))).status, 204);
    assert.equal((await call('DELETE', pathOf(dataset, '/indexes/1'))).status, 404);
    await build(dataset);
    for (let tries = 0; (await names(dataset)).length > 0; tries += 1) {
      assert.ok(tries < 500);
      await pause(20);
    }
    const events = await house.store.superuser(
      'select action, details from vouchsafe.audit_event where target = $1 order by id',
      [dataset],
    );
    assert.deepEqual(
      events.map(({ action }) => action),
      ['datasets.index', 'datasets.unindex'],
    );
    assert.doesNotMatch(JSON.stringify(events), /drop table/);
  });

  it('are for those who manage the dataset, of columns that can have one, once, and not too many', async () => {
    const dataset = await makeDataset(house.store, actor());
    await fill(dataset, 10);
    const path = pathOf(dataset, '/indexes');
    assert.equal((await call('GET', path, undefined, viewer)).status, 403);
    assert.equal((await call('POST', path, { columns: ['name'] }, viewer)).status, 403);
    for (const columns of [['nothing'], ['data'], ['id', 'name'], ['id', 'id']]) {
      const refused = await call('POST', path, { columns });
      assert.deepEqual(
        [refused.status, refused.json()['code']],
        [400, 'index_columns_invalid'],
        columns.join(),
      );
    }
    for (const body of [{}, { columns: [] }, { search: false }, { columns: ['a'], search: true }])
      assert.equal((await call('POST', path, body)).status, 400);
    assert.equal((await call('POST', path, { columns: ['id'] })).json()['code'], 'index_exists');
    assert.equal((await call('POST', path, { columns: ['name'] })).status, 202);
    assert.equal((await call('POST', path, { columns: ['name'] })).json()['code'], 'index_exists');
    await house.store.superuser(
      `insert into vouchsafe.dataset_index (dataset_id, company_id, number, columns, created_at)
       select $1, $2, n, array['c' || n], now() from generate_series(2, 16) as n`,
      [dataset, house.company],
    );
    assert.equal((await call('POST', path, { search: true })).json()['code'], 'too_many_indexes');
    await house.store.superuser('delete from vouchsafe.dataset_index where dataset_id = $1', [dataset]);
  });
});
