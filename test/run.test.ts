/** The command that runs all tests: a red one is seen whatever runs beside it, and nothing outlives a run that is stopped. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './support/processes.ts';
import { ALONE, turnOf } from './support/turns.ts';

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

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

const begin = (...files: readonly string[]): Run => {
  // Without the mark of the runner that runs this very test.
  const { NODE_TEST_CONTEXT: _context, FORCE_COLOR: _color, ...env } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), ...files], { env });
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

test('a pattern that fits no file ends with 1', async () => {
  assert.equal((await begin(join(folder, 'none.test.ts')).ended).code, 1);
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
