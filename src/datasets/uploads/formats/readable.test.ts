import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { testDatabase } from '../../../../test/support/database.ts';
import { sourceOf } from '../../../../test/support/uploaded-file.ts';
import { lookAtFile } from './look-at-file.ts';
import { isReadable } from './readable.ts';

describe('a chosen type', () => {
  it('lets nothing through that PostgreSQL refuses', async () => {
    const { superuser } = await testDatabase();
    const types = [
      'int2',
      'int4',
      'int8',
      'numeric',
      'float4',
      'float8',
      'bool',
      'date',
      'time',
      'timetz',
      'timestamp',
      'timestamptz',
      'interval',
      'uuid',
      'json',
      'jsonb',
      'bytea',
      'inet',
      'int4range',
      'numrange',
      'daterange',
      'tstzrange',
      'tsvector',
      'int4[]',
      'text[]',
    ] as const;
    const near = fc.constantFrom(
      '1',
      '-1',
      '32768',
      '1e400',
      '1e-400',
      '1e39',
      '0x1',
      '1_000',
      'NaN',
      'Infinity',
      'on',
      'T',
      '2024-13-01',
      '2024-02-30',
      '0000-01-01',
      '24:00:00',
      '12:00',
      '12:00Z',
      '2024-01-01T00:00:00Z',
      '2024-01-01 00:00+15',
      'P1Y2M',
      'PT',
      'P',
      '1 day',
      '2024-01-01',
      '2024-01-01 10:00:00',
      '{"a":"\\u0000"}',
      '{"a":1e999999}',
      '[1',
      '\\x0',
      '\\xff',
      '\\X',
      '\\xFf',
      '10.0.0.1/33',
      '10.0.0.1',
      '::1/64',
      '[1,2)',
      '[2,1)',
      '(1,2147483647]',
      '[,]',
      'empty',
      '{1,2}',
      '{1,}',
      '{a,"b c"}',
      '{null}',
      'a b',
      "a'b",
      '[2024-01-01,9999-12-31]',
      '00000000-0000-0000-0000-00000000000A',
    );
    const cell = fc.oneof(
      near,
      fc.string({ maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(...'0123456789-+.:eTZ {}[](),"\\'.split('')), maxLength: 12 }),
    );
    const passed = new Map<string, Set<string>>();
    for (const text of [...fc.sample(cell, 3000), ...fc.sample(near, 500)])
      for (const type of types)
        if (!text.includes('\0') && isReadable(type, text))
          passed.set(type, (passed.get(type) ?? new Set()).add(text));
    for (const [type, texts] of passed) {
      const rows = await superuser(`select t from unnest($1::text[]) t where not pg_input_is_valid(t, $2)`, [
        [...texts],
        type,
      ]);
      assert.deepEqual(rows, [], type);
    }
    assert.equal(passed.size, types.length);
  });

  it('prints again byte for byte what was found to be of it', async () => {
    const { superuser } = await testDatabase();
    const digits = fc.string({
      unit: fc.constantFrom(...'0123456789-+.eTE: '.split('')),
      minLength: 1,
      maxLength: 24,
    });
    const cells = fc.sample(
      fc.oneof(
        digits,
        fc.double().map(String),
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
        fc
          .date({ noInvalidDate: true })
          .map((d) => d.toISOString().replace('T', ' ').replace('.000Z', '+00')),
      ),
      1500,
    );
    const found = await Promise.all(
      cells.map(async (one) => ({
        one,
        type:
          (await lookAtFile(sourceOf(`x,y\n"${one}",w\n`), { corrections: { format: 'csv' } })).columns[0]
            ?.type ?? 'text',
      })),
    );
    for (const type of new Set(found.map((one) => one.type))) {
      if (type === 'bool') continue;
      const texts = found.filter((one) => one.type === type).map(({ one }) => one);
      const rows = await superuser(
        `select t, (t::${type})::text as p from unnest($1::text[]) t where ${type === 'timestamptz' ? "to_char(t::timestamptz at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00' <> t" : `(t::${type})::text <> t`}`,
        [texts],
      );
      assert.deepEqual(rows, [], type);
    }
  });
});
