import type { ProjectCaller } from '../foundation/caller.ts';
import { utcDay } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import { BUCKETS, type Outcome } from './board.ts';
import type { KeyUse } from './key-use.ts';

/** One counter on its way to the database: nothing in it says who asked or what. */
export interface UsageCount {
  readonly company: string;
  readonly project: string;
  /** Empty where a page gave the project's id instead of a key. */
  readonly key: string;
  readonly operation: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly outcome: Outcome;
  /** Requests by how long they took, one number a bucket of the board; their sum is the count. */
  readonly durations: number[];
}

/** Counters that are added together or not at all, and once however often they are sent. */
export interface UsageBatch {
  /** Larger than that of every batch before it. */
  readonly number: number;
  readonly counts: readonly UsageCount[];
}

export interface Usage {
  /** One request has been answered. @param bucket of its duration, as the board gave it. */
  count(caller: ProjectCaller, operation: string, outcome: Outcome, bucket: number, now: number): void;
  /** Adds what has been counted to the database; keeps it for the next time if that fails. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface UsageOptions {
  readonly add: (batch: UsageBatch) => Promise<void>;
  /** Notes which keys were in use; written down along with the counts. */
  readonly keyUse: KeyUse;
  readonly log: Log;
  /** Milliseconds between two flushes: what a crash can lose of the counts. */
  readonly flushMs?: number;
}

const NONE: readonly number[] = Array.from({ length: BUCKETS }, () => 0);

/** Counters of one statement, so that none takes long or holds many rows, however many keys were in use. */
export const MOST_COUNTERS = 500;

/**
 * Counts usage in memory and adds it to one row per project, key, operation, day and outcome every second. A batch whose
 * answer was lost is sent again under its number, which the database knows: nothing is lost and nothing counts twice.
 */
export const createUsage = ({ add, keyUse, log, flushMs = 1000 }: UsageOptions): Usage => {
  let counts = new Map<string, UsageCount>();
  /** What is on its way, the oldest first; it has to arrive before anything younger is taken. */
  const pending: UsageBatch[] = [];
  let batches = 0;
  let dayStart = 0;
  let day = '';
  let flushing: Promise<void> | undefined;
  /** The counter that each caller used last: most callers do the same thing again and again. */
  let latest = new WeakMap<ProjectCaller, UsageCount>();

  const dayOf = (now: number): string => {
    if (now < dayStart || now >= dayStart + 86_400_000) {
      dayStart = Math.floor(now / 86_400_000) * 86_400_000;
      day = utcDay(now);
    }
    return day;
  };

  const counterOf = (caller: ProjectCaller, operation: string, outcome: Outcome, on: string): UsageCount => {
    const { company, project } = caller;
    const key = caller.key ?? '';
    const name = `${project} ${key} ${operation} ${on} ${outcome}`;
    let counter = counts.get(name);
    if (counter === undefined) {
      const durations = NONE.slice();
      counter = { company, project, key, operation, day: on, outcome, durations };
      counts.set(name, counter);
    }
    return counter;
  };

  const take = (): void => {
    const taken = [...counts.values()];
    counts = new Map();
    latest = new WeakMap();
    for (let start = 0; start < taken.length; start += MOST_COUNTERS) {
      batches += 1;
      pending.push({ number: batches, counts: taken.slice(start, start + MOST_COUNTERS) });
    }
  };

  const sendPending = async (): Promise<void> => {
    for (let batch = pending[0]; batch !== undefined; batch = pending[0]) {
      await add(batch);
      pending.shift();
    }
  };

  const flushOnce = async (): Promise<void> => {
    await keyUse.flush();
    if (pending.length === 0 && counts.size === 0) return;
    try {
      await sendPending();
      take();
      await sendPending();
    } catch (error) {
      log.warn('usage could not be added to the database; it is kept and added later', { error });
    }
  };

  const flush = (): Promise<void> => {
    flushing ??= flushOnce().finally(() => {
      flushing = undefined;
    });
    return flushing;
  };

  const timer = setInterval(() => void flush(), flushMs).unref();

  return {
    count: (caller, operation, outcome, bucket, now) => {
      let counter = latest.get(caller);
      if (
        counter === undefined ||
        counter.operation !== operation ||
        counter.outcome !== outcome ||
        counter.day !== dayOf(now)
      ) {
        if (caller.key !== undefined) keyUse.note(caller.key, now);
        counter = counterOf(caller, operation, outcome, dayOf(now));
        latest.set(caller, counter);
      }
      counter.durations[bucket] = (counter.durations[bucket] ?? 0) + 1;
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
};
