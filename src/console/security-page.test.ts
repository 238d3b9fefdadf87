import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PromiseView, SecurityReport } from '../promises/report.ts';
import { loadAssets } from './assets.ts';
import { renderSecurityPage } from './security-page.ts';
import { createSite } from './site.ts';

const site = createSite('https://geo.example.org', '0.1.0', loadAssets());

const promise = (id: string, state: PromiseView['state'], more: Partial<PromiseView> = {}): PromiseView => ({
  id,
  sentence: `Sentence of ${id}.`,
  kind: 'proved by schema',
  state,
  enforcedBy: 'the schema',
  checkedAt: '2026-11-22T02:41:45.123Z',
  evidence: 'what was seen',
  ...more,
});

const report = (...promises: readonly PromiseView[]): SecurityReport => ({
  installation: { name: 'Example', url: 'https://geo.example.org', version: '0.1.0' },
  generatedAt: '2026-11-22T02:45:00.000Z',
  promises,
  history: { entries: 3, head: 'sha256:abc', publicKey: 'ed25519:xyz' },
});

const page = (...promises: readonly PromiseView[]): string => renderSecurityPage(site, report(...promises));

describe('the security page', () => {
  it('puts broken promises first, then unchecked ones, whatever their order in the report', () => {
    const text = page(promise('a', 'kept'), promise('b', 'unchecked'), promise('c', 'broken'));
    const order = ['id="c"', 'id="b"', 'id="a"'].map((id) => text.indexOf(id));
    assert.ok(!order.includes(-1));
    assert.deepEqual(
      order,
      order.toSorted((x, y) => x - y),
    );
  });

  it('says at the top that a promise is broken, and does not call all of them kept', () => {
    const text = page(promise('a', 'kept'), promise('c', 'broken'));
    assert.match(text, /One promise is broken at this moment/);
    assert.doesNotMatch(text, /Every promise was kept/);
  });

  it('claims that all are kept only when none is unchecked', () => {
    assert.match(page(promise('a', 'kept')), /Every promise was kept at its last check/);
    assert.doesNotMatch(page(promise('a', 'kept'), promise('b', 'unchecked')), /Every promise was kept/);
  });

  it('claims nothing when there is nothing to claim', () => {
    assert.match(page(), /published no promise yet/);
    assert.doesNotMatch(page(), /Every promise was kept/);
  });

  it('shows the time of the check in UTC, and says so when there was none', () => {
    assert.match(
      page(promise('a', 'kept')),
      /<time datetime="2026-11-22T02:41:45.123Z">2026-11-22 02:41:45 UTC<\/time>/,
    );
    assert.match(page(promise('a', 'unchecked', { checkedAt: null })), /none so far/);
  });

  it('shows the command to repeat a check exactly as it has to be typed', () => {
    const text = page(promise('a', 'kept', { repeat: `curl -H "A: b" 'https://x/?a=1&b=2'` }));
    assert.match(
      text,
      /<pre><code>curl -H &quot;A: b&quot; &#39;https:\/\/x\/\?a=1&amp;b=2&#39;<\/code><\/pre>/,
    );
  });

  it('never shows the word of a person as something that a machine will check', () => {
    const text = page(promise('a', 'unchecked', { kind: 'attested by a person' }));
    assert.match(text, /the word of a person/);
    assert.doesNotMatch(text, /The server checks it by itself/);
  });

  it('escapes every field of the report', () => {
    const evil = '"><script>alert(1)</script>';
    const text = renderSecurityPage(site, {
      installation: { name: evil, url: evil, version: evil },
      generatedAt: evil,
      promises: [
        promise(evil, 'broken', {
          sentence: evil,
          enforcedBy: evil,
          evidence: evil,
          checkedAt: evil,
          repeat: evil,
        }),
      ],
      history: { entries: 1, head: evil, publicKey: evil },
    });
    assert.doesNotMatch(text, /<script>alert/);
    assert.ok(text.split('&quot;&gt;&lt;script&gt;').length > 10);
  });
});
