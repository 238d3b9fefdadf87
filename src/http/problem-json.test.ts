import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../foundation/problem.ts';
import { problemJson } from './problem-json.ts';

const context = { now: 0, quota: undefined, request: undefined };

test('renders type, title, status, code, detail and field', () => {
  const problem = new Problem(400, 'invalid_limit', 'Not a limit', {
    detail: 'Use 1 to 100.',
    field: 'limit',
  });
  const reply = problemJson(problem, context);
  assert.equal(reply.status, 400);
  assert.deepEqual(JSON.parse(String(reply.body)), {
    type: '/problems/invalid_limit',
    title: 'Not a limit',
    status: 400,
    code: 'invalid_limit',
    detail: 'Use 1 to 100.',
    field: 'limit',
  });
});

test('leaves out what the problem does not have', () => {
  const reply = problemJson(new Problem(404, 'not_found', 'Not found'), context);
  assert.deepEqual(Object.keys(JSON.parse(String(reply.body)) as object), [
    'type',
    'title',
    'status',
    'code',
  ]);
});

test('says what it is, is kept by no cache, and carries the headers of the problem', () => {
  const problem = new Problem(429, 'rate_limited', 'Slow down', { headers: { 'retry-after': '1' } });
  assert.deepEqual(problemJson(problem, context).headers, {
    'retry-after': '1',
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
});

test('shows neither the cause nor the stack', () => {
  const problem = new Problem(500, 'internal', 'Internal error', { cause: new Error('inner-detail-7f3a') });
  const body = String(problemJson(problem, context).body);
  assert.doesNotMatch(body, /inner-detail|stack|\.ts/);
});
