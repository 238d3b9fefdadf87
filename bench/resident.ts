/** What a process occupies, from the outside. */
import { execFileSync } from 'node:child_process';

/** Resident memory of a process in MB (2^20 bytes), with what it shares; NaN where `ps` does not say. */
export const residentMb = (pid: number): number => {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  } catch {
    return Number.NaN;
  }
};
