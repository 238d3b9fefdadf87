import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createAccounts } from '../accounts/service.ts';
import { systemClock as clock } from '../foundation/clock.ts';
import type { CheckResult } from '../foundation/promise.ts';
import { createKeys, type CreatedKey } from '../keys/service.ts';
import { createCanaries } from './canary.ts';
import { keysAsDigests } from './key-digests.ts';

const setUp = ({ database }: TestDatabase) => {
  const pepper = createSecretKey(Buffer.alloc(32, 7));
  const keys = createKeys({ database, pepper, pepperId: 1, clock });
  const canaries = createCanaries({ accounts: createAccounts(database, clock), keys, database, clock });
  return {
    canaries,
    definition: keysAsDigests({ database, home: canaries.home, key: canaries.standing, clock }),
  };
};

const check = async (violation?: string): Promise<CheckResult> => {
  const store = await testDatabase();
  if (violation !== undefined) await store.superuser(violation);
  const result = await setUp(store).definition.check();
  const kept = await store.superuser('select count(*)::int as keys from vouchsafe.key');
  assert.ok(Number(kept[0]!['keys']) <= 1, 'what was tried is taken back');
  return result;
};

/** Removes the checks of one column. */
const allow = (column: string): string => `
  do $$ declare one record; begin
    for one in select conname from pg_constraint
               where conrelid = 'vouchsafe.key'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%${column}%'
    loop execute format('alter table vouchsafe.key drop constraint %I', one.conname); end loop;
  end $$`;

describe('the promise that keys are kept as digests', () => {
  it('is kept by the schema as it is', async () => {
    const { state, evidence } = await check();
    assert.equal(state, 'kept', evidence);
  });

  for (const column of ['public_key', 'name', 'scopes', 'created_by', 'revoke_reason']) {
    it(`is broken by a column ${column} that takes anything`, async () => {
      assert.equal((await check(allow(column))).state, 'broken');
    });
  }

  it('is broken by a new column that could hold a secret', async () => {
    const { state, evidence } = await check('alter table vouchsafe.key add column note text');
    assert.equal(state, 'broken');
    assert.match(evidence, /note/);
  });

  const withStandingKey = async (
    change: (key: CreatedKey) => readonly [sql: string, values: readonly unknown[]],
  ): Promise<CheckResult> => {
    const store = await testDatabase();
    const { canaries, definition } = setUp(store);
    const [sql, values] = change(await canaries.standing());
    await store.superuser(sql, values);
    return definition.check();
  };

  it('is broken by a row that holds the secret in another form', async () => {
    const { state, evidence } = await withStandingKey(({ id, secret }) => [
      'update vouchsafe.key set name = $1 where id = $2',
      [Buffer.from(secret.expose().slice('vs_sk_live_'.length)).toString('base64'), id],
    ]);
    assert.deepEqual([state, evidence], ['broken', 'The row of a fresh canary key holds its secret.']);
  });

  it('is broken by a digest without a pepper', async () => {
    const { state, evidence } = await withStandingKey(({ id, secret }) => [
      'update vouchsafe.key set secret_digest = sha256($1) where id = $2',
      [Buffer.from(secret.expose()), id],
    ]);
    assert.deepEqual([state, evidence], ['broken', 'The digest of a fresh canary key needs no pepper.']);
  });
});
