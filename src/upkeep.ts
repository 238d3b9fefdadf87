import { dropDomainDaysBefore } from './domains/store.ts';
import { UNUSED_DAYS } from './domains/limits.ts';
import { utcDay, type Clock } from './foundation/clock.ts';
import type { Log } from './foundation/log.ts';
import { dropQuotaBefore } from './limits/store.ts';
import { ensureUsageMonths } from './metering/store.ts';
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
    // The day before yesterday: a node whose clock is slow may still be in yesterday.
    await database.run(dropQuotaBefore, [utcDay(clock.now() - DAY_MS)]);
    await database.run(dropDomainDaysBefore, [utcDay(clock.now() - (UNUSED_DAYS + 1) * DAY_MS)]);
  };
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = keepUp().catch((error: unknown) =>
      log.warn('the upkeep of the tables has to be tried again', { error }),
    );
  }, EVERY_MS).unref();
  await keepUp();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
};
