import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeOfStep, decodeBase32 } from './totp.ts';

it('gives the codes of RFC 6238 appendix B, cut to six digits', () => {
  const secret = Buffer.from('12345678901234567890');
  const codes = [59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000];
  assert.deepEqual(
    codes.map((seconds) => codeOfStep(secret, Math.floor(seconds / 30))),
    ['287082', '081804', '050471', '005924', '279037', '353130'],
  );
});

it('reads the base32 of RFC 4648 §10', () => {
  assert.equal(decodeBase32('MZXW 6YTB OI======').toString(), 'foobar');
  assert.throws(() => decodeBase32('M1'));
});
