/** Restorations of one process: what the queue's jobs say, and what a crash has left. */
import type { Clock } from '../../foundation/clock.ts';
import { isId, newId, type CompanyId, type Id, type UserId } from '../../foundation/ids.ts';
import type { Log } from '../../foundation/log.ts';
import type { ScheduledTask } from '../../jobs/schedule.ts';
import type { Connection } from '../../store/connection.ts';
import type { Database } from '../../store/database.ts';
import { MOST_AT_WORK, STALE_MS } from './limits.ts';
import { findRestoration, listWaiting } from './store.ts';
import { restorationOf, workOnRestoration } from './work.ts';

export interface RestorationsParts {
  readonly database: Database;
  /** As the role of the server. */
  readonly connection: Connection;
  /** No other process can be at work on this database: what is claimed at the start was left by a crash. */
  readonly isAlone: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Restorations {
  /** For `startJobs`. The job ends at once, however long the copying takes, so that it holds nothing else up. */
  readonly tasks: { readonly 'datasets.restore': (payload: unknown) => Promise<void> };
  readonly schedule: readonly ScheduledTask[];
  /** Looks once for what was left behind. */
  resume(): Promise<void>;
  /** Takes no more; what is under way is left to whoever comes next, and leaves nothing behind. */
  close(): Promise<void>;
}

/** What waits beyond these is found by the next look. */
const MOST_WAITING = 100;

/** Makes the restorations of this process; nothing is done until its task or its schedule runs. */
export const createRestorations = (parts: RestorationsParts): Restorations => {
  const { database, connection, isAlone, clock, log } = parts;
  const waiting = new Map<Id<'op'>, { readonly company: CompanyId; readonly user: UserId }>();
  const underWay = new Map<Id<'op'>, Promise<void>>();
  const closing = new AbortController();
  const now = (): number => clock.now();
  /** Of the process before, when there can be no other. */
  let staleMs = isAlone ? 0 : STALE_MS;

  const run = async (
    restoration: Id<'op'>,
    actor: { readonly company: CompanyId; readonly user: UserId },
  ): Promise<void> => {
    try {
      await workOnRestoration(
        { restoration, actor, claim: newId('op', now()) },
        {
          database,
          connection,
          now,
          staleMs,
          signal: closing.signal,
          onBug: (error) => log.warn('a restoration ended in a bug', { code: 'restoration_bug', error }),
        },
      );
    } catch (error) {
      // The database was lost: what is claimed is found again, and begun anew.
      log.warn('a restoration has to be begun anew', { code: 'restoration_interrupted', error });
    } finally {
      underWay.delete(restoration);
      startNext();
    }
  };

  const startNext = (): void => {
    if (closing.signal.aborted) return;
    for (const [restoration, actor] of waiting) {
      if (underWay.size >= MOST_AT_WORK) return;
      waiting.delete(restoration);
      if (!underWay.has(restoration)) underWay.set(restoration, run(restoration, actor));
    }
  };

  const add = (restoration: string | null, company: string | null, user: string | null): void => {
    if (closing.signal.aborted || waiting.size >= MOST_WAITING) return;
    if (restoration === null || company === null || user === null) return;
    if (!isId('op', restoration) || !isId('com', company) || !isId('usr', user)) return;
    waiting.set(restoration, { company, user });
    startNext();
  };

  const resume = async (): Promise<void> => {
    const before = new Date(clock.now() - staleMs + 1);
    for (const row of await database.run(listWaiting, [before, MOST_WAITING]))
      add(row.restoration_id, row.company_id, row.restored_by);
  };

  return {
    tasks: {
      'datasets.restore': async (payload) => {
        const restoration = restorationOf(payload);
        if (restoration === undefined) return;
        const [found] = await database.run(findRestoration, [restoration]);
        if (found !== undefined) add(restoration, found.company_id, found.restored_by);
      },
    },
    schedule: [{ name: 'datasets.resume-restorations', every: 1, run: resume }],
    resume: async () => {
      await resume();
      staleMs = STALE_MS;
    },
    close: async () => {
      closing.abort();
      waiting.clear();
      await Promise.all(underWay.values());
    },
  };
};
