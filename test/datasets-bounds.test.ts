/** What one request for rows may cost, and what is said to somebody whose right is gone, whatever they ask. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Id } from '../src/foundation/ids.ts';
import { openHouse, type Answer, type House } from './support/house.ts';
import { makeDataset } from './support/make-dataset.ts';

let house: House;
before(async () => {
  house = await openHouse();
  await house.store.superuser(
    "update vouchsafe.key set scopes = '{datasets:read,datasets:write}' where company_id = $1",
    [house.company],
  );
});

const make = (name: string, rows: readonly Record<string, unknown>[]): Promise<Id<'dst'>> =>
  makeDataset(house.store, {
    company: house.company,
    name,
    columns: [
      { name: 'id', type: 'int8' },
      { name: 'text', type: 'text' },
    ],
    key: ['id'],
    rows,
  });

const ask = (path: string, method = 'GET', body?: string, type = 'application/json'): Promise<Answer> =>
  house.get(path, {
    method,
    headers: {
      authorization: `Bearer ${house.key.secret.expose()}`,
      prefer: 'return=representation',
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  });

const codeOf = ({ status, body }: Answer): unknown => [
  status,
  (JSON.parse(body) as { readonly code?: unknown }).code,
];
const TOO_LARGE = [413, 'answer_too_large'];

describe('an answer', () => {
  it('is bounded in bytes before it leaves the database, however the rows are asked for', async () => {
    const id = await make(
      'large',
      [1, 2, 3].map((key) => ({ id: key, text: 'x'.repeat(6_000_000) })),
    );
    assert.deepEqual(codeOf(await ask('/datasets/v1/large')), TOO_LARGE);
    assert.equal((await ask('/datasets/v1/large?limit=2')).status, 200);
    assert.equal((await ask('/datasets/v1/large?select=id')).status, 200);
    const often = Array.from({ length: 3 }, (_, place) => `a${place}:text`).join(',');
    assert.deepEqual(codeOf(await ask(`/datasets/v1/large?id=eq.1&select=${often}`)), TOO_LARGE);
    assert.deepEqual(codeOf(await ask(`/v1/datasets/${id}/search?q=x&mode=part`)), TOO_LARGE);
  });

  it('of a change that would be too long takes the change back', async () => {
    const changed = await ask('/datasets/v1/large?id=gt.0', 'PATCH', '{"id":null}');
    assert.equal(changed.status, 400, 'a key is never empty');
    const kept = await ask('/datasets/v1/large?id=gt.0', 'DELETE');
    assert.deepEqual(codeOf(kept), TOO_LARGE);
    const rest = await ask('/datasets/v1/large?select=count()');
    assert.deepEqual([JSON.parse(rest.body), rest.headers['dataset-version']], [[{ count: 3 }], '1']);
  });
});

describe('a body of many rows', () => {
  it('is refused by its first rows too many, without the others being read', async () => {
    await make('many', []);
    const csv = `id\n${'1\n'.repeat(1_500_000)}`;
    assert.deepEqual(codeOf(await ask('/datasets/v1/many', 'POST', csv, 'text/csv')), [400, 'PGRST100']);
    const json = `[${'{},'.repeat(400_000)}{}]`;
    assert.deepEqual(codeOf(await ask('/datasets/v1/many', 'POST', json)), [400, 'PGRST100']);
    const long = `[${' '.repeat(4_300_000)}]`;
    assert.equal((await ask('/datasets/v1/many', 'POST', long)).status, 413);
  });
});

describe('whoever has lost their right', () => {
  const NOT_FOUND = [404, 'PGRST205'];

  it('is told that there is nothing, also where their query does not fit what there was', async () => {
    const id = await make('gone', [{ id: 1, text: 'a' }]);
    // The columns are remembered from now on.
    assert.equal((await ask('/datasets/v1/gone')).status, 200);
    assert.deepEqual(codeOf(await ask('/datasets/v1/gone?id=eq.abc')), [400, '22P02']);
    await house.store.superuser("update vouchsafe.dataset set visibility = 'private' where id = $1", [id]);
    for (const search of ['id=eq.abc', 'text=match.(', 'id=eq.1', 'nothing=eq.1'])
      assert.deepEqual(codeOf(await ask(`/datasets/v1/gone?${search}`)), NOT_FOUND, search);
    await house.store.superuser('delete from vouchsafe.dataset where id = $1', [id]);
    assert.deepEqual(codeOf(await ask('/datasets/v1/gone?id=eq.abc')), NOT_FOUND);
  });
});
