/** Networks in CIDR notation (RFC 4632, RFC 4291 §2.3), as people write them and as they are kept. */
import { SocketAddress } from 'node:net';
import { splitNetwork } from '../gate/networks.ts';

const LONGEST = 49;

const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));

/** 16 or 4 bytes of an address as one number. */
const numberOf = (address: string, family: 'ipv4' | 'ipv6'): bigint => {
  if (family === 'ipv4')
    return BigInt(
      `0x${address
        .split('.')
        .map((part) => Number(part).toString(16).padStart(2, '0'))
        .join('')}`,
    );
  const [head = '', tail] = address.split('::');
  const [left, right] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return BigInt(`0x${[...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join('')}`);
};

/**
 * A network as it is kept: lower case, zeros left out (RFC 5952), a single address with its whole length. Undefined for what
 * is no network, such as one with bits behind its prefix, which would be a slip, or an IPv4 address in IPv6's clothes,
 * which no connection of ours ever has.
 */
export const canonicalNetwork = (text: string): string | undefined => {
  if (text.length > LONGEST) return undefined;
  const lower = text.trim().toLowerCase();
  const written = splitNetwork(lower.includes('/') ? lower : `${lower}/${lower.includes(':') ? 128 : 32}`);
  if (written === undefined) return undefined;
  const { bits, family } = written;
  const { address } = new SocketAddress({ address: written.address, family });
  if (family === 'ipv6' && address.includes('.')) return undefined;
  const width = family === 'ipv4' ? 32n : 128n;
  if ((numberOf(address, family) & ((1n << (width - BigInt(bits))) - 1n)) !== 0n) return undefined;
  return `${address}/${bits}`;
};
