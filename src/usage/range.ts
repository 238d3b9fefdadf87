/** From what is asked for to days and months. Pure. */
import { utcDay } from '../foundation/clock.ts';
import { Problem } from '../foundation/problem.ts';
import { MOST_DAYS, USUAL_DAYS, USUAL_MONTHS } from './limits.ts';

/** What counts are added up over. */
export const INTERVALS = ['day', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** UTC days, `YYYY-MM-DD`, both in it. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;

const atDay = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The first day of the month that lies so many months before that of a day. */
const monthBefore = (day: string, months: number): string => {
  const at = new Date(atDay(day));
  return utcDay(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, 1));
};

/** The days from `from` to `to`. */
export const daysOf = ({ from, to }: DayRange): string[] => {
  const days: string[] = [];
  for (let at = atDay(from); at <= atDay(to); at += DAY_MS) days.push(utcDay(at));
  return days;
};

/** The months, `YYYY-MM`, of which a day is in the range. */
export const monthsOf = (range: DayRange): string[] => [
  ...new Set(daysOf(range).map((day) => day.slice(0, 7))),
];

/**
 * The range that is asked for; where nothing is, the last thirty days, or by month the last twelve months.
 * @throws invalid_request (400) where it is upside down or too long.
 */
export const rangeOf = (
  from: string | undefined,
  to: string | undefined,
  now: number,
  interval: Interval = 'day',
): DayRange => {
  const last = to ?? utcDay(now);
  const first =
    from ??
    (interval === 'day'
      ? utcDay(atDay(last) - (USUAL_DAYS - 1) * DAY_MS)
      : monthBefore(last, USUAL_MONTHS - 1));
  const days = (atDay(last) - atDay(first)) / DAY_MS + 1;
  if (days >= 1 && days <= MOST_DAYS) return { from: first, to: last };
  throw new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: `\`from\` is not after \`to\`, and at most ${MOST_DAYS} days are shown at once.`,
    field: 'from',
  });
};
