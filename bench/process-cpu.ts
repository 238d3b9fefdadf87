/** What a process that is not ours to ask has used, from the outside. */
import { readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second whatever its own tick is (`USER_HZ`, on every Linux that Node runs on). */
const MICROSECONDS_A_TICK = 10_000;
const USER_TIME = 11;

/** Microseconds of user and system time of all threads of a process; NaN where the system does not tell (Linux does). */
export const cpuOfProcess = (pid: number): number => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[USER_TIME]) + Number(fields[USER_TIME + 1])) * MICROSECONDS_A_TICK;
  } catch {
    return Number.NaN;
  }
};

/** The same of a process and all that it started. */
export const cpuOfFamily = (pid: number): number => {
  let total = cpuOfProcess(pid);
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    for (const child of children === '' ? [] : children.split(' ')) total += cpuOfFamily(Number(child));
  } catch {
    return total;
  }
  return total;
};
