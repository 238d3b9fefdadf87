/** What graphile-worker prints past its logger when the database is away: whole errors of PostgreSQL, with what they quote. */
import type { Log } from '../foundation/log.ts';

const METHODS = ['trace', 'error', 'warn'] as const;
type Method = (typeof METHODS)[number];

/** The same failure is printed by each of several workers; once a minute is enough. */
const QUIET_MS = 60_000;

/**
 * Lets nothing out of this thread's console but that there was something; ours never writes to it.
 * @param monotonic milliseconds. @returns what puts the console back.
 */
export const quietConsole = (log: Log, monotonic: () => number): (() => void) => {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (): void => {
    const now = monotonic();
    if (now - toldAt < QUIET_MS) return;
    toldAt = now;
    log.warn('a library printed something, which is not shown', { code: 'console' });
  };
  const before = new Map<Method, Console[Method]>(METHODS.map((method) => [method, console[method]]));
  for (const method of METHODS) console[method] = tell;
  return () => {
    for (const [method, original] of before) if (console[method] === tell) console[method] = original;
  };
};
