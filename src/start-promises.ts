import type { Accounts } from './accounts/service.ts';
import type { Config } from './config.ts';
import { dayOnCredits } from './console/address-credits.ts';
import type { Clock } from './foundation/clock.ts';
import { deriveKey } from './foundation/derive.ts';
import type { Log } from './foundation/log.ts';
import { createCookies } from './gate/cookies.ts';
import { openRing } from './gate/key-ring.ts';
import type { InstallationSecrets } from './installation/secrets.ts';
import type { Keys } from './keys/service.ts';
import type { Outbox } from './mail/promises.ts';
import type { GaugeReading } from './metering/exposition.ts';
import type { AgeingLayer } from './promises/address-data-age.ts';
import { liveChecks } from './promises/catalogue.ts';
import { createJournal } from './promises/journal.ts';
import type { LogTail } from './promises/log-tail.ts';
import { PROMISE_STATES, type SecurityReport } from './promises/report.ts';
import { createPromises, type Promises } from './promises/service.ts';
import type { Database } from './store/database.ts';
import type { Store } from './store/open.ts';
import { VERSION } from './version.ts';

export interface PromiseParts {
  readonly config: Config;
  readonly publicUrl: string;
  readonly port: number;
  readonly httpPort: number | null;
  readonly adminPort: () => number;
  readonly workers: number;
  /** PEM of the certificates that new connections may meet just now. */
  readonly certificates: () => readonly string[];
  readonly store: Store;
  readonly database: Database;
  readonly secrets: InstallationSecrets;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly tail: LogTail;
  readonly outbox: Outbox;
  /** What is known of addresses now. */
  readonly addressLayers: () => readonly AgeingLayer[];
  readonly clock: Clock;
  readonly log: Log;
}

/** The promises of a running process, and how many are in which state for its metrics. */
export interface RunningPromises extends Promises {
  gauges(): readonly GaugeReading[];
}

const countOf = (report: SecurityReport, state: string): number =>
  report.promises.filter((promise) => promise.state === state).length;

/** Puts the checks together with the live system; nothing is checked before `begin`. */
export const preparePromises = (parts: PromiseParts): RunningPromises => {
  const { config, store, database, secrets } = parts;
  // The checks make sessions of their own, under the ring that the workers read as well.
  const { master } = secrets;
  const ring = openRing({ database, master, now: () => parts.clock.now(), log: parts.log });
  const cookies = createCookies(ring);
  const definitions = liveChecks({
    ...parts,
    sessionCookie: async (ticket, now) => {
      await ring.refresh();
      return cookies.session(ticket, now);
    },
    dataDir: config.dataDir,
    databaseKind: store.kind,
    connection: store.app,
    dayOnCredits,
    webhooks: { boxKey: deriveKey(master, 'webhook'), networks: config.webhookNetworks },
    log: parts.tail,
  });
  const promises = createPromises({
    definitions,
    journal: createJournal(database, secrets.signingKey),
    clock: parts.clock,
    log: parts.log,
    signingKey: secrets.signingKey,
    installation: { name: 'Vouchsafe', url: parts.publicUrl, version: VERSION },
  });
  return {
    ...promises,
    close: async () => {
      await promises.close();
      ring.close();
    },
    gauges: () => {
      const report = promises.report();
      return PROMISE_STATES.map((state) => ({
        name: `vouchsafe_promises_${state}`,
        help: `Promises whose last check found them ${state}.`,
        value: countOf(report, state),
      }));
    },
  };
};
