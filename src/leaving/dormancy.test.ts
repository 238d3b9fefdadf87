/** An account that nobody uses, through its whole life; time comes from the test. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  fillTables,
  findEverywhere,
  markedOnes,
  marksOf,
  type Marked,
} from '../../test/support/fill-tables.ts';
import { recordingLog } from '../../test/support/log.ts';
import { utcDay } from '../foundation/clock.ts';
import { newId } from '../foundation/ids.ts';
import { runDormancy, type DormancyRun } from './dormancy.ts';
import { dormantAt, nextStep, warnableBefore, type Disuse } from './dormancy-rules.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The last sign-in. */
const SEEN = Date.UTC(2026, 10, 22, 12);
const DUE = Date.UTC(2027, 4, 22);

interface Scene {
  readonly store: TestDatabase;
  readonly who: Marked;
  run(now: number): Promise<DormancyRun>;
  /** The outbox hands everything over. */
  deliver(): Promise<void>;
  mails(): Promise<readonly string[]>;
}

const NOTHING = { warned: 0, confirmed: 0, erased: 0 };

const setScene = async (): Promise<Scene> => {
  const store = await testDatabase();
  const who = markedOnes();
  await fillTables(store.superuser, who);
  // Only what the tests put there is waiting.
  await store.superuser('delete from vouchsafe.mail');
  return {
    store,
    who,
    run: (now) => runDormancy({ database: store.database, log: recordingLog() }, now),
    deliver: async () => void (await store.superuser('delete from vouchsafe.mail')),
    mails: async () =>
      (
        await store.superuser(
          "select template || ' ' || coalesce(params ->> 'deletionDay', '') as mail from vouchsafe.mail order by 1",
        )
      ).map(({ mail }) => String(mail)),
  };
};

/** Runs the job every hour from one time to another and delivers mail in between; what it did, at which time. */
const live = async (scene: Scene, from: number, to: number): Promise<readonly string[]> => {
  const done: string[] = [];
  for (let now = from; now <= to; now += HOUR) {
    const { warned, confirmed, erased } = await scene.run(now);
    const at = new Date(now).toISOString().slice(0, 13);
    if (warned > 0) done.push(`${at} warned ${(await scene.mails()).join()}`);
    if (confirmed > 0) done.push(`${at} confirmed`);
    if (erased > 0) done.push(`${at} erased`);
    await scene.deliver();
  }
  return done;
};

describe('an account that nobody uses', () => {
  it('is warned 30 and 7 days before, then erased on the day that it was told', async () => {
    const scene = await setScene();
    assert.deepEqual(await scene.run(DUE - 31 * DAY), NOTHING);
    const done = [
      ...(await live(scene, DUE - 30 * DAY - 2 * HOUR, DUE - 30 * DAY + 3 * HOUR)),
      ...(await live(scene, DUE - 7 * DAY - 2 * HOUR, DUE - 7 * DAY + 3 * HOUR)),
      ...(await live(scene, DUE - 2 * HOUR, DUE + HOUR)),
    ];
    assert.deepEqual(done, [
      '2027-04-22T00 warned dormant-30 2027-05-22',
      '2027-04-22T01 confirmed',
      '2027-05-15T01 warned dormant-7 2027-05-22',
      '2027-05-15T02 confirmed',
    ]);
    assert.deepEqual(await scene.run(DUE + 2 * HOUR), { ...NOTHING, erased: 1 });
    assert.deepEqual(await scene.mails(), ['account-deleted ']);
    await scene.deliver();
    assert.deepEqual(await findEverywhere(scene.store.superuser, marksOf(scene.who)), []);
    assert.deepEqual(await scene.run(DUE + 3 * HOUR), NOTHING);
  });

  it('is not erased without both warnings, however long the server was off', async () => {
    const scene = await setScene();
    const late = DUE + 200 * DAY;
    assert.deepEqual(await live(scene, late, late + 3 * HOUR), [
      '2027-12-08T00 warned dormant-30 2028-01-07',
      '2027-12-08T01 confirmed',
    ]);
    assert.deepEqual(await live(scene, late + 22 * DAY, late + 22 * DAY + 3 * HOUR), []);
    // Off once more, over the day of the last warning and the day of the end.
    const later = late + 40 * DAY;
    assert.deepEqual(await live(scene, later, later + 2 * HOUR), [
      '2028-01-17T00 warned dormant-7 2028-01-24',
      '2028-01-17T01 confirmed',
    ]);
    assert.deepEqual(await scene.run(later + 7 * DAY), NOTHING);
    assert.deepEqual(await scene.run(later + 7 * DAY + HOUR), { ...NOTHING, erased: 1 });
  });

  it('is not erased while mail is down: a warning counts once it has left', async () => {
    const scene = await setScene();
    const start = DUE - 30 * DAY;
    assert.deepEqual(await scene.run(start), { ...NOTHING, warned: 1 });
    for (let day = 1; day < 10; day += 1) assert.deepEqual(await scene.run(start + day * DAY), NOTHING);
    assert.equal((await scene.mails()).length, 1);
    // After ten days the outbox gives up.
    await scene.deliver();
    assert.deepEqual(await scene.run(start + 10 * DAY), { ...NOTHING, warned: 1 });
    await scene.deliver();
    assert.deepEqual(await scene.run(start + 10 * DAY + HOUR), { ...NOTHING, confirmed: 1 });
    assert.deepEqual(await scene.run(DUE - 7 * DAY), NOTHING, 'the rest moves back as well');
    assert.deepEqual(await scene.run(start + 33 * DAY + HOUR), { ...NOTHING, warned: 1 });
  });

  it('that is used again, by a sign-in, a session or a key, begins anew', async () => {
    for (const [what, use] of [
      ['sign-in', 'update vouchsafe.user_account set active_on = $2 where id = $1'],
      ['session', 'update vouchsafe.session set seen_at = $2::timestamptz where user_id = $1'],
      [
        'key',
        `update vouchsafe.key_use set used_at = $2::timestamptz
           where company_id in (select company_id from vouchsafe.member where user_id = $1)`,
      ],
    ] as const) {
      const scene = await setScene();
      await live(scene, DUE - 30 * DAY, DUE - 30 * DAY + HOUR);
      await live(scene, DUE - 7 * DAY + HOUR, DUE - 7 * DAY + 2 * HOUR);
      const back = DUE - 2 * DAY;
      await scene.store.superuser(use, [scene.who.user, new Date(back).toISOString()]);
      assert.deepEqual(await live(scene, DUE, DUE + 3 * HOUR), [], what);
      const again = dormantAt(utcDay(back));
      assert.deepEqual(await scene.run(again - 31 * DAY), NOTHING, what);
      assert.deepEqual(
        await scene.run(again - 30 * DAY),
        { ...NOTHING, warned: 1 },
        `${what}: both warnings come again`,
      );
      assert.equal((await scene.mails()).length, 1);
    }
  });

  it('that came back on the very day of its warning is not held to it half a year later', async () => {
    const scene = await setScene();
    await live(scene, DUE - 30 * DAY, DUE - 30 * DAY + HOUR);
    const back = DUE - 30 * DAY + 5 * HOUR;
    await scene.store.superuser('update vouchsafe.user_account set active_on = $2 where id = $1', [
      scene.who.user,
      new Date(back).toISOString(),
    ]);
    assert.deepEqual(await scene.run(dormantAt(utcDay(back)) + 100 * DAY), { ...NOTHING, warned: 1 });
    assert.match((await scene.mails()).join(), /^dormant-30/);
  });

  it('goes on as long as somebody works in the company that only its user owns', async () => {
    const scene = await setScene();
    const { store, who } = scene;
    const colleague = newId('usr', SEEN);
    await store.superuser(
      "insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, 'c@example.com', now(), $2)",
      [colleague, new Date(DUE - DAY)],
    );
    await store.superuser("insert into vouchsafe.member values ($1, $2, 'member', now())", [
      who.company,
      colleague,
    ]);
    assert.deepEqual(await scene.run(DUE + 30 * DAY), NOTHING);
    await store.superuser("update vouchsafe.member set role = 'owner' where user_id = $1", [colleague]);
    assert.deepEqual(await scene.run(DUE + 30 * DAY), { ...NOTHING, warned: 1 }, 'it has another owner');
  });

  it('does not keep the others from their turn', async () => {
    const scene = await setScene();
    const other = markedOnes();
    await fillTables(scene.store.superuser, other, { besides: ['mail'] });
    await scene.store.superuser(`
      create function vouchsafe.fail() returns trigger language plpgsql as $$ begin
        if new.id = '${scene.who.user}' then raise exception 'no'; end if; return new; end $$`);
    await scene.store.superuser(
      'create trigger fail before update on vouchsafe.user_account for each row execute function vouchsafe.fail()',
    );
    const recorded = recordingLog();
    const run = await runDormancy({ database: scene.store.database, log: recorded }, DUE);
    assert.deepEqual(run, { ...NOTHING, warned: 1 });
    assert.equal(recorded.messages.length, 1);
    assert.ok(!recorded.messages.join().includes(scene.who.email));
  });
});

describe('the rules of disuse', () => {
  it('count calendar months, and the last day of a shorter one', () => {
    const day = (text: string): string => utcDay(dormantAt(text));
    assert.equal(day('2026-11-22'), '2027-05-22');
    assert.equal(day('2026-08-31'), '2027-02-28');
    assert.equal(day('2027-08-31'), '2028-02-29');
    assert.equal(day('2026-12-31'), '2027-06-30');
  });

  it('look at everybody in time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4000 }), (offset) => {
        const activeOn = utcDay(SEEN + offset * DAY);
        assert.ok(activeOn < warnableBefore(dormantAt(activeOn) - 30 * DAY));
      }),
    );
  });

  it('never erase before both warnings were out for their days, whenever the job runs and mail works', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ pause: fc.integer({ min: 1, max: 40 * 24 }), mailWorks: fc.boolean() }), {
          maxLength: 60,
        }),
        (runs) => {
          let now = DUE - 40 * DAY;
          let disuse: Disuse = {
            activeOn: utcDay(SEEN),
            warned30At: undefined,
            warned7At: undefined,
            warningUntil: undefined,
            isWaiting: false,
          };
          const out = { first: Number.POSITIVE_INFINITY, last: Number.POSITIVE_INFINITY };
          const change = (changes: Partial<Disuse>): void => {
            disuse = { ...disuse, ...changes };
          };
          for (const { pause, mailWorks } of runs) {
            now += pause * HOUR;
            // The outbox drops what is too old, or hands it over.
            if (disuse.isWaiting && disuse.warningUntil !== undefined && now >= disuse.warningUntil)
              change({ isWaiting: false });
            const stage = disuse.warned30At === undefined ? 'first' : 'last';
            if (disuse.isWaiting && mailWorks) {
              change({ isWaiting: false });
              out[stage] = now;
            }
            const next = nextStep(disuse, now);
            if (next.step === 'warn') change({ warningUntil: now + 10 * DAY, isWaiting: true });
            if (next.step === 'confirm')
              change({
                warningUntil: undefined,
                ...(next.stage === 'first' ? { warned30At: now } : { warned7At: now }),
              });
            if (next.step === 'erase') {
              assert.ok(now >= DUE && now - out.first >= 30 * DAY && now - out.last >= 7 * DAY);
              return;
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
