/**
 * `npm test`: every test file in a process of its own, as many at a time as the machine has room for, those that
 * measure alone at the end; one report of all. Paths or patterns behind the command choose among the files.
 */
import { globSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { turnOf, type Turn } from './support/turns.ts';

const EVERYTHING = '{src,gazetteer,test,bench}/**/*.test.ts';
/** How long one test may take, in milliseconds. */
const PATIENCE_MS = 300_000;
/** What a file that starts a server and a browser takes at the most. */
const MEMORY_OF_A_FILE = 1.5 * 1024 ** 3;
/** How long files that were told to stop may take to end what they started. */
const STOP_PATIENCE_MS = 20_000;
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
const patterns = process.argv.slice(2);
const files = globSync(patterns.length === 0 ? EVERYTHING : patterns, { exclude: ['**/node_modules/**'] });
if (files.length === 0) {
  console.error(`No test file matches ${patterns.join(' ')}.`);
  process.exit(1);
}
const waiting: Record<Turn, string[]> = { beside: [], server: [], alone: [] };
for (const file of files.sort()) waiting[turnOf(file)].push(file);

// What Node made of the sources is kept for the next process, as src/main.ts does: most files load the same ones.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '..', 'node_modules', '.cache', 'vouchsafe');

const reporter = new spec();
reporter.pipe(process.stdout);
const stopping = new AbortController();
const underWay = new Set<string>();
const durations: { readonly file: string; readonly milliseconds: number }[] = [];
const totals: Record<string, number> = {};
let success = true;

/** Runs one file; what it has to say is written when it is done, so that two files never talk at the same time. */
const runFile = async (file: string): Promise<void> => {
  const start = performance.now();
  const said: Report[] = [];
  let isWhole = false;
  underWay.add(file);
  for await (const event of run({ files: [file], timeout: PATIENCE_MS, signal: stopping.signal })) {
    const report: Report = event;
    const { type, data } = report;
    if (type === 'test:summary' && data.file === undefined) {
      isWhole = true;
      success &&= data.success === true;
      for (const [name, count] of Object.entries(data.counts ?? {}))
        totals[name] = (totals[name] ?? 0) + count;
    } else if (!(type === 'test:diagnostic' && data.nesting === 0 && TOTAL.test(data.message ?? '')))
      said.push(report);
  }
  success &&= isWhole;
  underWay.delete(file);
  durations.push({ file, milliseconds: performance.now() - start });
  for (const report of said) reporter.write(report);
};

const lanes = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / MEMORY_OF_A_FILE)));
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

const say = (message: string): void => {
  reporter.write({ type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } });
};

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    success = false;
    say(`interrupted while running ${[...underWay].join(', ')}`);
    stopping.abort();
    setTimeout(() => process.exit(1), STOP_PATIENCE_MS).unref();
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
reporter.end();
process.exitCode = success ? 0 : 1;
