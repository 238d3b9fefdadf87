import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { readNetworks, splitNetwork } from './networks.ts';

/** What Node's own list says of the same networks. */
const byNode = (networks: readonly string[], address: string): boolean => {
  const list = new BlockList();
  for (const network of networks) {
    const { address: base, bits, family } = splitNetwork(network)!;
    list.addSubnet(base, bits, family);
  }
  const [plain = ''] = address.split('%');
  const version = isIP(plain);
  return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
};

const four = fc
  .tuple(fc.constantFrom('10', '127', '192', '255'), fc.nat(255), fc.nat(3), fc.nat(255))
  .map((octets) => octets.join('.'));
const six = fc.oneof(
  fc.ipV6().map((text) => text.toLowerCase()),
  four.map((text) => `::ffff:${text}`),
);
const network = fc.oneof(
  fc.tuple(four, fc.nat(32)).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(six, fc.nat(128)).map(([address, bits]) => `${address}/${bits}`),
);

test('an address lies in the networks that Node says it lies in, of either family', () => {
  fc.assert(
    fc.property(
      fc
        .array(network, { minLength: 1, maxLength: 4 })
        .filter((all) => all.every((one) => splitNetwork(one))),
      fc.oneof(four, six, fc.string()),
      (networks, address) => {
        assert.equal(readNetworks(networks)!(address), byNode(networks, address));
      },
    ),
    { numRuns: 3000 },
  );
});

test('the edges of a network belong to it, and their neighbours do not', () => {
  const isIn = readNetworks(['10.1.2.3/16', '192.0.2.7/32', '198.51.100.128/25'])!;
  for (const address of ['10.1.0.0', '10.1.255.255', '192.0.2.7', '198.51.100.128', '198.51.100.255'])
    assert.equal(isIn(address), true, address);
  for (const address of [
    '10.0.255.255',
    '10.2.0.0',
    '192.0.2.6',
    '192.0.2.8',
    '198.51.100.127',
    '198.51.101.0',
  ])
    assert.equal(isIn(address), false, address);
  assert.equal(readNetworks(['0.0.0.0/0'])!('255.255.255.255'), true);
});

test('a text that is no address lies in none, and none at all is no limit', () => {
  const isIn = readNetworks(['0.0.0.0/0', '::/0'])!;
  for (const text of ['', '1.2.3', '01.2.3.4', '1.2.3.4 ', 'localhost', '1.2.3.4/8'])
    assert.equal(isIn(text), false);
  assert.equal(isIn('fe80::1%eth0'), true);
  assert.equal(readNetworks([]), undefined);
  assert.equal(readNetworks(['no network'])!('10.0.0.1'), false);
});
