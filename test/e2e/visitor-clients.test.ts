/**
 * VisitorAPI's clients for pages, in a real browser from the page of an allowed and of a forbidden origin. Their requests
 * for https://api.visitorapi.com are led to a whole house by the browser's own interception; what a page may read is still
 * the browser's to say.
 *
 * `react-country-state-fields` 1.0.5, `visitorapi` and axios are bundled as they were published; `@mui/material` and core-js
 * have plain stand-ins (`test/clients/visitor`). The script of cdn.visitorapi.com has no licence to be copied under: what
 * runs here is written anew after the description of what it does, and calls the server in the same way.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { join } from 'node:path';
import { build, type Rollup } from 'vite';
import type { Page } from 'playwright-core';
import { newId } from '../../src/foundation/ids.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { openHouse, type House } from '../support/house.ts';
import { PROJECT_ROOT } from '../support/sources.ts';
import { BAVARIAN, BREAKING, CALIFORNIAN, openBrittleAddresses, UNKNOWN } from '../support/visitor.ts';
import { addVisitorProject } from '../support/visitor-project.ts';

const SHOP = 'https://shop.example';
const EVIL = 'https://evil.example';
const API = 'https://api.visitorapi.com';
const CLIENTS = join(PROJECT_ROOT, 'test', 'clients', 'visitor');

/** XMLHttpRequest, `JSON.parse` of whatever came, and the callback that the status in the body names. */
const SNIPPET = `globalThis.VisitorAPI = (pid, onOk, onFail) => {
  const request = new XMLHttpRequest();
  request.onreadystatechange = () => {
    if (request.readyState !== XMLHttpRequest.DONE) return;
    const told = JSON.parse(request.responseText);
    if (told.status === 200) onOk(told.data);
    else onFail(told.status, told.result);
  };
  request.open('GET', '${API}/api/?pid=' + pid);
  request.send();
};`;

const bundle = async (): Promise<string> => {
  const built = await build({
    configFile: false,
    root: PROJECT_ROOT,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: {
      alias: [
        { find: '@mui/material', replacement: join(CLIENTS, 'plain-material.mjs') },
        { find: /^core-js\/.*$/, replacement: join(CLIENTS, 'nothing.mjs') },
      ],
      dedupe: ['react', 'react-dom'],
    },
    build: {
      write: false,
      minify: false,
      lib: { entry: join(CLIENTS, 'country-form.mjs'), formats: ['iife'], name: 'form' },
    },
  });
  const [first] = (Array.isArray(built) ? built : [built]) as Rollup.RollupOutput[];
  const chunk = first?.output[0];
  assert.ok(chunk?.type === 'chunk');
  return chunk.code;
};

let house: House;
let browser: TestBrowser;
let form = '';
let project = '';
before(async () => {
  house = await openHouse({ addresses: await openBrittleAddresses(), trustedProxies: ['127.0.0.1/32'] });
  project = await addVisitorProject(house, [SHOP]);
  form = await bundle();
  browser = await openBrowser();
});
after(() => browser.close());

interface Visitor {
  readonly page: Page;
  /** What the browser asked of the server, and what it was told by `access-control-allow-origin`. */
  readonly asked: readonly {
    readonly method: string;
    readonly path: string;
    readonly allowed: string | undefined;
  }[];
}

/** A page of this origin, opened by a visitor from this address. */
const onPage = async (
  context: TestContext,
  origin: string,
  from: string,
  work: (visitor: Visitor) => Promise<void>,
): Promise<void> => {
  await using visit = await browser.visitFreely([SHOP, EVIL, API]);
  if (visit === undefined) {
    context.diagnostic('this machine lacks a library that the browser needs for TLS: nothing was tried');
    return;
  }
  const { page } = visit;
  const asked: Visitor['asked'][number][] = [];
  await page.route(`${origin}/**`, (route) =>
    route.request().url().endsWith('/form.js')
      ? route.fulfill({ contentType: 'text/javascript; charset=utf-8', body: form })
      : route.fulfill({
          contentType: 'text/html; charset=utf-8',
          body: `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>A page</title><div id="form"></div><script>${SNIPPET}</script><script src="/form.js"></script>`,
        }),
  );
  await page.route(`${API}/**`, async (route) => {
    const request = route.request();
    const { pathname, search } = new URL(request.url());
    const headers = { ...request.headers(), 'x-forwarded-for': from };
    const answer = await house.get(`${pathname}${search}`, { method: request.method(), headers });
    const allowed = answer.headers['access-control-allow-origin'];
    asked.push({ method: request.method(), path: pathname, allowed });
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: answer.body,
    });
  });
  await page.goto(`${origin}/`);
  await work({ page, asked });
};

/** What the caller of the snippet is told: `ok` with the data, or `fail` with status and words, or nothing at all. */
const call = (page: Page, pid: string): Promise<unknown> =>
  page.evaluate(
    `new Promise((resolve) => {
      addEventListener('error', (event) => resolve(['thrown', event.message]), { once: true });
      VisitorAPI(${JSON.stringify(pid)}, (data) => resolve(['ok', data]), (status, result) => resolve(['fail', status, result]));
    })`,
  );

describe('the script of the CDN', () => {
  it('hands the fifteen fields to a page of an authorised domain, without a preflight', async (context) => {
    await onPage(context, SHOP, BAVARIAN, async ({ page, asked }) => {
      const [kind, data] = (await call(page, project)) as [string, Record<string, unknown>];
      assert.equal(kind, 'ok');
      assert.deepEqual(
        [data['ipAddress'], data['countryCode'], data['city'], data['cityLatLong']],
        [BAVARIAN, 'DE', 'Munich', '48.1371,11.5754'],
      );
      assert.match(String(data['browser']), /Chrome/);
      assert.deepEqual(asked, [{ method: 'GET', path: '/api/', allowed: SHOP }]);
    });
  });

  it('would be told nothing were the answer for another page: the browser still decides', async (context) => {
    await onPage(context, SHOP, BAVARIAN, async ({ page }) => {
      const headers = { 'access-control-allow-origin': EVIL, 'content-type': 'application/json' };
      await page.route(`${API}/**`, (route) =>
        route.fulfill({ status: 403, headers, body: '{"status":403,"result":"x"}' }),
      );
      const [kind] = (await call(page, project)) as [string];
      assert.equal(kind, 'thrown');
    });
  });

  it('is told every error in its own words, because every page may read them', async (context) => {
    const [bare, poor] = [await addVisitorProject(house, []), await addVisitorProject(house, [SHOP], 0)];
    await onPage(context, SHOP, BAVARIAN, async ({ page, asked }) => {
      assert.deepEqual(await call(page, ''), ['fail', 400, 'Error: missing project ID parameter pid']);
      assert.deepEqual(await call(page, newId('prj', 1)), ['fail', 404, 'Error: cannot find the project']);
      assert.deepEqual(await call(page, bare), ['fail', 403, 'Error: no domain is allowed']);
      assert.deepEqual(await call(page, poor), [
        'fail',
        402,
        'Error: exceed free plan quota, please upgrade',
      ]);
      // Where it is missing, the interception would make one up.
      for (const { allowed } of asked) assert.equal(allowed, SHOP);
    });
    await onPage(context, SHOP, BREAKING, async ({ page }) => {
      assert.deepEqual(await call(page, project), ['fail', 500, 'Internal error']);
    });
    await onPage(context, EVIL, BAVARIAN, async ({ page, asked }) => {
      assert.deepEqual(await call(page, project), ['fail', 403, 'Error: referrer domain is not allowed']);
      assert.equal(asked[0]?.allowed, EVIL);
    });
  });
});

describe('react-country-state-fields', () => {
  const shown = async (page: Page): Promise<readonly (string | null)[]> => [
    await page.locator('[autocomplete="country"]').inputValue(),
    await page.locator('[autocomplete="state"]').inputValue(),
  ];

  it('fills country and state in before anybody has typed', async (context) => {
    await onPage(context, SHOP, CALIFORNIAN, async ({ page }) => {
      await page.evaluate(`showForm(${JSON.stringify(project)})`);
      await page.waitForFunction("globalThis.chosen.country === 'US'", undefined, { timeout: 10_000 });
      assert.deepEqual(await shown(page), ['US', 'CA']);
      assert.deepEqual(await page.evaluate('globalThis.chosen'), { country: 'US', state: 'CA' });
    });
  });

  it('fills in the code where a country has no list of states', async (context) => {
    await onPage(context, SHOP, BAVARIAN, async ({ page }) => {
      await page.evaluate(`showForm(${JSON.stringify(project)})`);
      await page.waitForFunction("globalThis.chosen.country === 'DE'", undefined, { timeout: 10_000 });
      assert.deepEqual(await shown(page), ['DE', 'BY']);
    });
  });

  it('stays empty, and works on, for a visitor of whom nothing is known and on a page that may not ask', async (context) => {
    for (const [origin, from] of [
      [SHOP, UNKNOWN],
      [EVIL, CALIFORNIAN],
    ] as const) {
      await onPage(context, origin, from, async ({ page, asked }) => {
        await page.evaluate(`showForm(${JSON.stringify(project)})`);
        await page.locator('[autocomplete="country"]').waitFor({ timeout: 10_000 });
        while (asked.length === 0) await page.waitForTimeout(20);
        assert.deepEqual((await shown(page))[0], '');
        await page.locator('[autocomplete="country"]').selectOption('CA');
        await page.waitForFunction("globalThis.chosen.country === 'CA'", undefined, { timeout: 10_000 });
      });
    }
  });
});
