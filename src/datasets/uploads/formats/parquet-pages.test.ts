import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readAlone } from '../../../../test/support/read-alone.ts';
import { failsWith, readAll } from '../../../../test/support/uploaded-file.ts';
import { LARGEST_PAGE } from './bounds.ts';
import { openRuns } from './parquet-runs.ts';

const MEBIBYTE = 1024 * 1024;

const listOf = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** One column of texts, in the encoding that is asked for. */
const textsOf = (data: string[], more: object = {}, column: object = {}): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: 'a', data, type: 'STRING', ...column }],
      codec: 'UNCOMPRESSED',
      ...more,
    }),
  );

/** Twelve rows as pyarrow writes them: pages of the first version, packed with Snappy, with dictionaries. */
const OF_PYARROW = Buffer.from(
  [
    'UEFSMRUEFZABFWBMFRIVABIAAEgEo/8JAQCqCQcE/7ENCAC4DQgAvw0IAMYNCADNDQg84v/////////p/////////xUAFSIVJiwV',
    'GBUQFQYVBhwAAAARQAMAAAAF/gwEBRAyVHYIAAAAFQQVKBUsTBUIFQASAAAUTAEAAABhAQAAAGICAAAAw7wAAAAAFQAVGBUcLBUY',
    'FRAVBhUGHAAAAAwsAgAAABgBAgXk5OQAFQAVEhUWLBUYFQAVBhUGHAAAAAkgAwAAAAXzDREAFQQVYBVkTBUYFQASAAAwvAAAAAAB',
    'AAAAAgAAAAMAAAAEAAAABQAAAAYAAAAHAAAACAAAAAkAAAAKAAAACwAAABUAFRQVGCwVGBUQFQYVBhwAAAAKJAQFEDJUdpi6AAAV',
    'BBUYFRxMFQYVABIAAAwsAAAAAAEAAAACAAAAFQAVMhU0LBUmFRAVBhUGHAAAABkgBAAAAAcwjAYHAQgszN/8/T8AAgWQkBAJFQQZ',
    'jDUAGAZzY2hlbWEVCgAVBCUCGAFpABUMJQIYAXMlAEwcAAAAFQAlAhgBYgAVAiUAGAFyADUCGANsc3QVAhUGTDwAAAA1BBgEbGlz',
    'dBUCABUCJQIYB2VsZW1lbnQAFhgZHBlcJgAcFQQZNQAGEBkYAWkVAhYYFvYBFsoBJoYBJggpLBUEFQAVAgAVABUQFQIAPCkGGSYG',
    'EgAAACYAHBUMGTUABhAZGAFzFQIWGBaCARaKASaaAibSASksFQQVABUCABUAFRAVAgA8FhgZBhkmABgAAAAmABwVABklBgAZGAFi',
    'FQIWGBY4Fjwm3AJJHBUAFQAVAgA8KQYZJgYSAAAAJgAcFQIZNQAGEBkYAXIVAhYYFrYBFr4BJpgEJpgDKSwVBBUAFQIAFQAVEBUC',
    'AAAAJgAcFQIZNQAGEBk4A2xzdARsaXN0B2VsZW1lbnQVAhYmFowBFpIBJo4FJtYEKSwVBBUAFQIAFQAVEBUCADwpJhgOGUYGBAAc',
    'AAAAFvIFFhgmCBbgBQAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjUuMC4xGVwcAAAcAAAcAAAcAAAcAAAAvAEAAFBBUjE=',
  ].join(''),
  'base64',
);

describe('pages of Parquet', () => {
  it('of the first version, as pyarrow writes them, are read', async () => {
    const found = await readAll(OF_PYARROW);
    assert.deepEqual(found.rows, [
      [null, 'a', 'true', '0', null],
      ['-93', 'b', 'false', '1', '[0]'],
      ['-86', 'ü', null, '2', null],
      ['-79', '', null, '3', '[0,1,2]'],
      ['-72', 'a', 'false', '4', '[]'],
      ['-65', 'b', 'false', '5', '[0]'],
      ['-58', 'ü', 'true', '6', null],
      ['-51', '', 'false', '7', '[0,1,2]'],
      [null, 'a', 'false', '8', '[]'],
      [null, 'b', null, '9', '[0]'],
      ['-30', 'ü', 'false', '10', '[0,1]'],
      ['-23', '', 'false', '11', '[0,1,2]'],
    ]);
  });

  it('give the same cells however they are cut and packed', async () => {
    const texts = ['', '0', 'a\tb', 'ü'.repeat(40), 'north', 'south', null];
    const row = fc.record({
      text: fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 12, unit: 'grapheme-ascii' })),
      big: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { freq: 3 }),
      int: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { freq: 3 }),
      whole: fc.integer({ min: 0, max: 5 }),
      yes: fc.option(fc.boolean(), { freq: 3 }),
    });
    const encodings = {
      text: [undefined, 'PLAIN', 'DELTA_BYTE_ARRAY', 'DELTA_LENGTH_BYTE_ARRAY'],
      number: [undefined, 'PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'],
      yes: [undefined, 'PLAIN', 'RLE'],
    } as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom('UNCOMPRESSED' as const, 'SNAPPY' as const),
        fc.constantFrom(...encodings.text),
        fc.constantFrom(...encodings.number),
        fc.constantFrom(...encodings.yes),
        async (rows, rowGroupSize, pageSize, codec, text, number, yes) => {
          const said = (encoding: string | undefined): object => (encoding === undefined ? {} : { encoding });
          const buffer = parquetWriteBuffer({
            codec,
            rowGroupSize,
            pageSize,
            columnData: [
              {
                name: 'text',
                data: rows.map((one) => one.text),
                type: 'STRING',
                nullable: true,
                ...said(text),
              },
              {
                name: 'big',
                data: rows.map((one) => one.big),
                type: 'INT64',
                nullable: true,
                ...said(number),
              },
              {
                name: 'int',
                data: rows.map((one) => one.int),
                type: 'INT32',
                nullable: true,
                ...said(number),
              },
              { name: 'whole', data: rows.map((one) => one.whole), type: 'INT32', nullable: false },
              {
                name: 'yes',
                data: rows.map((one) => one.yes),
                type: 'BOOLEAN',
                nullable: true,
                ...said(yes),
              },
            ],
          });
          const found = await readAll(new Uint8Array(buffer));
          assert.deepEqual(
            found.rows,
            rows.map((one) => [
              one.text,
              one.big === null ? null : String(one.big),
              one.int === null ? null : String(one.int),
              String(one.whole),
              one.yes === null ? null : String(one.yes),
            ]),
          );
          assert.deepEqual(found.rejected, []);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('give the same values of a fixed length in every encoding', async () => {
    const ids = listOf(300, (row) =>
      row % 7 === 0 ? null : `00000000-0000-4000-8000-${String(row % 90).padStart(12, '0')}`,
    );
    const numbers = listOf(300, (row) => (row % 5 === 0 ? null : BigInt(row * 1_000_003 - 99)));
    for (const encoding of [undefined, 'PLAIN', 'BYTE_STREAM_SPLIT'] as const) {
      const said = encoding === undefined ? {} : { encoding };
      const fixed = (name: string, more: Partial<SchemaElement>): SchemaElement => ({
        name,
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: 16,
        repetition_type: 'OPTIONAL',
        ...more,
      });
      const buffer = parquetWriteBuffer({
        schema: [
          { name: 'root', num_children: 2 },
          fixed('id', { logical_type: { type: 'UUID' } }),
          fixed('number', { converted_type: 'DECIMAL', scale: 2, precision: 38 }),
        ],
        columnData: [
          { name: 'id', data: ids, ...said },
          { name: 'number', data: numbers, ...said },
        ],
        pageSize: 400,
      });
      const cents = (value: bigint): string => String(value).replace(/(..)$/, '.$1');
      assert.deepEqual(
        (await readAll(new Uint8Array(buffer))).rows,
        ids.map((id, row) => [id, numbers[row] === null ? null : cents(numbers[row] ?? 0n)]),
        encoding,
      );
    }
  });

  it('are read one at a time: a row group of any size costs no more memory than a small one', () => {
    const rows = 400_000;
    const buffer = parquetWriteBuffer({
      rowGroupSize: rows,
      columnData: [
        { name: 'id', data: listOf(rows, BigInt), type: 'INT64' },
        { name: 'open', data: listOf(rows, (index) => index % 3 === 0), type: 'BOOLEAN' },
        { name: 'kind', data: listOf(rows, (index) => ['north', 'south', null][index % 3]), type: 'STRING' },
        ...listOf(3, (column) => ({
          name: `note ${column}`,
          data: listOf(
            rows,
            (index) => `drilled at ${(index * 7919) % 1_000_003}, column ${column}, and more of it`,
          ),
          type: 'STRING' as const,
        })),
      ],
      codec: 'UNCOMPRESSED',
    });
    assert.ok(buffer.byteLength > 50 * MEBIBYTE);
    const { grown, ...found } = readAlone(new Uint8Array(buffer));
    assert.deepEqual([found.rows, found.columns, found.failure], [rows, 6, undefined]);
    // Measured: 80 MiB, of which the look takes half to find out which cells are never there twice.
    assert.ok(grown < 160 * MEBIBYTE, `${Math.round(grown / MEBIBYTE)} MiB`);
  });

  it('that are too large are refused, with the bound and what helps', async () => {
    const wide = textsOf(
      listOf(40, () => 'x'.repeat(MEBIBYTE)),
      { pageSize: 1024 * MEBIBYTE },
      { encoding: 'PLAIN' },
    );
    await assert.rejects(
      readAll(wide),
      failsWith('parquet_too_large', new RegExp(`${LARGEST_PAGE}.*smaller pages`)),
    );
  });

  it('of which many are open at once are refused before they fill the memory', () => {
    const text = 'x'.repeat(MEBIBYTE);
    const wide = parquetWriteBuffer({
      columnData: listOf(10, (column) => ({
        name: `c${column}`,
        data: listOf(20, (row) => `${column} ${row} ${text}`),
        type: 'STRING' as const,
        encoding: 'PLAIN' as const,
      })),
      pageSize: 1024 * MEBIBYTE,
    });
    // Two hundred megabytes of the same letter, packed into ten.
    assert.ok(wide.byteLength < 20 * MEBIBYTE);
    const { failure, grown } = readAlone(new Uint8Array(wide));
    assert.equal(failure?.code, 'parquet_too_large');
    assert.match(failure?.message ?? '', /open at once.*smaller pages, or fewer rows/);
    assert.ok(grown < 260 * MEBIBYTE, `${Math.round(grown / MEBIBYTE)} MiB`);
  });

  it('whose texts repeat what stood before are refused before they are made', async () => {
    const prefix = 'x'.repeat(50_000);
    const bytes = textsOf(
      listOf(2000, (row) => `${prefix}${row}`),
      { pageSize: 1024 * MEBIBYTE },
      { encoding: 'DELTA_BYTE_ARRAY' },
    );
    assert.ok(bytes.length < MEBIBYTE);
    await assert.rejects(readAll(bytes), failsWith('parquet_too_large', /smaller pages/));
  });

  it('hold runs that lie about their length, of which no more is made than was asked for', () => {
    // Two thousand million times the number 7.
    const runs = openRuns(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x0f, 7), 0, 6, 3);
    const found = new Uint32Array(4);
    runs.read(found, 4);
    assert.deepEqual([...found], [7, 7, 7, 7]);
    assert.throws(() => openRuns(Uint8Array.of(3, 0xff), 0, 2, 8).read(found, 4), RangeError);
    // Once the number 4, in two bits.
    assert.throws(() => openRuns(Uint8Array.of(2, 4), 0, 2, 2).read(found, 1), RangeError);
    assert.throws(() => openRuns(Uint8Array.of(), 0, 0, 1).read(found, 1), RangeError);
  });
});
