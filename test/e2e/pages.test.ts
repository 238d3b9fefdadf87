/** Every page in a real browser: what it loads, what it breaks, how it reads without script and on a small screen. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser, type TestBrowser, type Visit } from '../support/browser.ts';
import { emptyReport } from './pages-samples.ts';
import { startPages, type PagesServer } from './pages-server.ts';

const PAGES = ['/', '/security', '/docs', '/credits'] as const;
const PHONE = { viewport: { width: 360, height: 740 } };
const OPERATIONS = ['geocoding.query', 'geocoding.geojson', 'promises.list'];
const KEY = 'vs_sk_live_typed-into-the-page';

/** What axe-core returns, as far as it is read here. */
interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Two rules that Swagger UI breaks by its own structure: a link within the control that opens an operation, and
 * the document's description outside its main landmark. Everything else holds for it too.
 */
const VIEWER_RULES = { rules: { 'nested-interactive': { enabled: false }, region: { enabled: false } } };

/** Runs axe-core inside the page; playwright's evaluation is not subject to the page's policy. */
const findBarriers = async (page: Page, options: object = {}): Promise<string[]> => {
  await page.evaluate(axeSource);
  const result = await page.evaluate<AxeResult>(`axe.run(document, ${JSON.stringify(options)})`);
  return result.violations.map(
    (found) => `${found.id}: ${found.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
  );
};

describe('the pages in a browser', () => {
  let browser: TestBrowser;
  let server: PagesServer;

  before(async () => {
    [browser, server] = await Promise.all([openBrowser(), startPages()]);
  });

  after(async () => {
    await server.close();
    await browser.close();
  });

  const open = async (path: string, options: BrowserContextOptions = {}): Promise<Visit> => {
    const visit = await browser.visit(server.url, options);
    await visit.page.goto(`${server.url}${path}`);
    if (path.startsWith('/docs') && options.javaScriptEnabled !== false) {
      await visit.page
        .locator('.opblock')
        .nth(OPERATIONS.length - 1)
        .waitFor();
    }
    return visit;
  };

  for (const path of PAGES) {
    it(`opens ${path} without an error, a policy violation or a request to another host`, async () => {
      await using visit = await open(path);
      const { page, faults } = visit;
      assert.deepEqual(faults, []);
      assert.deepEqual(browser.foreignRequests, []);
      assert.equal(await page.locator('h1:visible').count(), 1);
    });

    it(`fits ${path} into 360 pixels`, async () => {
      await using visit = await open(path, PHONE);
      const { page } = visit;
      assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 360);
    });

    it(`reads ${path} without JavaScript`, async () => {
      await using visit = await open(path, { javaScriptEnabled: false });
      const { page, faults } = visit;
      assert.deepEqual(faults, []);
      assert.ok((await page.locator('#main').innerText()).length > 200);
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      it(`has nothing on ${path} that shuts people out, in ${colorScheme}`, async () => {
        await using visit = await open(path, { colorScheme });
        const { page } = visit;
        assert.deepEqual(await findBarriers(page, path === '/docs' ? VIEWER_RULES : {}), []);
      });
    }
  }

  it('notices a planted barrier, so that finding none means something', async () => {
    await using visit = await open('/');
    const { page } = visit;
    await page.evaluate(`document.querySelector('.brand img').removeAttribute('alt')`);
    assert.match((await findBarriers(page)).join('\n'), /image-alt/);
  });

  it('notices a planted inline style, so that seeing no violation means something', async () => {
    await using visit = await open('/');
    const { page, faults } = visit;
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<p style="color:red">x</p>')`);
    assert.match(faults.join('\n'), /Content Security Policy/);
  });

  it('keeps headings in order, one level at a time', async () => {
    for (const path of ['/', '/security', '/credits']) {
      await using visit = await open(path);
      const { page } = visit;
      const levels = await page.evaluate<number[]>(
        `[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((heading) => Number(heading.tagName[1]))`,
      );
      assert.equal(levels[0], 1);
      for (const [index, level] of levels.entries())
        assert.ok(level <= (levels[index - 1] ?? 0) + 1, `${path}: ${levels.join()}`);
    }
  });

  it('has no link into this host that leads nowhere', async () => {
    const links = new Set<string>();
    for (const path of PAGES) {
      await using visit = await open(path);
      const { page } = visit;
      const found = await page.evaluate<string[]>(
        `[...document.querySelectorAll('main a, header a, footer a, head link')].map((a) => a.href)`,
      );
      for (const link of found) links.add(link);
    }
    assert.ok(links.size > 15);
    for (const link of links) {
      if (!link.startsWith(server.url)) continue;
      const reply = await fetch(link);
      assert.equal(reply.status, 200, link);
      const text = await reply.text();
      const anchor = new URL(link).hash.slice(1);
      if (anchor !== '' && !anchor.startsWith('/')) assert.ok(text.includes(`id="${anchor}"`), link);
    }
  });

  it('can be walked by keyboard, beginning with a way past the navigation', async () => {
    await using visit = await open('/');
    const { page } = visit;
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.className'), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
  });

  it('says the state of each promise in a word, and what a broken check saw as text', async () => {
    await using visit = await open('/security');
    const { page } = visit;
    const states = await page.locator('.promise .state').allInnerTexts();
    assert.deepEqual(
      states.map((state) => state.trim()),
      ['Broken', 'Not checked', 'Not checked', 'Kept', 'Kept'],
    );
    assert.match(await page.locator('#revocation-in-a-second').innerText(), /<script>alert\(1\)<\/script>/);
  });

  it('shows the command to repeat a check as it has to be typed, line by line', async () => {
    await using visit = await open('/security', PHONE);
    const { page } = visit;
    const shown = await page.locator('#tls-only pre').innerText();
    assert.match(shown, /^curl -sS -o \/dev\/null -w '%\{http_code\} .*\nopenssl s_client -connect/);
  });

  it('has a sentence where there is nothing to show yet', async () => {
    const empty = await startPages(emptyReport);
    try {
      await using visit = await browser.visit(empty.url);
      const { page } = visit;
      await page.goto(`${empty.url}/security`);
      const text = await page.locator('main').innerText();
      assert.match(text, /published no promise yet/);
      assert.match(text, /history is empty/);
    } finally {
      await empty.close();
    }
  });

  it('prints the security page without its navigation', async () => {
    await using visit = await open('/security');
    const { page } = visit;
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('header nav ul').isVisible(), false);
    assert.equal(await page.locator('#tls-only h3').isVisible(), true);
  });

  describe('the API reference', () => {
    it('shows each operation of the document', async () => {
      await using visit = await open('/docs');
      const { page } = visit;
      const shown = await page.locator('.opblock-summary-operation-id').allInnerTexts();
      assert.deepEqual(shown.toSorted(), OPERATIONS.toSorted());
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      it(`shuts nobody out of an operation that is open and was called, in ${colorScheme}`, async () => {
        await using visit = await open('/docs', { colorScheme });
        const { page } = visit;
        await page.locator('.opblock-summary-control').first().click();
        await page.locator('button.try-out__btn').click();
        await page.locator('button.execute').click();
        await page.locator('.live-responses-table').waitFor();
        assert.deepEqual(await findBarriers(page, VIEWER_RULES), []);
      });
    }

    it('points to the document as JSON where no script runs', async () => {
      await using visit = await open('/docs', { javaScriptEnabled: false });
      const { page } = visit;
      const link = page.locator('noscript a[href="/docs/openapi.json"]');
      assert.equal(await link.isVisible(), true);
    });

    it('sends a typed key to this server, in the header, and keeps it nowhere', async () => {
      await using visit = await open('/docs');
      const { page, faults } = visit;
      await page.locator('button.authorize').first().click();
      await page.locator('.auth-container input').fill(KEY);
      await page.locator('.auth-btn-wrapper button.authorize').click();
      await page.locator('.auth-btn-wrapper button.btn-done').click();
      await page
        .locator('.opblock', { hasText: 'geocoding.query' })
        .locator('.opblock-summary-control')
        .click();
      await page.locator('button.try-out__btn').click();
      await page.locator('button.execute').click();
      await page.locator('.live-responses-table').waitFor();
      const sent = server.calls.at(-1);
      assert.equal(sent?.headers['x-api-key'], KEY);
      assert.match(sent?.path ?? '', /q=Paris/);
      assert.ok(!sent?.path.includes(KEY));
      const kept = await page.evaluate(
        'JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])',
      );
      assert.ok(!String(kept).includes(KEY));
      assert.deepEqual(faults, []);
    });

    it('cannot be pointed at another document by its address', async () => {
      await using visit = await open(
        '/docs?url=https://evil.example/openapi.json&configUrl=https://evil.example/c.json',
      );
      const { page } = visit;
      assert.equal(await page.locator('.opblock').count(), OPERATIONS.length);
      assert.deepEqual(browser.foreignRequests, []);
    });
  });
});

describe('the browser of these tests', () => {
  it('refuses and reports a request that leaves the server under test', async () => {
    const [browser, server] = await Promise.all([openBrowser(), startPages()]);
    await using visit = await browser.visit(server.url, { bypassCSP: true });
    const { page } = visit;
    await page.goto(server.url);
    await page.evaluate(`fetch('https://example.org/beacon').catch(() => undefined)`);
    assert.deepEqual(browser.foreignRequests, ['https://example.org/beacon']);
    await server.close();
    await assert.rejects(browser.close(), /example\.org/);
  });
});
