/** Requests by day or month: bars, what they stand for, and the same as a table. */
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { cx } from '../../../components/class-names.ts';
import { Card } from '../../../components/page.tsx';
import { Table } from '../../../components/table.tsx';
import {
  OUTCOMES,
  sayLongBar,
  sayNumber,
  sayOutcomes,
  sumOf,
  total,
  type Day,
  type Interval,
} from './outcomes.ts';

const NoChart = (): ReactElement => (
  <p className="grid h-[220px] place-items-center text-center text-quiet">
    The chart could not be loaded. The table below says the same.
  </p>
);

/**
 * The chart library asks for numbers in the browser's language as soon as it is loaded, and fails where that is a name
 * that `Intl` does not know: Chromium without a locale says "en-US@posix".
 */
const mendLanguage = (): void => {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en-GB', configurable: true });
  }
};

const Chart = lazy(async () => {
  mendLanguage();
  try {
    return { default: (await import('./chart.tsx')).Chart };
  } catch {
    return { default: NoChart };
  }
});

/** What the picture shows, for those who do not see it. */
const sentenceOf = (days: readonly Day[], by: Interval): string => {
  const busiest = days.reduce<Day | undefined>(
    (most, day) => (most === undefined || total(day) > total(most) ? day : most),
    undefined,
  );
  if (busiest === undefined || total(busiest) === 0)
    return `Bar chart of requests by ${by}: there were none.`;
  return (
    `Bar chart of requests ${by === 'day' ? 'on' : 'in'} ${days.length} ${by}s: ${sayOutcomes(sumOf(days))}. ` +
    `Most ${by === 'day' ? 'on' : 'in'} ${sayLongBar(busiest.day, by)}: ${sayNumber(total(busiest))}. The table below has every ${by}.`
  );
};

/** Colours, and the figures of the day under the pointer or of all days. */
const Legend = ({
  days,
  by,
  at,
}: {
  readonly days: readonly Day[];
  readonly by: Interval;
  readonly at: Day | undefined;
}): ReactElement => {
  const shown = at ?? sumOf(days);
  return (
    <div className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-sm">
      <span className="min-w-28 font-medium">
        {at === undefined ? `${days.length} ${by}s` : sayLongBar(at.day, by)}
      </span>
      {OUTCOMES.map(({ id, label, swatch }) => (
        <span key={id} className="flex items-center gap-1.5">
          <span aria-hidden className={cx('size-2.5 rounded-xs', swatch)} />
          <span className="text-quiet">{label}</span>
          <span className="tabular-nums">{sayNumber(shown[id])}</span>
        </span>
      ))}
    </div>
  );
};

interface BarsProps {
  readonly days: readonly Day[];
  readonly by: Interval;
}

const BarTable = ({ days, by }: BarsProps): ReactElement => (
  <Table
    caption={`Requests by ${by}, newest first`}
    rows={days.toReversed()}
    rowKey={({ day }) => day}
    columns={[
      {
        header: by === 'day' ? 'Day (UTC)' : 'Month (UTC)',
        cell: ({ day }) => <time dateTime={by === 'day' ? day : day.slice(0, 7)}>{sayLongBar(day, by)}</time>,
      },
      ...OUTCOMES.map(({ id, label }) => ({
        header: label,
        numeric: true,
        cell: (day: Day) => sayNumber(day[id]),
      })),
    ]}
  />
);

/** The card. @param by what a bar stands for; a month is given by its first day. */
export const UseChart = ({
  days,
  by = 'day',
}: {
  readonly days: readonly Day[];
  readonly by?: Interval;
}): ReactElement => {
  const [index, setIndex] = useState<number | undefined>(undefined);
  const [isTable, setTable] = useState(false);
  return (
    <Card>
      <div className="grid gap-3">
        <Legend days={days} by={by} at={index === undefined ? undefined : days[index]} />
        <div role="img" aria-label={sentenceOf(days, by)}>
          <Suspense fallback={<div className="h-[220px] animate-pulse rounded-control bg-sunken" />}>
            <Chart days={days} by={by} onPoint={setIndex} />
          </Suspense>
        </div>
        <details onToggle={(event) => setTable(event.currentTarget.open)}>
          <summary className="link w-fit cursor-pointer text-sm">Show as table</summary>
          {isTable && (
            <div className="mt-3">
              <BarTable days={days} by={by} />
            </div>
          )}
        </details>
      </div>
    </Card>
  );
};
