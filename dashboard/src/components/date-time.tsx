/** A moment as people say it, with the exact one behind it. */
import { useEffect, useState, type ReactElement } from 'react';
import { sayWhen } from './say-when.ts';

const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

interface DateTimeProps {
  /** ISO 8601, or milliseconds since the epoch; undefined or null shows `never`. */
  readonly at: string | number | null | undefined;
  readonly never?: string;
  /** Shows the exact moment instead of the relative one. */
  readonly exact?: boolean;
}

/** A moment, kept up to date every half minute. */
export const DateTime = ({ at, never = 'Never', exact = false }: DateTimeProps): ReactElement => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const moment = at === null || at === undefined ? Number.NaN : new Date(at).getTime();
  if (Number.isNaN(moment)) return <span className="text-quiet">{never}</span>;
  const whole = EXACT.format(moment);
  return (
    <time
      dateTime={new Date(moment).toISOString()}
      title={whole}
      className={exact ? undefined : 'whitespace-nowrap'}
    >
      {exact ? whole : sayWhen(moment, now)}
    </time>
  );
};
