/** Moments in words. */
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 hours ago"; beyond thirty days the date. `at` and `now` in milliseconds since the epoch. */
export const sayWhen = (at: number, now: number): string => {
  const seconds = Math.round((at - now) / 1_000);
  if (Math.abs(seconds) >= 30 * 86_400) return DAY.format(at);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 5 ? 'in less than a minute' : 'just now';
};
