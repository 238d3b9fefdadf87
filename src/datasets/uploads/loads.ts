/** Looks and loads of one process: what the queue's jobs say, and what a crash has left, each in a thread of its own. */
import { Worker } from 'node:worker_threads';
import { isId, newId } from '../../foundation/ids.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Log } from '../../foundation/log.ts';
import type { ScheduledTask } from '../../jobs/schedule.ts';
import { inScope, type KeyedActor } from '../../services/datasets/access/actor.ts';
import type { Connection } from '../../store/connection.ts';
import type { Database } from '../../store/database.ts';
import { MOST_AT_WORK, MOST_FOLLOWING, STALE_MS } from './limits.ts';
import { removeUnfilled } from './new-dataset.ts';
import { removeLeft } from './remove-left.ts';
import { endUploadsOfKeys, failClaimed, findUpload, listWaiting } from './store.ts';
import type { WorkPlace } from './work.ts';
import type { ThreadJob, ThreadWord } from './work-thread.ts';

export interface LoadsParts {
  readonly database: Database;
  /** As the role of the server, for the threads. */
  readonly connection: Connection;
  /** No other process can be at work on this database: what is claimed at the start was left by a crash. */
  readonly isAlone: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Loads {
  /** For `startJobs`. The job ends at once, however long the load takes, so that it holds nothing else up. */
  readonly tasks: { readonly 'uploads.work': (payload: unknown) => Promise<void> };
  readonly schedule: readonly ScheduledTask[];
  /** Looks once for what was left behind. */
  resume(): Promise<void>;
  /** Takes no more; what is under way is left to whoever comes next, and leaves nothing behind. */
  close(): Promise<void>;
}

const THREAD = new URL('work-thread.ts', import.meta.url);

/** What waits beyond these is found by the next look. */
const MOST_WAITING = 100;

/** A thread has this long to say goodbye. */
const GOODBYE_MS = 5_000;

const uploadOf = (payload: unknown): string | undefined => {
  const id =
    typeof payload === 'object' && payload !== null && 'upload' in payload ? payload.upload : undefined;
  return typeof id === 'string' && isId('upl', id) ? id : undefined;
};

interface Uploaded {
  readonly company_id: string | null;
  readonly uploaded_by: string | null;
  readonly uploaded_by_key: string | null;
}

/** An upload with something to do to it. */
interface Waiting extends Omit<WorkPlace, 'claim'> {
  /** Its bytes still come. */
  readonly follows: boolean;
}

interface AtWork {
  readonly thread: Worker;
  readonly ended: Promise<void>;
  readonly follows: boolean;
}

/** As whom it is gone on with. */
const actorOf = ({
  company_id: company,
  uploaded_by: user,
  uploaded_by_key: key,
}: Uploaded): KeyedActor | undefined => {
  if (company === null || !isId('com', company)) return undefined;
  if (user !== null && isId('usr', user)) return { company, user };
  return key !== null && isId('key', key) ? { company, key } : undefined;
};

/** A thread that has used up its memory is ended by Node alone. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'too_large_to_read'
    : 'internal_error';

/** Makes the loads of this process; nothing is done until its task or its schedule runs. */
export const createLoads = ({ database, connection, isAlone, clock, log }: LoadsParts): Loads => {
  const waiting = new Map<string, Waiting>();
  const threads = new Map<string, AtWork>();
  let isClosed = false;
  /** Of the process before, when there can be no other. */
  let staleMs = isAlone ? 0 : STALE_MS;

  /** A file that ends its thread would do so again and again. */
  const fail = async ({ upload, actor, claim }: WorkPlace, code: string): Promise<void> => {
    const failed = await inScope(database, actor, (tx) =>
      tx.one(failClaimed, [actor.company, upload, claim, code, new Date(clock.now())]),
    );
    if (failed?.makes_dataset === true) await removeUnfilled(database);
  };

  const run = ({ follows, ...place }: Waiting): void => {
    const { upload } = place;
    const job: ThreadJob = {
      place: { ...place, claim: newId('upl', clock.now()) },
      connection,
      staleMs,
    };
    // Limited, so that a file that blows up ends its own thread and not the process.
    const thread = new Worker(THREAD, {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 6 },
    });
    const over = Promise.withResolvers<void>();
    thread.on('message', ({ error }: ThreadWord) =>
      log.warn('an upload ended in a bug', { code: 'upload_bug', error }),
    );
    let failing: Promise<void> | undefined;
    thread.once('error', (error) => {
      log.warn('the thread of an upload ended in a bug', { code: 'upload_bug', error });
      failing = fail(job.place, codeOf(error)).catch(() => undefined);
    });
    thread.once('exit', async () => {
      await failing;
      threads.delete(upload);
      over.resolve();
      startNext();
    });
    threads.set(upload, { thread, ended: over.promise, follows });
  };

  const hasRoom = (follows: boolean): boolean => {
    let busy = 0;
    for (const at of threads.values()) if (at.follows === follows) busy += 1;
    return busy < (follows ? MOST_FOLLOWING : MOST_AT_WORK);
  };

  const startNext = (): void => {
    if (isClosed) return;
    for (const [upload, place] of waiting) {
      // Begun anew by its uploader while its thread was ending: it is found by the next look.
      if (threads.has(upload)) continue;
      if (hasRoom(place.follows)) {
        waiting.delete(upload);
        run(place);
        // Nobody has to follow: it is looked at once it is whole.
      } else if (place.follows) waiting.delete(upload);
    }
  };

  const add = (upload: string | null, found: Uploaded, follows: boolean): void => {
    const actor = actorOf(found);
    if (isClosed || upload === null || actor === undefined || waiting.size >= MOST_WAITING) return;
    if (!isId('upl', upload)) return;
    waiting.set(upload, { upload, actor, follows });
    startNext();
  };

  const resume = async (): Promise<void> => {
    await database.run(endUploadsOfKeys, []);
    await removeUnfilled(database);
    const before = new Date(clock.now() - staleMs + 1);
    for (const row of await database.run(listWaiting, [before, MOST_WAITING])) add(row.upload_id, row, false);
  };

  return {
    tasks: {
      'uploads.work': async (payload) => {
        const upload = uploadOf(payload);
        if (upload === undefined) return;
        const [found] = await database.run(findUpload, [upload]);
        if (found !== undefined) add(upload, found, found.arriving === true);
      },
    },
    schedule: [
      { name: 'uploads.resume', every: 1, run: resume },
      { name: 'uploads.remove-left', every: 1, run: () => removeLeft(database, () => isClosed) },
    ],
    resume: async () => {
      await resume();
      staleMs = STALE_MS;
    },
    close: async () => {
      isClosed = true;
      waiting.clear();
      const ends = [...threads.values()].map(async ({ thread, ended }) => {
        thread.postMessage('stop');
        const patience = setTimeout(() => void thread.terminate(), GOODBYE_MS);
        await ended;
        clearTimeout(patience);
      });
      await Promise.all(ends);
    },
  };
};
