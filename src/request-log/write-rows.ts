/** From rows in memory to the one statement that writes them. */
import type { Database } from '../store/database.ts';
import type { LoggedRequest } from './recorder.ts';
import { writeRequestLog } from './store.ts';

/** Writes rows of any projects at once; rows of those that do not log any more are let go by the database. */
export const writeRows =
  (database: Pick<Database, 'run'>) =>
  async (rows: readonly LoggedRequest[]): Promise<void> => {
    await database.run(writeRequestLog, [
      rows.map(({ id }) => id),
      rows.map(({ at }) => at),
      rows.map(({ company }) => company),
      rows.map(({ project }) => project),
      rows.map(({ key }) => key),
      rows.map(({ operation }) => operation),
      rows.map(({ status }) => status),
      rows.map(({ durationUs }) => durationUs),
      rows.map(({ query }) => query),
    ]);
  };
