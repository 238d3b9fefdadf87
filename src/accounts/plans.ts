/** The operator's plans: what the projects of a company may use that have no limits of their own. */
import { recordAudit } from '../audit/record.ts';
import type { ProjectLimits } from '../foundation/caller.ts';
import type { Clock } from '../foundation/clock.ts';
import { isId, type CompanyId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { companyNotFound, planInUse, planIsStandard, planNotFound } from './problems.ts';
import { companyIds, deletePlan, givePlan, listPlans, readPlanOf, writePlan } from './store.ts';

/** The plan of every new company. */
const STANDARD_PLAN = 'standard';

export interface Plan {
  readonly name: string;
  readonly limits: ProjectLimits;
}

export interface PlanHolder {
  readonly company: CompanyId;
  readonly name: string;
  readonly plan: string;
}

export interface Plans {
  /** By name. */
  list(): Promise<Plan[]>;
  /** Every company with its plan, oldest first. */
  holders(): Promise<PlanHolder[]>;
  /** Makes a plan or gives one other limits, which its companies find in their logs; how many of them there are. */
  set(plan: Plan): Promise<number>;
  /** @throws plan_not_found (404), plan_is_standard, plan_in_use (409). */
  remove(name: string): Promise<void>;
  /** @throws plan_not_found, company_not_found (404). */
  give(company: CompanyId, name: string): Promise<void>;
}

/** Limits as they stand in a row. */
export const limitsOfRow = (row: {
  readonly per_second: number;
  readonly burst: number;
  readonly per_day: number | null;
  readonly per_month: number | null;
  readonly is_soft: boolean;
}): ProjectLimits => ({
  perSecond: row.per_second,
  burst: row.burst,
  perDay: row.per_day,
  perMonth: row.per_month,
  isSoft: row.is_soft,
});

const isSame = (one: ProjectLimits, other: ProjectLimits): boolean =>
  one.perSecond === other.perSecond &&
  one.burst === other.burst &&
  one.perDay === other.perDay &&
  one.perMonth === other.perMonth &&
  one.isSoft === other.isSoft;

/** Plans as the operator handles them. */
export const createPlans = (database: Database, clock: Clock): Plans => {
  const list = async (): Promise<Plan[]> =>
    (await database.run(listPlans, [])).map((row) => ({ name: row.name, limits: limitsOfRow(row) }));

  const holders = async (): Promise<PlanHolder[]> => {
    const found: PlanHolder[] = [];
    for (const { id: company } of await database.run(companyIds, [])) {
      if (!isId('com', company)) continue;
      const row = await database.company(company, (tx) => tx.one(readPlanOf, [company]));
      if (row !== undefined) found.push({ company, name: row.name, plan: row.plan });
    }
    return found;
  };

  const holdersOf = async (name: string): Promise<PlanHolder[]> =>
    (await holders()).filter(({ plan }) => plan === name);

  return {
    list,
    holders,
    set: async ({ name, limits }) => {
      const before = (await list()).find((plan) => plan.name === name);
      const concerned = await holdersOf(name);
      if (before !== undefined && isSame(before.limits, limits)) return concerned.length;
      const { perSecond, burst, perDay, perMonth, isSoft } = limits;
      const row = { per_second: perSecond, burst, per_day: perDay, per_month: perMonth, is_soft: isSoft };
      await database.run(writePlan, [name, perSecond, burst, perDay, perMonth, isSoft]);
      for (const { company } of concerned) {
        await database.company(company, (tx) =>
          recordAudit(tx, {
            company,
            actor: null,
            action: 'plans.change',
            target: company,
            details: { plan: name, ...row },
            at: clock.now(),
          }),
        );
      }
      return concerned.length;
    },
    remove: async (name) => {
      if (name === STANDARD_PLAN) throw planIsStandard();
      const companies = await holdersOf(name);
      if (companies.length > 0) throw planInUse(companies.length);
      const [gone] = await database.run(deletePlan, [name]);
      if (gone === undefined) throw planNotFound();
    },
    give: async (company, name) => {
      if (!(await list()).some((plan) => plan.name === name)) throw planNotFound();
      await database.company(company, async (tx) => {
        const before = await tx.one(readPlanOf, [company]);
        if (before === undefined) throw companyNotFound();
        const changed = await tx.one(givePlan, [company, name]);
        if (changed === undefined) return;
        await recordAudit(tx, {
          company,
          actor: null,
          action: 'plans.give',
          target: company,
          details: { plan: name, plan_before: before.plan },
          at: clock.now(),
        });
      });
    },
  };
};
