/** What was measured, and on what: facts that a figure means nothing without. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const PROJECT = fileURLToPath(new URL('..', import.meta.url));

const output = (program: string, words: readonly string[]): string | undefined => {
  try {
    return execFileSync(program, words, {
      cwd: PROJECT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
};

/** Whether processes can be kept on a core each (Linux, `taskset` of util-linux, two cores or more). */
const CAN_PIN =
  process.platform === 'linux' &&
  availableParallelism() > 1 &&
  output('taskset', ['--version']) !== undefined;

/** The words that start a program on one core, or anywhere where that is not possible. */
export const pinned = (core: number, program: string, words: readonly string[]): [string, string[]] =>
  CAN_PIN ? ['taskset', ['-c', String(core), program, ...words]] : [program, [...words]];

const commit = (): string => {
  const revision = output('git', ['rev-parse', '--short=12', 'HEAD']);
  if (revision === undefined) return 'unknown (not a git checkout)';
  // The results themselves are written by the run and say nothing about what ran.
  const changes = output('git', ['status', '--porcelain', '--', '.', ':!bench/RESULTS.md']);
  return changes === '' ? revision : `${revision} with uncommitted changes`;
};

/** Names and values, in the order in which they are shown. */
export const describeMachine = (): [string, string][] => {
  const cores = cpus();
  return [
    ['Commit', commit()],
    ['Date', new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC'],
    ['CPU', `${cores[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
    ['Memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    [
      'System',
      `${process.platform} ${process.arch}, Node ${process.version}, OpenSSL ${process.versions['openssl'] ?? '?'}`,
    ],
    [
      'Pinning',
      CAN_PIN ? 'server on core 1, load generator on core 0 (taskset)' : 'none (no taskset, or one core)',
    ],
  ];
};
