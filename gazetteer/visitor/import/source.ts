/** What every reader of data about addresses gives. */
import type { NetworkOfAddress, PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import type { SkipCounter } from '../../import/import-skips.ts';
import type { AddressRange } from './range.ts';

/** What can be replaced: where addresses are, or whose network they are in. Lists of kinds are read by themselves. */
export type ReadLayer = 'place' | 'network';

/** What a source says of one range. */
export interface FactsRow extends AddressRange {
  readonly facts: PlaceOfAddress | NetworkOfAddress;
}

export interface ReadOptions {
  readonly layer: ReadLayer;
  readonly signal?: AbortSignal | undefined;
  /** Counts rows that say nothing, and why. */
  readonly skips: SkipCounter;
  /** Told how much of the file has been read, 0 to 1. */
  readonly report: (share: number) => void;
}
