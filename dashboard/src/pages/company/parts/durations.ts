/** How long requests took, in words. */
import type { Usage } from '../../../api/shapes.ts';

export type Durations = NonNullable<Usage['total']['durations']>;
export type Estimate = Durations['p50'];

/** The shares that are shown, with their names. */
export const PERCENTILES = [
  { id: 'p50', label: 'Half within', meaning: 'Half of the requests took about as long or less' },
  { id: 'p90', label: '90 % within', meaning: 'Nine of ten requests took about as long or less' },
  {
    id: 'p99',
    label: '99 % within',
    meaning: 'All but one of a hundred requests took about as long or less',
  },
] as const satisfies readonly { id: keyof Durations; label: string; meaning: string }[];

const NUMBER = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });

/** "3.2 ms", "1.5 s". */
export const sayMilliseconds = (milliseconds: number): string =>
  milliseconds < 1000 ? `${NUMBER.format(milliseconds)} ms` : `${NUMBER.format(milliseconds / 1000)} s`;

/** The estimate, and what is certain: "3.2 ms" and "≤ 5 ms"; beyond the last bucket only "> 2.5 s". */
export const sayEstimate = ({
  estimate_ms: estimate,
  at_most_ms: atMost,
}: Estimate): { readonly about: string; readonly certain: string } =>
  atMost === null
    ? { about: `> ${sayMilliseconds(estimate)}`, certain: '' }
    : { about: sayMilliseconds(estimate), certain: `≤ ${sayMilliseconds(atMost)}` };
