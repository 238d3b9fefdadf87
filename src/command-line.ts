/** The command line: finds the command, gives it the configuration, turns its end into an exit code. */
import { keysCommand } from './commands/keys.ts';
import { type Command, UsageError } from './commands/command.ts';
import { gazetteerCommand } from './commands/gazetteer.ts';
import { membersCommand } from './commands/members.ts';
import { migrateCommand } from './commands/migrate.ts';
import { plansCommand } from './commands/plans.ts';
import { projectsCommand } from './commands/projects.ts';
import { serveCommand } from './commands/serve.ts';
import { verifyCommand } from './commands/verify.ts';
import { visitorCommand } from './commands/visitor.ts';
import { ConfigError, readConfig, VARIABLES } from './config.ts';
import { Problem } from './foundation/problem.ts';
import { CertificateError } from './http/load-certificate.ts';
import { CannotStart } from './store/cannot-start.ts';
import { VERSION } from './version.ts';

const COMMANDS: readonly Command[] = [
  serveCommand,
  migrateCommand,
  keysCommand,
  projectsCommand,
  plansCommand,
  membersCommand,
  gazetteerCommand,
  visitorCommand,
  verifyCommand,
];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const showHelp = (): void => {
  say(`vouchsafe ${VERSION}: a self-hosted server for data APIs whose security page is true\n`);
  say('Usage: vouchsafe COMMAND [words]     (here: npm run vouchsafe -- COMMAND [words])\n');
  for (const { name, summary } of COMMANDS) say(`  ${name.padEnd(10)} ${summary}`);
  say('\nMore about one: vouchsafe COMMAND --help\n\nEnvironment:');
  for (const { name, meaning, otherwise } of VARIABLES)
    say(`  ${name.padEnd(17)} ${meaning} (otherwise ${otherwise})`);
};

const showCommandHelp = ({ name, usage, summary, help }: Command): void => {
  say(`Usage: vouchsafe ${name} ${usage}\n\n${summary}\n`);
  for (const line of help) say(line);
};

/** Errors whose message is a sentence for the person at the terminal; anything else is a bug. */
const sentenceOf = (error: unknown): string | undefined => {
  if (error instanceof ConfigError || error instanceof CannotStart || error instanceof CertificateError)
    return error.message;
  if (error instanceof UsageError) return error.message;
  if (error instanceof Problem)
    return [error.title, error.detail].filter((part) => part !== undefined).join('. ');
  // What node:util's parseArgs throws.
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return error.message;
  return undefined;
};

const isMisuse = (error: unknown): boolean =>
  error instanceof ConfigError || error instanceof UsageError || error instanceof TypeError;

const run = async (words: readonly string[]): Promise<number> => {
  const [name = '--help', ...rest] = words;
  if (name === '--help' || name === '-h' || name === 'help') {
    showHelp();
    return 0;
  }
  if (name === '--version') {
    say(VERSION);
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) throw new UsageError(`There is no such command. See: vouchsafe --help`);
  if (rest.includes('--help') || rest.includes('-h')) {
    showCommandHelp(command);
    return 0;
  }
  return command.run(rest, { config: readConfig(), say });
};

// Whoever reads, such as `head`, may have had enough; a server goes on without a reader of its log.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const sentence = sentenceOf(error);
  if (sentence === undefined) throw error;
  complain(sentence);
  process.exitCode = isMisuse(error) ? 2 : 1;
}
