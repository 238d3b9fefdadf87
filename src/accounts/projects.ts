/** What members do with the projects of their company. */
import { changeAsMember, type Acting } from '../audit/change.ts';
import { utcDay } from '../foundation/clock.ts';
import { newId, type CompanyId, type ProjectId, type UserId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { Transaction } from '../store/transaction.ts';
import { MOST_PROJECTS } from './limits.ts';
import { projectNotFound, tooManyProjects } from './problems.ts';
import {
  countProjects,
  eraseProject,
  insertProject,
  lockProject,
  renameProject,
  showProjects,
} from './store.ts';

/** A project as the API shows it. */
export interface ShownProject {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly keys: number;
  readonly per_second: number;
  readonly burst: number;
  readonly per_day: number | null;
  readonly per_month: number | null;
  readonly is_soft: boolean;
  /** Null where the project has limits of its own. */
  readonly plan: string | null;
  readonly used_today: number;
  readonly used_this_month: number;
  readonly over_quota: boolean;
}

const isOver = (used: number, most: number | null): boolean => most !== null && used > most;

interface Reader {
  readonly company: CompanyId;
  readonly user: UserId;
}

type Store = Pick<Database, 'as'>;

const read = async (
  tx: Transaction,
  company: CompanyId,
  project: ProjectId | null,
  now: number,
): Promise<ShownProject[]> => {
  const rows = await tx.all(showProjects, [company, project, new Date(now), utcDay(now)]);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    created_at: row.created_at.toISOString(),
    keys: row.keys,
    per_second: row.per_second,
    burst: row.burst,
    per_day: row.per_day,
    per_month: row.per_month,
    is_soft: row.is_soft,
    plan: row.plan,
    used_today: row.used_today,
    used_this_month: row.used_this_month,
    over_quota: isOver(row.used_today, row.per_day) || isOver(row.used_this_month, row.per_month),
  }));
};

const readOne = async (
  tx: Transaction,
  company: CompanyId,
  project: ProjectId,
  now: number,
): Promise<ShownProject> => {
  const [found] = await read(tx, company, project, now);
  if (found === undefined) throw projectNotFound();
  return found;
};

/** All projects of a company, oldest first. */
export const listProjectsOf = (database: Store, reader: Reader, now: number): Promise<ShownProject[]> =>
  database.as(reader, (tx) => read(tx, reader.company, null, now));

/** @throws project_not_found (404). */
export const showProject = (
  database: Store,
  reader: Reader,
  project: ProjectId,
  now: number,
): Promise<ShownProject> => database.as(reader, (tx) => readOne(tx, reader.company, project, now));

/** Every call makes one, also a second one of the same name. @throws too_many_projects (409). */
export const createProject = (database: Store, acting: Acting, name: string): Promise<ShownProject> =>
  changeAsMember(database, acting, { permission: 'projects.change', alone: true }, async ({ tx, at }) => {
    const { company, now } = acting;
    const counted = await tx.one(countProjects, [company]);
    if ((counted?.projects ?? 0) >= MOST_PROJECTS) throw tooManyProjects();
    const project = newId('prj', now);
    await tx.all(insertProject, [project, company, name, at]);
    return {
      value: await readOne(tx, company, project, now),
      event: { action: 'projects.create', target: project, details: { name } },
    };
  });

/** @throws project_not_found (404). */
export const changeProject = (
  database: Store,
  acting: Acting,
  project: ProjectId,
  name: string,
): Promise<ShownProject> =>
  changeAsMember(database, acting, { permission: 'projects.change' }, async ({ tx }) => {
    const { company, now } = acting;
    const before = await tx.one(lockProject, [company, project]);
    if (before === undefined) throw projectNotFound();
    if (before.name === name) return { value: await readOne(tx, company, project, now) };
    await tx.all(renameProject, [company, project, name]);
    return {
      value: await readOne(tx, company, project, now),
      event: { action: 'projects.change', target: project, details: { name, name_before: before.name } },
    };
  });

/** Erases a project with its keys, quotas and usage, at once. @throws project_not_found (404), also the second time. */
export const deleteProject = (database: Store, acting: Acting, project: ProjectId): Promise<void> =>
  changeAsMember(database, acting, { permission: 'projects.delete' }, async ({ tx }) => {
    const found = await tx.one(lockProject, [acting.company, project]);
    if (found === undefined) throw projectNotFound();
    await tx.one(eraseProject, [project]);
    return {
      value: undefined,
      event: { action: 'projects.delete', target: project, details: { name: found.name } },
    };
  });
