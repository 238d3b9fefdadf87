import { recordAudit } from '../audit/record.ts';
import type { ProjectLimits } from '../foundation/caller.ts';
import type { Clock } from '../foundation/clock.ts';
import { isId, newId, type CompanyId, type ProjectId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { limitsOfRow } from './plans.ts';
import { projectNotFound } from './problems.ts';
import { companyIds, insertCompany, insertProject, listProjects, updateProjectLimits } from './store.ts';

export interface ProjectSummary {
  readonly company: CompanyId;
  readonly companyName: string;
  readonly project: ProjectId;
  readonly projectName: string;
  readonly limits: ProjectLimits;
  /** The company's plan. */
  readonly plan: string;
  /** Whether the limits are the project's own, and not the plan's. */
  readonly hasOwnLimits: boolean;
}

export interface NewCompany {
  readonly companyName: string;
  readonly projectName: string;
  /** Of the project's own. */
  readonly limits: ProjectLimits;
}

export interface Accounts {
  /** Makes a company with its first project and without members, both or neither. */
  createCompany(company: NewCompany): Promise<{ company: CompanyId; project: ProjectId }>;
  hasCompany(): Promise<boolean>;
  /** All projects of the installation, oldest first; what an operator needs to name one. */
  listProjects(): Promise<ProjectSummary[]>;
  /**
   * Gives a project limits of its own; null: those of its company's plan.
   * @throws project_not_found when the company has no such project.
   */
  setLimits(company: CompanyId, project: ProjectId, limits: ProjectLimits | null): Promise<void>;
}

/** Whether there was such a project. A burst as large as a second's follows the second, so it is not kept. */
const writeLimits = async (
  tx: Transaction,
  company: CompanyId,
  project: ProjectId,
  limits: ProjectLimits | null,
): Promise<boolean> => {
  const burst = limits === null || limits.burst === limits.perSecond ? null : limits.burst;
  const row = await tx.one(updateProjectLimits, [
    company,
    project,
    limits?.perSecond ?? null,
    burst,
    limits?.perDay ?? null,
    limits?.perMonth ?? null,
    limits?.isSoft ?? null,
  ]);
  return row !== undefined;
};

export const createAccounts = (database: Database, clock: Clock): Accounts => ({
  createCompany: async ({ companyName, projectName, limits }) => {
    const now = clock.now();
    const company = newId('com', now);
    const project = newId('prj', now);
    const at = new Date(now);
    await database.company(company, async (tx) => {
      await tx.all(insertCompany, [company, companyName, at]);
      await tx.all(insertProject, [project, company, projectName, at]);
      await writeLimits(tx, company, project, limits);
    });
    return { company, project };
  },
  hasCompany: async () => (await database.run(companyIds, [])).length > 0,
  listProjects: async () => {
    const found: ProjectSummary[] = [];
    for (const { id: company } of await database.run(companyIds, [])) {
      if (!isId('com', company)) continue;
      const rows = await database.company(company, (tx) => tx.all(listProjects, [company]));
      for (const row of rows) {
        if (!isId('prj', row.project_id)) continue;
        found.push({
          company,
          companyName: row.company_name,
          project: row.project_id,
          projectName: row.project_name,
          limits: limitsOfRow(row),
          plan: row.plan,
          hasOwnLimits: row.has_own_limits,
        });
      }
    }
    return found;
  },
  setLimits: async (company, project, limits) => {
    await database.company(company, async (tx) => {
      if (!(await writeLimits(tx, company, project, limits))) throw projectNotFound();
      await recordAudit(tx, {
        company,
        actor: null,
        action: 'projects.limit',
        target: project,
        details:
          limits === null
            ? { by_plan: true }
            : {
                per_second: limits.perSecond,
                burst: limits.burst,
                per_day: limits.perDay,
                per_month: limits.perMonth,
                is_soft: limits.isSoft,
              },
        at: clock.now(),
      });
    });
  },
});
