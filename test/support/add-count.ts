/** Writes usage down as a worker would. */
import { newWriter, parametersOf } from '../../src/metering/batch.ts';
import { BUCKETS, type Outcome } from '../../src/metering/board.ts';
import { addUsage } from '../../src/metering/store.ts';
import type { Database } from '../../src/store/database.ts';

export interface AddedCount {
  readonly company: string;
  readonly project: string;
  /** Without a key where left out. */
  readonly key?: string;
  readonly operation?: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly outcome?: Outcome;
  readonly count: number;
  /** Of their duration, from 0 on; the first where left out. */
  readonly bucket?: number;
}

/** Adds all of them in one batch. */
export const addCounts = async (
  database: Pick<Database, 'run'>,
  added: readonly AddedCount[],
): Promise<void> => {
  const counts = added.map(({ company, project, day, count, bucket = 0, ...more }) => ({
    company,
    project,
    day,
    key: more.key ?? '',
    operation: more.operation ?? 'geocoding.forward',
    outcome: more.outcome ?? 'ok',
    durations: Array.from({ length: BUCKETS }, (_, at) => (at === bucket ? count : 0)),
  }));
  await database.run(addUsage, parametersOf(newWriter(), { number: 1, counts }));
};
