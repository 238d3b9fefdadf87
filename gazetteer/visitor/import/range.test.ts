import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatAddress, type Address } from '../../../src/services/visitor/addresses/address.ts';
import { readNetwork, readRange, type AddressRange } from './range.ts';

const shown = (range: AddressRange | undefined): string | undefined =>
  range && `${formatAddress(range.first)}-${formatAddress(range.last)}`;

const word = fc.nat(0xffff_ffff);
const decimalOf = ({ version, a, b, c, d }: Address): string =>
  version === 4
    ? String(a)
    : String((BigInt(a) << 96n) | (BigInt(b) << 64n) | (BigInt(c) << 32n) | BigInt(d));

describe('bounds of ranges', () => {
  it('are read as addresses and as decimals', () => {
    const cases: readonly [string, string, string | undefined][] = [
      ['1.0.0.0', '1.0.0.255', '1.0.0.0-1.0.0.255'],
      ['16777216', '16777471', '1.0.0.0-1.0.0.255'],
      ['0', '16777215', '0.0.0.0-0.255.255.255'],
      ['4294967295', '4294967295', '255.255.255.255-255.255.255.255'],
      ['2001:db8::', '2001:db8::ff', '2001:db8::-2001:db8::ff'],
      [
        '42540488320432167789079031612388147200',
        '42540488320433376714898646241562853375',
        '2001:2::-2001:2:0:ffff:ffff:ffff:ffff:ffff',
      ],
      // IP2Location's tables of IPv6 hold IPv4 as mapped addresses, after one range of nothing.
      ['281470698520576', '281470698520831', '1.0.0.0-1.0.0.255'],
      ['0', '281470681743359', '::-::fffe:ffff:ffff'],
      ['1.0.0.255', '1.0.0.0', undefined],
      ['1.0.0.0', '2001:db8::', undefined],
      ['1.0.0', '1.0.0.1', undefined],
      ['-1', '5', undefined],
      ['1e5', '200000', undefined],
      ['340282366920938463463374607431768211456', '340282366920938463463374607431768211456', undefined],
      ['', '', undefined],
    ];
    for (const [from, to, expected] of cases)
      assert.equal(shown(readRange(from, to)), expected, `${from} ${to}`);
  });

  it('come back whatever address they are', () => {
    fc.assert(
      fc.property(word, word, word, word, fc.boolean(), (a, b, c, d, isFour) => {
        // Below 2^64 some are IPv4's.
        const address: Address = isFour
          ? { version: 4, a, b: 0, c: 0, d: 0 }
          : { version: 6, a: a | 1, b, c, d };
        const whole: Address = { ...address, a: address.a >>> 0 };
        assert.deepEqual(readRange(decimalOf(whole), decimalOf(whole)), { first: whole, last: whole });
        assert.deepEqual(readNetwork(formatAddress(whole)), { first: whole, last: whole });
      }),
    );
  });
});

describe('networks of lists', () => {
  it('are addresses, networks and ranges', () => {
    const cases: readonly [string, string | undefined][] = [
      ['192.0.2.7', '192.0.2.7-192.0.2.7'],
      ['192.0.2.7/24', '192.0.2.0-192.0.2.255'],
      ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
      ['2001:db8::/33', '2001:db8::-2001:db8:7fff:ffff:ffff:ffff:ffff:ffff'],
      ['2001:db8::1/128', '2001:db8::1-2001:db8::1'],
      ['2001:db8::/100', '2001:db8::-2001:db8::fff:ffff'],
      ['192.0.2.1 - 192.0.2.9', '192.0.2.1-192.0.2.9'],
      ['192.0.2.0/33', undefined],
      ['192.0.2.0/', undefined],
      ['2001:db8::/129', undefined],
      ['example.org', undefined],
      ['192.0.2.9-192.0.2.1', undefined],
      [`192.0.2.1${' '.repeat(200)}`, undefined],
    ];
    for (const [text, expected] of cases) assert.equal(shown(readNetwork(text)), expected, text);
  });
});
