import { parseArgs } from 'node:util';
import { createAccounts, type Accounts } from '../accounts/service.ts';
import { systemClock } from '../foundation/clock.ts';
import { isId } from '../foundation/ids.ts';
import { openPremises } from '../house.ts';
import { PEPPER_ID } from '../installation/secrets.ts';
import { createKeys, type Keys, type KeySummary } from '../keys/service.ts';
import { createLog } from '../log.ts';
import { chooseProject, ownProjects } from './choose-project.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';

const OPTIONS = {
  project: { type: 'string' },
  name: { type: 'string' },
  reason: { type: 'string' },
} as const;

interface Services {
  readonly accounts: Accounts;
  readonly keys: Keys;
}

const withServices = async (
  { config, say }: CommandContext,
  work: (services: Services) => Promise<number>,
): Promise<number> => {
  const log = createLog(config.logLevel);
  const clock = systemClock;
  const { database, secrets, close } = await openPremises({
    config,
    mode: 'attach-or-start',
    clock,
    log,
    say,
  });
  try {
    const keys = createKeys({ database, pepper: secrets.pepperKey, pepperId: PEPPER_ID, clock });
    return await work({ accounts: createAccounts(database, clock), keys });
  } finally {
    await close();
  }
};

const day = (date: Date): string => date.toISOString().slice(0, 10);

const stateOf = (key: KeySummary): string => {
  if (key.revokedAt !== null) return `revoked ${day(key.revokedAt)}`;
  if (key.exposedAt !== null) return `EXPOSED ${day(key.exposedAt)}: rotate it`;
  if (key.expiresAt !== null) return `until ${day(key.expiresAt)}`;
  return 'in use';
};

const list = async ({ accounts, keys }: Services, say: (line: string) => void): Promise<number> => {
  let count = 0;
  for (const company of new Set((await ownProjects(accounts)).map((project) => project.company))) {
    for (const key of await keys.list(company)) {
      say(
        `${key.id}  ${key.project}  ${stateOf(key).padEnd(20)}  ${key.publicKey.slice(0, 18)}…  ${key.name}`,
      );
      count += 1;
    }
  }
  if (count === 0) say('There are no keys yet. Make one with: vouchsafe keys create');
  return 0;
};

/** Key pairs from the command line: create, list, revoke. */
export const keysCommand: Command = {
  name: 'keys',
  usage: 'create [--project ID] [--name NAME] | list | revoke KEY_ID [--reason TEXT]',
  summary: 'make, list and revoke key pairs',
  help: [
    'create   prints the secret once; only its digest is kept',
    'list     shows every key pair, never a secret',
    'revoke   takes effect on every worker within a second',
    'Exit codes: 0 done, 1 it failed, 2 the words are wrong.',
  ],
  run: async (words, context) => {
    const { positionals, values } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [action, id, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError('There are more words than keys takes.');
    const { say } = context;
    switch (action) {
      case 'create':
        return withServices(context, async ({ accounts, keys }) => {
          const { company, project } = await chooseProject(accounts, values.project);
          const created = await keys.create({
            company,
            project,
            name: values.name ?? 'Key from the command line',
          });
          say(`key         ${created.id}`);
          say(`public key  ${created.publicKey}`);
          say(`secret key  ${created.secret.expose()}   (shown only now)`);
          return 0;
        });
      case 'list':
        return withServices(context, (services) => list(services, say));
      case 'revoke':
        if (id === undefined || !isId('key', id))
          throw new UsageError('revoke takes the id of a key, key_…; see keys list.');
        return withServices(context, async ({ accounts, keys }) => {
          for (const { company } of await ownProjects(accounts)) {
            const key = (await keys.list(company)).find((candidate) => candidate.id === id);
            if (key === undefined) continue;
            await keys.revoke(company, id, values.reason ?? 'revoked from the command line');
            say(`${id} is revoked.`);
            return 0;
          }
          say(`There is no key ${id}. See: vouchsafe keys list`);
          return 1;
        });
      case undefined:
      default:
        throw new UsageError('keys takes create, list or revoke.');
    }
  },
};
