/** Runs the jobs of this process: those that transactions enqueue, and those that the clock does. */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, type ParsedCronItem, type Runner, type WorkerPool } from 'graphile-worker';
import type { Clock } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import type { Connection } from '../store/connection.ts';
import { createQueuePool, runOnQueue, type QueuePool } from '../store/queue.ts';
import { createQueueLogger } from './queue-log.ts';
import { quietConsole } from './quiet.ts';
import { cronItemOf, type ScheduledTask } from './schedule.ts';
import { releaseStuckJobs } from './store.ts';

/** Does one job; it is tried again, ever more rarely, when this rejects. Has to end within a minute and a half. */
export type Task = (payload: unknown) => Promise<void>;

export interface JobsOptions {
  /** As the role of jobs (`store.jobs`). */
  readonly connection: Connection;
  /** By the name under which the jobs are enqueued. */
  readonly tasks: Readonly<Record<string, Task>>;
  readonly schedule: readonly ScheduledTask[];
  /**
   * That no other process can be at work on this database, as with the embedded one: whatever is taken at the start was
   * left behind by a crash and is done anew at once. Otherwise it waits until no living process could still be at it.
   */
  readonly isAlone?: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Jobs {
  /** Takes no more jobs, waits for those under way, gives back what has not ended after `graceMs`. May be called twice. */
  close(graceMs?: number): Promise<void>;
}

/** Jobs at once; mail waits for servers, not for us. */
const CONCURRENCY = 4;

/** New jobs are heard of at once (LISTEN); this is how late a retry may be. Idle, it makes 0.4 small queries a second. */
const POLL_MS = 10_000;

/** A job that was taken this long ago was lost in a crash: no mail takes as long (`DEADLINE_MS` in mail/transport.ts). */
const STUCK_TASK_SECONDS = 120;
const STUCK_SCHEDULED_SECONDS = 3600;
const LOOK_FOR_STUCK_MS = 60_000;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const GRACE_MS = 10_000;
const END_PATIENCE_MS = 2000;

const CODE = /^[A-Z0-9_]{2,40}$/;

/** What may be known of a failure: an error's message where it is a code by itself, its code, or its class. */
const codeOf = (error: unknown): string => {
  const { message, code, name } = (typeof error === 'object' && error !== null ? error : {}) as Partial<
    Record<string, unknown>
  >;
  for (const word of [message, code]) if (typeof word === 'string' && CODE.test(word)) return word;
  return typeof name === 'string' && /^[A-Za-z]{1,40}$/.test(name) ? name : 'unknown';
};

/** The queue keeps the message of what a task throws, and its library logs it; so that has to be a code. */
const guard =
  (name: string, task: Task, log: Log): Task =>
  async (payload) => {
    try {
      await task(payload);
    } catch (error) {
      const code = codeOf(error);
      // An error that is no more than a code was expected; where it was thrown says nothing.
      const isExpected = error instanceof Error && error.message === code;
      log.warn('a job failed and is tried again later', {
        operation: name,
        code,
        ...(isExpected ? {} : { error }),
      });
      throw new Error(code, { cause: error });
    }
  };

/** One life of the runner, from a pool of its own to that pool's end. */
const startRunner = async (
  options: JobsOptions,
  parsedCronItems: ParsedCronItem[],
  pgPool: QueuePool,
): Promise<{ readonly runner: Runner; readonly workers: WorkerPool | undefined }> => {
  const { tasks, schedule, clock, log } = options;
  const taskList: Record<string, Task> = {};
  for (const [name, task] of Object.entries(tasks)) taskList[name] = guard(name, task, log);
  for (const { name, run: work } of schedule) taskList[name] = guard(name, () => work(clock.now()), log);
  const events = new EventEmitter();
  let workers: WorkerPool | undefined;
  events.on('pool:create', (made: { readonly workerPool: WorkerPool }) => {
    workers = made.workerPool;
  });
  const runner = await run({
    pgPool,
    taskList,
    parsedCronItems,
    events,
    concurrency: CONCURRENCY,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: createQueueLogger(log, clock.monotonic),
    // Without these, a job that ends while the database is away ends the process: the library then leaves the
    // rejection to nobody. With them, it stops the runner, which is started anew here.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  });
  // Awaited later; until then its rejection must not count as unhandled.
  runner.promise.catch(() => undefined);
  return { runner, workers };
};

const endPool = async (pool: QueuePool): Promise<void> => {
  await Promise.race([pool.end().catch(() => undefined), sleep(END_PATIENCE_MS, undefined, { ref: false })]);
};

/**
 * Starts the runner. Resolves at the first attempt's end, whether it runs or keeps trying; whatever happens to the
 * database, it comes back. Any number of processes may run jobs of one database; each job goes to one of them.
 * @throws RangeError for a schedule that no clock could keep.
 */
export const startJobs = async (options: JobsOptions): Promise<Jobs> => {
  const { connection, tasks, schedule, isAlone = false, clock, log } = options;
  const cronItems = schedule.map(cronItemOf);
  const stopping = new AbortController();
  const firstTry = Promise.withResolvers<undefined>();
  let current: { readonly runner: Runner; readonly workers: WorkerPool | undefined } | undefined;

  /** Before its first life nothing can be at work in this process. */
  let isUntouched = isAlone;

  const releaseStuck = async (pool: QueuePool): Promise<void> => {
    const limits: readonly (readonly [readonly string[], number])[] = [
      [Object.keys(tasks), isUntouched ? 0 : STUCK_TASK_SECONDS],
      [schedule.map(({ name }) => name), isUntouched ? 0 : STUCK_SCHEDULED_SECONDS],
    ];
    let count = 0;
    for (const limit of limits) count += (await runOnQueue(pool, releaseStuckJobs, limit))[0]?.released ?? 0;
    if (count > 0) log.warn('jobs of a process that crashed are done anew', { code: 'job_stuck', count });
  };

  const liveOnce = async (pool: QueuePool): Promise<void> => {
    if (isUntouched) await releaseStuck(pool);
    isUntouched = false;
    current = await startRunner(options, cronItems, pool);
    const look = setInterval(() => void releaseStuck(pool).catch(() => undefined), LOOK_FOR_STUCK_MS).unref();
    try {
      await releaseStuck(pool);
      firstTry.resolve(undefined);
      if (stopping.signal.aborted) await current.runner.stop().catch(() => undefined);
      await current.runner.promise;
    } finally {
      clearInterval(look);
      await current.runner.stop().catch(() => undefined);
      current = undefined;
    }
  };

  const keepRunning = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const pool = createQueuePool(connection);
      const startedAt = clock.monotonic();
      try {
        await liveOnce(pool);
      } catch (error) {
        log.warn('the job queue cannot be reached and is tried again', { code: 'job_queue', error });
      } finally {
        await endPool(pool);
        firstTry.resolve(undefined);
      }
      if (clock.monotonic() - startedAt > LONGEST_PAUSE_MS) pause = FIRST_PAUSE_MS;
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  };

  const restoreConsole = quietConsole(log, () => clock.monotonic());
  const running = keepRunning().finally(restoreConsole);
  const close = async (graceMs: number): Promise<void> => {
    stopping.abort();
    const { runner, workers } = current ?? {};
    void runner?.stop().catch(() => undefined);
    const late = new AbortController();
    const isDone = await Promise.race([
      running.then(() => true),
      sleep(graceMs, false, { signal: late.signal }).catch(() => true),
    ]);
    late.abort();
    if (isDone) return;
    log.warn('jobs under way were given back to the queue', { code: 'job_unfinished' });
    await Promise.resolve(workers?.forcefulShutdown('stopped')).catch(() => undefined);
    await running;
  };
  let closing: Promise<void> | undefined;
  await firstTry.promise;
  return { close: (graceMs = GRACE_MS) => (closing ??= close(graceMs)) };
};
