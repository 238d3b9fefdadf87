/** Pages of several origins in a real browser call a real server: what their scripts get to read, and what not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type { Frame, Page } from 'playwright-core';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { startServer, until, type RunningServer } from '../support/server.ts';

/** What a script got: an answer that it could read, or nothing. */
interface Got {
  readonly status: number;
  readonly message: string;
  readonly found: string;
}
const NOTHING = 'nothing';

interface VisitorBody {
  readonly status: number;
  readonly data?: { readonly browser: string };
}

/** What `fetch` is given besides the address. */
interface Init {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly credentials?: 'include';
  readonly referrerPolicy?: 'no-referrer';
}

let server: RunningServer;
let browser: TestBrowser;
let pages: { readonly port: number; readonly otherPort: number; readonly plainPort: number };
let project = '';
let publicKey = '';
const servers: Server[] = [];

/** Every path is the same page; `/framed` holds one that is nobody's origin, `/hinting` hands client hints on. */
const servePage: RequestListener = (request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  const isFramed = request.url === '/framed';
  if (request.url === '/hinting') {
    response.setHeader('accept-ch', 'Sec-CH-UA-Model, Sec-CH-UA-Platform-Version');
    response.setHeader(
      'permissions-policy',
      `ch-ua-model=("${server.url}"), ch-ua-platform-version=("${server.url}")`,
    );
  }
  response.end(
    `<!doctype html><title>A page</title>${isFramed ? '<iframe sandbox="allow-scripts" src="/inner"></iframe>' : ''}`,
  );
};

const listen = async (made: Server): Promise<number> => {
  servers.push(made);
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve);
  });
  return (made.address() as AddressInfo).port;
};

before(async () => {
  server = await startServer();
  const folder = join(server.home.dataDir, 'tls');
  const tls = {
    cert: readFileSync(join(folder, 'localhost.pem'), 'utf8'),
    key: readFileSync(join(folder, 'localhost.key.pem'), 'utf8'),
  };
  pages = {
    port: await listen(createServer(tls, servePage)),
    otherPort: await listen(createServer(tls, servePage)),
    plainPort: await listen(createPlainServer(servePage)),
  };
  browser = await openBrowser({
    certificate: tls.cert,
    hosts: [
      'shop.example',
      'evil.example',
      'shop.example.evil.example',
      'wide.example',
      'a.wide.example',
      'b.a.wide.example',
      'awide.example',
    ],
  });
  const [row] = await server.sql<{ project_id: string; public_key: string; company_id: string }>(
    'select project_id, company_id, public_key from vouchsafe.key limit 1',
  );
  project = row?.project_id ?? '';
  publicKey = row?.public_key ?? '';
  await server.sql('update vouchsafe.project set per_second = 100000');
  await server.sql(
    `insert into vouchsafe.domain (id, company_id, project_id, origin, created_at)
     values ('dom_01h0000000000000000000000a', $1, $2, $3, now())`,
    [row?.company_id, project, `https://shop.example:${pages.port}`],
  );
  await server.sql(
    `insert into vouchsafe.domain (id, company_id, project_id, origin, created_at)
     values ('dom_01h0000000000000000000000b', $1, $2, $3, now())`,
    [row?.company_id, project, `https://*.wide.example:${pages.port}`],
  );
  await until(
    'every worker knows the domain',
    async () => {
      const asks = ['shop.example', 'a.wide.example'].flatMap((host) => {
        const headers = { origin: `https://${host}:${pages.port}` };
        return Array.from({ length: 8 }, () => server.request(geocode(`&pid=${project}`), { headers }));
      });
      return (await Promise.all(asks)).every(({ status }) => status === 200);
    },
    5000,
  );
});

after(async () => {
  for (const made of servers) made.close();
  try {
    await browser.close();
  } finally {
    await server.stop();
  }
});

const geocode = (search: string): string => `/geocode/v1/json?q=Paris,+Texas${search}`;

/** Runs `fetch` in the page. */
const fetchIn = (frame: Page | Frame, path: string, init: Init = {}): Promise<Got | typeof NOTHING> =>
  frame.evaluate(
    async ({ url, options, nothing }) => {
      try {
        const reply = await fetch(url, options);
        const text = await reply.text();
        const body = text.startsWith('{') ? JSON.parse(text) : {};
        return {
          status: reply.status,
          message: body.status?.message ?? '',
          found: body.results?.[0]?.formatted ?? '',
        };
      } catch {
        return nothing;
      }
    },
    { url: new URL(path, server.url).href, options: init, nothing: NOTHING },
  ) as Promise<Got | typeof NOTHING>;

/** Opens a page of this origin and works there; says so where the browser cannot. */
const onPage = async (
  context: TestContext,
  origin: string,
  work: (page: Page) => Promise<void>,
  path = '/',
): Promise<void> => {
  await using visit = await browser.visitFreely([origin, server.url]);
  if (visit === undefined) {
    context.diagnostic('this machine lacks a library that the browser needs for TLS: nothing was tried');
    return;
  }
  await visit.page.goto(`${origin}${path}`);
  await work(visit.page);
};

const assertFound = (got: Got | typeof NOTHING, what: string): void => {
  assert.ok(typeof got !== 'string', `${what}: nothing could be read`);
  assert.deepEqual([got.status, got.message], [200, 'OK'], what);
  assert.match(got.found, /Paris.*Texas/, what);
};

const FORBIDDEN: Got = { status: 403, message: 'forbidden', found: '' };

test('a page of an authorised domain calls with what is public, wherever it puts it', async (context) => {
  await onPage(context, `https://shop.example:${pages.port}`, async (page) => {
    const calls: Readonly<Record<string, [string, Init]>> = {
      'the public key in the address': [`&key=${publicKey}`, {}],
      'the id of the project': [`&pid=${project}`, {}],
      'the public key in X-Api-Key, after a preflight': ['', { headers: { 'x-api-key': publicKey } }],
      'the public key as a Bearer token, after a preflight': [
        '',
        { headers: { authorization: `Bearer ${publicKey}` } },
      ],
      'a page that tells no referrer': [`&key=${publicKey}`, { referrerPolicy: 'no-referrer' }],
    };
    for (const [what, [search, init]] of Object.entries(calls))
      assertFound(await fetchIn(page, geocode(search), init), what);
    const bad = await fetchIn(page, `/geocode/v1/json?q=x&pid=${project}`);
    assert.deepEqual(bad, { status: 400, message: 'missing or bad query', found: '' });
    const limit = await page.evaluate(
      async (url) => (await fetch(url)).headers.get('x-ratelimit-remaining'),
      new URL(geocode(`&pid=${project}`), server.url).href,
    );
    assert.match(limit ?? '', /^\d+$/, 'a script reads what is left');
  });
});

test('pages of every host below a domain call where it has a wildcard, and no others', async (context) => {
  for (const host of ['a.wide.example', 'b.a.wide.example']) {
    await onPage(context, `https://${host}:${pages.port}`, async (page) => {
      assertFound(await fetchIn(page, geocode(`&key=${publicKey}`)), host);
      assertFound(await fetchIn(page, geocode(''), { headers: { 'x-api-key': publicKey } }), host);
    });
  }
  for (const origin of [
    `https://wide.example:${pages.port}`,
    `https://awide.example:${pages.port}`,
    `https://a.wide.example:${pages.otherPort}`,
  ]) {
    await onPage(context, origin, async (page) => {
      assert.deepEqual(await fetchIn(page, geocode(`&key=${publicKey}`)), FORBIDDEN, origin);
    });
  }
});

test('a page of any other origin reads that it is refused, and why', async (context) => {
  for (const origin of [
    `https://evil.example:${pages.port}`,
    `https://shop.example.evil.example:${pages.port}`,
    `https://shop.example:${pages.otherPort}`,
  ]) {
    await onPage(context, origin, async (page) => {
      assert.deepEqual(await fetchIn(page, geocode(`&key=${publicKey}`)), FORBIDDEN, origin);
      assert.deepEqual(
        await fetchIn(page, geocode(''), { headers: { 'x-api-key': publicKey } }),
        FORBIDDEN,
        origin,
      );
    });
  }
});

test('a frame without an origin gets nothing, also inside of an authorised page', async (context) => {
  await onPage(
    context,
    `https://shop.example:${pages.port}`,
    async (page) => {
      const inner = page.frames().find((frame) => frame.url().endsWith('/inner'));
      assert.ok(inner);
      assert.equal(await inner.evaluate('self.origin'), 'null');
      assert.equal(await fetchIn(inner, geocode(`&key=${publicKey}`)), NOTHING);
      assert.equal(await fetchIn(inner, geocode(''), { headers: { 'x-api-key': publicKey } }), NOTHING);
    },
    '/framed',
  );
});

test('a page is not let in with a secret, with cookies, or to what is not for pages', async (context) => {
  await onPage(context, `https://shop.example:${pages.port}`, async (page) => {
    const secret = server.trialSecret ?? '';
    assert.deepEqual(await fetchIn(page, geocode(`&key=${secret}`)), FORBIDDEN);
    assert.deepEqual(await fetchIn(page, geocode(''), { headers: { 'x-api-key': secret } }), FORBIDDEN);
    const search = geocode(`&pid=${project}`);
    assert.equal(await fetchIn(page, search, { credentials: 'include' }), NOTHING);
    assert.equal(await fetchIn(page, search, { headers: { 'x-else': '1' } }), NOTHING);
    assert.equal(await fetchIn(page, search, { method: 'DELETE' }), NOTHING);
    assert.equal(await fetchIn(page, '/v1/session'), NOTHING);
    assert.equal(await fetchIn(page, '/v1/sign-ups', { method: 'POST', body: '{}' }), NOTHING);
  });
  // The same secret from where it belongs.
  assert.equal((await server.request(geocode(''), { key: server.trialSecret ?? '' })).status, 200);
});

/** What a page's script reads of the visitor service, or nothing. */
const askVisitor = (page: Page, path: string): Promise<unknown> =>
  page.evaluate(
    async ({ url, nothing }) => {
      try {
        const reply = await fetch(url);
        return { status: reply.status, body: await reply.json() };
      } catch {
        return nothing;
      }
    },
    { url: new URL(path, server.url).href, nothing: NOTHING },
  );

test('a page reads what the visitor service knows of its visitor, and every refusal, with nothing in between', async (context) => {
  await onPage(context, `https://shop.example:${pages.port}`, async (page) => {
    const contract = (await askVisitor(page, `/api/?pid=${project}`)) as {
      status: number;
      body: VisitorBody;
    };
    assert.deepEqual([contract.status, contract.body.status], [200, 200]);
    assert.match(contract.body.data?.browser ?? '', /Chrome/);
    const own = (await askVisitor(page, `/v1/visitor?pid=${project}&fields=address,user_agent.browser`)) as {
      status: number;
      body: { address: string; user_agent: { browser: { name: string; version: string } } };
    };
    assert.equal(own.status, 200);
    assert.match(own.body.address, /^(?:127\.0\.0\.1|::1)$/);
    // What the user agent says where no hint is handed on: never all four numbers.
    assert.match(own.body.user_agent.browser.version, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(await askVisitor(page, '/api/?pid='), {
      status: 400,
      body: { status: 400, result: 'Error: missing project ID parameter pid' },
    });
    assert.equal(await askVisitor(page, '/v1/visitor/192.0.2.1'), NOTHING);
  });
  await onPage(context, `https://evil.example:${pages.port}`, async (page) => {
    assert.deepEqual(await askVisitor(page, `/api/?pid=${project}`), {
      status: 403,
      body: { status: 403, result: 'Error: referrer domain is not allowed' },
    });
  });
});

/** A phone whose user agent says no more than what browsers have agreed on, and whose hints say the rest. */
const PHONE = {
  userAgent:
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36',
  userAgentMetadata: {
    platform: 'Android',
    platformVersion: '15.0.0',
    architecture: '',
    model: 'Pixel 9 Pro',
    mobile: true,
    brands: [{ brand: 'Chromium', version: '147' }],
  },
};

test('client hints reach the answer where a page delegates them, and only there', async (context) => {
  for (const [path, system, model] of [
    ['/', '10', undefined],
    ['/hinting', '15', 'Pixel 9 Pro'],
  ] as const) {
    await onPage(context, `https://shop.example:${pages.port}`, async (page) => {
      const session = await page.context().newCDPSession(page);
      await session.send('Emulation.setUserAgentOverride', PHONE);
      await page.goto(`https://shop.example:${pages.port}${path}`);
      const asked = `/v1/visitor?pid=${project}&fields=user_agent`;
      const { body } = (await askVisitor(page, asked)) as {
        body: { user_agent: { os: { version: string }; device: { model?: string } } };
      };
      assert.deepEqual([body.user_agent.os.version, body.user_agent.device.model], [system, model], path);
    });
  }
});

test('a page of localhost is let in by the switch of the project alone', async (context) => {
  const origin = `http://localhost:${pages.plainPort}`;
  await onPage(context, origin, async (page) => {
    assert.deepEqual(await fetchIn(page, geocode(`&key=${publicKey}`)), FORBIDDEN);
    await server.sql('update vouchsafe.project set allow_localhost = true where id = $1', [project]);
    let got: Got | typeof NOTHING = NOTHING;
    await until('pages of localhost are let in', async () => {
      got = await fetchIn(page, geocode(`&key=${publicKey}`));
      return typeof got !== 'string' && got.status === 200;
    });
    assertFound(got, 'a page of localhost');
  });
});
