import type { Accounts, ProjectSummary } from '../accounts/service.ts';
import { CANARY_COMPANY } from '../promises/canary.ts';
import { UsageError } from './command.ts';

/** The projects that people made; the installation's own, whose keys the checks use, are left out. */
export const ownProjects = async (accounts: Accounts): Promise<readonly ProjectSummary[]> =>
  (await accounts.listProjects()).filter(({ companyName }) => companyName !== CANARY_COMPANY);

/** The project with this id, or the only one. @throws {UsageError} with the choices. */
export const chooseProject = async (
  accounts: Accounts,
  wanted: string | undefined,
): Promise<ProjectSummary> => {
  const projects = await ownProjects(accounts);
  const [only] = projects;
  if (wanted === undefined && projects.length === 1 && only !== undefined) return only;
  const found = projects.find(({ project }) => project === wanted);
  if (found !== undefined) return found;
  if (only === undefined)
    throw new UsageError('There is no project yet; start the server once with npm start.');
  const choices = projects.map(({ project, projectName }) => `  ${project}  ${projectName}`).join('\n');
  throw new UsageError(`Say which project with --project:\n${choices}`);
};
