/** Joins ranges that lie beside each other and say the same. */
import type { Address } from '../../../src/services/visitor/addresses/address.ts';
import type { AddressRange } from './range.ts';

/** Whether one address follows directly on another. */
const follows = (next: Address, { version, a, b, c, d }: Address): boolean => {
  if (next.version !== version) return false;
  if (version === 4) return next.a === a + 1;
  if (d !== 0xffff_ffff) return next.a === a && next.b === b && next.c === c && next.d === d + 1;
  if (c !== 0xffff_ffff) return next.a === a && next.b === b && next.c === c + 1 && next.d === 0;
  if (b !== 0xffff_ffff) return next.a === a && next.b === b + 1 && next.c === 0 && next.d === 0;
  return next.a === a + 1 && next.b === 0 && next.c === 0 && next.d === 0;
};

/** Ranges in their order, with neighbours joined that are the same. */
export function* joinRanges<Row extends AddressRange>(
  rows: Iterable<Row>,
  isSame: (one: Row, other: Row) => boolean,
): Generator<Row, void, void> {
  let held: Row | undefined;
  let last: Address | undefined;
  for (const row of rows) {
    if (held !== undefined && last !== undefined && isSame(held, row) && follows(row.first, last))
      last = row.last;
    else {
      if (held !== undefined && last !== undefined) yield { ...held, last };
      held = row;
      last = row.last;
    }
  }
  if (held !== undefined && last !== undefined) yield { ...held, last };
}
