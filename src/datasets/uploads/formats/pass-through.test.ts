import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { testDatabase } from '../../../../test/support/database.ts';
import { connect } from '../../../store/connection.ts';
import { lookAtFile } from './look-at-file.ts';
import { canPassThrough, copyOptionsOf, passThrough } from './pass-through.ts';
import { readRows } from './read-rows.ts';
import { sourceOf } from '../../../../test/support/uploaded-file.ts';

const copy = async (client: pg.Client, text: string, rows: AsyncIterable<Uint8Array>): Promise<void> => {
  const stream = client.query(copyFrom(text));
  const ended = new Promise((resolve, reject) => void stream.once('finish', resolve).on('error', reject));
  for await (const row of rows) stream.write(row);
  stream.end();
  await ended;
};

const literal = (text: string): string => pg.escapeLiteral(text);

describe('bytes that go to PostgreSQL as they are', () => {
  it('become the same table as rows that were read and written anew', async () => {
    const { connections } = await testDatabase();
    const client = await connect(connections.superuser, { name: 'test' });
    const odd = fc.string({
      unit: fc.constantFrom('a', '1', '"', ',', ';', '\n', '\r', '\\', '.', ' ', "'", '\u00e5', '\t'),
      maxLength: 6,
    });
    const cell = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          '',
          '""',
          '1',
          '-5',
          '2147483648',
          '1.50',
          'true',
          '2024-02-29',
          'word',
          '"a ""b"""',
          '"x\ny"',
          '"c,d;e"',
          '\u00e5',
        ),
      },
      { weight: 1, arbitrary: odd },
      { weight: 1, arbitrary: odd.map((one) => `"${one.replaceAll('"', '""')}"`) },
      { weight: 1, arbitrary: fc.constantFrom('\\.', '\\N', '"\\."', 'NULL', ' 1', '"1"') },
    );
    let passed = 0;
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 3 }).chain((width) =>
            fc.record({
              rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
                minLength: 1,
                maxLength: 6,
              }),
              delimiter: fc.constantFrom(',', ';', '\t', '|'),
              end: fc.constantFrom('\n', '\n', '\r\n', '\r'),
              last: fc.boolean(),
              bom: fc.boolean(),
              header: fc.boolean(),
              step: fc.integer({ min: 1, max: 30 }),
            }),
          ),
          async ({ rows, delimiter, end, last, bom, header, step }) => {
            const head = header ? [rows[0]?.map((_, index) => `h${index}`).join(delimiter) ?? ''] : [];
            const lines = [...head, ...rows.map((row) => row.join(delimiter))].join(end);
            const source = sourceOf(`${bom ? '\uFEFF' : ''}${lines}${last ? end : ''}`, step);
            const dialect = { delimiter: delimiter as ',', header, quote: '"', escape: '"' } as const;
            const plan = await lookAtFile(source, {
              corrections: { format: 'csv', encoding: 'utf-8', dialect },
            }).catch(() => undefined);
            if (plan === undefined || !canPassThrough(plan)) return;
            passed += 1;
            const types = plan.columns.map(({ type }, index) => `c${index} ${type}`).join(', ');
            await client.query(
              `drop table if exists ours, theirs; create table ours (${types}); create table theirs (${types})`,
            );
            const rejected: unknown[] = [];
            await copy(
              client,
              'copy ours from stdin',
              readRows(source, plan, { onRejected: (one) => rejected.push(one) }),
            );
            const asked = copyOptionsOf(plan);
            await copy(
              client,
              `copy theirs from stdin (format csv, delimiter ${literal(asked.delimiter)}, quote ${literal(asked.quote)}, header ${String(asked.header)})`,
              passThrough(source, plan, {}),
            );
            assert.deepEqual(rejected, []);
            const [ours, theirs] = await Promise.all(
              ['ours', 'theirs'].map((name) =>
                client.query({ text: `select t::text from ${name} t`, rowMode: 'array' }),
              ),
            );
            assert.deepEqual(theirs?.rows, ours?.rows);
            assert.equal(ours?.rowCount, plan.rows);
          },
        ),
        { numRuns: 600 },
      );
    } finally {
      await client.end();
    }
    assert.ok(passed > 100, `only ${passed} passed`);
  });

  it('are none that somebody could read otherwise', async () => {
    const passes = async (text: string | Uint8Array, corrections = {}): Promise<boolean> =>
      canPassThrough(await lookAtFile(sourceOf(text), { filename: 'a.csv', corrections }));
    assert.equal(await passes('a,b\n1,x\n'), true);
    assert.equal(await passes('\uFEFFa,b\r\n1,x\r\n'), true);
    assert.equal(await passes('a,b\n1,x\n', { columns: [{ type: 'int8' }] }), true);
    assert.equal(await passes('a,b\n1,x\n', { columns: [{ type: 'int2' }] }), false);
    assert.equal(await passes('a,b\n1,x\n', { nullWords: ['x'] }), false);
    for (const text of [
      'a,b\n1,x\r\n',
      'a,b\n1,5" x\n',
      'a,b\n1,\\.\n',
      'a,b\n1\n',
      'a,b\n\n1,x\n',
      'a,b\n1,x\0\n',
    ])
      assert.equal(await passes(text), false, JSON.stringify(text));
    assert.equal(await passes(Buffer.from('\uFEFFa,b\n1,x\n', 'utf16le')), false);
  });
});
