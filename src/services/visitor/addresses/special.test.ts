import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { addressesV4, addressesV6, addressOfBig, bigOf } from '../../../../test/support/address-layers.ts';
import { formatAddress, parseAddress, type Address } from './address.ts';
import { SPECIAL_V4, SPECIAL_V6, specialUse } from './special.ts';

/**
 * The blocks of iana-ipv4-special-registry and iana-ipv6-special-registry as they stood in 2026, apart from those inside
 * of one that is here, and what each is for by the RFC that set it aside; the last three are of other registries.
 */
const REGISTRY: readonly (readonly [block: string, use: string, rfc: string])[] = [
  ['0.0.0.0/8', 'this_network', 'RFC 791'],
  ['0.0.0.0/32', 'unspecified', 'RFC 1122'],
  ['10.0.0.0/8', 'private', 'RFC 1918'],
  ['100.64.0.0/10', 'shared', 'RFC 6598'],
  ['127.0.0.0/8', 'loopback', 'RFC 1122'],
  ['169.254.0.0/16', 'link_local', 'RFC 3927'],
  ['172.16.0.0/12', 'private', 'RFC 1918'],
  ['192.0.0.0/24', 'protocol', 'RFC 6890'],
  ['192.0.2.0/24', 'documentation', 'RFC 5737'],
  ['192.31.196.0/24', 'protocol', 'RFC 7535'],
  ['192.52.193.0/24', 'protocol', 'RFC 7450'],
  ['192.88.99.0/24', '6to4', 'RFC 7526'],
  ['192.168.0.0/16', 'private', 'RFC 1918'],
  ['192.175.48.0/24', 'protocol', 'RFC 7534'],
  ['198.18.0.0/15', 'benchmarking', 'RFC 2544'],
  ['198.51.100.0/24', 'documentation', 'RFC 5737'],
  ['203.0.113.0/24', 'documentation', 'RFC 5737'],
  ['240.0.0.0/4', 'reserved', 'RFC 1112'],
  ['255.255.255.255/32', 'broadcast', 'RFC 919'],
  ['::1/128', 'loopback', 'RFC 4291'],
  ['::/128', 'unspecified', 'RFC 4291'],
  ['64:ff9b::/96', 'nat64', 'RFC 6052'],
  ['64:ff9b:1::/48', 'nat64', 'RFC 8215'],
  ['100::/64', 'discard', 'RFC 6666'],
  ['100:0:0:1::/64', 'discard', 'RFC 9780'],
  ['2001::/23', 'protocol', 'RFC 2928'],
  ['2001::/32', 'teredo', 'RFC 4380'],
  ['2001:2::/48', 'benchmarking', 'RFC 5180'],
  ['2001:3::/32', 'protocol', 'RFC 7450'],
  ['2001:4:112::/48', 'protocol', 'RFC 7535'],
  ['2001:10::/28', 'orchid', 'RFC 4843'],
  ['2001:20::/28', 'orchid', 'RFC 7343'],
  ['2001:30::/28', 'protocol', 'RFC 9374'],
  ['2001:db8::/32', 'documentation', 'RFC 3849'],
  ['2002::/16', '6to4', 'RFC 3056'],
  ['2620:4f:8000::/48', 'protocol', 'RFC 7534'],
  ['3fff::/20', 'documentation', 'RFC 9637'],
  ['5f00::/16', 'segment_routing', 'RFC 9602'],
  ['fc00::/7', 'unique_local', 'RFC 4193'],
  ['fe80::/10', 'link_local', 'RFC 4291'],
  ['224.0.0.0/4', 'multicast', 'RFC 5771'],
  ['ff00::/8', 'multicast', 'RFC 4291'],
  ['fec0::/10', 'reserved', 'RFC 3879'],
];

const endsOf = (block: string): { first: bigint; last: bigint; version: 4 | 6 } => {
  const [text, bits] = block.split('/') as [string, string];
  const address = parseAddress(text)!;
  const size = 1n << BigInt((address.version === 4 ? 32 : 128) - Number(bits));
  return { first: bigOf(address), last: bigOf(address) + size - 1n, version: address.version };
};

/** The use of the narrowest block of the registry that holds an address, by arithmetic alone. */
const registered = (address: Address): string | undefined => {
  const value = bigOf(address);
  return REGISTRY.map(([block, use]) => ({ ...endsOf(block), use }))
    .filter(({ first, last, version }) => version === address.version && first <= value && value <= last)
    .sort((one, other) => Number(one.last - one.first) - Number(other.last - other.first))[0]?.use;
};

for (const [block, use, rfc] of REGISTRY) {
  test(`knows ${block} as ${use} (${rfc}), from its first address to its last`, () => {
    const { first, last, version } = endsOf(block);
    // The first of a block may be a block of its own, such as 0.0.0.0.
    assert.equal(specialUse(addressOfBig(version, first)), registered(addressOfBig(version, first)));
    assert.equal(specialUse(addressOfBig(version, last)), registered(addressOfBig(version, last)));
    const middle = addressOfBig(version, first + (last - first) / 2n);
    assert.equal(specialUse(middle), registered(middle));
    assert.ok([first, last, bigOf(middle)].some((value) => registered(addressOfBig(version, value)) === use));
    for (const beside of [first - 1n, last + 1n]) {
      if (beside < 0n || beside >= 1n << (version === 4 ? 32n : 128n)) continue;
      const outside = addressOfBig(version, beside);
      const isPublic = version === 4 || outside.a >>> 29 === 1;
      assert.equal(
        specialUse(outside),
        registered(outside) ?? (isPublic ? undefined : 'reserved'),
        formatAddress(outside),
      );
    }
  });
}

test('any address is what the registry says, and IPv6 outside 2000::/3 is reserved', () => {
  fc.assert(
    fc.property(fc.oneof(addressesV4, addressesV6), (address) => {
      const isPublic = address.version === 4 || address.a >>> 29 === 1;
      assert.equal(specialUse(address), registered(address) ?? (isPublic ? undefined : 'reserved'));
    }),
    { numRuns: 3_000 },
  );
});

test('every block that is tested for is in the registry', () => {
  const blocks = new Set(REGISTRY.map(([block]) => block));
  for (const [block] of [...SPECIAL_V4, ...SPECIAL_V6]) assert.ok(blocks.has(block), block);
});

test('what ipaddr.js calls unicast and what has no special use is the same in IPv4, but for what it does not know', () => {
  const unknownThere = new Set(
    ['192.31.196.0/24', '192.52.193.0/24', '192.175.48.0/24', '192.88.99.0/24'].map((block) =>
      block.slice(0, -3),
    ),
  );
  fc.assert(
    fc.property(addressesV4, (address) => {
      const text = formatAddress(address);
      const network = formatAddress({ ...address, a: (address.a & 0xffffff00) >>> 0 });
      fc.pre(!unknownThere.has(network));
      assert.equal(ipaddr.parse(text).range() === 'unicast', specialUse(address) === undefined, text);
    }),
    { numRuns: 3_000 },
  );
});
