/** When keys were last used: to the quarter of an hour, which is enough to find those that nobody uses any more. */
import type { Log } from '../foundation/log.ts';

export interface KeyUse {
  /** A key was used. `now` in milliseconds since the Unix epoch. */
  note(key: string, now: number): void;
  /** Writes down the keys that were not yet in this quarter; keeps them for the next time if that fails. */
  flush(): Promise<void>;
}

export interface KeyUseOptions {
  readonly touch: (keys: readonly string[], at: number) => Promise<void>;
  readonly log: Log;
}

const QUARTER_MS = 15 * 60_000;

/** Notes uses in this thread's memory; one write a key and quarter of an hour. */
export const createKeyUse = ({ touch, log }: KeyUseOptions): KeyUse => {
  const seen = new Set<string>();
  let fresh = new Set<string>();
  let quarter = 0;
  let latest = 0;
  return {
    note: (key, now) => {
      const current = Math.floor(now / QUARTER_MS);
      if (current !== quarter) {
        seen.clear();
        quarter = current;
      }
      if (seen.has(key)) return;
      seen.add(key);
      fresh.add(key);
      latest = now;
    },
    flush: async () => {
      if (fresh.size === 0) return;
      const taken = fresh;
      fresh = new Set();
      const write = (): Promise<void> => touch([...taken], latest);
      try {
        // A key that is deleted meanwhile takes the statement with it; the next one no longer finds that key.
        await write().catch(write);
      } catch (error) {
        log.warn('the last use of keys could not be written down; it is tried again', { error });
        for (const key of taken) fresh.add(key);
      }
    },
  };
};
