/**
 * The worked examples of examples/visitor and the snippets of the dashboard's visitor page, in a real browser against a
 * real server. Where a visitor comes from is said by a proxy that the server trusts, as in front of many installations.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { change, fillIn, snippet, type Target } from '../../dashboard/src/pages/company/visitor/snippets.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { bundle } from '../support/bundle.ts';
import { startServer, until, type RunningServer } from '../support/server.ts';
import { PROJECT_ROOT } from '../support/sources.ts';
import { openProxy, type TestProxy } from '../support/trusted-proxy.ts';

/** Networks of universities, which stand where they always stood. */
const FROM = {
  germany: '141.84.1.1',
  britain: '131.111.1.1',
  japan: '130.69.1.1',
  california: '128.32.1.1',
  nowhere: '127.0.0.1',
} as const;

/** What the examples and snippets are, by the path of their page. */
const pages = new Map<string, string>();
let server: RunningServer;
let browser: TestBrowser;
let proxy: TestProxy;
let shop: Server;
let target: Target;
let origins: { readonly shop: string; readonly stranger: string };

const exampleOf = (file: string): string =>
  fillIn(readFileSync(join(PROJECT_ROOT, 'examples/visitor', file), 'utf8'), target);

const HEAD =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>A page</title><body>';

before(async () => {
  server = await startServer({ env: { TRUSTED_PROXIES: '127.0.0.0/8' } });
  const folder = join(server.home.dataDir, 'tls');
  const tls = {
    cert: readFileSync(join(folder, 'localhost.pem'), 'utf8'),
    key: readFileSync(join(folder, 'localhost.key.pem'), 'utf8'),
  };
  proxy = await openProxy(tls, server);
  shop = createServer(tls, ({ url = '/' }, response) => {
    response.setHeader('content-type', url.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(pages.get(url) ?? `${HEAD}<h1>${url}</h1>`);
  });
  await new Promise<void>((listening) => {
    shop.listen(0, '127.0.0.1', listening);
  });
  const { port } = shop.address() as AddressInfo;
  origins = { shop: `https://shop.example:${port}`, stranger: `https://stranger.example:${port}` };
  browser = await openBrowser({
    certificate: tls.cert,
    hosts: ['shop.example', 'stranger.example', 'api.example'],
  });
  const [row] = await server.sql<{ id: string; company_id: string }>(
    'select id, company_id from vouchsafe.project limit 1',
  );
  await server.sql('update vouchsafe.project set per_second = 100000');
  await server.sql(
    `insert into vouchsafe.domain (id, company_id, project_id, origin, created_at)
     values ('dom_01h0000000000000000000000a', $1, $2, $3, now())`,
    [row?.company_id, row?.id, origins.shop],
  );
  target = { origin: `https://api.example:${proxy.port}`, project: row?.id ?? '' };
  await until(
    'every worker knows the domain',
    async () => {
      const headers = { origin: origins.shop };
      const asks = Array.from({ length: 8 }, () =>
        server.request(`/api/?pid=${target.project}`, { headers }),
      );
      return (await Promise.all(asks)).every(({ status }) => status === 200);
    },
    10_000,
  );
});

after(async () => {
  shop.close();
  proxy.close();
  try {
    await browser.close();
  } finally {
    await server.stop();
  }
});

interface Setting {
  readonly from: string;
  /** Where the page stands; the shop where left out. */
  readonly origin?: string;
  /** What the browser says that its user reads. */
  readonly languages?: readonly string[];
}

/** Opens a page as somebody from somewhere, and waits until its work is done. */
const visit = async <Seen>(
  context: TestContext,
  path: string,
  { from, origin = origins.shop, languages = ['pt-BR'] }: Setting,
  look: (page: Page) => Promise<Seen>,
): Promise<Seen | undefined> => {
  proxy.visitor = from;
  await using opened = await browser.visitFreely([origin, target.origin]);
  if (opened === undefined) {
    context.diagnostic('this machine lacks a library that the browser needs for TLS: nothing was tried');
    return undefined;
  }
  const { page } = opened;
  page.setDefaultTimeout(10_000);
  await page.addInitScript(
    `Object.defineProperty(navigator, 'languages', { get: () => ${JSON.stringify(languages)} })`,
  );
  await page.goto(`${origin}${path}`);
  return await look(page);
};

/** The same, but the answer waits until it is let go. */
const visitSlowly = async (
  context: TestContext,
  path: string,
  setting: Setting,
  look: (page: Page, letGo: () => void) => Promise<void>,
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  proxy.held = promise;
  try {
    await visit(context, path, setting, (page) => look(page, resolve));
  } finally {
    resolve();
    proxy.held = undefined;
  }
};

const isDone = async (page: Page): Promise<void> => {
  await page.locator('body[data-asked]').waitFor();
};

describe('the worked examples', () => {
  it('show prices in the currency of the country, in the first one where it is not known', async (context) => {
    pages.set('/plans', exampleOf('currency-by-country.html'));
    const prices = async (page: Page): Promise<string> => {
      await isDone(page);
      return page
        .locator('li')
        .allInnerTexts()
        .then((lines) => lines.join(', '));
    };
    for (const [setting, expected] of [
      [{ from: FROM.germany }, 'Small: €9, Large: €27'],
      [{ from: FROM.britain }, 'Small: £8, Large: £24'],
      [{ from: FROM.japan }, 'Small: ¥1,400, Large: ¥4,400'],
      [{ from: FROM.nowhere }, 'Small: $9, Large: $29'],
      [{ from: FROM.germany, origin: origins.stranger }, 'Small: $9, Large: $29'],
    ] as const) {
      const shown = await visit(context, '/plans', setting, prices);
      if (shown !== undefined) assert.equal(shown, expected, JSON.stringify(setting));
    }
    await visitSlowly(context, '/plans', { from: FROM.germany }, async (page, letGo) => {
      await page.getByLabel('Currency').selectOption('GBP');
      letGo();
      await isDone(page);
      assert.match(await page.locator('li').first().innerText(), /£8/, 'a guess never overrules a person');
    });
  });

  it('lead to the language: the chosen one, the browser’s, that of the country, or none', async (context) => {
    pages.set('/', exampleOf('language-redirect.html'));
    const arrive =
      (language: string) =>
      async (page: Page): Promise<string> => {
        await page.waitForURL(`**/${language}/`);
        return new URL(page.url()).pathname;
      };
    const germany = { from: FROM.germany };
    await visit(context, '/', germany, arrive('de'));
    await visit(context, '/', { ...germany, languages: ['fr-CH', 'de'] }, arrive('fr'));
    for (const setting of [{ from: FROM.nowhere }, { ...germany, origin: origins.stranger }]) {
      await visit(context, '/', setting, async (page) => {
        await isDone(page);
        assert.equal(new URL(page.url()).pathname, '/');
        assert.equal(await page.getByRole('link').count(), 3);
        // What somebody chooses is kept.
        await page.getByRole('link', { name: 'English' }).click();
        await page.waitForURL('**/en/');
        proxy.visitor = FROM.germany;
        await page.goto(new URL('/', page.url()).href);
        await page.waitForURL('**/en/');
      });
    }
  });

  it('fill in country and state, and leave both to whoever is nowhere', async (context) => {
    pages.set('/address', exampleOf('prefilled-address.html'));
    const form = async (page: Page): Promise<(string | boolean)[]> => {
      await isDone(page);
      const [country, state] = [page.getByLabel('Country'), page.locator('select[name=state]')];
      return [await country.inputValue(), await state.inputValue(), await state.isVisible()];
    };
    for (const [setting, expected] of [
      [{ from: FROM.california }, ['US', 'CA', true]],
      [{ from: FROM.germany }, ['DE', '', false]],
      [{ from: FROM.nowhere }, ['', '', false]],
      [{ from: FROM.california, origin: origins.stranger }, ['', '', false]],
    ] as const) {
      const filled = await visit(context, '/address', setting, form);
      if (filled !== undefined) assert.deepEqual(filled, expected, JSON.stringify(setting));
    }
    await visitSlowly(context, '/address', { from: FROM.california }, async (page, letGo) => {
      const state = page.locator('select[name=state]');
      await page.getByLabel('Country').selectOption('CA');
      await state.selectOption('ON');
      letGo();
      await isDone(page);
      assert.deepEqual(await form(page), ['CA', 'ON', true], 'a guess never overrules a person');
      await page.getByLabel('Country').selectOption('FR');
      assert.equal(await state.isVisible(), false);
    });
  });
});

/** What `window.seen` becomes. */
const seen = <Seen>(page: Page): Promise<Seen> =>
  page.waitForFunction('window.seen').then((handle) => handle.jsonValue() as Promise<Seen>);

describe('the snippets of the visitor page', () => {
  const settings = [
    { from: FROM.germany, expected: 'DE EUR de' },
    { from: FROM.nowhere, expected: '' },
  ] as const;

  it('in plain HTML log the facts', async (context) => {
    pages.set('/html', `${HEAD}${snippet('HTML', target)}`);
    for (const { from, expected } of settings) {
      // The page logs before anybody listens to a page that is open already.
      await visit(context, '/blank', { from }, async (page) => {
        const logged = page.waitForEvent('console', { predicate: (one) => one.type() === 'log' });
        await page.goto(`${origins.shop}/html`);
        const words = (await logged)
          .text()
          .split(' ')
          .filter((word) => word !== 'undefined' && word !== '');
        assert.equal(words.join(' '), expected);
      });
    }
  });

  it('in React give a component its visitor, with one call for several', async (context) => {
    const entry = `
      import { createElement as h } from 'react';
      import { createRoot } from 'react-dom/client';
      import { useVisitor } from 'use-visitor';
      const Price = () => h('p', null, useVisitor()?.currencies[0] ?? 'none');
      createRoot(document.body).render([h(Price, { key: 1 }), h(Price, { key: 2 })]);`;
    pages.set('/react.js', await bundle({ entry, 'use-visitor': snippet('React', target) }));
    pages.set('/react', `${HEAD}<script src="/react.js"></script>`);
    await visit(context, '/blank', { from: FROM.germany }, async (page) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(`${origins.shop}/react`);
      await page.getByText('EUR').nth(1).waitFor();
      assert.equal(asked.filter((url) => url.startsWith(target.origin)).length, 1);
    });
  });

  it('in Vue give a component its visitor', async (context) => {
    // Vue itself is not installed for this one test: these are the two functions of it that the snippet calls.
    const vue = `
      export const ref = (value) => ({ value });
      export const onMounted = (work) => queueMicrotask(work);`;
    const entry = `
      import { useVisitor } from 'use-visitor';
      const visitor = useVisitor();
      const timer = setInterval(() => {
        if (visitor.value === undefined) return;
        clearInterval(timer);
        window.seen = visitor.value.currencies;
      }, 10);`;
    pages.set('/vue.js', await bundle({ entry, vue, 'use-visitor': snippet('Vue', target) }));
    pages.set('/vue', `${HEAD}<script src="/vue.js"></script>`);
    await visit(context, '/vue', { from: FROM.germany }, async (page) => {
      assert.deepEqual(await seen<string[]>(page), ['EUR']);
    });
  });

  it('in a tag manager push the facts, or the contract’s words for why there are none', async (context) => {
    pages.set('/tags', `${HEAD}${snippet('Google Tag Manager', target)}`);
    interface Pushed {
      readonly event: string;
      readonly visitor?: { readonly countryCode: string };
      readonly visitor_error?: string;
    }
    const pushed = (page: Page): Promise<Pushed> =>
      page.waitForFunction('window.dataLayer?.[0]').then((handle) => handle.jsonValue() as Promise<Pushed>);
    await visit(context, '/tags', { from: FROM.britain }, async (page) => {
      const { event, visitor } = await pushed(page);
      assert.deepEqual([event, visitor?.countryCode], ['visitor', 'GB']);
    });
    await visit(context, '/tags', { from: FROM.britain, origin: origins.stranger }, async (page) => {
      assert.deepEqual(await pushed(page), {
        event: 'visitor_error',
        visitor_error: 'Error: referrer domain is not allowed',
      });
    });
    // No newer words: the tag manager's editor refuses them.
    assert.doesNotMatch(snippet('Google Tag Manager', target), /=>|`|\b(?:const|let|await|async|fetch)\b/);
  });

  it('lead clients of VisitorAPI here by the lines that are to be changed', async (context) => {
    const entry = change('npm package', target).replace(
      'console.log(visitor.countryCode)',
      '(window.seen = visitor.countryCode)',
    );
    pages.set('/npm.js', await bundle({ entry }));
    pages.set('/npm', `${HEAD}<script src="/npm.js"></script>`);
    pages.set(
      '/cdn',
      `${HEAD}${change('Script from the CDN', target).replace('console.log(visitor.countryCode)', 'window.seen = visitor.countryCode')}`,
    );
    for (const path of ['/npm', '/cdn']) {
      await visit(context, path, { from: FROM.japan }, async (page) => {
        assert.equal(await seen<string>(page), 'JP', path);
      });
    }
  });
});
