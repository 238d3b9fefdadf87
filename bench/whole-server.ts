/** The whole server as an operator starts it, with its trial key, for as long as something is measured. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PROJECT } from './machine.ts';
import { makeDataDir, startServer, stopServer } from './start.ts';

export interface WholeServer {
  readonly pid: number;
  readonly port: number;
  /** PEM of its authority. */
  readonly ca: string;
  /** `Authorization` with the key of its trial project, whose limits are out of reach. */
  readonly authorization: string;
  /** The public half of that key. */
  readonly publicKey: string;
}

export interface WholeServerOptions {
  readonly gazetteerPath: string;
  /** Further environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs `vouchsafe` beside the server; what it said. */
const vouchsafe = (dataDir: string, words: readonly string[]): string =>
  execFileSync(process.execPath, [join(PROJECT, 'src/main.ts'), ...words], {
    cwd: PROJECT,
    env: { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
    encoding: 'utf8',
  });

const found = (text: string, pattern: RegExp, what: string): string => {
  const match = pattern.exec(text)?.[1];
  if (match === undefined) throw new Error(`the server did not say ${what}`);
  return match;
};

/** Starts a fresh server, does the work, and stops it whatever becomes of the work. */
export const withServer = async <Value>(
  { gazetteerPath, settings }: WholeServerOptions,
  work: (server: WholeServer) => Promise<Value>,
): Promise<Value> => {
  const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-bench-'));
  try {
    const dataDir = makeDataDir(folder, gazetteerPath);
    const { process: server, lines } = await startServer(dataDir, settings);
    try {
      const said = lines.join('\n');
      const authorization = `Bearer ${found(said, /Authorization: Bearer ([^"]+)"/, 'a trial key')}`;
      const ca = readFileSync(
        resolve(PROJECT, found(said, /--cacert (\S+)/, 'where its authority lies')),
        'utf8',
      );
      const port = Number(found(said, /Ready at https:\/\/[^:]+:(\d+)/, 'its port'));
      const project = found(vouchsafe(dataDir, ['projects', 'list']), /(prj_\w+)/, 'its project');
      vouchsafe(dataDir, ['projects', 'limit', project, '--per-second', '1000000', '--per-day', 'none']);
      const publicKey = found(vouchsafe(dataDir, ['keys', 'list']), /(vs_pk_\w+)/, 'the public key');
      return await work({ pid: server.pid ?? 0, port, ca, authorization, publicKey });
    } finally {
      server.stdout?.resume();
      await stopServer(server);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
