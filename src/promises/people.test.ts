/** The promises about people, each kept, and each broken by a real violation in a database of its own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testClock, type TestClock } from '../../test/support/clock.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import { fillTables, markedOnes } from '../../test/support/fill-tables.ts';
import { systemClock } from '../foundation/clock.ts';
import { hmacKey, randomSecretBytes } from '../foundation/secret.ts';
import type { SeenAnswer } from '../http/promises.ts';
import { createKeys } from '../keys/service.ts';
import { deletedAccountsAreOut, sessionEndsWithinASecond } from './access-ends.ts';
import { createCanaryPeople, type CanaryPeople } from './canary-people.ts';
import { changesInTheLog } from './changes-in-the-log.ts';
import { erasedAtOnce } from './erased-at-once.ts';
import { passwordsAsHashes } from './password-hashes.ts';
import { unusedAccountsGo } from './unused-accounts.ts';

interface Scene extends TestDatabase {
  readonly clock: TestClock;
  readonly people: CanaryPeople;
}

const setScene = async (): Promise<Scene> => {
  const store = await testDatabase();
  const clock = testClock();
  const { database } = store;
  const keys = createKeys({ database, pepper: hmacKey(randomSecretBytes(32)), pepperId: 0, clock });
  const people = createCanaryPeople({
    database,
    keys,
    clock,
    sessionCookie: async () => 'name=value; Path=/',
  });
  return { ...store, clock, people };
};

const answer = (status: number): SeenAnswer => ({ status, headers: {}, body: '' });

/** Makes the database break the promise. */
type Violation = (scene: Scene) => Promise<unknown>;

describe('the promise of erasure at once', () => {
  const check = async (violate: Violation): Promise<string> => {
    const scene = await setScene();
    await violate(scene);
    return (await erasedAtOnce(scene).check()).state;
  };

  it('is kept', async () => {
    assert.equal(await check(async () => undefined), 'kept');
  });

  it('is broken by a row that stays', async () => {
    const violation: Violation = async ({ superuser }) => {
      await superuser(
        'create function vouchsafe.stay() returns trigger language plpgsql as $$ begin return null; end $$',
      );
      await superuser(
        'create trigger stay before delete on vouchsafe.totp for each row execute function vouchsafe.stay()',
      );
    };
    assert.equal(await check(violation), 'broken');
  });

  it('is broken by a copy in somebody else’s row', async () => {
    const violation: Violation = async (scene) => {
      const other = markedOnes();
      await fillTables(scene.superuser, other);
      await scene.superuser(`
        create function vouchsafe.copy() returns trigger language plpgsql security definer as $$
        begin update vouchsafe.company set name = new.email where id = '${other.company}'; return null; end $$`);
      await scene.superuser(
        'create trigger copy after insert on vouchsafe.user_account for each row execute function vouchsafe.copy()',
      );
    };
    assert.equal(await check(violation), 'broken');
  });

  it('can be checked by several processes at once, and what one left that died is found', async () => {
    const { people, superuser, clock, database } = await setScene();
    const checkNow = async (): Promise<string> =>
      (await erasedAtOnce({ people, database, clock }).check()).state;
    await people.make('erasure');
    assert.equal(await checkNow(), 'kept');
    assert.equal((await superuser('select from vouchsafe.user_account')).length, 1, 'the other one is at it');
    clock.advance(6 * 60_000);
    assert.equal(await checkNow(), 'kept');
    assert.deepEqual(await superuser('select from vouchsafe.user_account'), []);
  });

  it('is not checked by more processes than there are addresses for', async () => {
    const { people, clock, database } = await setScene();
    for (let process = 0; process < 8; process += 1) await people.make('erasure');
    await assert.rejects(erasedAtOnce({ people, database, clock }).check());
  });
});

describe('the promises that access ends', () => {
  /** A worker that takes a credential until it hears of its end, and one that never does. */
  const check = async (
    make: typeof sessionEndsWithinASecond,
    isForgotten: 'all' | 'all but keys' | 'nothing',
  ): Promise<string> => {
    const { people, superuser } = await setScene();
    const ask = async (text: string): Promise<SeenAnswer> =>
      answer((await superuser(text)).length > 0 ? 200 : 401);
    const session = "select from vouchsafe.session where browser = 'Canary' and ended_at is null";
    const definition = make({
      people,
      useSession: () => (isForgotten === 'nothing' ? Promise.resolve(answer(200)) : ask(session)),
      useKey: () =>
        isForgotten === 'all'
          ? ask("select from vouchsafe.key where name = 'Canary'")
          : Promise.resolve(answer(200)),
      clock: systemClock,
      workers: 1,
      paceMs: 5,
    });
    const result = await definition.check();
    assert.deepEqual(await superuser('select from vouchsafe.user_account'), [], 'nobody is left behind');
    assert.match(definition.sentence(result.figures ?? {}), /last measured: \d+ ms/);
    return result.state;
  };

  it('are kept where everybody looks', async () => {
    assert.equal(await check(sessionEndsWithinASecond, 'all'), 'kept');
    assert.equal(await check(deletedAccountsAreOut, 'all'), 'kept');
  });

  it('are broken by a memory that does not forget', async () => {
    assert.equal(await check(sessionEndsWithinASecond, 'nothing'), 'broken');
    assert.equal(await check(deletedAccountsAreOut, 'nothing'), 'broken');
    assert.equal(await check(deletedAccountsAreOut, 'all but keys'), 'broken');
  });
});

describe('the promise about passwords', () => {
  const check = async (violate: Violation): Promise<string> => {
    const scene = await setScene();
    const who = markedOnes();
    await fillTables(scene.superuser, who);
    await violate(scene);
    const { state } = await passwordsAsHashes(scene).check();
    assert.equal(
      (await scene.superuser('select from vouchsafe.password')).length,
      1,
      'nothing of an attempt stays',
    );
    return state;
  };

  it('is kept', async () => {
    assert.equal(await check(async () => undefined), 'kept');
  });

  it('is broken by a hash that is easier to guess', async () => {
    const phc = `$scrypt$ln=14,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
    assert.equal(
      await check(({ superuser }) => superuser('update vouchsafe.password set phc = $1', [phc])),
      'broken',
    );
  });

  it('is broken by a column that takes anything, and by a further one', async () => {
    for (const change of [
      'alter table vouchsafe.password drop constraint password_phc_check',
      'alter table vouchsafe.sign_up drop constraint sign_up_phc_check',
      'alter table vouchsafe.password add hint text',
    ]) {
      assert.equal(await check(({ superuser }) => superuser(change)), 'broken', change);
    }
  });
});

describe('the promise about the log', () => {
  const REVOKE = 'update vouchsafe.key set revoked_at = now() where id = ';
  const record = (key: string, company: string): string =>
    `insert into vouchsafe.audit_event (id, company_id, at, actor, action, target)
     select 'aud_01h00000000000000000000zzz', '${company}', now(), user_id, 'keys.revoke', '${key}' from vouchsafe.member where company_id = '${company}'`;

  const check = async (
    revoke: (sql: TestDatabase['superuser'], key: string, company: string) => Promise<unknown>,
    violate: Violation = async () => undefined,
  ): Promise<string> => {
    const scene = await setScene();
    await violate(scene);
    const definition = changesInTheLog({
      ...scene,
      revoke: async ({ key, company }) => {
        await revoke(scene.superuser, key, company);
        return answer(200);
      },
    });
    return (await definition.check()).state;
  };
  const together: Parameters<typeof check>[0] = (sql, key, company) =>
    sql(`with written as (${record(key, company)}) ${REVOKE}'${key}'`);

  it('is kept by one transaction', async () => {
    assert.equal(await check(together), 'kept');
  });

  it('is broken by two transactions, by no record, and by no change', async () => {
    const apart: typeof together = async (sql, key, company) => {
      await sql(`${REVOKE}'${key}'`);
      await sql(record(key, company));
    };
    assert.equal(await check(apart), 'broken');
    assert.equal(await check((sql, key) => sql(`${REVOKE}'${key}'`)), 'broken');
    assert.equal(await check((sql, key, company) => sql(record(key, company))), 'broken');
  });

  it('is broken by a log that can be rewritten or shortened', async () => {
    const rewritable: Violation = async ({ superuser }) => {
      await superuser('drop trigger append_only on vouchsafe.audit_event');
      await superuser('grant update on vouchsafe.audit_event to vouchsafe_app');
    };
    assert.equal(await check(together, rewritable), 'broken');
    const deletable: Violation = ({ superuser }) =>
      superuser('grant delete on vouchsafe.audit_event to vouchsafe_app');
    assert.equal(await check(together, deletable), 'broken');
  });
});

describe('the promise about unused accounts', () => {
  const DAY = 86_400_000;

  it('is kept, and leaves neither mail nor people behind', async () => {
    const scene = await setScene();
    const other = markedOnes();
    await fillTables(scene.superuser, other, { besides: ['mail'] });
    assert.equal((await unusedAccountsGo(scene).check()).state, 'kept');
    assert.deepEqual(await scene.superuser('select from vouchsafe.mail'), []);
    assert.equal((await scene.superuser('select from vouchsafe.user_account')).length, 1);
  });

  it('is broken by an account that should have been warned, once the server has had time for it', async () => {
    const scene = await setScene();
    const other = markedOnes();
    await fillTables(scene.superuser, other, { besides: ['mail'] });
    scene.clock.advance(200 * DAY);
    const definition = unusedAccountsGo(scene);
    assert.equal((await definition.check()).state, 'kept');
    scene.clock.advance(4 * 3_600_000);
    assert.equal((await definition.check()).state, 'broken');
  });

  it('is broken by a list that overlooks somebody, and by an erasure that leaves something', async () => {
    for (const violation of [
      `create or replace function vouchsafe.last_active(wanted text) returns date language sql stable security definer
         set search_path = pg_catalog, pg_temp as 'select now()::date'`,
      `create or replace function vouchsafe.erase_user(wanted text) returns table (store text, rows bigint) language sql
         as $$ select 'account'::text, 1::bigint $$`,
    ]) {
      const scene = await setScene();
      await scene.superuser(violation);
      assert.equal((await unusedAccountsGo(scene).check()).state, 'broken');
    }
  });
});
