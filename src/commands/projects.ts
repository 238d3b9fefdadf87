import { parseArgs } from 'node:util';
import { createAccounts } from '../accounts/service.ts';
import { systemClock } from '../foundation/clock.ts';
import { openPremises } from '../house.ts';
import { createLog } from '../log.ts';
import { ownProjects } from './choose-project.ts';
import { type Command, UsageError } from './command.ts';

const OPTIONS = { 'per-second': { type: 'string' }, 'per-day': { type: 'string' } } as const;

const whole = (option: string, text: string, least: number, most: number): number => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `--${option} takes a whole number from ${least} to ${most}, for example --${option} 100`,
  );
};

/** What each project may use. */
export const projectsCommand: Command = {
  name: 'projects',
  usage: 'list | limit PROJECT_ID [--per-second N] [--per-day N|none]',
  summary: 'list projects and set what they may use',
  help: [
    'Limits take effect on every worker within a second.',
    'Exit codes: 0 done, 1 it failed, 2 the words are wrong.',
  ],
  run: async (words, { config, say }) => {
    const { positionals, values } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [action, id] = positionals;
    if (action !== 'list' && action !== 'limit') throw new UsageError('projects takes list or limit.');
    const log = createLog(config.logLevel);
    const { database, close } = await openPremises({
      config,
      mode: 'attach-or-start',
      clock: systemClock,
      log,
      say,
    });
    try {
      const accounts = createAccounts(database, systemClock);
      const projects = await ownProjects(accounts);
      if (action === 'list') {
        for (const { project, projectName, companyName, limits } of projects) {
          say(
            `${project}  ${limits.perSecond} a second, ${limits.perDay ?? 'any number'} a day  ${companyName}: ${projectName}`,
          );
        }
        return 0;
      }
      const found = projects.find(({ project }) => project === id);
      if (found === undefined)
        throw new UsageError('limit takes the id of a project, prj_…; see projects list.');
      const perSecond = values['per-second'];
      const perDay = values['per-day'];
      const limits = {
        ...found.limits,
        perSecond:
          perSecond === undefined ? found.limits.perSecond : whole('per-second', perSecond, 1, 1_000_000),
        perDay:
          perDay === undefined
            ? found.limits.perDay
            : perDay === 'none'
              ? null
              : whole('per-day', perDay, 0, 2_000_000_000),
      };
      await accounts.setLimits(found.company, found.project, limits);
      say(
        `${found.project} may now make ${limits.perSecond} requests a second and ${limits.perDay ?? 'any number'} a day.`,
      );
      return 0;
    } finally {
      await close();
    }
  },
};
