import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Log } from './foundation/log.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

export interface CrewOptions {
  readonly count: number;
  /** Called for each start, also when a worker that died is replaced. */
  readonly startOf: (index: number) => WorkerStart;
  readonly log: Log;
  /** A worker's own log lines. */
  readonly onLine: (line: string) => void;
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
  worker: Worker;
  ready: boolean;
}

/** Starts the workers; resolves when all of them listen, rejects when one cannot. */
export const startCrew = async ({ count, startOf, log, onLine }: CrewOptions): Promise<Crew> => {
  const members: Member[] = [];
  let draining = false;

  const launch = (index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('worker.ts', import.meta.url), {
        workerData: startOf(index),
        name: `vouchsafe worker ${index}`,
        // A worker never writes to the process's output by itself; what a dependency prints would not be ours to vouch for.
        stdout: true,
        stderr: true,
        env: {},
      });
      worker.stdout.resume();
      worker.stderr.resume();
      const member: Member = { worker, ready: false };
      members[index] = member;
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
        if (wasReady && !draining) void replace(index);
      });
    });

  const replace = async (index: number): Promise<void> => {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await sleep(pause);
      if (draining) return;
      try {
        await launch(index);
        log.warn('a worker that died has been replaced', { worker: index });
        return;
      } catch (error) {
        log.error('a worker could not be replaced; trying again', { worker: index, error });
      }
    }
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

  const launched = await Promise.allSettled(Array.from({ length: count }, (_, index) => launch(index)));
  const failed = launched.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    draining = true;
    await Promise.all(members.map(({ worker }) => worker.terminate()));
    throw failed.reason;
  }

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
};
