/** The rows that layers are written from and read back as. */
import {
  NETWORK_KINDS,
  type NetworkKind,
  type NetworkOfAddress,
  type PlaceOfAddress,
} from '../../../src/services/visitor/addresses/facts.ts';
import type { Address } from '../../../src/services/visitor/addresses/address.ts';

/** A range of addresses of one version; both ends belong to it. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}
export interface PlaceRow extends AddressRange {
  readonly place: PlaceOfAddress;
}
export interface NetworkRow extends AddressRange {
  readonly network: NetworkOfAddress;
}
export interface KindsRow extends AddressRange {
  readonly kinds: readonly NetworkKind[];
}

/** The row that each layer is made of. */
export interface RowOf {
  readonly place: PlaceRow;
  readonly network: NetworkRow;
  readonly kinds: KindsRow;
}

/** A row that cannot be written; the message says why, without its address. */
export class RowError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RowError';
  }
}

/** Whether a word is a kind of network. */
export const isKind = (word: string): word is NetworkKind =>
  (NETWORK_KINDS as readonly string[]).includes(word);
