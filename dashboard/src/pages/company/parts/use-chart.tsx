/** Requests by day: bars, what they stand for, and the same as a table. */
import { lazy, Suspense, useState, type ReactElement } from 'react';
import type { Usage } from '../../../api/shapes.ts';
import { cx } from '../../../components/class-names.ts';
import { Card } from '../../../components/page.tsx';
import { Table } from '../../../components/table.tsx';
import { OUTCOMES, sayLongDay, sayNumber, sayOutcomes, sumOf, total, type Day } from './outcomes.ts';

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
const sentenceOf = (days: readonly Day[]): string => {
  const busiest = days.reduce<Day | undefined>(
    (most, day) => (most === undefined || total(day) > total(most) ? day : most),
    undefined,
  );
  if (busiest === undefined || total(busiest) === 0) return 'Bar chart of requests by day: there were none.';
  return (
    `Bar chart of requests on ${days.length} days: ${sayOutcomes(sumOf(days))}. ` +
    `Most on ${sayLongDay(busiest.day)}: ${sayNumber(total(busiest))}. The table below has every day.`
  );
};

/** Colours, and the figures of the day under the pointer or of all days. */
const Legend = ({
  days,
  at,
}: {
  readonly days: readonly Day[];
  readonly at: Day | undefined;
}): ReactElement => {
  const shown = at ?? sumOf(days);
  return (
    <div className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-sm">
      <span className="min-w-28 font-medium">
        {at === undefined ? `${days.length} days` : sayLongDay(at.day)}
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

const DayTable = ({ days }: { readonly days: readonly Day[] }): ReactElement => (
  <Table
    caption="Requests by day, newest first"
    rows={days.toReversed()}
    rowKey={({ day }) => day}
    columns={[
      { header: 'Day (UTC)', cell: ({ day }) => <time dateTime={day}>{sayLongDay(day)}</time> },
      ...OUTCOMES.map(({ id, label }) => ({
        header: label,
        numeric: true,
        cell: (day: Day) => sayNumber(day[id]),
      })),
    ]}
  />
);

/** The card. */
export const UseChart = ({ days }: { readonly days: Usage['days'] }): ReactElement => {
  const [index, setIndex] = useState<number | undefined>(undefined);
  const [isTable, setTable] = useState(false);
  return (
    <Card>
      <div className="grid gap-3">
        <Legend days={days} at={index === undefined ? undefined : days[index]} />
        <div role="img" aria-label={sentenceOf(days)}>
          <Suspense fallback={<div className="h-[220px] animate-pulse rounded-control bg-sunken" />}>
            <Chart days={days} onPoint={setIndex} />
          </Suspense>
        </div>
        <details onToggle={(event) => setTable(event.currentTarget.open)}>
          <summary className="link w-fit cursor-pointer text-sm">Show as table</summary>
          {isTable && (
            <div className="mt-3">
              <DayTable days={days} />
            </div>
          )}
        </details>
      </div>
    </Card>
  );
};
