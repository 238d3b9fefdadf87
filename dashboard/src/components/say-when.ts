/** Moments in words. */
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/**
 * The later of two moments (ISO 8601). Last use is kept to the quarter of an hour, rounded down, and so can lie before the
 * beginning of what was used.
 */
export const laterOf = (one: string, other: string): string =>
  Date.parse(one) < Date.parse(other) ? other : one;

/** "3 hours ago"; beyond thirty days the date. `at` and `now` in milliseconds since the epoch. */
export const sayWhen = (at: number, now: number): string => {
  const seconds = Math.round((at - now) / 1_000);
  if (Math.abs(seconds) >= 30 * 86_400) return DAY.format(at);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 5 ? 'in less than a minute' : 'just now';
};
