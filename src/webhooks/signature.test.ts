import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { nextAttempt, readRetryAfter } from './schedule.ts';
import { newSecret, SECRET_BYTES, signMessage, writeSecret } from './signature.ts';

test('the example of the specification comes out as it stands there', () => {
  // https://github.com/standard-webhooks/standard-webhooks, libraries' own test vector.
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const now = 1_614_265_330_000;
  const headers = signMessage([secret], 'msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', now);
  assert.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('whatever is signed, the library of the standard agrees, and not to one byte more', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), (body, more) => {
      const secret = newSecret();
      const headers = { ...signMessage([secret, newSecret()], 'dlv_1', body, Date.now()) };
      const library = new Webhook(writeSecret(secret).expose());
      assert.doesNotThrow(() => library.verify(body, headers, { jsonParse: false }));
      assert.throws(() => library.verify(body + more, headers, { jsonParse: false }));
      assert.throws(() => library.verify(body, { ...headers, 'webhook-id': 'dlv_2' }, { jsonParse: false }));
    }),
  );
});

test('a secret has 32 bytes, another each time, and prints as nothing', () => {
  const secrets = Array.from({ length: 50 }, newSecret);
  assert.equal(new Set(secrets.map((secret) => secret.toString('hex'))).size, 50);
  assert.ok(secrets.every(({ length }) => length === SECRET_BYTES));
  const [one] = secrets;
  assert.ok(one);
  assert.match(writeSecret(one).expose(), /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.equal(String(writeSecret(one)), '[redacted]');
});

test('the time that a receiver asks for is read in both of its forms, and in no other', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const day = 86_400_000;
  for (const [field, wait] of [
    [undefined, 0],
    ['', 0],
    ['0', 0],
    [' 60 ', 60_000],
    ['86401', day],
    ['9'.repeat(400), 0],
    ['-1', 0],
    ['1.5', 0],
    ['1e3', 0],
    ['Sun, 22 Nov 2026 12:01:00 GMT', 60_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['Sun, 22 Nov 2099 11:00:00 GMT', day],
    ['2026-11-22T12:01:00Z', 0],
    ['Sun, 99 Nov 2026 12:01:00 GMT', 0],
  ] as const)
    assert.equal(readRetryAfter(field, now), wait, String(field));
});

test('after the tenth attempt there is none', () => {
  assert.equal(nextAttempt(9, undefined, 0), 86_400_000);
  assert.equal(nextAttempt(10, '60', 0), undefined);
  assert.equal(nextAttempt(500, undefined, 0), undefined);
});
