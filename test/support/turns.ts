/**
 * Which test files run, how many at the same time, and which of them may run beside others: all but those that measure time, load or
 * memory, and one server at a time.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { PROJECT_ROOT } from './sources.ts';

/**
 * `beside` any other; `server` beside any that starts no real server or browser of its own, which take several
 * processes and much memory; `alone` once everything else is done.
 */
export type Turn = 'beside' | 'server' | 'alone';

/** How paths of files begin whose verdict depends on what else the machine does, by what they look at. */
export const ALONE: readonly string[] = [
  // Measured against another server or against itself.
  'bench/',
  // Limits a second: on a machine that is too busy the second is over before it is used up.
  'src/limits/',
  'test/limits-',
  'test/e2e/limits.',
  'test/e2e/valkey.',
  // What has to hold everywhere within a second of a change.
  'src/gate/freshness.',
  'src/gate/promises.',
  'test/domains-at-the-gate.',
  'test/hostile-keys.',
  'test/keys-at-the-gate.',
  'test/request-log-at-the-gate.',
  // Takes ports that it has chosen before, and asks within the limits of a second.
  'test/nothing-kept.',
  // How much is let in when too much comes, and how long answers take.
  'src/http/shedding.',
  'test/enumeration.',
  'test/flooding.',
  'test/guessing.',
  'test/overload.',
  // Real servers that may not fail one answer under load.
  'test/e2e/gazetteer-import.',
  'test/e2e/visitor-import.',
  // The memory of this process or of a server.
  'src/services/visitor/user-agent/memory.',
  'test/datasets-export.',
  'test/visitor-leaves-nothing-memory.',
];

/** Imports of what starts a server as `npm start` does, or a browser. */
const SERVERS = /support\/(?:server|served|browser|dashboard-house|visitors)\.ts'/;

/** When a test file may run. @param path as `chooseFiles` gives it. */
export const turnOf = (path: string): Turn => {
  if (ALONE.some((part) => path.startsWith(part))) return 'alone';
  if (path.startsWith('test/e2e/')) return 'server';
  return SERVERS.test(readFileSync(resolve(PROJECT_ROOT, path), 'utf8')) ? 'server' : 'beside';
};

/** Relative to the project's root, without `./`, however it was written; absolute where it lies elsewhere. */
const fromRoot = (path: string): string => {
  const short = relative(PROJECT_ROOT, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
};

/**
 * The files that patterns choose, each once and in order, relative to the project's root where they lie below it; and
 * the patterns that fit none.
 * @param from the directory to which the patterns are relative.
 */
export const chooseFiles = (
  patterns: readonly string[],
  from: string,
): { readonly files: readonly string[]; readonly unmatched: readonly string[] } => {
  const files = new Set<string>();
  const unmatched = patterns.filter((pattern) => {
    const found = globSync(fromRoot(resolve(from, pattern)), {
      cwd: PROJECT_ROOT,
      exclude: ['**/node_modules/**'],
    }).filter((path) => statSync(resolve(PROJECT_ROOT, path)).isFile());
    for (const path of found) files.add(path);
    return found.length === 0;
  });
  return { files: [...files].sort(), unmatched };
};

/** What a file that starts a server and a browser takes at the most, in bytes. */
const MEMORY_OF_A_FILE = 1.5 * 1024 ** 3;

/**
 * How many files run at the same time; at least one.
 * @param total bytes of the machine. @param bound bytes that this process may take, as `process.constrainedMemory()`
 * gives them: 0 where that is not known, more than there are where there is no bound.
 */
export const lanesFor = (cores: number, total: number, bound: number): number => {
  const memory = bound > 0 ? Math.min(total, bound) : total;
  return Math.max(1, Math.min(cores, Math.floor(memory / MEMORY_OF_A_FILE)));
};
