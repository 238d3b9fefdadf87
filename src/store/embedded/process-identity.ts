/** Tells processes apart across restarts: a process id alone may belong to somebody else by now. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const ps = (pid: number, column: string): string | undefined => {
  try {
    return (
      execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
    );
  } catch {
    return undefined;
  }
};

/**
 * A text that no other process of this machine ever has (boot and start time on Linux, start time elsewhere);
 * undefined when no such process lives. A zombie does not live.
 */
export const processToken = (pid: number): string | undefined => {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the command in parentheses and may itself hold spaces and parentheses (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return `${read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${fields[19] ?? ''}`;
};

/** Whether this process is a PostgreSQL server that works on this data directory (an absolute, real path). */
export const isPostmasterOf = (pid: number, dataDirectory: string): boolean => {
  if (processToken(pid) === undefined) return false;
  if (process.platform !== 'linux') {
    const command = ps(pid, 'command') ?? '';
    return /\bpostgres\b/.test(command) && command.includes(dataDirectory);
  }
  const words = (read(`/proc/${pid}/cmdline`) ?? '').split('\0');
  if (!/(?:^|\/)postgres$/.test(words[0] ?? '')) return false;
  if (words[words.indexOf('-D') + 1] === dataDirectory) return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === dataDirectory;
  } catch {
    return false;
  }
};
