import { recordAudit } from '../audit/record.ts';
import type { ProjectLimits } from '../foundation/caller.ts';
import type { Clock } from '../foundation/clock.ts';
import { isId, newId, type CompanyId, type ProjectId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import { projectNotFound } from './problems.ts';
import { companyIds, insertCompany, insertProject, listProjects, updateProjectLimits } from './store.ts';

export interface ProjectSummary {
  readonly company: CompanyId;
  readonly companyName: string;
  readonly project: ProjectId;
  readonly projectName: string;
  readonly limits: ProjectLimits;
}

export interface NewCompany {
  readonly companyName: string;
  readonly projectName: string;
  readonly limits: ProjectLimits;
}

export interface Accounts {
  /** Makes a company with its first project and without members, both or neither. */
  createCompany(company: NewCompany): Promise<{ company: CompanyId; project: ProjectId }>;
  hasCompany(): Promise<boolean>;
  /** All projects of the installation, oldest first; what an operator needs to name one. */
  listProjects(): Promise<ProjectSummary[]>;
  /** @throws project_not_found when the company has no such project. */
  setLimits(company: CompanyId, project: ProjectId, limits: ProjectLimits): Promise<void>;
}

export const createAccounts = (database: Database, clock: Clock): Accounts => ({
  createCompany: async ({ companyName, projectName, limits }) => {
    const now = clock.now();
    const company = newId('com', now);
    const project = newId('prj', now);
    const at = new Date(now);
    await database.company(company, async (tx) => {
      await tx.all(insertCompany, [company, companyName, at]);
      await tx.all(insertProject, [project, company, projectName, limits.perSecond, limits.perDay, at]);
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
          limits: {
            perSecond: row.per_second,
            burst: row.per_second,
            perDay: row.per_day,
            perMonth: null,
            isSoft: false,
          },
        });
      }
    }
    return found;
  },
  setLimits: async (company, project, limits) => {
    const { perSecond, perDay } = limits;
    await database.company(company, async (tx) => {
      const row = await tx.one(updateProjectLimits, [company, project, perSecond, perDay]);
      if (row === undefined) throw projectNotFound();
      await recordAudit(tx, {
        company,
        actor: null,
        action: 'projects.limit',
        target: project,
        details: { per_second: perSecond, per_day: perDay },
        at: clock.now(),
      });
    });
  },
});
