/** Bringing one large version back, as a job. */
import type { Id } from '../../foundation/ids.ts';
import { CONTENT_ERRORS } from '../../services/datasets/access/content.ts';
import { findDataset } from '../find.ts';
import type { JobLoopKind } from '../jobs/loop.ts';
import { workOnJob, type JobParts, type JobPlace } from '../jobs/work.ts';
import { RESTORED_AT_ONCE } from '../limits.ts';
import { copyVersion } from './copy-version.ts';
import { MOST_AT_WORK } from './limits.ts';
import {
  beat,
  claimRestoration,
  endRestoration,
  findRestoration,
  listWaiting,
  releaseRestoration,
} from './store.ts';

interface Claimed {
  readonly dataset_id: string;
  readonly number: number;
  readonly expected_version: number | null;
  readonly tries: number;
}

/** The kind of job that `workOnJob` and `createJobLoop` take. */
export const RESTORING: JobLoopKind<Claimed> = {
  word: 'restoration',
  schedule: 'datasets.resume-restorations',
  mostAtWork: MOST_AT_WORK,
  failures: { [CONTENT_ERRORS.versionMoved]: 'version_conflict' },
  find: async (database, job) => {
    const [row] = await database.run(findRestoration, [job]);
    return row && { job, company: row.company_id, user: row.restored_by };
  },
  listWaiting: async (database, stale, most) =>
    (await database.run(listWaiting, [stale, most])).map((row) => ({
      job: row.restoration_id,
      company: row.company_id,
      user: row.restored_by,
    })),
  claim: (tx, { job, actor, claim }, at, stale) =>
    tx.one(claimRestoration, [actor.company, job, claim, at, stale]),
  beat: async (tx, { job, actor, claim }, at, rows) =>
    (await tx.one(beat, [actor.company, job, claim, at, rows])) !== undefined,
  release: (tx, { job, actor, claim }) => tx.all(releaseRestoration, [actor.company, job, claim]),
  fail: (tx, { job, actor, claim }, at, failure, rows) =>
    tx.one(endRestoration, [actor.company, job, claim, 'failed', null, failure, rows, at]),
  run: async (tx, { job, actor, claim }, found, { now, onRows }) => {
    const old = await findDataset(tx, actor.company, found.dataset_id, 'modify', found.number);
    const version = await copyVersion(tx, {
      old,
      expected: found.expected_version,
      now: now(),
      onPart: (parts) => onRows(Math.min(old.rows, parts * RESTORED_AT_ONCE)),
    });
    onRows(old.rows);
    const ended = [actor.company, job, claim, 'restored', version, null, old.rows, new Date(now())] as const;
    // Its user is no member any more, or somebody else is at it: then there is no version either.
    return (await tx.one(endRestoration, ended)) !== undefined;
  },
};

/** Which restoration, whose, and as whom it is taken up. */
export interface RestorationPlace extends Omit<JobPlace, 'job'> {
  readonly restoration: Id<'op'>;
}

/** Does it, and never rejects but for a database that is lost; then it is done anew later. */
export const workOnRestoration = (
  { restoration, actor, claim }: RestorationPlace,
  parts: JobParts,
): Promise<void> => workOnJob(RESTORING, { job: restoration, actor, claim }, parts);
