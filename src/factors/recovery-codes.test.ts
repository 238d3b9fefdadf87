import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hmacKey } from '../foundation/secret.ts';
import { newRecoveryCode, readRecoveryCode, recoveryDigest } from './recovery-codes.ts';

test('a code is two groups of five signs that nobody takes for another', () => {
  const codes = Array.from({ length: 500 }, newRecoveryCode);
  for (const code of codes) assert.match(code, /^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/);
  assert.equal(new Set(codes).size, codes.length);
  // Each of the 32 signs comes up: 5000 draws miss one with a probability of e^-150.
  assert.equal(new Set(codes.join('').replaceAll('-', '')).size, 32);
});

test('however a code is typed, it is read as the same', () => {
  const anyWay = fc.constantFrom(
    (code: string) => code.toUpperCase(),
    (code: string) => code.replace('-', ''),
    (code: string) => code.replace('-', ' – '),
    (code: string) => ` ${Array.from(code).join(' ')}\n`,
    (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'l'),
    (code: string) => code.replaceAll('1', 'I').replaceAll('0', 'o'),
  );
  fc.assert(
    fc.property(anyWay, (type) => {
      const code = newRecoveryCode();
      assert.equal(readRecoveryCode(type(code)), code.replace('-', ''));
    }),
  );
});

test('what cannot be a code is none', () => {
  for (const text of [
    '',
    'abc',
    '12345-6789',
    '12345-67890a',
    'uuuuu-uuuuu',
    '١٢٣٤٥٦٧٨٩٠',
    'x'.repeat(100_000),
  ]) {
    assert.equal(readRecoveryCode(text), undefined, text.slice(0, 20));
  }
});

test('the same code of two users has two digests', () => {
  const key = hmacKey(Buffer.alloc(32, 1));
  const [a, b] = ['usr_01h0000000000000000000000a', 'usr_01h0000000000000000000000b'] as const;
  assert.notDeepEqual(recoveryDigest(key, a, '0123456789'), recoveryDigest(key, b, '0123456789'));
  assert.deepEqual(recoveryDigest(key, a, '0123456789'), recoveryDigest(key, a, '0123456789'));
});
