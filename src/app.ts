import { countDomainCalls } from './domains/store.ts';
import { isProjectCaller, type Caller } from './foundation/caller.ts';
import type { UserId } from './foundation/ids.ts';
import { hmacKey } from './foundation/secret.ts';
import type { FeatureParts } from './features.ts';
import type { Clock } from './foundation/clock.ts';
import type { Log } from './foundation/log.ts';
import { ok, refused, type Result } from './foundation/result.ts';
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
import { createSecretKeyGate, type SecretRow } from './gate/secret-key.ts';
import { createSessionGate, TOUCH_MS } from './gate/session.ts';
import { createSessionMemory } from './gate/session-memory.ts';
import { findBrowserProject, findSecret, findSession, touchKeys, touchSession } from './gate/store.ts';
import { openWriteMarks } from './gate/write-marks.ts';
import type { IdentifyRefusal } from './http/access-problems.ts';
import { internalError } from './http/edge-problems.ts';
import type { Certificate } from './http/edge-tls.ts';
import { createPipeline, UNMATCHED } from './http/pipeline.ts';
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
import { leaseQuota, returnQuota } from './limits/store.ts';
import { sourceOf } from './limits/source.ts';
import { createStrangers } from './limits/strangers.ts';
import { enqueueMail } from './mail/outbox.ts';
import { openBoard, outcomeOf } from './metering/board.ts';
import { createDomainUse } from './metering/domain-use.ts';
import { createKeyUse } from './metering/key-use.ts';
import { addUsage } from './metering/store.ts';
import { createUsage } from './metering/usage.ts';
import type { PasswordHasher } from './passwords/hasher.ts';
import { authorise, refuseUnknownPermissions } from './route-policy.ts';
import type { SecurityReport } from './promises/report.ts';
import { createHistoryReader } from './promises/journal.ts';
import { operationsOf, routeTable } from './routes.ts';
import type { Gazetteer } from './services/geocoding/gazetteer.ts';
import type { Connection } from './store/connection.ts';
import { createDatabase } from './store/database.ts';

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
}

export interface AppOptions {
  readonly publicUrl: string;
  readonly version: string;
  readonly securityContact: string;
  readonly connection: Connection;
  readonly pepper: Uint8Array;
  /** 32 secret bytes of the installation, from which the keys of sessions are derived. */
  readonly master: Uint8Array;
  readonly gazetteer: Gazetteer;
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
}

/** Everything that answers the public in one thread. */
export interface App {
  readonly routes: readonly AnyRoute[];
  /** The pipeline, for listeners of the caller's own (tests, the bench). */
  readonly handler: Handler;
  listenSecurely(certificate: Certificate, place: ListenOptions): Promise<{ readonly port: number }>;
  listenPlainly(place: ListenOptions): Promise<{ readonly port: number }>;
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
/** Requests of one session: 30 at once, and 30 more each second. */
const SESSION_RATE = { burst: 30, everyMs: 34 } as const;

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
    failures,
  });
  const projectsOfPages = createBrowserOriginCache(BROWSER_CAPACITY);
  const browserGate = createBrowserGate({
    secrets: gate,
    cache: projectsOfPages,
    find: async (name) => (await database.run(findBrowserProject, [name]))[0],
    isCurrent: freshness.isCurrent,
    now,
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
  const quota = createQuota(ledger, {
    lease: async (project, day, want) => {
      const [row] = await database.run(leaseQuota, [project, day, want]);
      return { granted: row?.granted ?? 0, remaining: row?.remaining ?? 0 };
    },
    giveBack: async (project, day, units) => {
      await database.run(returnQuota, [project, day, units]);
    },
  });
  const limiter = createLimiter(ledger, quota);
  const strangers = createStrangers(STRANGERS_PER_SECOND);

  const features = options.features({
    publicUrl,
    master: options.master,
    pepper,
    database,
    sessions,
    noteAccess: (user) => marks.note(user as UserId),
    cookies,
    attempts,
    hasher: options.hasher,
    clock,
    log,
  });
  refuseUnknownPermissions(features);
  const { routes, forms } = routeTable({ ...options, features, history: createHistoryReader(database) });
  const board = openBoard(memory.board, operationsOf(routes));
  const usage = createUsage({
    add: async (counts) => {
      await database.run(addUsage, [
        counts.map(({ company }) => company),
        counts.map(({ project }) => project),
        counts.map(({ operation }) => operation),
        counts.map(({ day }) => day),
        counts.map(({ outcome }) => outcome),
        counts.map(({ count }) => count),
      ]);
    },
    keyUse: createKeyUse({
      touch: async (keys, at) => {
        await database.run(touchKeys, [keys, new Date(at)]);
      },
      log,
    }),
    log,
  });

  const domainUse = createDomainUse({
    add: async (counts, at) => {
      await database.run(countDomainCalls, [
        counts.map(({ domain }) => domain),
        counts.map(({ day }) => day),
        counts.map(({ count }) => count),
        new Date(at),
      ]);
    },
    log,
  });

  const router = createRouter(routes, forms);
  const handler = createPipeline({
    router,
    clock,
    publicOrigin: new URL(publicUrl).origin,
    steps: {
      identify: (request, access) => {
        if ('secretKey' in access)
          return outsideOf(
            (access.browser === true ? browserGate : gate).identify(withKeyHeader(request, access.keyHeader)),
          );
        return outsideOf(
          'pending' in access ? sessions.identifyPending(request) : sessions.identify(request),
        );
      },
      limit: (caller, cost, at) => {
        if (isProjectCaller(caller)) return limiter.spend(caller, cost, at);
        const bucket = caller.credential === 'session' ? caller.session : `pending ${caller.user}`;
        const verdict = attempts.spend(bucket, SESSION_RATE, at);
        return verdict.ok ? ok(undefined) : refused({ limit: 'per-second', quota: undefined });
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
      meter: (operation, status, milliseconds, caller, at) => {
        const outcome = outcomeOf(status);
        board.record(operation, outcome, milliseconds);
        if (caller === undefined || !isProjectCaller(caller)) return;
        usage.count(caller, operation, outcome, at);
        if (caller.credential === 'browser' && caller.domain !== undefined)
          domainUse.count(caller.domain, at);
      },
      refund: (caller, cost, at) => {
        if (isProjectCaller(caller)) limiter.refund(caller, cost, at);
      },
      admitStranger: (request, at) => strangers.admit(request.address, at),
      reportBug: (error, operation) => log.error('a request ended in a bug', { operation, error }),
    },
  });

  const edges: Edge[] = [];
  const openEdge = (handle: Handler, certificate?: Certificate): Edge => {
    const edge = createEdge({
      handler: handle,
      onError: (error, request) => bugReply(router.errorsFor(request.path), error, request),
      errorsFor: router.errorsFor,
      clock,
      publicHost: new URL(publicUrl).hostname,
      hooks: { onRefused: () => board.record(UNMATCHED, 'refused', 0) },
      ...(certificate === undefined ? {} : { certificate }),
    });
    edges.push(edge);
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
      return openEdge(handler, certificate).listen(place);
    },
    listenPlainly: (place) => openEdge(plainHandler).listen(place),
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
      freshness.close();
      ring.close();
      await options.hasher.close();
      await usage.close();
      await failures.close();
      await domainUse.close();
      await limiter.close(clock.now()).catch((error: unknown) => {
        log.warn('unused quota could not be given back; it counts as used for today', { error });
      });
      await database.close();
    },
  };
};

type Verdict<Reason> = Result<Caller, Reason>;

/** What is told as it is: it is about what is public. */
const TOLD: readonly IdentifyRefusal[] = [
  'missing',
  'origin-missing',
  'origin-not-allowed',
  'no-domain',
  'secret-in-browser',
];

const withoutReason = (verdict: Verdict<string>): Verdict<IdentifyRefusal> =>
  verdict.ok ? verdict : refused(TOLD.find((reason) => reason === verdict.reason) ?? 'invalid');

/** Outsiders learn whether a credential was there, and that a page's origin is wrong; never what was wrong with a secret. */
const outsideOf = (
  verdict: Verdict<string> | Promise<Verdict<string>>,
): Verdict<IdentifyRefusal> | Promise<Verdict<IdentifyRefusal>> =>
  verdict instanceof Promise ? verdict.then(withoutReason) : withoutReason(verdict);
