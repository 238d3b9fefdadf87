import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createKeyRuns, mergeRuns, type Run, type RunOptions } from './key-runs.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-runs-'));
});

after(() => rm(folder, { recursive: true, force: true }));

type Pair = readonly [key: string, posting: number];

const collect = (pairs: readonly Pair[], options: RunOptions): Run[] => {
  const runs = createKeyRuns(options);
  for (const [key, posting] of pairs) {
    const bytes = Buffer.from(key);
    runs.add(bytes, bytes.length, posting);
  }
  return runs.close();
};

const merged = (runs: readonly Run[]): [string, number[]][] => {
  const found: [string, number[]][] = [];
  mergeRuns(runs, (bytes, length, postings) =>
    found.push([
      Buffer.from(bytes.subarray(0, length)).toString('hex'),
      [...new Set(postings)].toSorted((a, b) => a - b),
    ]),
  );
  return found;
};

/** The same without runs: a map, and the order of bytes. */
const expected = (pairs: readonly Pair[]): [string, number[]][] => {
  const byKey = new Map<string, Set<number>>();
  for (const [key, posting] of pairs) {
    const hex = Buffer.from(key).toString('hex');
    byKey.set(hex, (byKey.get(hex) ?? new Set()).add(posting));
  }
  return [...byKey]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, postings]) => [key, [...postings].toSorted((a, b) => a - b)]);
};

const key = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '東', ' '), minLength: 1, maxLength: 12 }),
  fc.string({ minLength: 1, maxLength: 60 }),
);
const pairs = fc.array(fc.tuple(key, fc.nat(0xffff_ffff)), { maxLength: 300 });

test('merges what did not fit into one box to the same as sorting all of it', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 50 }), (some, most) => {
      assert.deepEqual(merged(collect(some, { most })), expected(some));
    }),
  );
});

test('merges runs on the disk to the same', async () => {
  const some = fc.sample(pairs, { numRuns: 200, seed: 7 }).flat();
  const runs = collect(some, { folder, most: 64 });
  assert.ok(runs.length > 4 && runs.every((run) => typeof run === 'string'));
  assert.deepEqual(merged(runs), expected(some));
  assert.equal((await readdir(folder)).length, runs.length);
});

test('says so where a run on the disk was cut short', async () => {
  const runs = collect(
    [
      ['paris', 1],
      ['springfield', 2],
    ],
    { folder, name: 'cut' },
  );
  await truncate(runs[0] as string, 20);
  assert.throws(() => merged(runs), /cut short; begin the import again/u);
});
