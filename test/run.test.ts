/** The command that runs all tests: a red one is seen whatever runs beside it, and nothing outlives a run that is stopped. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './support/processes.ts';
import { ALONE, chooseFiles, lanesFor, turnOf } from './support/turns.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-run-'));
const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const fileWith = (name: string, text: string): string => {
  const path = join(folder, `${name}.test.ts`);
  writeFileSync(path, `import { test } from 'node:test';\n${text}\n`);
  return path;
};

const GREEN = fileWith('green', `test('a green one', () => undefined);`);
const ALSO = fileWith('also', `test('another', (t) => t.test('with a part', () => undefined));`);
const RED = fileWith('red', `test('a red one', () => { throw new Error('as it should'); });`);
const BROKEN = fileWith('broken', `import './not-there.ts';`);
const DYING = fileWith(
  'dying',
  `test('dies', () => undefined); setTimeout(() => process.exit(3), 50); await new Promise(() => {});`,
);
const MARK = join(folder, 'pid');
const ENDLESS = fileWith(
  'endless',
  `import { renameSync, writeFileSync } from 'node:fs';
test('never ends', () => new Promise(() => {
  setInterval(() => undefined, 1000);
  writeFileSync('${MARK}.new', String(process.pid));
  renameSync('${MARK}.new', '${MARK}');
}));`,
);
/** Of a process that cannot be asked to end: one that does not come to its handler of the signal. */
const marksOf = (name: string): readonly string[] =>
  ['own', 'started'].map((which) => join(folder, `${name}.${which}`));
const blocked = (name: string): string => {
  const [own = '', child = ''] = marksOf(name);
  return fileWith(
    name,
    `import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
process.on('SIGTERM', () => process.exit(1));
test('blocks', () => {
  const started = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { detached: true, stdio: 'inherit' });
  writeFileSync('${child}', String(started.pid));
  writeFileSync('${own}.new', String(process.pid));
  renameSync('${own}.new', '${own}');
  for (;;);
});`,
  );
};
const pidsOf = (name: string): readonly number[] =>
  marksOf(name).map((path) => Number(readFileSync(path, 'utf8')));
const untilGone = async (pids: readonly number[]): Promise<void> => {
  while (pids.some(isAlive)) await sleep(20);
};

const TIDY_MARK = join(folder, 'tidy');
const TIDY = fileWith(
  'tidy',
  `import { writeFileSync } from 'node:fs';
process.on('SIGTERM', () => setTimeout(() => {
  writeFileSync('${TIDY_MARK}', 'ended');
  process.exit(1);
}, 300));
test('takes a moment to end', () => new Promise(() => writeFileSync('${TIDY_MARK}', 'begun')));`,
);

const HOLDER = join(folder, 'holder');
const HELD = fileWith(
  'held',
  `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
test('leaves one behind', () => {
  const left = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { detached: true, stdio: 'inherit' });
  writeFileSync('${HOLDER}', String(left.pid));
  process.exit(0);
});`,
);

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

const begin = (...words: readonly string[]): Run => {
  // Without the mark of the runner that runs this very test.
  const { NODE_TEST_CONTEXT: _context, FORCE_COLOR: _color, ...env } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), ...words], { env });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, ended };
};

const TOTALS = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo) (\d+)$/gm;
const totalsOf = (output: string): Readonly<Record<string, number>> =>
  Object.fromEntries([...output.matchAll(TOTALS)].map(([, word = '', count]) => [word, Number(count)]));

test('green files end with 0 and one summary of all', async () => {
  const { code, output } = await begin(GREEN, ALSO).ended;
  assert.equal(code, 0, output);
  assert.equal([...output.matchAll(TOTALS)].length, 7, 'each total once');
  assert.deepEqual(totalsOf(output), {
    tests: 3,
    suites: 0,
    pass: 3,
    fail: 0,
    cancelled: 0,
    skipped: 0,
    todo: 0,
  });
  assert.match(output, /^✔ a green one /m);
});

for (const [name, file, said] of [
  ['a red test', RED, /failing tests:[^]*as it should/],
  ['a file that cannot be loaded', BROKEN, /failing tests:[^]*broken\.test\.ts/],
  ['a file whose process dies', DYING, /failing tests:[^]*dying\.test\.ts/],
] as const) {
  test(`${name} among green ones ends with 1, and is named at the end`, async () => {
    const { code, output } = await begin(GREEN, file, ALSO).ended;
    assert.equal(code, 1, output);
    assert.match(output, said);
    assert.equal(totalsOf(output)['fail'], 1, output);
    assert.ok((totalsOf(output)['pass'] ?? 0) >= 3, output);
  });
}

test('a pattern that fits no file ends with 1 and is named, also beside one that fits', async () => {
  const none = join(folder, 'none.test.ts');
  for (const patterns of [[none], [GREEN, none], [GREEN, folder]]) {
    const { code, output } = await begin(...patterns).ended;
    assert.equal(code, 1, output);
    assert.ok(output.includes(`No test file matches ${patterns.at(-1)}.`), output);
  }
});

test('a path is the same file however it is written, so that it keeps its turn', () => {
  const root = join(import.meta.dirname, '..');
  const path = 'bench/gate.test.ts';
  const choose = (pattern: string, from: string): readonly string[] => chooseFiles([pattern], from).files;
  assert.deepEqual(choose(path, root), [path]);
  assert.deepEqual(choose(`./${path}`, root), [path]);
  assert.deepEqual(choose(`./test/../${path}`, root), [path]);
  assert.deepEqual(choose(join(root, path), folder), [path]);
  assert.deepEqual(choose('./gate.test.ts', join(root, 'bench')), [path]);
  assert.deepEqual(choose('../bench/gat*.test.ts', join(root, 'test')), [path]);
  assert.deepEqual(chooseFiles([path, `./${path}`, GREEN], root).files, [GREEN, path]);
});

test('as many files run at a time as there are cores and memory, also where this process may not take all', () => {
  const GIBIBYTE = 1024 ** 3;
  assert.equal(lanesFor(4, 64 * GIBIBYTE, 2 ** 64), 4);
  assert.equal(lanesFor(4, 64 * GIBIBYTE, 0), 4);
  assert.equal(lanesFor(4, 64 * GIBIBYTE, 3 * GIBIBYTE), 2);
  assert.equal(lanesFor(4, 3 * GIBIBYTE, 2 ** 64), 2);
  assert.equal(lanesFor(4, GIBIBYTE, 0), 1);
});

test('a file that blocks is killed after its time with what it started, and is named and counted', async () => {
  const { code, output } = await begin('--file-timeout', '5000', blocked('blocked'), GREEN).ended;
  assert.equal(code, 1, output);
  assert.match(output, /killed after 5000 ms: .*blocked\.test\.ts/);
  assert.match(output, /failing tests:[^]*blocked\.test\.ts/);
  assert.equal(totalsOf(output)['fail'], 1, output);
  assert.equal(totalsOf(output)['pass'], 1, output);
  await untilGone(pidsOf('blocked'));
});

for (const [name, again] of [
  ['after its time to stop', false],
  ['when it is told again', true],
] as const) {
  test(`a run that is told to stop kills a file that blocks ${name}`, async () => {
    const file = `deaf-${again}`;
    const { child, ended } = begin('--stop-timeout', again ? '3600000' : '200', blocked(file));
    while (!existsSync(marksOf(file)[0] ?? '')) await sleep(20);
    const pids = pidsOf(file);
    assert.ok(pids.every(isAlive));
    child.kill('SIGTERM');
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
    if (again)
      while (!isOver()) {
        await sleep(100);
        child.kill('SIGTERM');
      }
    const { code, output } = await ended;
    assert.equal(code, 1, output);
    assert.match(output, /interrupted while running .*deaf-/);
    await untilGone(pids);
  });
}

test('two signals at once, as of a Ctrl-C through npm, are one: files end what they started', async () => {
  const { child, ended } = begin(TIDY);
  while (!existsSync(TIDY_MARK)) await sleep(20);
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const { code, output } = await ended;
  assert.equal(code, 1, output);
  assert.equal(readFileSync(TIDY_MARK, 'utf8'), 'ended');
});

test('a file whose output somebody holds open whom it left behind is not waited for, and is counted', async () => {
  const { code, output } = await begin('--file-timeout', '5000', HELD, GREEN).ended;
  process.kill(Number(readFileSync(HOLDER, 'utf8')), 'SIGKILL');
  assert.equal(code, 1, output);
  assert.match(output, /failing tests:[^]*held\.test\.ts[^]*its output is still open/);
  assert.equal(totalsOf(output)['fail'], 1, output);
  assert.equal(totalsOf(output)['pass'], 1, output);
});

for (const wrong of ['0', 'long'])
  test(`a time of ${wrong} is refused`, async () => {
    const { code, output } = await begin('--file-timeout', wrong, GREEN).ended;
    assert.deepEqual([code, output], [1, '--file-timeout and --stop-timeout are milliseconds.\n']);
  });

test('a run that is told to stop ends its files, says which, and ends with 1', async () => {
  const { child, ended } = begin(ENDLESS);
  while (!existsSync(MARK)) await sleep(20);
  const pid = Number(readFileSync(MARK, 'utf8'));
  assert.ok(isAlive(pid));
  child.kill('SIGTERM');
  const { code, output } = await ended;
  assert.equal(code, 1, output);
  assert.match(output, /interrupted while running .*endless\.test\.ts/);
  assert.ok(!isAlive(pid));
});

test('every entry of the list of those that run alone is the beginning of a file’s path', () => {
  const root = join(import.meta.dirname, '..');
  const files = globSync('{src,test,bench}/**/*.test.ts', { cwd: root, exclude: ['**/node_modules/**'] });
  for (const start of ALONE)
    assert.ok(
      files.some((file) => file.startsWith(start)),
      start,
    );
  assert.equal(turnOf('bench/gate.test.ts'), 'alone');
  assert.equal(turnOf('test/e2e/journey.test.ts'), 'server');
});
