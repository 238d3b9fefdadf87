/**
 * Comparing two large versions as a job: it leaves nothing in the database but its result. PostgreSQL keeps to the bounds of memory
 * and time that `open_comparison` of migration 0025 sets.
 */
import type { Transaction } from '../../store/transaction.ts';
import { STATEMENT_TIMEOUT } from '../../services/datasets/query/took-too-long.ts';
import { findDataset } from '../find.ts';
import type { JobLoopKind } from '../jobs/loop.ts';
import { MOST_DIFFERENCES } from '../limits.ts';
import { MOST_AT_WORK, READ_AT_ONCE } from './limits.ts';
import {
  beat,
  claimComparison,
  comparePart,
  failComparison,
  findComparison,
  finishComparison,
  listWaiting,
  openComparison,
  releaseComparison,
} from './store.ts';

interface Claimed {
  readonly dataset_id: string;
  readonly a: number;
  readonly b: number;
  readonly tries: number;
}

/** Reads both versions, telling after each part how many rows are read. */
const readBoth = async (
  tx: Transaction,
  comparison: string,
  sizes: readonly number[],
  onRows: (rows: number) => void,
): Promise<void> => {
  let before = 0;
  for (const [index, size] of sizes.entries()) {
    for (let after = 0, parts = 1; ; parts += 1) {
      const part = await tx.one(comparePart, [comparison, index + 1, after, READ_AT_ONCE]);
      if (part === undefined || part.last === null) break;
      after = part.last;
      onRows(before + Math.min(size, parts * READ_AT_ONCE));
    }
    before += size;
    onRows(before);
  }
};

/** The kind of job that `workOnJob` and `createJobLoop` take. */
export const COMPARING: JobLoopKind<Claimed> = {
  word: 'comparison',
  schedule: 'datasets.resume-comparisons',
  mostAtWork: MOST_AT_WORK,
  failures: { [STATEMENT_TIMEOUT]: 'took_too_long' },
  find: async (database, job) => {
    const [row] = await database.run(findComparison, [job]);
    return row && { job, company: row.company_id, user: row.compared_by };
  },
  listWaiting: async (database, stale, most) =>
    (await database.run(listWaiting, [stale, most])).map((row) => ({
      job: row.comparison_id,
      company: row.company_id,
      user: row.compared_by,
    })),
  claim: (tx, { job, actor, claim }, at, stale) =>
    tx.one(claimComparison, [actor.company, job, claim, at, stale]),
  beat: async (tx, { job, actor, claim }, at, rows) =>
    (await tx.one(beat, [actor.company, job, claim, at, rows])) !== undefined,
  release: (tx, { job, actor, claim }) => tx.all(releaseComparison, [actor.company, job, claim]),
  fail: (tx, { job, actor, claim }, at, failure) =>
    tx.all(failComparison, [actor.company, job, claim, failure, at]),
  run: async (tx, { job, actor, claim }, { dataset_id: dataset, a, b }, { now, onRows }) => {
    const one = await findDataset(tx, actor.company, dataset, 'read', a);
    const other = await findDataset(tx, actor.company, dataset, 'read', b);
    await tx.one(openComparison, [job]);
    await readBoth(tx, job, [one.rows, other.rows], onRows);
    const done = await tx.one(finishComparison, [job, claim, MOST_DIFFERENCES, new Date(now())]);
    return done?.finished === true;
  },
};
