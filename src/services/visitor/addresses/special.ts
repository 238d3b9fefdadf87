/**
 * Addresses that belong to nobody in particular: by the IANA IPv4 and IPv6 Special-Purpose Address Registries
 * (RFC 6890), the multicast blocks, and what the IPv6 Address Space registry keeps back. They are named, and never located.
 */
import { parseAddress, type Address } from './address.ts';

export type SpecialUse =
  | 'unspecified'
  | 'this_network'
  | 'private'
  | 'shared'
  | 'loopback'
  | 'link_local'
  | 'unique_local'
  | 'documentation'
  | 'benchmarking'
  | 'multicast'
  | 'broadcast'
  | 'nat64'
  | '6to4'
  | 'teredo'
  | 'orchid'
  | 'discard'
  | 'segment_routing'
  | 'protocol'
  | 'reserved';

/** A block, and what IANA says it is for; where blocks lie in each other, the narrower stands first. */
type Block = readonly [block: string, use: SpecialUse];

export const SPECIAL_V4: readonly Block[] = [
  ['0.0.0.0/32', 'unspecified'],
  ['0.0.0.0/8', 'this_network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link_local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.2.0/24', 'documentation'],
  ['192.0.0.0/24', 'protocol'],
  ['192.31.196.0/24', 'protocol'],
  ['192.52.193.0/24', 'protocol'],
  ['192.88.99.0/24', '6to4'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'protocol'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['240.0.0.0/4', 'reserved'],
];

export const SPECIAL_V6: readonly Block[] = [
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['64:ff9b::/96', 'nat64'],
  ['64:ff9b:1::/48', 'nat64'],
  ['100::/64', 'discard'],
  ['100:0:0:1::/64', 'discard'],
  ['2001::/32', 'teredo'],
  ['2001:2::/48', 'benchmarking'],
  ['2001:10::/28', 'orchid'],
  ['2001:20::/28', 'orchid'],
  ['2001::/23', 'protocol'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['2620:4f:8000::/48', 'protocol'],
  ['3fff::/20', 'documentation'],
  ['5f00::/16', 'segment_routing'],
  ['fc00::/7', 'unique_local'],
  ['fe80::/10', 'link_local'],
  ['ff00::/8', 'multicast'],
];

interface Test {
  readonly version: 4 | 6;
  readonly first: Address;
  readonly masks: readonly [number, number, number, number];
  readonly use: SpecialUse;
}

const maskOf = (bits: number): number =>
  bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : (-1 << (32 - bits)) >>> 0;

const testOf = ([block, use]: Block): Test => {
  const [text = '', bits = ''] = block.split('/');
  const first = parseAddress(text);
  if (first === undefined) throw new Error(`${block} is no block of addresses.`);
  const length = Number(bits);
  return {
    version: first.version,
    first,
    masks: [maskOf(length), maskOf(length - 32), maskOf(length - 64), maskOf(length - 96)],
    use,
  };
};

const TESTS_V4 = SPECIAL_V4.map(testOf);
const TESTS_V6 = SPECIAL_V6.map(testOf);

const has = ({ first, masks: [a, b, c, d] }: Test, address: Address): boolean =>
  ((first.a ^ address.a) & a) === 0 &&
  ((first.b ^ address.b) & b) === 0 &&
  ((first.c ^ address.c) & c) === 0 &&
  ((first.d ^ address.d) & d) === 0;

/** Global unicast is what IANA gives out of 2000::/3 alone; all else that has no name here is reserved by the IETF. */
const isGiven = (a: number): boolean => a >>> 29 === 1;

/** First octets of IPv4, and first groups of IPv6 within 2000::/3, in which a special block lies. */
const octets = new Uint8Array(256);
for (const { first, masks } of TESTS_V4)
  for (let octet = first.a >>> 24; octet <= (first.a | ~masks[0]) >>> 24; octet++) octets[octet] = 1;
const groups = new Uint8Array(65_536);
for (const { first } of TESTS_V6) if (isGiven(first.a)) groups[first.a >>> 16] = 1;

const find = (tests: readonly Test[], address: Address): SpecialUse | undefined => {
  for (const test of tests) if (has(test, address)) return test.use;
  return undefined;
};

/** What an address is set aside for; undefined where it is an ordinary public one. */
export const specialUse = (address: Address): SpecialUse | undefined => {
  if (address.version === 4) return octets[address.a >>> 24] === 0 ? undefined : find(TESTS_V4, address);
  if (!isGiven(address.a)) return find(TESTS_V6, address) ?? 'reserved';
  return groups[address.a >>> 16] === 0 ? undefined : find(TESTS_V6, address);
};
