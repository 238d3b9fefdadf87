import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalOrigin } from '../foundation/origin.ts';
import { originOfDomain } from './rules.ts';

const GOOD: readonly (readonly [string, string])[] = [
  ['shop.example.com', 'https://shop.example.com'],
  ['  Shop.Example.COM ', 'https://shop.example.com'],
  ['https://shop.example.com', 'https://shop.example.com'],
  ['https://shop.example.com/', 'https://shop.example.com'],
  ['HTTPS://shop.example.com:443', 'https://shop.example.com'],
  ['shop.example.com:8443', 'https://shop.example.com:8443'],
  ['bücher.example', 'https://xn--bcher-kva.example'],
  ['faß.de', 'https://xn--fa-hia.de'],
  ['shop。example.com', 'https://shop.example.com'],
  ['exаmple.com', 'https://xn--exmple-4nf.com'],
  ['xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
  ['intranet', 'https://intranet'],
  // A host like any other; the origin `null` it is not.
  ['null', 'https://null'],
  ['203.0.113.7', 'https://203.0.113.7'],
  ['[2001:DB8::1]:8443', 'https://[2001:db8::1]:8443'],
];

const BAD: readonly (readonly [string, string])[] = [
  ['', 'invalid'],
  ['*', 'wildcard'],
  ['*.example.com', 'wildcard'],
  ['https://*.github.io', 'wildcard'],
  ['https://shop.example.com/path', 'has-more'],
  ['shop.example.com?x', 'has-more'],
  ['shop.example.com#x', 'has-more'],
  ['https://user@shop.example.com', 'has-more'],
  ['https://@shop.example.com', 'has-more'],
  ['https://user:password@shop.example.com', 'has-more'],
  ['http://shop.example.com', 'http'],
  ['ftp://shop.example.com', 'invalid'],
  ['javascript://shop.example.com', 'invalid'],
  ['shop.example.com.', 'trailing-dot'],
  ['localhost', 'localhost'],
  ['localhost:3000', 'localhost'],
  ['http://localhost:3000', 'localhost'],
  ['app.localhost', 'localhost'],
  ['127.0.0.1:3000', 'localhost'],
  ['127.1', 'localhost'],
  ['[::1]', 'localhost'],
  ['shop_.example.com', 'invalid'],
  ['shop`.example.com', 'invalid'],
  ['-shop.example.com', 'invalid'],
  ['shop..example.com', 'invalid'],
  ['shop.example.com\\@evil.com', 'invalid'],
  ['shop.exam ple.com', 'invalid'],
  ['shop.exam\nple.com', 'invalid'],
  ['shop.exam\u00adple.com', 'invalid'],
  ['shop.example.com:99999', 'invalid'],
  ['shop.example.com, evil.com', 'invalid'],
  [`${'a'.repeat(64)}.example`, 'invalid'],
  [`${'a.'.repeat(130)}example`, 'invalid'],
  ['vs_sk_live_0123456789012345678901234567890123456789012345678', 'invalid'],
];

test('what people type becomes the origin that browsers send', () => {
  for (const [typed, origin] of GOOD)
    assert.deepEqual(originOfDomain(typed), { ok: true, value: origin }, typed);
});

test('what is no domain is refused for its reason', () => {
  for (const [typed, reason] of BAD) {
    const found = originOfDomain(typed);

    assert.deepEqual(found, { ok: false, reason }, JSON.stringify(typed));
  }
});

test('whatever is typed, what is kept is an https origin as browsers write it, and stays what it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.domain(), fc.webUrl(), fc.webAuthority()), (typed) => {
      const found = originOfDomain(typed);
      if (!found.ok) return;
      assert.equal(canonicalOrigin(found.value), found.value);
      assert.ok(found.value.startsWith('https://'));
      assert.deepEqual(originOfDomain(found.value), found);
    }),
    { numRuns: 5000 },
  );
});
