/** Makes a database cluster: initdb, roles and an empty database, all in a folder that is renamed when it is complete. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomSecretBytes } from '../../foundation/secret.ts';
import { CannotStart } from '../cannot-start.ts';
import type { Launcher } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EMBEDDED_ROLES, type Passwords } from './passwords.ts';

export interface Programs {
  readonly binaries: Binaries;
  readonly launcher: Launcher;
}

/** The name of the database inside an embedded cluster. */
export const DATABASE_NAME = 'vouchsafe';

/** Runs a PostgreSQL program to its end; rejects with the last of its messages when it fails. */
const run = (
  { binaries, launcher }: Programs,
  program: string,
  words: readonly string[],
  input: string,
): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const [file = program, ...rest] = [...launcher.prefix, program, ...words];
  const child = spawn(file, rest, {
    cwd: '/',
    env: binaries.environment,
    stdio: ['pipe', 'ignore', 'pipe'],
    ...(launcher.prefix.length === 0 ? launcher.account : undefined),
  });
  let messages = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-4000);
  });
  child.on('error', reject);
  child.on('close', (code) => {
    if (code === 0) resolve(undefined);
    else reject(new CannotStart(`PostgreSQL could not be set up (${basename(program)}): ${messages.trim()}`));
  });
  // A program that ended early has told why on its standard error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return promise;
};

/** PostgreSQL's single-user mode runs one statement per line; it needs no password and no socket. */
const runAlone = (
  programs: Programs,
  dataDirectory: string,
  database: string,
  statements: readonly string[],
): Promise<void> =>
  run(
    programs,
    programs.binaries.postgres,
    [
      '--single',
      '-D',
      dataDirectory,
      '-c',
      'exit_on_error=on',
      '-c',
      'log_min_messages=error',
      '-c',
      'log_error_verbosity=terse',
      '-c',
      'log_min_error_statement=panic',
      database,
    ],
    statements.map((statement) => `${statement}\n`).join(''),
  );

const setPasswords = (passwords: Passwords): readonly string[] =>
  EMBEDDED_ROLES.map((role) => `alter role ${role} login password '${passwords[role]}'`);

/** Gives the roles of an existing cluster new passwords, where the file with the old ones is lost. */
export const resetPasswords = (
  programs: Programs,
  dataDirectory: string,
  passwords: Passwords,
): Promise<void> => runAlone(programs, dataDirectory, 'postgres', setPasswords(passwords));

/** What an earlier attempt left; what cannot be removed now, because it is still being written, is removed next time. */
const removeDraft = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  } catch {
    // It is in nobody's way.
  }
};

/**
 * Makes the cluster at `dataDirectory`, which does not exist yet; a kill at any moment leaves either nothing there or
 * a complete cluster.
 * @param durable whether to flush everything to disk before the rename.
 */
export const initialiseCluster = async (
  programs: Programs,
  dataDirectory: string,
  passwords: Passwords,
  durable: boolean,
): Promise<void> => {
  const home = dirname(dataDirectory);
  const draft = `${basename(dataDirectory)}.new.`;
  for (const name of readdirSync(home)) {
    if (name.startsWith(draft)) removeDraft(join(home, name));
  }
  // A folder of its own for each attempt: an initdb that outlived its parent may still be writing into the last one.
  const unfinished = join(home, draft + randomSecretBytes(6).toString('hex'));
  mkdirSync(unfinished, { mode: 0o700 });
  chmodSync(unfinished, 0o700);
  const { account } = programs.launcher;
  if (account !== undefined) chownSync(unfinished, account.uid, account.gid);
  const words = [
    ['--pgdata', unfinished],
    ['--username', 'vouchsafe_superuser'],
    ['--encoding', 'UTF8'],
    ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    // Replaced below; until then nobody gets in.
    ['--auth-local', 'reject', '--auth-host', 'reject'],
    ['--data-checksums', '--no-instructions'],
    durable ? [] : ['--no-sync'],
  ].flat();
  await run(programs, programs.binaries.initdb, words, '');
  writeFileSync(join(unfinished, 'pg_hba.conf'), 'local all all scram-sha-256\n');
  await runAlone(programs, unfinished, 'postgres', [
    'create role vouchsafe_owner login nosuperuser nobypassrls nocreatedb nocreaterole',
    'create role vouchsafe_app login nosuperuser nobypassrls nocreatedb nocreaterole noinherit',
    'create role vouchsafe_system nologin nosuperuser nobypassrls nocreatedb nocreaterole',
    'create role vouchsafe_jobs nologin nosuperuser nobypassrls nocreatedb nocreaterole',
    // The owner may give functions to both, without having their rights itself.
    'grant vouchsafe_system to vouchsafe_owner with inherit false, set true',
    'grant vouchsafe_jobs to vouchsafe_owner with inherit false, set true',
    'grant set on parameter temp_file_limit to vouchsafe_app',
    ...setPasswords(passwords),
    `create database ${DATABASE_NAME} owner vouchsafe_owner`,
    `revoke all on database ${DATABASE_NAME} from public`,
    `grant connect on database ${DATABASE_NAME} to vouchsafe_app`,
  ]);
  renameSync(unfinished, dataDirectory);
};

/** Whether a complete cluster stands at this path. */
export const isInitialised = (dataDirectory: string): boolean =>
  existsSync(join(dataDirectory, 'PG_VERSION'));
