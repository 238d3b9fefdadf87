/** A real server with a real mail server beside it, a browser that trusts its certificate, and a clock that can be set. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openBrowser, type TestBrowser } from './browser.ts';
import { meetPerson, type Person } from './person.ts';
import { makeHome, startServer, type RunningServer } from './server.ts';
import { startSmtp, type TestSmtp } from './smtp.ts';

export interface DashboardHouse {
  readonly server: RunningServer;
  readonly smtp: TestSmtp;
  readonly browser: TestBrowser;
  /** Somebody with a browser profile of their own. */
  meet(address: string): Promise<Person>;
  /** Sets the server's clock ahead by some minutes; it goes on from there. */
  letPass(minutes: number): void;
  /** The server's time, milliseconds since the epoch. */
  now(): number;
  /** Ends the browser and the server; throws when a request went to another host. */
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** The address of the module that moves a server's clock by what stands in a file. */
const clockMovedBy = (file: string): string => {
  const url = pathToFileURL(join(import.meta.dirname, 'moved-clock.ts'));
  url.searchParams.set('file', file);
  return url.href;
};

/**
 * Opens it.
 * @param behind minutes that the server's clock is behind at first, for tests that let time pass.
 * @param env further variables of the server.
 */
export const openDashboardHouse = async (
  behind = 0,
  env: Readonly<Record<string, string>> = {},
): Promise<DashboardHouse> => {
  const [smtp, home] = await Promise.all([startSmtp(), makeHome()]);
  const clock = join(home.folder, 'clock');
  let offset = -behind * MINUTE_MS;
  const set = (): void => writeFileSync(clock, String(offset));
  set();
  const server = await startServer({
    home,
    env: { SMTP_URL: smtp.url, ...env },
    imports: [clockMovedBy(clock)],
  });
  const certificate = readFileSync(join(home.dataDir, 'tls', 'localhost.pem'), 'utf8');
  const browser = await openBrowser({ certificate });
  return {
    server,
    smtp,
    browser,
    meet: (address) => meetPerson({ browser, smtp, url: server.url, address }),
    letPass: (minutes) => {
      offset += minutes * MINUTE_MS;
      set();
    },
    now: () => Date.now() + offset,
    close: async () => {
      try {
        await browser.close();
      } finally {
        await server.stop();
      }
    },
  };
};
