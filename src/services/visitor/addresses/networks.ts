/** Turns records of the layer `network` into networks, and values of the layer `kinds` into lists of kinds. */
import { NETWORK_KINDS, type NetworkKind, type NetworkOfAddress } from './facts.ts';
import type { Layer } from './layer-format.ts';
import { createNames } from './names.ts';

const STRIDE = 2;

/** @returns what makes the network of a record. */
export const createNetworks = ({ sections }: Layer): ((record: number) => NetworkOfAddress) => {
  const { records } = sections;
  const nameOf = createNames(sections);
  return (record) => ({
    asn: (records[record * STRIDE] as number) >>> 0,
    organisation: nameOf(records[record * STRIDE + 1] as number),
  });
};

/** The list of each set of bits, made once. */
const LISTS: readonly (readonly NetworkKind[])[] = Array.from(
  { length: 1 << NETWORK_KINDS.length },
  (_, bits) => Object.freeze(NETWORK_KINDS.filter((_kind, bit) => (bits & (1 << bit)) !== 0)),
);

/** The kinds of a set of bits; what a later version may have added is left out. */
export const kindsOf = (bits: number): readonly NetworkKind[] =>
  LISTS[bits & (LISTS.length - 1)] as readonly NetworkKind[];

/** The set of bits of some kinds. */
export const bitsOf = (kinds: readonly NetworkKind[]): number =>
  kinds.reduce((bits, kind) => bits | (1 << NETWORK_KINDS.indexOf(kind)), 0);
