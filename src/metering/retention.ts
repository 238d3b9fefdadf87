/** How long counters are kept. */

/** Whole months before the present one, so that a day can be compared with the same day a year ago. */
export const KEPT_MONTHS = 13;

/** The first day that is kept, `YYYY-MM-DD`: the first of the month, thirteen months back. @param now milliseconds. */
export const keptSince = (now: number): string => {
  const today = new Date(now);
  const first = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - KEPT_MONTHS, 1);
  return new Date(first).toISOString().slice(0, 10);
};
