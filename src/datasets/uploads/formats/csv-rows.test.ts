import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failsWith, readAll, typesOf } from '../../../../test/support/uploaded-file.ts';

describe('a file of text in columns', () => {
  it('keeps every cell, whatever stands in it and however the file arrives', async () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\\', 'a', ';', "'") }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, step) => {
          const clean = rows.map((row) => row.map((one) => one?.replaceAll('\0', '') ?? null));
          const quoted = clean.map((row) =>
            row.map((one) => (one === null ? '' : `"${one.replaceAll('"', '""')}"`)).join(','),
          );
          const dialect = { delimiter: ',', quote: '"', escape: '"', lineEnd: '\n', header: true } as const;
          const found = await readAll(
            `a,b,c\n${quoted.join('\n')}\n`,
            { format: 'csv', encoding: 'utf-8', dialect },
            step,
          );
          assert.deepEqual(found.rejected, []);
          assert.deepEqual(found.rows, clean);
        },
      ),
    );
  });

  it('reads what RFC 4180 and its odd relatives allow', async () => {
    const cases: [string, (string | null)[][]][] = [
      ['a,b\r\n1,2\r\n', [['1', '2']]],
      ['a,b\n1,2', [['1', '2']]],
      ['a,b\r1,2\r', [['1', '2']]],
      ['a,b\n"1 ""x""","y\nz"\n', [['1 "x"', 'y\nz']]],
      ['a,b\n"",\n', [['', null]]],
      [
        'a;b\n1,5;2\n2,5;3\n',
        [
          ['1,5', '2'],
          ['2,5', '3'],
        ],
      ],
      ['a\tb\n1\tx y\n', [['1', 'x y']]],
      ['\uFEFFa,b\n1,2\n', [['1', '2']]],
      ['a,b\n\n1,2\n\n', [['1', '2']]],
      ['a,b\n5" pipe,x\n', [['5" pipe', 'x']]],
    ];
    for (const [text, rows] of cases)
      assert.deepEqual((await readAll(text)).rows, rows, JSON.stringify(text));
  });

  it('finds the narrowest type under which nothing is lost', async () => {
    const type = async (...cells: string[]): Promise<string | undefined> =>
      typesOf(await readAll(`x,y\n${cells.map((one) => `${one},word`).join('\n')}\n`))[0];
    assert.equal(await type('1', '-5'), 'int4');
    assert.equal(await type('1', '2147483648'), 'int8');
    assert.equal(await type('9223372036854775808'), 'numeric');
    assert.equal(await type('1.50', '2'), 'numeric');
    assert.equal(await type('0.5', '1e-05'), 'float8');
    assert.equal(await type('0.50', '1e-05'), 'text');
    for (const text of ['007', '+1', '-0', '.5', '1e3', '1.', 'NA', '-0.0', ' 1', 'True'])
      assert.equal(await type('1', text), 'text', text);
    assert.equal(await type('true', 'false'), 'bool');
    assert.equal(await type('2024-02-29'), 'date');
    assert.equal(await type('2023-02-29'), 'text');
    assert.equal(await type('2024-01-01 00:00:00.5'), 'timestamp');
    assert.equal(await type('2024-01-01 00:00:00+00'), 'timestamptz');
    assert.equal(await type('2024-01-01 00:00:00+02'), 'text');
  });

  it('says where a file breaks off', async () => {
    await assert.rejects(readAll(''), failsWith('empty_file'));
    await assert.rejects(
      readAll('a,b\n1,2\n3,"x\n5,6\n', { format: 'csv', dialect: { delimiter: ',' } }),
      failsWith('unterminated_quote', /line 3/),
    );
    await assert.rejects(
      readAll(`a,b\n1,${'x'.repeat(11_000_000)}\n`),
      failsWith('cell_too_long', /line 2, column 2/),
    );
    await assert.rejects(
      readAll(Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(',')),
      failsWith('too_many_columns'),
    );
    const wrong = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xff]), Buffer.from('\n')]);
    await assert.rejects(readAll(wrong, { encoding: 'utf-8' }), failsWith('invalid_bytes', /byte 6/));
  });

  it('hands rows back that do not fit, with their line', async () => {
    const found = await readAll('a,b\n1,2\n3\n4,"5"x\n6,\u0000\n7,8\n', {
      columns: [null, { type: 'text' }],
    });
    assert.deepEqual(found.rows, [
      ['1', '2'],
      ['7', '8'],
    ]);
    assert.deepEqual(
      found.rejected.map(({ line }) => line),
      [3, 4, 5],
    );
  });

  it('reads other encodings', async () => {
    const wide = Buffer.from('\uFEFFa,b\nå,€\n', 'utf16le');
    assert.deepEqual((await readAll(wide)).rows, [['å', '€']]);
    assert.deepEqual((await readAll(Buffer.from(wide).swap16())).rows, [['å', '€']]);
    const western = Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0xe5, 0x2c, 0x80, 0x0a]);
    assert.deepEqual((await readAll(western)).rows, [['å', '€']]);
  });
});
