/** Long jobs of one kind in one process: what the queue says, and what a crash has left. */
import type { Clock } from '../../foundation/clock.ts';
import { isId, newId, type CompanyId, type Id, type UserId } from '../../foundation/ids.ts';
import type { Log } from '../../foundation/log.ts';
import type { ScheduledTask } from '../../jobs/schedule.ts';
import type { Connection } from '../../store/connection.ts';
import type { Database } from '../../store/database.ts';
import { MOST_WAITING, STALE_MS } from './limits.ts';
import { workOnJob, type JobKind } from './work.ts';

export interface JobLoopParts {
  readonly database: Database;
  /** As the role of the server. */
  readonly connection: Connection;
  /** No other process can be at work on this database: what is claimed at the start was left by a crash. */
  readonly isAlone: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whose a job is, as the database says it. */
export interface JobRow {
  readonly job: string | null;
  readonly company: string | null;
  readonly user: string | null;
}

export interface JobLoopKind<Claimed extends { readonly tries: number }> extends JobKind<Claimed> {
  /** One word, of which the codes in the log begin. */
  readonly word: string;
  /** Name of the scheduled look. */
  readonly schedule: string;
  /** Jobs under way in one process. */
  readonly mostAtWork: number;
  /** Whose it is, where there is something to do. */
  find(database: Database, job: Id<'op'>): Promise<JobRow | undefined>;
  /** What has something to do to it that nobody has been at since. */
  listWaiting(database: Database, stale: Date, most: number): Promise<readonly JobRow[]>;
}

export interface JobLoop {
  /** For the queue's task: what its payload holds under `word`. It ends at once, however long the work takes. */
  wake(payload: unknown): Promise<void>;
  readonly schedule: readonly ScheduledTask[];
  /** Looks once for what was left behind. */
  resume(): Promise<void>;
  /** Takes no more; what is under way is left to whoever comes next, and leaves nothing behind. */
  close(): Promise<void>;
}

interface Waiting {
  readonly company: CompanyId;
  readonly user: UserId;
  /** As it was when this one was found: it may wait for others, until what a crash left is told apart no more. */
  readonly staleMs: number;
}

/** What names a job in a payload of the queue. */
export const jobOf = (payload: unknown, word: string): Id<'op'> | undefined => {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const id = (payload as Readonly<Record<string, unknown>>)[word];
  return typeof id === 'string' && isId('op', id) ? id : undefined;
};

/** Makes the loop; nothing is done until it is woken or its schedule runs. */
export const createJobLoop = <Claimed extends { readonly tries: number }>(
  kind: JobLoopKind<Claimed>,
  { database, connection, isAlone, clock, log }: JobLoopParts,
): JobLoop => {
  const { word, mostAtWork } = kind;
  const waiting = new Map<Id<'op'>, Waiting>();
  const underWay = new Map<Id<'op'>, Promise<void>>();
  const closing = new AbortController();
  const now = (): number => clock.now();
  /** Of the process before, when there can be no other. */
  let staleMs = isAlone ? 0 : STALE_MS;
  /** Whose turn it was last. */
  let last: CompanyId | undefined;

  const onBug = (error: unknown): void =>
    log.warn(`a ${word} ended in a bug`, { code: `${word}_bug`, error });

  const run = async (job: Id<'op'>, { staleMs: stale, ...actor }: Waiting): Promise<void> => {
    try {
      const parts = { database, connection, now, staleMs: stale, signal: closing.signal, onBug };
      await workOnJob(kind, { job, actor, claim: newId('op', now()) }, parts);
    } catch (error) {
      // The database was lost: what is claimed is found again, and begun anew.
      log.warn(`a ${word} has to be begun anew`, { code: `${word}_interrupted`, error });
    } finally {
      underWay.delete(job);
      startNext();
    }
  };

  /** The first of another company than the last one, so that nobody waits for all of one company. */
  const chooseNext = (): readonly [Id<'op'>, Waiting] | undefined => {
    const all = [...waiting];
    return all.find(([, { company }]) => company !== last) ?? all[0];
  };

  const startNext = (): void => {
    while (!closing.signal.aborted && underWay.size < mostAtWork) {
      const next = chooseNext();
      if (next === undefined) return;
      const [job, found] = next;
      waiting.delete(job);
      if (underWay.has(job)) continue;
      last = found.company;
      underWay.set(job, run(job, found));
    }
  };

  const add = ({ job, company, user }: JobRow): void => {
    if (closing.signal.aborted || waiting.size >= MOST_WAITING) return;
    if (job === null || company === null || user === null) return;
    if (!isId('op', job) || !isId('com', company) || !isId('usr', user)) return;
    waiting.set(job, { company, user, staleMs });
    startNext();
  };

  const resume = async (): Promise<void> => {
    const before = new Date(clock.now() - staleMs + 1);
    for (const row of await kind.listWaiting(database, before, MOST_WAITING)) add(row);
  };

  return {
    wake: async (payload) => {
      const job = jobOf(payload, word);
      if (job === undefined) return;
      const found = await kind.find(database, job);
      if (found !== undefined) add(found);
    },
    schedule: [{ name: kind.schedule, every: 1, run: resume }],
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
