import type { Log } from '../../../foundation/log.ts';
import type { Database } from '../../../store/database.ts';
import { createIndexUse, type IndexUse } from './index-use.ts';
import { countDatasetUses } from './store.ts';

/** Counts of this thread, on their way to the database. */
export const openIndexUse = (database: Pick<Database, 'run'>, log: Log): IndexUse =>
  createIndexUse({
    add: async (counts) => {
      await database.run(countDatasetUses, [
        counts.map(({ dataset }) => dataset),
        counts.map(({ column }) => column),
        counts.map(({ kind }) => kind),
        counts.map(({ day }) => day),
        counts.map(({ count }) => count),
      ]);
    },
    log,
  });
