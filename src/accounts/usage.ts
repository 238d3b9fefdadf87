/** What a company used, drawn from counters by day. */
import { utcDay } from '../foundation/clock.ts';
import type { CompanyId, ProjectId, UserId } from '../foundation/ids.ts';
import { Problem } from '../foundation/problem.ts';
import type { Database } from '../store/database.ts';
import { projectNotFound } from './problems.ts';
import { showProjects, usageByDay, usageByOperation } from './store.ts';

/** Requests by how they ended. */
export interface Outcomes {
  readonly ok: number;
  readonly refused: number;
  readonly failed: number;
}

export interface ShownUsage {
  readonly from: string;
  readonly to: string;
  readonly today: Outcomes;
  readonly month: Outcomes;
  /** Every day of the range, in order; days without any use as well. */
  readonly days: ({ readonly day: string } & Outcomes)[];
  readonly operations: ({ readonly operation: string } & Outcomes)[];
}

/** UTC days, `YYYY-MM-DD`, both in it. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** Days in one answer: a leap year. */
export const MOST_DAYS = 366;
const USUAL_DAYS = 30;
const DAY_MS = 86_400_000;

const atDay = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The days from `from` to `to`. */
export const daysOf = ({ from, to }: DayRange): string[] => {
  const days: string[] = [];
  for (let at = atDay(from); at <= atDay(to); at += DAY_MS) days.push(utcDay(at));
  return days;
};

/**
 * The range that is asked for, the last thirty days where nothing is.
 * @throws invalid_request (400) where it is upside down or too long.
 */
export const rangeOf = (from: string | undefined, to: string | undefined, now: number): DayRange => {
  const last = to ?? utcDay(now);
  const first = from ?? utcDay(atDay(last) - (USUAL_DAYS - 1) * DAY_MS);
  const days = (atDay(last) - atDay(first)) / DAY_MS + 1;
  if (days >= 1 && days <= MOST_DAYS) return { from: first, to: last };
  throw new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: `\`from\` is not after \`to\`, and at most ${MOST_DAYS} days are shown at once.`,
    field: 'from',
  });
};

const NOTHING: Outcomes = { ok: 0, refused: 0, failed: 0 };

const add = (sum: Outcomes, outcome: string, count: number): Outcomes =>
  outcome in NOTHING ? { ...sum, [outcome]: sum[outcome as keyof Outcomes] + count } : sum;

interface Counted {
  readonly outcome: string;
  readonly count: number;
}

/** Adds up counts under the name that `nameOf` gives each; what has none is left out. */
const gather = <Row extends Counted>(
  rows: readonly Row[],
  nameOf: (row: Row) => string | undefined,
): Map<string, Outcomes> => {
  const sums = new Map<string, Outcomes>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== undefined) sums.set(name, add(sums.get(name) ?? NOTHING, row.outcome, row.count));
  }
  return sums;
};

export interface UsageQuestion {
  readonly company: CompanyId;
  readonly user: UserId;
  /** Of all projects where it is left out. */
  readonly project: ProjectId | undefined;
  readonly range: DayRange;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Two sums over the counters of one company. @throws project_not_found (404). */
export const showUsage = async (
  database: Pick<Database, 'as'>,
  { company, user, project, range, now }: UsageQuestion,
): Promise<ShownUsage> => {
  const today = utcDay(now);
  const monthStart = `${today.slice(0, 7)}-01`;
  const [byDay, byOperation] = await database.as({ company, user }, async (tx) => {
    if (project !== undefined) {
      const found = await tx.one(showProjects, [company, project, new Date(now), today]);
      if (found === undefined) throw projectNotFound();
    }
    return Promise.all([
      tx.all(usageByDay, [company, project ?? null, range.from, range.to, monthStart, today]),
      tx.all(usageByOperation, [company, project ?? null, range.from, range.to]),
    ]);
  });
  const days = gather(byDay, ({ day }) => day);
  const month = gather(byDay, ({ day }) => (day >= monthStart && day <= today ? 'month' : undefined));
  const operations = gather(byOperation, ({ operation }) => operation);
  return {
    ...range,
    today: days.get(today) ?? NOTHING,
    month: month.get('month') ?? NOTHING,
    days: daysOf(range).map((day) => Object.assign({ day }, days.get(day) ?? NOTHING)),
    operations: [...operations].map(([operation, outcomes]) => Object.assign({ operation }, outcomes)),
  };
};
