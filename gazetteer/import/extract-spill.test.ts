import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { inFolder } from '../../test/support/extract.ts';
import { createLineSorter, createPairSorter, createSpill } from './extract-spill.ts';

test('lines come back as they were, however long and in whatever script', () =>
  inFolder(async (folder) => {
    const spill = createSpill(join(folder, 'lines'));
    const lines = Array.from({ length: 3_000 }, (_, index) => `${'ä😀語'.repeat(index % 97)}${index}`);
    for (const line of lines) spill.add(line);
    assert.deepEqual([...spill.lines()], lines);
    assert.deepEqual([...spill.lines()], lines, 'as often as they are asked for');
    spill.remove();
    assert.deepEqual(readdirSync(folder), []);
  }));

test('sorts more lines than fit into one run as a whole', () =>
  inFolder(async (folder) => {
    const sorter = createLineSorter(folder, 'test');
    const lines = Array.from({ length: 450_000 }, (_, index) => String((index * 7_919) % 1_000_003));
    for (const line of lines) sorter.add(line);
    assert.ok(readdirSync(folder).length >= 2, 'there are runs on disk');
    let previous = '';
    let count = 0;
    for (const line of sorter.sorted()) {
      assert.ok(previous <= line);
      previous = line;
      count += 1;
    }
    assert.equal(count, lines.length);
    sorter.remove();
    assert.deepEqual(readdirSync(folder), []);
  }));

test('sorts any lines like an array does', () =>
  inFolder(async (folder) => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''))),
        (lines) => {
          const sorter = createLineSorter(folder, 'any');
          for (const line of lines) sorter.add(line);
          assert.deepEqual([...sorter.sorted()], lines.toSorted());
          sorter.remove();
        },
      ),
    );
  }));

test('sorts pairs of numbers, in memory and over several runs', () =>
  inFolder(async (folder) => {
    for (const count of [0, 1, 1_000, 4_100_000]) {
      const sorter = createPairSorter(folder, `pairs-${count}`);
      let sum = 0;
      for (let index = 0; index < count; index++) {
        const first = Math.imul(index, 2_654_435_761) >>> 0;
        sorter.add(first, index);
        sum += first % 1_000;
      }
      let previous = -1;
      let seen = 0;
      sorter.visit((first) => {
        if (first < previous) assert.fail(`${first} after ${previous}`);
        previous = first;
        seen += 1;
        sum -= first % 1_000;
      });
      assert.deepEqual([seen, sum], [count, 0]);
      sorter.remove();
    }
    assert.deepEqual(readdirSync(folder), []);
  }));
