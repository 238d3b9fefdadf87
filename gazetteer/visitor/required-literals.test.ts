import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { requiredLiterals } from './required-literals.ts';

describe('the literals that a pattern needs', () => {
  const cases: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ['Opera Mini', [['opera mini']]],
    ['(Chrome)/(\\d+)', [['chrome/']]],
    ['Mozilla.{1,200}Mobile', [['mozilla'], ['mobile']]],
    ['(?:Chimera|SeaMonkey)/', [['chimera/', 'seamonkey/']]],
    ['UC? ?Browser', [['ubrowser', 'u browser', 'ucbrowser', 'uc browser']]],
    ['[Bb]rave', [['brave']]],
    ['\\bWire\\b', [['wire']]],
    ['^(.{0,200})/(\\d+)', []],
    ['(?:abc|)', []],
    ['(?:abc|\\d+)', []],
    ['(?:abcd|bc)', [['bc']]],
    ['(?:ab){2,}', [['ab']]],
    ['a+b', []],
    ['é(?:abc)', [['abc']]],
  ];
  for (const [pattern, clauses] of cases) {
    it(`are known: ${pattern}`, () => {
      assert.deepEqual(requiredLiterals(pattern), clauses);
    });
  }

  it('stand in whatever the pattern matches', () => {
    const part = fc.constantFrom(
      'ab',
      'Cd',
      '[Ee]',
      '[^x]',
      '\\d',
      '.',
      '(?:gh|ij)',
      '(?:kl|)',
      '^',
      '\\b',
      '/',
      'm',
    );
    const times = fc.constantFrom('', '?', '+', '{0,2}', '{2}');
    const pattern = fc
      .array(fc.tuple(part, times), { minLength: 1, maxLength: 6 })
      .map((parts) =>
        parts.map(([one, often]) => (/^[\^\\]b?$/.test(one) ? one : `(?:${one})${often}`)).join(''),
      );
    const text = fc
      .array(fc.constantFrom('ab', 'Cd', 'E', 'e', '1', ' ', 'gh', 'ij', 'kl', '/', 'm', 'x'), {
        maxLength: 12,
      })
      .map((parts) => parts.join(''));
    let matches = 0;
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        if (!new RegExp(source, 'i').test(subject)) return;
        matches += 1;
        for (const clause of requiredLiterals(source)) {
          assert.ok(
            clause.some((literal) => subject.toLowerCase().includes(literal)),
            `${source} on ${subject}: ${clause.join()}`,
          );
        }
      }),
      { numRuns: 5_000 },
    );
    assert.ok(matches > 500, 'the property was put to the test');
  });
});
