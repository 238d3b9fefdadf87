/** How much of a plan a process takes at a time, and has in hand at most. */

const FIRST_LEASE = 1000;
/** A lease that was spent faster than this is followed by one twice as large. */
const BRISK_MS = 2000;

/** A hundredth of the plan, so that with one in hand and one under way a process has at most a fiftieth. */
const largestLease = (limit: number): number => Math.max(1, Math.floor(limit / 100));

/**
 * Units that may still be leased beside those in hand or asked for: a process that dies takes no more than a fiftieth of
 * the plan with it, or one unit.
 */
export const roomFor = (limit: number, inHand: number): number =>
  Math.max(1, 2 * Math.floor(limit / 100)) - inHand;

/** @param last the size of the last lease, 0 before the first, and when it was asked for. `now` in milliseconds. */
export const nextLeaseSize = (
  last: { readonly leaseSize: number; readonly leasedAt: number },
  limit: number,
  now: number,
): number => {
  const isBrisk = now - last.leasedAt < BRISK_MS;
  const wanted = last.leaseSize === 0 ? FIRST_LEASE : isBrisk ? last.leaseSize * 2 : last.leaseSize;
  return Math.min(largestLease(limit), wanted);
};
