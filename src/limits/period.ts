/** UTC days and months by number: days since 1970-01-01, and months since January 1970. */
import { nextUtcMidnight, utcDay } from '../foundation/clock.ts';
import type { QuotaPeriod } from './quota-store.ts';

const DAY_MS = 86_400_000;

interface Month {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

const monthAround = (now: number): Month => {
  const date = new Date(now);
  const number = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  return { number, start: Date.UTC(1970, number), end: Date.UTC(1970, number + 1) };
};

// The same for every request of a month, and a date costs more than the rest of a limit.
let present = monthAround(0);

const monthOf = (now: number): Month => {
  if (now < present.start || now >= present.end) present = monthAround(now);
  return present;
};

/** The period that an instant (milliseconds since the Unix epoch) lies in. */
export const periodOf = (period: QuotaPeriod, now: number): number =>
  period === 'day' ? Math.floor(now / DAY_MS) : monthOf(now).number;

/** Its first day, `YYYY-MM-DD`. */
export const firstDayOf = (period: QuotaPeriod, number: number): string =>
  utcDay(period === 'day' ? number * DAY_MS : Date.UTC(1970, number));

/** When the period of an instant is over, in milliseconds since the Unix epoch. */
export const endOfPeriod = (period: QuotaPeriod, now: number): number =>
  period === 'day' ? nextUtcMidnight(now) : monthOf(now).end;

/** How long the period of an instant is, in seconds. */
export const secondsOfPeriod = (period: QuotaPeriod, now: number): number => {
  if (period === 'day') return DAY_MS / 1000;
  const { start, end } = monthOf(now);
  return (end - start) / 1000;
};
