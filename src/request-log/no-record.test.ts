import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { requestOf } from '../../test/support/request.ts';
import { asksForNoRecord } from './no-record.ts';

const asks = (search: string, headers: Record<string, string> = {}): boolean =>
  asksForNoRecord(requestOf({ search, headers }));

test('a request that says nothing of it, or no, may be logged', () => {
  for (const search of [
    '',
    'q=Paris',
    'q=no_record',
    'no_record=0',
    'no_record=false&q=x',
    'q=%ff',
    'q=1&q=2',
  ])
    assert.equal(asks(search), false, search);
  assert.equal(asks('q=x', { 'x-no-record': '0' }), false);
});

test('any other way of saying it leaves no row', () => {
  for (const search of [
    'no_record=1',
    'no_record=true',
    'no_record',
    'no_record=',
    'no_record=yes',
    'no_record=%31',
    'no_record=%ff',
    'no_record=0&no_record=1',
    'no_record=1&no_record=0',
    'no_record=0&no_record=0',
    'n%6f_record=1',
    'no%5Frecord=1',
    'no%255Frecord=1&no%5frecord=1',
    'No_Record=1',
    'no-record=1',
    'norecord=1',
    '+no_record=1',
    'no_record%00=1',
    'no_record%ff=1',
    '%ff=1',
    'no_record=+1',
    'no_record= 0',
  ])
    assert.equal(asks(search), true, search);
  for (const value of ['1', 'true', '', '1, 0', '0, 1', 'x'])
    assert.equal(asks('', { 'x-no-record': value }), true, value);
});

test('behind more parameters than are read it is taken for said', () => {
  assert.equal(asks(`${'a=1&'.repeat(64)}no_record=1`), true);
  assert.equal(asks(`${'a=1&'.repeat(64)}b=1`), true);
});

test('wherever it stands among others, however its letters are encoded', () => {
  const letters = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });
  fc.assert(
    fc.property(letters, fc.webQueryParameters(), fc.webQueryParameters(), (encoded, before, after) => {
      const name = Array.from('no_record')
        .map((letter, index) => (encoded[index] === true ? `%${letter.charCodeAt(0).toString(16)}` : letter))
        .join('');
      assert.equal(asks(`${before}&${name}=1&${after}`), true);
    }),
    { numRuns: 500 },
  );
});
