import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalOrigin } from '../foundation/origin.ts';
import { isPublicSuffix } from './public-suffix.ts';
import { domainOfWildcard, originOfDomain } from './rules.ts';

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
  ['https://null', 'https://null'],
  ['203.0.113.7', 'https://203.0.113.7'],
  ['[2001:DB8::1]:8443', 'https://[2001:db8::1]:8443'],
  ['*.example.com', 'https://*.example.com'],
  [' HTTPS://*.Example.COM:443/ ', 'https://*.example.com'],
  ['*.example.com:8443', 'https://*.example.com:8443'],
  ['*.bücher.example', 'https://*.xn--bcher-kva.example'],
  // Whether it is a public suffix is looked up elsewhere.
  ['*.github.io', 'https://*.github.io'],
];

const BAD: readonly (readonly [string, string])[] = [
  ['', 'invalid'],
  ['*', 'wildcard'],
  ['**.example.com', 'wildcard'],
  ['*.*.example.com', 'wildcard'],
  ['shop.*.example.com', 'wildcard'],
  ['shop*.example.com', 'wildcard'],
  ['*example.com', 'wildcard'],
  ['*.example.*', 'wildcard'],
  ['ftp://*.example.com', 'wildcard'],
  ['user@*.example.com', 'wildcard'],
  ['*.203.0.113.7', 'wildcard'],
  ['*.1', 'wildcard'],
  ['*.[2001:db8::1]', 'wildcard'],
  ['*.', 'wildcard'],
  ['*..example.com', 'invalid'],
  ['*. example.com', 'invalid'],
  ['*.example.com\\@evil.com', 'invalid'],
  ['*.-example.com', 'invalid'],
  ['*.example.com/path', 'has-more'],
  ['*.user@example.com', 'has-more'],
  ['http://*.example.com', 'http'],
  ['*.example.com.', 'trailing-dot'],
  ['*.localhost', 'localhost'],
  ['*.127.0.0.1', 'localhost'],
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
  ['null', 'null-origin'],
  [' NULL ', 'null-origin'],
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
    fc.property(
      fc.oneof(
        fc.string(),
        fc.domain(),
        fc.webUrl(),
        fc.webAuthority(),
        fc.webAuthority().map((host) => `*.${host}`),
      ),
      (typed) => {
        const found = originOfDomain(typed);
        if (!found.ok) return;
        assert.equal(canonicalOrigin(found.value), found.value);
        assert.ok(found.value.startsWith('https://'));
        assert.deepEqual(originOfDomain(found.value), found);
      },
    ),
    { numRuns: 5000 },
  );
});

test('a wildcard is taken apart into the domain that it stands before', () => {
  for (const [origin, domain] of [
    ['https://*.example.com', 'example.com'],
    ['https://*.example.com:8443', 'example.com'],
    ['https://example.com', undefined],
    ['https://[2001:db8::1]', undefined],
  ])
    assert.equal(domainOfWildcard(origin ?? ''), domain, origin);
});

test('names below which anybody can have a page are known, and names of somebody are not among them', async () => {
  const anybodys =
    'com co.uk github.io vercel.app netlify.app herokuapp.com blogspot.com pages.dev kawasaki.jp ck s3.amazonaws.com xn--p1ai xn--55qx5d.cn intranet corp';
  for (const name of anybodys.split(' ')) assert.equal(await isPublicSuffix(name), true, name);
  const somebodys =
    'example.com shop.example.com example.co.uk me.github.io city.kawasaki.jp www.ck xn--bcher-kva.example apps.corp example.xn--p1ai';
  for (const name of somebodys.split(' ')) assert.equal(await isPublicSuffix(name), false, name);
});
