import { CELL } from './ledger.ts';

/**
 * Counts one request against a limit per second by a sliding window: this second's count and the share of the last
 * second's that still overlaps (the approximation of Cloudflare's "Counting things", 2017).
 * @param now milliseconds since the epoch.
 * @returns whether the request is within the limit; a refused one is not counted.
 */
export const takeFromWindow = (cells: Int32Array, slot: number, perSecond: number, now: number): boolean => {
  // Seconds as 32 bits; the wrap in 2038 is harmless because only differences of one matter.
  const second = Math.floor(now / 1000) | 0;
  const seen = Atomics.load(cells, slot + CELL.second);
  if (seen !== second && Atomics.compareExchange(cells, slot + CELL.second, seen, second) === seen) {
    const finished = Atomics.exchange(cells, slot + CELL.count, 0);
    Atomics.store(cells, slot + CELL.previous, seen === ((second - 1) | 0) ? finished : 0);
  }
  const overlap = 1 - (now % 1000) / 1000;
  const before = Atomics.add(cells, slot + CELL.count, 1);
  if (before + Atomics.load(cells, slot + CELL.previous) * overlap < perSecond) return true;
  Atomics.sub(cells, slot + CELL.count, 1);
  return false;
};
