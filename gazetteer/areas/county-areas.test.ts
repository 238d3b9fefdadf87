import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areasOfCounties } from './county-areas.ts';
import type { EntityDraft } from '../entities.ts';

const NONE = 0xffff;

/** Rows as [county, area]. */
const find = (rows: readonly (readonly [number, number])[]): Record<string, number> =>
  Object.fromEntries(
    areasOfCounties(
      {
        places: { length: rows.length, county: { at: (row: number) => rows[row]![0] } },
      } as unknown as EntityDraft,
      Uint16Array.from(rows, ([, area]) => area),
      NONE,
    ),
  );
const times = (count: number, row: readonly [number, number]): (readonly [number, number])[] =>
  Array.from({ length: count }, () => row);

test('a county is an area where four of five places of either are in both', () => {
  assert.deepEqual(find([...times(8, [0, 3]), [0, 4], [0, NONE], ...times(20, [1, 4])]), { 0: 3, 1: 4 });
});

test('a county of several areas, or one of several in an area, is none', () => {
  assert.deepEqual(find([...times(5, [0, 3]), ...times(5, [0, 4])]), {});
  assert.deepEqual(find([...times(5, [0, 3]), ...times(5, [1, 3])]), {});
});

test('places of no county count against an area, and none is made of places without an area', () => {
  assert.deepEqual(find([...times(5, [0, 3]), ...times(5, [-1, 3])]), {});
  assert.deepEqual(find(times(5, [0, NONE])), {});
  assert.deepEqual(find([]), {});
});
