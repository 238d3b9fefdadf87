import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { zipSync, strToU8 } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { testDatabase } from '../../../../test/support/database.ts';
import type { ByteSource, Corrections, FilePlan, Rejection } from './contract.ts';
import { FormatError } from './format-error.ts';
import { columnNames } from './headings.ts';
import { lookAtFile } from './look-at-file.ts';
import { readRows } from './read-rows.ts';

const sourceOf = (content: string | Uint8Array, step = 1 << 20): ByteSource => {
  const bytes = Buffer.from(content as string);
  return {
    length: bytes.length,
    pieces: async function* () {
      for (let at = 0; at < bytes.length; at += step)
        yield await Promise.resolve(bytes.subarray(at, at + step));
    },
    read: (from, to) => Promise.resolve(bytes.subarray(from, to)),
  };
};

interface Found {
  readonly plan: FilePlan;
  readonly rows: (string | null)[][];
  readonly rejected: Rejection[];
  readonly copied: string;
}

const LETTERS: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

/** What COPY makes of its text format (PostgreSQL manual, COPY). */
const uncopy = (copied: string): (string | null)[][] =>
  copied
    .split('\n')
    .slice(0, -1)
    .map((line) =>
      line
        .split('\t')
        .map((cell) =>
          cell === '\\N' ? null : cell.replaceAll(/\\(.)/g, (_, c: string) => LETTERS[c] ?? c),
        ),
    );

const readAll = async (
  content: string | Uint8Array,
  corrections: Corrections = {},
  step?: number,
): Promise<Found> => {
  const source = sourceOf(content, step);
  const plan = await lookAtFile(source, { corrections });
  const rejected: Rejection[] = [];
  const parts: Buffer[] = [];
  for await (const part of readRows(source, plan, { onRejected: (one) => rejected.push(one) }))
    parts.push(part);
  const copied = Buffer.concat(parts).toString();
  return { plan, rows: uncopy(copied), rejected, copied };
};

const failsWith = (code: string, message?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof FormatError, String(error));
  assert.equal(error.code, code);
  if (message !== undefined) assert.match(error.message, message);
  return true;
};

const typesOf = ({ plan }: Found): string[] => plan.columns.map(({ type }) => type);

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

describe('a chosen type', () => {
  it('lets nothing through that PostgreSQL refuses', async () => {
    const { superuser } = await testDatabase();
    const types = [
      'int2',
      'int4',
      'int8',
      'numeric',
      'float4',
      'float8',
      'bool',
      'date',
      'time',
      'timetz',
      'timestamp',
      'timestamptz',
      'interval',
      'uuid',
      'json',
      'jsonb',
      'bytea',
      'inet',
      'int4range',
      'numrange',
      'daterange',
      'tstzrange',
      'tsvector',
      'int4[]',
      'text[]',
    ] as const;
    const near = fc.constantFrom(
      '1',
      '-1',
      '32768',
      '1e400',
      '1e-400',
      '1e39',
      '0x1',
      '1_000',
      'NaN',
      'Infinity',
      'on',
      'T',
      '2024-13-01',
      '2024-02-30',
      '0000-01-01',
      '24:00:00',
      '12:00',
      '12:00Z',
      '2024-01-01T00:00:00Z',
      '2024-01-01 00:00+15',
      'P1Y2M',
      'PT',
      'P',
      '1 day',
      '2024-01-01',
      '2024-01-01 10:00:00',
      '{"a":"\\u0000"}',
      '{"a":1e999999}',
      '[1',
      '\\x0',
      '\\xff',
      '10.0.0.1/33',
      '10.0.0.1',
      '::1/64',
      '[1,2)',
      '[2,1)',
      '(1,2147483647]',
      '[,]',
      'empty',
      '{1,2}',
      '{1,}',
      '{a,"b c"}',
      '{null}',
      'a b',
      "a'b",
      '[2024-01-01,9999-12-31]',
      '00000000-0000-0000-0000-00000000000A',
    );
    const cell = fc.oneof(
      near,
      fc.string({ maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'0123456789-+.:eTZ {}[](),"\\'.split('')), maxLength: 12 }),
    );
    const { isReadable } = await import('./readable.ts');
    const passed = new Map<string, Set<string>>();
    for (const text of [...fc.sample(cell, 3000), ...fc.sample(near, 500)])
      for (const type of types)
        if (!text.includes('\0') && isReadable(type, text))
          passed.set(type, (passed.get(type) ?? new Set()).add(text));
    for (const [type, texts] of passed) {
      const rows = await superuser(`select t from unnest($1::text[]) t where not pg_input_is_valid(t, $2)`, [
        [...texts],
        type,
      ]);
      assert.deepEqual(rows, [], type);
    }
    assert.equal(passed.size, types.length);
  });

  it('prints again byte for byte what was found to be of it', async () => {
    const { superuser } = await testDatabase();
    const digits = fc.string({
      unit: fc.constantFrom(...'0123456789-+.eTE: '.split('')),
      minLength: 1,
      maxLength: 24,
    });
    const cells = fc.sample(
      fc.oneof(
        digits,
        fc.double().map(String),
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
        fc
          .date({ noInvalidDate: true })
          .map((d) => d.toISOString().replace('T', ' ').replace('.000Z', '+00')),
      ),
      1500,
    );
    const found = await Promise.all(
      cells.map(async (one) => ({
        one,
        type:
          (await lookAtFile(sourceOf(`x,y\n"${one}",w\n`), { corrections: { format: 'csv' } })).columns[0]
            ?.type ?? 'text',
      })),
    );
    for (const type of new Set(found.map((one) => one.type))) {
      if (type === 'bool') continue;
      const texts = found.filter((one) => one.type === type).map(({ one }) => one);
      const rows = await superuser(
        `select t, (t::${type})::text as p from unnest($1::text[]) t where ${type === 'timestamptz' ? "to_char(t::timestamptz at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00' <> t" : `(t::${type})::text <> t`}`,
        [texts],
      );
      assert.deepEqual(rows, [], type);
    }
  });
});

describe('JSON', () => {
  it('keeps digits, texts and nested values as they stand', async () => {
    const lines = [
      '{"a":12345678901234567890,"b":"007","c":{"z": [1.50]}}',
      '{"a":1.50,"b":"x\\ny","d":null}',
    ];
    for (const text of [`${lines.join('\n')}\n`, `[${lines.join(',\n')}]`]) {
      const found = await readAll(text, {}, 7);
      assert.deepEqual(typesOf(found), ['numeric', 'text', 'json', 'text']);
      assert.deepEqual(found.rows, [
        ['12345678901234567890', '007', '{"z": [1.50]}', null],
        ['1.50', 'x\ny', null, null],
      ]);
    }
  });

  it('refuses what is broken or too deep', async () => {
    await assert.rejects(readAll('[{"a":1}', { format: 'json' }), failsWith('json_invalid'));
    await assert.rejects(readAll('[{"a":01}]', { format: 'json' }), failsWith('json_invalid'));
    await assert.rejects(readAll(`[{"a":${'['.repeat(1000)}`, { format: 'json' }), failsWith('too_deep'));
  });
});

describe('Parquet', () => {
  it('gives exact texts of every type', async () => {
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'big', data: [9007199254740993n, -1n, null], type: 'INT64' },
        { name: 'text', data: ['007', '', null], type: 'STRING' },
        { name: 'double', data: [0.1, 1e-7, 1e21], type: 'DOUBLE' },
        { name: 'yes', data: [true, false, null], type: 'BOOLEAN' },
        { name: 'when', data: [new Date('2024-01-01T00:00:00.5Z'), null, null], type: 'TIMESTAMP' },
      ],
    });
    const found = await readAll(new Uint8Array(buffer));
    assert.deepEqual(typesOf(found), ['int8', 'text', 'float8', 'bool', 'timestamptz']);
    assert.deepEqual(found.rows, [
      ['9007199254740993', '007', '0.1', 'true', '2024-01-01 00:00:00.5+00'],
      ['-1', '', '1e-07', 'false', null],
      [null, null, '1e+21', null, null],
    ]);
    await assert.rejects(readAll(new Uint8Array(buffer).subarray(0, 60)), failsWith('parquet_invalid'));
  });
});

const workbook = (sheet: string, more: Record<string, string> = {}): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries({
        'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="One" r:id="i"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels':
          '<Relationships><Relationship Id="i" Target="worksheets/sheet1.xml"/></Relationships>',
        'xl/worksheets/sheet1.xml': sheet,
        ...more,
      }).map(([name, text]) => [name, strToU8(text)]),
    ),
  );

describe('XLSX', () => {
  it('reads texts, digits, dates and gaps', async () => {
    const sheet =
      '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c><c r="C1" t="s"><v>1</v></c></row><row r="3"><c r="A3"><v>1.5</v></c><c r="C3" s="1"><v>45292</v></c></row></sheetData></worksheet>';
    const found = await readAll(
      workbook(sheet, {
        'xl/sharedStrings.xml': '<sst><si><t>a_x000D_</t></si><si><r><t>c</t></r><r><t>d</t></r></si></sst>',
        'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
      }),
    );
    assert.deepEqual(
      found.plan.profile.map(({ heading }) => heading),
      ['a\r', 'b', 'cd'],
    );
    assert.deepEqual(typesOf(found), ['numeric', 'text', 'date']);
    assert.deepEqual(found.rows, [['1.5', null, '2024-01-01']]);
  });

  it('refuses bombs', async () => {
    const bomb = workbook(`<worksheet><sheetData>${' '.repeat(30_000_000)}</sheetData></worksheet>`);
    await assert.rejects(readAll(bomb), failsWith('xlsx_too_large'));
    const entities = workbook('<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>');
    await assert.rejects(readAll(entities), failsWith('xlsx_invalid'));
  });
});

describe('names of columns', () => {
  it('are never empty, twice, too long or ours', () => {
    const names = columnNames(['a', 'a', '', 'vouchsafe:row', 'x'.repeat(100), 'ctid', '"; drop', 'a\nb']);
    assert.equal(new Set(names).size, 8);
    assert.ok(
      names.every((name) => name !== '' && Buffer.byteLength(name) <= 63 && !name.startsWith('vouchsafe:')),
    );
    assert.equal(names[6], '"; drop');
  });
});
