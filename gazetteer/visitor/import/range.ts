/** Reads bounds of ranges as tables and lists write them: addresses, decimals, networks. */
import {
  compareAddresses,
  parseAddress,
  type Address,
} from '../../../src/services/visitor/addresses/address.ts';

/** First and last address; both of one version, the first not after the last. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}

/** The largest number of 128 bits has so many digits. */
const DECIMAL = /^\d{1,39}$/u;
const WORD = 0xffff_ffffn;
/** `::ffff:0.0.0.0` to `::ffff:255.255.255.255` as numbers (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffffn << 32n;

const ofDecimal = (text: string): Address | undefined => {
  if (text.length < 10 || (text.length === 10 && text <= '4294967295'))
    return { version: 4, a: Number(text), b: 0, c: 0, d: 0 };
  const value = BigInt(text);
  if (value >> 128n !== 0n) return undefined;
  if (value >> 32n === MAPPED >> 32n) return { version: 4, a: Number(value & WORD), b: 0, c: 0, d: 0 };
  const word = (shift: bigint): number => Number((value >> shift) & WORD);
  return { version: 6, a: word(96n), b: word(64n), c: word(32n), d: word(0n) };
};

/** One bound: an address, or a decimal as IP2Location and the `-num` tables of ip-location-db write it. */
const readBound = (text: string): Address | undefined =>
  DECIMAL.test(text) ? ofDecimal(text) : parseAddress(text);

/** A range by its two bounds; undefined where one is no address, or they are of two versions or the wrong way round. */
export const readRange = (from: string, to: string): AddressRange | undefined => {
  const first = readBound(from);
  let last = readBound(to);
  // A short decimal cannot be told from an IPv4 address; beside an IPv6 bound it is one of IPv6.
  if (first?.version === 4 && last?.version === 6 && DECIMAL.test(from))
    return { first: { version: 6, a: 0, b: 0, c: 0, d: first.a }, last };
  // The last address before the mapped ones and the first of them may stand in one range of a table.
  if (first?.version === 6 && last?.version === 4 && DECIMAL.test(to))
    last = { version: 6, a: 0, b: 0, c: 0xffff, d: last.a };
  if (first === undefined || last === undefined || first.version !== last.version) return undefined;
  return compareAddresses(first, last) <= 0 ? { first, last } : undefined;
};

const masked = (word: number, bits: number, isLast: boolean): number => {
  if (bits >= 32) return word;
  const hostBits = bits <= 0 ? 0xffff_ffff : 0xffff_ffff >>> bits;
  return (isLast ? word | hostBits : word & ~hostBits) >>> 0;
};

/** The range of a network of so many leading bits around an address. */
export const networkAround = (address: Address, bits: number): AddressRange => {
  const { version, a, b, c, d } = address;
  const bound = (isLast: boolean): Address =>
    version === 4
      ? { version, a: masked(a, bits, isLast), b: 0, c: 0, d: 0 }
      : {
          version,
          a: masked(a, bits, isLast),
          b: masked(b, bits - 32, isLast),
          c: masked(c, bits - 64, isLast),
          d: masked(d, bits - 96, isLast),
        };
  return { first: bound(false), last: bound(true) };
};

/** A network as lists write it: an address, `address/bits`, or `first-last`; undefined for anything else. */
export const readNetwork = (text: string): AddressRange | undefined => {
  if (text.length > 100) return undefined;
  const slash = text.indexOf('/');
  if (slash >= 0) {
    const bits = text.slice(slash + 1);
    const address = parseAddress(text.slice(0, slash));
    if (address === undefined || !/^\d{1,3}$/u.test(bits)) return undefined;
    return Number(bits) <= (address.version === 4 ? 32 : 128)
      ? networkAround(address, Number(bits))
      : undefined;
  }
  const dash = text.indexOf('-');
  if (dash >= 0) {
    const first = parseAddress(text.slice(0, dash).trim());
    const last = parseAddress(text.slice(dash + 1).trim());
    if (first === undefined || last === undefined || first.version !== last.version) return undefined;
    return compareAddresses(first, last) <= 0 ? { first, last } : undefined;
  }
  const address = parseAddress(text);
  return address === undefined ? undefined : { first: address, last: address };
};
