import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPublicAddress, reachOf } from './addresses.ts';
import { createGuard } from './guard.ts';
import { NameUnknown } from './resolve.ts';

/** IANA's special-purpose registries, and what is known to be behind them. */
const NOT_PUBLIC = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.127.255.254',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.255',
  '169.254.169.254',
  '169.254.170.2',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '168.63.129.16',
  '192.31.196.1',
  '192.52.193.1',
  '192.175.48.1',
  '::',
  '::1',
  '::7f00:1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:0:8.8.8.8',
  '64:ff9b::7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:2::1',
  '2001:10::1',
  '2001:20::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',

  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '4000::1',
  'fe80::1%eth0',
  '',
  'localhost',
  '1.2.3',
  '0x8.8.8.8',
];

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.215.14',
  '100.63.255.255',
  '100.128.0.1',
  '172.32.0.1',
  '2606:4700::1111',
  '2a00:1450:4001::1',
];

test('addresses that are not the internet’s are known', () => {
  for (const address of NOT_PUBLIC) assert.equal(isPublicAddress(address), false, address);
  for (const address of PUBLIC) assert.equal(isPublicAddress(address), true, address);
});

test('no way of writing an IPv4 address into an IPv6 one makes it public', () => {
  const hex = (address: string): string => {
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  };
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      assert.ok(isIPv4(address));
      for (const wrapped of [
        `::${hex(address)}`,
        `::ffff:${hex(address)}`,
        `::ffff:0:${hex(address)}`,
        `64:ff9b::${hex(address)}`,
        `2002:${hex(address)}::`,
        `2001:0:1:2:3:4:${hex(address)}`,
      ])
        assert.equal(isPublicAddress(wrapped), false, wrapped);
    }),
    { numRuns: 1000 },
  );
});

test('an operator can let messages into networks of their own, and into no others', () => {
  const mayReach = reachOf(['10.20.0.0/16', 'fd00:20::/64', '127.0.0.1/32']);
  for (const address of ['10.20.1.2', 'fd00:20::7', '127.0.0.1', '8.8.8.8'])
    assert.ok(mayReach(address), address);
  for (const address of [
    '10.21.0.1',
    'fd00:21::7',
    '127.0.0.2',
    '::1',
    '::ffff:10.20.1.2',
    '169.254.169.254',
    'x',
  ])
    assert.ok(!mayReach(address), address);
});

const signal = new AbortController().signal;
const located = async (url: string, addresses: readonly string[] | Error): Promise<string> => {
  const guard = createGuard({
    networks: [],
    resolve: async () => {
      if (addresses instanceof Error) throw addresses;
      return addresses.map((address) => ({ address, family: isIPv4(address) ? 4 : 6 }));
    },
  });
  const found = await guard.locate(new URL(url), signal);
  return found.ok ? found.value.map(({ address }) => address).join(' ') : found.reason;
};

test('a name leads to all of its addresses, or, where one of them is not public, nowhere', async () => {
  assert.equal(
    await located('https://a.example/', ['8.8.8.8', '2606:4700::1111']),
    '8.8.8.8 2606:4700::1111',
  );
  assert.equal(await located('https://a.example/', ['8.8.8.8', '127.0.0.1']), 'not_public');
  assert.equal(await located('https://a.example/', ['169.254.169.254']), 'not_public');
  assert.equal(await located('https://a.example/', ['2606:4700::1111', '::ffff:10.0.0.1']), 'not_public');
  assert.equal(await located('https://a.example/', []), 'name_not_found');
  assert.equal(await located('https://a.example/', new NameUnknown()), 'name_unanswered');
});

test('an address that stands in the URL itself is looked at without asking anybody', async () => {
  const nobody = new Error('was asked');
  assert.equal(await located('https://8.8.8.8/', nobody), '8.8.8.8');
  assert.equal(await located('https://127.0.0.1/', nobody), 'not_public');
  assert.equal(await located('https://2130706433/', nobody), 'not_public');
  assert.equal(await located('https://[::1]/', nobody), 'not_public');
  assert.equal(await located('https://[::ffff:127.0.0.1]/', nobody), 'not_public');
  assert.equal(await located('https://[2606:4700::1111]/', nobody), '2606:4700::1111');
});
