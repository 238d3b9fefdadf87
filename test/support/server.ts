/** The real server as a child process, as `npm start` runs it, and everything to talk to it, stop it and kill it. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { request as requestHttp, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { gazetteerPath } from '../../src/imports/base-file.ts';
import { connect } from '../../src/store/connection.ts';
import { DATABASE_NAME } from '../../src/store/embedded/initialise.ts';
import { readPasswords } from '../../src/store/embedded/passwords.ts';
import { SOCKET_PORT, socketDirectoryOf } from '../../src/store/embedded/socket-directory.ts';
import { loadTestGazetteer, testGazetteerPath } from './gazetteer.ts';
import { familyOf, isAlive, postmasterOf, processesNaming, signalAll } from './processes.ts';
import { PROJECT_ROOT } from './sources.ts';

const MAIN = join(PROJECT_ROOT, 'src', 'main.ts');
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 40_000;

/** One place for everything that a server can write to: its DATA_DIR, its temporary and its working directory. */
export interface Home {
  readonly folder: string;
  readonly dataDir: string;
  readonly temporary: string;
  readonly working: string;
}

/** How a process ended: an exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address to come from, one of 127.0.0.0/8. */
  readonly from?: string;
  /** The secret key to send as a Bearer token. */
  readonly key?: string;
}

export interface RawOptions {
  readonly from?: string;
  /** `secure` where left out. */
  readonly to?: 'secure' | 'plain' | 'tcp';
  /** Breaks the connection off when the bytes have been written, instead of waiting for the other side. */
  readonly abort?: boolean;
  readonly tls?: ConnectionOptions;
  /** Milliseconds; the connection is destroyed after them. */
  readonly patience?: number;
}

export type RunSql = <Row = Record<string, unknown>>(
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>;

export interface TableText {
  readonly name: string;
  /** One row a line. */
  readonly text: string;
}

/** A process that has been started, ready or not. */
export interface Launched {
  readonly home: Home;
  readonly child: ChildProcess;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Settles when the process has ended and all its output is here. */
  readonly exited: Promise<Exit>;
}

export interface RunningServer extends Launched {
  readonly url: string;
  readonly port: number;
  readonly httpPort: number;
  readonly adminPort: number;
  /** PEM of the local certificate authority; the only one that `request` trusts. */
  readonly ca: string;
  /** What stands on standard output at the very first start. */
  readonly trialSecret: string | undefined;
  request(path: string, call?: Call): Promise<Answer>;
  /** The same over the plain HTTP port. */
  requestPlainly(path: string, call?: Call): Promise<Answer>;
  /** The administrative listener. */
  ask(path: string, method?: string): Promise<Answer>;
  /** Writes bytes on a connection of its own; resolves with all that came back, as latin1. */
  raw(bytes: string | Buffer, options?: RawOptions): Promise<string>;
  /** SQL as the database's superuser. */
  readonly sql: RunSql;
  /** Every table that there is, read by the superuser. */
  tables(): Promise<readonly TableText[]>;
  /** SIGTERM; resolves when the process has ended. */
  stop(): Promise<Exit>;
  /** SIGKILL of the server's own process, or of PostgreSQL's processes as well. */
  kill(what: 'node' | 'everything'): Promise<void>;
}

export interface ServerOptions {
  /** Where it lives; a fresh home where left out. */
  readonly home?: Home;
  readonly env?: Readonly<Record<string, string>>;
  /** URLs of modules that are loaded before the program, in every thread. */
  readonly imports?: readonly string[];
  /** The certificate authority of the operator's own certificate. */
  readonly caPath?: string;
}

const homes: Home[] = [];
const launched: Launched[] = [];

/** A fresh home with a gazetteer in it, so that a start is quick. Removed after the tests. */
export const makeHome = async (): Promise<Home> => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-server-'));
  // PostgreSQL's account may have to pass through.
  chmodSync(folder, 0o711);
  const home: Home = {
    folder,
    dataDir: join(folder, 'data'),
    temporary: join(folder, 'tmp'),
    working: join(folder, 'cwd'),
  };
  homes.push(home);
  mkdirSync(home.temporary);
  mkdirSync(home.working);
  mkdirSync(join(home.dataDir, 'gazetteer'), { recursive: true });
  chmodSync(home.dataDir, 0o711);
  await loadTestGazetteer();
  const index = gazetteerPath(home.dataDir);
  try {
    linkSync(testGazetteerPath(), index);
  } catch {
    copyFileSync(testGazetteerPath(), index);
  }
  return home;
};

/** The whole environment of a server or command: nothing of the test runner's own. */
const environmentFor = (home: Home, more: Readonly<Record<string, string>>): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home.working,
  TMPDIR: home.temporary,
  DATA_DIR: home.dataDir,
  PORT: '0',
  HTTP_PORT: '0',
  ADMIN_PORT: '0',
  WORKERS: '2',
  ...more,
});

const launch = (words: readonly string[], home: Home, options: ServerOptions): Launched => {
  const imports = (options.imports ?? []).flatMap((url) => ['--import', url]);
  const child = spawn(process.execPath, [...imports, MAIN, ...words], {
    cwd: home.working,
    env: environmentFor(home, options.env ?? {}),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const process_: Launched = {
    home,
    child,
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    exited,
  };
  launched.push(process_);
  return process_;
};

/** Starts `serve` without waiting for it. */
export const launchServer = async (options: ServerOptions = {}): Promise<Launched> =>
  launch(['serve'], options.home ?? (await makeHome()), options);

/** Starts another command without waiting for it. */
export const launchCommand = (
  words: readonly string[],
  options: ServerOptions & { readonly home: Home },
): Launched => launch(words, options.home, options);

/** Runs another command to its end. */
export const runCommand = async (
  words: readonly string[],
  options: ServerOptions & { readonly home: Home },
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> => {
  const command = launchCommand(words, options);
  const exit = await command.exited;
  return { ...exit, stdout: command.stdout(), stderr: command.stderr() };
};

/** Between two questions over HTTP of one who is signed in: they have a rate of thirty a second (src/app.ts). */
export const PACE_OF_PEOPLE_MS = 100;

/** Waits until a condition holds, and looks again after `paceMs`. @throws when it does not within the time. */
export const until = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  patienceMs = 10_000,
  paceMs = 20,
): Promise<void> => {
  const end = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${patienceMs} ms`);
    await sleep(paceMs);
  }
};

const keyHeader = ({ key }: Call): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` };

const lengthHeader = ({ body }: Call): Record<string, string> =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };

const send = (start: typeof requestHttp, options: RequestOptions, call: Call): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const settings = {
      host: '127.0.0.1',
      agent: false,
      timeout: 30_000,
      method: call.method ?? 'GET',
      // Given for GET as well, where Node would leave it out and send the body as a second request.
      headers: { ...keyHeader(call), ...lengthHeader(call), ...call.headers },
      ...(call.from === undefined ? {} : { localAddress: call.from }),
      ...options,
    };
    const sent = start(settings, (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('error', reject);
      message.on('end', () =>
        resolve({
          status: message.statusCode ?? 0,
          headers: message.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within the time')));
    sent.on('error', reject);
    sent.end(call.body);
  });

const exchangeRaw = (
  open: () => Socket,
  bytes: string | Buffer,
  options: RawOptions,
  ready: string,
): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = open();
    const timer = setTimeout(() => socket.destroy(), options.patience ?? 15_000);
    socket.once(ready, () => {
      if (options.abort === true) socket.write(bytes, () => socket.destroy());
      else socket.write(bytes);
    });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // What hostile bytes bring is often a reset; what came before it counts.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
  });

/** SQL on one connection as the superuser of a home's running database. */
const asSuperuser = async <Value>(home: Home, work: (run: RunSql) => Promise<Value>): Promise<Value> => {
  const password = readPasswords(home.dataDir)?.vouchsafe_superuser;
  const host = socketDirectoryOf(home.dataDir);
  const login = { host, port: SOCKET_PORT, user: 'vouchsafe_superuser', password, database: DATABASE_NAME };
  const client = await connect({ ...login, role: undefined, tls: false }, { name: 'test' });
  try {
    return await work(async (text, values = []) => (await client.query(text, [...values])).rows as never);
  } finally {
    await client.end();
  }
};

/** Every row of every table as text, and what the database remembers of sessions and statements. */
const readTables = (home: Home): Promise<readonly TableText[]> =>
  asSuperuser(home, async (run) => {
    const tables = await run<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c
       where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't' order by 1`,
    );
    const views = ['pg_stat_activity', 'pg_prepared_statements', 'pg_settings', 'pg_stats'];
    const texts: TableText[] = [];
    for (const name of [...tables.map((table) => table.name), ...views]) {
      const rows = await run<{ row: string }>(`select t::text as row from ${name} as t`);
      texts.push({ name, text: rows.map(({ row }) => row).join('\n') });
    }
    return texts;
  });

const killDatabase = async (home: Home): Promise<void> => {
  const postmaster = postmasterOf(home.dataDir);
  if (postmaster === undefined) return;
  const family = familyOf(postmaster);
  signalAll(family, 'SIGKILL');
  await until('the killed database is gone', () => !family.some(isAlive));
};

/** Kills a process group at once, and nothing where it is gone already. */
const killGroup = (pid: number): void => {
  if (pid > 0) signalAll([-pid], 'SIGKILL');
};

const waitUntilReady = async (server: Launched): Promise<RegExpExecArray> => {
  let ended: Exit | undefined;
  void server.exited.then((exit) => (ended = exit));
  let line: RegExpExecArray | null = null;
  await until(
    'the server is ready',
    () => {
      line = /^Ready at (https:\S+) .*$/m.exec(server.stdout());
      return line !== null || ended !== undefined;
    },
    START_PATIENCE_MS,
  );
  if (line === null) {
    throw new Error(`the server ended with ${JSON.stringify(ended)}\n${server.stdout()}\n${server.stderr()}`);
  }
  return line;
};

/** Starts the server and waits until it says that it is ready. */
export const startServer = async (options: ServerOptions = {}): Promise<RunningServer> => {
  const server = await launchServer(options);
  const { home, child } = server;
  const [line, url = ''] = await waitUntilReady(server);
  const port = Number(new URL(url).port || '443');
  const httpPort = Number(/plain HTTP on (\d+)/.exec(line)?.[1] ?? 0);
  const adminPort = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? 0);
  const caPath = options.caPath ?? join(home.dataDir, 'tls', 'ca.pem');
  const ca = existsSync(caPath) ? readFileSync(caPath, 'utf8') : '';
  const tls = { ca, servername: 'localhost' };

  const open = ({ from, to, tls: more }: RawOptions): Socket => {
    const place = { host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) };
    if (to === 'plain') return connectTcp({ ...place, port: httpPort });
    if (to === 'tcp') return connectTcp({ ...place, port });
    return connectTls({ ...place, port, ...tls, ...more } as ConnectionOptions);
  };

  return {
    ...server,
    url,
    port,
    httpPort,
    adminPort,
    ca,
    trialSecret: /^\s+(vs_sk_live_\w+)$/m.exec(server.stdout())?.[1],
    request: (path, call = {}) => send(requestHttps, { port, path, ...tls }, call),
    requestPlainly: (path, call = {}) => send(requestHttp, { port: httpPort, path }, call),
    ask: (path, method = 'GET') => send(requestHttp, { port: adminPort, path }, { method }),
    raw: (bytes, raw = {}) => {
      const isSecure = raw.to === undefined || raw.to === 'secure';
      return exchangeRaw(() => open(raw), bytes, raw, isSecure ? 'secureConnect' : 'connect');
    },
    sql: (text, values) => asSuperuser(home, (run) => run(text, values)),
    tables: () => readTables(home),
    stop: async () => {
      child.kill('SIGTERM');
      return Promise.race([
        server.exited,
        sleep(STOP_PATIENCE_MS, undefined, { ref: false }).then(() => {
          throw new Error(`the server did not stop\n${server.stdout()}\n${server.stderr()}`);
        }),
      ]);
    },
    kill: async (what) => {
      child.kill('SIGKILL');
      if (what === 'everything') await killDatabase(home);
      await server.exited;
    },
  };
};

/** Ends all that was started here. Safe to call at any time. */
const endAll = (): void => {
  for (const { pid, child } of launched)
    if (child.exitCode === null && child.signalCode === null) killGroup(pid);
  for (const { folder, dataDir } of homes) {
    const postmaster = postmasterOf(dataDir);
    if (postmaster !== undefined) signalAll(familyOf(postmaster), 'SIGKILL');
    // Programs that set a database up outlive a server that was killed meanwhile.
    signalAll(processesNaming(folder), 'SIGKILL');
  }
};

// The runner ends a file that takes too long with a signal; no server may outlive it.
process.once('exit', endAll);
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));

after(async () => {
  endAll();
  await Promise.allSettled(launched.map(({ exited }) => exited));
  for (const { folder } of homes) {
    await until('the database is gone', () => processesNaming(folder).length === 0);
    // Its last children may still be ending, and writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});
