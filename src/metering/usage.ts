import type { Caller } from '../foundation/caller.ts';
import { utcDay } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import type { Outcome } from './board.ts';

/** One counter on its way to the database: nothing in it says who asked or what. */
export interface UsageCount {
  readonly company: string;
  readonly project: string;
  readonly operation: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly outcome: Outcome;
  count: number;
}

export interface Usage {
  count(caller: Caller, operation: string, outcome: Outcome, now: number): void;
  /** Adds what has been counted to the database; keeps it for the next time if that fails. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface UsageOptions {
  readonly add: (counts: readonly UsageCount[]) => Promise<void>;
  readonly log: Log;
  /** Milliseconds between two flushes: what a crash can lose of the counts. */
  readonly flushMs?: number;
}

/** Counts usage in memory and adds it to one row per project, operation, day and outcome every second. */
export const createUsage = ({ add, log, flushMs = 1000 }: UsageOptions): Usage => {
  let counts = new Map<string, UsageCount>();
  let dayStart = 0;
  let day = '';
  let flushing: Promise<void> | undefined;

  const dayOf = (now: number): string => {
    if (now < dayStart || now >= dayStart + 86_400_000) {
      dayStart = Math.floor(now / 86_400_000) * 86_400_000;
      day = utcDay(now);
    }
    return day;
  };

  const addTo = (target: Map<string, UsageCount>, entry: UsageCount): void => {
    const key = `${entry.project} ${entry.operation} ${entry.day} ${entry.outcome}`;
    const present = target.get(key);
    if (present === undefined) target.set(key, entry);
    else present.count += entry.count;
  };

  const flushOnce = async (): Promise<void> => {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    try {
      await add([...taken.values()]);
    } catch (error) {
      log.warn('usage could not be added to the database; it is kept and added later', { error });
      for (const entry of taken.values()) addTo(counts, entry);
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
    count: (caller, operation, outcome, now) => {
      const entry = {
        company: caller.company,
        project: caller.project,
        operation,
        day: dayOf(now),
        outcome,
        count: 1,
      };
      addTo(counts, entry);
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
};
