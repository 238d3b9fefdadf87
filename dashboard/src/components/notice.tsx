/** A remark that belongs to the page: nothing that comes and goes (that is a toast). */
import type { ReactElement, ReactNode } from 'react';
import { cx } from './class-names.ts';

const TONES = {
  plain: 'border-line bg-sunken',
  good: 'border-kept bg-kept-ground',
  warn: 'border-warn bg-warn-ground',
  bad: 'border-broken bg-broken-ground',
} as const;

interface NoticeProps {
  readonly tone?: keyof typeof TONES;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A bordered remark. */
export const Notice = ({ tone = 'plain', title, children }: NoticeProps): ReactElement => (
  <div className={cx('grid gap-1 rounded-r-card border-l-4 px-4 py-3', TONES[tone])}>
    {title !== undefined && <p className="font-medium">{title}</p>}
    <div className="grid gap-2">{children}</div>
  </div>
);
