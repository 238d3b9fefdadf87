/** Counts what passes on its way into a layer, and remembers some of it for looking it up afterwards. */
import { compareAddresses, type Address } from '../../../src/services/visitor/addresses/address.ts';
import type { AddressRange } from './range.ts';

/** What was counted. */
export interface Tally {
  readonly v4: number;
  readonly v6: number;
  /** Ranges that begin before one before them in the same file ends. */
  readonly overlaps: number;
}

/** A count that stands at nought. @param keep how many rows are remembered. */
export const createTally = <Row extends AddressRange>(
  keep: number,
): Tally & {
  /** To be called before the rows of each file. */
  beginFile(): void;
  pass(row: Row): void;
  readonly kept: readonly Row[];
} => {
  const ends: { 4: Address | undefined; 6: Address | undefined } = { 4: undefined, 6: undefined };
  let kept: Row[] = [];
  let every = 1;
  let total = 0;
  const tally = {
    v4: 0,
    v6: 0,
    overlaps: 0,
    get kept() {
      return kept;
    },
    // IP2Location's file of IPv6 says all of IPv4 again; two files are no table that contradicts itself.
    beginFile: (): void => {
      [ends[4], ends[6]] = [undefined, undefined];
    },
    pass: (row: Row): void => {
      const { version } = row.first;
      if (version === 4) tally.v4 += 1;
      else tally.v6 += 1;
      const end = ends[version];
      if (end !== undefined && compareAddresses(row.first, end) <= 0) tally.overlaps += 1;
      if (end === undefined || compareAddresses(row.last, end) > 0) ends[version] = row.last;
      // Every row at first, then every second, and so on: spread evenly, however many come.
      if (total++ % every !== 0) return;
      kept.push(row);
      if (kept.length < 2 * keep) return;
      kept = kept.filter((_, index) => index % 2 === 0);
      every *= 2;
    },
  };
  return tally;
};
