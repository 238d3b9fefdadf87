import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import {
  COMPANY_A,
  KEY_A,
  KEY_B,
  PROJECT_A,
  PROJECT_B,
  seedCompanies,
} from '../../test/support/companies.ts';
import { testDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { KeyCaller, KeyLimits, ProjectLimits } from '../foundation/caller.ts';
import type { KeyId } from '../foundation/ids.ts';
import { createLedgerBuffer, openLedger } from './ledger.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import { createPostgresQuotaStore } from './postgres-quota.ts';
import { createQuota } from './quota.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;

let scene: TestDatabase;
before(async () => {
  scene = await testDatabase();
  await seedCompanies(scene.superuser);
});

/** What the project and key A may use, in the database and as the gate reads it. */
const limitsAre = async (
  limits: Partial<ProjectLimits>,
  keyLimits: Partial<KeyLimits> = {},
): Promise<KeyCaller> => {
  const all = {
    perSecond: 1_000_000,
    burst: 1_000_000,
    perDay: null,
    perMonth: null,
    isSoft: false,
    ...limits,
  };
  await scene.superuser(
    'update vouchsafe.project set per_second = $2, burst = $3, per_day = $4, per_month = $5, is_soft = $6 where id = $1',
    [PROJECT_A, all.perSecond, all.burst, all.perDay, all.perMonth, all.isSoft],
  );
  const own = { perSecond: null, perDay: null, ...keyLimits };
  await scene.superuser('update vouchsafe.key set per_second = $2, per_day = $3 where id = $1', [
    KEY_A,
    own.perSecond,
    own.perDay,
  ]);
  return callerWith(all, KEY_A, Object.keys(keyLimits).length === 0 ? undefined : own);
};

const callerWith = (limits: ProjectLimits, key: KeyId, keyLimits?: KeyLimits): KeyCaller => ({
  credential: 'secret-key',
  company: COMPANY_A,
  project: PROJECT_A,
  key,
  scopes: [],
  limits,
  keyLimits,
  logging: undefined,
});

/** A process of its own: its ledger, and one thread. */
const nodeOf = (): Limiter => {
  const ledger = openLedger(createLedgerBuffer(64));
  return createLimiter(ledger, createQuota({ ledger, store: createPostgresQuotaStore(scene.database) }));
};

const spend = async (node: Limiter, caller: KeyCaller, now = NOON, cost = 1): Promise<string> => {
  const verdict = await node.spend(caller, cost, now);
  return verdict.ok ? 'ok' : `${verdict.reason.of} ${verdict.reason.limit}`;
};

const count = async (
  node: Limiter,
  caller: KeyCaller,
  times: number,
  now = NOON,
): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (let round = 0; round < times; round += 1) {
    const outcome = await spend(node, caller, now);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

const used = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await scene.superuser(
        "select left(subject, 3) || ' ' || period || ' ' || starts as row, used from vouchsafe.quota_use order by 1",
      )
    ).map(({ row, used: units }) => [row, Number(units)]),
  );

beforeEach(async () => {
  await scene.superuser('truncate vouchsafe.quota_use');
});

describe('limits out of PostgreSQL', () => {
  it('are never exceeded by two processes that spend at the same time, and used up to the last unit', async () => {
    const caller = await limitsAre({ perDay: 700, perMonth: 500 });
    const nodes = [nodeOf(), nodeOf()];
    let granted = 0;
    for (let round = 0; round < 100; round += 1) {
      const outcomes = await Promise.all(
        nodes.flatMap((node) => Array.from({ length: 4 }, () => spend(node, caller, NOON + round * 10))),
      );
      granted += outcomes.filter((outcome) => outcome === 'ok').length;
      assert.ok(granted <= 500);
    }
    for (const node of nodes) granted += (await count(node, caller, 30, NOON + 3000))['ok'] ?? 0;
    assert.equal(granted, 500);
    for (const node of nodes) await node.close(NOON + 4000);
    assert.deepEqual(await used(), { 'prj day 2026-11-22': 500, 'prj month 2026-11-01': 500 });
  });

  it('lose a fiftieth at most to a process that is killed, and never grant it twice', async () => {
    const caller = await limitsAre({ perDay: 1000 });
    let granted = 0;
    for (const kill of [true, true, false]) {
      const node = nodeOf();
      granted += (await count(node, caller, 300))['ok'] ?? 0;
      if (!kill) await node.close(NOON);
    }
    const rest = await count(nodeOf(), caller, 1000);
    granted += rest['ok'] ?? 0;
    assert.ok(granted <= 1000 && granted >= 1000 - 2 * 20, String(granted));
  });

  it('are the project’s, whatever the number of its keys and secrets', async () => {
    const { limits } = await limitsAre({ perDay: 30, perSecond: 100, burst: 20 });
    const node = nodeOf();
    const keys = [KEY_A, KEY_B].map((key) => callerWith(limits, key));
    const [one, other] = keys as [KeyCaller, KeyCaller];
    assert.deepEqual(await count(node, one, 12), { ok: 12 });
    assert.deepEqual(await count(node, other, 12), { ok: 8, 'project per-second': 4 });
    assert.deepEqual(await count(node, one, 12, NOON + 1000), { ok: 10, 'project per-day': 2 });
    assert.equal(await spend(node, other, NOON + 2500), 'project per-day');
  });

  it('of a month and a day must both have room, and a refusal by one costs the other nothing', async () => {
    const node = nodeOf();
    const caller = await limitsAre({ perDay: 10, perMonth: 15 });
    assert.deepEqual(await count(node, caller, 12), { ok: 10, 'project per-day': 2 });
    const tomorrow = NOON + DAY_MS;
    assert.deepEqual(await count(node, caller, 12, tomorrow), { ok: 5, 'project per-month': 7 });
    const verdict = await node.spend(caller, 1, tomorrow);
    assert.ok(!verdict.ok);
    assert.equal(tomorrow + verdict.reason.retryAfterMs, Date.UTC(2026, 11, 1));
    // The refused ones did not spend the day.
    const more = await limitsAre({ perDay: 10, perMonth: 100 });
    assert.deepEqual(await count(node, more, 12, tomorrow + 2000), { ok: 5, 'project per-day': 7 });
    assert.deepEqual(await count(node, more, 2, Date.UTC(2026, 11, 1)), { ok: 2 });
    await node.close(Date.UTC(2026, 11, 1));
    assert.equal((await used())['prj month 2026-12-01'], 2);
  });

  it('that are soft answer all the same, and count', async () => {
    const node = nodeOf();
    const caller = await limitsAre({ perDay: 5, perMonth: 5, isSoft: true });
    assert.deepEqual(await count(node, caller, 20), { ok: 20 });
    const verdict = await node.spend(caller, 1, NOON);
    assert.ok(verdict.ok);
    assert.deepEqual([verdict.value?.limit, verdict.value?.remaining], [5, 0]);
    await node.close(NOON);
    assert.deepEqual(await used(), { 'prj day 2026-11-22': 21, 'prj month 2026-11-01': 21 });
  });

  it('of a key come on top of the project’s and are hard', async () => {
    const node = nodeOf();
    const caller = await limitsAre({ perDay: 100, isSoft: true }, { perDay: 4, perSecond: 3 });
    assert.deepEqual(await count(node, caller, 5), { ok: 3, 'key per-second': 2 });
    assert.deepEqual(await count(node, caller, 3, NOON + 2000), { ok: 1, 'key per-day': 2 });
    const other = callerWith(caller.limits, KEY_B);
    assert.deepEqual(await count(node, other, 9, NOON + 2000), { ok: 9 });
    await node.close(NOON);
    assert.deepEqual(await used(), { 'key day 2026-11-22': 4, 'prj day 2026-11-22': 13 });
  });

  it('of a key give its request back where the project’s rate refuses', async () => {
    const node = nodeOf();
    const caller = await limitsAre({ perSecond: 1, burst: 1 }, { perSecond: 2 });
    assert.deepEqual(await count(node, caller, 5), { ok: 1, 'project per-second': 4 });
    const own = node.read(caller, NOON).find(({ name }) => name === 'key-burst');
    assert.equal(own?.remaining, 1);
  });

  it('take units back that were not needed, all of them', async () => {
    const node = nodeOf();
    const caller = await limitsAre({ perDay: 10, perMonth: 10 }, { perDay: 10 });
    await count(node, caller, 10);
    for (let round = 0; round < 10; round += 1) node.refund(caller, 1, NOON);
    assert.deepEqual(
      node.read(caller, NOON).map(({ name, remaining }) => [name, remaining]),
      [
        ['burst', 1_000_000 - 10],
        ['day', 10],
        ['month', 10],
        ['key-day', 10],
      ],
    );
    await node.close(NOON);
    assert.deepEqual(Object.values(await used()), [0, 0, 0]);
  });

  it('show the quota that ends first', async () => {
    const caller = await limitsAre({ perDay: 50, perMonth: 20 });
    const verdict = await nodeOf().spend(caller, 1, NOON);
    assert.ok(verdict.ok);
    assert.deepEqual(verdict.value, { limit: 20, remaining: 19, resetSeconds: Date.UTC(2026, 11, 1) / 1000 });
    const free = await limitsAre({});
    assert.deepEqual(await nodeOf().spend(free, 1, NOON), { ok: true, value: undefined });
  });

  it('hold at once where they were lowered behind the back of a process', async () => {
    const node = nodeOf();
    const earlier = await limitsAre({ perDay: 1000 });
    await count(node, earlier, 5);
    const after = await limitsAre({ perDay: 6 });
    assert.deepEqual(await count(node, after, 5), { ok: 1, 'project per-day': 4 });
  });

  it('of a project that is gone are used up', async () => {
    const node = nodeOf();
    const caller = await limitsAre({ perDay: 10 });
    const gone: KeyCaller = { ...caller, project: 'prj_01h0000000000000000000000z' };
    assert.equal(await spend(node, gone), 'project per-day');
    assert.notEqual(gone.project, PROJECT_B);
  });

  it('answer 503 and no bug while the database is away, as long as nothing is in hand', async () => {
    const caller = await limitsAre({ perDay: 1000 });
    const ledger = openLedger(createLedgerBuffer(64));
    let isAway = false;
    const store = createPostgresQuotaStore({
      run: (...parameters) =>
        isAway ? Promise.reject(new Error('away')) : scene.database.run(...parameters),
    });
    const node = createLimiter(ledger, createQuota({ ledger, store }));
    await spend(node, caller);
    await new Promise((resolve) => setTimeout(resolve, 100));
    isAway = true;
    const counts = await count(node, caller, 60);
    assert.deepEqual(Object.keys(counts).toSorted(), ['ok', 'project unavailable']);
    assert.ok(Number(counts['ok']) >= 10, 'a hundredth of the plan is always in hand');
    isAway = false;
    assert.equal(await spend(node, caller, NOON + 1001), 'ok');
  });
});
