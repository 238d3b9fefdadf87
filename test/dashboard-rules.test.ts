/** The dashboard's small decisions that need no browser. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { urlOf } from '../dashboard/src/api/client.ts';
import { fieldError, problemFrom, type ApiProblem } from '../dashboard/src/api/problem.ts';
import { describeProblem } from '../dashboard/src/api/sentences.ts';
import { sayWhen } from '../dashboard/src/components/say-when.ts';
import { safeReturnPath } from '../dashboard/src/shell/return-path.ts';

describe('the address of a call', () => {
  it('encodes what stands in the path, so that no value leaves its place', () => {
    const params = { company: '../keys?x=1#y' };
    assert.equal(urlOf('/v1/companies/{company}', { params }), '/v1/companies/..%2Fkeys%3Fx%3D1%23y');
  });

  it('leaves out what is not there', () => {
    assert.equal(
      urlOf('/v1/keys', { query: { project: undefined, before: '', limit: 5 } }),
      '/v1/keys?limit=5',
    );
    assert.equal(urlOf('/v1/keys', { query: { project: null } }), '/v1/keys');
  });
});

describe('the way back after signing in', () => {
  it('leads to pages of the dashboard', () => {
    for (const path of ['/', '/companies/com_1/keys', '/account/security?required=true']) {
      assert.equal(safeReturnPath(path), path);
    }
  });

  it('never leads elsewhere', () => {
    for (const value of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      'javascript:alert(1)',
      '/a\n//evil.example',
      '/a:b@evil.example',
      `/${'a'.repeat(600)}`,
      '',
      undefined,
      7,
    ]) {
      assert.equal(safeReturnPath(value), undefined, String(value));
    }
  });
});

describe('a refusal', () => {
  const refuse = (status: number, body: unknown, headers: Record<string, string> = {}): Promise<ApiProblem> =>
    problemFrom(
      new Response(typeof body === 'string' ? body : JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/problem+json', ...headers },
      }),
    );

  it('keeps code, field, detail and the time to wait', async () => {
    const problem = await refuse(
      429,
      { code: 'rate_limited', title: 'Too many requests', field: 'email', detail: 'Wait.' },
      { 'retry-after': '90' },
    );
    assert.deepEqual(
      [problem.status, problem.code, problem.field, problem.detail, problem.retryAfter],
      [429, 'rate_limited', 'email', 'Wait.', 90],
    );
    assert.equal(describeProblem(problem).next, 'Wait. Possible again in 2 minutes.');
  });

  it('is understood even when it is no problem document', async () => {
    for (const body of ['<h1>Bad gateway</h1>', 'null', '[]', '{"code":5}', '']) {
      const problem = await refuse(502, body);
      assert.equal(problem.code, 'unknown');
      assert.match(describeProblem(problem).what, /\.$/);
      assert.notEqual(describeProblem(problem).next, '');
    }
  });

  it('is shown at its field, whatever way the field is written', async () => {
    const detail = 'Enter a name.';
    for (const field of ['name', '/name', '#/name']) {
      const problem = await refuse(400, { code: 'invalid_request', title: 'x', field, detail });
      assert.equal(fieldError(problem, 'name'), detail, field);
      assert.equal(fieldError(problem, 'email'), undefined);
    }
    assert.equal(fieldError(new Error('x'), 'name'), undefined);
  });

  it('never shows what a bug of the page said', () => {
    const { what } = describeProblem(new TypeError('secret of x is undefined'));
    assert.doesNotMatch(what, /secret/);
  });
});

describe('a moment in words', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  it('is said as people say it', () => {
    assert.equal(sayWhen(now - 1_000, now), 'just now');
    assert.equal(sayWhen(now - 120_000, now), '2 minutes ago');
    assert.equal(sayWhen(now - 3 * 3_600_000, now), '3 hours ago');
    assert.equal(sayWhen(now - 86_400_000, now), 'yesterday');
    assert.equal(sayWhen(now + 2 * 86_400_000, now), 'in 2 days');
    assert.match(sayWhen(now - 40 * 86_400_000, now), /^13 Oct 2026$/);
  });
});
