import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLiteralFinder } from './literal-finder.ts';

const findAll = (literals: readonly string[], text: string): string[] => {
  const finder = createLiteralFinder(literals);
  const found = new Uint16Array(literals.length);
  // Twice: nothing may be left from one text to the next.
  finder.find('ushers and heirs', found);
  const size = finder.find(text, found);
  return [...found.subarray(0, size)].map((number) => literals[number]!);
};

describe('finding literals', () => {
  it('finds those that overlap and those within others, each once', () => {
    assert.deepEqual(findAll(['he', 'she', 'his', 'hers', 'x'], 'ushers, she').toSorted(), [
      'he',
      'hers',
      'she',
    ]);
  });

  it('takes capital letters for small ones and leaves other scripts alone', () => {
    assert.deepEqual(findAll(['chrome', 'ſ'.normalize('NFKD'), '/'], 'CHROME\u212A/1 ſ'), ['chrome', '/']);
  });

  it('refuses literals that are not ASCII', () => {
    assert.throws(() => createLiteralFinder(['é']), RangeError);
  });

  it('finds what looking for each alone finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/'), minLength: 1, maxLength: 5 });
    const text = fc.string({ unit: fc.constantFrom('a', 'B', 'b', 'C', 'c', '/', 'é', 'x'), maxLength: 40 });
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 30 }), text, (literals, subject) => {
        assert.deepEqual(
          findAll(literals, subject).toSorted(),
          literals.filter((literal) => subject.toLowerCase().includes(literal)).toSorted(),
        );
      }),
    );
  });
});
