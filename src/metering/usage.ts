import type { ProjectCaller } from '../foundation/caller.ts';
import { utcDay } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import type { Outcome } from './board.ts';
import type { KeyUse } from './key-use.ts';

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
  count(caller: ProjectCaller, operation: string, outcome: Outcome, now: number): void;
  /** Adds what has been counted to the database; keeps it for the next time if that fails. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface UsageOptions {
  readonly add: (counts: readonly UsageCount[]) => Promise<void>;
  /** Notes which keys were in use; written down along with the counts. */
  readonly keyUse: KeyUse;
  readonly log: Log;
  /** Milliseconds between two flushes: what a crash can lose of the counts. */
  readonly flushMs?: number;
}

/** Counts usage in memory and adds it to one row per project, operation, day and outcome every second. */
export const createUsage = ({ add, keyUse, log, flushMs = 1000 }: UsageOptions): Usage => {
  let counts = new Map<string, UsageCount>();
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

  /** @returns the counter that the count is now in. */
  const addTo = (target: Map<string, UsageCount>, entry: UsageCount): UsageCount => {
    const key = `${entry.project} ${entry.operation} ${entry.day} ${entry.outcome}`;
    const present = target.get(key);
    if (present === undefined) {
      target.set(key, entry);
      return entry;
    }
    present.count += entry.count;
    return present;
  };

  const flushOnce = async (): Promise<void> => {
    await keyUse.flush();
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    latest = new WeakMap();
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
      const last = latest.get(caller);
      if (
        last !== undefined &&
        last.operation === operation &&
        last.outcome === outcome &&
        last.day === dayOf(now)
      ) {
        last.count += 1;
        return;
      }
      const { company, project, key } = caller;
      if (key !== undefined) keyUse.note(key, now);
      latest.set(caller, addTo(counts, { company, project, operation, day: dayOf(now), outcome, count: 1 }));
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
};
