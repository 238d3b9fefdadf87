import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testDatabase } from '../../../../test/support/database.ts';
import { sourceOf } from '../../../../test/support/uploaded-file.ts';
import { lookAtFile } from './look-at-file.ts';

const typeOf = async (cells: readonly string[]): Promise<string | undefined> =>
  (await lookAtFile(sourceOf(Buffer.from(`a,b\n${cells.map((cell) => `${cell},x\n`).join('')}`)))).columns[0]
    ?.type;

test('numbers that PostgreSQL would write otherwise stay texts', async () => {
  for (const cell of ['-0', '-0.000', '-0.0', '+1', '007', '00.5', '.5', '1.', '1e3', '1E3', '-.5', '-00'])
    assert.equal(await typeOf(['1.5', cell, '2.25']), 'text', cell);
  for (const cell of ['0.000', '-1.10', '0', '-0.001', '10.00'])
    assert.equal(await typeOf(['1.5', cell]), 'numeric', cell);
});

test('whatever is found to be a number comes back from PostgreSQL letter for letter', async () => {
  const { superuser } = await testDatabase();
  const spelling = fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      fc.constantFrom('', '0', '00', '7', '07', '120', '9223372036854775808'),
      fc.constantFrom('', '.', '.0', '.000', '.50', '.05'),
      fc.constantFrom('', '', '', 'e2', 'E-1'),
    )
    .map((parts) => parts.join(''))
    .filter((text) => /\d/.test(text));
  await fc.assert(
    fc.asyncProperty(fc.array(spelling, { minLength: 1, maxLength: 4 }), async (cells) => {
      const type = await typeOf(cells);
      assert.ok(['int4', 'int8', 'numeric', 'float8', 'text'].includes(type ?? ''));
      const [row] = await superuser(`select $1::text[]::${type ?? ''}[]::text[] as printed`, [cells]);
      assert.deepEqual(row?.['printed'], cells, type);
    }),
    { numRuns: 300 },
  );
});
