/** A word about the state of something. */
import type { ReactElement, ReactNode } from 'react';
import { cx } from './class-names.ts';

const TONES = {
  plain: 'bg-sunken text-quiet',
  good: 'bg-kept-ground text-kept',
  warn: 'bg-warn-ground text-warn',
  bad: 'bg-broken-ground text-broken',
} as const;

/** A small label; the word itself carries the meaning, the colour only repeats it. */
export const Badge = ({
  tone = 'plain',
  children,
}: {
  readonly tone?: keyof typeof TONES;
  readonly children: ReactNode;
}): ReactElement => (
  <span
    className={cx(
      'inline-block rounded-full px-2.5 py-0.5 text-sm font-medium sm:whitespace-nowrap',
      TONES[tone],
    )}
  >
    {children}
  </span>
);
