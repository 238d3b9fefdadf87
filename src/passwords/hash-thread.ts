/** What one hash thread does: it blocks on one job after the other, at a priority below everything else. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { HashAnswer, HashJob } from './hash-job.ts';
import { hashPassword, verifyPassword } from './phc.ts';
import type { assessPassword } from './strength.ts';

/**
 * Least important of all: a hash takes whole hundreds of milliseconds, and a request that comes meanwhile must not wait
 * for the scheduler's next round. On Linux this names the calling thread alone (setpriority(2), "C library/kernel
 * differences"); elsewhere it would slow the whole process.
 */
const NICENESS = 19;

const stepBack = (): void => {
  if (process.platform !== 'linux') return;
  try {
    setPriority(NICENESS);
  } catch {
    // Where it is forbidden, hashing is as important as the rest.
  }
};

let assess: typeof assessPassword | undefined;

/** The lists take a third of a second and 40 MB; a thread that never assesses never loads them. */
const assessor = async (): Promise<typeof assessPassword> => {
  assess ??= (await import('./strength.ts')).assessPassword;
  return assess;
};

const perform = async (job: HashJob): Promise<HashAnswer> => {
  const { kind, password } = job;
  if (kind === 'hash') return { kind, phc: hashPassword(password) };
  if (kind === 'assess') return { kind, assessment: (await assessor())(password, job.userInputs) };
  const { cost, salt, hash } = job.phc;
  // Bytes arrive as plain Uint8Array.
  const isRight = verifyPassword(password, { cost, salt: Buffer.from(salt), hash: Buffer.from(hash) });
  return { kind, ok: isRight && job.counts };
};

const answer = async (job: HashJob): Promise<HashAnswer> => {
  try {
    return await perform(job);
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error.name : 'unknown' };
  }
};

stepBack();
parentPort?.on('message', (job: HashJob) => {
  void answer(job).then((reply) => parentPort?.postMessage(reply));
});
