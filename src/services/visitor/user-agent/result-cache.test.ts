import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createKeyedHash } from './keyed-hash.ts';
import { createResultCache } from './result-cache.ts';

const hash = createKeyedHash(Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2));

describe('the memory of results', () => {
  it('makes a result once, and again after all was forgotten', () => {
    let made = 0;
    const cache = createResultCache(8, hash, (text) => ({ length: text.length, made: (made += 1) }));
    assert.equal(cache.read('abc'), cache.read('abc'));
    assert.equal(made, 1);
    assert.equal(cache.size(), 1);
    cache.clear();
    assert.equal(cache.size(), 0);
    assert.deepEqual(cache.read('abc'), { length: 3, made: 2 });
  });

  it('holds no more than four results a set, however many it is asked for', () => {
    const cache = createResultCache(2, hash, (text) => text.length);
    for (let index = 0; index < 1_000; index += 1) cache.read(`visitor ${index}`);
    assert.equal(cache.size(), 8);
  });

  it('always answers what making it anew would', () => {
    const cache = createResultCache(4, hash, (text) => text.toUpperCase());
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 60 }), (texts) => {
        for (const text of texts) assert.equal(cache.read(text), text.toUpperCase());
      }),
    );
  });

  it('is of a size that bits can choose from', () => {
    assert.throws(() => createResultCache(3, hash, String), RangeError);
  });
});
