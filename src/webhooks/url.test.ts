import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseWebhookUrl } from './url.ts';

const GOOD: readonly (readonly [string, string])[] = [
  ['https://example.com', 'https://example.com/'],
  ['https://example.com/hooks?of=maps', 'https://example.com/hooks?of=maps'],
  ['HTTPS://Hooks.Example.COM/A', 'https://hooks.example.com/A'],
  ['https://example.com:443/x', 'https://example.com/x'],
  ['https://example.com:8443/x', 'https://example.com:8443/x'],
  ['https://bücher.example/x', 'https://xn--bcher-kva.example/x'],
  ['https://xn--bcher-kva.example/x', 'https://xn--bcher-kva.example/x'],
  ['https://example.com/a@b', 'https://example.com/a@b'],
  // What they lead to is looked at elsewhere.
  ['https://127.0.0.1:8443/', 'https://127.0.0.1:8443/'],
  ['https://[::1]:8443/', 'https://[::1]:8443/'],
  ['https://localhost:8443/', 'https://localhost:8443/'],
];

const BAD: readonly (readonly [string, string])[] = [
  ['', 'invalid'],
  ['example.com/hooks', 'invalid'],
  ['//example.com/hooks', 'invalid'],
  ['https:example.com', 'invalid'],
  ['https:/example.com', 'invalid'],
  ['https://', 'invalid'],
  ['https:///hooks', 'invalid'],
  ['ftp://example.com', 'invalid'],
  ['file:///etc/passwd', 'invalid'],
  ['gopher://example.com', 'invalid'],
  ['http://example.com/hooks', 'not-https'],
  ['HTTP://example.com/hooks', 'not-https'],
  ['https://user@example.com/', 'credentials'],
  ['https://user:password@example.com/', 'credentials'],
  ['https://@example.com/', 'credentials'],
  ['https://:@example.com/', 'credentials'],
  ['https://example.com@127.0.0.1/', 'credentials'],
  ['https://127.0.0.1:8443@example.com/', 'credentials'],
  ['https://example.com\\@127.0.0.1/', 'invalid'],
  ['https://exam\tple.com/', 'invalid'],
  ['https://example.com/a\nb', 'invalid'],
  [' https://example.com/', 'invalid'],
  ['https://exam\u00adple.com/', 'invalid'],
  ['https://example.com/#x', 'fragment'],
  ['https://example.com/#', 'fragment'],
  ['https://example.com:80/', 'port'],
  ['https://example.com:22/', 'port'],
  ['https://example.com:1023/', 'port'],
  ['https://example.com:0/', 'port'],
  ['https://example.com:65536/', 'invalid'],
  ['https://example.com./', 'trailing-dot'],
  ['https://127.0.0.1./', 'host'],
  ['https://2130706433/', 'host'],
  ['https://017700000001/', 'host'],
  ['https://0x7f000001/', 'host'],
  ['https://0x7f.1/', 'host'],
  ['https://127.1/', 'host'],
  ['https://0/', 'host'],
  ['https://0177.0.0.1/', 'host'],
  ['https://0x08080808/', 'host'],
  ['https://１２７.0.0.1/', 'host'],
  ['https://①②⑦.0.0.1/', 'host'],
  ['https://127。0。0。1/', 'host'],
  ['https://[::ffff:127.0.0.1]/', 'host'],
  ['https://[0:0:0:0:0:0:0:1]/', 'host'],
  ['https://%31%32%37.0.0.1/', 'host'],
  ['https://%6cocalhost/', 'host'],
  ['https://[fe80::1%25eth0]/', 'invalid'],
  [`https://example.com/${'a'.repeat(1000)}`, 'invalid'],
  [`https://example.com/${'ü'.repeat(400)}`, 'invalid'],
];

test('an address is kept in its canonical form', () => {
  for (const [typed, href] of GOOD) {
    const found = parseWebhookUrl(typed);
    assert.equal(found.ok ? found.value.href : found.reason, href, typed);
  }
});

test('what could lead elsewhere than it seems is refused for its reason', () => {
  for (const [typed, reason] of BAD)
    assert.deepEqual(parseWebhookUrl(typed), { ok: false, reason }, JSON.stringify(typed));
});

test('whatever is typed, what is kept is https without a user and a fragment, and stays what it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webUrl({ validSchemes: ['https'] })), (typed) => {
      const found = parseWebhookUrl(typed);
      if (!found.ok) return;
      const { href, protocol, username, password, hash } = found.value;
      assert.deepEqual([protocol, username, password, hash], ['https:', '', '', '']);
      const again = parseWebhookUrl(href);
      assert.equal(again.ok ? again.value.href : again.reason, href);
    }),
    { numRuns: 5000 },
  );
});
