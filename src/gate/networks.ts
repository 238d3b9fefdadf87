/** Networks that a key may be used from: read once when the key is looked up, asked at each request. */
import { BlockList, isIP } from 'node:net';
import { ipv4Of } from '../foundation/ipv4.ts';

/** Whether an address lies in one of a key's networks. */
export type InNetworks = (address: string) => boolean;

/** `address/bits` taken apart; undefined for anything else. */
export const splitNetwork = (
  text: string,
): { readonly address: string; readonly bits: number; readonly family: 'ipv4' | 'ipv6' } | undefined => {
  const [, address = '', digits = ''] = /^([0-9a-f:.]{2,39})\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address);
  const bits = Number(digits);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return undefined;
  return { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
};

/**
 * Reads the networks of a key as the database has them; undefined where there are none and every address will do. One that
 * cannot be read lets nobody in.
 */
export const readNetworks = (networks: readonly string[]): InNetworks | undefined => {
  if (networks.length === 0) return undefined;
  const list = new BlockList();
  const fours: (readonly [base: number, size: number])[] = [];
  let hasSixes = false;
  for (const network of networks) {
    const found = splitNetwork(network);
    if (found === undefined) continue;
    list.addSubnet(found.address, found.bits, found.family);
    if (found.family === 'ipv6') hasSixes = true;
    else {
      const size = 2 ** (32 - found.bits);
      fours.push([ipv4Of(found.address) - (ipv4Of(found.address) % size), size]);
    }
  }
  return (address) => {
    const four = ipv4Of(address);
    if (four >= 0) {
      for (const [base, size] of fours) if (four >= base && four < base + size) return true;
      // Those of IPv6 may contain it in its other form (RFC 4291 §2.5.5.2).
      if (!hasSixes) return false;
    }
    // A link-local address comes with the name of its interface (RFC 4007 §11).
    const [plain = ''] = address.split('%');
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
};
