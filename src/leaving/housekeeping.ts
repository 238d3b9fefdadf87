/** What has to be done from time to time so that nothing is kept longer than it is needed. */
import type { Log } from '../foundation/log.ts';
import { rotateRing } from '../gate/key-ring.ts';
import type { ScheduledTask } from '../jobs/schedule.ts';
import type { Database } from '../store/database.ts';
import { runDormancy } from './dormancy.ts';
import { sweepExpired } from './store.ts';

export interface HousekeepingParts {
  readonly database: Database;
  /** The installation's master, 32 bytes: the ring of session keys is wrapped under it. */
  readonly master: Uint8Array;
  readonly log: Log;
}

/** The tasks of this installation; each may run on any node, and twice does no harm. */
export const housekeeping = ({ database, master, log }: HousekeepingParts): readonly ScheduledTask[] => [
  {
    name: 'leaving.sweep',
    // Receipts are given up after three quarters of an hour, and are to be gone after a whole one.
    every: 15,
    run: async (now) => {
      await database.run(sweepExpired, [new Date(now)]);
    },
  },
  {
    name: 'leaving.dormancy',
    // Not once a day: that a warning has left the outbox is seen at the next run, and days are counted from then.
    every: 'hour',
    run: async (now) => {
      await runDormancy({ database, log }, now);
    },
  },
  {
    name: 'gate.rotate-ring',
    // The ring turns when its newest key is a day old; asking more often makes that exact.
    every: 'hour',
    run: async (now) => {
      await rotateRing(database, master, now);
    },
  },
];
