import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../foundation/clock.ts';
import { Opaque } from '../foundation/opaque.ts';
import { Problem } from '../foundation/problem.ts';
import type { Reply, Request } from '../http/route.ts';
import { consoleRoutes } from './routes.ts';
import { contextOf } from '../../test/support/request.ts';

const routes = consoleRoutes({
  publicUrl: 'https://geo.example.org/',
  version: '0.1.0',
  securityReport: async () => ({
    installation: { name: 'Example', url: 'https://geo.example.org', version: '0.1.0' },
    generatedAt: '2026-11-22T02:45:00.000Z',
    promises: [],
    history: { entries: 0, head: null, publicKey: 'k' },
  }),
  openApi: () => ({ openapi: '3.1.0' }),
  clock: systemClock,
});

const call = async (path: string, params: Request['params'] = {}): Promise<Reply> => {
  const route = routes.find((candidate) => candidate.path === path);
  assert.ok(route, path);
  const request: Request = {
    method: 'GET',
    path,
    params,
    query: new Opaque({ values: new Map(), duplicated: new Set(), malformed: new Set(), truncated: false }),
    headers: new Opaque({ 'accept-encoding': 'gzip' }),
    exposeHeader: (name) => (name === 'accept-encoding' ? 'gzip' : undefined),
    body: new Opaque(new Uint8Array(0)),
    address: new Opaque('192.0.2.1'),
    secure: true,
  };
  const input: unknown = route.parse(request);
  return route.handle(input, contextOf(request));
};

const PAGES = ['/', '/security', '/docs', '/credits'];

describe('the console’s routes', () => {
  it('are public for a stated reason, free, and redirected over plain HTTP', () => {
    for (const route of routes) {
      assert.ok('public' in route.access && route.access.public.length > 10, route.operation);
      assert.equal(route.cost, 0);
      assert.equal(route.overPlainHttp, 'redirect');
      assert.match(route.operation, /^[a-z]+\.[a-z]+$/);
    }
    assert.equal(new Set(routes.map((route) => route.operation)).size, routes.length);
  });

  it('send every page with a policy that allows nothing inline and nothing from elsewhere', async () => {
    for (const path of PAGES) {
      const policy = (await call(path)).headers['content-security-policy'] ?? '';
      assert.match(policy, /^default-src 'none';/, path);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/, path);
      assert.equal(policy.includes('script-src'), path === '/docs', path);
    }
  });

  it('write no inline style, script or handler into any page', async () => {
    for (const path of PAGES) {
      const body = String((await call(path)).body);
      assert.doesNotMatch(body, /<style|\sstyle=|\son[a-z]+=|<script>|<script(?![^>]*\ssrc=)/i, path);
      assert.equal(body.includes('<script'), path === '/docs', path);
    }
  });

  it('are never served stale: a broken promise shows at the next request', async () => {
    for (const path of PAGES) assert.equal((await call(path)).headers['cache-control'], 'no-cache', path);
  });

  it('keep hashed files for ever and answer 404 to a name that is none', async () => {
    const stylesheet = /\/assets\/(site\.[^"]+)/.exec(String((await call('/')).body))?.[1];
    const reply = await call('/assets/:file', { file: stylesheet });
    assert.match(reply.headers['cache-control'] ?? '', /immutable/);
    assert.equal(reply.headers['content-encoding'], 'gzip');
    await assert.rejects(call('/assets/:file', { file: 'site.css' }), (error) => {
      return error instanceof Problem && error.status === 404;
    });
  });

  it('show the first call with the key in a header and this installation’s address', async () => {
    assert.match(
      String((await call('/')).body),
      /curl -H 'X-Api-Key: YOUR_SECRET_KEY' 'https:\/\/geo\.example\.org\/geocode\/v1\/json\?q=/,
    );
  });

  it('serve the OpenAPI document as it is handed in', async () => {
    assert.equal((await call('/docs/openapi.json')).body, '{"openapi":"3.1.0"}');
  });

  it('tell a stranger nothing of where the operator looks', async () => {
    for (const path of PAGES)
      assert.doesNotMatch(String((await call(path)).body), /metrics|health|ready[z/]|prometheus|admin_port/i);
  });

  it('refuse to start with a public address that is not a web address', () => {
    const options = {
      version: '0',
      securityReport: () => assert.fail(),
      openApi: () => ({}),
      clock: systemClock,
    };
    assert.throws(() => consoleRoutes({ ...options, publicUrl: 'ftp://example.org' }), TypeError);
    assert.throws(() => consoleRoutes({ ...options, publicUrl: 'example.org' }), TypeError);
  });
});
