import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectPlain, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { TLSSocket } from 'node:tls';
import { testDatabase } from '../../test/support/database.ts';
import { ensureLocalCertificate } from '../http/local-ca.ts';
import { connect } from './connection.ts';
import { CopiedRows, copyOut } from './copy-out.ts';

/** Speaks TLS for a database that does not (PostgreSQL manual, “SSL Session Encryption”); gives where, and whom to trust. */
const behindTls = async (
  t: TestContext,
  database: { readonly host: string; readonly port: number },
): Promise<{ readonly port: number; readonly ca: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-tls-'));
  const { caPath, certPath, keyPath } = await ensureLocalCertificate(folder, { now: Date.now() });
  const [ca, cert, key] = [caPath, certPath, keyPath].map((path) => readFileSync(path, 'utf8'));
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write('S');
      const outside = new TLSSocket(socket, { isServer: true, cert: cert ?? '', key: key ?? '' });
      const inside = connectPlain(join(database.host, `.s.PGSQL.${database.port}`));
      for (const end of [outside, inside]) end.on('error', () => undefined);
      outside.pipe(inside).pipe(outside);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { port: (server.address() as AddressInfo).port, ca: ca ?? '' };
};

describe('bytes by COPY', () => {
  it('come through TLS as well, one row after another', async (t) => {
    const { connections } = await testDatabase();
    const { port, ca } = await behindTls(t, connections.app);
    const client = await connect(
      { ...connections.app, host: 'localhost', port, tls: { ca } },
      { name: 'test' },
    );
    try {
      for (const count of [1, 3, 40])
        assert.deepEqual(
          (
            await copyOut(
              client,
              `select repeat('x', n * 1000)::bytea from generate_series(1, ${count}) as n`,
            )
          ).map(({ length }) => length),
          Array.from({ length: count }, (_, index) => (index + 1) * 1000),
        );
    } finally {
      await client.end();
    }
  });

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

  it('leave what others are told on the same connection to them', async () => {
    const { connections } = await testDatabase();
    const client = await connect(connections.app, { name: 'test' });
    try {
      const notices: (string | undefined)[] = [];
      client.on('notice', ({ message }) => notices.push(message));
      await client.query(
        `create function pg_temp.loud(n int) returns bytea language plpgsql as
           $$ begin raise warning 'row %', n; return repeat('x', 100000)::bytea; end $$`,
      );
      const rows = await copyOut(client, 'select pg_temp.loud(n) from generate_series(1, 3) as n');
      assert.deepEqual(
        rows.map(({ length }) => length),
        [100_000, 100_000, 100_000],
      );
      assert.deepEqual(notices, ['row 1', 'row 2', 'row 3']);
      // A row has come when it fails.
      await assert.rejects(
        copyOut(client, `select repeat('x', 1000 / (2 - n))::bytea from generate_series(1, 2) as n`),
        { code: '22012' },
      );
      assert.deepEqual((await client.query('select 1 as one')).rows, [{ one: 1 }]);
    } finally {
      await client.end();
    }
  });

  it('are refused where they are cut or nothing of the kind, and taken in any pieces', () => {
    const whole = Buffer.concat([
      Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
      // Flags, and an extension of three bytes that says nothing to us.
      Buffer.from('0000000000000003aaaaaa', 'hex'),
      Buffer.from('000100000002abcd', 'hex'),
      Buffer.from('000100000000', 'hex'),
      Buffer.from('ffff', 'hex'),
    ]);
    const rowsIn = (pieces: readonly Uint8Array[]): readonly string[] => {
      const copied = new CopiedRows();
      for (const piece of pieces) copied.push(piece);
      return copied.end().map((row) => Buffer.from(row).toString('hex'));
    };
    for (let end = 0; end < whole.length; end += 1) {
      assert.throws(() => rowsIn([whole.subarray(0, end)]), TypeError, `${end}`);
      assert.deepEqual(rowsIn([whole.subarray(0, end), whole.subarray(end)]), ['abcd', '']);
    }
    assert.deepEqual(rowsIn([...whole].map((byte) => Buffer.of(byte))), ['abcd', '']);
    assert.throws(() => rowsIn([whole, Buffer.of(0)]), TypeError);
    assert.throws(() => rowsIn([Buffer.alloc(40)]), TypeError);
  });
});
