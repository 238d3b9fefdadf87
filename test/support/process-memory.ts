/** What lies in the memory of a running process, by /proc (Linux only, and as the same user or root). */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const SLICE = 16 * 1024 * 1024;

/** Readable memory that is the process's own: its heaps and stacks, not the pages of files that it maps. */
const regionsOf = (pid: number): readonly (readonly [start: number, end: number])[] =>
  readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, start = '', end = '', rights = '', inode = ''] =
        /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)/.exec(line) ?? [];
      if (!rights.startsWith('rw') || inode !== '0') return [];
      return [[Number.parseInt(start, 16), Number.parseInt(end, 16)] as const];
    });

const countIn = (bytes: Buffer, needle: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) count += 1;
  return count;
};

/** How often each of these lies in the memory of a process; what it frees meanwhile may be counted or not. */
export const countInMemory = (pid: number, needles: readonly Buffer[]): readonly number[] => {
  const counts = needles.map(() => 0);
  const overlap = Math.max(...needles.map(({ length }) => length)) - 1;
  const slice = Buffer.alloc(SLICE + overlap);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const [start, end] of regionsOf(pid)) {
      for (let at = start; at < end; at += SLICE) {
        let size = 0;
        try {
          size = readSync(memory, slice, 0, Math.min(SLICE + overlap, end - at), at);
        } catch {
          // Given back since the list was made.
        }
        const bytes = slice.subarray(0, size);
        for (const [index, needle] of needles.entries())
          counts[index] = (counts[index] ?? 0) + countIn(bytes, needle);
      }
    }
  } finally {
    closeSync(memory);
  }
  return counts;
};

/** A mark as V8 and OpenSSL may hold it: one byte a character, and two. */
export const markForms = (mark: string): readonly Buffer[] => [
  Buffer.from(mark, 'latin1'),
  Buffer.from(mark, 'utf16le'),
];
