/** Projects whose pages may ask for their visitors. */
import { newId, type ProjectId } from '../../src/foundation/ids.ts';
import type { House } from './house.ts';

/**
 * A project of a company of its own.
 * @param origins of its authorised domains.
 * @param perDay units that it may use; without a limit where left out.
 */
export const addVisitorProject = async (
  { accounts, store }: House,
  origins: readonly string[],
  perDay: number | null = null,
): Promise<ProjectId> => {
  const { company, project } = await accounts.createCompany({
    companyName: 'Shop',
    projectName: 'Pages',
    limits: { perSecond: 1000, burst: 1000, perDay, perMonth: null, isSoft: false },
  });
  for (const origin of origins)
    await store.superuser(
      'insert into vouchsafe.domain (id, company_id, project_id, origin, created_at) values ($1, $2, $3, $4, now())',
      [newId('dom', Date.now()), company, project, origin],
    );
  return project;
};
