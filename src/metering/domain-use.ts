/** How often the pages of each authorised domain call, and when they last did: counted, never recorded. */
import { utcDay } from '../foundation/clock.ts';
import type { DomainId } from '../foundation/ids.ts';
import type { Log } from '../foundation/log.ts';

/** Calls of the pages of one domain on one UTC day, on their way to the database. */
export interface DomainCount {
  readonly domain: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  count: number;
}

export interface DomainUse {
  /** A page of this domain called. `now` in milliseconds since the Unix epoch. */
  count(domain: DomainId, now: number): void;
  /** Adds what has been counted to the database; keeps it for the next time if that fails. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface DomainUseOptions {
  /** `at`: when the last of these calls came, in milliseconds since the Unix epoch. */
  readonly add: (counts: readonly DomainCount[], at: number) => Promise<void>;
  readonly log: Log;
  /** Milliseconds between two flushes: what a crash can lose of the counts. */
  readonly flushMs?: number;
}

const DAY_MS = 86_400_000;

/** Counts in this thread's memory; at most one row a domain and day is written every few seconds. */
export const createDomainUse = ({ add, log, flushMs = 2000 }: DomainUseOptions): DomainUse => {
  let counts = new Map<DomainId, DomainCount>();
  /** Of days that are over. */
  let earlier: DomainCount[] = [];
  let dayStart = 0;
  let latest = 0;
  let flushing: Promise<void> | undefined;

  const enterDay = (now: number): void => {
    if (now >= dayStart && now < dayStart + DAY_MS) return;
    earlier.push(...counts.values());
    counts = new Map();
    dayStart = Math.floor(now / DAY_MS) * DAY_MS;
  };

  const count: DomainUse['count'] = (domain, now) => {
    enterDay(now);
    latest = Math.max(latest, now);
    const present = counts.get(domain);
    if (present === undefined) counts.set(domain, { domain, day: utcDay(dayStart), count: 1 });
    else present.count += 1;
  };

  /** One entry a domain and day, as the database wants it. */
  const merged = (entries: readonly DomainCount[]): DomainCount[] => {
    const sums = new Map<string, DomainCount>();
    for (const entry of entries) {
      const key = `${entry.domain} ${entry.day}`;
      const present = sums.get(key);
      if (present === undefined) sums.set(key, entry);
      else present.count += entry.count;
    }
    return [...sums.values()];
  };

  const flushOnce = async (): Promise<void> => {
    if (counts.size === 0 && earlier.length === 0) return;
    const taken = merged([...earlier, ...counts.values()]);
    counts = new Map();
    earlier = [];
    try {
      await add(taken, latest);
    } catch (error) {
      log.warn('the use of domains could not be written down; it is tried again', { error });
      earlier = merged([...taken, ...earlier]);
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
    count,
    flush,
    close: async () => {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
};
