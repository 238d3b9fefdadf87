import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestOf, type RequestParts } from '../../test/support/request.ts';
import { presentedKey } from './credential.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

const keyOf = (parts: RequestParts): string => {
  const found = presentedKey(requestOf(parts));
  assert.ok(found.ok);
  return found.value.secret.expose();
};

const reasonOf = (parts: RequestParts): string => {
  const found = presentedKey(requestOf(parts));
  assert.ok(!found.ok);
  return found.reason;
};

describe('finding the key of a request', () => {
  it('takes it from each place that it may stand in', () => {
    assert.equal(keyOf({ headers: { authorization: 'Bearer abc' } }), 'abc');
    assert.equal(keyOf({ headers: { authorization: 'bearer  abc' } }), 'abc');
    assert.equal(keyOf({ headers: { authorization: basic('pk:abc') } }), 'abc');
    assert.equal(keyOf({ headers: { 'x-api-key': 'abc' } }), 'abc');
    assert.equal(keyOf({ search: 'q=Paris&key=abc' }), 'abc');
  });

  it('remembers the public key that came with Basic', () => {
    const found = presentedKey(requestOf({ headers: { authorization: basic('pk:abc') } }));
    assert.ok(found.ok);
    assert.equal(found.value.publicKey, 'pk');
  });

  it('accepts the same key twice', () => {
    assert.equal(
      keyOf({ headers: { authorization: 'Bearer abc', 'x-api-key': 'abc' }, search: 'key=abc' }),
      'abc',
    );
  });

  it('refuses two keys that differ', () => {
    assert.equal(reasonOf({ headers: { authorization: 'Bearer abc' }, search: 'key=abd' }), 'contradictory');
    assert.equal(reasonOf({ headers: { 'x-api-key': 'abc' }, search: 'key=abd' }), 'contradictory');
    assert.equal(reasonOf({ search: 'key=abc&key=abc' }), 'unreadable');
  });

  it('says that a key is missing only where none was tried', () => {
    assert.equal(reasonOf({}), 'missing');
    assert.equal(reasonOf({ search: 'key=' }), 'missing');
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'abc',
      basic('abc'),
      basic('a:b:c'),
      'Basic ???',
      'Digest x',
    ]) {
      assert.equal(reasonOf({ headers: { authorization } }), 'unreadable', authorization);
    }
  });

  it('does not read what is longer than any key', () => {
    const long = 'x'.repeat(100_000);
    assert.equal(reasonOf({ headers: { authorization: `Bearer ${long}` } }), 'unreadable');
    assert.equal(reasonOf({ headers: { 'x-api-key': long } }), 'unreadable');
    assert.equal(reasonOf({ search: `key=${long}` }), 'unreadable');
  });
});
