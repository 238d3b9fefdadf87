import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../foundation/problem.ts';
import { StoreError, toStoreError } from './errors.ts';

const failure = (code: string, message = 'geheim'): Error => Object.assign(new Error(message), { code });

describe('what PostgreSQL or the way to it says', () => {
  it('is a 503 where the connection is not or no longer there, whichever way that shows', () => {
    const codes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'ERR_STREAM_DESTROYED'];
    for (const code of [...codes, 'ERR_STREAM_WRITE_AFTER_END', '57P01', '08006', '53300', '40P01']) {
      const error = toStoreError(failure(code), 'a statement');
      assert.ok(error instanceof Problem, code);
      assert.equal(error.status, 503);
    }
    for (const message of ['Connection terminated unexpectedly', 'Client was closed and is not queryable'])
      assert.ok(toStoreError(new Error(message), 'a statement') instanceof Problem, message);
  });

  it('is a bug otherwise, under the name of the statement and without what it quotes', () => {
    for (const code of ['23505', '42P01', 'ERROR', 'ERR_INVALID_ARG_TYPE']) {
      const error = toStoreError(failure(code), 'a statement');
      assert.ok(error instanceof StoreError, code);
      assert.equal(error.message, `a statement failed with ${code}`);
    }
    assert.equal((toStoreError('text', 'a statement') as StoreError).code, 'unknown');
  });
});
