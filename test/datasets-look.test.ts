/** Statistics and search over rows of datasets, against what is known of the rows. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { COLUMN_TYPES } from '../src/services/datasets/query/column-types.ts';
import {
  estimateDistinct,
  type ColumnStatistics,
  type Statistics,
} from '../src/services/datasets/look/statistics.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { makeDataset } from './support/make-dataset.ts';
import { signIn, type Visitor } from './support/people.ts';

let house: House;
let owner: Visitor;

const ask = (path: string): Promise<Answer> =>
  house.get(`/v1/datasets/${path}`, { headers: { authorization: `Bearer ${house.key.secret.expose()}` } });

const statisticsOf = async (path: string): Promise<Statistics> => {
  const answer = await ask(path);
  assert.equal(answer.status, 200, answer.body);
  return answer.json() as unknown as Statistics;
};

const columnOf = ({ items }: Statistics, name: string): ColumnStatistics =>
  items.find(({ column }) => column === name)!;

before(async () => {
  house = await openHouse({ perSecond: 1000 });
  await house.store.superuser("update vouchsafe.key set scopes = '{datasets:read}' where company_id = $1", [
    house.company,
  ]);
  owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  await makeDataset(house.store, {
    company: house.company,
    name: 'wells',
    columns: [
      { name: 'id', type: 'int4' },
      { name: 'kind', type: 'text' },
      { name: 'depth', type: 'float8' },
      { name: 'day', type: 'date' },
      { name: 'same', type: 'numeric' },
      { name: 'raw', type: 'json' },
    ],
    rows: `select g, case when g % 10 = 0 then null when g % 10 = 1 then '' when g % 10 < 5 then 'gas' else 'oil ' || g end,
                  case g when 1 then 'NaN'::float8 when 2 then 'infinity'::float8 else g / 2.0 end,
                  date '2024-01-01' + g % 100, 7, '{"a":1}'::json
             from generate_series(1, 1000) g`,
  });
});

describe('statistics', () => {
  it('count, order and divide what is there', async () => {
    const statistics = await statisticsOf('wells/statistics');
    assert.deepEqual(
      [statistics.version, statistics.rows, statistics.is_sampled, statistics.items.length],
      [1, 1000, false, 6],
    );
    const id = columnOf(statistics, 'id');
    assert.deepEqual([id.min, id.max, Number(id.mean), id.distinct], ['1', '1000', 500.5, 1000]);
    assert.equal(id.distinct_is_estimate, false);
    assert.deepEqual(id.quantiles, ['250', '500', '750']);
    assert.equal(id.histogram?.length, 20);
    assert.equal(
      id.histogram.reduce((sum, { count }) => sum + count, 0),
      1000,
    );
    const kind = columnOf(statistics, 'kind');
    assert.deepEqual([kind.nulls, kind.empty, kind.distinct], [100, 100, 502]);
    assert.deepEqual(kind.most_common?.slice(0, 2), [
      { value: 'gas', count: 300 },
      { value: '', count: 100 },
    ]);
    assert.equal(kind.histogram, null);
    const depth = columnOf(statistics, 'depth');
    assert.equal(
      depth.histogram?.reduce((sum, { count }) => sum + count, 0),
      998,
    );
    const day = columnOf(statistics, 'day');
    assert.deepEqual([day.min, day.max, day.distinct], ['2024-01-01', '2024-04-09', 100]);
    assert.match(day.histogram![0]!.from, /^2024-01-01 00:00:00/);
    assert.deepEqual(columnOf(statistics, 'same').histogram, [{ from: '7', to: '7', count: 1000 }]);
    const raw = columnOf(statistics, 'raw');
    assert.deepEqual([raw.is_complete, raw.seen, raw.nulls, raw.distinct], [true, 1000, 0, null]);
  });

  it('look at one column, and at the rows that filters match', async () => {
    const { items } = await statisticsOf('wells/statistics?column=id&id=gt.990');
    assert.deepEqual([items.length, items[0]?.seen, items[0]?.min], [1, 10, '991']);
    assert.equal((await statisticsOf('wells/statistics?id=gt.5000')).items[0]?.seen, 0);
    assert.equal((await ask('wells/statistics?column=nothing')).status, 400);
    assert.equal((await ask('nothing/statistics')).status, 404);
  });

  it('are there for every type of column, with and without values', async () => {
    const types = COLUMN_TYPES.filter((type) => !type.endsWith('[]')).concat(['text[]', 'json[]', 'jsonb[]']);
    for (const rows of [[{}], []])
      await makeDataset(house.store, {
        company: house.company,
        name: `types${rows.length}`,
        columns: types.map((type, index) => ({ name: `c${index}`, type })),
        rows,
      });
    for (const name of ['types0', 'types1']) {
      const { items } = await statisticsOf(`${name}/statistics`);
      assert.deepEqual(
        items.map(({ type, is_complete: isComplete }) => [type, isComplete]),
        types.map((type) => [type, true]),
      );
    }
  });

  it('sample a large dataset, say so, and come near', async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'large',
      columns: [
        { name: 'id', type: 'int4' },
        { name: 'few', type: 'text' },
      ],
      rows: "select g, 'v' || g % 50 from generate_series(1, 600000) g",
    });
    const statistics = await statisticsOf('large/statistics');
    assert.equal(statistics.is_sampled, true);
    const [id, few] = [columnOf(statistics, 'id'), columnOf(statistics, 'few')];
    assert.ok(id.seen! >= 90_000 && id.seen! <= 100_000, String(id.seen));
    assert.equal(id.distinct_is_estimate, true);
    assert.equal(id.distinct, 600_000);
    assert.equal(few.distinct, 50);
  });
});

describe('the estimate of distinct values', () => {
  it('is what was seen where all was seen, never less than was seen, never more than there are rows', () => {
    assert.equal(estimateDistinct(7, 3, 100, 100), 7);
    assert.equal(estimateDistinct(100, 100, 100, 10_000), 10_000);
    assert.equal(estimateDistinct(50, 0, 1000, 10_000), 50);
    assert.equal(estimateDistinct(0, 0, 0, 10_000), 0);
  });
});

describe('a search', () => {
  before(async () => {
    await makeDataset(house.store, {
      company: house.company,
      name: 'notes',
      columns: [
        { name: 'id', type: 'int4' },
        { name: 'title', type: 'text' },
        { name: 'text', type: 'varchar' },
      ],
      rows: [
        { id: 1, title: 'Ekofisk field', text: 'oil' },
        { id: 2, title: 'Troll', text: 'gas from the FIELD' },
        { id: 3, title: '100%', text: null },
        { id: 4, title: 'back\\slash under_score', text: "o'hara; drop table" },
      ],
    });
  });

  const idsOf = async (query: string): Promise<readonly unknown[]> => {
    const answer = await ask(`notes/search?${query}`);
    assert.equal(answer.status, 200, answer.body);
    return (JSON.parse(answer.body) as readonly { id: number }[]).map(({ id }) => id);
  };

  it('finds parts of texts in any column, letter by letter', async () => {
    for (const [query, ids] of [
      ['q=field', [1, 2]],
      ['q=ield', [1, 2]],
      ['q=100%25', [3]],
      ['q=%25', [3]],
      ['q=_', [4]],
      ['q=%5C', [4]],
      ["q=o'hara%3B+drop", [4]],
      ['q=nothing', []],
      ['q=field&id=gt.1', [2]],
      ['q=field&order=id.desc&limit=1', [2]],
      ['q=eq.1', []],
    ] as const)
      assert.deepEqual(await idsOf(query), ids, query);
  });

  it('finds words where words are asked for', async () => {
    assert.deepEqual(await idsOf('q=ield&mode=words'), []);
    assert.deepEqual(await idsOf('q=field&mode=words'), [1, 2]);
    assert.deepEqual(await idsOf('q=field+-gas&mode=words'), [1]);
    assert.deepEqual(await idsOf('q=%22the+field%22&mode=words'), [2]);
  });

  it('gives rows as the rows do, with their number and how many there are', async () => {
    const answer = await ask('notes/search?q=field&limit=1');
    assert.deepEqual(JSON.parse(answer.body), [
      { 'vouchsafe:row': 1, id: 1, title: 'Ekofisk field', text: 'oil' },
    ]);
    assert.equal(answer.headers['content-range'], '0-0/2');
    const member = await house.call(
      'GET',
      `/v1/companies/${house.company}/datasets/notes/search?q=troll&select=title`,
      {
        cookie: owner.cookie,
      },
    );
    assert.deepEqual(JSON.parse(member.body), [{ title: 'Troll' }]);
  });

  it('says what cannot be looked for', async () => {
    for (const query of ['', 'q=', 'q=+', `q=${'x'.repeat(201)}`, 'q=a&mode=all', 'q=%00', 'q=%FF']) {
      const answer = await ask(`notes/search?${query}`);
      assert.deepEqual([answer.status, answer.json()['code']], [400, 'bad_search'], query);
    }
    await makeDataset(house.store, {
      company: house.company,
      name: 'numbers',
      columns: [{ name: 'a', type: 'int4' }],
      rows: [],
    });
    assert.equal((await ask('numbers/search?q=1')).status, 422);
  });
});
