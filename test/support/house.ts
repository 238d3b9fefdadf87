/** The public side of a whole house in this process: real database, real gazetteer, real listeners, one key. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  request as requestHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccounts, type Accounts } from '../../src/accounts/service.ts';
import { createApp, type App, type SharedMemory } from '../../src/app.ts';
import { featureRoutes, featureTable, type FeatureParts } from '../../src/features.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import type { CompanyId, ProjectId } from '../../src/foundation/ids.ts';
import { hmacKey, randomSecretBytes } from '../../src/foundation/secret.ts';
import { createCookies, type Cookies } from '../../src/gate/cookies.ts';
import { createFailuresBuffer } from '../../src/gate/failure-table.ts';
import { createFreshnessBuffer, createFreshnessSource } from '../../src/gate/freshness.ts';
import { openRing } from '../../src/gate/key-ring.ts';
import { startKeyWatch } from '../../src/gate/key-watch.ts';
import { readKeyEpoch } from '../../src/gate/store.ts';
import { createWriteMarksBuffer } from '../../src/gate/write-marks.ts';
import type { AnyRoute } from '../../src/http/route.ts';
import { loadCertificate } from '../../src/http/load-certificate.ts';
import { ensureLocalCertificate } from '../../src/http/local-ca.ts';
import type { OverloadLimits } from '../../src/http/overload.ts';
import { PEPPER_ID } from '../../src/installation/secrets.ts';
import { createKeys, type CreatedKey, type Keys } from '../../src/keys/service.ts';
import { createAttemptsBuffer } from '../../src/limits/attempts.ts';
import { createLedgerBuffer } from '../../src/limits/ledger.ts';
import { createLog } from '../../src/log.ts';
import { createHashThreads } from '../../src/passwords/hash-threads.ts';
import { createBoardBuffer } from '../../src/metering/board.ts';
import type { SecurityReport } from '../../src/promises/report.ts';
import { createDroppedBuffer } from '../../src/request-log/dropped.ts';
import { operationsOf, routeTable } from '../../src/routes.ts';
import { beforeServerStops, testDatabase, type TestDatabase } from './database.ts';
import { holdBase } from '../../src/services/geocoding/atlas-holder.ts';
import type { AddressDataHolder } from '../../src/services/visitor/addresses/address-data.ts';
import { openTestGazetteer } from './gazetteer.ts';

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  json(): Record<string, unknown>;
}

export interface House {
  readonly url: string;
  readonly port: number;
  readonly plainPort: number;
  /** PEM of the certificate authority to trust. */
  readonly ca: string;
  readonly app: App;
  /** What the threads of a process share. */
  readonly memory: SharedMemory;
  readonly store: TestDatabase;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly company: CompanyId;
  readonly project: ProjectId;
  readonly key: CreatedKey;
  readonly pepper: Buffer;
  /** From which the keys of sessions are derived. */
  readonly master: Buffer;
  /** Makes and reads the cookies that this house takes. */
  readonly cookies: Cookies;
  /** Every log line so far. */
  readonly lines: readonly string[];
  get(path: string, options?: RequestOptions & { readonly body?: string }): Promise<Answer>;
  /** A call of our own API, as a page of ours makes it: JSON, same origin, with these cookies. */
  call(method: string, path: string, parts?: CallParts): Promise<Answer>;
  /** The same over the plain HTTP listener. */
  getPlainly(path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

/** What is sent along with a call. */
export interface CallParts {
  /** `name=value; name=value`. */
  readonly cookie?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HouseOptions {
  readonly perSecond?: number;
  readonly perDay?: number | null;
  readonly report?: SecurityReport;
  /** Networks besides public ones that webhooks may lead to. */
  readonly webhookNetworks?: readonly string[];
  /** Networks of proxies that say whose requests they pass on. */
  readonly trustedProxies?: readonly string[];
  /** Another process of the same installation: one database and one set of secrets, nothing else in common. */
  readonly beside?: House;
  /** When requests are turned away; never where it is left out: a busy machine is no reason for a test to fail. */
  readonly overload?: Partial<OverloadLimits>;
  /** What is known of addresses; nothing where left out. */
  readonly addresses?: AddressDataHolder;
  /** Routes instead of those of the control plane. */
  readonly features?: (parts: FeatureParts) => readonly AnyRoute[];
}

export const EMPTY_REPORT: SecurityReport = {
  installation: { name: 'Test', url: 'https://localhost', version: '0.0.0' },
  generatedAt: '2026-11-22T12:00:00.000Z',
  promises: [],
  history: { entries: 0, head: null, publicKey: '' },
};

const read = (message: IncomingMessage): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('error', reject);
    message.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { statusCode: status = 0, statusMessage: reason = '', headers } = message;
      resolve({ status, reason, headers, body, json: () => JSON.parse(body) as Record<string, unknown> });
    });
  });

const send = (request: typeof requestHttp, options: RequestOptions, body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(options, (message) => read(message).then(resolve, reject));
    sent.on('error', reject);
    sent.end(body);
  });

/** Opens a house; closed after the tests of the file at the latest. */
export const openHouse = async ({
  perSecond = 100_000,
  perDay = null,
  report = EMPTY_REPORT,
  features = featureRoutes,
  webhookNetworks = [],
  trustedProxies = [],
  overload = { patienceMs: Number.POSITIVE_INFINITY },
  addresses,
  beside,
}: HouseOptions = {}): Promise<House> => {
  const folder = mkdtempSync(join(tmpdir(), 'vs-house-'));
  const clock = systemClock;
  const store = beside?.store ?? (await testDatabase());
  const { database } = store;
  const atlas = holdBase(await openTestGazetteer());
  const local = await ensureLocalCertificate(folder, { now: clock.now() });
  const ca = readFileSync(local.caPath, 'utf8');
  const pepper = beside?.pepper ?? randomSecretBytes(32);
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const publicUrl = 'https://localhost';
  const parts = {
    publicUrl,
    version: '0.0.0',
    securityContact: 'mailto:security@localhost',
    atlas,
    testKeys: true,
    report: () => report,
    clock,
  };
  const table = features === featureRoutes ? featureTable() : features({} as FeatureParts);
  const operations = operationsOf(routeTable({ ...parts, features: table, history: async () => [] }).routes);
  const memory = {
    ledger: createLedgerBuffer(1024),
    board: createBoardBuffer(operations),
    freshness: createFreshnessBuffer(),
    writeMarks: createWriteMarksBuffer(),
    attempts: createAttemptsBuffer(256),
    attemptsKey: randomSecretBytes(32),
    failures: createFailuresBuffer(64),
    requestLog: createDroppedBuffer(),
  };
  const master = beside?.master ?? randomSecretBytes(32);
  const app = createApp({
    ...parts,
    features,
    webhookNetworks,
    trustedProxies,
    ...(addresses === undefined ? {} : { addresses }),
    connection: store.connections.app,
    pepper,
    master,
    memory,
    hasher: createHashThreads({ count: 1, queueLimit: 64, waitingPerSource: 16 }),
    overload,
    log,
  });
  const source = createFreshnessSource(memory.freshness);
  const watch = await startKeyWatch({
    changes: {
      listen: (onChange, onState) => database.listen('vouchsafe_keys', onChange, onState),
      epoch: async () => (await database.run(readKeyEpoch, []))[0]?.epoch ?? 0,
    },
    forget: (id) => app.applyChange(id === '*' ? undefined : id, source.announceChange()),
    forgetAll: () => app.applyChange(undefined, source.announceChange()),
    confirm: source.beat,
    log,
  });
  const { port } = await app.listenSecurely(
    await loadCertificate(local.certPath, local.keyPath, clock.now()),
    {
      port: 0,
      host: '127.0.0.1',
    },
  );
  const { port: plainPort } = await app.listenPlainly({ port: 0, host: '127.0.0.1' });
  const accounts = createAccounts(database, clock);
  const keys = createKeys({ database, pepper: hmacKey(pepper), pepperId: PEPPER_ID, clock });
  const { company, project } = await accounts.createCompany({
    companyName: 'Company',
    projectName: 'Project',
    limits: { perSecond, burst: perSecond, perDay, perMonth: null, isSoft: false },
  });
  const key = await keys.create({ company, project, name: 'Key' });
  const agent = new Agent({ keepAlive: true, ca, servername: 'localhost' });

  const ring = openRing({ database, master, now: clock.now, log });
  await ring.refresh();

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    agent.destroy();
    ring.close();
    await watch.close();
    await app.close(1000);
    rmSync(folder, { recursive: true, force: true });
  };
  const house: House = {
    url: `https://localhost:${port}`,
    port,
    plainPort,
    ca,
    app,
    memory,
    store,
    accounts,
    keys,
    company,
    project,
    key,
    pepper,
    master,
    cookies: createCookies(ring),
    lines,
    get: (path, { body, ...options } = {}) =>
      send(requestHttps, { host: '127.0.0.1', port, path, agent, ...options }, body),
    call: (method, path, { cookie, body, headers = {} } = {}) => {
      const all = {
        'sec-fetch-site': 'same-origin',
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      };
      const text = body === undefined ? undefined : JSON.stringify(body);
      return send(requestHttps, { host: '127.0.0.1', port, path, agent, method, headers: all }, text);
    },
    getPlainly: (path, options = {}) =>
      send(requestHttp, { host: '127.0.0.1', port: plainPort, path, ...options }),
    close: () => (closing ??= close()),
  };
  beforeServerStops(() => house.close());
  return house;
};

/** The header that identifies by a house's own key. */
export const withKey = (house: House): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { authorization: `Bearer ${house.key.secret.expose()}` },
});
