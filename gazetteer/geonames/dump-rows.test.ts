import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ImportError } from '../import/import-error.ts';
import { openInput } from '../import/open-input.ts';
import { readRows, type RowFault } from './dump-rows.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-rows-'));
});

after(() => rm(folder, { recursive: true, force: true }));

const fault = (): RowFault => undefined;

const read = async (
  bytes: string | Buffer,
  look: (columns: readonly string[]) => RowFault = fault,
): Promise<{ rows: string[][]; total: number; first: readonly string[] }> => {
  const path = join(folder, 'table.txt');
  await writeFile(path, bytes);
  const rows: string[][] = [];
  const { total, first } = await readRows(
    await openInput(path),
    { what: 'a table', leastColumns: 3, mostColumns: 3 },
    (row) => {
      const columns = Array.from({ length: row.columns }, (_, column) => row.text(column));
      rows.push(columns);
      return look(columns);
    },
  );
  return { rows, total, first: first.map((line) => line.replace(`${path}, `, '')) };
};

const many = (count: number, line = 'a\tb\tc\n'): string => line.repeat(count);

test('reads every row, whatever is in it and wherever it is cut', async () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', '"', "'", '\\', 'ß', '東', '😀', ' ', ','),
    maxLength: 12,
  });
  const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), fc.boolean(), async (some, returns, endless) => {
      const text = some.map((row) => row.join('\t')).join(returns ? '\r\n' : '\n');
      const found = await read(endless ? text : `${text}\n`);
      assert.deepEqual(
        found.rows,
        some.map((row) => [...row]),
      );
      assert.equal(found.total, 0);
    }),
    { numRuns: 60 },
  );
});

test('puts a row together that is larger than what is read at once', async () => {
  const long = 'x'.repeat(60_000);
  const { rows } = await read(many(5, `${long}\tb\t${'y'.repeat(5_000)}\n`));
  assert.equal(rows.length, 5);
  assert.ok(rows.every(([first]) => first === long));
});

test('leaves damaged rows out, counts them, and reports the first ten with their lines', async () => {
  const text = many(2_000) + many(15, 'a\tb\n') + many(5, `${'z'.repeat(70_000)}\n`) + many(2_000);
  const { rows, total, first } = await read(text);
  assert.equal(rows.length, 4_000);
  assert.equal(total, 20);
  assert.equal(first.length, 10);
  assert.equal(first[0], 'line 2001: a row has not 3 columns');
});

test('keeps no line that has no end', async () => {
  const resident = process.memoryUsage().rss;
  const { total } = await read(
    Buffer.concat([Buffer.from(many(500)), Buffer.alloc(120_000_000, 'x'), Buffer.from(`\n${many(500)}`)]),
  );
  assert.equal(total, 1);
  assert.ok(process.memoryUsage().rss - resident < 400_000_000);
});

test('refuses a table of which more than a hundredth is damaged', async () => {
  await assert.rejects(read(many(950) + many(50, 'nonsense\n')), (error: unknown) => {
    assert.ok(error instanceof ImportError);
    assert.match(error.message, /50 of 1000 rows are damaged, the first one: line 951: .*download it again/u);
    return true;
  });
  assert.equal((await read(many(995) + many(5, 'nonsense\n'))).total, 5);
});

test('refuses a table that ends in the middle of a row', async () => {
  await assert.rejects(
    read(`${many(1_000)}a\tb`),
    /line 1001, byte \d+: the file ends in the middle of a row/u,
  );
  await assert.rejects(read(many(1_000) + 'x'.repeat(100_000)), /ends in the middle of a row/u);
});

test('counts what the visitor finds wrong', async () => {
  const { total, first } = await read(many(1_000) + 'bad\tb\tc\n', ([cell]) =>
    cell === 'bad' ? 'a bad cell' : undefined,
  );
  assert.equal(total, 1);
  assert.deepEqual(first, ['line 1001: a bad cell']);
});

test('stops when it is told to', async () => {
  const path = join(folder, 'long.txt');
  await writeFile(path, many(500_000));
  const stop = new AbortController();
  const reading = readRows(
    await openInput(path, { signal: stop.signal }),
    {
      what: 'a table',
      leastColumns: 3,
      mostColumns: 3,
      signal: stop.signal,
      moved: () => stop.abort(new Error('stopped')),
    },
    () => undefined,
  );
  await assert.rejects(reading, /stopped/u);
});
