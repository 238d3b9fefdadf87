/** A real Valkey or Redis for tests, where one is installed: on loopback, in a folder of its own, with nothing kept. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openValkey } from '../../src/limits/valkey-client.ts';
import { parseValkeyUrl } from '../../src/limits/valkey-url.ts';
import { freePort } from './free-port.ts';

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const findProgram = (): string | undefined => {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return ['valkey-server', 'redis-server']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isProgram);
};

const PROGRAM = findProgram();

/** For the options of a test: why it is skipped where no server is installed, false where one is. */
export const NO_VALKEY: string | false =
  PROGRAM === undefined ? 'neither valkey-server nor redis-server is on the PATH' : false;

/** A server that can be stopped, killed and started again on the same port. */
export interface TestValkey {
  readonly port: number;
  /** With the right password. */
  readonly url: string;
  start(): Promise<void>;
  /** Ends it without a goodbye; what it held is lost. */
  kill(): Promise<void>;
  /** It hangs: connections stay, nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its folder. */
  end(): Promise<void>;
}

const PASSWORD = 'a password of tests';

/** Starts one, which whoever starts it has to end. */
export const startValkey = async (): Promise<TestValkey> => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-valkey-'));
  const port = await freePort();
  const url = `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
  let running: ChildProcess | undefined;
  const killNow = (): void => void running?.kill('SIGKILL');
  process.once('exit', killNow);

  const isAnswering = async (): Promise<boolean> => {
    const client = openValkey(parseValkeyUrl(url)!);
    try {
      await client.run('return 1', [], []);
      return true;
    } catch {
      return false;
    } finally {
      await client.close();
    }
  };
  const start = async (): Promise<void> => {
    const words = [
      '--port',
      port,
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    running = spawn(PROGRAM ?? '', [...words.map(String), '--requirepass', PASSWORD], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries += 1) {
      if (await isAnswering()) return;
      await sleep(50);
    }
    throw new Error('the server did not answer within ten seconds');
  };
  const kill = async (): Promise<void> => {
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    port,
    url,
    start,
    kill,
    pause: () => void running?.kill('SIGSTOP'),
    resume: () => void running?.kill('SIGCONT'),
    end: async () => {
      await kill();
      process.off('exit', killNow);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
