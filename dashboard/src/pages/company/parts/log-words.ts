/** How the request log says numbers. */

/** As the server has it (`src/request-log/limits.ts`). */
export const MOST_DAYS = 180;

export const sayDays = (days: number): string => (days === 1 ? 'a day' : `${days} days`);

/** What was typed as a number of days; undefined for what is none. */
export const daysOf = (typed: string): number | undefined => {
  const text = typed.trim();
  if (!/^\d{1,3}$/.test(text)) return undefined;
  const days = Number(text);
  return days >= 1 && days <= MOST_DAYS ? days : undefined;
};

/** A duration in microseconds, with as many digits as say something. */
export const sayDuration = (us: number): string => {
  if (us < 1000) return `${us} µs`;
  const ms = us / 1000;
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
};

/** A logged query, decoded to be read: one line a parameter. */
export const linesOf = (query: string): readonly string[] =>
  [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`);
