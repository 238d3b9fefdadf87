import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessPath, problemOfClientError, type ClientError } from './client-error.ts';

const clientError = (code: string | undefined, packet = ''): ClientError =>
  Object.assign(new Error('inner'), {
    rawPacket: Buffer.from(packet),
    ...(code === undefined ? {} : { code }),
  });

test('answers what the parser refuses and what comes too late', () => {
  const statuses = [
    ['HPE_HEADER_OVERFLOW', 431],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
    ['HPE_INVALID_URL', 400],
    ['HPE_ANYTHING_NEW', 400],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ] as const;
  for (const [code, status] of statuses)
    assert.equal(problemOfClientError(clientError(code))?.status, status, code);
});

test('tells an unknown method from bytes that are no request at all', () => {
  assert.equal(
    problemOfClientError(clientError('HPE_INVALID_METHOD', 'BREW /pot HTTP/1.1\r\n'))?.status,
    405,
  );
  assert.equal(problemOfClientError(clientError('HPE_INVALID_METHOD', '\x16\x03\x01'))?.status, 400);
});

test('has no answer where nobody can read one', () => {
  for (const code of [
    'ECONNRESET',
    'EPIPE',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_TLS_HANDSHAKE_TIMEOUT',
    undefined,
  ]) {
    assert.equal(problemOfClientError(clientError(code)), undefined);
  }
});

test('finds the path of a request line, and none in anything else', () => {
  assert.equal(guessPath(Buffer.from('GET /geocode/v1/json?q=1 HTTP/1.1\r\n')), '/geocode/v1/json?q=1');
  for (const bytes of ['', 'GET http://a/b HTTP/1.1', 'GET  /a', '\0 /a', `${'A'.repeat(300)} /a`]) {
    assert.equal(guessPath(Buffer.from(bytes)), undefined, bytes.slice(0, 20));
  }
  assert.equal(guessPath(undefined), undefined);
});
