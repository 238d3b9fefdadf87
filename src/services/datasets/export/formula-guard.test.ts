import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { guardCell, unguardCell } from './formula-guard.ts';
import { CSV, TSV } from './text-formats.ts';

const cell = fc.string({ unit: fc.constantFrom(...`'"=+-@\t\r\n＝＋－＠;,|x1.e `.split('')), maxLength: 14 });
const NUMBER = /^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

describe('a mark against formulas', () => {
  it('stands wherever a spreadsheet may take something for the beginning of a cell', () => {
    fc.assert(
      fc.property(cell, (one) => {
        for (const piece of guardCell(one).split(/[;\t,|\r\n]/))
          assert.ok(!/^['"]*[=+\-@＝＋－＠]/.test(piece.replace(/^'/, 'x')) || NUMBER.test(piece), piece);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is taken away exactly', () => {
    fc.assert(
      fc.property(cell, (one) => assert.equal(unguardCell(guardCell(one)), one)),
      { numRuns: 20_000 },
    );
  });

  it('leaves numbers as they are, also where a comma parts two', () => {
    for (const one of ['-5', '+1.5e-3', '48.2,-16.3', 'a, b; c', 'plain']) assert.equal(guardCell(one), one);
  });

  it('guards what is split in another country, and quotes it', () => {
    const line = (kind: typeof CSV, text: string): string =>
      String(kind.open([{ name: 'c', type: 'text' }], true).write([[text]]));
    assert.equal(line(CSV, "x;=1+cmd|' /C calc'!A0"), `"x;'=1+cmd|' /C calc'!A0"\n`);
    assert.equal(line(CSV, 'x\t@a'), `"x\t'@a"\n`);
    assert.equal(line(TSV, 'x,+a'), `"x,'+a"\n`);
    assert.equal(line(CSV, 'x\n=a'), `"x\n'=a"\n`);
  });

  it('is in the texts of lists and documents too, and in the names of columns', () => {
    const kind = CSV.open(
      [
        { name: 'a;=b', type: 'text[]' },
        { name: 'b', type: 'tsvector' },
        { name: 'c', type: 'json' },
        { name: 'd', type: 'int4[]' },
      ],
      true,
    );
    assert.equal(kind.begin(), `"a;'=b",b,c,d\n`);
    assert.equal(
      kind.write([['{x;=1}', "'=1'", '["a;=1"]', '{1,-2}']]),
      `"{x;'=1}",''=1',"[""a;'=1""]","{1,-2}"\n`,
    );
  });
});
