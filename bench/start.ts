/** How long the second start of the whole server takes, and what it then occupies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { gazetteerPath as gazetteerPathIn } from '../src/imports/base-file.ts';
import { loadGazetteerFile, openGazetteer } from '../src/services/geocoding/gazetteer.ts';
import { median, spread } from './figures.ts';
import { PROJECT } from './machine.ts';
import { residentMb } from './resident.ts';
import type { Section } from './report.ts';

export interface StartOptions {
  readonly gazetteerPath: string;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const PATIENCE_MS = 60_000;
const SERVE = [join(PROJECT, 'src/main.ts'), 'serve'];

/** A server that said it is ready. */
export interface Started {
  readonly process: ChildProcess;
  readonly milliseconds: number;
  /** What it said until then, a line each. */
  readonly lines: readonly string[];
}

/** A data directory in this folder that has the index already, so that no start has to build it. */
export const makeDataDir = (folder: string, gazetteerPath: string): string => {
  const dataDir = join(folder, 'data');
  const index = gazetteerPathIn(dataDir);
  mkdirSync(dataDir, { mode: 0o711 });
  mkdirSync(dirname(index), { recursive: true });
  copyFileSync(gazetteerPath, index);
  return dataDir;
};

/**
 * Starts the server on free ports and waits for the line that says it is ready.
 * @param settings further environment variables, such as `WORKERS`.
 */
export const startServer = async (
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Started> => {
  const env = {
    ...process.env,
    ...settings,
    DATA_DIR: dataDir,
    PORT: '0',
    HTTP_PORT: '0',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'warn',
  };
  const startedAt = performance.now();
  const child = spawn(process.execPath, SERVE, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const timer = setTimeout(kill, PATIENCE_MS);
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith('Ready at '))
        return { process: child, milliseconds: performance.now() - startedAt, lines };
    }
    throw new Error('the server ended before it was ready');
  } finally {
    clearTimeout(timer);
  }
};

/** Stops it as an operator would; returns how long that took, in milliseconds. */
export const stopServer = async (child: ChildProcess): Promise<number> => {
  const startedAt = performance.now();
  const gone = once(child, 'exit');
  child.stdout?.resume();
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const [code] = await gone;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`the server ended with ${String(code)} when it was told to stop`);
  return performance.now() - startedAt;
};

const openIndex = async (path: string): Promise<number> => {
  const startedAt = performance.now();
  openGazetteer(await loadGazetteerFile(path));
  return performance.now() - startedAt;
};

/** Starts once to make the data directory, and then as often as there are rounds. */
export const measureStart = async ({ gazetteerPath, quick, say }: StartOptions): Promise<Section> => {
  const folder = mkdtempSync(join(tmpdir(), 'vouchsafe-bench-'));
  const found = {
    start: [] as number[],
    stop: [] as number[],
    resident: [] as number[],
    index: [] as number[],
  };
  try {
    say('start: making a data directory …');
    const dataDir = makeDataDir(folder, gazetteerPath);
    await stopServer((await startServer(dataDir)).process);
    say('start: starting again …');
    for (let round = 0; round < (quick ? 2 : 5); round += 1) {
      const { process: child, milliseconds } = await startServer(dataDir);
      found.start.push(milliseconds);
      found.resident.push(residentMb(child.pid ?? 0));
      found.stop.push(await stopServer(child));
      found.index.push(await openIndex(gazetteerPath));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    title: 'A second start',
    method: [
      '`serve` as an operator starts it, with a data directory that has been used before: from spawning Node to the line ' +
        '"Ready at", with the embedded PostgreSQL, all worker threads and the listeners. Resident memory is that of the ' +
        'server process right then, without PostgreSQL. The index is opened (read, checked and mapped) in this process.',
    ],
    tables: [
      {
        columns: ['', 'median [least–most]'],
        rows: [
          ['ready after, ms', spread(found.start)],
          ['stopped after SIGTERM, ms', spread(found.stop)],
          ['resident, MB', spread(found.resident)],
          ['opening the index, ms', spread(found.index)],
        ],
      },
    ],
    targets: [
      {
        what: 'second start until ready, seconds',
        wanted: 2,
        got: median(found.start) / 1000,
        sense: 'at most',
        unit: ' s',
      },
      {
        what: 'opening the index, seconds',
        wanted: 0.5,
        got: median(found.index) / 1000,
        sense: 'at most',
        unit: ' s',
      },
    ],
  };
};
