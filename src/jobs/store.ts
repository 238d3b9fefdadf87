/** What the runner asks of the queue past graphile-worker's own interface. */
import { statement } from '../store/statement.ts';

/** Gives jobs of these tasks back that were taken more than so many seconds ago and never ended. */
export const releaseStuckJobs = statement({
  name: 'jobs.release-stuck',
  text: 'select vouchsafe.release_stuck_jobs($1, $2) as released',
  params: ['text[]', 'int4'],
  columns: { released: 'int4' },
  role: 'jobs',
});
