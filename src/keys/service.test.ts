import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMPANY_A, PROJECT_A, seedCompanies } from '../../test/support/companies.ts';
import { testClock } from '../../test/support/clock.ts';
import { testDatabase } from '../../test/support/database.ts';
import { hmacKey, hmacSha256, randomSecretBytes } from '../foundation/secret.ts';
import { findSecret } from '../gate/store.ts';
import { createKeys, type Keys } from './service.ts';

const pepper = hmacKey(randomSecretBytes(32));

const open = async (isLogged: boolean) => {
  const store = await testDatabase();
  await seedCompanies(store.superuser);
  const clock = testClock();
  const keys: Keys = createKeys({ database: store.database, pepper, pepperId: 0, clock, isLogged });
  const actions = async (): Promise<unknown[]> =>
    (
      await store.superuser(
        "select action, actor from vouchsafe.audit_event where action like 'keys.%' order by id",
      )
    ).map(({ action, actor }) => [action, actor]);
  return { ...store, clock, keys, actions };
};

describe('keys from the command line', () => {
  it('are made, renamed, rotated and revoked, each noted as nobody’s of the company', async () => {
    const { keys, actions, database, clock } = await open(true);
    const made = await keys.create({ company: COMPANY_A, project: PROJECT_A, name: 'Server' });
    clock.advance(1);
    await keys.change(COMPANY_A, made.id, { name: 'Old server' });
    clock.advance(1);
    const rotated = await keys.rotate(COMPANY_A, made.id, 1);
    assert.deepEqual([rotated.id, rotated.publicKey], [made.id, made.publicKey]);
    const endOf = async (secret: string): Promise<Date | null | undefined> =>
      (await database.run(findSecret, [hmacSha256(pepper, secret)]))[0]?.expires_at;
    assert.deepEqual(await endOf(made.secret.expose()), new Date(clock.now() + 3_600_000));
    assert.equal(await endOf(rotated.secret.expose()), null);
    clock.advance(1);
    await keys.revoke(COMPANY_A, made.id, 'test');
    assert.deepEqual(await actions(), [
      ['keys.create', null],
      ['keys.change', null],
      ['keys.rotate', null],
      ['keys.revoke', null],
    ]);
    await assert.rejects(keys.rotate(COMPANY_A, made.id, 1), { code: 'key_revoked' });
    await assert.rejects(keys.revoke(COMPANY_A, made.id, 'again'), { code: 'key_not_found' });
    await assert.rejects(keys.change(COMPANY_A, made.id, { name: 'vs_sk_live_x' }), {
      code: 'key_name_invalid',
    });
    assert.ok((await keys.list(COMPANY_A)).some(({ id, name }) => id === made.id && name === 'Old server'));
  });

  it('of the installation itself leave no trace in the log', async () => {
    const { keys, actions } = await open(false);
    const made = await keys.create({ company: COMPANY_A, project: PROJECT_A, name: 'Canary' });
    await keys.revoke(COMPANY_A, made.id, 'canary');
    assert.deepEqual(await actions(), []);
  });
});
