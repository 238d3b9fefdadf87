import { hmacKey } from './foundation/secret.ts';
import type { Clock } from './foundation/clock.ts';
import type { Log } from './foundation/log.ts';
import { ok, refused } from './foundation/result.ts';
import { createExposureWatch } from './gate/exposure.ts';
import { createFreshness } from './gate/freshness.ts';
import { createKeyCache } from './gate/key-cache.ts';
import { createSecretKeyGate, type SecretRow } from './gate/secret-key.ts';
import { findSecret, markExposed } from './gate/store.ts';
import { internalError } from './http/edge-problems.ts';
import type { Certificate } from './http/edge-tls.ts';
import { createPipeline, UNMATCHED } from './http/pipeline.ts';
import { createPlainHttpHandler } from './http/plain-http.ts';
import { createRouter } from './http/router.ts';
import type { AnyRoute, ErrorForm, Reply, Request } from './http/route.ts';
import { createEdge, type Edge, type Handler, type ListenOptions } from './http/server.ts';
import { openLedger } from './limits/ledger.ts';
import { createLimiter } from './limits/limiter.ts';
import { createQuota } from './limits/quota.ts';
import { leaseQuota, returnQuota } from './limits/store.ts';
import { createStrangers } from './limits/strangers.ts';
import { openBoard, outcomeOf } from './metering/board.ts';
import { addUsage } from './metering/store.ts';
import { createUsage } from './metering/usage.ts';
import { authorise } from './policy/authorise.ts';
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
}

export interface AppOptions {
  readonly publicUrl: string;
  readonly version: string;
  readonly securityContact: string;
  readonly connection: Connection;
  readonly pepper: Uint8Array;
  readonly gazetteer: Gazetteer;
  readonly memory: SharedMemory;
  /** What the promises' checks last found. */
  readonly report: () => SecurityReport;
  readonly clock: Clock;
  readonly log: Log;
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
  /** One key or project changed, or, without an id, possibly all. `change` is its number from the watch. */
  applyChange(id: string | undefined, change: number): void;
  /** Stops accepting, answers what is under way, writes down what was counted. */
  close(graceMs: number): Promise<void>;
}

const KEY_CAPACITY = 200_000;
/** Requests without a valid key that one source may make in a second before it is slowed. */
const STRANGERS_PER_SECOND = 50;

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
  const gate = createSecretKeyGate({ pepper, cache, find, isCurrent: freshness.isCurrent, now });
  const watchExposure = createExposureWatch({
    pepper,
    find,
    mark: async (key, at) => (await database.run(markExposed, [key, at]))[0]?.revoked ?? false,
    now,
    log,
  });

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

  const { routes, forms } = routeTable({ ...options, history: createHistoryReader(database) });
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
    log,
  });

  const router = createRouter(routes, forms);
  const handler = createPipeline({
    router,
    clock,
    steps: {
      identify: (request) => {
        const verdict = gate.identify(request);
        if (!(verdict instanceof Promise)) return verdict.ok ? verdict : refusalOf(verdict.reason);
        return verdict.then((later) => (later.ok ? later : refusalOf(later.reason)));
      },
      limit: (caller, cost, at) => limiter.spend(caller, cost, at),
      authorise: (caller, route) =>
        'secretKey' in route.access ? authorise(route.access.secretKey, caller) : ok(caller),
      meter: (operation, status, milliseconds, caller, at) => {
        const outcome = outcomeOf(status);
        board.record(operation, outcome, milliseconds);
        if (caller !== undefined) usage.count(caller, operation, outcome, at);
      },
      refund: (caller, cost, at) => limiter.refund(caller, cost, at),
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
    listenSecurely: (certificate, place) => openEdge(handler, certificate).listen(place),
    listenPlainly: (place) => openEdge(plainHandler).listen(place),
    applyChange: (id, change) => {
      if (id === undefined) cache.forgetAll();
      else cache.forget(id);
      freshness.applied(change);
    },
    close: async (graceMs) => {
      await Promise.all(edges.map((edge) => edge.close(graceMs)));
      freshness.close();
      await usage.close();
      await limiter.close(clock.now()).catch((error: unknown) => {
        log.warn('unused quota could not be given back; it counts as used for today', { error });
      });
      await database.close();
    },
  };
};

/** Outsiders learn whether a key was there, never what was wrong with it. */
const refusalOf = (reason: string): { readonly ok: false; readonly reason: 'missing' | 'invalid' } =>
  refused(reason === 'missing' ? 'missing' : 'invalid');
