/** What has to be done from time to time so that no row of a request log is older than it may be. */
import { utcDay } from '../foundation/clock.ts';
import type { Database } from '../store/database.ts';
import { DAYS_AHEAD, DELETED_AT_ONCE, MOST_DAYS, MOST_KEPT } from './limits.ts';
import { dropLogDaysBefore, ensureLogDays, expireRequestLog, loggingProjects, noteUpkeep } from './store.ts';

const DAY_MS = 86_400_000;

/** Deletions for one project in one run: ten million rows, far more than an hour brings. */
const MOST_TURNS = 500;

/** Makes the tables of the coming days, and drops those whose youngest row is older than any may be. */
export const keepLogDays = async (database: Pick<Database, 'run'>, now: number): Promise<void> => {
  await database.run(ensureLogDays, [utcDay(now), DAYS_AHEAD]);
  await database.run(dropLogDaysBefore, [utcDay(now - MOST_DAYS * DAY_MS)]);
};

export interface ExpiryBounds {
  /** Rows of one project. */
  readonly mostKept: number;
  /** Rows of one statement. */
  readonly batch: number;
}

/** The hourly job: also deletes what is older than the days of its project. Any node may do it, and twice does no harm. */
export const expireLogs = async (
  database: Pick<Database, 'run'>,
  now: number,
  { mostKept, batch }: ExpiryBounds = { mostKept: MOST_KEPT, batch: DELETED_AT_ONCE },
): Promise<void> => {
  await keepLogDays(database, now);
  const at = new Date(now);
  for (const { id } of await database.run(loggingProjects, [])) {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      const [row] = await database.run(expireRequestLog, [id, at, mostKept, batch]);
      if ((row?.deleted ?? 0) < batch) break;
    }
  }
  await database.run(noteUpkeep, [at]);
};
