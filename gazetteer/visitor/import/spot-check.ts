/** Rows that are looked up in what was written, at both of their ends. */
import type { Address } from '../../../src/services/visitor/addresses/address.ts';
import { numberOfAddress } from '../addresses/collected-ranges.ts';
import type { AddressRange } from './range.ts';

/** What a spot check has done. */
export interface SpotChecked {
  /** Ends at which all was found that was read. */
  readonly compared: number;
  /** Ends that another range covers with other facts: there something had to be found, and which of the two is not said. */
  readonly contested: number;
}

/** A check of some rows. */
export interface SpotCheck<Row extends AddressRange> {
  /** To be told of each part on which rows contradict each other, once all rows are kept; parts do not overlap. */
  contest(version: 4 | 6, first: bigint, last: bigint): void;
  /**
   * Looks all of them up.
   * @param find what was written of an address; undefined for nothing.
   * @param holds whether that is what the row says.
   * @throws {Error} where it is not.
   */
  check<Found>(
    find: (address: Address) => Found | undefined,
    holds: (found: Found, row: Row) => boolean,
  ): SpotChecked;
}

interface End<Row> {
  readonly at: bigint;
  readonly address: Address;
  readonly row: Row;
  isContested: boolean;
}

/** @param kept asked once, when all rows have been read. */
export const createSpotCheck = <Row extends AddressRange>(kept: () => readonly Row[]): SpotCheck<Row> => {
  let sorted: Readonly<Record<4 | 6, readonly End<Row>[]>> | undefined;

  const endsOf = (version: 4 | 6): readonly End<Row>[] =>
    kept()
      .filter(({ first }) => first.version === version)
      .flatMap((row) =>
        [row.first, row.last].map((address) => ({
          at: numberOfAddress(address),
          address,
          row,
          isContested: false,
        })),
      )
      .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const ends = (): Readonly<Record<4 | 6, readonly End<Row>[]>> =>
    (sorted ??= { 4: endsOf(4), 6: endsOf(6) });

  return {
    contest(version, first, last) {
      const all = ends()[version];
      let [from, to] = [0, all.length];
      while (from < to) {
        const middle = (from + to) >> 1;
        if ((all[middle] as End<Row>).at < first) from = middle + 1;
        else to = middle;
      }
      for (let end = all[from]; end !== undefined && end.at <= last; end = all[++from])
        end.isContested = true;
    },
    check(find, holds) {
      let [compared, contested] = [0, 0];
      for (const { address, row, isContested } of [...ends()[4], ...ends()[6]]) {
        const found = find(address);
        if (found === undefined || (!isContested && !holds(found, row)))
          throw new Error('what was written is not what was read');
        if (isContested) contested += 1;
        else compared += 1;
      }
      return { compared, contested };
    },
  };
};
