import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readAll } from '../../../../test/support/uploaded-file.ts';
import type { DownloadColumn } from '../../../services/datasets/export/format-writer.ts';
import { unguardCell } from '../../../services/datasets/export/formula-guard.ts';
import { kindOf } from '../../../services/datasets/export/formats.ts';
import { canPassThrough } from './pass-through.ts';

const COLUMNS: readonly DownloadColumn[] = [
  { name: 'id', type: 'int8' },
  { name: 'text', type: 'text' },
  { name: 'price', type: 'numeric', facts: { scale: 2, isPlainTime: true } },
  { name: 'yes', type: 'bool' },
  { name: 'more', type: 'text' },
];

type Row = readonly [string, string | null, string | null, string | null, string | null];

const downloaded = async (
  format: Parameters<typeof kindOf>[0],
  rows: readonly Row[],
  isSafe = false,
): Promise<Buffer> => {
  const writer = (await kindOf(format)).open(COLUMNS, isSafe);
  const parts = [writer.begin(), writer.write(rows), writer.end()];
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
};

/** Texts as they are, the rest as JSON has it too. */
const asJson = (row: Row): Row =>
  row.map((cell, index) =>
    cell !== null && (index === 1 || index === 4) ? JSON.stringify(cell) : cell,
  ) as unknown as Row;

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      ',',
      '\n',
      '\r',
      '\t',
      '\\',
      '_',
      'x',
      '0',
      'D',
      '&',
      '<',
      '\uFEFF',
      "'",
      '=',
      ';',
      '|',
    ),
  }),
  fc.constantFrom('', '007', '_x000D_', '1e5', 'true', 'null', '=1+1', "'=1", '\u0001', '\uFFFF'),
);
const withoutNul = text.map((one) => one.replaceAll('\0', ''));
const orNothing = <Value>(one: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(one, { freq: 4 });
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  orNothing(withoutNul),
  orNothing(fc.integer({ min: 0, max: 1e9 }).map((cents) => (cents / 100).toFixed(2))),
  orNothing(fc.boolean().map(String)),
  orNothing(withoutNul),
);
const rows = fc.array(row, { minLength: 1, maxLength: 8 });

describe('our own downloads', () => {
  for (const format of ['csv', 'tsv', 'ndjson', 'parquet', 'xlsx'] as const)
    it(`come back cell by cell as ${format}`, async () => {
      await fc.assert(
        fc.asyncProperty(rows, async (all) => {
          const given = format === 'ndjson' ? all.map(asJson) : all;
          const found = await readAll(await downloaded(format, given), {
            format,
            ...(format === 'xlsx' ? { header: true } : {}),
            ...(format === 'csv' || format === 'tsv'
              ? {
                  encoding: 'utf-8',
                  dialect: {
                    delimiter: format === 'csv' ? ',' : '\t',
                    quote: '"',
                    escape: '"',
                    lineEnd: '\n',
                    header: true,
                  },
                }
              : format === 'ndjson'
                ? { encoding: 'utf-8' }
                : {}),
          });
          assert.deepEqual(found.rejected, []);
          assert.deepEqual(found.rows, all);
          if (format === 'parquet')
            assert.deepEqual(
              found.plan.columns.map(({ type }) => type),
              ['int8', 'text', 'numeric', 'bool', 'text'],
            );
        }),
        { numRuns: 150 },
      );
    });

  it('say in Parquet which types their columns had', async () => {
    const writer = (await kindOf('parquet')).open(
      [
        { name: 'a', type: 'int2' },
        { name: 'b', type: 'jsonb' },
        { name: 'c', type: 'uuid' },
      ],
      false,
    );
    const parts = [writer.begin(), writer.write([['1', '{"a": 1}', null]]), writer.end()];
    const found = await readAll(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
    assert.deepEqual(
      found.plan.columns.map(({ type }) => type),
      ['int2', 'jsonb', 'uuid'],
    );
    assert.deepEqual(found.rows, [['1', '{"a": 1}', null]]);
  });

  for (const format of ['csv', 'tsv'] as const)
    it(`come back cell by cell as ${format} that was guarded, where their uploader says so`, async () => {
      const delimiter = format === 'csv' ? ',' : '\t';
      await fc.assert(
        fc.asyncProperty(rows, async (all) => {
          const found = await readAll(
            await downloaded(format, all, true),
            {
              format,
              encoding: 'utf-8',
              dialect: { delimiter, quote: '"', escape: '"', lineEnd: '\n', header: true, guarded: true },
            },
            // Cells are met whole and in parts.
            7,
          );
          assert.equal(canPassThrough(found.plan), false);
          assert.deepEqual(found.rows, all);
        }),
        { numRuns: 100 },
      );
    });

  it('give the names of columns back without marks as well', async () => {
    const writer = (await kindOf('csv')).open([{ name: '=a', type: 'text' }], true);
    const file = `${String(writer.begin())}${String(writer.write([['=1']]))}`;
    const { plan, rows: found } = await readAll(file, { dialect: { guarded: true } });
    assert.deepEqual([plan.dialect?.guarded, plan.columns[0]?.name, found], [true, '=a', [['=1']]]);
  });

  it('keep their marks against formulas where nobody says so', async () => {
    const { plan, rows: found } = await readAll("a\n'=1\n", {});
    assert.deepEqual([plan.dialect?.guarded, found], [undefined, [["'=1"]]]);
  });

  it('keep their marks against formulas, which are taken away exactly', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const found = await readAll(await downloaded('csv', all, true), {
          format: 'csv',
          encoding: 'utf-8',
          dialect: { delimiter: ',', quote: '"', escape: '"', lineEnd: '\n', header: true },
        });
        const undone = found.rows.map((one) =>
          one.map((cell, index) =>
            cell !== null && (index === 1 || index === 4) ? unguardCell(cell) : cell,
          ),
        );
        assert.deepEqual(undone, all);
      }),
      { numRuns: 100 },
    );
  });
});
