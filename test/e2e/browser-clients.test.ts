/**
 * Clients of the contract that live in pages, unchanged, in a real browser against a real server: with the public key of
 * a project, from a page of one of its domains. What XML and callbacks are is for the browser to say here as well.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { OK_KEY } from '../../src/services/geocoding/test-keys.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { startServer, until, type RunningServer } from '../support/server.ts';

const { resolve } = createRequire(import.meta.url);
const FILES: Readonly<Record<string, () => string>> = {
  '/leaflet.js': () => resolve('leaflet/dist/leaflet.js'),
  '/control.js': () => resolve('leaflet-control-geocoder'),
  '/geosearch.js': () => join(dirname(resolve('leaflet-geosearch/package.json')), 'dist', 'geosearch.umd.js'),
  '/bundle.js': () => resolve('@opencage/geosearch-bundle'),
  '/bundle.css': () => resolve('@opencage/geosearch-bundle/dist/css/autocomplete-theme-classic.css'),
};
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };
const PAGES: Readonly<Record<string, string>> = {
  '/leaflet': '<script src="/leaflet.js"></script><script src="/control.js"></script>',
  '/geosearch': '<script src="/leaflet.js"></script><script src="/geosearch.js"></script>',
  '/bundle':
    '<link rel="stylesheet" href="/bundle.css"><div id="place"></div><script src="/bundle.js"></script>',
  '/plain': '',
};
/** The bundle shows a picture from there; the browser of these tests does not know the name. */
const ASSETS = 'https://assets.opencagedata.com';

let server: RunningServer;
let browser: TestBrowser;
let pages: Server;
let origin = '';
let publicKey = '';

before(async () => {
  server = await startServer();
  const folder = join(server.home.dataDir, 'tls');
  const tls = {
    cert: readFileSync(join(folder, 'localhost.pem'), 'utf8'),
    key: readFileSync(join(folder, 'localhost.key.pem'), 'utf8'),
  };
  pages = createServer(tls, ({ url = '/' }, response) => {
    const file = FILES[url]?.();
    response.setHeader('content-type', `${TYPES[extname(url)] ?? 'text/html'}; charset=utf-8`);
    const head = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>A page</title>';
    response.end(file === undefined ? head + (PAGES[url] ?? '') : readFileSync(file));
  });
  await new Promise<void>((listening) => {
    pages.listen(0, '127.0.0.1', listening);
  });
  origin = `https://shop.example:${(pages.address() as AddressInfo).port}`;
  browser = await openBrowser({ certificate: tls.cert, hosts: ['shop.example'] });
  const [row] = await server.sql<{ project_id: string; public_key: string; company_id: string }>(
    'select project_id, company_id, public_key from vouchsafe.key limit 1',
  );
  publicKey = row?.public_key ?? '';
  await server.sql('update vouchsafe.project set per_second = 100000');
  await server.sql(
    `insert into vouchsafe.domain (id, company_id, project_id, origin, created_at)
     values ('dom_01h0000000000000000000000a', $1, $2, $3, now())`,
    [row?.company_id, row?.project_id, origin],
  );
  await until(
    'every worker knows the domain',
    async () => {
      const path = `/geocode/v1/json?q=Paris&key=${publicKey}`;
      const asks = Array.from({ length: 8 }, () => server.request(path, { headers: { origin } }));
      return (await Promise.all(asks)).every(({ status }) => status === 200);
    },
    5000,
  );
});

after(async () => {
  pages.close();
  try {
    await browser.close();
  } finally {
    await server.stop();
  }
});

const onPage = async (
  context: TestContext,
  path: string,
  work: (page: Page) => Promise<void>,
): Promise<void> => {
  await using visit = await browser.visitFreely([origin, server.url, ASSETS]);
  if (visit === undefined) {
    context.diagnostic('this machine lacks a library that the browser needs for TLS: nothing was tried');
    return;
  }
  await visit.page.goto(`${origin}${path}`);
  await work(visit.page);
};

/** A place as a map client has it. */
interface Pin {
  readonly name: string;
  readonly lat: number;
  readonly lng: number;
}

test('leaflet-control-geocoder finds places by name and by coordinate', async (context) => {
  await onPage(context, '/leaflet', async (page) => {
    const options = { serviceUrl: `${server.url}/geocode/v1/json`, apiKey: publicKey };
    const script = `(async () => {
      const { geocoders } = globalThis['leaflet-control-geocoder'];
      const geocoder = geocoders.opencage(${JSON.stringify(options)});
      const pin = ({ name, center }) => ({ name, lat: center.lat, lng: center.lng });
      return {
        forward: (await geocoder.geocode('Paris, Texas')).map(pin),
        suggested: (await geocoder.suggest('Springfield')).map(pin),
        reverse: (await geocoder.reverse({ lat: 48.2084, lng: 16.3725 }, 1)).map(pin),
        wrongKey: await geocoders.opencage({ ...${JSON.stringify(options)}, apiKey: 'wrong' }).geocode('Paris'),
      };
    })()`;
    const found =
      await page.evaluate<Record<'forward' | 'suggested' | 'reverse' | 'wrongKey', Pin[]>>(script);
    assert.match(found.forward[0]?.name ?? '', /^Paris, .*Texas, United States/);
    assert.ok(Math.abs((found.forward[0]?.lat ?? 0) - 33.66) < 0.1);
    assert.equal(found.suggested.length, 10);
    assert.match(found.reverse[0]?.name ?? '', /^Vienna.*Austria$/);
    assert.deepEqual(found.wrongKey, []);
  });
});

test('leaflet-geosearch finds places, with their bounds', async (context) => {
  await onPage(context, '/geosearch', async (page) => {
    const script = `(async () => {
      const provider = new GeoSearch.OpenCageProvider({ params: { key: ${JSON.stringify(publicKey)}, limit: 2 } });
      provider.searchUrl = ${JSON.stringify(`${server.url}/geocode/v1/json`)};
      const found = await provider.search({ query: 'Paris, Texas' });
      return found.map(({ x, y, label, bounds }) => ({ name: label, lat: y, lng: x, bounds }));
    })()`;
    const [first] = await page.evaluate<(Pin & { bounds: [[number, number], [number, number]] })[]>(script);
    assert.match(first?.name ?? '', /^Paris, .*Texas, United States/);
    const [[south, west] = [], [north, east] = []] = first?.bounds ?? [];
    assert.ok(first !== undefined && Number(south) < first.lat && first.lat < Number(north));
    assert.ok(Number(west) < first.lng && first.lng < Number(east));
  });
});

test('the geosearch bundle completes what somebody types', async (context) => {
  await onPage(context, '/bundle', async (page) => {
    // Its address is written into it; only that is changed, on the way out.
    await page.evaluate(`(() => {
      const { fetch } = globalThis;
      globalThis.fetch = (url, init) =>
        fetch(String(url).replace('https://api.opencagedata.com', ${JSON.stringify(server.url)}), init);
      opencage.algoliaAutocomplete({
        container: '#place',
        plugins: [opencage.OpenCageGeoSearchPlugin(
          { key: ${JSON.stringify(publicKey)}, language: 'de', debounce: 10, noResults: 'Nothing.' },
          { onSelect: ({ item }) => { globalThis.selected = item; } },
        )],
      });
    })()`);
    const box = page.locator('#place input');
    await box.pressSequentially('Greno');
    const line = page.locator('.aa-Item', { hasText: 'Grenoble' });
    await line.waitFor({ timeout: 10_000 });
    assert.match(await line.innerText(), /^Grenoble, .*Frankreich$/);
    await line.click();
    await page.waitForFunction('globalThis.selected !== undefined', undefined, { timeout: 10_000 });
    const selected = await page.evaluate<{ name: string; geometry: { lat: string } }>('globalThis.selected');
    assert.equal(selected.name, 'Grenoble');
    assert.match(selected.geometry.lat, /^45\.\d{5}$/);
  });
});

test('the browser reads every XML answer as well-formed', async (context) => {
  await onPage(context, '/plain', async (page) => {
    const queries = [
      'Springfield',
      '北京',
      'القاهرة',
      "L'Aquila",
      '48.2084,16.3725',
      '30,-40',
      ']]><&"',
      'x',
      '\uFFFE\uFFFE',
    ];
    const script = `(async ({ base, key, texts }) => {
      const answers = [];
      for (const text of texts) {
        const query = new URLSearchParams({ q: text, key, add_request: '1', limit: '100' });
        const reply = await fetch(base + '/geocode/v1/xml?' + query);
        const tree = new DOMParser().parseFromString(await reply.text(), 'text/xml');
        answers.push([
          tree.querySelectorAll('response > results > result > geometry > lat').length,
          tree.querySelector('parsererror') !== null,
          tree.querySelector('response > status > code')?.textContent,
        ]);
      }
      return answers;
    })(${JSON.stringify({ base: server.url, key: publicKey, texts: queries })})`;
    const read = await page.evaluate<[count: number, hasError: boolean, code: string][]>(script);
    assert.deepEqual(
      read.map(([, error]) => error),
      queries.map(() => false),
    );
    assert.deepEqual(
      read.map(([, , code]) => code),
      ['200', '200', '200', '200', '200', '200', '200', '400', '200'],
    );
    assert.ok((read[0]?.[0] ?? 0) > 10);
    assert.equal(read[4]?.[0], 1);
    assert.equal(read[5]?.[0], 0);
  });
});

test('the browser runs a callback, and nothing that is not one', async (context) => {
  await onPage(context, '/plain', async (page) => {
    const script = `(async ({ base, key }) => {
      const tried = [];
      for (const jsonp of ['show', 'app.show', 'alert(1)//', "show'", '<script>']) {
        let got = 'nothing';
        globalThis.show = (answer) => { got = answer.status.message; };
        globalThis.app = { show };
        const script = document.createElement('script');
        script.src = base + '/geocode/v1/json?' + new URLSearchParams({ q: 'Paris', key, jsonp });
        await new Promise((done) => {
          script.onload = script.onerror = done;
          document.head.append(script);
        });
        tried.push(got);
      }
      return tried;
    })(${JSON.stringify({ base: server.url, key: OK_KEY })})`;
    const outcomes = await page.evaluate<string[]>(script);
    assert.deepEqual(outcomes, ['OK', 'OK', 'nothing', 'nothing', 'nothing']);
  });
});
