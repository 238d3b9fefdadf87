/** The main thread's side of hashing: a bounded line in front of a few threads that do nothing else. */
import { Worker } from 'node:worker_threads';
import type { Problem } from '../foundation/problem.ts';
import type { Secret } from '../foundation/secret.ts';
import type { HashAnswer, HashJob } from './hash-job.ts';
import type { PasswordHasher } from './hasher.ts';
import { dummyPhc, needsRehash, parsePhc } from './phc.ts';
import { busy, tooManyWaiting } from './problems.ts';
import { LONGEST_INPUT, normalForm } from './rules.ts';
import { createWaitingLine } from './waiting-line.ts';

export interface HashThreadsOptions {
  /** Threads; each takes 128 MiB while it hashes. */
  readonly count: number;
  /** Jobs that may wait for a thread; the last of them waits `queueLimit / count` hashes long. */
  readonly queueLimit: number;
  /** Jobs of one source that may wait; 2 where it is left out. */
  readonly waitingPerSource?: number;
  /** Told of what should not happen: a thread that died, a stored hash that is none. */
  readonly onBug?: (error: unknown) => void;
  /** How long one job may take before its thread is given up, in milliseconds; a minute where it is left out. */
  readonly patienceMs?: number;
  /** The code of a thread; for tests. */
  readonly script?: URL;
}

/** A job and who waits for it. */
interface Task {
  readonly job: HashJob;
  resolve(answer: HashAnswer): void;
  reject(problem: Problem): void;
}

interface Member {
  readonly worker: Worker;
  task: Task | undefined;
  patience: NodeJS.Timeout | undefined;
}

/** Scrypt takes half a second, and at low priority beside a busy server many times that. */
const PATIENCE_MS = 60_000;

const spawn = (script: URL): Worker =>
  new Worker(script, {
    name: 'vouchsafe hashing',
    env: {},
    execArgv: [],
    // What a dependency prints stays in the thread: these streams are never read, because reading would keep it alive.
    stdout: true,
    stderr: true,
  });

const rest = (member: Member): void => {
  clearTimeout(member.patience);
  member.task = undefined;
  // An idle thread is no reason for the process to stay.
  member.worker.unref();
};

/** The password in the form that is hashed; undefined for one that is too long to be anybody's. */
const clear = (password: Secret): string | undefined => {
  const text = password.expose();
  return text.length > LONGEST_INPUT ? undefined : normalForm(text);
};

/** Threads that are started when they are first needed, and again when one died. */
export const createHashThreads = (options: HashThreadsOptions): PasswordHasher => {
  const {
    count,
    queueLimit,
    waitingPerSource = 2,
    patienceMs = PATIENCE_MS,
    onBug = () => undefined,
  } = options;
  const script = options.script ?? new URL('hash-thread.ts', import.meta.url);
  const line = createWaitingLine<Task>({ limit: queueLimit, limitPerSource: waitingPerSource });
  const members = new Set<Member>();
  // Made at the start, so that the first unknown account takes no longer than the next.
  const dummy = parsePhc(dummyPhc());
  let closed = false;

  const recruit = (): Member | undefined => {
    let worker: Worker;
    try {
      worker = spawn(script);
    } catch (error) {
      onBug(error);
      return undefined;
    }
    const member: Member = { worker, task: undefined, patience: undefined };
    members.add(member);
    worker.on('message', (answer: HashAnswer) => {
      const { task } = member;
      rest(member);
      if (answer.kind === 'failed') {
        onBug(new Error(`a hash thread failed with ${answer.error}`));
        task?.reject(busy());
      } else task?.resolve(answer);
      proceed();
    });
    worker.on('error', onBug);
    worker.once('exit', () => {
      members.delete(member);
      member.task?.reject(busy());
      rest(member);
      if (!closed) proceed();
    });
    return member;
  };

  const begin = (member: Member, task: Task): void => {
    member.task = task;
    member.worker.ref();
    member.patience = setTimeout(() => {
      onBug(new Error('a hash thread did not answer'));
      void member.worker.terminate();
    }, patienceMs);
    member.patience.unref();
    member.worker.postMessage(task.job);
  };

  const freeMember = (): Member | undefined => {
    for (const member of members) if (member.task === undefined) return member;
    return members.size < count ? recruit() : undefined;
  };

  const refuseWaiting = (): void => {
    for (let task = line.next(); task !== undefined; task = line.next()) task.reject(busy());
  };

  /** Gives waiting jobs to free threads. A thread that dies fails its one job, so that dying cannot go round in circles. */
  const proceed = (): void => {
    while (line.length > 0) {
      const member = freeMember();
      const task = member && line.next();
      if (member === undefined || task === undefined) break;
      begin(member, task);
    }
    // No thread could be started, and none will end that would look here again.
    if (members.size === 0) refuseWaiting();
  };

  const run = <Kind extends HashJob['kind']>(
    job: HashJob & { readonly kind: Kind },
    source: string,
  ): Promise<Extract<HashAnswer, { kind: Kind }>> =>
    new Promise((resolve, reject) => {
      if (closed) {
        reject(busy());
        return;
      }
      const task: Task = {
        job,
        reject,
        resolve: (answer) => resolve(answer as Extract<HashAnswer, { kind: Kind }>),
      };
      const free = line.length === 0 ? freeMember() : undefined;
      if (free !== undefined) {
        begin(free, task);
        return;
      }
      const joined = line.join(task, source);
      if (joined === 'full') reject(busy());
      if (joined === 'too_many') reject(tooManyWaiting());
      if (members.size === 0) refuseWaiting();
    });

  return {
    hash: async (password, source) => {
      const text = clear(password);
      if (text === undefined) throw new RangeError('a password that is too long was to be hashed');
      return (await run({ kind: 'hash', password: text }, source)).phc;
    },
    verify: async (password, stored, source) => {
      const text = clear(password);
      const known = stored === undefined ? undefined : parsePhc(stored);
      if (stored !== undefined && known === undefined) onBug(new Error('a stored hash is not a PHC string'));
      const phc = known ?? dummy;
      if (phc === undefined) throw new Error('the dummy is not a PHC string');
      const counts = known !== undefined && text !== undefined;
      const { ok } = await run({ kind: 'verify', password: text ?? '', phc, counts }, source);
      return { ok, outdated: stored !== undefined && needsRehash(stored) };
    },
    assess: async (password, userInputs, source) => {
      const text = (clear(password) ?? password.expose()).slice(0, LONGEST_INPUT);
      return (await run({ kind: 'assess', password: text, userInputs }, source)).assessment;
    },
    close: async () => {
      closed = true;
      refuseWaiting();
      await Promise.all(Array.from(members, ({ worker }) => worker.terminate()));
    },
  };
};
