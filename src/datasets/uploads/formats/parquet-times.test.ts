import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SchemaElement } from 'hyparquet';
import { pageOf, parquetFileOf, type RawPage } from '../../../../test/support/parquet-file.ts';
import { failsWith, readAll, typesOf } from '../../../../test/support/uploaded-file.ts';

const column = (
  type: NonNullable<SchemaElement['type']>,
  more: Partial<SchemaElement> = {},
): SchemaElement => ({
  name: 'a',
  type,
  repetition_type: 'REQUIRED',
  ...more,
});

/** One column of one page. */
const fileOf = (element: SchemaElement, rows: number, pages: readonly RawPage[]): Uint8Array =>
  parquetFileOf([element], rows, [{ path: ['a'], type: element.type ?? 'INT32', pages, values: rows }]);

const listOf = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

const int64s = (...values: readonly bigint[]): number[] => [
  ...new Uint8Array(BigInt64Array.from(values).buffer),
];
const int32s = (...values: readonly number[]): number[] => [
  ...new Uint8Array(Int32Array.from(values).buffer),
];

const INVALID = failsWith('parquet_invalid');
const TOO_LARGE = failsWith('parquet_too_large');

describe('days, moments and times of Parquet', () => {
  const rowsOf = async (
    element: SchemaElement,
    bytes: readonly number[],
    rows: number,
    type?: 'date' | 'time' | 'timestamp' | 'timestamptz',
  ) => {
    const file = fileOf(element, rows, [pageOf(rows, bytes)]);
    const found = await readAll(file, type === undefined ? {} : { columns: [{ type }] });
    return { rows: found.rows.map(([cell]) => cell), types: typesOf(found), rejected: found.rejected };
  };
  const DATE = column('INT32', { converted_type: 'DATE' });
  const moment = (unit: 'MILLIS' | 'MICROS' | 'NANOS', isAdjustedToUTC = false): SchemaElement =>
    column('INT64', { logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit } });
  const time = (unit: 'MICROS' | 'NANOS'): SchemaElement =>
    column('INT64', { logical_type: { type: 'TIME', isAdjustedToUTC: false, unit } });

  it('have a text wherever in time they are', async () => {
    const days = [0, -1, 59, 11_016, -719_162, -719_163, 2_932_896, 2_932_897, 2 ** 31 - 2, -(2 ** 31)];
    assert.deepEqual((await rowsOf(DATE, int32s(...days), days.length)).rows, [
      '1970-01-01',
      '1969-12-31',
      '1970-03-01',
      '2000-02-29',
      '0001-01-01',
      '0001-12-31 BC',
      '9999-12-31',
      '10000-01-01',
      '5881580-07-10',
      '5877642-06-23 BC',
    ]);
    const micros = [-1n, 2n ** 63n - 2n, -(2n ** 63n), -62_135_596_800_000_001n];
    assert.deepEqual((await rowsOf(moment('MICROS', true), int64s(...micros), 4)).rows, [
      '1969-12-31 23:59:59.999999+00',
      '294247-01-10 04:00:54.775806+00',
      '290309-12-21 19:59:05.224192+00 BC',
      '0001-12-31 23:59:59.999999+00 BC',
    ]);
    // Days of the Julian period and nanoseconds of the day.
    const int96 = [...int64s(1n), ...int32s(2_440_588), ...int64s(0n), ...int32s(2 ** 31 - 1)];
    assert.deepEqual((await rowsOf(column('INT96'), int96, 2)).rows, [
      '1970-01-01 00:00:00.000000001',
      '5874898-06-03 00:00:00',
    ]);
  });

  it('are the same days as those of the calendar that JavaScript has', async () => {
    const days = listOf(20_000, (index) => -2_000_000 + index * 251);
    const { rows } = await rowsOf(DATE, int32s(...days), days.length);
    const year = (value: number): string => String(value > 0 ? value : 1 - value).padStart(4, '0');
    assert.deepEqual(
      rows,
      days.map((day) => {
        const date = new Date(day * 86_400_000);
        const rest = date.toISOString().slice(-19, -14);
        const full = date.getUTCFullYear();
        return `${year(full)}-${rest}${full > 0 ? '' : ' BC'}`;
      }),
    );
  });

  it('that DuckDB writes for its infinities are those of PostgreSQL', async () => {
    const last = 2 ** 31 - 1;
    assert.deepEqual((await rowsOf(DATE, int32s(last, -last), 2)).rows, ['infinity', '-infinity']);
    const end = 2n ** 63n - 1n;
    for (const unit of ['MILLIS', 'MICROS'] as const)
      assert.deepEqual((await rowsOf(moment(unit), int64s(end, -end), 2)).rows, ['infinity', '-infinity']);
    assert.deepEqual((await rowsOf(moment('NANOS'), int64s(end), 1)).rows, ['2262-04-11 23:47:16.854775807']);
  });

  it('beyond what their type takes cost their row alone', async () => {
    const found = await rowsOf(moment('MICROS'), int64s(0n, 2n ** 63n - 2n, 2n ** 63n - 1n), 3, 'timestamp');
    assert.deepEqual(found, {
      rows: ['1970-01-01 00:00:00'],
      types: ['timestamp'],
      rejected: [2, 3].map((line) => ({ line, column: 'a', reason: 'The cell is no timestamp.' })),
    });
    const days = await rowsOf(DATE, int32s(2 ** 31 - 2, 1), 2, 'date');
    assert.deepEqual(days.rejected, [{ line: 1, column: 'a', reason: 'The cell is no date.' }]);
    assert.deepEqual(days.rows, ['1970-01-02']);
  });

  it('of a day end with it', async () => {
    const day = 86_400_000_000n;
    const values = [0n, day - 1n, day, day + 1n, 100n * 3_600_000_000n, -1n, -day, 2n ** 63n - 1n];
    const shown = [
      '00:00:00',
      '23:59:59.999999',
      '24:00:00',
      '24:00:00.000001',
      '100:00:00',
      '-00:00:00.000001',
      '-24:00:00',
      '2562047788:00:54.775807',
    ];
    assert.deepEqual((await rowsOf(time('MICROS'), int64s(...values), 8)).rows, shown);
    const chosen = await rowsOf(time('MICROS'), int64s(0n, -1n, day + 1n), 3, 'time');
    assert.deepEqual(chosen, {
      rows: ['00:00:00'],
      types: ['time'],
      rejected: [2, 3].map((line) => ({ line, column: 'a', reason: 'The cell is no time.' })),
    });
    const nanos = await rowsOf(time('NANOS'), int64s(day * 1000n, 1n), 2);
    assert.deepEqual(nanos.rows, ['24:00:00', '00:00:00.000000001']);
  });
});

describe('decimals of Parquet', () => {
  const decimal = (scale: number, precision?: number): SchemaElement[] => [
    column('INT32', { converted_type: 'DECIMAL', scale, ...(precision === undefined ? {} : { precision }) }),
    column('INT32', { logical_type: { type: 'DECIMAL', scale, precision: precision ?? 9 } }),
  ];

  it('with a scale that there is none of are refused', async () => {
    const page = pageOf(1, int32s(-1234));
    for (const element of decimal(2, 9))
      assert.deepEqual((await readAll(fileOf(element, 1, [page]))).rows, [['-12.34']]);
    for (const element of [...decimal(-2, 9), ...decimal(10, 9), ...decimal(2 ** 31 - 1)])
      await assert.rejects(readAll(fileOf(element, 1, [page])), INVALID);
  });

  it('with more digits than a number has are refused before they are written', async () => {
    const element = column('BYTE_ARRAY', { converted_type: 'DECIMAL', scale: 2, precision: 38 });
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.alloc(2_000_000, 7)]);
    bytes.writeUInt32LE(2_000_000);
    await assert.rejects(readAll(fileOf(element, 1, [pageOf(1, [...bytes])])), TOO_LARGE);
  });
});

describe('well-known binary in Parquet', () => {
  it('stays the bytes that it is', async () => {
    const element = column('BYTE_ARRAY', { logical_type: { type: 'GEOMETRY' } });
    const point = Buffer.concat([Buffer.from([1, 1, 0, 0, 0]), Buffer.alloc(16)]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(point.length);
    const found = await readAll(fileOf(element, 1, [pageOf(1, [...length, ...point])]));
    assert.deepEqual([typesOf(found), found.rows], [['bytea'], [[`\\x${point.toString('hex')}`]]]);
  });
});
