import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Clock } from './foundation/clock.ts';
import type { Log } from './foundation/log.ts';
import { loadCertificate } from './http/load-certificate.ts';
import { ensureLocalCertificate } from './http/local-ca.ts';
import type { Certificate } from './http/edge-tls.ts';
import { openSecrets, type InstallationSecrets } from './installation/secrets.ts';
import { assertSameInstallation } from './installation/service.ts';
import { CannotStart } from './store/cannot-start.ts';
import { createDatabase, POOL_SIZE, SLOW_POOL_SIZE, type Database } from './store/database.ts';
import { openStore, type Store } from './store/open.ts';
import { READ_LINES } from './store/reader.ts';

/** A database that is up to date and belongs to this installation's secrets. */
export interface Premises {
  readonly store: Store;
  readonly database: Database;
  readonly secrets: InstallationSecrets;
  close(): Promise<void>;
}

export interface PremisesOptions {
  readonly config: Config;
  readonly mode: 'serve' | 'attach-or-start';
  readonly clock: Clock;
  readonly log: Log;
  /** Called with a sentence about each long step. */
  readonly say: (line: string) => void;
}

/** Opens the database for a command or the server: starts or finds it, migrates it, checks the secrets. */
export const openPremises = async (options: PremisesOptions): Promise<Premises> => {
  const { config, mode, clock, log, say } = options;
  await mkdir(config.dataDir, { recursive: true, mode: 0o711 });
  const secrets = await openSecrets(config.dataDir);
  const store = await openStore({
    dataDir: config.dataDir,
    databaseUrl: config.databaseUrl ?? undefined,
    mode,
    // A pool for each worker and the main thread, and room for commands, listeners and people with psql.
    connections: (config.workers + 1) * POOL_SIZE + config.workers * (READ_LINES + SLOW_POOL_SIZE) + 30,
    // PostgreSQL is set up to log no values; its lines are still not ours, so only that there was one is said.
    onLog: () => log.debug('PostgreSQL wrote to its log', { code: 'postgres_log' }),
  });
  try {
    await store.migrate(({ name, done, total }) =>
      say(`migrating the database: ${name} (${done + 1} of ${total})`),
    );
    const database = createDatabase({ connection: store.app });
    try {
      await assertSameInstallation(database, secrets, clock);
    } catch (error) {
      await database.close();
      throw error;
    }
    return {
      store,
      database,
      secrets,
      close: async () => {
        await database.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
};

/** The certificate of the public listener, and where its CA lies if it is our own. */
export interface Identity {
  readonly certificate: Certificate;
  /** Path of the local CA; undefined with an operator's certificate. */
  readonly caPath: string | undefined;
  readonly created: boolean;
}

/** Milliseconds between two looks for a renewed one: whoever has files of their own waits for them, ours last for months. */
export const certificateLookMs = ({ tlsCert }: Config): number => (tlsCert === null ? 3_600_000 : 10_000);

/** Reads the operator's certificate, or makes a local one and renews it. @throws {CertificateError} naming the variable. */
export const openIdentity = async (config: Config, clock: Clock): Promise<Identity> => {
  if (config.tlsCert !== null && config.tlsKey !== null) {
    const certificate = await loadCertificate(config.tlsCert, config.tlsKey, clock.now());
    return { certificate, caPath: undefined, created: false };
  }
  const local = await ensureLocalCertificate(join(config.dataDir, 'tls'), { now: clock.now() });
  const certificate = await loadCertificate(local.certPath, local.keyPath, clock.now());
  return { certificate, caPath: local.caPath, created: local.created };
};

/**
 * Takes a port for a moment, alone, so that a second server on it is noticed: worker threads share a port by
 * `SO_REUSEPORT`, and that would let two installations share one without a word.
 * @param port 0 for any free one.
 * @param host the address to be listened on; all of them where left out.
 * @returns the port, free again.
 * @throws {CannotStart} naming the variable.
 */
export const claimPort = (variable: string, port: number, host?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is taken by another program`
          : `Port ${port} cannot be listened on (${error.code ?? 'unknown error'})`;
      reject(
        new CannotStart(
          `${why}; stop that program or choose another port with ${variable}, for example ${variable}=${port + 1}.`,
        ),
      );
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(found));
    });
  });
