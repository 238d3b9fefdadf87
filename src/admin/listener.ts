import type { Clock } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import { ok, refused } from '../foundation/result.ts';
import { internalError } from '../http/edge-problems.ts';
import { createPipeline } from '../http/pipeline.ts';
import { problemJson } from '../http/problem-json.ts';
import { createRouter } from '../http/router.ts';
import { createEdge, type Edge } from '../http/server.ts';
import { type AdminParts, adminRoutes } from './routes.ts';

/** Builds the administrative side on the same edge and pipeline as the public one; it has no callers to identify. */
export const createAdmin = (parts: AdminParts & { readonly clock: Clock; readonly log: Log }): Edge => {
  const { clock, log } = parts;
  const handler = createPipeline({
    router: createRouter(adminRoutes(parts)),
    clock,
    publicOrigin: undefined,
    steps: {
      identify: () => refused('missing'),
      limit: () => ok(undefined),
      readLimits: () => [],
      authorise: () => ok(undefined),
      noteChange: () => undefined,
      meter: () => undefined,
      refund: () => undefined,
      admitStranger: () => true,
      reportBug: (error, operation) =>
        log.error('an administrative request ended in a bug', { operation, error }),
    },
  });
  return createEdge({
    handler,
    onError: (error, request) => {
      log.error('an administrative request ended in a bug', { error });
      return problemJson(internalError(), { now: clock.now(), quota: undefined, request });
    },
    clock,
  });
};
