/** Housekeeping by the clock: what runs each hour, each day or each few minutes, once among all processes. */
import { hash } from 'node:crypto';
import { parseCronItem, type ParsedCronItem } from 'graphile-worker';

export interface ScheduledTask {
  /** `room.verb`, such as `links.sweep`; also the name of its job. */
  readonly name: string;
  /** Each hour, each day in the small hours (UTC), or each so many minutes, 1 to 30. */
  readonly every: 'hour' | 'day' | number;
  /** Has to bear running twice, after a crash. @param now milliseconds since the Unix epoch. */
  run(now: number): Promise<void>;
}

const HOUR_MS = 3_600_000;

/** After this many attempts, 3.5 hours later, the next occurrence is waited for. */
const MOST_ATTEMPTS = 10;

/** A number below `limit` that is always the same for a name, so that not everything runs in the same minute. */
const spread = (name: string, limit: number): number =>
  hash('sha256', name, 'buffer').readUInt32BE(0) % limit;

const patternOf = ({ name, every }: ScheduledTask): string => {
  const minute = spread(name, 60);
  if (every === 'hour') return `${minute} * * * *`;
  if (every === 'day') return `${minute} ${1 + spread(`${name} hour`, 4)} * * *`;
  if (!Number.isInteger(every) || every < 1 || every > 30)
    throw new RangeError('a schedule in minutes goes from 1 to 30');
  return `*/${every} * * * *`;
};

/** An occurrence that nobody was there for is made up for at the next start. */
const missedFor = (every: ScheduledTask['every']): number => {
  if (every === 'hour') return 2 * HOUR_MS;
  return every === 'day' ? 48 * HOUR_MS : 0;
};

/** As graphile-worker takes it. Its table of known schedules lets one process win each occurrence. */
export const cronItemOf = (task: ScheduledTask): ParsedCronItem =>
  parseCronItem({
    task: task.name,
    match: patternOf(task),
    identifier: task.name,
    options: {
      backfillPeriod: missedFor(task.every),
      maxAttempts: MOST_ATTEMPTS,
      // Several missed occurrences, or one that is still being retried, become one job.
      jobKey: task.name,
    },
  });
