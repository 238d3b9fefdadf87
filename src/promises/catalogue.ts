/** Every promise of this version, put together for the live system. */
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from '../accounts/service.ts';
import type { Clock } from '../foundation/clock.ts';
import type { PromiseDefinition } from '../foundation/promise.ts';
import { oneAnswerForWrongKeys, revokedWithinASecond } from '../gate/promises.ts';
import { adminOnLoopback, tlsOnly, type SeenAnswer } from '../http/promises.ts';
import type { SessionTicket } from '../gate/claims.ts';
import type { Keys } from '../keys/service.ts';
import { mailedLinksNowhere, mailForgotten, type Outbox } from '../mail/promises.ts';
import { usageCountedNotRecorded } from '../metering/promises.ts';
import { requestLogForgotten } from '../request-log/promises.ts';
import type { Connection } from '../store/connection.ts';
import type { Database } from '../store/database.ts';
import { parseStatements } from '../store/parse-statements.ts';
import {
  companiesApart,
  databaseOffTheNetwork,
  parameterisedOnly,
  type DatabaseKind,
} from '../store/promises.ts';
import { registeredStatements } from '../store/statement.ts';
import { webhooksStayOutside, type WebhookSettings } from '../webhooks/promises.ts';
import { deletedAccountsAreOut, sessionEndsWithinASecond } from './access-ends.ts';
import { addressDataAgeSaid, type AgeingLayer } from './address-data-age.ts';
import { createCanaryPeople } from './canary-people.ts';
import { createCanaries } from './canary.ts';
import { changesInTheLog } from './changes-in-the-log.ts';
import { datasetsApart } from './datasets-apart.ts';
import { erasedAtOnce } from './erased-at-once.ts';
import { keysAsDigests } from './key-digests.ts';
import { nothingOfAQueryKept } from './no-record.ts';
import { passwordsAsHashes } from './password-hashes.ts';
import { connects, createProbe } from './probe.ts';
import { countVisibleRows } from './store.ts';
import { noThirdParties } from './third-parties.ts';
import type { LogLines } from './trace-search.ts';
import { visitorsNotKept } from './visitors.ts';
import { unusedAccountsGo } from './unused-accounts.ts';

/** What the checks need to know of the running system. */
export interface LiveCheckOptions {
  readonly publicUrl: string;
  /** Where the public listener is, on this machine. */
  readonly port: number;
  readonly httpPort: number | null;
  /** Asked at each check, since it may be known only after the start. */
  readonly adminPort: () => number;
  /** Worker threads behind the public listener. */
  readonly workers: number;
  /** The certificates of the public listener, leaf first, in PEM: the current one, and just after a renewal the one before. */
  readonly certificates: () => readonly string[];
  readonly dataDir: string;
  readonly databaseKind: DatabaseKind;
  readonly database: Database;
  /** The server's own role. */
  readonly connection: Connection;
  readonly accounts: Pick<Accounts, 'createCompany' | 'listProjects'>;
  readonly keys: Pick<Keys, 'create' | 'revoke'>;
  /** A `Set-Cookie` value with a session, under a key that the workers know. */
  readonly sessionCookie: (ticket: SessionTicket, now: number) => Promise<string>;
  readonly outbox: Outbox;
  readonly webhooks: WebhookSettings;
  /** What is known of addresses; nothing where left out. */
  readonly addressLayers?: () => readonly AgeingLayer[];
  /** Of a page of credits, the day that it says of a layer. */
  readonly dayOnCredits?: (page: string, layer: AgeingLayer['layer']) => string | undefined;
  readonly clock: Clock;
  /** All that every thread of the process logs. */
  readonly log: LogLines;
  /** Resolves when everything counted so far is in the database; where left out, after longer than one flush. */
  readonly settle?: () => Promise<void>;
  /** Files that hold nothing but what was shipped, by their path in the data directory. */
  readonly skip?: (path: string) => boolean;
}

/** An operation that takes a key and `q`. */
const KEYED_PATH = '/geocode/v1/json';

/** An operation that takes a session and nothing else. */
const SESSION_PATH = '/v1/session';

/** The pages that people read. */
export const PAGES: readonly string[] = ['/', '/docs', '/security', '/credits', '/dashboard/'];

const LONGER_THAN_A_FLUSH_MS = 1500;

const waitForFlush = async (): Promise<void> => {
  await sleep(LONGER_THAN_A_FLUSH_MS);
};

/**
 * Indexes, and what an import has downloaded to make one of: made of packages and of what operators bring, written by
 * commands and never by the server, hundreds of megabytes, and full of addresses that chance can bring up.
 */
export const isIndex = (path: string): boolean =>
  path.startsWith('gazetteer/') ||
  path.startsWith('visitor/work/') ||
  (path.startsWith('visitor/') && path.endsWith('.idx'));

/** Addresses of this machine that others could reach. */
export const outerAddresses = (): string[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal }) => !internal)
      // A link-local address says nothing without its interface (RFC 4007 §11).
      .map(({ address, scopeid = 0 }) => (scopeid > 0 ? `${address}%${name}` : address)),
  );

/** The promises of the live system, in the order in which they are shown. */
export const liveChecks = (options: LiveCheckOptions): readonly PromiseDefinition[] => {
  const { publicUrl, port, httpPort, workers, database, connection, clock, dataDir, databaseKind } = options;
  const { hostname, origin } = new URL(publicUrl);
  const probe = createProbe({
    host: '127.0.0.1',
    port,
    hostname,
    trust: { pinned: options.certificates },
    httpPort,
  });
  const canaries = createCanaries({ ...options });
  const use = (key: string): Promise<SeenAnswer> =>
    probe.send({ path: `${KEYED_PATH}?q=Paris`, headers: { 'x-api-key': key } });
  const people = createCanaryPeople(options);
  const access = {
    people,
    useKey: use,
    useSession: (cookie: string): Promise<SeenAnswer> =>
      probe.send({ path: SESSION_PATH, headers: { cookie } }),
    clock,
    workers,
  };
  const repeat = `vouchsafe verify ${origin}`;

  return [
    tlsOnly({ client: probe, hostname, repeat }),
    nothingOfAQueryKept({
      probe,
      key: async () => (await canaries.standing()).secret,
      keyedPath: KEYED_PATH,
      log: options.log,
      settle: options.settle ?? waitForFlush,
      dataDir,
      holdsDatabase: databaseKind === 'embedded',
      skip: options.skip ?? isIndex,
    }),
    visitorsNotKept({
      probe,
      key: async () => (await canaries.standing()).secret,
      project: async () => (await canaries.home()).project,
      pages: canaries.pages,
      log: options.log,
      settle: options.settle ?? waitForFlush,
      dataDir,
      holdsDatabase: databaseKind === 'embedded',
      skip: options.skip ?? isIndex,
    }),
    usageCountedNotRecorded(database, clock),
    requestLogForgotten({ database, home: canaries.home, clock }),
    keysAsDigests({ database, home: canaries.home, key: canaries.standing, clock }),
    revokedWithinASecond({ use: (key) => use(key.expose()), canaries, clock, workers }),
    sessionEndsWithinASecond(access),
    oneAnswerForWrongKeys({ use, revoked: canaries.revoked, repeat }),
    companiesApart({
      database,
      visibleRows: async (company) => {
        const [row] = await (company === undefined
          ? database.run(countVisibleRows, [''])
          : database.company(company, (tx) => tx.all(countVisibleRows, [company])));
        if (row === undefined) throw new Error('the rows were not counted');
        return row;
      },
      someCompany: async () => (await canaries.home()).company,
    }),
    datasetsApart({
      people,
      database,
      ask: (path, cookie) => probe.send({ path, headers: { cookie } }),
      clock,
    }),
    passwordsAsHashes({ people, database, clock }),
    changesInTheLog({
      people,
      database,
      revoke: ({ company, key }, cookie) =>
        probe.send({
          method: 'DELETE',
          path: `/v1/companies/${company}/keys/${key}`,
          headers: { cookie, origin },
        }),
    }),
    erasedAtOnce({ people, database, clock }),
    deletedAccountsAreOut(access),
    unusedAccountsGo({ database, clock }),
    mailedLinksNowhere({ ...options.outbox, clock }),
    mailForgotten({ ...options.outbox, clock }),
    webhooksStayOutside({ database, home: canaries.home, settings: options.webhooks, clock }),
    databaseOffTheNetwork(database, databaseKind),
    parameterisedOnly({
      database,
      statements: registeredStatements,
      parse: (texts) => parseStatements(connection, texts),
    }),
    adminOnLoopback({ port: options.adminPort, addresses: outerAddresses, connects }),
    addressDataAgeSaid({
      fetch: (path) => probe.send({ path }),
      layers: options.addressLayers ?? ((): readonly AgeingLayer[] => []),
      dayOn: options.dayOnCredits ?? ((): undefined => undefined),
      workers,
      clock,
      sleep,
      repeat: `curl --silent ${origin}/credits`,
    }),
    noThirdParties({ fetch: (path) => probe.send({ path }), origin, pages: PAGES, repeat }),
  ];
};
