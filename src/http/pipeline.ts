import type { Caller, QuotaState } from '../foundation/caller.ts';
import type { Clock } from '../foundation/clock.ts';
import { Problem } from '../foundation/problem.ts';
import type { Result } from '../foundation/result.ts';
import { internalError, methodNotAllowed, notFound } from './edge-problems.ts';
import { problemJson } from './problem-json.ts';
import type { AnyRoute, ErrorForm, Reply, Request } from './route.ts';
import type { Router } from './router.ts';

type Eventually<Value> = Value | Promise<Value>;

/** Why a caller was not identified, as far as an outsider may know. */
export type IdentifyRefusal = 'missing' | 'invalid';

/** Why a caller may not go on now. */
export interface LimitRefusal {
  readonly limit: 'per-second' | 'per-day';
  readonly quota: QuotaState | undefined;
}

/** The rooms that one request walks through; the composition root supplies them. */
export interface Steps {
  identify(request: Request): Eventually<Result<Caller, IdentifyRefusal>>;
  limit(caller: Caller, cost: number, now: number): Eventually<Result<QuotaState | undefined, LimitRefusal>>;
  authorise(caller: Caller, route: AnyRoute): Result<Caller, string>;
  /** One request has been answered. `caller` is undefined where none was identified. */
  meter(
    operation: string,
    status: number,
    milliseconds: number,
    caller: Caller | undefined,
    now: number,
  ): void;
  /** Gives back what a refused or failed request had spent. */
  refund(caller: Caller, cost: number, now: number): void;
  /** Whether a request that nobody stands behind may still be looked at; false slows its source. */
  admitStranger(request: Request, now: number): boolean;
  /** Something was thrown that is not a Problem. */
  reportBug(error: unknown, operation: string): void;
}

/** The name under which requests for no route are counted. */
export const UNMATCHED = 'http.unmatched';

/** What is known of a request so far; filled in as it walks. */
interface Walk {
  readonly request: Request;
  readonly operation: string;
  readonly errors: ErrorForm;
  readonly now: number;
  readonly startedAt: number;
  caller: Caller | undefined;
  quota: QuotaState | undefined;
  /** Units spent that are given back if the request does not succeed. */
  spent: number;
  countedAs: string;
}

const unauthenticated = (refusal: IdentifyRefusal): Problem =>
  new Problem(401, refusal === 'missing' ? 'missing_key' : 'invalid_key', 'No valid key', {
    detail:
      refusal === 'missing'
        ? 'Send a secret key as "Authorization: Bearer vs_sk_…".'
        : 'The key is not one that works here. Check it for typos and that it has not been revoked.',
    headers: { 'www-authenticate': 'Bearer realm="vouchsafe"' },
  });

const overLimit = ({ limit, quota }: LimitRefusal, now: number): Problem => {
  if (limit === 'per-second') {
    return new Problem(429, 'rate_limited', 'Too many requests', {
      detail: 'The project has used its requests for this second.',
      headers: { 'retry-after': '1' },
    });
  }
  const resetSeconds = quota?.resetSeconds ?? Math.ceil(now / 1000) + 1;
  return new Problem(402, 'quota_exceeded', 'Quota exceeded', {
    detail: 'The project has used its requests for today; the count starts anew at 00:00 UTC.',
    headers: { 'retry-after': String(Math.max(1, Math.ceil(resetSeconds - now / 1000))) },
  });
};

const tooManyStrangers = (): Problem =>
  new Problem(429, 'rate_limited', 'Too many requests', {
    detail: 'Too many requests without a valid key came from this address.',
    headers: { 'retry-after': '1' },
  });

const withParams = (request: Request, params: Request['params']): Request => {
  for (const _name in params) {
    const { method, path, query, headers, address, secure } = request;
    const exposeHeader = (name: string): string | undefined => request.exposeHeader(name);
    return { method, path, params, query, headers, exposeHeader, address, secure };
  }
  return request;
};

export interface PipelineOptions {
  readonly router: Router;
  readonly steps: Steps;
  readonly clock: Clock;
}

/**
 * The walk of every request, in the order that is the policy: identify, limit, authorise, parse, handle, meter.
 * Answers at once where nothing has to be waited for, which is the common case and saves a turn of the event loop.
 */
export const createPipeline = ({
  router,
  steps,
  clock,
}: PipelineOptions): ((request: Request) => Eventually<Reply>) => {
  const finish = (walk: Walk, reply: Reply): Reply => {
    steps.meter(walk.countedAs, reply.status, clock.monotonic() - walk.startedAt, walk.caller, walk.now);
    return reply;
  };

  const fail = (walk: Walk, error: unknown): Reply => {
    let problem: Problem;
    if (error instanceof Problem) {
      problem = error;
    } else {
      steps.reportBug(error, walk.operation);
      problem = internalError();
    }
    if (walk.caller !== undefined && walk.spent > 0) {
      steps.refund(walk.caller, walk.spent, walk.now);
      if (walk.quota !== undefined)
        walk.quota = { ...walk.quota, remaining: walk.quota.remaining + walk.spent };
    }
    const { now, quota, request } = walk;
    return finish(walk, walk.errors(problem, { now, quota, request }));
  };

  /** Runs the next step now or when its promise is there; whatever is thrown becomes the contract's error. */
  const then = <Value>(
    walk: Walk,
    value: Eventually<Value>,
    next: (value: Value) => Eventually<Reply>,
  ): Eventually<Reply> =>
    value instanceof Promise ? value.then(next).catch((error: unknown) => fail(walk, error)) : next(value);

  const answer = (walk: Walk, route: AnyRoute): Eventually<Reply> => {
    const input: unknown = route.parse(walk.request);
    if (route.countAs !== undefined) walk.countedAs = route.countAs(input);
    const { caller, quota, now } = walk;
    return then(walk, route.handle(input, { caller, quota, now }), (reply) => finish(walk, reply));
  };

  const admitCaller = (walk: Walk, route: AnyRoute, caller: Caller): Eventually<Reply> => {
    walk.caller = caller;
    return then(walk, steps.limit(caller, route.cost, walk.now), (limited) => {
      if (!limited.ok) {
        walk.quota = limited.reason.quota;
        throw overLimit(limited.reason, walk.now);
      }
      walk.quota = limited.value;
      walk.spent = route.cost;
      const authorised = steps.authorise(caller, route);
      if (!authorised.ok) {
        throw new Problem(403, 'forbidden', 'Not allowed', {
          detail: 'The key does not have the scope for this.',
        });
      }
      return answer(walk, route);
    });
  };

  const walkThrough = (walk: Walk, route: AnyRoute): Eventually<Reply> => {
    if ('public' in route.access) {
      // Such a route says in a contract's words that there is nothing; nobody needs to hear it many times a second.
      if (route.path.endsWith('*') && !steps.admitStranger(walk.request, walk.now)) throw tooManyStrangers();
      return answer(walk, route);
    }
    return then(walk, steps.identify(walk.request), (identified) => {
      if (identified.ok) return admitCaller(walk, route, identified.value);
      if (!steps.admitStranger(walk.request, walk.now)) throw tooManyStrangers();
      throw unauthenticated(identified.reason);
    });
  };

  const unmatched = (walk: Walk, allow: readonly string[] | undefined): never => {
    if (!steps.admitStranger(walk.request, walk.now)) throw tooManyStrangers();
    throw allow === undefined ? notFound() : methodNotAllowed(allow);
  };

  return (request) => {
    const match = router.match(request.method, request.path);
    const operation = match.kind === 'match' ? match.route.operation : UNMATCHED;
    const walk: Walk = {
      request: match.kind === 'match' ? withParams(request, match.params) : request,
      operation,
      errors: match.kind === 'match' ? (match.route.errors ?? problemJson) : match.errors,
      now: clock.now(),
      startedAt: clock.monotonic(),
      caller: undefined,
      quota: undefined,
      spent: 0,
      countedAs: operation,
    };
    try {
      if (match.kind === 'match') return walkThrough(walk, match.route);
      return unmatched(walk, match.kind === 'method' ? match.allow : undefined);
    } catch (error) {
      return fail(walk, error);
    }
  };
};
