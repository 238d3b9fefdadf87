import type { Accounts } from './accounts/service.ts';
import type { CreatedKey, Keys } from './keys/service.ts';

/** What a trial project may use: enough to try everything, little enough that a leaked key costs nothing. */
export const TRIAL_LIMITS = {
  perSecond: 50,
  burst: 50,
  perDay: 10_000,
  perMonth: null,
  isSoft: false,
} as const;

/** Makes the trial company, its project and a key pair where the installation has no company yet. */
export const ensureTrial = async (accounts: Accounts, keys: Keys): Promise<CreatedKey | undefined> => {
  if (await accounts.hasCompany()) return undefined;
  const { company, project } = await accounts.createCompany({
    companyName: 'Trial company',
    projectName: 'Trial project',
    limits: TRIAL_LIMITS,
  });
  return keys.create({ company, project, name: 'Trial key' });
};
