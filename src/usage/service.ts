/** What a company used, drawn from counters by day. */
import { utcDay } from '../foundation/clock.ts';
import { percentilesOf, sumDurations, type Percentiles } from '../metering/percentiles.ts';
import type { Database } from '../store/database.ts';
import { keyOf, refuseUnknown, type UsageFilter } from './filter.ts';
import { daysOf, monthsOf, type Interval } from './range.ts';
import { listKeyNames, usageByDay, usageByPart } from './store.ts';

/** Requests by how they ended. */
export interface Outcomes {
  readonly ok: number;
  readonly refused: number;
  readonly failed: number;
}

/** With how long those took that were not refused. */
export interface Measured extends Outcomes {
  readonly durations: Percentiles | null;
}

export interface ShownUsage {
  readonly interval: Interval;
  readonly from: string;
  readonly to: string;
  readonly today: Outcomes;
  readonly month: Outcomes;
  readonly total: Measured;
  /** Every day of the range, in order; days without any use as well. Empty by month. */
  readonly days: ({ readonly day: string } & Outcomes)[];
  /** The same by month; empty by day. */
  readonly months: ({ readonly month: string } & Outcomes)[];
  readonly operations: ({ readonly operation: string } & Measured)[];
  readonly keys: ({
    readonly key: string | null;
    readonly name: string | null;
    readonly project: string;
  } & Measured)[];
}

export interface UsageQuestion extends UsageFilter {
  readonly interval: Interval;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

const NOTHING: Outcomes = { ok: 0, refused: 0, failed: 0 };

interface Counted {
  readonly outcome: string;
  readonly count: number;
}

const sum = (rows: readonly Counted[] = []): Outcomes => {
  const sums = { ...NOTHING };
  for (const { outcome, count } of rows)
    if (outcome === 'ok' || outcome === 'refused' || outcome === 'failed') sums[outcome] += count;
  return sums;
};

interface Timed extends Counted {
  readonly durations: readonly number[];
}

/** A refusal is quick and says nothing about an answer, so its time does not count. */
const measure = (rows: readonly Timed[]): Measured => ({
  ...sum(rows),
  durations: percentilesOf(
    sumDurations(rows.filter(({ outcome }) => outcome !== 'refused').map(({ durations }) => durations)),
  ),
});

/** Sums over the counters of one company. @throws project_not_found, key_not_found (404). */
export const showUsage = async (
  database: Pick<Database, 'as'>,
  question: UsageQuestion,
): Promise<ShownUsage> => {
  const { company, user, project = null, range, interval, now } = question;
  const { from, to } = range;
  const key = keyOf(question);
  const today = utcDay(now);
  const monthStart = `${today.slice(0, 7)}-01`;
  const { byDay, byPart, names } = await database.as({ company, user }, async (tx) => {
    await refuseUnknown(tx, question);
    const days = await tx.all(usageByDay, [company, project, key, from, to, monthStart, today]);
    const parts = await tx.all(usageByPart, [company, project, key, from, to]);
    const keys = new Set(
      parts.flatMap((row) => (row.key_id === null || row.key_id === '' ? [] : [row.key_id])),
    );
    return {
      byDay: days,
      byPart: parts,
      names: new Map((await tx.all(listKeyNames, [company, [...keys]])).map(({ id, name }) => [id, name])),
    };
  });
  const ofDay = Map.groupBy(byDay, ({ day }) => day);
  const ofMonth = Map.groupBy(
    byDay.filter(({ day }) => day >= from && day <= to),
    ({ day }) => day.slice(0, 7),
  );
  const operations = byPart.filter((row) => row.operation !== null);
  const keys = byPart.filter((row) => row.operation === null);
  return {
    interval,
    ...range,
    today: sum(ofDay.get(today)),
    month: sum(byDay.filter(({ day }) => day >= monthStart && day <= today)),
    total: measure(operations),
    days: interval === 'day' ? daysOf(range).map((day) => Object.assign({ day }, sum(ofDay.get(day)))) : [],
    months:
      interval === 'month'
        ? monthsOf(range).map((month) => Object.assign({ month }, sum(ofMonth.get(month))))
        : [],
    operations: [...Map.groupBy(operations, (row) => row.operation ?? '')].map(([operation, rows]) =>
      Object.assign({ operation }, measure(rows)),
    ),
    keys: [...Map.groupBy(keys, (row) => `${row.project_id} ${row.key_id}`)].map(([name, rows]) => {
      const [ofProject = '', ofKey = ''] = name.split(' ');
      const shown = {
        key: ofKey === '' ? null : ofKey,
        name: names.get(ofKey) ?? null,
        project: ofProject,
      };
      return Object.assign(shown, measure(rows));
    }),
  };
};
