import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreError, toStoreError } from '../../../store/errors.ts';
import { wireProblemOf } from '../rows/wire-errors.ts';
import { QueryProblem } from './problems.ts';

test('a query that would fill the disk is told so in the form of PostgREST, and not that it may be asked again', () => {
  const refused = toStoreError(Object.assign(new Error('secret'), { code: '53400' }), 'datasets.read');
  assert.ok(refused instanceof StoreError);
  const told = wireProblemOf(refused);
  assert.ok(told instanceof QueryProblem);
  assert.equal(told.status, 422);
  assert.deepEqual(Object.keys(told.body).sort(), ['code', 'details', 'hint', 'message']);
  assert.equal(told.body.code, '53400');
  assert.match(told.body.hint ?? '', /filter/);
  assert.doesNotMatch(JSON.stringify(told.body), /secret/);
});
