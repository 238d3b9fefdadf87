/** Processes of this machine as the tests need to see them: the database's of one data directory, their words and files. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { markedPostmaster } from '../../src/store/embedded/orphan.ts';
import { isPostmasterOf, processToken } from '../../src/store/embedded/process-identity.ts';

/** Whether `/proc` can be read, which holds on Linux only. */
export const HAS_PROC = existsSync('/proc/self/stat');

const parentsFromProc = (): (readonly [pid: number, parent: number])[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
      } catch {
        return [];
      }
    });

const parentsFromPs = (): (readonly [pid: number, parent: number])[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);

/** A process, its children, their children, and so on. */
export const familyOf = (root: number): readonly number[] => {
  const parents = HAS_PROC ? parentsFromProc() : parentsFromPs();
  const family = [root];
  for (let index = 0; index < family.length; index += 1) {
    for (const [pid, parent] of parents) if (parent === family[index]) family.push(pid);
  }
  return family;
};

/** The living PostgreSQL master of a DATA_DIR; undefined where there is none. */
export const postmasterOf = (dataDir: string): number | undefined => {
  const folder = join(dataDir, 'postgres');
  const pid = markedPostmaster(folder);
  return pid !== undefined && existsSync(folder) && isPostmasterOf(pid, realpathSync(folder))
    ? pid
    : undefined;
};

/** Living processes with a text, such as a folder, in their command line. */
export const processesNaming = (text: string): readonly number[] => {
  const words = HAS_PROC
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => [Number(name), commandLineOf(Number(name)).toString()] as const)
    : execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
        .split('\n')
        .map((line) => [Number.parseInt(line, 10), line] as const);
  return words.filter(([pid, line]) => line.includes(text) && pid !== process.pid).map(([pid]) => pid);
};

/** Sends a signal to each of these that still lives. */
export const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
};

/** Whether a process lives; a zombie does not. */
export const isAlive = (pid: number): boolean => processToken(pid) !== undefined;

const readProc = (pid: number, name: string): Buffer => {
  try {
    return readFileSync(`/proc/${pid}/${name}`);
  } catch {
    // It has ended, and what it was started with is gone.
    return Buffer.alloc(0);
  }
};

/** The command line of a process. */
export const commandLineOf = (pid: number): Buffer => readProc(pid, 'cmdline');

/** The environment that a process was started with. */
export const environmentOf = (pid: number): Buffer => readProc(pid, 'environ');
