/** Under which account PostgreSQL runs: it refuses root, and its account must be able to reach its files. */
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { CannotStart } from '../cannot-start.ts';
import type { Binaries } from './binaries.ts';

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** How to start a PostgreSQL program: as ourselves, as another account, or through setpriv. */
export interface Launcher {
  /** The other account; undefined when PostgreSQL runs as ourselves. */
  readonly account: Account | undefined;
  /** Words to put before the program and its arguments; empty where none are needed. */
  readonly prefix: readonly string[];
}

const accountNamed = (name: string): Account | undefined => {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
};

const ownerOf = (path: string): Account | undefined => {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined || stats.uid === 0 ? undefined : { uid: stats.uid, gid: stats.gid };
};

const READ = 4;
const ENTER = 1;

const isAllowed = (stats: Stats, account: Account, bits: number): boolean => {
  const shift = stats.uid === account.uid ? 6 : stats.gid === account.gid ? 3 : 0;
  return ((stats.mode >> shift) & bits) === bits;
};

/** Whether the account may enter this directory, and so every directory above it. */
const canEnter = (directory: string, account: Account): boolean => {
  for (let folder = realpathSync(directory); ; folder = dirname(folder)) {
    if (!isAllowed(statSync(folder), account, ENTER)) return false;
    if (folder === dirname(folder)) return true;
  }
};

const canUse = (path: string, account: Account): boolean =>
  canEnter(dirname(path), account) && isAllowed(statSync(path), account, READ | ENTER);

/**
 * The one capability that lets PostgreSQL pass through directories closed to its account, such as a repository under
 * /root; containers often lack the first and have the second. `no_setuid_fixup` is needed because initdb asks
 * access(2), which otherwise ignores the capabilities of anyone but root (capabilities(7), SECBIT_NO_SETUID_FIXUP).
 */
const CAPABILITIES = ['dac_read_search', 'dac_override'];

const setprivPrefix = (account: Account, capability: string): readonly string[] => [
  'setpriv',
  `--reuid=${account.uid}`,
  `--regid=${account.gid}`,
  '--clear-groups',
  `--inh-caps=-all,+${capability}`,
  `--ambient-caps=-all,+${capability}`,
  '--securebits=+no_setuid_fixup',
  '--no-new-privs',
  '--',
];

const starts = (prefix: readonly string[], binaries: Binaries): boolean => {
  const [program, ...rest] = [...prefix, binaries.postgres, '--version'];
  if (program === undefined) return false;
  try {
    execFileSync(program, rest, { env: binaries.environment, stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
};

/**
 * Chooses the account: ourselves unless we are root; then the owner of the data directory, `postgres` or `nobody`.
 * @param home the data directory of Vouchsafe, which exists.
 */
export const chooseLauncher = (home: string, binaries: Binaries): Launcher => {
  if (process.getuid?.() !== 0) return { account: undefined, prefix: [] };
  const account =
    ownerOf(join(home, 'postgres')) ?? ownerOf(home) ?? accountNamed('postgres') ?? accountNamed('nobody');
  if (account !== undefined) {
    const folders = [
      binaries.postgres,
      join(binaries.root, 'lib'),
      join(binaries.root, 'share', 'postgresql'),
    ];
    if (folders.every((path) => canUse(path, account)) && canEnter(home, account)) {
      return { account, prefix: [] };
    }
    for (const capability of CAPABILITIES) {
      const prefix = setprivPrefix(account, capability);
      if (starts(prefix, binaries)) return { account, prefix };
    }
  }
  throw new CannotStart(
    'PostgreSQL does not run as root, and no other account can reach its files from here; ' +
      'start Vouchsafe as an ordinary user, or keep it and DATA_DIR in folders that everyone may enter, such as DATA_DIR=/var/lib/vouchsafe, or set DATABASE_URL.',
  );
};
