import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { connect } from './connection.ts';
import { copyOut, rowsOf } from './copy-out.ts';

describe('bytes by COPY', () => {
  it('come as they are, row by row, of any length, and not at all', async () => {
    const { connections } = await testDatabase();
    const client = await connect(connections.app, { name: 'test' });
    try {
      const rows = await copyOut(
        client,
        `select decode(repeat('00ff0a5c', n * 70000), 'hex') from generate_series(0, 3) as n order by n`,
      );
      assert.deepEqual(
        rows.map(({ length }) => length),
        [0, 280_000, 560_000, 840_000],
      );
      for (const row of rows)
        assert.ok(Buffer.from(row).equals(Buffer.alloc(row.length, Buffer.from('00ff0a5c', 'hex'))));
      assert.deepEqual(await copyOut(client, `select ''::bytea where false`), []);
      await assert.rejects(copyOut(client, 'select 1 / 0'), { code: '22012' });
      await assert.rejects(copyOut(client, 'select null::bytea'), /one column of bytes/);
      await assert.rejects(copyOut(client, `select ''::bytea, ''::bytea`), /one column of bytes/);
      assert.equal((await copyOut(client, `select '\\x01'::bytea`)).length, 1, 'the connection is whole');
    } finally {
      await client.end();
    }
  });

  it('are refused where they are cut or nothing of the kind', () => {
    const whole = Buffer.concat([
      Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
      Buffer.from('0000000000000000', 'hex'),
      Buffer.from('000100000002abcd', 'hex'),
      Buffer.from('ffff', 'hex'),
    ]);
    assert.deepEqual(
      rowsOf(whole).map((row) => Buffer.from(row).toString('hex')),
      ['abcd'],
    );
    for (let end = 0; end < whole.length; end += 1)
      assert.throws(() => rowsOf(whole.subarray(0, end)), `${end}`);
  });
});
