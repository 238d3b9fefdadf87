import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { describeTotp, matchTotp, newTotpSecret, totpCodeAt, totpStepAt } from './totp.ts';

const STEP = 30_000;
/** RFC 4226 §5.3, written once more: what an app computes. */
const codeOf = (secret: Uint8Array, step: number): string => {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(message).digest();
  const offset = mac[19]! & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
};

test('codes are those of RFC 6238, appendix B', () => {
  const secret = Buffer.from('12345678901234567890');
  const vectors: readonly [number, string][] = [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ];
  for (const [seconds, code] of vectors)
    assert.equal(totpCodeAt(secret, totpStepAt(seconds * 1000)), code.slice(2));
});

test('codes are those that an app computes, for any secret and step', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.nat(2 ** 31), (secret, step) => {
      assert.equal(totpCodeAt(secret, step), codeOf(secret, step));
    }),
  );
});

test('the codes of the present step and of its neighbours match, and no others', () => {
  const secret = Buffer.alloc(20, 7);
  const now = 1_000_000 * STEP + 12_345;
  for (const [away, isRight] of [
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ] as const) {
    const step = 1_000_000 + away;
    assert.equal(matchTotp(secret, codeOf(secret, step), now, 0), isRight ? step : undefined, String(away));
  }
});

test('no code at or before the last accepted step matches again', () => {
  const secret = Buffer.alloc(20, 9);
  const now = 5000 * STEP;
  assert.equal(matchTotp(secret, codeOf(secret, 5000), now, 4999), 5000);
  assert.equal(matchTotp(secret, codeOf(secret, 5000), now, 5000), undefined);
  assert.equal(matchTotp(secret, codeOf(secret, 4999), now, 5000), undefined);
  assert.equal(matchTotp(secret, codeOf(secret, 5001), now, 5000), 5001);
});

test('spaces in a code make no difference, and anything else is no code', () => {
  const secret = Buffer.alloc(20, 3);
  const code = codeOf(secret, 100);
  const now = 100 * STEP;
  assert.equal(matchTotp(secret, ` ${code.slice(0, 3)} ${code.slice(3)} `, now, 0), 100);
  for (const wrong of [
    '',
    code.slice(1),
    `${code}0`,
    `0${code}`,
    'abcdef',
    code.replace(/./, '٣'),
    `${code}\0`,
  ]) {
    assert.equal(matchTotp(secret, wrong, now, 0), undefined, JSON.stringify(wrong));
  }
});

test('the address for the QR code holds what apps read, with the secret of 160 bits', () => {
  const secret = newTotpSecret();
  assert.equal(secret.length, 20);
  assert.notDeepEqual(newTotpSecret(), secret);
  const { secret: typed, uri } = describeTotp(secret, 'Vouchsafe api.example.com', 'ada+1@example.com');
  assert.match(typed, /^[A-Z2-7]{32}$/);
  const url = new URL(uri);
  assert.equal(`${url.protocol}//${url.host}`, 'otpauth://totp');
  assert.equal(decodeURIComponent(url.pathname), '/Vouchsafe api.example.com:ada+1@example.com');
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    issuer: 'Vouchsafe api.example.com',
    secret: typed,
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
