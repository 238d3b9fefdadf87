import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createNameBlob } from './name-blob.ts';

test('gives equal names one number, and the names back', () => {
  const names = fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 200 });
  fc.assert(
    fc.property(names, (some) => {
      const blob = createNameBlob();
      const numbers = some.map((name) => blob.place(name));
      assert.equal(blob.count, new Set(some.map((name) => JSON.stringify(name))).size);
      numbers.forEach((number, at) =>
        assert.equal(JSON.stringify(blob.nameOf(number)), JSON.stringify(some[at])),
      );
    }),
  );
});

test('lays names out in the order in which they are asked for, each once, ready to stand in JSON', () => {
  const blob = createNameBlob();
  const [first, second, third] = ['Paris', 'He said "no"', 'Åre'].map((name) => blob.place(name));
  const { start, length, bytes } = blob.layOut([third!, first!, third!, second!]);
  assert.equal(Buffer.from(bytes).toString(), 'ÅreParisHe said \\"no\\"');
  assert.deepEqual([...start], [4, 9, 0]);
  assert.deepEqual([...length], [5, 14, 4]);
});

test('goes on with names that were kept', () => {
  const kept = createNameBlob();
  const number = kept.place('Paris');
  const blob = createNameBlob(kept.parts());
  assert.equal(blob.place('Paris'), number);
  assert.equal(blob.place('Lyon'), number + 1);
});
