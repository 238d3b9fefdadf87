import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDatabaseUrl } from './connection.ts';

test('reads addresses, sockets and escapes as libpq does', () => {
  const remote = parseDatabaseUrl('postgresql://me:p%40ss@db.example.org:6432/shop?sslmode=verify-full');
  assert.deepEqual(remote, {
    host: 'db.example.org',
    port: 6432,
    user: 'me',
    password: 'p@ss',
    database: 'shop',
    role: undefined,
    tls: true,
  });
  const socket = parseDatabaseUrl('postgres:///shop?host=/var/run/postgresql&user=me');
  assert.deepEqual(
    [socket.host, socket.port, socket.user, socket.password, socket.tls],
    ['/var/run/postgresql', 5432, 'me', undefined, false],
  );
  assert.equal(parseDatabaseUrl('postgresql://me@[::1]/shop').host, '::1');
  assert.equal(parseDatabaseUrl('postgresql://me@localhost/shop').tls, false);
  assert.equal(parseDatabaseUrl('postgresql://me@%2Frun%2Fpg/shop').host, '/run/pg');
});

test('refuses another machine without verified TLS, and whatever it does not understand, without quoting it', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['postgresql://me:geheim@db.example.org/shop', /another machine without sslmode=verify-full/],
    ['postgresql://me:geheim@10.0.0.1/shop?sslmode=disable', /another machine/],
    ['postgresql://me:geheim@127.0.0.1.example.org/shop', /another machine/],
    ['postgresql://me:geheim@localhost/shop?host=db.example.org', /another machine/],
    ['postgresql://me:geheim@db.example.org/shop?sslmode=require', /sslmode/],
    ['postgresql://me:geheim@db.example.org/shop?sslmode=verify-full&sslrootcert=/none', /sslrootcert/],
    ['mysql://me:geheim@localhost/shop', /postgresql:/],
    ['geheim', /is not a URL/],
    ['postgresql://localhost/shop', /no user/],
    ['postgresql://me:geheim@localhost/', /no database/],
    ['postgresql://me:geheim@localhost/shop?options=-c', /parameters/],
    ['postgresql://me:geheim@localhost/shop?port=0', /port/],
    ['postgresql://me:geheim%ff@localhost/shop', /percent-encoding/],
  ];
  for (const [url, reason] of refused) {
    assert.throws(
      () => parseDatabaseUrl(url),
      (error: Error) => {
        assert.equal(error.name, 'CannotStart', url);
        assert.match(error.message, reason);
        assert.match(error.message, /^DATABASE_URL /);
        assert.equal(String(error.stack).includes('geheim'), false, url);
        return true;
      },
    );
  }
});
