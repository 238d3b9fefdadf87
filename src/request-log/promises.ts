/** What is promised about the request log, and a check with rows of its own in a transaction that is taken back. */
import type { Clock } from '../foundation/clock.ts';
import { utcDay } from '../foundation/clock.ts';
import { newId, type CompanyId } from '../foundation/ids.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { DELETED_AT_ONCE, MOST_DAYS, MOST_KEPT } from './limits.ts';
import {
  addCanaryProject,
  dropLogDaysBefore,
  expireRequestLog,
  loggedIds,
  requestLogState,
  writeRequestLog,
} from './store.ts';

export interface RequestLogPromiseOptions {
  readonly database: Pick<Database, 'run' | 'company'>;
  /** The company of the checks' own. */
  readonly home: () => Promise<{ readonly company: CompanyId }>;
  readonly clock: Clock;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The job runs every hour and takes a while. */
const LATE_MS = 2 * HOUR_MS;
/** A server that was off does at its start what was due meanwhile. */
const CATCHES_UP_MS = 10 * MINUTE_MS;

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });

class TakenBack extends Error {}

/** What is wrong with rows that a project, which logs for a day, should not have any more; undefined where nothing is. */
const liveThrough = async (tx: Transaction, company: CompanyId, now: number): Promise<string | undefined> => {
  const [logging, silent] = [newId('prj', now), newId('prj', now)];
  const from = new Date(now - 2 * MOST_DAYS * DAY_MS);
  await tx.all(addCanaryProject, [logging, company, from, 1]);
  await tx.all(addCanaryProject, [silent, company, from, null]);
  const young = now - HOUR_MS;
  const old = now - DAY_MS - MINUTE_MS;
  const ancient = now - (MOST_DAYS + 2) * DAY_MS;
  const rows = [young, old, ancient].map((at) => ({ id: newId('log', at), at, project: logging }));
  const all = [...rows, { id: newId('log', now), at: now, project: silent }];
  const written = await tx.one(writeRequestLog, [
    all.map(({ id }) => id),
    all.map(({ at }) => at),
    all.map(() => company),
    all.map(({ project }) => project),
    all.map(() => ''),
    all.map(() => 'geocoding.forward'),
    all.map(() => 200),
    all.map(() => 1),
    all.map(() => 'q=canary'),
  ]);
  if (written?.written !== rows.length) return 'a request was logged of a project that does not log';
  const idsNow = async (): Promise<string> =>
    (await tx.all(loggedIds, [company, logging])).map(({ id }) => id).join(' ');
  const [first, second] = rows;
  await tx.all(dropLogDaysBefore, [utcDay(now - MOST_DAYS * DAY_MS)]);
  if ((await idsNow()) !== `${second?.id} ${first?.id}`)
    return `a day older than ${MOST_DAYS} days was not dropped`;
  await tx.all(expireRequestLog, [logging, new Date(now), MOST_KEPT, DELETED_AT_ONCE]);
  if ((await idsNow()) !== first?.id) return 'a row older than the days of its project was not deleted';
  return undefined;
};

/** Runs the life of synthetic rows by the statements of the job; nothing of it stays. */
const tryExpiry = async (
  { database, home }: RequestLogPromiseOptions,
  now: number,
): Promise<string | undefined> => {
  const { company } = await home();
  let fault: string | undefined;
  try {
    await database.company(company, async (tx) => {
      fault = await liveThrough(tx, company, now);
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  return fault;
};

const sayAge = (ms: number): string => {
  if (ms < 2 * HOUR_MS) return `${Math.max(0, Math.round(ms / MINUTE_MS))} minutes`;
  return ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} hours` : `${Math.floor(ms / DAY_MS)} days`;
};

/** Off by default, and what is too old is gone: tried with synthetic rows, and looked for among the real ones. */
export const requestLogForgotten = (options: RequestLogPromiseOptions): PromiseDefinition => {
  /** Of the first check, right after the start. */
  let startedAt: number | undefined;
  return {
    id: 'request-log-off-and-forgotten',
    kind: 'canary-tested',
    sentence: () =>
      `The request log is off unless an owner or admin of a project turns it on, for 1 to ${MOST_DAYS} days of their choice; queries are in it only if they tick them as well. Rows older than the chosen days are gone within two hours, and no row of the log is older than ${MOST_DAYS} days and two hours.`,
    enforcedBy:
      'The database writes a row only for a project that logs at that moment; a job deletes every hour what is too old, and drops whole days.',
    check: async () => {
      const { database, clock } = options;
      const now = clock.now();
      startedAt ??= now;
      const fault = await tryExpiry(options, now);
      if (fault !== undefined) return broken(`With synthetic rows, ${fault}.`);
      const [state] = await database.run(requestLogState, [new Date(now)]);
      if (state === undefined) throw new Error('the state of the log was not told');
      const { ran_at: ranAt, oldest_at: oldestAt, oldest_day: oldestDay, overdue } = state;
      const isCatchingUp = now - startedAt < CATCHES_UP_MS;
      if (!isCatchingUp && (ranAt === null || now - ranAt.getTime() > LATE_MS))
        return broken('The job that deletes what is too old has not run for more than two hours.');
      if (
        !isCatchingUp &&
        (overdue > 0 || (oldestDay !== null && oldestDay < utcDay(now - (MOST_DAYS + 1) * DAY_MS)))
      )
        return broken('The log has rows that are more than two hours older than they may be.');
      const ran =
        ranAt === null
          ? 'The job has not run yet'
          : `The job that deletes what is too old last ran ${sayAge(now - ranAt.getTime())} ago`;
      const oldest =
        oldestAt === null
          ? 'no row is in any log'
          : `the oldest row is ${sayAge(now - oldestAt.getTime())} old`;
      return {
        state: 'kept',
        evidence: `${ran}; ${oldest}. ${state.logging === 0 ? 'No project logs' : `${state.logging} log`} requests at the moment, ${state.with_queries} of them with queries. Of synthetic rows, in a transaction that was taken back, one of a project that does not log was not written, one of ${MOST_DAYS + 2} days ago went with its day, one older than its project's day was deleted, and a younger one stayed.`,
      };
    },
  };
};
