/** Layers of address data in memory, and generators of addresses, for tests. */
import fc from 'fast-check';
import { makeLayer } from '../../gazetteer/visitor/addresses/write-layer.ts';
import type { RowOf } from '../../gazetteer/visitor/addresses/rows.ts';
import type { Address } from '../../src/services/visitor/addresses/address.ts';
import {
  layerPieces,
  type Layer,
  type LayerMeta,
  type LayerName,
} from '../../src/services/visitor/addresses/layer-format.ts';

export const TEST_META: LayerMeta = { builtAt: '2026-06-01', origin: 'a test', attribution: [] };

/** The bytes of a layer as threads share them. */
export const bufferOf = (layer: Layer): SharedArrayBuffer => {
  const bytes = Buffer.concat(layerPieces(layer));
  const buffer = new SharedArrayBuffer(bytes.length);
  bytes.copy(Buffer.from(buffer));
  return buffer;
};

/** A layer of some rows. */
export const layerOf = async <Name extends LayerName>(
  layer: Name,
  rows: Iterable<RowOf[Name]>,
): Promise<SharedArrayBuffer> => bufferOf(await makeLayer(layer, rows, TEST_META));

const ONES = 0xffffffff;
/** The whole word, or something near its ends and the ends of its halves, where mistakes live. */
export const words: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: ONES }),
  fc.constantFrom(0, 1, 2, 0xfffe, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000, ONES - 1, ONES),
);

export const addressesV4: fc.Arbitrary<Address> = words.map((a) => ({ version: 4, a, b: 0, c: 0, d: 0 }));
/** All of IPv6 but what is written as IPv4. */
export const addressesV6: fc.Arbitrary<Address> = fc
  .tuple(words, words, words, words)
  .map(([a, b, c, d]): Address => ({ version: 6, a, b, c, d }))
  .filter(({ a, b, c }) => a !== 0 || b !== 0 || c !== 0xffff);

/** The 128 bits of an address as one number. */
export const bigOf = ({ version, a, b, c, d }: Address): bigint =>
  version === 4 ? BigInt(a) : (BigInt(a) << 96n) | (BigInt(b) << 64n) | (BigInt(c) << 32n) | BigInt(d);

/** The address of a number. */
export const addressOfBig = (version: 4 | 6, value: bigint): Address => {
  const word = (shift: bigint): number => Number((value >> shift) & 0xffffffffn);
  return version === 4
    ? { version, a: word(0n), b: 0, c: 0, d: 0 }
    : { version, a: word(96n), b: word(64n), c: word(32n), d: word(0n) };
};
