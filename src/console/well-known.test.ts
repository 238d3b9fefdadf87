import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { loadAssets } from './assets.ts';
import { createSite } from './site.ts';
import { renderSecurityTxt, resolveContact } from './well-known.ts';

const assets = loadAssets();
const site = createSite('https://geo.example.org:8443/', '0.1.0', assets);
const DAY_MS = 86_400_000;

describe('security.txt', () => {
  it('has the fields that RFC 9116 requires, each once', () => {
    const text = renderSecurityTxt(site, 'mailto:security@geo.example.org', Date.UTC(2026, 10, 22));
    assert.deepEqual(text.split('\n'), [
      'Contact: mailto:security@geo.example.org',
      'Expires: 2027-05-23T00:00:00Z',
      'Preferred-Languages: en',
      'Canonical: https://geo.example.org:8443/.well-known/security.txt',
      'Policy: https://geo.example.org:8443/security',
      '',
    ]);
  });

  it('is valid whenever it is asked for, and for less than a year', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0) }), (now) => {
        const expires =
          /^Expires: (.+)$/m.exec(renderSecurityTxt(site, 'mailto:a@example.org', now))?.[1] ?? '';
        const left = Date.parse(expires) - now;
        assert.ok(left > 90 * DAY_MS && left < 365 * DAY_MS, expires);
      }),
    );
  });

  it('names security@ the public host where no contact is configured', () => {
    assert.equal(resolveContact(site, undefined), 'mailto:security@geo.example.org');
    assert.equal(
      resolveContact(createSite('https://192.0.2.7', '0', assets), undefined),
      'mailto:security@%5B192.0.2.7%5D',
    );
    assert.equal(
      resolveContact(createSite('https://[2001:db8::1]:444', '0', assets), undefined),
      'mailto:security@%5BIPv6:2001:db8::1%5D',
    );
  });

  it('keeps a configured contact, and refuses what is not a URI or would begin a new line', () => {
    assert.equal(resolveContact(site, 'https://example.org/report'), 'https://example.org/report');
    const wrong = ['security@example.org', 'http://example.org', 'mailto:a@example.org\nExpires: 1970', ''];
    for (const contact of wrong) assert.throws(() => resolveContact(site, contact), TypeError, contact);
  });
});
