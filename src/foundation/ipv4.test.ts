import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { ipv4Of } from './ipv4.ts';

const numberOf = (text: string): number =>
  text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);

test('reads what Node takes for an IPv4 address, to the same number, and nothing else', () => {
  const nearly = fc
    .array(fc.constantFrom('0', '1', '2', '5', '9', '.', '25', '255', '256', '00', ' ', '-', 'a'), {
      maxLength: 12,
    })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), nearly, fc.ipV6(), fc.string()), (text) => {
      assert.equal(ipv4Of(text), isIPv4(text) ? numberOf(text) : -1, text);
    }),
    { numRuns: 5000 },
  );
});

test('the lowest and the highest are told apart from none', () => {
  assert.equal(ipv4Of('0.0.0.0'), 0);
  assert.equal(ipv4Of('255.255.255.255'), 0xffff_ffff);
  for (const none of [
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.',
    '.1.2.3',
    '01.2.3.4',
    '1.2.3.04',
    '1.2.3.4 ',
    '256.1.1.1',
  ])
    assert.equal(ipv4Of(none), -1, none);
});
