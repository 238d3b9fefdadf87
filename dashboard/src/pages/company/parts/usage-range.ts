/** The ranges of days that the usage page offers. */
import type { Usage } from '../../../api/shapes.ts';
import type { Day } from './outcomes.ts';

export const RANGES = [
  { value: 'today', label: 'Today' },
  { value: 'days', label: 'Last 30 days' },
  { value: 'months', label: 'Last 12 months' },
] as const;
export type Range = (typeof RANGES)[number]['value'];

/** What to ask for. @param today `YYYY-MM-DD`, as the server has it. */
export const queryOf = (
  range: Range,
  today: string | undefined,
): { readonly from?: string; readonly to?: string; readonly interval?: 'month' } => {
  if (range === 'months') return { interval: 'month' };
  return range === 'today' && today !== undefined ? { from: today, to: today } : {};
};

/** The bars: days, or months by their first day. */
export const barsOf = ({ interval, days, months }: Usage): readonly Day[] =>
  interval === 'day' ? days : months.map(({ month, ...outcomes }) => ({ day: `${month}-01`, ...outcomes }));
