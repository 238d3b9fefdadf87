import { parseArgs } from 'node:util';
import { createAccounts, type Accounts } from '../accounts/service.ts';
import { systemClock } from '../foundation/clock.ts';
import { openPremises } from '../house.ts';
import { createLog } from '../log.ts';
import { ownProjects } from './choose-project.ts';
import { type Command, UsageError } from './command.ts';
import { hasLimits, LIMIT_HELP, LIMIT_OPTIONS, limitsFrom, sayLimits } from './limit-options.ts';

const OPTIONS = { ...LIMIT_OPTIONS, 'by-plan': { type: 'boolean' } } as const;

type Say = (line: string) => void;

const list = async (accounts: Accounts, say: Say): Promise<void> => {
  for (const { project, projectName, companyName, limits, plan, hasOwnLimits } of await ownProjects(
    accounts,
  )) {
    const whose = hasOwnLimits ? 'its own' : `plan ${plan}`;
    say(`${project}  ${sayLimits(limits)} (${whose})  ${companyName}: ${projectName}`);
  }
};

/** Reads the words before anything is opened. */
const plan = (words: readonly string[]): ((accounts: Accounts, say: Say) => Promise<void>) => {
  const { positionals, values } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  const [action, id, ...rest] = positionals;
  if (action !== 'list' && action !== 'limit') throw new UsageError('projects takes list or limit.');
  if (rest.length > 0) throw new UsageError('There are more words than projects takes.');
  if (action === 'list') return list;
  const isByPlan = values['by-plan'] === true;
  if (isByPlan && hasLimits(values)) throw new UsageError('Say --by-plan or limits of its own, not both.');
  if (!isByPlan && !hasLimits(values))
    throw new UsageError(
      'limit takes what is to hold: --per-second, --burst, --per-day, --per-month, --soft, or --by-plan.',
    );
  return async (accounts, say) => {
    const found = (await ownProjects(accounts)).find(({ project }) => project === id);
    if (found === undefined)
      throw new UsageError('limit takes the id of a project, prj_…; see projects list.');
    const limits = isByPlan ? null : limitsFrom(values, found.limits);
    await accounts.setLimits(found.company, found.project, limits);
    say(
      limits === null
        ? `${found.project} has the limits of the plan ${found.plan}.`
        : `${found.project} may now make ${sayLimits(limits)}.`,
    );
  };
};

/** What each project may use. */
export const projectsCommand: Command = {
  name: 'projects',
  usage: 'list | limit PROJECT_ID [limits] | limit PROJECT_ID --by-plan',
  summary: 'list projects and set what they may use',
  help: [
    'list     shows every project and its limits',
    "limit    gives a project limits of its own; what is left out stays, and no longer follows its company's plan",
    ...LIMIT_HELP,
    "--by-plan        the limits of its company's plan again",
    'Limits take effect on every worker within a second, and the company finds the change in its audit log.',
    'Exit codes: 0 done, 1 it failed, 2 the words are wrong.',
  ],
  run: async (words, { config, say }) => {
    const work = plan(words);
    const { database, close } = await openPremises({
      config,
      mode: 'attach-or-start',
      clock: systemClock,
      log: createLog(config.logLevel),
      say,
    });
    try {
      await work(createAccounts(database, systemClock), say);
      return 0;
    } finally {
      await close();
    }
  },
};
