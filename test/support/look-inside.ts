/** Whether a test may look into other processes here: tried on processes like those that it is about. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Anybody but root, as PostgreSQL is where the tests are root's: `nobody` on most systems. */
const ANOTHER_UID = 65_534;

/** A process that does nothing, as whoever runs the tests and, for root, as somebody else too: as server and database are. */
const startSleepers = async (): Promise<readonly ChildProcess[]> => {
  const isRoot = process.getuid?.() === 0;
  const accounts = [{}, ...(isRoot ? [{ uid: ANOTHER_UID, gid: ANOTHER_UID }] : [])];
  const sleepers = accounts.map((account) =>
    spawn('sleep', ['60'], { cwd: '/', stdio: 'ignore', detached: true, ...account }),
  );
  try {
    await Promise.all(sleepers.map((sleeper) => once(sleeper, 'spawn')));
  } catch (error) {
    for (const sleeper of sleepers) sleeper.kill('SIGKILL');
    throw error;
  }
  return sleepers;
};

/** The reason that `look` gives for a process that it could not look into; false where it could for all. */
const tryOnSleepers = async (look: (pid: number) => Promise<string | undefined>): Promise<string | false> => {
  let sleepers: readonly ChildProcess[];
  try {
    sleepers = await startSleepers();
  } catch (error) {
    return `no process to try it on could be started: ${(error as NodeJS.ErrnoException).code ?? 'no reason given'}`;
  }
  try {
    for (const [index, { pid = 0 }] of sleepers.entries()) {
      const reason = await look(pid);
      if (reason !== undefined)
        return index === 0 ? reason : `${reason}, where the process is another account's`;
    }
    return false;
  } finally {
    for (const sleeper of sleepers) sleeper.kill('SIGKILL');
  }
};

const isTraced = (pid: number): boolean =>
  !/^TracerPid:\t0$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

/** `strace -p` on a running process, as the trace of a server does it. */
const attach = async (pid: number): Promise<string | undefined> => {
  const words = ['-f', '-yy', '-e', 'trace=none', '-o', '/dev/null', '-p', String(pid)];
  const tracer = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const over = new AbortController();
  tracer.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => {
    tracer.once('error', ({ message }) => {
      said = message.includes('ENOENT') ? 'strace is not on this machine' : message;
      resolve();
    });
    tracer.once('close', () => resolve());
  });
  void ended.then(() => over.abort());
  const end = performance.now() + 20_000;
  while (!isTraced(pid) && !over.signal.aborted && performance.now() < end) await sleep(20);
  // One that has refused has never been a tracer.
  const reason = isTraced(pid)
    ? undefined
    : `strace may not attach here (${said.trim().split('\n')[0] ?? ''})`;
  tracer.kill('SIGINT');
  await ended;
  return said === 'strace is not on this machine' ? said : reason;
};

/** Why no running process can be traced here; false where it can. */
export const noTracing = async (): Promise<string | false> =>
  process.platform === 'linux' ? tryOnSleepers(attach) : 'strace is a tool of Linux';

/** The first bytes of a process's own stack, out of `/proc`. */
const readStack = async (pid: number): Promise<string | undefined> => {
  try {
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
    const start = /^([0-9a-f]+)-[0-9a-f]+ rw.*\[stack\]$/m.exec(maps)?.[1];
    if (start === undefined) return 'the memory of other processes is not listed here';
    const memory = openSync(`/proc/${pid}/mem`, 'r');
    try {
      readSync(memory, Buffer.alloc(8), 0, 8, Number.parseInt(start, 16));
    } finally {
      closeSync(memory);
    }
    return undefined;
  } catch (error) {
    return `the memory of other processes may not be read here (${(error as NodeJS.ErrnoException).code ?? 'no reason given'})`;
  }
};

/** Why the memory of another process cannot be read here; false where it can. */
export const noMemory = async (): Promise<string | false> =>
  process.platform === 'linux' ? tryOnSleepers(readStack) : 'only Linux has /proc';
