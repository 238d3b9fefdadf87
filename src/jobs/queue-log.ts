/** What graphile-worker has to say, in our own log: never its words, which quote jobs and errors. */
import { Logger } from 'graphile-worker';
import type { Log } from '../foundation/log.ts';

/** The same failure of a lost database is told many times; once a minute is enough. */
const QUIET_MS = 60_000;

/** Makes graphile-worker's logger. Failures of jobs are left out: the runner tells those itself. */
export const createQueueLogger = (log: Log, monotonic: () => number): Logger => {
  let toldAt = -Infinity;
  return new Logger(() => (level, _message, meta) => {
    if (level !== 'error' || 'failure' in meta) return;
    const now = monotonic();
    if (now - toldAt < QUIET_MS) return;
    toldAt = now;
    log.warn('the job queue has trouble and goes on trying', { code: 'job_queue', error: meta['error'] });
  });
};
