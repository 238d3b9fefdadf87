import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzipSync } from 'fflate';
import { sheetUpTo } from './xlsx.ts';

const COLUMNS = [{ name: 'a', type: 'text' }] as const;

/** The file of rows of this cell; throws what its writer throws. */
const write = (mostBytes: number, cell: string, rows: number): Buffer => {
  const writer = sheetUpTo(mostBytes).open(COLUMNS, false);
  const parts = [writer.begin()];
  for (let row = 0; row < rows; row += 1) parts.push(writer.write([[cell]]));
  parts.push(writer.end());
  return Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
};

test('a sheet ends with a failure before it is longer than its file can hold, whatever was estimated', () => {
  const cell = '\u0001'.repeat(1000);
  const whole = write(1_000_000, cell, 100);
  const { length } = unzipSync(whole)['xl/worksheets/sheet1.xml'] ?? { length: 0 };
  assert.ok(length > 700_000);
  // To the byte: what is written is counted, not what is asked for.
  assert.equal(write(length, cell, 100).length, whole.length);
  assert.throws(() => write(length - 1, cell, 100), RangeError);
});
