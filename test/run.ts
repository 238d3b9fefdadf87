/**
 * `npm test`: every test file in a process of its own, as many at a time as the machine has room for, those that
 * measure alone at the end; one report of all. Paths or patterns behind the command choose among the files;
 * `--file-timeout` and `--stop-timeout`, in milliseconds, bound how long one file may take and how long files get to
 * end what they started when the run is interrupted. What is not over by then, or when it is interrupted once more, is
 * killed with all that it started.
 */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { familyOf, signalAll } from './support/processes.ts';
import { PROJECT_ROOT } from './support/sources.ts';
import { chooseFiles, lanesFor, turnOf, type Turn } from './support/turns.ts';

const EVERYTHING = join(PROJECT_ROOT, '{src,gazetteer,test,bench}/**/*.test.ts');
/** How long one test may take, in milliseconds. */
const PATIENCE_MS = 300_000;
/** How long one file may take: of a test that blocks its process, the process cannot tell. */
const FILE_PATIENCE_MS = '1800000';
/** How long files that were told to stop may take to end what they started. */
const STOP_PATIENCE_MS = '20000';
/** Within which a second signal is the first one: of a Ctrl-C the terminal tells this process, and npm tells it again. */
const SAME_MS = 1000;
/** How long the report of a process may take that was killed. */
const LAST_WORDS_MS = 5000;
const SLOWEST = 10;

interface Report {
  readonly type: string;
  readonly data: {
    readonly nesting?: number;
    readonly file?: string;
    readonly message?: string;
    readonly level?: string;
    readonly success?: boolean;
    readonly counts?: Readonly<Record<string, number>>;
    readonly name?: string;
    readonly testNumber?: number;
    readonly details?: { readonly duration_ms: number; readonly error: Error };
  };
}

/** What Node says at the end of a run, and under which name its summary counts it. */
const TOTALS = {
  tests: 'tests',
  suites: 'suites',
  pass: 'passed',
  fail: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  todo: 'todo',
} as const;
const TOTAL = new RegExp(`^(?:${Object.keys(TOTALS).join('|')}|duration_ms) [\\d.]+$`);

const begun = performance.now();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'file-timeout': { type: 'string', default: FILE_PATIENCE_MS },
    'stop-timeout': { type: 'string', default: STOP_PATIENCE_MS },
  },
});
const filePatienceMs = Number(values['file-timeout']);
const stopPatienceMs = Number(values['stop-timeout']);
if (!(filePatienceMs > 0 && stopPatienceMs > 0)) {
  console.error('--file-timeout and --stop-timeout are milliseconds.');
  process.exit(1);
}
const { files, unmatched } = chooseFiles(
  positionals.length === 0 ? [EVERYTHING] : positionals,
  process.cwd(),
);
if (unmatched.length > 0) {
  console.error(`No test file matches ${unmatched.join(' ')}.`);
  process.exit(1);
}
process.chdir(PROJECT_ROOT);
const waiting: Record<Turn, string[]> = { beside: [], server: [], alone: [] };
for (const file of files) waiting[turnOf(file)].push(file);

// What Node made of the sources is kept for the next process, as src/main.ts does: most files load the same ones.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '..', 'node_modules', '.cache', 'vouchsafe');

const reporter = new spec();
reporter.pipe(process.stdout);
const stopping = new AbortController();
const underWay = new Set<string>();
/** The processes of files, which `run` does not give out. */
const children = new Set<ChildProcess>();
const durations: { readonly file: string; readonly milliseconds: number }[] = [];
const totals: Record<string, number> = {};
let success = true;
let isGivenUp = false;

const say = (message: string): void => {
  reporter.write({ type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } });
};

subscribe('child_process', (message) => {
  const { process: child } = message as { readonly process: ChildProcess };
  children.add(child);
  child.once('exit', () => children.delete(child));
});

/** Kills the processes of a file, or of all, and what they started, also what is in a session of its own. */
const kill = (file?: string): void => {
  const pids = [...children]
    .filter(({ spawnargs }) => file === undefined || spawnargs.includes(file))
    .flatMap(({ pid }) => (pid === undefined ? [] : familyOf(pid)));
  // None may see another one end, and start something for it.
  signalAll(pids, 'SIGSTOP');
  signalAll(pids, 'SIGKILL');
};

/** All that Node says of one file. */
const reportsOf = async (file: string, said: Report[]): Promise<boolean> => {
  let isWhole = false;
  for await (const event of run({ files: [file], timeout: PATIENCE_MS, signal: stopping.signal })) {
    const report: Report = event;
    const { type, data } = report;
    if (type === 'test:summary' && data.file === undefined) {
      isWhole = data.success === true;
      for (const [name, count] of Object.entries(data.counts ?? {}))
        totals[name] = (totals[name] ?? 0) + count;
    } else if (!(type === 'test:diagnostic' && data.nesting === 0 && TOTAL.test(data.message ?? '')))
      said.push(report);
  }
  return isWhole;
};

/** Runs one file; what it has to say is written when it is done, so that two files never talk at the same time. */
const runFile = async (file: string): Promise<void> => {
  const start = performance.now();
  const said: Report[] = [];
  const over = new AbortController();
  const killed = sleep(filePatienceMs, undefined, { signal: over.signal }).then(async () => {
    say(`killed after ${filePatienceMs} ms: ${file}`);
    kill(file);
    await sleep(LAST_WORDS_MS, undefined, { signal: over.signal });
    // Something that is no longer its child holds its output open.
    const error = new Error('its output is still open');
    const details = { duration_ms: performance.now() - start, error };
    said.push({ type: 'test:fail', data: { nesting: 0, name: file, file, testNumber: 1, details } });
    for (const name of ['tests', 'failed']) totals[name] = (totals[name] ?? 0) + 1;
    isGivenUp = true;
    return false;
  });
  // Its end is the usual case.
  killed.catch(() => undefined);
  underWay.add(file);
  if (!(await Promise.race([reportsOf(file, said), killed]))) success = false;
  over.abort();
  underWay.delete(file);
  durations.push({ file, milliseconds: performance.now() - start });
  for (const report of said) reporter.write(report);
};

const lanes = lanesFor(availableParallelism(), totalmem(), process.constrainedMemory());
let servers = 0;

/** One of those that work at the same time; servers first, because they take longest, but not in every lane. */
const work = async (): Promise<void> => {
  while (!stopping.signal.aborted) {
    const server = servers < Math.max(1, lanes / 2) ? waiting.server.shift() : undefined;
    const file = server ?? waiting.beside.shift();
    if (file === undefined) return;
    if (server !== undefined) servers += 1;
    await runFile(file);
    if (server !== undefined) servers -= 1;
  }
};

let stoppedAt = 0;
const endNow = (): void => {
  kill();
  process.exit(1);
};

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stopping.signal.aborted) {
      if (performance.now() - stoppedAt > SAME_MS) endNow();
      return;
    }
    stoppedAt = performance.now();
    success = false;
    say(`interrupted while running ${[...underWay].join(', ')}`);
    stopping.abort();
    setTimeout(endNow, stopPatienceMs).unref();
  });
}

await Promise.all(Array.from({ length: lanes }, work));
for (const file of waiting.alone) if (!stopping.signal.aborted) await runFile(file);

durations.sort((a, b) => b.milliseconds - a.milliseconds);
for (const { file, milliseconds } of durations.slice(0, files.length > SLOWEST ? SLOWEST : 0))
  say(`${(milliseconds / 1000).toFixed(1)} s ${file}`);
for (const [word, name] of Object.entries(TOTALS)) say(`${word} ${totals[name] ?? 0}`);
say(`duration_ms ${performance.now() - begun}`);
reporter.write({ type: 'test:summary', data: { success } });
process.exitCode = success ? 0 : 1;
reporter.end();
// What was given up would be waited for.
if (isGivenUp) reporter.once('end', () => process.exit());
