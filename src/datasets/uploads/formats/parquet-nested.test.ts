import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import {
  levelsOf,
  pageOf,
  parquetFileOf,
  runOf,
  type RawChunk,
  type RawPage,
} from '../../../../test/support/parquet-file.ts';
import { readAlone } from '../../../../test/support/read-alone.ts';
import { failsWith, readAll } from '../../../../test/support/uploaded-file.ts';
import { MOST_PAGE_VALUES } from './bounds.ts';

const MEBIBYTE = 1024 * 1024;

const listOf = (name: string, ...element: readonly SchemaElement[]): SchemaElement[] => [
  { name, num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  ...element,
];
const leafOf = (
  name: string,
  type: 'INT64' | 'INT32' | 'DOUBLE' | 'BOOLEAN' | 'BYTE_ARRAY',
): SchemaElement => ({
  name,
  type,
  repetition_type: 'OPTIONAL',
  ...(type === 'BYTE_ARRAY' ? { converted_type: 'UTF8' as const } : {}),
});

const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 4 },
  leafOf('id', 'INT32'),
  ...listOf(
    'wells',
    { name: 'element', num_children: 3, repetition_type: 'OPTIONAL' },
    leafOf('depth', 'INT64'),
    ...listOf('tags', leafOf('element', 'BYTE_ARRAY')),
    { name: 'at', num_children: 2, repetition_type: 'OPTIONAL' },
    leafOf('x', 'DOUBLE'),
    leafOf('ok', 'BOOLEAN'),
  ),
  { name: 'counts', num_children: 1, converted_type: 'MAP', repetition_type: 'OPTIONAL' },
  { name: 'key_value', num_children: 2, repetition_type: 'REPEATED' },
  { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  leafOf('value', 'INT32'),
  { name: 'pair', num_children: 2, repetition_type: 'OPTIONAL' },
  leafOf('left', 'INT32'),
  ...listOf('right', ...listOf('element', leafOf('element', 'INT32'))),
];

/** JSON as this reader writes it: long integers keep their digits. */
const jsonOf = (value: unknown): string | null => {
  if (value === null) return null;
  const shown = (one: unknown): string => {
    if (typeof one === 'bigint') return String(one);
    if (Array.isArray(one)) return `[${one.map(shown).join(',')}]`;
    if (typeof one === 'object' && one !== null)
      return `{${Object.entries(one)
        .map(([name, member]) => `${JSON.stringify(name)}:${shown(member)}`)
        .join(',')}}`;
    return JSON.stringify(one);
  };
  return shown(value);
};

const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(value, { freq: 4 });
const texts = fc.oneof(fc.constantFrom('', 'ü', '"', 'north', '__proto__'), fc.string({ maxLength: 8 }));
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const rows = fc.array(
  fc.record({
    id: int,
    wells: optional(
      fc.array(
        optional(
          fc.record({
            depth: optional(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
            tags: optional(fc.array(optional(texts), { maxLength: 4 })),
            at: optional(
              fc.record({ x: optional(fc.constantFrom(0.5, -2, 1e21)), ok: optional(fc.boolean()) }),
            ),
          }),
        ),
        { maxLength: 5 },
      ),
    ),
    counts: optional(
      fc.uniqueArray(fc.tuple(texts, optional(int)), { maxLength: 4, selector: ([key]) => key }),
    ),
    pair: optional(
      fc.record({
        left: optional(int),
        right: optional(fc.array(optional(fc.array(optional(int), { maxLength: 3 })), { maxLength: 3 })),
      }),
    ),
  }),
  { minLength: 1, maxLength: 60 },
);

/** A list of numbers, of which the bytes say everything. */
const LIST = listOf('l', leafOf('element', 'INT64'));
const hostile = (pages: readonly RawPage[], values: number, count = 1): Uint8Array =>
  parquetFileOf(LIST, count, [{ path: ['l', 'list', 'element'], type: 'INT64', pages, values }]);

/** Two members of the structs of a list, whose chunks may say different things. */
const structs = (
  a: Omit<RawChunk, 'path' | 'type'>,
  b: Omit<RawChunk, 'path' | 'type'>,
  count = 1,
): Uint8Array =>
  parquetFileOf(
    listOf(
      'l',
      { name: 'element', num_children: 2, repetition_type: 'OPTIONAL' },
      leafOf('a', 'INT64'),
      leafOf('b', 'INT64'),
    ),
    count,
    [
      { ...a, path: ['l', 'list', 'element', 'a'], type: 'INT64' },
      { ...b, path: ['l', 'list', 'element', 'b'], type: 'INT64' },
    ],
  );

describe('lists, maps and structs of Parquet', () => {
  it('give the same JSON however they are cut and packed', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom('UNCOMPRESSED' as const, 'SNAPPY' as const),
        async (table, rowGroupSize, pageSize, codec) => {
          const buffer = parquetWriteBuffer({
            codec,
            rowGroupSize,
            pageSize,
            schema: SCHEMA,
            columnData: [
              { name: 'id', data: table.map(({ id }) => id) },
              { name: 'wells', data: table.map(({ wells }) => wells) },
              {
                name: 'counts',
                data: table.map(({ counts }) => counts?.map(([key, value]) => ({ key, value })) ?? null),
              },
              { name: 'pair', data: table.map(({ pair }) => pair) },
            ],
          });
          const found = await readAll(new Uint8Array(buffer), { format: 'parquet' });
          assert.deepEqual(
            found.rows,
            table.map(({ id, wells, counts, pair }) => [
              String(id),
              jsonOf(wells),
              counts === null
                ? null
                : `{${counts.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`,
              jsonOf(pair),
            ]),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keep what a value is: decimals, moments, identifiers and what is no number', async () => {
    const buffer = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 1 },
        { name: 's', num_children: 5, repetition_type: 'OPTIONAL' },
        {
          name: 'd',
          type: 'INT64',
          converted_type: 'DECIMAL',
          scale: 2,
          precision: 18,
          repetition_type: 'OPTIONAL',
        },
        {
          name: 'm',
          type: 'INT64',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
          repetition_type: 'OPTIONAL',
        },
        { name: 'f', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
        {
          name: 'u',
          type: 'FIXED_LEN_BYTE_ARRAY',
          type_length: 16,
          logical_type: { type: 'UUID' },
          repetition_type: 'OPTIONAL',
        },
        { name: 'b', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      ],
      columnData: [
        {
          name: 's',
          data: [
            {
              d: 12.34,
              m: new Date('2024-01-01T00:00:00.5Z'),
              f: Number.NaN,
              u: '00000000-0000-4000-8000-00000000000a',
              b: Uint8Array.of(0, 255),
            },
          ],
        },
      ],
    });
    const found = await readAll(new Uint8Array(buffer));
    assert.deepEqual(found.rows, [
      [
        '{"d":12.34,"m":"2024-01-01 00:00:00.5+00","f":"NaN","u":"00000000-0000-4000-8000-00000000000a","b":"\\\\x00ff"}',
      ],
    ]);
  });

  it('are read as they come: rows with many values, and many rows, cost no more memory', () => {
    const rowCount = 3000;
    const data = Array.from({ length: rowCount }, (_, row) =>
      Array.from({ length: 1000 }, (__, index) => BigInt(row * 1000 + index)),
    );
    const buffer = parquetWriteBuffer({
      schema: [{ name: 'root', num_children: 1 }, ...LIST],
      columnData: [{ name: 'l', data }],
      rowGroupSize: 10_000,
    });
    const { rows: read, grown, failure } = readAlone(new Uint8Array(buffer));
    assert.equal(failure, undefined);
    assert.equal(read, rowCount);
    assert.ok(grown < 200 * MEBIBYTE, `${Math.round(grown / MEBIBYTE)} MiB`);
  });

  describe('that lie', () => {
    const value = [7, 0, 0, 0, 0, 0, 0, 0];

    it('about the length of a run make no more than their page has', async () => {
      // One value, of which the levels say that there are a thousand million.
      const page = pageOf(1, [...levelsOf(runOf(1e9, 0)), ...levelsOf(runOf(1e9, 3)), ...value]);
      assert.deepEqual((await readAll(hostile([page], 1))).rows, [['[7]']]);
      const packed = pageOf(1, [...levelsOf(runOf(1, 0)), ...levelsOf([0xff, 0xff, 0xff, 0xff, 0x0f])]);
      await assert.rejects(readAll(hostile([packed], 1)), failsWith('parquet_invalid'));
    });

    it('about how many values there are cost little, whatever they say', () => {
      const most = (count: number): RawPage =>
        pageOf(count, [...levelsOf(runOf(count, 0)), ...levelsOf(runOf(count, 0))]);
      const of = (count: number, repetition: number): RawPage =>
        pageOf(count, [...levelsOf(runOf(count, repetition)), ...levelsOf(runOf(count, 1))]);
      const cases: readonly (readonly [string, Uint8Array, string | undefined])[] = [
        ['a page of too many', hostile([most(2 ** 31 - 1)], 2 ** 31 - 1), 'parquet_too_large'],
        [
          'a row of too many',
          hostile(
            [of(1, 0), ...Array.from({ length: 4 }, () => of(MOST_PAGE_VALUES, 1))],
            4 * MOST_PAGE_VALUES + 1,
          ),
          'parquet_too_large',
        ],
        ['more than there are', hostile([most(10)], 1e9, 1e9), 'parquet_invalid'],
        ['fewer than there are', hostile([most(10)], 5, 10), 'parquet_invalid'],
      ];
      for (const [name, bytes, code] of cases) {
        assert.ok(bytes.length < 1000, name);
        const { failure, grown } = readAlone(bytes);
        assert.equal(failure?.code, code, name);
        assert.ok(grown < 400 * MEBIBYTE, `${name}: ${Math.round(grown / MEBIBYTE)} MiB`);
      }
    });

    it('about their levels are refused', async () => {
      const one = (repetition: number, definition: number): number[] => [
        ...levelsOf(runOf(1, repetition)),
        ...levelsOf(runOf(1, definition)),
        ...value,
      ];
      const cases: readonly (readonly [string, Uint8Array])[] = [
        ['a row that goes on before it begins', hostile([pageOf(1, one(1, 3))], 1)],
        ['a list that is not there', hostile([pageOf(1, one(2, 3))], 1)],
        ['more than the whole path', hostile([pageOf(1, one(0, 7))], 1)],
        ['levels behind the page', hostile([pageOf(1, [0xff, 0xff, 0xff, 0x7f])], 1)],
        ['no levels', hostile([pageOf(1, [])], 1)],
        [
          'members of different lengths',
          structs(
            {
              pages: [
                pageOf(2, [
                  ...levelsOf([...runOf(1, 0), ...runOf(1, 1)]),
                  ...levelsOf(runOf(2, 4)),
                  ...value,
                  ...value,
                ]),
              ],
              values: 2,
            },
            { pages: [pageOf(1, one(0, 4))], values: 1 },
          ),
        ],
        [
          'members of which one is in a list that is empty',
          structs({ pages: [pageOf(1, one(0, 1))], values: 1 }, { pages: [pageOf(1, one(0, 4))], values: 1 }),
        ],
      ];
      for (const [name, bytes] of cases)
        await assert.rejects(readAll(bytes, { format: 'parquet' }), failsWith('parquet_invalid'), name);
    });

    it('about the depth of their groups are refused', async () => {
      const deep = Array.from({ length: 200 }, (_, index): SchemaElement => ({
        name: `g${index}`,
        num_children: 1,
        repetition_type: 'OPTIONAL',
      }));
      const bytes = parquetFileOf([...deep, leafOf('a', 'INT64')], 1, [
        {
          path: [...deep.map(({ name }) => name), 'a'],
          type: 'INT64',
          pages: [pageOf(1, [...levelsOf(runOf(1, 0, 0)), ...value])],
          values: 1,
        },
      ]);
      await assert.rejects(readAll(bytes), failsWith('parquet_too_large', /groups/));
    });

    it('or are broken in any byte, end with a code of their own', async () => {
      const whole = Buffer.from(
        parquetWriteBuffer({
          schema: SCHEMA,
          columnData: [
            { name: 'id', data: [1, 2] },
            { name: 'wells', data: [[{ depth: 1n, tags: ['a'], at: { x: 0.5, ok: true } }], []] },
            { name: 'counts', data: [[{ key: 'k', value: 1 }], null] },
            { name: 'pair', data: [{ left: 1, right: [[1], []] }, null] },
          ],
        }),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(whole.length - 9), fc.integer({ min: 0, max: 255 })), {
            minLength: 1,
            maxLength: 3,
          }),
          async (changes) => {
            const broken = Buffer.from(whole);
            for (const [at, byte] of changes) broken[at] = byte;
            await readAll(broken, { format: 'parquet' }).catch((error: unknown) => {
              assert.equal(
                (error as { constructor: { name: string } }).constructor.name,
                'FormatError',
                String(error),
              );
            });
          },
        ),
        { numRuns: 500 },
      );
    });
  });
});
