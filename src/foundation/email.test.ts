import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalEmail } from './email.ts';

test('an address is lower case and without the spaces around it', () => {
  assert.equal(canonicalEmail('  Ada.Lovelace+maps@Example.COM\n'), 'ada.lovelace+maps@example.com');
  assert.equal(canonicalEmail("o'brien@a-b.example"), "o'brien@a-b.example");
});

test('a domain beyond ASCII is kept as A-labels, however it is written', () => {
  for (const written of [
    'a@münchen.de',
    'a@MÜNCHEN.de',
    'a@mu\u0308nchen.de',
    'a@xn--mnchen-3ya.de',
    'a@XN--mnchen-3ya.DE',
  ])
    assert.equal(canonicalEmail(written), 'a@xn--mnchen-3ya.de', written);
  assert.equal(canonicalEmail('a@пример.рф'), 'a@xn--e1afmkfd.xn--p1ai');
});

test('refuses what is no address', () => {
  const wrong = [
    '',
    '@',
    'a',
    'a@',
    '@example.com',
    'a@b@example.com',
    'a b@example.com',
    'a@exam ple.com',
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    '"a b"@example.com',
    '"a"@example.com',
    'a@example',
    'a@localhost',
    'a@-a.example',
    'a@a-.example',
    'a@example..com',
    'a@example.com.',
    'a@.example.com',
    'a@127.0.0.1',
    'a@0x7f.1',
    'a@[127.0.0.1]',
    'a@[IPv6:::1]',
    'a@a_b.example',
    'a@example.com:25',
    'a@example.com/x',
    'a@%65xample.com',
    'a@xn--zz.example',
    'a@xn--.example',
    'a,b@example.com',
    'a@example.com,b@example.com',
    'Ada <a@example.com>',
    'a(comment)@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a\r\n@example.com',
    'a@exa\u0000mple.com',
    'a\u200b@example.com',
    'a@exam\u00adple.com',
    'a@example.com\u200b',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.example`,
    `a@${'b.'.repeat(130)}example`,
    'a@b.example'.padEnd(1001, 'e'),
  ];
  for (const text of wrong) assert.equal(canonicalEmail(text), undefined, JSON.stringify(text));
});

test('a look-alike never turns into the address that it looks like', () => {
  const disguised = [
    'аda@example.com', // Cyrillic а
    'ada@exаmple.com', // the same in the domain, beside Latin
    'ａda@example.com', // full-width
    'ada@ｅxample.com',
    'ada@example。com', // an ideographic full stop
    'ada@example．com',
    'adaı@example.com', // dotless ı
    'İda@example.com', // capital I with a dot, which lower case takes apart
    '\u212aim@example.com', // Kelvin sign
    'kim@\u212aelvin.com',
    'ſam@example.com', // long s
    'ada@ſample.com',
    'ada@ﬁsh.com', // a ligature
    'ada@exampleⅠ.com', // a Roman numeral
    'ada@ⓔxample.com',
  ];
  for (const text of disguised) assert.equal(canonicalEmail(text), undefined, text);
  assert.equal(canonicalEmail('ada@ıstanbul.com'), 'ada@xn--stanbul-qfb.com', 'a name of its own');
  assert.equal(canonicalEmail('ada@саѕе.com'), 'ada@xn--80ak8a3e.com', 'wholly Cyrillic: a name of its own');
});

test('whatever is written, the canonical form is ASCII, lower case, short and stays as it is', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.emailAddress(),
    fc
      .tuple(fc.string({ unit: 'grapheme', maxLength: 10 }), fc.string({ unit: 'grapheme', maxLength: 10 }))
      .map(([local, domain]) => `${local}@${domain}.com`),
    fc
      .string({ unit: fc.constantFrom(...Array.from('aA.-@+ıKſаｅß。\u0301xn')), maxLength: 30 })
      .map((middle) => `a${middle}@b${middle}.com`),
  );
  fc.assert(
    fc.property(text, (written) => {
      const email = canonicalEmail(written);
      if (email === undefined) return;
      assert.match(email, /^[!-~]+@[!-~]+$/);
      assert.equal(email, email.toLowerCase());
      assert.ok(email.length <= 254);
      assert.equal(canonicalEmail(email), email);
    }),
    { numRuns: 3000 },
  );
});

test('an ASCII address comes only from the same letters, in upper or lower case', () => {
  const sign = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(...Array.from('aAkKı\u212aｋſsSßｅ。.')),
  );
  fc.assert(
    fc.property(fc.array(sign, { minLength: 1, maxLength: 8 }), fc.boolean(), (signs, inDomain) => {
      const part = signs.join('');
      const written = inDomain ? `a@${part}.com` : `${part}@example.com`;
      const email = canonicalEmail(written);
      if (email === undefined || email.includes('xn--')) return;
      assert.equal(
        email,
        written.trim().replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
      );
    }),
    { numRuns: 3000 },
  );
});
