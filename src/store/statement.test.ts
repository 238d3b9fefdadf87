import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeclared, registeredStatements, statement, type Statement } from './statement.ts';

test('a declared statement is known by itself, a copy of it is not', () => {
  const declared = statement({ name: 'test.known', text: 'select' });
  assert.ok(registeredStatements().includes(declared));
  assert.equal(isDeclared(declared), true);
  assert.equal(isDeclared({ ...declared }), false);
  assert.ok(Object.isFrozen(declared));
});

test('a name stands for one text and has the form feature.verb', () => {
  statement({ name: 'test.twice', text: 'select' });
  assert.throws(() => statement({ name: 'test.twice', text: 'select 2' }), /Two statements/);
  for (const name of ['test', 'Test.x', 'test.', "test.x'; select", `test.${'x'.repeat(60)}`]) {
    assert.throws(() => statement({ name, text: 'select' }), TypeError);
  }
});

test('rows and parameters have the types that are declared', () => {
  const typed = statement({
    name: 'test.typed',
    text: 'select $1::text as id, null::date as day where $2::int4 is null',
    params: ['text', 'int4?'],
    columns: { id: 'text', day: 'date?' },
  });
  type Row = typeof typed extends Statement<infer Found, infer _ extends readonly unknown[]> ? Found : never;
  const row: Row = { id: 'x', day: null };
  // @ts-expect-error -- a number is no day
  const wrong: Row = { id: 'x', day: 1 };
  assert.notDeepEqual(row, wrong);
});
