import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestOf } from '../../test/support/request.ts';
import { Problem } from '../foundation/problem.ts';
import { refuseCrossSite } from './cross-site.ts';
import type { Access, AnyRoute, Method } from './route.ts';

const ORIGIN = 'https://vouchsafe.example';

const verdict = (method: Method, access: Access, headers: Record<string, string>): string => {
  try {
    refuseCrossSite({ method, access } as AnyRoute, requestOf({ method, headers }), ORIGIN);
    return 'let through';
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.status, 403);
    return error.code;
  }
};

const COOKIE_ACCESS: readonly Access[] = [{ session: true }, { pending: true }, { member: 'keys.change' }];

describe('requests that another site may have sent', () => {
  it('are refused where they would change something, unless a page of ours sent them', () => {
    for (const access of [...COOKIE_ACCESS, { public: 'signing in' }] as const) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
        assert.equal(verdict(method, access, { 'sec-fetch-site': 'same-origin' }), 'let through');
        assert.equal(verdict(method, access, { origin: ORIGIN }), 'let through');
        for (const headers of [
          {},
          { 'sec-fetch-site': 'cross-site' },
          { 'sec-fetch-site': 'same-site' },
          { 'sec-fetch-site': 'none' },
          { 'sec-fetch-site': 'same-origin, same-origin' },
          { 'sec-fetch-site': 'Same-Origin' },
          { 'sec-fetch-site': '' },
          // Fetch Metadata cannot be set by a page; an Origin that says otherwise does not help.
          { 'sec-fetch-site': 'cross-site', origin: ORIGIN },
          { origin: 'null' },
          { origin: '' },
          { origin: `${ORIGIN}.evil.example` },
          { origin: `${ORIGIN}:8443` },
          { origin: ORIGIN.replace('https', 'http') },
          { origin: `${ORIGIN}, ${ORIGIN}` },
          { referer: `${ORIGIN}/dashboard` },
        ] as Record<string, string>[]) {
          assert.equal(verdict(method, access, headers), 'cross_site', JSON.stringify(headers));
        }
      }
    }
  });

  it('are refused for reads with a session too, but only from other sites', () => {
    for (const access of COOKIE_ACCESS) {
      assert.equal(verdict('GET', access, { 'sec-fetch-site': 'cross-site' }), 'cross_site');
      for (const site of ['same-origin', 'same-site', 'none'])
        assert.equal(verdict('GET', access, { 'sec-fetch-site': site }), 'let through', site);
      assert.equal(verdict('GET', access, {}), 'let through');
    }
  });

  it('may call what needs no cookie', () => {
    const cross = { 'sec-fetch-site': 'cross-site' };
    assert.equal(verdict('GET', { public: 'a page' }, cross), 'let through');
    for (const method of ['GET', 'POST'] as const)
      assert.equal(verdict(method, { secretKey: 'geocoding:read' }, cross), 'let through');
  });

  it('may call what says why it is harmless from anywhere', () => {
    const access = { public: 'a report', anywhere: 'no cookie has a say in it' };
    for (const headers of [{}, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }])
      assert.equal(verdict('POST', access, headers as Record<string, string>), 'let through');
  });
});
