/** What the main thread does beside the workers that answer: mail, jobs by the clock, hashing of passwords. */
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { sweepUsage } from './accounts/store.ts';
import type { Config } from './config.ts';
import { utcDay, type Clock } from './foundation/clock.ts';
import { createIndexing } from './datasets/indexes/indexing.ts';
import { createComparisons } from './datasets/comparing/comparisons.ts';
import { createDatasetNews } from './datasets/news/news.ts';
import { createRestorations } from './datasets/restoring/restorations.ts';
import { dropRemains } from './datasets/store.ts';
import { createLoads } from './datasets/uploads/loads.ts';
import { deriveKey } from './foundation/derive.ts';
import type { Log } from './foundation/log.ts';
import type { Premises } from './house.ts';
import { startJobs } from './jobs/runner.ts';
import type { ScheduledTask } from './jobs/schedule.ts';
import { housekeeping } from './leaving/housekeeping.ts';
import type { Mailbox } from './mail/mailbox.ts';
import { enqueueMail } from './mail/outbox.ts';
import type { Outbox } from './mail/promises.ts';
import { createMailService } from './mail/service.ts';
import { serveHasher } from './passwords/broker.ts';
import { createHashThreads } from './passwords/hash-threads.ts';
import { expireLogs } from './request-log/retention.ts';
import { createDatabase, type Database } from './store/database.ts';
import { unusualTasks } from './usage/unusual.ts';
import { VERSION } from './version.ts';
import { createDeliveries } from './webhooks/deliveries.ts';
import { createGuard } from './webhooks/guard.ts';
import { enqueueEvent } from './webhooks/outbox.ts';
import { createSend } from './webhooks/send.ts';

export interface BackOfficeParts {
  readonly config: Config;
  readonly publicUrl: string;
  readonly premises: Pick<Premises, 'database' | 'store' | 'secrets'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BackOffice {
  readonly mailbox: Mailbox;
  /** What the checks of promises about mail look at. */
  readonly outbox: Outbox;
  /** Takes no more jobs, and ends within ten seconds or so. May be called twice. */
  close(): Promise<void>;
}

/** Connections for reading and noting mail; the queue has two of its own. */
const MAIL_POOL = 2;

/** What a mail server may still take when the process ends; less than jobs get, so that each ends in order. */
const HANG_UP_MS = 5000;

const WEEK_MS = 7 * 86_400_000;

/** Workers write counts a second late, which may be after their project was erased. */
const sweepLateUsage = (database: Database): ScheduledTask => ({
  name: 'accounts.sweep-usage',
  every: 15,
  run: async (now) => {
    await database.run(sweepUsage, [utcDay(now - WEEK_MS)]);
  },
});

/** Rows of request logs go when they are older than their project wants. */
const expireRequestLogs = (database: Database): ScheduledTask => ({
  name: 'request-log.expire',
  every: 'hour',
  run: (now) => expireLogs(database, now),
});

const MOST_DROPS = 1_000;

/** Tables of datasets that were being read when they were deleted, and those that no upload finished. */
const dropDatasetRemains = (database: Database): ScheduledTask => ({
  name: 'datasets.drop-remains',
  every: 15,
  run: async () => {
    // Each round is a transaction of its own, which has only so many locks; an erased company may leave thousands.
    for (let round = 0; round < MOST_DROPS; round += 1) {
      const [found] = await database.run(dropRemains, [50]);
      if ((found?.dropped ?? 0) === 0) return;
    }
  },
});

/** Sends what is in the outbox and tidies up, from now on. */
export const openBackOffice = async (parts: BackOfficeParts): Promise<BackOffice> => {
  const { config, publicUrl, premises, clock, log } = parts;
  const { store, secrets, database } = premises;
  const keepsMail = config.smtpUrl === null;
  const office = createDatabase({ connection: store.jobs, poolSize: MAIL_POOL });
  try {
    const linkKey = deriveKey(secrets.master, 'link');
    const mail = createMailService({
      database: office,
      publicUrl,
      linkKey,
      smtpUrl: config.smtpUrl,
      from: config.mailFrom,
      clock,
      log,
    });
    const webhooks = createDeliveries({
      database,
      boxKey: deriveKey(secrets.master, 'webhook'),
      send: createSend({ guard: createGuard({ networks: config.webhookNetworks }), version: VERSION }),
      clock,
      log,
    });
    const isAlone = store.kind === 'embedded';
    const loads = createLoads({ database, connection: store.app, isAlone, clock, log });
    const restorations = createRestorations({ database, connection: store.app, isAlone, clock, log });
    const comparisons = createComparisons({ database, connection: store.app, isAlone, clock, log });
    const news = createDatasetNews({ database, enqueueEvent });
    const indexing = createIndexing({ office, connection: store.builder, log });
    const jobs = await startJobs({
      connection: store.jobs,
      tasks: {
        ...mail.tasks,
        ...webhooks.tasks,
        ...loads.tasks,
        ...restorations.tasks,
        ...news.tasks,
        ...comparisons.tasks,
        ...indexing.tasks,
      },
      schedule: [
        ...mail.schedule,
        ...housekeeping({ database, master: secrets.master, log }),
        sweepLateUsage(database),
        ...unusualTasks({ database, enqueueMail, enqueueEvent, log }),
        ...webhooks.schedule,
        expireRequestLogs(database),
        dropDatasetRemains(database),
        ...loads.schedule,
        ...restorations.schedule,
        ...comparisons.schedule,
        ...news.schedule,
        ...indexing.schedule,
      ],
      // One process serves an embedded database (`store/embedded/lock.ts`).
      isAlone,
      clock,
      log,
    });
    // What a crash has left; where the database is away, the schedule finds it.
    await loads.resume().catch(() => undefined);
    await restorations.resume().catch(() => undefined);
    await comparisons.resume().catch(() => undefined);
    await indexing.resume().catch(() => undefined);
    const close = async (): Promise<void> => {
      const patience = setTimeout(() => mail.hangUp(), HANG_UP_MS);
      // Nothing is added to what is under way once no job runs.
      await jobs.close();
      await Promise.all([
        webhooks.close(),
        loads.close(),
        restorations.close(),
        comparisons.close(),
        indexing.close(),
      ]);
      clearTimeout(patience);
      await office.close();
    };
    let closing: Promise<void> | undefined;
    return {
      mailbox: mail.mailbox,
      outbox: { database: office, linkKey, keepsMail },
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await office.close();
    throw error;
  }
};

/** Threads that hash for all workers. */
export interface Hashing {
  /** A worker's end of a line to the threads. */
  connect(): MessagePort;
  close(): Promise<void>;
}

/** One core is left to answer requests, and more than four threads would take a gigabyte. */
const hashThreadCount = (): number => Math.max(1, Math.min(4, availableParallelism() - 1));

/** Hashes that may wait for each thread: the last one waits for about ten seconds. */
const WAITING_PER_THREAD = 16;

export const openHashing = (log: Log): Hashing => {
  const count = hashThreadCount();
  const hasher = createHashThreads({
    count,
    queueLimit: WAITING_PER_THREAD * count,
    onBug: (error) => log.error('a hashing thread ended in a bug', { error }),
  });
  return {
    connect: () => {
      const { port1, port2 } = new MessageChannel();
      serveHasher(port1, hasher);
      return port2;
    },
    close: () => hasher.close(),
  };
};
