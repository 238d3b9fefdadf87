import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLog } from '../../../../test/support/log.ts';
import { parseQuery } from '../query/parse-query.ts';
import { createIndexUse, type IndexUseCount } from './index-use.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

const open = (most?: number) => {
  const written: IndexUseCount[] = [];
  const state = { isAway: false };
  const use = createIndexUse({
    add: async (counts) => {
      if (state.isAway) throw new Error('away');
      written.push(...counts);
    },
    log: recordingLog(),
    ...(most === undefined ? {} : { most }),
  });
  const ask = (search: string, now = NOON): void => use.countQuery('wells', parseQuery(search, 'wells'), now);
  const seen = (): readonly string[] =>
    written
      .map(({ dataset, column, kind, day, count }) => `${day} ${dataset} ${column} ${kind} ${count}`)
      .toSorted((a, b) => (a < b ? -1 : 1));
  return { use, ask, seen, state };
};

test('counts equality, ranges, the first order and searches, by column and day', async () => {
  const { use, ask, seen } = open();
  ask('id=eq.1&depth=gt.2&order=name,id');
  ask('id=in.(1,2)&or=(depth.lte.3,id.eq.4)');
  ask('id=eq.5', NOON + 86_400_000);
  use.countSearch('wells', NOON);
  await use.close();
  assert.deepEqual(seen(), [
    '2026-11-22 wells  search 1',
    '2026-11-22 wells depth range 2',
    '2026-11-22 wells id equal 3',
    '2026-11-22 wells name range 1',
    '2026-11-23 wells id equal 1',
  ]);
});

test('counts nothing that no index would serve', async () => {
  const { use, ask, seen } = open();
  ask('id=neq.1&id=not.eq.2&name=like.*x*&logs->0->>top=eq.4&not.and=(id.eq.1,id.gt.2)&name=is.null');
  await use.close();
  assert.deepEqual(seen(), []);
});

test('keeps what could not be written, and no value of a filter', async () => {
  const { use, ask, seen, state } = open();
  state.isAway = true;
  ask('name=eq.secret');
  await use.flush();
  state.isAway = false;
  ask('name=eq.other');
  await use.close();
  assert.deepEqual(seen(), ['2026-11-22 wells name equal 2']);
});

test('holds so many counters and no more', async () => {
  const { use, ask, seen } = open(2);
  ask('a=eq.1&b=eq.1&c=eq.1');
  ask('a=eq.1&b=eq.1&c=eq.1');
  await use.close();
  assert.deepEqual(seen(), ['2026-11-22 wells a equal 2', '2026-11-22 wells b equal 2']);
});
