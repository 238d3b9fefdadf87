/** Nothing of somebody who left is in any table, whichever tables there are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addCounts } from '../../test/support/add-count.ts';
import { actAs, makeDataset } from '../../test/support/content.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  fillTables,
  findEverywhere,
  markedOnes,
  marksOf,
  type Marked,
} from '../../test/support/fill-tables.ts';
import type { SessionCaller } from '../foundation/caller.ts';
import { Problem } from '../foundation/problem.ts';
import { newId, type SessionId } from '../foundation/ids.ts';
import { recordAudit } from '../audit/record.ts';
import type { Database } from '../store/database.ts';
import { removeUploadedOf } from './erase-company.ts';
import { deleteAccount, deleteCompany, planAccount, planCompany } from './service.ts';
import { sweepExpired } from './store.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

/** By the session that `fillTables` made. */
const callerOf = async (
  { superuser }: TestDatabase,
  { user, email, company, companyName }: Marked,
): Promise<SessionCaller> => ({
  credential: 'session',
  session: String(
    (await superuser('select id from vouchsafe.session where user_id = $1', [user]))[0]?.['id'],
  ) as SessionId,
  user,
  email,
  name: null,
  provenAt: NOW,
  isStrong: true,
  hasSecondFactor: true,
  proofMethods: ['totp'],
  memberships: new Map([[company, { company, companyName, role: 'owner', requiresSecondFactor: false }]]),
  renewal: undefined,
});

const open = async (): Promise<TestDatabase & { database: Database }> => testDatabase();

const rowsOf = async (store: TestDatabase, text: string, values: readonly unknown[]): Promise<number> =>
  (await store.superuser(text, values)).length;

/** Puts a person into a company that stays, in every way in which a company can name one. */
const involve = async ({ superuser }: TestDatabase, who: Marked, where: Marked): Promise<void> => {
  await superuser(
    "insert into vouchsafe.member (company_id, user_id, role, joined_at) values ($1, $2, 'owner', now())",
    [where.company, who.user],
  );
  await superuser(
    `insert into vouchsafe.audit_event (id, company_id, at, actor, action, target, details)
     values ($1, $3, now(), $4, 'keys.create', null, '{}'), ($2, $3, now(), null, 'invitations.create', $4, $5)`,
    [
      newId('aud', NOW),
      newId('aud', NOW),
      where.company,
      who.user,
      JSON.stringify({ email: who.email, role: 'admin' }),
    ],
  );
  await superuser('update vouchsafe.key set created_by = $2 where company_id = $1', [
    where.company,
    who.user,
  ]);
  await superuser('update vouchsafe.invitation set invited_by = $2 where company_id = $1', [
    where.company,
    who.user,
  ]);
  await superuser('update vouchsafe.company set contact_email = $2 where id = $1', [
    where.company,
    who.email,
  ]);
  await superuser(
    `insert into vouchsafe.invitation (id, company_id, email, role, digest, created_at, expires_at)
     values ($1, $2, $3, 'member', sha256($4::bytea), now(), now())`,
    [newId('inv', NOW), where.company, who.email, who.user],
  );
  await superuser(
    `insert into vouchsafe.mail (id, company_id, user_id, template, recipient, params, created_at, expires_at)
     values ($1, $2, $3, 'invitation-accepted', $4, $5, now(), now() + interval '1 day')`,
    [
      newId('mai', NOW),
      where.company,
      where.user,
      where.email,
      JSON.stringify({ who: who.userName, by: who.email }),
    ],
  );
};

describe('an account that is deleted', () => {
  it('is in no table afterwards, nor is the company that only its user owned', async () => {
    const store = await open();
    const [gone, other] = [markedOnes(), markedOnes()];
    const tables = await fillTables(store.superuser, gone);
    await fillTables(store.superuser, other);
    await involve(store, gone, other);
    const marks = marksOf(gone);
    const before = new Set(await findEverywhere(store.superuser, marks));
    for (const table of tables)
      assert.ok(before.has(`vouchsafe.${table}`), `${table} names the person or the company`);
    const others = await findEverywhere(store.superuser, [other.user, other.company]);

    const plan = await planAccount(store.database, gone.user);
    const receipt = await deleteAccount(store.database, {
      user: gone.user,
      email: ` ${gone.email.toUpperCase()}`,
      now: NOW,
    });

    const left = await findEverywhere(store.superuser, marks);
    assert.deepEqual(left, ['vouchsafe.mail'], 'but the mail with the receipt');
    await store.database.run(sweepExpired, [new Date(NOW + 46 * 60_000)]);
    assert.deepEqual(await findEverywhere(store.superuser, marks), [], 'nor that after an hour');
    assert.deepEqual(
      (await findEverywhere(store.superuser, [other.user, other.company])).toSorted(),
      // Its log gained a line, its invitation of the one who is gone and one membership are gone, and so is its mail of the past.
      [...others, 'vouchsafe.audit_event']
        .toSorted()
        .filter(
          (name, index, all) =>
            !(['vouchsafe.member', 'vouchsafe.invitation'].includes(name) && all.indexOf(name) === index),
        ),
    );
    assert.deepEqual(receipt.erased, plan.stores, 'what was announced is what was erased');
    assert.match(receipt.id, /^rct_/);
    const names = new Set(receipt.erased.map(({ store: name }) => name));
    for (const name of ['account', 'company', 'keys', 'sessions', 'usage', 'password', 'memberships'])
      assert.ok(names.has(name), name);
    assert.ok(
      receipt.kept.some((sentence) => /backup/i.test(sentence)) &&
        receipt.kept.some((s) => s.includes('WAL')),
    );
  });

  it('leaves a log that says what was done and not by whom', async () => {
    const store = await open();
    const [gone, other] = [markedOnes(), markedOnes()];
    await fillTables(store.superuser, gone);
    await fillTables(store.superuser, other);
    await involve(store, gone, other);
    await deleteAccount(store.database, { user: gone.user, email: gone.email, now: NOW });
    const events = await store.superuser(
      'select action, actor, target, details from vouchsafe.audit_event where company_id = $1 and actor is null order by action',
      [other.company],
    );
    assert.deepEqual(events, [
      { action: 'account.delete', actor: null, target: null, details: {} },
      { action: 'invitations.create', actor: null, target: null, details: { role: 'admin' } },
      { action: 'keys.create', actor: null, target: null, details: {} },
    ]);
    const [mail] = await store.superuser(
      "select params from vouchsafe.mail where template = 'invitation-accepted'",
    );
    assert.deepEqual(mail?.['params'], { who: 'somebody who has left', by: 'somebody who has left' });
  });

  it('is not taken by another address than its own, and nothing is half-done', async () => {
    const store = await open();
    const who = markedOnes();
    await fillTables(store.superuser, who);
    const before = await findEverywhere(store.superuser, marksOf(who));
    await assert.rejects(
      deleteAccount(store.database, { user: who.user, email: 'somebody@example.com', now: NOW }),
      (error) => error instanceof Problem && error.code === 'confirmation_differs' && error.status === 400,
    );
    assert.deepEqual(await findEverywhere(store.superuser, marksOf(who)), before);
  });

  it('is deleted once by a double click', async () => {
    const store = await open();
    const who = markedOnes();
    await fillTables(store.superuser, who);
    const order = { user: who.user, email: who.email, now: NOW };
    const plan = await planAccount(store.database, who.user);
    const results = await Promise.allSettled([
      deleteAccount(store.database, order),
      deleteAccount(store.database, order),
    ]);
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const codes = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as Problem).code] : [],
    );
    assert.deepEqual(codes, ['sign_in_required']);
    for (const result of results)
      if (result.status === 'fulfilled') assert.deepEqual(result.value.erased, plan.stores);
    assert.equal(await rowsOf(store, "select from vouchsafe.mail where template = 'account-deleted'", []), 1);
  });

  it('has in its receipt what an erasure that went no further had removed', async () => {
    const store = await open();
    const who = markedOnes();
    await fillTables(store.superuser, who);
    const plan = await planAccount(store.database, who.user);
    await removeUploadedOf(store.database, who.company);
    assert.notDeepEqual((await planAccount(store.database, who.user)).stores, plan.stores);
    const receipt = await deleteAccount(store.database, { user: who.user, email: who.email, now: NOW });
    assert.deepEqual(receipt.erased, plan.stores);
  });

  it('takes along a company whose owners all leave at the same moment', async () => {
    const store = await open();
    const [first, second] = [markedOnes(), markedOnes()];
    await fillTables(store.superuser, first);
    await fillTables(store.superuser, second);
    await involve(store, second, first);
    const results = await Promise.allSettled(
      [first, second].map(({ user, email }) => deleteAccount(store.database, { user, email, now: NOW })),
    );
    assert.deepEqual(
      results.map((result) => (result.status === 'rejected' ? String(result.reason) : 'fulfilled')),
      ['fulfilled', 'fulfilled'],
    );
    await store.superuser('delete from vouchsafe.mail');
    assert.deepEqual(await findEverywhere(store.superuser, [...marksOf(first), ...marksOf(second)]), []);
  });

  it('is not brought back by a request that was under way', async () => {
    const store = await open();
    const [gone, other] = [markedOnes(), markedOnes()];
    await fillTables(store.superuser, gone);
    await fillTables(store.superuser, other);
    await involve(store, gone, other);
    const isWritten = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const underWay = store.database.as({ company: other.company, user: gone.user }, async (tx) => {
      await recordAudit(tx, {
        company: other.company,
        actor: gone.user,
        action: 'projects.create',
        target: null,
        at: NOW,
      });
      isWritten.resolve();
      await mayEnd.promise;
    });
    await isWritten.promise;
    const deletion = deleteAccount(store.database, { user: gone.user, email: gone.email, now: NOW });
    // It waits for the other one: both see what the other wrote.
    for (;;) {
      const [row] = await store.superuser('select count(*)::int as waiting from pg_locks where not granted');
      if (row?.['waiting'] !== 0) break;
    }
    mayEnd.resolve();
    await Promise.all([underWay, deletion]);
    await store.database.company(other.company, (tx) =>
      recordAudit(tx, {
        company: other.company,
        actor: gone.user,
        action: 'projects.change',
        target: gone.user,
        at: NOW,
      }),
    );
    await addCounts(store.database, [
      { company: gone.company, project: newId('prj', NOW), day: '2026-11-22', count: 5 },
    ]);
    await store.superuser("delete from vouchsafe.mail where template = 'account-deleted'");
    assert.deepEqual(await findEverywhere(store.superuser, marksOf(gone)), []);
    assert.equal(
      await rowsOf(
        store,
        "select from vouchsafe.audit_event where company_id = $1 and action like 'projects.%' and actor is null",
        [other.company],
      ),
      2,
    );
  });
});

describe('a company that is deleted', () => {
  it('is in no table afterwards; its members stay and are told', async () => {
    const store = await open();
    const [gone, other] = [markedOnes(), markedOnes()];
    await fillTables(store.superuser, gone);
    await fillTables(store.superuser, other);
    await involve(store, other, gone);
    const acting = { company: gone.company, caller: await callerOf(store, gone), now: NOW };
    const plan = await planCompany(store.database, { company: gone.company, user: gone.user });
    assert.equal(plan.members, 2);
    await assert.rejects(deleteCompany(store.database, acting, 'Another'), { code: 'confirmation_differs' });
    const receipt = await deleteCompany(store.database, acting, gone.companyName);
    assert.deepEqual(receipt.erased, plan.stores);
    const mails = await store.superuser(
      "select recipient from vouchsafe.mail where template = 'company-deleted' order by recipient",
    );
    assert.deepEqual(
      mails.map(({ recipient }) => recipient),
      [gone.email, other.email].toSorted(),
    );
    await store.database.run(sweepExpired, [new Date(NOW + 46 * 60_000)]);
    const marks = [gone.company];
    assert.deepEqual(await findEverywhere(store.superuser, marks), []);
    assert.equal(await rowsOf(store, 'select from vouchsafe.user_account where id = $1', [gone.user]), 1);
    await assert.rejects(deleteCompany(store.database, acting, gone.companyName), {
      code: 'company_not_found',
      status: 404,
    });
  });

  it('does not wait for a load into one of its datasets, which leaves nothing', async () => {
    const store = await open();
    const gone = markedOnes();
    await fillTables(store.superuser, gone);
    const dataset = await makeDataset(store, gone);
    const acting = { company: gone.company, caller: await callerOf(store, gone), now: NOW };
    const load = actAs(store, gone, async (sql) => {
      await sql('select vouchsafe.make_generation($1, $2, $3)', [
        dataset,
        JSON.stringify([{ name: 'id', type: 'int8' }]),
        [],
      ]);
      await deleteCompany(store.database, acting, gone.companyName);
    });
    // What no function refuses, the foreign keys do.
    await assert.rejects(load, { code: '23503' });
    await store.superuser('delete from vouchsafe.mail');
    await store.database.run(sweepExpired, [new Date(NOW + 46 * 60_000)]);
    assert.deepEqual(await findEverywhere(store.superuser, [gone.company, dataset]), []);
  });

  it('is not deleted by one who is no owner any more', async () => {
    const store = await open();
    const [one, other] = [markedOnes(), markedOnes()];
    await fillTables(store.superuser, one);
    await fillTables(store.superuser, other);
    await involve(store, other, one);
    await store.superuser(
      "update vouchsafe.member set role = 'admin' where user_id = $1 and company_id = $2",
      [one.user, one.company],
    );
    await assert.rejects(
      deleteCompany(
        store.database,
        { company: one.company, caller: await callerOf(store, one), now: NOW },
        one.companyName,
      ),
      { code: 'forbidden', status: 403 },
    );
  });

  it('with a hundred thousand counters goes within the time of one statement', async (t) => {
    const store = await open();
    const who = markedOnes();
    await fillTables(store.superuser, who);
    await store.superuser(
      `insert into vouchsafe.usage_day (company_id, project_id, operation, day, outcome, count)
       select $1, (select id from vouchsafe.project where company_id = $1), 'a.' || translate(n::text, '0123456789', 'abcdefghij'),
              date '2026-11-01' + (n % 30), 'ok', n
         from generate_series(1, 100000) n`,
      [who.company],
    );
    const startedAt = performance.now();
    const receipt = await deleteCompany(
      store.database,
      { company: who.company, caller: await callerOf(store, who), now: NOW },
      who.companyName,
    );
    t.diagnostic(`${Math.round(performance.now() - startedAt)} ms`);
    assert.ok(receipt.erased.some(({ store: name, rows }) => name === 'usage' && rows === 100_001));
  });
});

describe('deleting tells every worker', () => {
  it('names each key, session and user that ends', async () => {
    const store = await open();
    const who = markedOnes();
    await fillTables(store.superuser, who);
    const heard = new Set<string>();
    const listener = await store.database.listen(
      'vouchsafe_keys',
      (id) => void heard.add(id),
      () => undefined,
    );
    const ids = (
      await store.superuser(
        'select id from vouchsafe.key where company_id = $1 union all select id from vouchsafe.session where user_id = $2',
        [who.company, who.user],
      )
    ).map(({ id }) => String(id));
    const [epochBefore] = await store.superuser('select epoch::int from vouchsafe.key_epoch');
    await deleteAccount(store.database, { user: who.user, email: who.email, now: NOW });
    for (const id of [...ids, who.user])
      while (!heard.has(id)) await new Promise((resolve) => setImmediate(resolve));
    const [epoch] = await store.superuser('select epoch::int from vouchsafe.key_epoch');
    assert.ok(Number(epoch?.['epoch']) > Number(epochBefore?.['epoch']));
    await listener.close();
  });
});
