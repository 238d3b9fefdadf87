/** Requests by how they ended: the words, colours and sums that figures, chart and tables share. */
import type { Usage } from '../../../api/shapes.ts';

export type Outcomes = Usage['today'];
export type Day = Usage['days'][number];

export interface Outcome {
  readonly id: keyof Outcomes;
  readonly label: string;
  /** What is counted under it. */
  readonly meaning: string;
  /** Token of its colour, for a canvas. */
  readonly token: string;
  /** The same as a class. */
  readonly swatch: string;
}

/** From the foot of a bar to its top. Neighbours differ in lightness too, for those who see no red or green. */
export const OUTCOMES: readonly Outcome[] = [
  {
    id: 'ok',
    label: 'Answered',
    meaning: 'Requests that got their answer',
    token: 'link',
    swatch: 'bg-link',
  },
  {
    id: 'refused',
    label: 'Refused',
    meaning: 'Over a limit, or not a valid request',
    token: 'edge',
    swatch: 'bg-edge',
  },
  { id: 'failed', label: 'Failed', meaning: 'Our fault', token: 'broken', swatch: 'bg-broken' },
];

const NUMBER = new Intl.NumberFormat('en-GB');
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' });
const LONG_MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const LONG_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** "1,234". */
export const sayNumber = (value: number): string => NUMBER.format(value);

/** "14 Nov" of `YYYY-MM-DD`. */
export const sayDay = (day: string): string => DAY.format(Date.parse(`${day}T00:00:00Z`));

/** "14 Nov 2026". */
export const sayLongDay = (day: string): string => LONG_DAY.format(Date.parse(`${day}T00:00:00Z`));

/** What a bar stands for: a day, or a month by its first day. */
export type Interval = Usage['interval'];

/** "14 Nov", or "Nov 26" of a month. */
export const sayBar = (day: string, by: Interval): string =>
  by === 'day' ? sayDay(day) : MONTH.format(Date.parse(`${day}T00:00:00Z`));

/** "14 Nov 2026", or "November 2026". */
export const sayLongBar = (day: string, by: Interval): string =>
  by === 'day' ? sayLongDay(day) : LONG_MONTH.format(Date.parse(`${day}T00:00:00Z`));

/** All requests, however they ended. */
export const total = ({ ok, refused, failed }: Outcomes): number => ok + refused + failed;

/** Days added up. */
export const sumOf = (days: readonly Outcomes[]): Outcomes =>
  days.reduce<Outcomes>(
    (sum, day) => ({
      ok: sum.ok + day.ok,
      refused: sum.refused + day.refused,
      failed: sum.failed + day.failed,
    }),
    { ok: 0, refused: 0, failed: 0 },
  );

/** "120 answered, 3 refused, 0 failed". */
export const sayOutcomes = (outcomes: Outcomes): string =>
  OUTCOMES.map(({ id, label }) => `${sayNumber(outcomes[id])} ${label.toLowerCase()}`).join(', ');
