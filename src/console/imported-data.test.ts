import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadAssets } from './assets.ts';
import { renderCreditsPage } from './credits-page.ts';
import { createSite } from './site.ts';
import type { ImportedData } from './imported-data.ts';

const site = createSite('https://geo.example', '1', loadAssets());
const EXTRACT: ImportedData = {
  name: 'liechtenstein',
  source: 'osm',
  attribution: '© OpenStreetMap contributors',
  importedAt: '2026-11-22T12:00:00Z',
};

describe('the credits of imported data', () => {
  it('name the authors and the licence of what answers, and nothing where nothing was imported', () => {
    const page = renderCreditsPage(site, [EXTRACT]);
    assert.match(page, /© OpenStreetMap contributors/u);
    assert.match(page, /https:\/\/www\.openstreetmap\.org\/copyright/u);
    assert.match(page, /ODbL-1\.0/u);
    assert.match(page, /the extract liechtenstein, imported on 2026-11-22/u);
    assert.doesNotMatch(renderCreditsPage(site), /this installation has imported/u);
  });

  it('are text, whatever a source calls itself', () => {
    const page = renderCreditsPage(site, [
      { ...EXTRACT, source: 'openaddresses', attribution: '<script>alert(1)</script> & Co' },
    ]);
    assert.doesNotMatch(page, /<script>alert/u);
    assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; Co/u);
  });
});
