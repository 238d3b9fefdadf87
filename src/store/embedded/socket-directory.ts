/** Where the Unix socket lies: in the data directory, or, where that path is too long for one, in a private folder. */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotStart } from '../cannot-start.ts';
import type { Launcher } from './account.ts';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with a closing zero (unix(7)). */
const LONGEST_SOCKET_PATH = 103;

/** The socket's number; it names a file, not a network port. */
export const SOCKET_PORT = 5432;

const socketFile = (directory: string): string => join(directory, `.s.PGSQL.${SOCKET_PORT}`);

/** The directory for the socket of a data directory; the same for every process that asks. Makes nothing. */
export const socketDirectoryOf = (home: string): string => {
  const inside = join(home, 'run');
  // PostgreSQL reads the setting as a list with quotes, hence the plain alphabet.
  if (/^[\w./-]+$/.test(inside) && Buffer.byteLength(`${socketFile(inside)}.lock`) <= LONGEST_SOCKET_PATH)
    return inside;
  return join(tmpdir(), `vouchsafe-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
};

/**
 * Makes the directory, mode 0700 and owned by PostgreSQL's account, and removes what a killed server left in it.
 * Call only while no server of this data directory runs. A folder in the shared temporary directory that somebody
 * else has made in our place is refused.
 */
export const prepareSocketDirectory = (directory: string, launcher: Launcher): void => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stats = lstatSync(directory);
  const allowed = [process.getuid?.() ?? stats.uid, launcher.account?.uid];
  if (!stats.isDirectory() || !allowed.includes(stats.uid)) {
    throw new CannotStart(
      `The folder ${directory} belongs to another user; remove it or choose a shorter DATA_DIR.`,
    );
  }
  chmodSync(directory, 0o700);
  if (launcher.account !== undefined) chownSync(directory, launcher.account.uid, launcher.account.gid);
  for (const name of readdirSync(directory)) {
    if (name.startsWith('.s.PGSQL.')) rmSync(join(directory, name), { force: true });
  }
};
