import { parseArgs } from 'node:util';
import { createAccounts, type Accounts } from '../accounts/service.ts';
import { systemClock } from '../foundation/clock.ts';
import { deriveKey } from '../foundation/derive.ts';
import { isId, type CompanyId, type KeyId } from '../foundation/ids.ts';
import { openPremises } from '../house.ts';
import { PEPPER_ID } from '../installation/secrets.ts';
import { LONGEST_OVERLAP_HOURS, REVEAL_MS, USUAL_OVERLAP_HOURS } from '../keys/limits.ts';
import { sendRevealLink } from '../keys/reveal-link.ts';
import { createKeys, type CreatedKey, type Keys, type KeySummary } from '../keys/service.ts';
import { createLog } from '../log.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { chooseProject, ownProjects } from './choose-project.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';

const OPTIONS = {
  project: { type: 'string' },
  name: { type: 'string' },
  reason: { type: 'string' },
  overlap: { type: 'string' },
  scope: { type: 'string', multiple: true },
  network: { type: 'string', multiple: true },
  expires: { type: 'string' },
} as const;

interface Services {
  readonly accounts: Accounts;
  readonly keys: Keys;
  /** Resolves to how many owners get the link. */
  readonly sendLink: (company: CompanyId, key: KeyId) => Promise<number>;
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
    const keys = createKeys({
      database,
      pepper: secrets.pepperKey,
      pepperId: PEPPER_ID,
      clock,
      isLogged: true,
    });
    const linkKey = deriveKey(secrets.master, 'link');
    return await work({
      accounts: createAccounts(database, clock),
      keys,
      sendLink: (company, key) =>
        sendRevealLink({ database, linkKey, enqueueMail }, company, key, clock.now()),
    });
  } finally {
    await close();
  }
};

const day = (date: Date): string => date.toISOString().slice(0, 10);

const stateOf = (key: KeySummary): string => {
  if (key.revokedAt !== null) return `revoked ${day(key.revokedAt)}`;
  if (key.exposedAt !== null) return `EXPOSED ${day(key.exposedAt)}: rotate it`;
  if (key.expiresAt !== null && key.expiresAt.getTime() <= systemClock.now())
    return `over since ${day(key.expiresAt)}`;
  if (key.expiresAt !== null) return `until ${day(key.expiresAt)}`;
  return 'in use';
};

const lastUse = ({ usedAt }: KeySummary): string => (usedAt === null ? 'never     ' : day(usedAt));

const list = async ({ accounts, keys }: Services, say: (line: string) => void): Promise<number> => {
  let count = 0;
  for (const company of new Set((await ownProjects(accounts)).map((project) => project.company))) {
    for (const key of await keys.list(company)) {
      say(
        `${key.id}  ${key.project}  ${stateOf(key).padEnd(20)}  ${key.publicKey.slice(0, 18)}…  used ${lastUse(key)}  ${key.name}`,
      );
      if (key.networks.length > 0) say(`  from ${key.networks.join(' ')}`);
      count += 1;
    }
  }
  if (count === 0) say('There are no keys yet. Make one with: vouchsafe keys create');
  return 0;
};

const keyId = (action: string, text: string | undefined): KeyId => {
  if (text === undefined || !isId('key', text))
    throw new UsageError(`${action} takes the id of a key, key_…; see keys list.`);
  return text;
};

const overlapHours = (text: string | undefined): number => {
  if (text === undefined) return USUAL_OVERLAP_HOURS;
  const hours = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (hours <= LONGEST_OVERLAP_HOURS) return hours;
  throw new UsageError(
    `--overlap takes whole hours from 0 to ${LONGEST_OVERLAP_HOURS}, for example --overlap ${USUAL_OVERLAP_HOURS}`,
  );
};

/** A day, or a moment, as the end of a key; null for `never`. */
const endOf = (text: string | undefined): string | null | undefined => {
  if (text === undefined) return undefined;
  if (text === 'never') return null;
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
};

/** `any` lifts the limits of networks. */
const networksOf = (networks: readonly string[] | undefined): readonly string[] | undefined =>
  networks?.length === 1 && networks[0] === 'any' ? [] : networks;

/** Does something with a key, whichever company it belongs to; exit code 1 where there is none of this id. */
const withKey = (
  context: CommandContext,
  id: KeyId,
  work: (services: Services, company: CompanyId) => Promise<void>,
): Promise<number> =>
  withServices(context, async (services) => {
    const { accounts, keys } = services;
    for (const company of new Set((await ownProjects(accounts)).map((project) => project.company))) {
      if (!(await keys.list(company)).some((candidate) => candidate.id === id)) continue;
      await work(services, company);
      return 0;
    }
    context.say(`There is no key ${id}. See: vouchsafe keys list`);
    return 1;
  });

const showSecret = ({ id, publicKey, secret }: CreatedKey, say: (line: string) => void): void => {
  say(`key         ${id}`);
  say(`public key  ${publicKey}`);
  say(`secret key  ${secret.expose()}   (shown only now)`);
};

/** Key pairs from the command line: create, list, change, rotate, send a link to a new secret, revoke. */
export const keysCommand: Command = {
  name: 'keys',
  usage:
    'create [--project ID] [--name NAME] [settings] | list | change KEY_ID [--name NAME] [settings] | rotate KEY_ID [--overlap HOURS] | send-link KEY_ID | revoke KEY_ID [--reason TEXT]',
  summary: 'make, list, change, rotate and revoke key pairs',
  help: [
    'create   prints the secret once; only its digest is kept',
    'list     shows every key pair, never a secret',
    'change   gives a key pair another name or other settings; what is left out stays',
    'settings --scope WORD, more than once for several; --network CIDR, more than once for several, or any;',
    '         --expires YYYY-MM-DD, a moment as of RFC 3339, or never',
    `rotate   prints a new secret once; the one before works for ${USUAL_OVERLAP_HOURS} hours more, or as --overlap says (0 to ${LONGEST_OVERLAP_HOURS})`,
    `send-link mails the owners a link that works once, for ${REVEAL_MS / 60_000} minutes: an owner or admin who signs in makes a`,
    '         new secret with it and alone sees it; you never do',
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
            scopes: values.scope,
            networks: networksOf(values.network),
            expires_at: endOf(values.expires) ?? undefined,
          });
          showSecret(created, say);
          return 0;
        });
      case 'list':
        return withServices(context, (services) => list(services, say));
      case 'change': {
        const key = keyId(action, id);
        const change = {
          ...(values.name === undefined ? {} : { name: values.name }),
          ...(values.scope === undefined ? {} : { scopes: values.scope }),
          ...(values.network === undefined ? {} : { networks: networksOf(values.network) }),
          ...(values.expires === undefined ? {} : { expires_at: endOf(values.expires) }),
        };
        if (Object.keys(change).length === 0)
          throw new UsageError('change takes what is to be other: --name, --scope, --network, --expires.');
        return withKey(context, key, async ({ keys }, company) => {
          await keys.change(company, key, change);
          say(`${key} is as you want it.`);
        });
      }
      case 'rotate': {
        const key = keyId(action, id);
        const hours = overlapHours(values.overlap);
        return withKey(context, key, async ({ keys }, company) => {
          showSecret(await keys.rotate(company, key, hours), say);
          say(
            hours === 0 ? 'The secret before is over.' : `The secret before works for ${hours} hours more.`,
          );
        });
      }
      case 'revoke': {
        const key = keyId(action, id);
        return withKey(context, key, async ({ keys }, company) => {
          await keys.revoke(company, key, values.reason ?? 'revoked from the command line');
          say(`${key} is revoked.`);
        });
      }
      case 'send-link': {
        const key = keyId(action, id);
        return withKey(context, key, async ({ sendLink }, company) => {
          const owners = await sendLink(company, key);
          say(owners === 1 ? 'The owner gets the link.' : `${owners} owners get the link; it works once.`);
          say(
            context.config.smtpUrl === null
              ? `It lies in the mailbox of the running server: http://127.0.0.1:${context.config.adminPort}/mailbox`
              : 'It is sent by the running server.',
          );
        });
      }
      case undefined:
      default:
        throw new UsageError('keys takes create, list, change, rotate, send-link or revoke.');
    }
  },
};
