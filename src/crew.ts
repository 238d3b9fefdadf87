import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Log } from './foundation/log.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

export interface CrewOptions {
  readonly count: number;
  readonly log: Log;
  /** A worker's own log lines. */
  readonly onLine: (line: string) => void;
}

/** Threads that load their code while the main thread still opens the database. */
export interface Recruits {
  /**
   * Lets every worker listen; resolves when all do, rejects when one cannot.
   * @param startOf called for each start, also when a worker that died is replaced.
   */
  start(startOf: (index: number) => WorkerStart): Promise<Crew>;
  /** Ends the threads of a start that failed. */
  dismiss(): Promise<void>;
}

/** The worker threads of this process. */
export interface Crew {
  tell(message: ToWorker): void;
  /** How many answer requests now. */
  alive(): number;
  /** Lets every worker finish what it has begun; ends those that take longer than `graceMs` and a little. */
  drain(graceMs: number): Promise<void>;
}

/** Between the death of a worker and its replacement, doubled for each death up to the limit. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** What a drained worker may take beyond its grace to write its counters down. */
const AFTER_GRACE_MS = 5000;

interface Member {
  readonly worker: Worker;
  ready: boolean;
}

/**
 * The entry of a worker shares the compiled code that the main thread keeps. It is plain JavaScript: TypeScript would have
 * to be compiled before there is a cache, for which a thread loads the compiler and keeps its 10 MB.
 */
const ENTRY = new URL(
  `data:text/javascript,${encodeURIComponent(
    `import { enableCompileCache } from 'node:module';
    enableCompileCache(${JSON.stringify(fileURLToPath(new URL('../node_modules/.cache/vouchsafe', import.meta.url)))});
    await import(${JSON.stringify(new URL('worker-thread.ts', import.meta.url).href)});`,
  )}`,
);

/**
 * Requests leave nothing behind that lives longer than they do, so that collecting more often costs next to nothing; left
 * alone, V8 would let a busy thread fill 60 MB in between, out of reach of the processor's caches. Half as much is a little
 * faster over plain HTTP, and a tenth slower over HTTPS, where what is on its way outlives it and becomes old.
 */
export const YOUNG_GENERATION_MB = 24;

const spawn = (index: number): Worker => {
  const worker = new Worker(ENTRY, {
    name: `vouchsafe worker ${index}`,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    // A worker never writes to the process's output by itself; what a dependency prints would not be ours to vouch for.
    stdout: true,
    stderr: true,
    env: {},
  });
  worker.stdout.resume();
  worker.stderr.resume();
  // One that dies while it loads is found out when it is to begin; without a listener its error would end the process.
  worker.on('error', () => undefined);
  return worker;
};

const drainOne = ({ worker, ready }: Member, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    if (!ready) {
      void worker.terminate().then(() => resolve());
      return;
    }
    const timer = setTimeout(() => void worker.terminate(), graceMs + AFTER_GRACE_MS);
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    const message: ToWorker = { kind: 'drain', graceMs };
    worker.postMessage(message);
  });

/** Spawns the threads at once; none listens before `start`. */
export const recruitCrew = ({ count, log, onLine }: CrewOptions): Recruits => {
  const members: Member[] = Array.from({ length: count }, (_, index) => ({
    worker: spawn(index),
    ready: false,
  }));
  let draining = false;

  const begin = (index: number, member: Member, startOf: (index: number) => WorkerStart): Promise<void> =>
    new Promise((resolve, reject) => {
      const { worker } = member;
      if (worker.threadId === -1) reject(new Error('a worker ended while it was loading'));
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'log') onLine(message.line);
        if (message.kind === 'ready') {
          member.ready = true;
          resolve();
        }
      });
      worker.once('error', (error) => {
        log.error('a worker died', { worker: index, error });
        reject(error);
      });
      worker.once('exit', () => {
        const wasReady = member.ready;
        member.ready = false;
        reject(new Error('a worker ended before it was ready'));
        if (wasReady && !draining) void replace(index, startOf);
      });
      const start = startOf(index);
      const message: ToWorker = { kind: 'start', start };
      worker.postMessage(message, [start.hasher]);
    });

  const replace = async (index: number, startOf: (index: number) => WorkerStart): Promise<void> => {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await sleep(pause);
      if (draining) return;
      const member = { worker: spawn(index), ready: false };
      members[index] = member;
      try {
        await begin(index, member, startOf);
        log.warn('a worker that died has been replaced', { worker: index });
        return;
      } catch (error) {
        log.error('a worker could not be replaced; trying again', { worker: index, error });
      }
    }
  };

  const dismiss = async (): Promise<void> => {
    draining = true;
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  };

  return {
    dismiss,
    start: async (startOf) => {
      const begun = await Promise.allSettled(members.map((member, index) => begin(index, member, startOf)));
      const failed = begun.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return {
        tell: (message) => {
          for (const { worker } of members) worker.postMessage(message);
        },
        alive: () => members.filter(({ ready }) => ready).length,
        drain: async (graceMs) => {
          draining = true;
          await Promise.all(members.map((member) => drainOne(member, graceMs)));
        },
      };
    },
  };
};
