/** Companies with projects, and the routes of accounts and usage in front of them. */
import { createAccountRoutes } from '../../src/accounts/routes.ts';
import { newId, type CompanyId, type KeyId, type ProjectId } from '../../src/foundation/ids.ts';
import { createUsageRoutes } from '../../src/usage/routes.ts';
import { openStage, type Person, type Stage } from './signed-in.ts';

export interface UsageScene {
  readonly company: CompanyId;
  readonly owner: Person;
  readonly project: ProjectId;
}

export const openUsageStage = (): Promise<Stage> =>
  openStage((parts) => [...createAccountRoutes(parts), ...createUsageRoutes(parts)]);

/** Made so long ago that it has a past. */
const LONG_AGO = Date.UTC(2026, 0, 1);

let made = 0;
/** Each thing a millisecond after the one before: within one, ids have no order, and lists are in the order of ids. */
const nextMoment = (): number => LONG_AGO + made++;

export const addProject = async (
  { store }: Stage,
  company: CompanyId,
  name: string,
  madeAt = nextMoment(),
): Promise<ProjectId> => {
  const project = newId('prj', madeAt);
  await store.superuser(
    'insert into vouchsafe.project (id, company_id, name, per_second, created_at) values ($1, $2, $3, 10, $4)',
    [project, company, name, new Date(madeAt)],
  );
  return project;
};

export const addKey = async (
  { store }: Stage,
  { company, project }: { readonly company: CompanyId; readonly project: ProjectId },
  name: string,
): Promise<KeyId> => {
  const madeAt = nextMoment();
  const key = newId('key', madeAt);
  await store.superuser(
    `insert into vouchsafe.key (id, company_id, project_id, public_key, secret_digest, pepper_id, name, scopes, created_at)
     values ($1, $2, $3, 'vs_pk_live_' || md5($1), sha256($1::text::bytea), 0, $4, '{geocoding:read}', $5)`,
    [key, company, project, name, new Date(madeAt)],
  );
  return key;
};

/** A company with one project, Maps. */
export const openScene = async (stage: Stage): Promise<UsageScene> => {
  const owner = await stage.person();
  const company = await stage.company([owner]);
  return { company, owner, project: await addProject(stage, company, 'Maps') };
};
