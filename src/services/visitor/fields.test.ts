import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../foundation/problem.ts';
import { pick, pickText, readFields } from './fields.ts';

const TEXT =
  '{"address":"192.0.2.1","country":{"code":"DE","languages":[{"code":"de","name":"German"}]},"city":"Ulm"}';
const picked = (fields: string): unknown => JSON.parse(pickText(TEXT, readFields(fields)));

describe('field selection', () => {
  it('takes whole members, parts of them, and parts of what stands in lists', () => {
    assert.deepEqual(picked('city'), { city: 'Ulm' });
    assert.deepEqual(picked('country.code'), { country: { code: 'DE' } });
    assert.deepEqual(picked('country.languages.code'), { country: { languages: [{ code: 'de' }] } });
    assert.deepEqual(picked('country.code,country'), picked('country'));
    assert.deepEqual(picked('country,country.code'), picked('country'));
    assert.deepEqual(picked('postcode'), {}, 'known, and not there');
  });

  it('gives everything where nothing is asked for, byte for byte', () => {
    for (const nothing of [undefined, '', '  ']) assert.equal(pickText(TEXT, readFields(nothing)), TEXT);
  });

  it('refuses every name that is none of the answer’s, and repeats none', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        try {
          readFields(text);
        } catch (error) {
          assert.ok(error instanceof Problem && error.code === 'invalid_request' && error.field === 'fields');
        }
      }),
    );
    for (const wrong of [
      'x',
      'country.x',
      'city.x',
      'toString',
      'country.__proto__',
      ',',
      'city,',
      'country..code',
    ])
      assert.throws(() => readFields(wrong), { field: 'fields' }, wrong);
    assert.throws(() => readFields('city,'.repeat(65)), { field: 'fields' });
    assert.throws(() => readFields('x'.repeat(1_001)), { field: 'fields' });
  });

  it('leaves values of other kinds as they are', () => {
    assert.equal(pick(1, { city: true }), 1);
    assert.equal(pick(null, { city: true }), null);
  });
});
