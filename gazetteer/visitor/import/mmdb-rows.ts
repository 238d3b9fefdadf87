/** Rows of an MMDB: its networks in their order, each with the facts of its record. */
import type { NetworkOfAddress, PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import { factsOfRecord } from './mmdb-facts.ts';
import type { MmdbFile } from './mmdb-file.ts';
import { walkMmdb } from './mmdb-walk.ts';
import type { FactsRow, ReadOptions } from './source.ts';

/** Records that are kept decoded; networks of one city lie apart, so that all of a city file are wanted again and again. */
const MOST_KEPT = 1_000_000;
const REPORT_EVERY = 20_000;

/** The walk is even over the tree as a whole, but where in it a network lies nobody knows; IPv4's share is a guess. */
const shareOf = (row: FactsRow, hasBoth: boolean): number => {
  const { version, a } = row.first;
  // Global unicast is 2000::/3 (RFC 4291 §2.4).
  const within = version === 4 ? a / 2 ** 32 : Math.min(1, Math.max(0, (a - 2 ** 29) / 2 ** 29));
  if (!hasBoth) return within;
  return version === 4 ? within / 2 : 0.5 + within / 2;
};

/** Rows in the order of their addresses; pauses now and then, so that a stop is heard. */
export async function* readMmdb(
  file: MmdbFile,
  { layer, signal, skips, report }: ReadOptions,
): AsyncGenerator<FactsRow, void, void> {
  let known = new Map<number, PlaceOfAddress | NetworkOfAddress | string>();
  let count = 0;
  for (const { first, last, offset } of walkMmdb(file)) {
    let facts = known.get(offset);
    if (facts === undefined) {
      facts = factsOfRecord(file.record(offset), layer);
      if (known.size >= MOST_KEPT) known = new Map();
      known.set(offset, facts);
    }
    count += 1;
    if (typeof facts === 'string') {
      skips.skip(facts, `${file.title}, byte ${file.dataStart + offset}`);
      continue;
    }
    const row = { first, last, facts };
    if (count % REPORT_EVERY === 0) {
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      report(shareOf(row, file.ipVersion === 6));
    }
    yield row;
  }
  report(1);
}
