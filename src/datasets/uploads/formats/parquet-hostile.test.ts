import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { CompressionCodec, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';
import { parquetWriteBuffer } from 'hyparquet-writer';
import {
  pageOf,
  parquetFileOf,
  runOf,
  type RawChunk,
  type RawPage,
} from '../../../../test/support/parquet-file.ts';
import { readAlone } from '../../../../test/support/read-alone.ts';
import { failsWith, readAll } from '../../../../test/support/uploaded-file.ts';
import { LARGEST_PAGE, MOST_PAGE_VALUES } from './bounds.ts';
import { checkThrift } from './parquet-thrift.ts';

const MEBIBYTE = 1024 * 1024;

type Type = RawChunk['type'];

const column = (type: Type, more: Partial<SchemaElement> = {}): SchemaElement => ({
  name: 'a',
  type,
  repetition_type: 'REQUIRED',
  ...more,
});

/** One column, whose pages are as they are given. */
const fileOf = (
  element: SchemaElement,
  rows: number,
  pages: readonly RawPage[],
  codec: CompressionCodec = 'UNCOMPRESSED',
): Uint8Array =>
  parquetFileOf([element], rows, [
    { path: [element.name], type: element.type ?? 'INT32', pages, values: rows, codec },
  ]);

const PACK: Readonly<Partial<Record<CompressionCodec, (bytes: Uint8Array) => Uint8Array>>> = {
  BROTLI: (bytes) => brotliCompressSync(bytes),
  GZIP: (bytes) => gzipSync(bytes),
  ZSTD: (bytes) => zstdCompressSync(bytes),
};

const packed = (page: RawPage, codec: CompressionCodec = 'ZSTD'): RawPage => ({
  ...page,
  bytes: PACK[codec]?.(page.bytes) ?? page.bytes,
  unpacked: page.bytes.length,
});

const dictionaryOf = (count: number, bytes: Uint8Array): RawPage => ({
  header: { type: 'DICTIONARY_PAGE', dictionary_page_header: { num_values: count, encoding: 'PLAIN' } },
  bytes,
});

/** Rows that are all the value of one code. */
const codesOf = (rows: number, code = 0): RawPage =>
  pageOf(rows, [8, ...runOf(rows, code)], 'RLE_DICTIONARY');

const textOf = (text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};

const listOf = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

const int32s = (...values: readonly number[]): number[] => [
  ...new Uint8Array(Int32Array.from(values).buffer),
];

/** So large that it is not made before it is met. */
const LONG = 'x'.repeat(2_200_000);
const STRING = column('BYTE_ARRAY', { converted_type: 'UTF8' });

const INVALID = failsWith('parquet_invalid');

describe('hostile Parquet', () => {
  it('that names one long text in every row has it in memory once', () => {
    const pages = [packed(dictionaryOf(1, textOf(LONG))), packed(codesOf(10_000))];
    const bytes = fileOf(STRING, 10_000, pages, 'ZSTD');
    assert.ok(bytes.length < 3000, String(bytes.length));
    const { failure, grown } = readAlone(bytes);
    assert.equal(failure?.code, 'parquet_too_large');
    assert.match(failure?.message ?? '', /far larger than their file/);
    assert.ok(grown < 160 * MEBIBYTE, `${Math.round(grown / MEBIBYTE)} MiB`);
  });

  it('that names it in pages of one row each has it once, too', () => {
    const one = packed(codesOf(1));
    const pages = [packed(dictionaryOf(1, textOf(LONG))), ...listOf(200, () => one)];
    const { rows, failure, grown } = readAlone(fileOf(STRING, 200, pages, 'ZSTD'));
    assert.deepEqual([rows, failure], [200, undefined]);
    assert.ok(grown < 160 * MEBIBYTE, `${Math.round(grown / MEBIBYTE)} MiB`);
  });

  it('gives each row its own text of a dictionary that is not made at once', async () => {
    const texts = listOf(5, (index) => `${index}${LONG.slice(0, 1_000_000)}`);
    const codes = [0, 4, 4, 1, 0, 3, 1, 4, 2, 0];
    const bytes = Buffer.concat(texts.map(textOf));
    const pages = [0, 5].map((from) =>
      pageOf(5, [8, ...codes.slice(from, from + 5).flatMap((code) => runOf(1, code))], 'RLE_DICTIONARY'),
    );
    const found = await readAll(fileOf(STRING, 10, [dictionaryOf(5, bytes), ...pages]));
    assert.deepEqual(
      found.rows.map(([text]) => texts.indexOf(text ?? '')),
      codes,
    );
    await assert.rejects(readAll(fileOf(STRING, 1, [dictionaryOf(5, bytes), codesOf(1, 5)])), INVALID);
  });

  it('whose long texts stand in many pages is refused before they fill the memory', () => {
    for (const element of [STRING, column('BYTE_ARRAY')]) {
      const page = packed(pageOf(1, [...textOf(LONG)]));
      const bytes = fileOf(
        element,
        300,
        listOf(300, () => page),
        'ZSTD',
      );
      assert.ok(bytes.length < 100_000, String(bytes.length));
      const { failure, grown } = readAlone(bytes);
      assert.equal(failure?.code, 'parquet_too_large');
      assert.ok(grown < 260 * MEBIBYTE, `${Math.round(grown / MEBIBYTE)} MiB`);
    }
  });

  it('whose long texts are said in its footer is read a few rows at a time', () => {
    const bytes = new TextEncoder().encode(LONG);
    for (const [type, data] of [
      ['STRING', listOf(90, () => LONG)],
      ['BYTE_ARRAY', listOf(90, () => bytes)],
    ] as const) {
      const buffer = parquetWriteBuffer({
        columnData: [{ name: 'a', type, encoding: 'PLAIN', data: [...data] }],
        rowGroupSize: [70, 20],
        pageSize: 1,
      });
      const { rows, failure, grown } = readAlone(new Uint8Array(buffer));
      assert.deepEqual([rows, failure], [90, undefined]);
      assert.ok(grown < 190 * MEBIBYTE, `${type}: ${Math.round(grown / MEBIBYTE)} MiB`);
    }
  });

  it('whose dictionary has millions of moments or days makes those that are met', () => {
    const columns: readonly [SchemaElement, number][] = [
      [column('INT64', { converted_type: 'TIMESTAMP_MICROS' }), 8],
      [column('INT96'), 12],
      [column('INT32', { converted_type: 'DATE' }), 4],
    ];
    for (const [element, width] of columns) {
      const count = Math.min(MOST_PAGE_VALUES, Math.floor(LARGEST_PAGE / width));
      const pages = [packed(dictionaryOf(count, new Uint8Array(count * width))), packed(codesOf(10))];
      const { rows, failure, grown } = readAlone(fileOf(element, 10, pages, 'ZSTD'));
      assert.deepEqual([rows, failure], [10, undefined]);
      assert.ok(grown < 150 * MEBIBYTE, `${element.type}: ${Math.round(grown / MEBIBYTE)} MiB`);
    }
  });

  it('gives the same moments from a dictionary of any size', async () => {
    const values = listOf(50_000, (index) => BigInt(index) * 1_000_000n);
    const bytes = new Uint8Array(BigInt64Array.from(values).buffer);
    const element = column('INT64', { converted_type: 'TIMESTAMP_MICROS' });
    const codes = Uint8Array.of(0, 2, 0, 1);
    const page = pageOf(4, [8, ...[...codes].flatMap((code) => runOf(1, code))], 'RLE_DICTIONARY');
    const wanted = [...codes].map((code) => [`1970-01-01 00:00:0${code}+00`]);
    for (const count of [3, values.length]) {
      const dictionary = dictionaryOf(count, bytes.subarray(0, count * 8));
      assert.deepEqual((await readAll(fileOf(element, 4, [dictionary, page]))).rows, wanted);
    }
  });

  it('whose dictionary has fewer bytes than values is refused', async () => {
    const types: readonly (readonly [Type, Partial<SchemaElement>])[] = [
      ['INT32', {}],
      ['INT64', {}],
      ['INT96', {}],
      ['DOUBLE', {}],
      ['BOOLEAN', {}],
      ['BYTE_ARRAY', { converted_type: 'UTF8' }],
      ['FIXED_LEN_BYTE_ARRAY', { type_length: 3 }],
    ];
    for (const [type, more] of types)
      for (const count of [MOST_PAGE_VALUES, -1, 2 ** 31 - 1]) {
        const pages = [dictionaryOf(count, new Uint8Array(16)), codesOf(1)];
        await assert.rejects(
          readAll(fileOf(column(type, more), 1, pages)),
          /no Parquet file|more than/,
          type,
        );
      }
  });

  it('with values of no length, or another one than their type has, is refused', async () => {
    const page = pageOf(
      1,
      listOf(64, () => 1),
    );
    for (const length of [0, -1, 2 ** 31 - 1])
      for (const pages of [[page], [dictionaryOf(1, page.bytes), codesOf(1)]])
        await assert.rejects(
          readAll(fileOf(column('FIXED_LEN_BYTE_ARRAY', { type_length: length }), 1, pages)),
          INVALID,
        );
    for (const type of ['UUID', 'FLOAT16'] as const)
      await assert.rejects(
        readAll(
          fileOf(column('FIXED_LEN_BYTE_ARRAY', { type_length: 3, logical_type: { type } }), 1, [page]),
        ),
        INVALID,
      );
    const other = parquetFileOf([STRING], 1, [{ path: ['a'], type: 'INT64', pages: [page], values: 1 }]);
    await assert.rejects(readAll(other), INVALID);
  });

  it('with texts of no length makes no more of them than are asked for', () => {
    // Blocks of 128 differences, each of them 0.
    const zeros = [128, 1, 4, 0x80, 0x80, 0x80, 2, 0, ...listOf(40_000, () => [0, 0, 0, 0, 0]).flat()];
    const page = pageOf(MOST_PAGE_VALUES, zeros);
    const header = page.header.data_page_header;
    assert.ok(header);
    const delta: RawPage = {
      ...page,
      header: {
        ...page.header,
        data_page_header: { ...header, encoding: 'DELTA_LENGTH_BYTE_ARRAY' },
      },
    };
    const { rows, failure, grown } = readAlone(fileOf(STRING, 1000, [packed(delta)], 'ZSTD'));
    assert.deepEqual([rows, failure], [1000, undefined]);
    assert.ok(grown < 130 * MEBIBYTE, `${Math.round(grown / MEBIBYTE)} MiB`);
  });

  it('that unpacks to more than it says is refused when it is there', () => {
    const bomb = Buffer.alloc(150 * MEBIBYTE);
    for (const codec of ['GZIP', 'ZSTD', 'BROTLI'] as const) {
      const bytes = PACK[codec]?.(bomb) ?? bomb;
      const page: RawPage = { ...pageOf(1, []), bytes, unpacked: 100 };
      const { failure, grown } = readAlone(fileOf(STRING, 1, [page], codec));
      assert.equal(failure?.code, 'parquet_invalid', codec);
      assert.ok(grown < 60 * MEBIBYTE, `${codec}: ${Math.round(grown / MEBIBYTE)} MiB`);
    }
  });

  it('is read where its pages are packed in any way', async () => {
    for (const codec of ['GZIP', 'ZSTD', 'BROTLI'] as const) {
      const pages = [dictionaryOf(1, textOf('water')), codesOf(2), pageOf(1, [...textOf('')])];
      const bytes = fileOf(
        STRING,
        3,
        pages.map((page) => packed(page, codec)),
        codec,
      );
      assert.deepEqual((await readAll(bytes)).rows, [['water'], ['water'], ['']]);
    }
  });

  it('of which far more is unpacked than rows are made is refused', async () => {
    const unpacked = new Uint8Array(LARGEST_PAGE);
    const page = packed({ ...pageOf(1, []), bytes: unpacked });
    // Ten thousand million bytes in less than one million.
    const bytes = fileOf(
      column('INT32'),
      300,
      listOf(300, () => page),
      'ZSTD',
    );
    assert.ok(bytes.length < MEBIBYTE, String(bytes.length));
    await assert.rejects(
      readAll(bytes),
      failsWith('parquet_too_large', /pages are far larger than their file/),
    );
  });

  it('with page after page of nothing is refused', async () => {
    const empty = pageOf(0, []);
    const full = pageOf(1, int32s(7));
    const few = [...listOf(3, () => empty), full, ...listOf(3, () => empty), full];
    const found = await readAll(fileOf(column('INT32'), 2, few));
    assert.deepEqual(found.rows, [['7'], ['7']]);
    const many = [...listOf(100, () => empty), full];
    await assert.rejects(readAll(fileOf(column('INT32'), 1, many)), INVALID);
    // Nothing of it is unpacked.
    const unread: RawPage = { ...empty, bytes: Uint8Array.of(1), unpacked: LARGEST_PAGE };
    const one = await readAll(fileOf(column('INT32'), 1, [unread, packed(full)], 'ZSTD'));
    assert.deepEqual(one.rows, [['7']]);
  });
});

describe('lists in the headers of Parquet', () => {
  /** A struct whose field 15 is a list of lists of lists, each of which says to have so many elements. */
  const claiming = (count: number, deep: number): Uint8Array =>
    Uint8Array.from([0xf9, ...listOf(deep, () => [0xf9, ...runOf(count / 2)]).flat(), 0]);

  it('that are longer than their bytes are refused before there is room for them', async () => {
    assert.throws(() => {
      checkThrift(claiming(30_000_000, 1));
    }, INVALID);
    const page = pageOf(1, int32s(7));
    const good = Buffer.from(fileOf(column('INT32'), 1, [page]));
    const whole = (footer: Uint8Array): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(footer.length);
      return Buffer.concat([good.subarray(0, -8), footer, length, Buffer.from('PAR1')]);
    };
    const { failure, grown } = readAlone(whole(claiming(30_000_000, 8)));
    assert.equal(failure?.code, 'parquet_invalid');
    assert.ok(grown < 60 * MEBIBYTE, `${Math.round(grown / MEBIBYTE)} MiB`);
  });

  it('are gone through as the library does, whatever they hold', () => {
    const writer = new ByteWriter();
    serializeTCompactProtocol(writer, {
      field_1: 1,
      field_2: true,
      field_3: 2n ** 62n,
      field_4: [1, 2, 3],
      field_20: [{ field_1: 'a' }, {}],
      field_21: { field_1: { field_2: 'b' } },
    });
    const bytes = new Uint8Array(writer.getBytes());
    checkThrift(bytes);
    assert.throws(() => {
      checkThrift(bytes.subarray(0, -1));
    }, INVALID);
    // Structs in each other without end.
    assert.throws(() => {
      checkThrift(new Uint8Array(1000).fill(0x1c));
    }, INVALID);
  });
});
