/** PostgreSQL describes every declared statement; what it says must be what the code believes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '../src/store/connection.ts';
import { registeredStatements, type AnyStatement } from '../src/store/statement.ts';
import { testDatabase } from './support/database.ts';
import { differences } from './support/describe.ts';

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url));

const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
);
const stores = sources.filter((path) => /(?:^|\/)store\.ts$/.test(path));

const describeAll = async (statements: readonly AnyStatement[]): Promise<readonly string[]> => {
  const { connections } = await testDatabase();
  const app = await connect(connections.app, { name: 'test' });
  const jobs = await connect({ ...connections.owner, role: 'vouchsafe_jobs' }, { name: 'test' });
  try {
    const found: string[] = [];
    for (const statement of statements)
      found.push(...(await differences(statement.role === 'jobs' ? jobs : app, statement)));
    return found;
  } finally {
    await Promise.all([app.end(), jobs.end()]);
  }
};

/** SQL past the declarations: a value inside a statement's text, or a query outside the store. */
const findLooseSql = (path: string, text: string): readonly string[] => {
  const found: string[] = [];
  for (const [, literal = ''] of text.matchAll(/\btext:\s*`([^`]*)`/g)) {
    if (literal.includes('${')) found.push(`${path}: a statement's text is put together`);
  }
  if (/\bstatement\(\{/.test(text) && /\btext:\s*(?!['"`])\S/.test(text))
    found.push(`${path}: a text is no literal`);
  if (!path.startsWith('store/') && /\.query\(/.test(text)) found.push(`${path}: a query past the store`);
  if (/\bstatement\(\{/.test(text) && !/(?:^|\/)(?:store|statement)\.ts$/.test(path))
    found.push(`${path}: a statement outside a store.ts`);
  return found;
};

test('every statement takes and gives what it declares', async () => {
  for (const path of stores) await import(join(SOURCE, path));
  const statements = registeredStatements();
  assert.ok(stores.length > 0 && statements.length >= stores.length, 'the stores declare statements');
  assert.deepEqual(await describeAll(statements), []);
});

test('a statement that is wrong about a column, a type or a parameter is found out', async () => {
  const right = {
    name: 'test.planted',
    text: 'select id, per_day from vouchsafe.project where id = $1',
    role: 'app',
  } as const;
  const wrong: readonly AnyStatement[] = [
    { ...right, params: ['text'], columns: { id: 'text', per_hour: 'int4?' } },
    { ...right, params: ['text'], columns: { id: 'text', per_day: 'int8?' } },
    { ...right, params: ['int4'], columns: { id: 'text', per_day: 'int4?' } },
    { ...right, params: [], columns: { id: 'text', per_day: 'int4?' } },
    { ...right, params: ['text'], columns: { id: 'text' } },
    {
      ...right,
      text: 'select id, per_week from vouchsafe.project where id = $1',
      params: ['text'],
      columns: {},
    },
  ];
  for (const statement of wrong)
    assert.equal((await describeAll([statement])).length, 1, JSON.stringify(statement));
  assert.deepEqual(
    await describeAll([{ ...right, params: ['text'], columns: { id: 'text', per_day: 'int4?' } }]),
    [],
  );
});

test('no statement is put together from values, and no query goes past the store', () => {
  assert.ok(sources.length > 20, 'the sources were found');
  assert.deepEqual(
    sources.flatMap((path) => findLooseSql(path, readFileSync(join(SOURCE, path), 'utf8'))),
    [],
  );
  assert.equal(findLooseSql('keys/store.ts', 'statement({ name, text: `select ${x}` })').length, 1);
  assert.equal(findLooseSql('keys/store.ts', 'statement({ name, text: build(x) })').length, 1);
  assert.equal(findLooseSql('keys/service.ts', 'await client.query(sql)').length, 1);
  assert.equal(findLooseSql('keys/service.ts', "statement({ text: 'select' })").length, 1);
});
