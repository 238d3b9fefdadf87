import type { ImportedData } from './console/imported-data.ts';
import { openCountedUse } from './counted-use.ts';
import { isProjectCaller, type Caller, type ProjectCaller } from './foundation/caller.ts';
import type { UserId } from './foundation/ids.ts';
import { hmacKey } from './foundation/secret.ts';
import type { FeatureParts } from './features.ts';
import type { Clock } from './foundation/clock.ts';
import type { Log } from './foundation/log.ts';
import { ok, refused } from './foundation/result.ts';
import { createBrowserOriginCache } from './gate/browser-origin-cache.ts';
import { createBrowserGate } from './gate/browser-origin-gate.ts';
import { createCookies } from './gate/cookies.ts';
import { createExposureWatch } from './gate/exposure.ts';
import { openFailureTable } from './gate/failure-table.ts';
import { createFailures } from './gate/failures.ts';
import { createFreshness } from './gate/freshness.ts';
import { createKeyCache } from './gate/key-cache.ts';
import { withKeyHeader } from './gate/key-header.ts';
import { openRing } from './gate/key-ring.ts';
import { readNetworks } from './gate/networks.ts';
import { createSecretKeyGate, type SecretRow } from './gate/secret-key.ts';
import { createSessionGate, TOUCH_MS } from './gate/session.ts';
import { createSessionMemory } from './gate/session-memory.ts';
import { findBrowserProject, findSecret, findSession, touchSession } from './gate/store.ts';
import { openWriteMarks } from './gate/write-marks.ts';
import { internalError } from './http/edge-problems.ts';
import type { Certificate } from './http/edge-tls.ts';
import { CUT, createPipeline, UNMATCHED, type Steps } from './http/pipeline.ts';
import { createOverload, type OverloadLimits } from './http/overload.ts';
import { createPlainHttpHandler } from './http/plain-http.ts';
import { createRouter } from './http/router.ts';
import type { AnyRoute, ErrorForm, Reply, Request } from './http/route.ts';
import { createEdge, type Edge, type Handler, type ListenOptions } from './http/server.ts';
import { createExposedKeys } from './keys/exposed.ts';
import { createFailureNotices } from './keys/failure-notices.ts';
import { openAttempts } from './limits/attempts.ts';
import { openLedger } from './limits/ledger.ts';
import { createLimiter } from './limits/limiter.ts';
import { createQuota } from './limits/quota.ts';
import { openQuotaStore, type ValkeyPlace } from './limits/shared-engine.ts';
import { sourceOf } from './limits/source.ts';
import { createStrangers } from './limits/strangers.ts';
import { enqueueMail } from './mail/outbox.ts';
import { openBoard, outcomeOf } from './metering/board.ts';
import type { PasswordHasher } from './passwords/hasher.ts';
import { createAskAs } from './playground/ask-as.ts';
import { openRequestLog } from './request-log/open.ts';
import { authorise, refuseUnknownPermissions } from './route-policy.ts';
import type { SecurityReport } from './promises/report.ts';
import { createHistoryReader } from './promises/journal.ts';
import { operationsOf, routeTable } from './routes.ts';
import { openIndexUse } from './services/datasets/look/open-index-use.ts';
import { outsideOf } from './told-outside.ts';
import type { AtlasHolder } from './services/geocoding/atlas-holder.ts';
import type { AddressDataHolder } from './services/visitor/addresses/address-data.ts';
import { visitorDataOf } from './services/visitor/visitor-data.ts';
import type { Connection } from './store/connection.ts';
import { createDatabase, SLOW_OF_ONE, SLOW_POOL_SIZE } from './store/database.ts';
import { shareByCompany } from './store/fair-share.ts';
import { createReader } from './store/reader.ts';

/** Memory that all threads of the process share. */
export interface SharedMemory {
  readonly ledger: SharedArrayBuffer;
  readonly board: SharedArrayBuffer;
  readonly freshness: SharedArrayBuffer;
  /** From `createWriteMarksBuffer`. */
  readonly writeMarks: SharedArrayBuffer;
  /** From `createAttemptsBuffer`, and 32 random bytes. */
  readonly attempts: SharedArrayBuffer;
  readonly attemptsKey: Uint8Array;
  /** From `createFailuresBuffer`. */
  readonly failures: SharedArrayBuffer;
  /** From `createDroppedBuffer`. */
  readonly requestLog: SharedArrayBuffer;
}

export interface AppOptions {
  readonly publicUrl: string;
  readonly version: string;
  readonly securityContact: string;
  readonly connection: Connection;
  readonly pepper: Uint8Array;
  /** Where quotas are leased; PostgreSQL where left out. */
  readonly valkey?: ValkeyPlace | undefined;
  /** 32 secret bytes of the installation, from which the keys of sessions are derived. */
  readonly master: Uint8Array;
  /** Networks besides public ones that webhooks may lead to; none where left out. */
  readonly webhookNetworks?: readonly string[];
  /** Networks of proxies that say whose requests they pass on; none where left out. */
  readonly trustedProxies?: readonly string[];
  readonly atlas: AtlasHolder;
  /** What has been imported and answers now, for the credits; nothing where left out. */
  readonly importedData?: () => readonly ImportedData[];
  /** What is known of addresses, for the visitor service; nothing where left out. */
  readonly addresses?: AddressDataHolder;
  /** Whether the geocoding contract's published test keys are answered; not where it is left out. */
  readonly testKeys?: boolean;
  readonly memory: SharedMemory;
  /** What the promises' checks last found. */
  readonly report: () => SecurityReport;
  readonly clock: Clock;
  readonly log: Log;
  /** The routes of the control plane; the same in every thread and in the main one. */
  readonly features: (parts: FeatureParts) => readonly AnyRoute[];
  /** Hashes passwords in threads of their own; closed with the app. */
  readonly hasher: PasswordHasher;
  /** Keys kept in this thread's memory. */
  readonly keyCapacity?: number;
  /** When this thread begins to turn requests away. */
  readonly overload?: Partial<OverloadLimits>;
}

/** Everything that answers the public in one thread. */
export interface App {
  readonly routes: readonly AnyRoute[];
  /** The pipeline, for listeners of the caller's own (tests, the bench). */
  readonly handler: Handler;
  listenSecurely(certificate: Certificate, place: ListenOptions): Promise<{ readonly port: number }>;
  listenPlainly(place: ListenOptions): Promise<{ readonly port: number }>;
  /** Serves new connections with a renewed certificate; open ones keep theirs. */
  setCertificate(certificate: Certificate): void;
  /** One key, project, session, user or company changed, or, without an id, possibly all. `change` is its number from the watch. */
  applyChange(id: string | undefined, change: number): void;
  /** Stops accepting, answers what is under way, writes down what was counted. */
  close(graceMs: number): Promise<void>;
}

const KEY_CAPACITY = 200_000;
const BROWSER_CAPACITY = 20_000;
const SESSION_CAPACITY = 20_000;
/** Requests without a valid key that one source may make in a second before it is slowed. */
const STRANGERS_PER_SECOND = 50;
/** Such requests that a worker takes in a second from all sources before each of them is slowed: a fortieth of its time. */
const STRANGERS_ALTOGETHER = 1000;
/** Requests of one session: 30 at once, and 30 more each second. */
const SESSION_RATE = { burst: 30, everyMs: 34 } as const;

const bucketOf = (caller: Exclude<Caller, ProjectCaller>): string =>
  caller.credential === 'session' ? caller.session : `pending ${caller.user}`;

/** Builds the public side from its rooms; nothing listens until it is told to. */
export const createApp = (options: AppOptions): App => {
  const { publicUrl, memory, clock, log } = options;
  const database = createDatabase({ connection: options.connection });
  const pepper = hmacKey(Buffer.from(options.pepper));
  const now = (): number => clock.now();

  const find = async (digest: Buffer): Promise<SecretRow | undefined> =>
    (await database.run(findSecret, [digest]))[0];
  const cache = createKeyCache(options.keyCapacity ?? KEY_CAPACITY);
  const freshness = createFreshness(memory.freshness);
  const failures = createFailures({
    table: openFailureTable(memory.failures, memory.attemptsKey),
    sourceOf,
    record: createFailureNotices({ database, enqueueMail, log }),
    now,
    log,
  });
  const gate = createSecretKeyGate({
    pepper,
    cache,
    find,
    isCurrent: freshness.isCurrent,
    now,
    sourceOf,
    failures,
  });
  const projectsOfPages = createBrowserOriginCache(BROWSER_CAPACITY);
  const browserGate = createBrowserGate({
    secrets: gate,
    cache: projectsOfPages,
    find: async (name) => (await database.run(findBrowserProject, [name]))[0],
    isCurrent: freshness.isCurrent,
    now,
    sourceOf,
  });
  const watchExposure = createExposureWatch({
    pepper,
    find,
    mark: createExposedKeys({ database, pepper, enqueueMail }).seenInPlainText,
    now,
    log,
  });

  const ring = openRing({ database, master: options.master, now, log });
  const cookies = createCookies(ring);
  const marks = openWriteMarks(memory.writeMarks);
  const remembered = createSessionMemory(SESSION_CAPACITY);
  const sessions = createSessionGate({
    cookies,
    ring,
    memory: remembered,
    marks,
    find: async (session) => (await database.run(findSession, [session]))[0],
    touch: (user, session, at) => {
      const before = new Date(at - TOUCH_MS);
      database
        .user(user, (tx) => tx.all(touchSession, [session, new Date(at), before]))
        .catch((error: unknown) => log.warn('the last use of a session could not be noted', { error }));
    },
    isCurrent: freshness.isCurrent,
    now,
  });
  const attempts = openAttempts(memory.attempts, memory.attemptsKey);

  const ledger = openLedger(memory.ledger);
  const quotaStore = openQuotaStore(database, options.valkey);
  const quota = createQuota({
    ledger,
    store: quotaStore,
    onStoreState: (isUp) => {
      if (isUp) log.info('the store of quotas answers again');
      else log.warn('the store of quotas is away; what is leased is spent, and nothing more');
    },
  });
  const limiter = createLimiter(ledger, quota);
  const strangers = createStrangers(STRANGERS_PER_SECOND, STRANGERS_ALTOGETHER);

  const features = options.features({
    publicUrl,
    master: options.master,
    pepper,
    database,
    sessions,
    noteAccess: (user) => marks.note(user as UserId),
    askAs: (caller, request) => askAs(caller, request),
    cookies,
    attempts,
    hasher: options.hasher,
    webhookNetworks: options.webhookNetworks ?? [],
    clock,
    log,
  });
  refuseUnknownPermissions(features);
  const history = createHistoryReader(database);
  const visitor = visitorDataOf(options.addresses);
  const reader = createReader({ connection: options.connection });
  // Downloads and statistics read for long; nothing else waits for these, and they wait longer than one statement takes.
  const slowPool = createDatabase({
    connection: options.connection,
    poolSize: SLOW_POOL_SIZE,
    statementTimeoutMs: 40_000,
    connectTimeoutMs: 45_000,
    mostWaiting: 32,
  });
  const slow = shareByCompany(slowPool, SLOW_OF_ONE);
  const use = openIndexUse(database, log);
  const datasets = { database, reader, slow, use };
  const { routes, forms } = routeTable({ ...options, features, visitor, datasets, history });
  const board = openBoard(memory.board, operationsOf(routes));
  const counted = openCountedUse(database, log);
  const overload = createOverload({
    clock,
    ...(options.overload === undefined ? {} : { limits: options.overload }),
    hooks: {
      onBegin: () => log.warn('more is asked than this worker can do; the newest requests are turned away'),
      onEnd: (shed) => log.info('this worker keeps up again', { count: shed }),
    },
  });

  const requestLog = openRequestLog(database, routes, memory.requestLog, log);
  const router = createRouter(routes, forms);
  const steps: Steps = {
    identify: (request, access) => {
      if ('secretKey' in access)
        return outsideOf(
          (access.browser === true ? browserGate : gate).identify(
            withKeyHeader(request, access.keyHeader, access.keyInHeaders),
          ),
        );
      return outsideOf('pending' in access ? sessions.identifyPending(request) : sessions.identify(request));
    },
    limit: (caller, cost, at) => {
      if (isProjectCaller(caller)) return limiter.spend(caller, cost, at);
      const verdict = attempts.spend(bucketOf(caller), SESSION_RATE, at);
      if (verdict.ok) return ok(undefined);
      const { retryAfterMs } = verdict;
      return refused({ limit: 'per-second', of: 'session', retryAfterMs, quota: undefined });
    },
    readLimits: (caller, at) => {
      if (isProjectCaller(caller)) return limiter.read(caller, at);
      const { remaining, moreAfterMs } = attempts.read(bucketOf(caller), SESSION_RATE, at);
      const resetSeconds = Math.ceil(moreAfterMs / 1000);
      return [{ name: 'burst', quota: SESSION_RATE.burst, windowSeconds: 1, remaining, resetSeconds }];
    },
    authorise: (caller, route, request, at) => {
      const verdict = authorise(caller, route, request, at);
      // What a memory refuses may have been allowed a moment ago: a company that was just made, a role just given.
      if (verdict.ok || caller.credential !== 'session' || !sessions.isRemembered(caller)) return verdict;
      return sessions
        .identifyAfresh(request)
        .then((fresh) => (fresh.ok ? authorise(fresh.value, route, request, at) : verdict));
    },
    noteChange: (caller) => {
      if (!isProjectCaller(caller)) marks.note(caller.user);
    },
    meter: (operation, status, milliseconds, caller, at, request) => {
      const outcome = outcomeOf(status);
      const bucket = board.record(operation, outcome, milliseconds);
      if (caller === undefined || !isProjectCaller(caller)) return;
      counted.usage.count(caller, operation, outcome, bucket, at);
      if (caller.credential === 'browser' && caller.domain !== undefined)
        counted.domainUse.count(caller.domain, at);
      if (caller.logging !== undefined)
        requestLog.note(caller, caller.logging, request, { operation, status, milliseconds, now: at });
    },
    refund: (caller, cost, at) => {
      if (isProjectCaller(caller)) limiter.refund(caller, cost, at);
    },
    admitStranger: (request, at) => strangers.admit(request.address, at),
    reportBug: (error, operation) => log.error('a request ended in a bug', { operation, error }),
  };
  const publicOrigin = new URL(publicUrl).origin;
  const handler = createPipeline({ router, clock, overload, publicOrigin, steps });
  const askAs = createAskAs({ router, clock, steps });

  const isTrusted = readNetworks(options.trustedProxies ?? []);
  const edges: Edge[] = [];
  const secureEdges: Edge[] = [];
  let renewed: Certificate | undefined;
  const openEdge = (handle: Handler, certificate?: Certificate): Edge => {
    const edge = createEdge({
      handler: handle,
      onError: (error, request) => bugReply(router.errorsFor(request.path), error, request),
      errorsFor: router.errorsFor,
      clock,
      publicHost: new URL(publicUrl).hostname,
      hooks: {
        onRefused: () => board.record(UNMATCHED, 'refused', 0),
        onCut: () => board.record(CUT, 'refused', 0),
      },
      sourceOf,
      overload,
      ...(isTrusted === undefined ? {} : { isTrusted }),
      // Over plain HTTP nothing is taken that is longer.
      ...(certificate === undefined ? {} : { certificate, bodyOf: router.bodyOf }),
    });
    edges.push(edge);
    if (certificate !== undefined) secureEdges.push(edge);
    return edge;
  };
  const bugReply = (errors: ErrorForm, error: unknown, request: Request): Reply => {
    log.error('a request ended in a bug', { operation: UNMATCHED, error });
    return errors(internalError(), { now: clock.now(), quota: undefined, request });
  };

  const plainHandler = createPlainHttpHandler({
    router,
    publicUrl,
    clock,
    onPlainRequest: watchExposure,
    onHookError: (error) => log.warn('a key seen over plain HTTP could not be marked', { error }),
  });

  return {
    routes,
    handler,
    listenSecurely: async (certificate, place) => {
      // Whoever signs in first must not find a ring that is still on its way.
      await ring.refresh();
      return openEdge(handler, renewed ?? certificate).listen(place);
    },
    listenPlainly: (place) => openEdge(plainHandler).listen(place),
    setCertificate: (certificate) => {
      renewed = certificate;
      for (const edge of secureEdges) edge.setCertificate(certificate);
    },
    applyChange: (id, change) => {
      if (id === undefined) {
        cache.forgetAll();
        projectsOfPages.forgetAll();
        remembered.forgetAll();
      } else if (/^(?:ses|usr|com)_/.test(id)) remembered.forget(id);
      else {
        cache.forget(id);
        projectsOfPages.forget(id);
      }
      freshness.applied(change);
    },
    close: async (graceMs) => {
      await Promise.all(edges.map((edge) => edge.close(graceMs)));
      overload.close();
      freshness.close();
      ring.close();
      await options.hasher.close();
      await counted.close();
      await failures.close();
      await use.close();
      await requestLog.close();
      await limiter.close(clock.now()).catch((error: unknown) => {
        log.warn('unused quota could not be given back; it counts as used for today', { error });
      });
      await quotaStore.close();
      await reader.close();
      await slow.close();
      await database.close();
    },
  };
};
