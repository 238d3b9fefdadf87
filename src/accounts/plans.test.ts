import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { addCounts } from '../../test/support/add-count.ts';
import { controlPlaneRoutes, makeScene, openStage, type Scene } from '../../test/support/control-plane.ts';
import type { Stage } from '../../test/support/signed-in.ts';
import { createPlans, type Plans } from './plans.ts';
import { createAccounts, type Accounts } from './service.ts';

let stage: Stage;
let plans: Plans;
let accounts: Accounts;
before(async () => {
  stage = await openStage(controlPlaneRoutes);
  plans = createPlans(stage.database, stage.clock);
  accounts = createAccounts(stage.database, stage.clock);
});

const GOLD = { perSecond: 100, burst: 300, perDay: null, perMonth: 1_000_000, isSoft: true };

const shown = async ({ owner, company, project }: Scene): Promise<Record<string, unknown>> =>
  (await owner.call('GET', `/v1/companies/${company}/projects/${project}`)).body;

const eventsOf = async ({ owner, company }: Scene, action: string): Promise<unknown[]> =>
  (await owner.call('GET', `/v1/companies/${company}/audit`)).body.items
    .filter((event: { action: string }) => event.action === action)
    .map(({ actor, target, details }: Record<string, unknown>) => ({ actor, target, details }));

describe('what a project may use', () => {
  it('is its plan’s at first, the standard one, with what is used today and this month', async () => {
    const scene = await makeScene(stage);
    const count = (day: string, units: number) =>
      addCounts(stage.database, [
        {
          company: scene.company,
          project: scene.project,
          day,
          outcome: 'ok',
          count: units,
          operation: 'geocoding.forward',
        },
      ]);
    await count('2026-11-22', 5);
    await count('2026-11-01', 7);
    await count('2026-10-31', 1000);
    const { per_second, burst, per_day, per_month, is_soft, plan, used_today, used_this_month, over_quota } =
      await shown(scene);
    assert.deepEqual(
      { per_second, burst, per_day, per_month, is_soft, plan, used_today, used_this_month, over_quota },
      {
        per_second: 10,
        burst: 10,
        per_day: 2500,
        per_month: null,
        is_soft: false,
        plan: 'standard',
        used_today: 5,
        used_this_month: 12,
        over_quota: false,
      },
    );
  });

  it('is told to be over where soft limits let it be', async () => {
    const scene = await makeScene(stage);
    const limits = { perSecond: 5, burst: 5, perDay: 9, perMonth: 10, isSoft: true };
    await accounts.setLimits(scene.company, scene.project, limits);
    const add = (day: string) =>
      addCounts(stage.database, [
        {
          company: scene.company,
          project: scene.project,
          day,
          outcome: 'ok',
          count: 6,
          operation: 'geocoding.forward',
        },
      ]);
    await add('2026-11-22');
    assert.equal((await shown(scene))['over_quota'], false);
    await add('2026-11-03');
    assert.equal((await shown(scene))['over_quota'], true, 'by the month');
    await accounts.setLimits(scene.company, scene.project, { ...limits, perMonth: null });
    assert.equal((await shown(scene))['over_quota'], false);
    await add('2026-11-22');
    assert.equal((await shown(scene))['over_quota'], true, 'by the day');
  });

  it('may be its own, then its plan’s again; its company reads in its log what the operator did', async () => {
    const scene = await makeScene(stage);
    await accounts.setLimits(scene.company, scene.project, { ...GOLD, perSecond: 50, burst: 50 });
    const own = await shown(scene);
    assert.deepEqual(
      [own['plan'], own['per_second'], own['burst'], own['per_day'], own['per_month'], own['is_soft']],
      [null, 50, 50, null, 1_000_000, true],
    );
    await plans.set({ name: 'gold', limits: GOLD });
    await plans.give(scene.company, 'gold');
    assert.equal((await shown(scene))['per_second'], 50, 'a plan leaves limits of its own alone');
    await accounts.setLimits(scene.company, scene.project, null);
    const { plan, per_second, burst } = await shown(scene);
    assert.deepEqual({ plan, per_second, burst }, { plan: 'gold', per_second: 100, burst: 300 });
    assert.deepEqual(await eventsOf(scene, 'projects.limit'), [
      { actor: null, target: scene.project, details: { by_plan: true } },
      {
        actor: null,
        target: scene.project,
        details: { per_second: 50, burst: 50, per_day: null, per_month: 1_000_000, is_soft: true },
      },
    ]);
    await assert.rejects(accounts.setLimits(scene.company, 'prj_01h0000000000000000000000z', null), {
      code: 'project_not_found',
    });
  });
});

describe('a plan', () => {
  it('is made, given, changed and told to every company that has it, and to no other', async () => {
    const [one, other] = [await makeScene(stage), await makeScene(stage)];
    assert.equal(await plans.set({ name: 'silver', limits: GOLD }), 0);
    await plans.give(one.company, 'silver');
    await plans.give(one.company, 'silver');
    assert.deepEqual(await eventsOf(one, 'plans.give'), [
      { actor: null, target: one.company, details: { plan: 'silver', plan_before: 'standard' } },
    ]);
    const limits = { ...GOLD, perDay: 77, isSoft: false };
    assert.equal(await plans.set({ name: 'silver', limits }), 1);
    assert.equal(await plans.set({ name: 'silver', limits }), 1);
    assert.deepEqual(await eventsOf(one, 'plans.change'), [
      {
        actor: null,
        target: one.company,
        details: {
          plan: 'silver',
          per_second: 100,
          burst: 300,
          per_day: 77,
          per_month: 1_000_000,
          is_soft: false,
        },
      },
    ]);
    assert.equal((await shown(one))['per_day'], 77);
    assert.equal((await shown(other))['plan'], 'standard');
    assert.deepEqual(
      [...(await eventsOf(other, 'plans.give')), ...(await eventsOf(other, 'plans.change'))],
      [],
    );
    assert.deepEqual(
      (await plans.list()).filter(({ name }) => name === 'silver'),
      [{ name: 'silver', limits }],
    );
    assert.ok(
      (await plans.holders()).some(({ company, plan }) => company === one.company && plan === 'silver'),
    );
  });

  it('is removed when nobody has it, and the standard one never', async () => {
    const scene = await makeScene(stage);
    await plans.set({ name: 'brief', limits: GOLD });
    await plans.give(scene.company, 'brief');
    await assert.rejects(plans.remove('brief'), { code: 'plan_in_use' });
    await plans.give(scene.company, 'standard');
    await plans.remove('brief');
    await assert.rejects(plans.remove('brief'), { code: 'plan_not_found' });
    await assert.rejects(plans.remove('standard'), { code: 'plan_is_standard' });
    await assert.rejects(plans.give(scene.company, 'brief'), { code: 'plan_not_found' });
    await assert.rejects(plans.give('com_01h0000000000000000000000z', 'standard'), {
      code: 'company_not_found',
    });
  });
});
