import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestOf } from '../../../test/support/request.ts';
import { Problem } from '../../foundation/problem.ts';
import { contractErrors } from './contract-errors.ts';

const told = (status: number, code: string, search?: string): readonly [number, unknown] => {
  const problem = new Problem(status, code, 'A title', {
    detail: 'SECRET',
    headers: { 'www-authenticate': 'Bearer', 'retry-after': '3', allow: 'GET', 'x-other': 'SECRET' },
  });
  const request = search === undefined ? undefined : requestOf({ search });
  const reply = contractErrors(problem, { now: 0, quota: undefined, request });
  assert.deepEqual(reply.headers, {
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'retry-after': '3',
    allow: 'GET',
  });
  const body = JSON.parse(String(reply.body)) as { status: number; result: string };
  assert.equal(body.status, reply.status);
  assert.ok(!String(reply.body).includes('SECRET'));
  return [reply.status, body.result];
};

describe('the contract’s errors', () => {
  it('are its six, by our codes', () => {
    const missing = [400, 'Error: missing project ID parameter pid'];
    assert.deepEqual(told(401, 'missing_key', ''), missing);
    assert.deepEqual(told(401, 'invalid_key', 'pid='), missing);
    assert.deepEqual(told(401, 'invalid_key', 'pid=%20'), missing);
    assert.deepEqual(told(401, 'invalid_key', 'pid=x'), [404, 'Error: cannot find the project']);
    assert.deepEqual(told(403, 'no_domain', 'pid=x'), [403, 'Error: no domain is allowed']);
    for (const code of ['origin_missing', 'origin_not_allowed'])
      assert.deepEqual(told(403, code), [403, 'Error: referrer domain is not allowed']);
    assert.deepEqual(told(402, 'quota_exceeded'), [402, 'Error: exceed free plan quota, please upgrade']);
    assert.deepEqual(told(500, 'internal'), [500, 'Internal error']);
  });

  it('have words for every other status too, and the same status in both places', () => {
    for (const status of [400, 403, 404, 405, 408, 413, 414, 415, 429, 431, 500, 501, 503])
      assert.match(String(told(status, 'some_code')[1]), /^(?:Error: [a-z ,]+|Internal error)$/);
    assert.equal(told(503, 'overloaded')[1], 'Error: temporarily unavailable, please try again');
  });
});
