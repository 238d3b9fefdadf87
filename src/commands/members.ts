import { parseArgs } from 'node:util';
import { createAccounts } from '../accounts/service.ts';
import { ROLES, type Role } from '../foundation/caller.ts';
import { systemClock } from '../foundation/clock.ts';
import { deriveKey } from '../foundation/derive.ts';
import { canonicalEmail } from '../foundation/email.ts';
import { isId, type CompanyId } from '../foundation/ids.ts';
import { openPremises } from '../house.ts';
import { createLog } from '../log.ts';
import { inviteAsOperator } from '../members/operator-invitations.ts';
import { ownProjects } from './choose-project.ts';
import { type Command, UsageError } from './command.ts';

const OPTIONS = { company: { type: 'string' }, role: { type: 'string' } } as const;

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

const readEmail = (text: string | undefined): string => {
  const email = text === undefined ? undefined : canonicalEmail(text);
  if (email === undefined) throw new UsageError('invite takes a mail address, for example ann@example.com');
  return email;
};

const readRole = (text: string): Role => {
  if (isRole(text)) return text;
  throw new UsageError(`--role takes one of ${ROLES.join(', ')}.`);
};

const readCompany = (text: string | undefined): CompanyId | undefined => {
  if (text === undefined || isId('com', text)) return text;
  throw new UsageError('--company takes the id of a company, com_….');
};

/** The companies that people see, by their projects; every one has a first one. */
const chooseCompany = (
  projects: readonly { readonly company: CompanyId; readonly companyName: string }[],
  wanted: CompanyId | undefined,
): CompanyId => {
  if (wanted !== undefined) return wanted;
  const names = new Map(projects.map(({ company, companyName }) => [company, companyName]));
  const [only] = names.keys();
  if (only === undefined)
    throw new UsageError('There is no company yet; start the server once with npm start.');
  if (names.size === 1) return only;
  const choices = [...names].slice(0, 20).map(([id, name]) => `  ${id}  ${name}`);
  if (names.size > choices.length) choices.push(`  and ${names.size - choices.length} more`);
  throw new UsageError(`Say which company with --company:\n${choices.join('\n')}`);
};

/** Lets whoever runs the installation invite somebody to a company. */
export const membersCommand: Command = {
  name: 'members',
  usage: 'invite EMAIL [--company COMPANY_ID] [--role owner|admin|member|viewer]',
  summary: 'invite somebody to a company, such as the first owner of the trial',
  help: [
    'invite   mails a link that works once, for seven days, and only for this address; the role is owner where left out',
    '         and the company the only one there is. A running server sends the mail, or keeps it in its mailbox where',
    '         SMTP_URL is not set. The log of the company says that it was no member who invited.',
    'For an owner who cannot get in any more, because every second factor is lost: invite them at another address.',
    'Nobody can take a second factor away from an account but its owner.',
    'Exit codes: 0 done, 1 it failed, 2 the words are wrong.',
  ],
  run: async (words, { config, say }) => {
    const { positionals, values } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [action, text, ...rest] = positionals;
    if (action !== 'invite') throw new UsageError('members takes invite.');
    if (rest.length > 0) throw new UsageError('There are more words than members invite takes.');
    const email = readEmail(text);
    const role = readRole(values.role ?? 'owner');
    const wanted = readCompany(values.company);
    const clock = systemClock;
    const log = createLog(config.logLevel);
    const { database, secrets, close } = await openPremises({
      config,
      mode: 'attach-or-start',
      clock,
      log,
      say,
    });
    try {
      const company = chooseCompany(await ownProjects(createAccounts(database, clock)), wanted);
      const linkKey = deriveKey(secrets.master, 'link');
      const name = await inviteAsOperator({ database, linkKey }, company, { email, role }, clock.now());
      const where =
        config.smtpUrl === null
          ? `The mail lies in the mailbox of the running server: http://127.0.0.1:${config.adminPort}/mailbox`
          : 'The mail is sent by the running server.';
      say(`Invited as ${role} of ${name}. ${where}`);
      return 0;
    } finally {
      await close();
    }
  },
};
