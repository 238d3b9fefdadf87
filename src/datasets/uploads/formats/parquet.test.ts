import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { failsWith, readAll, typesOf } from '../../../../test/support/uploaded-file.ts';
import { FormatError } from './format-error.ts';

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

  it('reads decimals, UUIDs and nested values, packed or not', async () => {
    for (const codec of ['UNCOMPRESSED', 'SNAPPY'] as const) {
      const buffer = parquetWriteBuffer({
        codec,
        schema: [
          { name: 'root', num_children: 4 },
          {
            name: 'd',
            type: 'FIXED_LEN_BYTE_ARRAY',
            type_length: 16,
            converted_type: 'DECIMAL',
            scale: 3,
            precision: 38,
            repetition_type: 'OPTIONAL',
          },
          {
            name: 'u',
            type: 'FIXED_LEN_BYTE_ARRAY',
            type_length: 16,
            logical_type: { type: 'UUID' },
            repetition_type: 'OPTIONAL',
          },
          { name: 'b', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
          { name: 'l', num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
          { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
          { name: 'element', type: 'INT64', repetition_type: 'OPTIONAL' },
        ],
        columnData: [
          { name: 'd', data: [12345678901234567890123456789n, -1n] },
          { name: 'u', data: ['00000000-0000-4000-8000-00000000000a', null] },
          { name: 'b', data: [Uint8Array.of(0, 255), Uint8Array.of()] },
          { name: 'l', data: [[9007199254740993n, 2n], []] },
        ],
      });
      const found = await readAll(new Uint8Array(buffer));
      assert.deepEqual(typesOf(found), ['numeric', 'uuid', 'bytea', 'json']);
      assert.deepEqual(found.rows, [
        [
          '12345678901234567890123456.789',
          '00000000-0000-4000-8000-00000000000a',
          '\\x00ff',
          '[9007199254740993,2]',
        ],
        ['-0.001', null, '\\x', '[]'],
      ]);
    }
  });

  it('refuses footers that lie, and whatever is broken, by a code of its own', async () => {
    const whole = Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'a', data: ['x', 'y'] }] }));
    const long = Buffer.from(whole);
    long.writeUInt32LE(0x7fffffff, long.length - 8);
    await assert.rejects(readAll(long), failsWith('parquet_invalid'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 9), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (changes) => {
          const broken = Buffer.from(whole);
          for (const [at, byte] of changes) broken[at] = byte;
          await readAll(broken, { format: 'parquet' }).catch((error: unknown) => {
            assert.ok(error instanceof FormatError, String(error));
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
