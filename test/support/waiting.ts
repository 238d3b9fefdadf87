/** Makes requests meet: waits until so many of them stand before a lock that the test holds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RawSql } from './database.ts';

/** @throws when they do not within ten seconds. */
export const untilWaiting = async (superuser: RawSql, count: number): Promise<void> => {
  for (let tries = 0; tries < 500; tries += 1) {
    const rows = await superuser(
      "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rows.length >= count) return;
    await sleep(20);
  }
  throw new Error(`there never were ${count} requests waiting for a lock`);
};
