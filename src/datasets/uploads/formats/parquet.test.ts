import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { failsWith, readAll, typesOf } from '../../../../test/support/uploaded-file.ts';

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
