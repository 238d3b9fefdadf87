/** Which test files may run beside others: all but those that measure time, load or memory, and one server at a time. */
import { readFileSync } from 'node:fs';

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

/** When a test file may run. @param path relative to the project's root, with slashes. */
export const turnOf = (path: string): Turn => {
  if (ALONE.some((part) => path.startsWith(part))) return 'alone';
  if (path.startsWith('test/e2e/')) return 'server';
  return SERVERS.test(readFileSync(path, 'utf8')) ? 'server' : 'beside';
};
