import { parseArgs } from 'node:util';
import { createPlans, type Plan, type Plans } from '../accounts/plans.ts';
import type { ProjectLimits } from '../foundation/caller.ts';
import { systemClock } from '../foundation/clock.ts';
import { isId } from '../foundation/ids.ts';
import { openPremises } from '../house.ts';
import { createLog } from '../log.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import { LIMIT_HELP, LIMIT_OPTIONS, limitsFrom, sayLimits, type LimitValues } from './limit-options.ts';

const list = async (plans: Plans, say: (line: string) => void): Promise<void> => {
  const holders = await plans.holders();
  for (const { name, limits } of await plans.list()) {
    say(`${name.padEnd(12)}  ${sayLimits(limits)}`);
    for (const holder of holders.filter(({ plan }) => plan === name))
      say(`  ${holder.company}  ${holder.name}`);
  }
};

const nameOf = (action: string, text: string | undefined): string => {
  if (text !== undefined && /^[a-z][a-z0-9-]{0,31}$/.test(text)) return text;
  throw new UsageError(
    `${action} takes the name of a plan: up to 32 lower-case letters, digits and hyphens, a letter first.`,
  );
};

/** Nothing is left open but the rate, which a new plan has to be told. */
const NEW: Omit<ProjectLimits, 'perSecond' | 'burst'> = { perDay: null, perMonth: null, isSoft: false };

const set = async (
  plans: Plans,
  name: string,
  values: LimitValues,
  say: (line: string) => void,
): Promise<void> => {
  const before: Plan | undefined = (await plans.list()).find((plan) => plan.name === name);
  if (before === undefined && values['per-second'] === undefined)
    throw new UsageError('A new plan takes --per-second, for example --per-second 100');
  const limits = limitsFrom(values, before?.limits ?? { perSecond: 1, burst: 1, ...NEW });
  const companies = await plans.set({ name, limits });
  say(
    `${name}: ${sayLimits(limits)}. ${companies === 1 ? 'One company has' : `${companies} companies have`} it.`,
  );
};

/** Reads the words before anything is opened. */
const plan = (words: readonly string[]): ((plans: Plans, say: (line: string) => void) => Promise<void>) => {
  const { positionals, values } = parseArgs({
    args: [...words],
    options: LIMIT_OPTIONS,
    allowPositionals: true,
  });
  const [action, first, second, ...rest] = positionals;
  const expected = action === 'list' ? 1 : action === 'give' ? 3 : 2;
  if (rest.length > 0 || positionals.length > expected)
    throw new UsageError('There are more words than plans takes.');
  if (action !== 'set' && Object.keys(values).length > 0)
    throw new UsageError('Only plans set takes limits.');
  switch (action) {
    case 'list':
      return list;
    case 'set': {
      const name = nameOf('set', first);
      if (Object.keys(values).length === 0)
        throw new UsageError(
          'set takes what is to hold: --per-second, --burst, --per-day, --per-month, --soft.',
        );
      return (plans, say) => set(plans, name, values, say);
    }
    case 'remove': {
      const name = nameOf('remove', first);
      return async (plans, say) => {
        await plans.remove(name);
        say(`${name} is removed.`);
      };
    }
    case 'give': {
      if (first === undefined || !isId('com', first))
        throw new UsageError('give takes the id of a company, com_…; see plans list.');
      const name = nameOf('give', second);
      return async (plans, say) => {
        await plans.give(first, name);
        say(`${first} has the plan ${name}. Projects with limits of their own keep them.`);
      };
    }
    case undefined:
    default:
      throw new UsageError('plans takes list, set, remove or give.');
  }
};

/** What the projects of a company may use that have no limits of their own. */
export const plansCommand: Command = {
  name: 'plans',
  usage: 'list | set NAME [limits] | remove NAME | give COMPANY_ID NAME',
  summary: 'set what companies may use, by plan',
  help: [
    'list     shows every plan and the companies that have it',
    'set      makes a plan, which takes --per-second, or gives one other limits; what is left out stays',
    'remove   removes a plan that no company has',
    'give     gives a company a plan; new companies have the plan standard',
    ...LIMIT_HELP,
    'Limits take effect on every worker within a second, and the company finds the change in its audit log.',
    'Exit codes: 0 done, 1 it failed, 2 the words are wrong.',
  ],
  run: async (words, { config, say }: CommandContext) => {
    const work = plan(words);
    const premises = await openPremises({
      config,
      mode: 'attach-or-start',
      clock: systemClock,
      log: createLog(config.logLevel),
      say,
    });
    try {
      await work(createPlans(premises.database, systemClock), say);
      return 0;
    } finally {
      await premises.close();
    }
  },
};
