/** The walk of every request, for callers whose identity is already settled. */
import type { BrowserCaller } from '../foundation/caller.ts';
import { ok } from '../foundation/result.ts';
import { createPipeline, type PipelineOptions } from '../http/pipeline.ts';
import type { Reply, Request } from '../http/route.ts';

/**
 * The pipeline as it is, but for who calls: limits, errors in the contract's form and counting are those of any
 * request. Cross-site and overload were asked of the member's own request.
 */
export const createAskAs =
  ({ router, clock, steps }: Pick<PipelineOptions, 'router' | 'clock' | 'steps'>) =>
  (caller: BrowserCaller, request: Request): Reply | Promise<Reply> =>
    createPipeline({
      router,
      clock,
      publicOrigin: undefined,
      // What may be tried stands in the endpoint's own list; the lookup of any address is in it, and not for pages.
      steps: { ...steps, identify: () => ok(caller), authorise: () => ok(undefined) },
    })(request);
