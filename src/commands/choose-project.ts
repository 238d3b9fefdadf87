import type { Accounts, ProjectSummary } from '../accounts/service.ts';
import { CANARY_COMPANY } from '../promises/canary.ts';
import { UsageError } from './command.ts';

/**
 * The projects that people made; the installation's own, whose keys the checks use, are left out. The oldest company of
 * that name is the installation's: people may call theirs as they like.
 */
export const ownProjects = async (
  accounts: Pick<Accounts, 'listProjects'>,
): Promise<readonly ProjectSummary[]> => {
  const projects = await accounts.listProjects();
  const canaries = projects.find(({ companyName }) => companyName === CANARY_COMPANY)?.company;
  return projects.filter(({ company }) => company !== canaries);
};

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
