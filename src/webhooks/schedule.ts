/** When an attempt follows on one that failed. Pure. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits after the first, second, … failure (Standard Webhooks, “Retry schedule”), 75 hours together. */
const DELAYS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;

/** Attempts at one message, the first included. */
export const MOST_ATTEMPTS = DELAYS_MS.length + 1;

/** Longer than this nobody may ask us to wait. */
const LONGEST_WAIT_MS = 24 * HOUR_MS;

/** Milliseconds that `Retry-After` asks for (RFC 9110 §10.2.3), at most a day; 0 where it says nothing that can be read. */
export const readRetryAfter = (field: string | undefined, now: number): number => {
  if (field === undefined) return 0;
  const text = field.trim();
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text) * SECOND_MS, LONGEST_WAIT_MS);
  // Only the fixed form, which ends in GMT; `Date` reads much more.
  const at = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
    ? Date.parse(text)
    : NaN;
  return Number.isNaN(at) ? 0 : Math.min(Math.max(0, at - now), LONGEST_WAIT_MS);
};

/**
 * When the next attempt is, in milliseconds since the Unix epoch; undefined where there is none any more.
 * @param attempts how many there were, at least 1.
 */
export const nextAttempt = (
  attempts: number,
  retryAfter: string | undefined,
  now: number,
): number | undefined => {
  const delay = DELAYS_MS[attempts - 1];
  return delay === undefined ? undefined : now + Math.max(delay, readRetryAfter(retryAfter, now));
};
