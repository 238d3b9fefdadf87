import { USE_DAYS } from './datasets/indexes/limits.ts';
import { KEPT_MS as COMPARISONS_KEPT_MS } from './datasets/comparing/limits.ts';
import { sweepComparisons } from './datasets/comparing/store.ts';
import { sweepSharing } from './datasets/sharing/store.ts';
import { KEPT_MS as RESTORATIONS_KEPT_MS } from './datasets/restoring/limits.ts';
import { sweepRestorations } from './datasets/restoring/store.ts';
import { KEPT_MS } from './datasets/uploads/limits.ts';
import { sweepUploads } from './datasets/uploads/remove-left.ts';
import { dropDomainDaysBefore } from './domains/store.ts';
import { UNUSED_DAYS } from './domains/limits.ts';
import { utcDay, type Clock } from './foundation/clock.ts';
import type { Log } from './foundation/log.ts';
import { sweepReveals } from './keys/store.ts';
import { dropQuotaBefore } from './limits/store.ts';
import { keptSince } from './metering/retention.ts';
import { dropUsageBefore, ensureUsageMonths } from './metering/store.ts';
import { expireLogs, keepLogDays } from './request-log/retention.ts';
import { sweepDatasetUses } from './services/datasets/look/store.ts';
import type { Database } from './store/database.ts';

export interface Upkeep {
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
const EVERY_MS = DAY_MS / 4;

/** Makes the usage tables of the coming months and forgets used-up days, now and four times a day. */
export const startUpkeep = async (database: Database, clock: Clock, log: Log): Promise<Upkeep> => {
  const keepUp = async (): Promise<void> => {
    await database.run(ensureUsageMonths, [2]);
    await database.run(dropUsageBefore, [keptSince(clock.now())]);
    // The day before yesterday: a node whose clock is slow may still be in yesterday.
    await database.run(dropQuotaBefore, [utcDay(clock.now() - DAY_MS)]);
    await database.run(sweepReveals, [new Date(clock.now())]);
    await database.run(sweepSharing, [new Date(clock.now())]);
    await database.run(dropDomainDaysBefore, [utcDay(clock.now() - (UNUSED_DAYS + 1) * DAY_MS)]);
    await sweepUploads(database, new Date(clock.now() - KEPT_MS));
    await database.run(sweepRestorations, [new Date(clock.now() - RESTORATIONS_KEPT_MS)]);
    await database.run(sweepComparisons, [new Date(clock.now() - COMPARISONS_KEPT_MS)]);
    await database.run(sweepDatasetUses, [utcDay(clock.now() - USE_DAYS * DAY_MS)]);
    await keepLogDays(database, clock.now());
  };
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = keepUp().catch((error: unknown) =>
      log.warn('the upkeep of the tables has to be tried again', { error }),
    );
  }, EVERY_MS).unref();
  await keepUp();
  // What was due while the server was off; nobody has to wait for it.
  running = expireLogs(database, clock.now()).catch((error: unknown) =>
    log.warn('what is too old in request logs is deleted an hour later', { error }),
  );
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
};
