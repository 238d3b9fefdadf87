import assert from 'node:assert/strict';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { addressesV4, addressesV6 } from '../../../../test/support/address-layers.ts';
import { formatAddress, parseAddress } from './address.ts';

const RUNS = { numRuns: 5_000 };

test('what is written is read back, and other libraries write the same', () => {
  fc.assert(
    fc.property(fc.oneof(addressesV4, addressesV6), (address) => {
      const text = formatAddress(address);
      assert.deepEqual(parseAddress(text), address);
      assert.equal(isIP(text), address.version);
      const other = ipaddr.parse(text);
      assert.equal(
        other.kind() === 'ipv6' ? (other as ipaddr.IPv6).toRFC5952String() : other.toString(),
        text,
      );
    }),
    RUNS,
  );
});

test('every way to write an IPv6 address is read as the same address', () => {
  const spelled = fc.tuple(addressesV6, fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(spelled, ([address, isLong, isUpper, isDotted, isBracketed]) => {
      let text = isLong
        ? [address.a, address.b, address.c, address.d]
            .map((word) => word.toString(16).padStart(8, '0').replace(/^..../u, '$&:'))
            .join(':')
        : formatAddress(address);
      if (isDotted && isLong)
        text = `${text.slice(0, 30)}${formatAddress({ version: 4, a: address.d, b: 0, c: 0, d: 0 })}`;
      if (isUpper) text = text.toUpperCase();
      assert.deepEqual(parseAddress(isBracketed ? `[${text}]` : text), address);
    }),
    RUNS,
  );
});

const CHARACTERS = '0123456789abcdfgFX:.:.:%[] /-'.split('');
const mutated = fc
  .tuple(
    fc.oneof(addressesV4, addressesV6).map(formatAddress),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...CHARACTERS, ''), fc.boolean()), { maxLength: 3 }),
  )
  .map(([text, changes]) =>
    changes.reduce((so, [at, character, replaces]) => {
      const place = at % (so.length + 1);
      return so.slice(0, place) + character + so.slice(place + (replaces ? 1 : 0));
    }, text),
  );

test('accepts just what node:net accepts, where there are no brackets and no zone', () => {
  fc.assert(
    fc.property(
      fc.oneof(mutated, fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 48 })),
      (text) => {
        fc.pre(!/[[\]%]/u.test(text));
        const read = parseAddress(text);
        assert.equal(read !== undefined, isIPv4(text) || isIPv6(text), text);
      },
    ),
    { numRuns: 20_000 },
  );
});

test('IPv4 that is written as IPv6 is version 4', () => {
  for (const text of [
    '::ffff:192.0.2.1',
    '::FFFF:c000:201',
    '0:0:0:0:0:ffff:192.0.2.1',
    '[::ffff:192.0.2.1]',
  ])
    assert.equal(formatAddress(parseAddress(text)!), '192.0.2.1');
});

test('cuts zones off, and reads brackets', () => {
  for (const text of ['fe80::1%eth0', '[fe80::1%25eth0]', '[fe80::1]', 'fe80::1%1', 'fe80::1%wg-home.2~a'])
    assert.equal(formatAddress(parseAddress(text)!), 'fe80::1', text);
  assert.equal(formatAddress(parseAddress('::ffff:192.0.2.1%eth0')!), '192.0.2.1');
});

for (const text of [
  '',
  '1',
  '127.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '2130706433',
  '192.0.2.1:80',
  '[2001:db8::1]:80',
  '192.0.2.0/24',
  '2001:db8::/32',
  ' 192.0.2.1',
  '192.0.2.1 ',
  '192.0.2.1\n',
  '192.0.2.256',
  '192.0.2.01',
  '192.0.2',
  '192.0.2.1.',
  '192..2.1',
  '192.0.2.1%eth0',
  '[192.0.2.1]',
  '1::2::3',
  ':1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '1:2:3:4:5:6:7',
  '12345::',
  ':::',
  'g::',
  '::1%',
  'fe80::1%eth 0',
  'fe80::1%eth/0',
  `fe80::1%${'e'.repeat(33)}`,
  '[::1',
  '::1]',
  '[]',
  '[[::1]]',
  '::ffff:192.0.2.1.5',
  '1.2.3.4::',
  '::1.2.3.4:5',
  '１９２.0.2.1',
  'unknown',
  `${'0:'.repeat(100_000)}1`,
]) {
  test(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.equal(parseAddress(text), undefined);
  });
}
