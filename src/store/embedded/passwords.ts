/** The database passwords of an embedded server: random, made once, kept in a file that only we can read. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomSecretBytes } from '../../foundation/secret.ts';

export const EMBEDDED_ROLES = ['vouchsafe_superuser', 'vouchsafe_owner', 'vouchsafe_app'] as const;
export type EmbeddedRole = (typeof EMBEDDED_ROLES)[number];
export type Passwords = Readonly<Record<EmbeddedRole, string>>;

const fileIn = (home: string): string => join(home, 'secrets', 'database.json');

/** The passwords, or undefined where there are none yet (or not all that are needed). */
export const readPasswords = (home: string): Passwords | undefined => {
  try {
    const found = JSON.parse(readFileSync(fileIn(home), 'utf8')) as Partial<Passwords>;
    return EMBEDDED_ROLES.every((role) => typeof found[role] === 'string') ? (found as Passwords) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const fresh = (): string => randomSecretBytes(32).toString('hex');

/** Makes 256-bit passwords (hexadecimal, hence safe inside a quoted SQL text) and keeps them with mode 0600. */
export const makePasswords = (home: string): Passwords => {
  const passwords = { vouchsafe_superuser: fresh(), vouchsafe_owner: fresh(), vouchsafe_app: fresh() };
  mkdirSync(join(home, 'secrets'), { recursive: true, mode: 0o700 });
  const temporary = `${fileIn(home)}.new`;
  writeFileSync(temporary, JSON.stringify(passwords), { mode: 0o600, flush: true });
  renameSync(temporary, fileIn(home));
  return passwords;
};
